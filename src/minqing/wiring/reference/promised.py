"""docs/reference/promises.md: promise → test → last figure.

The promises and figures stand in tests/promises.csv. Tests belong to a promise by their name (`test_t03_…`) or because the file
names them. A test that is named and not there, or a promise without a test, is an error: the page cannot rot.
"""

import ast
import csv
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from minqing.wiring.law_pages import DOCS, table

TESTS = DOCS.parent / "tests"
NOTE = "<!-- Written by `python -m minqing.wiring.reference promises` from tests/promises.csv and the names of tests. -->"
NUMBERED = re.compile(r"test_[tT](\d+)_")


class Broken(Exception):
    """The list names a test that is not there, or promises what no test holds."""


@dataclass(frozen=True)
class Line:
    id: str
    promise: str
    tests: tuple[str, ...]
    figure: str
    command: str
    on: str


def tests_of(folder: Path = TESTS) -> dict[str, list[str]]:
    """File below the folder's parent → names of its tests."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        names = [
            node.name
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
        ]
        found[path.relative_to(folder.parent).as_posix()] = names
    return found


def lines(folder: Path = TESTS) -> list[Line]:
    """Raises Broken."""
    there = tests_of(folder)
    every = {f"{path}::{name}" for path, names in there.items() for name in names}
    numbered: dict[str, list[str]] = {}
    for test in sorted(every):
        if told := NUMBERED.match(test.partition("::")[2]):
            numbered.setdefault(f"T{int(told[1])}", []).append(test)
    with (folder / "promises.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made = []
    for row in rows:
        named = row["tests"].split()
        if missing := [test for test in named if test not in every]:
            raise Broken(f"{row['id']}: {missing[0]}")
        tests = tuple(dict.fromkeys([*numbered.pop(row["id"], []), *named]))
        if not tests:
            raise Broken(f"{row['id']}: no test")
        made.append(Line(row["id"], row["promise"], tests, row["figure"], row["command"], row["on"]))
    if numbered:
        raise Broken(f"{next(iter(numbered))}: not in tests/promises.csv")
    return made


def pages() -> Mapping[str, str]:
    return {"reference/promises.md": "\n".join([NOTE, *_page()]) + "\n"}


def _page() -> Iterator[str]:
    yield "# Promises 诺言与测试\n"
    yield "What the log, the seals and the backups promise, the tests that hold it, and what was measured last.\n"
    yield from table(
        ("", "promise", "test", "last figure"),
        [(line.id, line.promise, "<br>".join(_short(test) for test in line.tests), _figure(line)) for line in lines()],
    )  # fmt: skip


def _short(test: str) -> str:
    path, _, name = test.partition("::")
    return f"`{path.removeprefix('tests/')}` {name.removeprefix('test_').replace('_', ' ')}"


def _figure(line: Line) -> str:
    command = f"`{line.command}`" if line.command else ""
    return " · ".join(part for part in (line.figure, command, line.on) if part)
