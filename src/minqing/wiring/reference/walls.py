"""docs/reference/asvs.md: requirement → how far it is met → where → which test.

The rows stand in tests/asvs.csv, in words of our own beside the numbers of ASVS 5.0. A file or test that is named and not there,
or a requirement that is called met with neither, is an error: the page cannot rot.
"""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from minqing.wiring.law_pages import table
from minqing.wiring.reference.promised import TESTS, Broken, tests_of

NOTE = "<!-- Written by `python -m minqing.wiring.reference walls` from tests/asvs.csv. -->"
STATES = {"met": "met", "partly": "in part", "not": "**not met**", "county": "the county's"}


@dataclass(frozen=True)
class Wall:
    id: str
    level: int
    asks: str
    state: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    note: str


def walls(folder: Path = TESTS) -> list[Wall]:
    """Raises Broken."""
    there = {f"{path}::{name}" for path, names in tests_of(folder).items() for name in names}
    made: list[Wall] = []
    with (folder / "asvs.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            one = Wall(
                row["id"],
                int(row["level"]),
                row["asks"],
                row["state"],
                tuple(row["where"].split()),
                tuple(row["tests"].split()),
                row["note"],
            )
            if one.state not in STATES or one.id in {before.id for before in made}:
                raise Broken(f"{one.id}: {one.state}")
            if gone := [path for path in one.where if not (folder.parent / path).is_file()]:
                raise Broken(f"{one.id}: {gone[0]}")
            if gone := [test for test in one.tests if test not in there]:
                raise Broken(f"{one.id}: {gone[0]}")
            if one.state in {"met", "partly"} and not (one.where and one.tests):
                raise Broken(f"{one.id}: {one.state}, and nothing shows it")
            if one.state != "met" and not one.note:
                raise Broken(f"{one.id}: {one.state}, and no word why")
            made.append(one)
    return made


def pages() -> Mapping[str, str]:
    return {"reference/asvs.md": "\n".join([NOTE, *_page()]) + "\n"}


def _page() -> Iterator[str]:
    found = walls()
    n = {state: sum(one.state == state for one in found) for state in STATES}
    yield "# The application's own walls 应用自身的防护\n"
    yield (
        "OWASP ASVS 5.0: level 2 where most hangs on it, and the level 3 that we chose; in words of our own, so read the standard "
        f"beside it. Of {len(found)}: {n['met']} met, {n['partly']} in part, {n['not']} not, {n['county']} for the county.\n"
    )
    yield from table(
        ("", "level", "what it asks", "", "where", "test", "note"),
        [
            (
                one.id, str(one.level), one.asks, STATES[one.state], "<br>".join(f"`{path.removeprefix('src/minqing/')}`" for path in one.where),
                "<br>".join(_short(test) for test in one.tests), one.note,
            )
            for one in found
        ],
    )  # fmt: skip


def _short(test: str) -> str:
    path, _, name = test.partition("::")
    return f"`{path.removeprefix('tests/')}` {name.removeprefix('test_').replace('_', ' ')}"
