"""Pages of docs/ that are written from the code, so that they cannot say anything else.

    python -m minqing.wiring.reference            write all of them
    python -m minqing.wiring.reference law        write those of one subject
    python -m minqing.wiring.reference --check    write nothing; show what differs and exit 1

A subject is a function `pages() -> {path under docs/: text}`. Needs no database.
"""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from difflib import unified_diff
from itertools import islice

from minqing.wiring import law_pages
from minqing.wiring.law_pages import DOCS
from minqing.wiring.reference import house, promised, walls
from minqing.wiring.saying import t

SUBJECTS: Mapping[str, Callable[[], Mapping[str, str]]] = {
    "house": house.pages,
    "law": law_pages.pages,
    "promises": promised.pages,
    "walls": walls.pages,
}


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
            before = page.read_text(encoding="utf-8") if page.exists() else ""
            if before == text:
                continue
            stale.append(name)
            if args.check:
                lines = unified_diff(
                    before.splitlines(), text.splitlines(), f"docs/{name}", "code", lineterm="", n=0
                )
                print("\n".join(islice(lines, 40)))
            else:
                page.parent.mkdir(parents=True, exist_ok=True)
                page.write_text(text, encoding="utf-8")
    for name in stale:
        differs = t(f"docs/{name} 与代码不一致", f"docs/{name} differs from the code")
        print(differs if args.check else t(f"写好 docs/{name}", f"wrote docs/{name}"), file=sys.stderr)
    return 1 if args.check and stale else 0
