"""Translations: what the source says in Chinese, what the part files say in English, and the compiled whole.

    python -m minqing.wiring.words extract            every Chinese text of the product, as a .pot on stdout
    python -m minqing.wiring.words missing [--json]   what has no English yet, by area; what no longer is said
    python -m minqing.wiring.words compile            locale/en/parts/*.po -> locale/en/LC_MESSAGES/django.mo

Collected are gettext calls, translate and blocktranslate tags, texts of refusals and labels of words. Compiling
fails on two English texts for one Chinese text, and on placeholders that differ. Needs no gettext program.
"""

import argparse
import ast
import json
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileParser, write_po
from django.template.base import Lexer, TokenType
from django.utils.translation import trim_whitespace
from django.utils.translation.template import block_re, constant_re, endblock_re, inline_re, plural_re

from minqing.wiring.saying import t

PACKAGE = Path(__file__).resolve().parents[1]
ENGLISH = PACKAGE / "locale" / "en"
# name of the call: which arguments are (context, singular, plural)
CALLS: dict[str, tuple[int | None, int, int | None]] = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (None, 0, None)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (None, 0, 1)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], (0, 1, None)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], (0, 1, 2)),
}
PLACEHOLDER = re.compile(r"%\(([^)]+)\)[sd]|(?<!\{)\{(\w*)[^{}]*\}(?!\})")
CHINESE = re.compile(r"[\u3400-\u9fff]")
Key = tuple[str, str]  # (context, Chinese)


@dataclass(frozen=True)
class Said:
    """One text of the source and where it stands."""

    text: str
    where: str
    line: int
    context: str = ""
    plural: str = ""

    @property
    def key(self) -> Key:
        return (self.context, self.text)


class Conflict(Exception):
    """The part files contradict each other or the source's placeholders; one line each."""


def extract(package: Path = PACKAGE) -> list[Said]:
    """Every text that people may read, in the order of files and lines."""
    found: list[Said] = []
    for path in sorted(package.rglob("*.py")):
        if "migrations" not in path.parts:
            found += _of_python(path, path.relative_to(package).as_posix())
    for path in sorted([*package.rglob("*.html"), *package.rglob("templates/**/*.txt")]):
        found += _of_template(path.read_text("utf-8"), path.relative_to(package).as_posix())
    return found


def _of_python(path: Path, where: str) -> Iterator[Said]:
    tree = ast.parse(path.read_text("utf-8"), str(path))
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield from _of_call(node, where)
        elif isinstance(node, ast.ClassDef):
            is_word = any(_name(base) == "Word" for base in node.bases)
            for statement in node.body:
                if isinstance(statement, ast.Assign):
                    texts = _labels(statement) if is_word else _refusal_text(statement)
                    yield from (Said(text, where, statement.lineno) for text in texts if CHINESE.search(text))


def _of_call(node: ast.Call, where: str) -> Iterator[Said]:
    shape = CALLS.get(_name(node.func))
    if shape is None:
        return
    context, text, plural = (None if at is None else _argument(node, at) for at in shape)
    if text:
        yield Said(text, where, node.lineno, context or "", plural or "")


def _name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def _argument(node: ast.Call, at: int) -> str | None:
    value = node.args[at] if at < len(node.args) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None


def _labels(statement: ast.Assign) -> list[str]:
    """WAITING = "waiting", "等候"[, further labels]"""
    if not isinstance(statement.value, ast.Tuple):
        return []
    rest = statement.value.elts[1:]
    return [item.value for item in rest if isinstance(item, ast.Constant) and isinstance(item.value, str)]


def _refusal_text(statement: ast.Assign) -> list[str]:
    """text = "…"   or   code, status, text = "…", 404, "…" """
    target, value = statement.targets[0], statement.value
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        pairs = list(zip(target.elts, value.elts, strict=False))
    else:
        pairs = [(target, value)]
    return [
        value.value
        for target, value in pairs
        if _name(target) == "text" and isinstance(value, ast.Constant) and isinstance(value.value, str)
    ]


def _of_template(source: str, where: str) -> Iterator[Said]:
    block: dict[str, list[str]] | None = None
    part, context, trimmed, line = "one", "", False, 0
    for token in Lexer(source).tokenize():
        is_tag = token.token_type == TokenType.BLOCK
        if block is not None:
            if is_tag and endblock_re.match(token.contents):
                one, many = ("".join(block[name]) for name in ("one", "many"))
                if trimmed:
                    one, many = trim_whitespace(one), trim_whitespace(many)
                yield Said(one, where, line, context, many)
                block = None
            elif is_tag and plural_re.match(token.contents):
                part = "many"
            elif token.token_type == TokenType.VAR:
                block[part].append(f"%({token.contents})s")
            elif token.token_type == TokenType.TEXT:
                block[part].append(token.contents.replace("%", "%%"))
        elif is_tag and (start := block_re.match(token.contents)):
            block, part, line = {"one": [], "many": []}, "one", token.lineno or 0
            context, trimmed = _unquoted(start[2]), "trimmed" in token.split_contents()
        elif is_tag or token.token_type == TokenType.VAR:
            if is_tag and (inline := inline_re.match(token.contents)):
                yield Said(
                    _unquoted(inline[1]).replace("%", "%%"), where, token.lineno or 0, _unquoted(inline[3])
                )
            for text in constant_re.findall(token.contents):
                yield Said(_unquoted(text), where, token.lineno or 0)


def _unquoted(text: str | None) -> str:
    return text[1:-1] if text else ""


class Merged(Catalog):
    """All parts in one catalogue, remembering who said what first."""

    def __init__(self) -> None:
        super().__init__(locale="en", domain="django", project="minqing", charset="utf-8", fuzzy=False)
        self.part = ""
        self.said_in: dict[Key, str] = {}
        self.faults: list[str] = []

    def __setitem__(self, id: Any, message: Message) -> None:
        if id:
            text = message.id if isinstance(message.id, str) else message.id[0]
            key = (message.context or "", text)
            before = self.get(message.id, message.context)
            if before is not None and before.string and message.string and before.string != message.string:
                self.faults.append(
                    f"{self.said_in.get(key)} / {self.part}: 「{text}」 = {before.string!r} / {message.string!r}"
                )
            if before is not None and (before.string or not message.string):
                return
            self.said_in.setdefault(key, self.part)
            message.flags.discard("fuzzy")
        super().__setitem__(id, message)


def merged(parts: Sequence[Path]) -> Merged:
    """The part files as one; raises Conflict with every fault at once."""
    whole = Merged()
    for path in parts:
        whole.part = path.name
        with path.open("rb") as file:
            PoFileParser(whole, abort_invalid=True).parse(file)
    faults = whole.faults + [
        fault for message in whole if message.id for fault in _placeholder_faults(whole, message)
    ]
    if faults:
        raise Conflict("\n".join(faults))
    return whole


def _placeholder_faults(whole: Merged, message: Message) -> Iterator[str]:
    strings = [message.string] if isinstance(message.string, str) else list(message.string or ())
    ids = [message.id] if isinstance(message.id, str) else list(message.id)
    wanted = placeholders(ids[-1])
    for number, string in enumerate(strings):
        if not string:
            continue
        has = placeholders(string)
        one_of_many = len(strings) > 1 and number == 0  # "one letter" may leave its number out
        if has != wanted and not (one_of_many and has <= wanted):
            where = whole.said_in.get((message.context or "", ids[0]), "?")
            yield f"{where}: 「{ids[0]}」 {sorted(wanted)} ≠ {sorted(has)} in {string!r}"


def placeholders(text: str) -> set[str]:
    return {"%" + percent if percent else "{" + brace for percent, brace in PLACEHOLDER.findall(text)}


def parts_of(folder: Path = ENGLISH) -> list[Path]:
    return sorted((folder / "parts").glob("*.po"))


def compile_all(folder: Path = ENGLISH) -> int:
    """Write the .mo that Django reads; returns how many texts have English."""
    whole = merged(parts_of(folder))
    target = folder / "LC_MESSAGES" / "django.mo"
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(".mo.new")
    with half.open("wb") as file:
        write_mo(file, whole)
    half.replace(target)
    return sum(1 for message in whole if message.id and _translated(message))


def fresh(folder: Path = ENGLISH) -> bool:
    """True when the compiled file is younger than every part."""
    target = folder / "LC_MESSAGES" / "django.mo"
    newest = max(
        (path.stat().st_mtime for path in [*parts_of(folder), folder / "parts"] if path.exists()), default=0.0
    )
    return target.exists() and target.stat().st_mtime >= newest


def _translated(message: Message) -> bool:
    return all(message.string) if isinstance(message.string, (tuple, list)) else bool(message.string)


def missing(package: Path = PACKAGE) -> dict[str, Any]:
    """{"total", "missing": {area: [{"text", "context", "at"}]}, "unused": [text]}; an area is a floor and its room."""
    said = extract(package)
    have: set[Key] = set()
    for message in merged(parts_of(package / "locale" / "en")):
        if message.id and _translated(message):
            have.add((message.context or "", message.id if isinstance(message.id, str) else message.id[0]))
    lacking: dict[str, dict[Key, dict[str, str]]] = defaultdict(dict)
    for one in said:
        if one.key not in have:
            entry = {"text": one.text, "context": one.context, "at": f"{one.where}:{one.line}"}
            lacking[area_of(one.where)].setdefault(one.key, entry)
    keys = {one.key for one in said}
    return {
        "total": len(keys),
        "missing": {area: list(entries.values()) for area, entries in sorted(lacking.items())},
        "unused": sorted(text for context, text in have - keys),
    }


def area_of(where: str) -> str:
    """work/cases/rules.py -> work/cases; templates/desk/cases/row.html -> templates/desk/cases"""
    folders = where.split("/")[:-1]
    if folders[:1] == ["templates"]:
        return "/".join(folders[:3])
    return "/".join(folders[:2]) or Path(where).stem


def pot(said: Sequence[Said]) -> Catalog:
    catalog = Catalog(project="minqing", charset="utf-8", fuzzy=False)
    for one in said:
        id = (one.text, one.plural) if one.plural else one.text
        catalog.add(id, locations=[(one.where, one.line)], context=one.context or None)
    return catalog


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="extract|missing|compile")
    acts.add_parser(
        "extract", help=t("所有中文，.pot 格式，写到标准输出", "every Chinese text, as .pot, on stdout")
    )
    lacking = acts.add_parser(
        "missing", help=t("还没有英文的，按范围列出", "what has no English yet, by area")
    )
    lacking.add_argument("--json", action="store_true")
    lacking.add_argument("--area", default="", help=t("只看这个范围（前缀）", "only this area (prefix)"))
    lacking.add_argument(
        "--strict", action="store_true", help=t("有缺漏则退出码 1", "exit 1 when something is missing")
    )
    compiling = acts.add_parser("compile", help=t("合并并编译", "merge and compile"))
    compiling.add_argument(
        "--quiet", action="store_true", help=t("没有变化就什么也不做", "do nothing when nothing changed")
    )


def run(args: argparse.Namespace) -> int:
    try:
        if args.act == "extract":
            write_po(sys.stdout.buffer, pot(extract()), width=100)
        elif args.act == "missing":
            return _show_missing(args)
        elif not (args.quiet and fresh()):
            count = compile_all()
            if not args.quiet:
                print(t(f"英文 {count} 条。", f"{count} English texts."), file=sys.stderr)
    except Conflict as conflict:
        print(conflict, file=sys.stderr)
        return 1
    return 0


def _show_missing(args: argparse.Namespace) -> int:
    report = missing()
    lacking = {area: found for area, found in report["missing"].items() if area.startswith(args.area)}
    if args.json:
        print(json.dumps(report | {"missing": lacking}, ensure_ascii=False, indent=1))
    else:
        for area, entries in lacking.items():
            print(f"{area}: {len(entries)}")
            for entry in entries:
                print(f"    {entry['at']}  {entry['text'].strip()}")
        total = len({(entry["context"], entry["text"]) for entries in lacking.values() for entry in entries})
        print(
            t(
                f"缺英文 {total} 条，共 {report['total']} 条。",
                f"{total} of {report['total']} have no English.",
            )
        )
    return 1 if args.strict and lacking else 0


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="minqing words")
    add_arguments(parser)
    return run(parser.parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
