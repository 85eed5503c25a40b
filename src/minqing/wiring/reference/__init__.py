"""Pages of docs/ that are written from the code, so that they cannot say anything else.

    python -m minqing.wiring.reference            write all of them
    python -m minqing.wiring.reference law        write those of one subject
    python -m minqing.wiring.reference --check    write nothing; exit 1 when a page says something else

A subject is one module here with a function `pages() -> {path under docs/: text}`; add it to SUBJECTS.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from minqing.wiring.reference import law
from minqing.wiring.saying import t

DOCS = Path(__file__).resolve().parents[4] / "docs"
SUBJECTS: Mapping[str, Callable[[], Mapping[str, str]]] = {"law": law.pages}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="minqing.wiring.reference", description=__doc__)
    parser.add_argument("subjects", nargs="*", help=", ".join(SUBJECTS))
    parser.add_argument("--check", action="store_true")
    args = parser.parse_args(argv)
    if strange := set(args.subjects) - set(SUBJECTS):
        parser.error(f"{', '.join(sorted(strange))}?")
    stale = []
    for subject in args.subjects or SUBJECTS:
        for name, text in SUBJECTS[subject]().items():
            page = DOCS / name
            if page.exists() and page.read_text(encoding="utf-8") == text:
                continue
            stale.append(name)
            if not args.check:
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_text(text, encoding="utf-8")
    for name in stale:
        print(
            t(f"docs/{name} 与代码不一致", f"docs/{name} differs from the code")
            if args.check
            else t(f"写好 docs/{name}", f"wrote docs/{name}"),
            file=sys.stderr,
        )
    return 1 if args.check and stale else 0
