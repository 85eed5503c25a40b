"""A room is a room: these files, this long, its own tables, and nothing clever in a model."""

import ast
import re
import subprocess
import sys

import grimp
import pytest

from fitness.sources import PACKAGE, TESTS, modules, named, part_of, rooms, tree

FILES = {"__init__", "rules", "models", "queries", "commands", "jobs", "migrations", "apps"}
BESIDES = {"data", "static", "templates", "__pycache__"}
ROOM = re.compile(r"(minqing\.\w+\.\w+)\.models")
LIMIT = 400
ALONE = {"src/minqing/doors/public/verify.py"}
"""One file for residents to read, on its own: docs/adr/0009."""


def test_only_a_room_imports_its_own_tables() -> None:
    graph = grimp.build_graph("minqing", exclude_type_checking_imports=False)
    strays = [
        f"{user} -> {table}"
        for table in sorted(graph.modules)
        if (room := ROOM.match(table))
        for user in sorted(graph.find_modules_that_directly_import(table))
        # The loader of finished stories writes every room's rows by COPY, from wiring, which knows everything.
        if not user.startswith(room[1] + ".") and not user.startswith("minqing.wiring.")
    ]
    assert strays == []


def test_the_import_contracts_hold() -> None:
    """The contracts stand in pyproject.toml; `make check` runs them too."""
    tool = [
        sys.executable,
        "-c",
        "import sys; from importlinter.cli import lint_imports_command as run; run()",
    ]
    done = subprocess.run([*tool, "--no-cache"], cwd=PACKAGE.parents[1], capture_output=True, text=True)
    broken = [line for line in done.stdout.splitlines() if "BROKEN" in line or "-> minqing" in line]
    assert done.returncode == 0, broken or done.stdout[-2000:] + done.stderr[-500:]


def test_a_room_has_only_the_files_of_a_room() -> None:
    strays = [
        named(path)
        for room in rooms()
        for path in sorted(room.iterdir())
        if path.name not in BESIDES and path.stem not in FILES
    ]
    assert strays == []


def test_every_room_says_what_it_is_and_which_doors_lead_to_it() -> None:
    silent = [named(room) for room in rooms() if not ast.get_docstring(tree(room / "__init__.py"))]
    assert silent == []


def test_no_file_is_longer_than_a_reader_can_hold() -> None:
    long = {
        named(path): lines
        for folder in (PACKAGE, TESTS)
        for path in modules(folder)
        if (lines := path.read_text("utf-8").count("\n")) > LIMIT and named(path) not in ALONE
    }
    assert long == {}


def test_a_model_has_columns_and_a_name_and_no_behaviour() -> None:
    clever = [
        f"{named(path)}: {model.name}.{item.name}"
        for room in rooms()
        for path in part_of(room, "models")
        for model in tree(path).body
        if isinstance(model, ast.ClassDef)
        and not any(getattr(base, "value", None) for base in model.bases if isinstance(base, ast.Subscript))
        for item in model.body
        if isinstance(item, ast.FunctionDef) and item.name != "__str__"
    ]
    assert clever == []


def test_kernel_has_eight_small_pieces_and_no_heap() -> None:
    pieces = {path.stem for path in (PACKAGE / "kernel").glob("*.py")} - {"__init__"}
    assert pieces == {"words", "errors", "states", "ids", "money", "db", "keys", "later"}
    heaps = [named(path) for path in modules() if path.stem in {"utils", "helpers", "common", "misc"}]
    assert heaps == []


@pytest.mark.parametrize("banned", ['patch("minqing', "patch('minqing", "patch.object(minqing"])
def test_no_test_puts_something_else_in_place_of_our_own(banned: str) -> None:
    here = TESTS / "fitness"
    assert [
        named(path)
        for path in modules(TESTS)
        if here not in path.parents and banned in path.read_text("utf-8")
    ] == []
