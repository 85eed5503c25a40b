"""The limits, and what breaks them. Pure. Regulations on Petition Work (xf) art. 22, 23 and 34.

Days are calendar days of China's time; the day of arrival does not count.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from minqing.kernel.words import Word
from minqing.methods.clock import day_of

NOTICE_DAYS, END_DAYS, EXTEND_DAYS = 15, 60, 30
LEAST = 5
"""So many matters an office must have had before its numbers are published."""

TOLD = frozenset({
    "case.forwarded", "case.accepted", "case.declined", "case.redirected", "case.settled-now", "case.settled", "case.replied",
    "case.referred-up", "case.withdrawn",
})  # fmt: skip
"""The person was told who has it, or what came of it."""
ANSWERED = frozenset({
    "case.replied", "case.settled-now", "case.settled", "case.declined", "case.redirected", "case.withdrawn", "case.terminated",
})  # fmt: skip
NOTICED = frozenset(TOLD - {"case.forwarded", "case.referred-up"}) | {"case.served"}
ENDED = frozenset({"case.concluded", "case.lapsed", "case.settled", "case.terminated"})
EXTENDED, PARKED, RESUMED = "case.extended", "case.parked", "case.resumed"


class Breach(Word):
    LATE_NOTICE = "late-notice", "15日内没有告诉由谁办"
    LATE_END = "late-end", "60日内（延期另计）没有办出结果"
    UNTOLD = "untold", "没有告知本人就办结"
    EXTENDED_TWICE = "extended-twice", "延期超过一次"
    EXTENDED_LONG = "extended-too-long", "延期超过30日"
    NO_REASON = "extended-without-reason", "延期没有书面理由"
    GAP = "gap", "记录断号"


@dataclass(frozen=True)
class Extension:
    days: int
    reasoned: bool


@dataclass(frozen=True)
class Matter:
    """One case as its facts tell it, up to its first answer; `parked` days do not count. `facts` of `last_n` + 1."""

    id: UUID
    began: datetime
    office_id: UUID | None = None
    told_at: datetime | None = None
    answered_at: datetime | None = None
    ended_at: datetime | None = None
    noticed_at: datetime | None = None
    extensions: tuple[Extension, ...] = ()
    parked: int = 0
    facts: int = 1
    last_n: int = 0


def breaches(matter: Matter, *, at: datetime) -> list[Breach]:
    """What was broken by `at`, whether or not it was mended since."""
    found = []
    if _days(matter.began, matter.told_at or at) > NOTICE_DAYS:
        found.append(Breach.LATE_NOTICE)
    allowed = END_DAYS + min(sum(one.days for one in matter.extensions), EXTEND_DAYS) + matter.parked
    if _days(matter.began, matter.answered_at or at) > allowed:
        found.append(Breach.LATE_END)
    if matter.ended_at is not None and (matter.noticed_at is None or matter.noticed_at > matter.ended_at):
        found.append(Breach.UNTOLD)
    if len(matter.extensions) > 1:
        found.append(Breach.EXTENDED_TWICE)
    if sum(one.days for one in matter.extensions) > EXTEND_DAYS:
        found.append(Breach.EXTENDED_LONG)
    if any(not one.reasoned for one in matter.extensions):
        found.append(Breach.NO_REASON)
    if matter.facts != matter.last_n + 1:
        found.append(Breach.GAP)
    return found


def _days(start: datetime, end: datetime) -> int:
    return (day_of(end) - day_of(start)).days


@dataclass
class Count:
    """Of one office, or of the county: matters that came, those open by age, and each breach."""

    n: int = 0
    open_60: int = 0
    open_90: int = 0
    broken: dict[str, int] = field(default_factory=dict)

    def add(self, matter: Matter, found: Iterable[Breach], *, at: datetime) -> None:
        self.n += 1
        if matter.answered_at is None and matter.ended_at is None:
            age = _days(matter.began, at)
            self.open_60 += age > END_DAYS
            self.open_90 += age > END_DAYS + EXTEND_DAYS
        for one in found:
            self.broken[one.value] = self.broken.get(one.value, 0) + 1

    def take(self, other: "Count") -> None:
        self.n, self.open_60, self.open_90 = (
            self.n + other.n, self.open_60 + other.open_60, self.open_90 + other.open_90,
        )  # fmt: skip
        for name, count in other.broken.items():
            self.broken[name] = self.broken.get(name, 0) + count
