"""The dispatch catalogue: which matter is whose business, who assists, and by which law. Nothing is pushed down."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from minqing.ground.law.rules.laws import Mark, cite_all, day_or_none, rows_of
from minqing.kernel.errors import Refusal

TOWNSHIP, VILLAGE = "township", "village"


class UnknownMatter(Refusal):
    code, status, text = "law.unknown-matter", 422, "派单目录里没有“{matter}”这一类。"


@dataclass(frozen=True, slots=True)
class Entry:
    """One class of matter. `lead` and `assist` are office codes, or the kinds `township` and `village`."""

    code: str
    topic: str
    name_zh: str
    name_en: str
    lead: str
    assist: tuple[str, ...]
    basis: str
    valid_from: date
    valid_to: date | None
    mark: Mark
    local: bool = False

    def name(self, lang: str = "zh-hans") -> str:
        return self.name_en if lang.startswith("en") else self.name_zh

    def cited(self, lang: str = "zh-hans") -> str:
        return cite_all(self.basis, lang)

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)

    def may_go_to(self, kind: str, *, assisting: bool = False) -> bool:
        """Whether an office of that kind may be given the matter: a village only what the catalogue says is its own."""
        if kind != VILLAGE:
            return True
        return VILLAGE in self.assist or self.lead == VILLAGE if assisting else self.lead == VILLAGE


class Catalogue:
    """The entries in force on one day, a county's own before the shipped ones."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries: dict[str, Entry] = {}
        for entry in sorted(entries, key=lambda entry: (entry.local, entry.valid_from)):
            self.entries[entry.code] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, matter: str) -> Entry:
        try:
            return self.entries[matter]
        except KeyError:
            raise UnknownMatter(matter=matter) from None


def entries_on(entries: Iterable[Entry], on: date) -> list[Entry]:
    return [entry for entry in entries if entry.in_force(on)]


@cache
def shipped_entries() -> tuple[Entry, ...]:
    return tuple(
        Entry(
            row["code"], row["topic"], row["name_zh"], row["name_en"], row["lead"], tuple(row["assist"].split()),
            row["basis"], date.fromisoformat(row["valid_from"]), day_or_none(row["valid_to"]), Mark(row["mark"]),
        )
        for row in rows_of("catalogue")
    )  # fmt: skip


@cache
def topics() -> dict[str, tuple[str, str]]:
    """Topic code → (Chinese, English)."""
    return {row["code"]: (row["name_zh"], row["name_en"]) for row in rows_of("topics")}


@cache
def offices() -> dict[str, tuple[str, str]]:
    """Office code of the catalogue → (Chinese, English)."""
    return {row["code"]: (row["name_zh"], row["name_en"]) for row in rows_of("offices")}


def office_name(code: str, lang: str = "zh-hans") -> str:
    names = offices().get(code, (code, code))
    return names[1] if lang.startswith("en") else names[0]
