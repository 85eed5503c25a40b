# The front door. Needs python3 (3.11 or newer, with venv) and make; everything else is brought by the locks.
#   make run     start the demo county and print its address      (PORT=8000 MINQING_HOME=./var)
#   make test    every test; `make test ARGS="tests/methods -k clock"` for some
#   make check   format, lint, types, import contracts, migrations, generated pages, translations
#   make bench   measure, both sides in one run
#   make drill   write, kill everything, throw the data away, restore: nothing acknowledged is lost
#   make attack  let tools of strangers at a throwaway county on this machine, twenty minutes at most
#   make fix     format and mend what a machine can mend
#   make env     only make .venv; then .venv/bin/minqing … works
.POSIX:
.PHONY: run env test check bench drill attack fix
JOBS = 2
ARGS =

run:
	@sh .ci/env run
	@exec .venv/bin/python -m minqing.wiring.cli run $(ARGS)

env:
	@sh .ci/env run

test:
	@sh .ci/env dev
	@.venv/bin/python -m pytest -n $(JOBS) --dist loadfile $(ARGS)

check:
	@sh .ci/env dev
	@sh .ci/check

bench:
	@sh .ci/env dev
	@.venv/bin/python -m bench $(ARGS)

drill:
	@sh .ci/env dev
	@.venv/bin/python bench/drill.py $(ARGS)

attack:
	@sh .ci/env dev
	@.venv/bin/python bench/attack.py $(ARGS)

fix:
	@sh .ci/env dev
	@.venv/bin/python -m ruff check --fix-only --quiet src tests bench
	@.venv/bin/python -m ruff format --quiet src tests bench
