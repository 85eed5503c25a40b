"""What the code says of itself: state machines and their duties, facts, refusals. Read for pages and fitness tests."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import minqing
from minqing.charter import Verb
from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word

PACKAGE = Path(minqing.__file__).parent
FACT = re.compile(r"[a-z]+\.[a-z]+(-[a-z]+)*")
OUTSIDE_BODY = {"kind", "about", "by", "at"}


@dataclass(frozen=True)
class FactLine:
    """One kind of fact, where the code writes it, and the names in its body."""

    kind: str
    where: str
    command: str
    body: tuple[str, ...]


def rules_modules() -> Iterator[ModuleType]:
    """Every rules module, whole (a folder counts once), in the order of names."""
    for found in pkgutil.walk_packages([str(PACKAGE)], "minqing."):
        if found.name.endswith(".rules"):
            yield importlib.import_module(found.name)


def machines() -> dict[str, Machine]:
    """Every state machine of the house by its name."""
    things = (thing for module in rules_modules() for thing in vars(module).values())
    return dict(sorted({thing.name: thing for thing in things if isinstance(thing, Machine)}.items()))


def duties_of(machine: Machine) -> dict[Word, str]:
    """State → rule owed while something stands in it; empty for a machine that owes nothing."""
    cases = importlib.import_module("minqing.work.cases.rules")
    promises = importlib.import_module("minqing.work.promises.rules")
    clues = importlib.import_module("minqing.watch.clues.rules")
    named = {
        promises.PROMISE.name: promises.STATE_DUTY, clues.CLUE.name: clues.STATE_DUTY,
        clues.WATCH.name: clues.WATCH_DUTY, clues.REPAY.name: clues.REPAY_DUTY,
    }  # fmt: skip
    if machine.name in named:
        return {state: rule for state, (rule, _) in named[machine.name].items()}
    tracks = {cases.PETITION.name: cases.Track.PETITION, cases.ORDER.name: cases.Track.ORDER}
    if machine.name not in tracks:
        return {}
    facing = {"grade": cases.Grade.HELP, "category": cases.Category.CLAIM, "again": False, "returns": 0}
    rules = {state: cases.state_rule(state, tracks[machine.name], **facing) for state in machine.states()}
    return {state: rule for state, rule in rules.items() if rule}


def facts() -> list[FactLine]:
    """Every kind of fact that some command writes, read from the sources."""
    # A name of a fact starts with the noun of a verb, or of something that is only ever written down.
    nouns = {str(verb).partition(".")[0] for verb in Verb} | {
        "verdict",
        "duty",
        "calendar",
        "booking",
        "erase",
    }
    lines: set[FactLine] = set()
    for path in sorted(PACKAGE.rglob("*.py")):
        where = path.relative_to(PACKAGE)
        if "commands" not in {part.removesuffix(".py") for part in where.parts}:
            continue
        for function in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(function, ast.FunctionDef):
                for kind, body in _kinds_in(function):
                    if kind.partition(".")[0] in nouns:
                        lines.add(FactLine(kind, "/".join(where.parts[:2]), function.name, body))
    return sorted(lines, key=lambda line: (line.kind, line.where, line.command, line.body))


def _kinds_in(function: ast.FunctionDef) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(kind, names in the body) of each name of a fact that the function passes on together with a time."""
    named = {
        target.id: [text for part in ast.walk(node.value) for text in _texts(part)]
        for node in ast.walk(function)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(function):
        if isinstance(node, ast.Call):
            called = node.func.id if isinstance(node.func, ast.Name) else ""
            names = {keyword.arg or "…" for keyword in node.keywords}
            if "at" not in names or called in {"drop", "end"}:
                continue
            given = [
                *node.args,
                *(keyword.value for keyword in node.keywords if keyword.arg in {"kind", "fact"}),
            ]
            for text in (text for argument in given for text in _choices(argument, named)):
                if FACT.fullmatch(text):
                    yield text, tuple(sorted(names - OUTSIDE_BODY))
        elif isinstance(node, ast.Dict):  # parameters of a prepared statement
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == "fact_kind":
                    yield from ((text, ()) for text in _choices(value))


def _choices(node: ast.expr, named: Mapping[str, list[str]] | None = None) -> list[str]:
    """The constant texts a plain argument may be: itself, either side of `a if … else b`, or what its name was given."""
    if isinstance(node, ast.IfExp):
        return _choices(node.body) + _choices(node.orelse)
    if isinstance(node, ast.Name):
        return (named or {}).get(node.id, [])
    return _texts(node)


def _texts(node: ast.AST) -> list[str]:
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def refusals() -> list[type[Refusal]]:
    """Every named no, by its public code."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "(Refusal):" in path.read_text("utf-8"):
            parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
            importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))

    def below(kind: type[Refusal]) -> Iterator[type[Refusal]]:
        for child in kind.__subclasses__():
            yield child
            yield from below(child)

    ours = {
        kind for kind in below(Refusal) if kind.__module__.startswith("minqing.") and "code" in vars(kind)
    }
    return sorted(ours, key=lambda kind: (kind.code, kind.__module__))
