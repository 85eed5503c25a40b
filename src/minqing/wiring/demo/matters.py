"""The notation of the tables: reading `matters/*.txt` and `voices.txt` into templates that fill fast.

    = key | Chinese | English       a kind begins
    : name=value …                  its settings
    $thing template                 a concrete thing, the same in everything said about one matter
    T title · O what is wrong · F detail · H what it does to us · A what we ask
    S what the office found · D what it does · P what it does in part · X why it cannot now · N why not at all
    B law|article|what it says in our words

In a template `{a|b}` chooses, `{3-9}` is a number, `{20-90/5}` one in steps, `{#2-9}` one in Chinese, `{name}` a value
of the story (see grammar.py), and all of them nest. A line must be able to come out in many ways: a test counts.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
RANGE = re.compile(r"(#?)(\d+)-(\d+)(?:/(\d+))?")
SIMPLE = "零一两三四五六七八九十"

Draw = Callable[[], int]
Words = Mapping[str, str]


def chinese(number: int) -> str:
    """Up to 99 as people say it: 两, 十二, 三十."""
    if number <= 10:
        return SIMPLE[number]
    tens, ones = divmod(number, 10)
    return (
        ("" if tens == 1 else "零一二三四五六七八九"[tens])
        + "十"
        + ("零一二三四五六七八九"[ones] if ones else "")
    )


Slot = tuple[str | None, tuple[str, ...] | None, "tuple[Template, ...] | None"]


@dataclass(frozen=True, slots=True)
class Template:
    """A sentence with holes. `slots` holds, for each %s: a name of the story, a tuple of texts, or of templates."""

    text: str
    slots: tuple["Slot", ...]
    ways: int

    def fill(self, draw: Draw, words: Words) -> str:
        return self.text % tuple(
            [
                words[name] if name is not None
                else texts[draw() % len(texts)] if texts is not None
                else nested[draw() % len(nested)].fill(draw, words)  # type: ignore[arg-type,index]
                for name, texts, nested in self.slots
            ]
        )  # fmt: skip

    def names(self) -> Iterator[str]:
        for name, _, nested in self.slots:
            if name is not None:
                yield name
            for inner in nested or ():
                yield from inner.names()


def _pieces(source: str) -> Iterator[tuple[bool, str]]:
    """(is it a hole, its text) in order; holes nest."""
    depth, start = 0, 0
    for at, sign in enumerate(source):
        if sign == "{":
            if depth == 0:
                yield False, source[start:at]
                start = at + 1
            depth += 1
        elif sign == "}":
            depth -= 1
            if depth < 0:
                raise ValueError(f"unbalanced: {source}")
            if depth == 0:
                yield True, source[start:at]
                start = at + 1
    if depth:
        raise ValueError(f"unbalanced: {source}")
    yield False, source[start:]


def _choices(body: str) -> list[str]:
    out, depth, start = [], 0, 0
    for at, sign in enumerate(body):
        depth += (sign == "{") - (sign == "}")
        if sign == "|" and depth == 0:
            out.append(body[start:at])
            start = at + 1
    return [*out, body[start:]]


def _numbers(match: re.Match[str]) -> tuple[str, ...]:
    sign, low, high, step = match.groups()
    values = range(int(low), int(high) + 1, int(step or 1))
    if sign:
        return tuple(chinese(value) for value in values)
    return tuple(str(value).zfill(len(low) if low[0] == "0" else 0) for value in values)


# How many different texts a name of the story stands for, roughly: for the count of ways.
WIDTH = {
    "v": 60, "vf": 60, "t": 8, "g": 6, "spot": 16, "spot2": 24, "since": 300, "day": 400, "day0": 400, "day2": 60,
    "day3": 60, "term": 60, "term2": 60, "n": 60, "rel": 24, "kid": 10, "old": 25, "off": 20, "hr": 24, "night": 12,
}  # fmt: skip


@cache
def compiled(source: str) -> Template:
    text: list[str] = []
    slots: list[Slot] = []
    ways = 1
    for hole, body in _pieces(source):
        if not hole:
            text.append(body.replace("%", "%%"))
            continue
        text.append("%s")
        choices = _choices(body)
        number = RANGE.fullmatch(body)
        if number:
            values = _numbers(number)
            slots.append((None, values, None))
            ways *= len(values)
        elif len(choices) == 1 and "{" not in body:
            slots.append((body, None, None))
            ways *= WIDTH.get(body, 1)
        elif any("{" in choice for choice in choices):
            nested = tuple(compiled(choice) for choice in choices)
            slots.append((None, None, nested))
            ways *= sum(inner.ways for inner in nested)
        else:
            slots.append((None, tuple(choices), None))
            ways *= len(choices)
    return Template("".join(text), tuple(slots), min(ways, 10**9))


@dataclass(frozen=True, slots=True)
class Basis:
    """One ground in law: the article may be empty where we name the law only."""

    law: str
    article: str
    gist: str

    def __str__(self) -> str:
        return f"《{self.law}》{self.article}：{self.gist}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of matter: who answers for it, when and where it comes up, and how people and offices speak of it."""

    key: str
    zh: str
    en: str
    settings: Mapping[str, str]
    things: Mapping[str, Template]
    lines: Mapping[str, tuple[Template, ...]]
    basis: tuple[Basis, ...] = ()
    number: int = field(default=0, compare=False)

    @property
    def office(self) -> str:
        return self.settings["office"]

    @property
    def helpers(self) -> tuple[str, ...]:
        return tuple(filter(None, self.settings.get("help", "").split(",")))

    @property
    def topic(self) -> str:
        return self.settings["topic"]

    @property
    def where(self) -> str:
        return self.settings["where"]

    @property
    def weight(self) -> float:
        return float(self.settings["weight"])

    @property
    def months(self) -> tuple[int, ...]:
        return tuple(int(sign) for sign in self.settings["months"])

    @property
    def type(self) -> str:
        return self.settings["type"]

    @property
    def grade(self) -> str:
        return self.settings.get("grade", "ordinary")

    @property
    def style(self) -> str:
        """How offices speak of it: of a place (""), of papers and sums, of what was asked, of peace between people."""
        told = {"advice": "told", "explain": "told", "answer": "told", "mediate": "peace"}
        return self.settings.get("style") or told.get(self.course, "")

    @property
    def course(self) -> str:
        """The family of courses it may run: usual, mediate, explain, answer, advice, redirect, three, clue, mixed."""
        return self.settings.get("path", "usual")


def read_kinds(path: Path) -> Iterator[Kind]:
    key = zh = en = ""
    settings: dict[str, str] = {}
    things: dict[str, Template] = {}
    lines: dict[str, list[Template]] = {}
    basis: list[Basis] = []

    def kind() -> Kind:
        return Kind(key, zh, en, settings, things, {k: tuple(v) for k, v in lines.items()}, tuple(basis))

    for raw in path.read_text("utf-8").splitlines():
        mark, _, rest = raw.partition(" ")
        if not raw.strip() or mark == "#":
            continue
        if mark == "=":
            if key:
                yield kind()
            key, zh, en = (part.strip() for part in rest.split("|"))
            settings, things, lines, basis = {}, {}, {}, []
        elif mark == ":":
            settings |= dict(pair.split("=", 1) for pair in rest.split())
        elif mark.startswith("$"):
            things[mark[1:]] = compiled(rest)
        elif mark == "B":
            basis.append(Basis(*rest.split("|")))
        else:
            lines.setdefault(mark, []).append(compiled(rest))
    if key:
        yield kind()


@cache
def kinds() -> tuple[Kind, ...]:
    found = [kind for path in sorted((HERE / "matters").glob("*.txt")) for kind in read_kinds(path)]
    return tuple(
        Kind(k.key, k.zh, k.en, k.settings, k.things, k.lines, k.basis, number)
        for number, k in enumerate(found)
    )


@cache
def kind(key: str) -> Kind:
    return next(k for k in kinds() if k.key == key)


@cache
def voices() -> tuple[Kind, ...]:
    return tuple(read_kinds(HERE / "voices.txt"))
