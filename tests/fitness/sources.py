"""The sources as the fitness tests read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "minqing"
TESTS = Path(__file__).resolve().parents[1]
FLOORS_OF_ROOMS = ("record", "ground", "means", "work", "watch")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def modules(folder: Path = PACKAGE) -> Iterator[Path]:
    for path in sorted(folder.rglob("*.py")):
        if "migrations" not in path.parts and "__pycache__" not in path.parts:
            yield path


def rooms() -> Iterator[Path]:
    """Every room of every floor that has rooms."""
    for floor in FLOORS_OF_ROOMS:
        for path in sorted((PACKAGE / floor).iterdir()):
            if (path / "__init__.py").exists():
                yield path


def part_of(room: Path, name: str) -> Iterator[Path]:
    """The file `name.py` of a room, or the files of the folder that it grew into."""
    if (room / f"{name}.py").exists():
        yield room / f"{name}.py"
    yield from modules(room / name) if (room / name).is_dir() else ()


def named(path: Path) -> str:
    return path.relative_to(PACKAGE.parents[1]).as_posix()
