"""Lights and the ladder. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from minqing.kernel.words import Word


class Light(Word):
    """Domain rules §7: green more than half left, yellow half or less, orange three workdays, red overdue."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "过半"
    ORANGE = "orange", "3日内"
    RED = "red", "已超期"
    MET = "met", "已办"


LADDER = (timedelta(days=0), timedelta(days=3), timedelta(days=10))
"""Overdue for this long → told one rung further up the superior line."""


@dataclass(frozen=True)
class DutyLine:
    id: UUID
    about_id: UUID
    rule: str
    office_id: UUID
    from_on: date
    statutory_on: date
    due_at: datetime
    provisional: bool
    met_at: datetime | None


def light_of(*, from_on: date, due_at: datetime, met_at: datetime | None, now: datetime, soon: datetime) -> Light:
    """The light at `now`; `soon` is the instant from which three workdays or fewer are left."""
    if met_at is not None:
        return Light.MET
    if now > due_at:
        return Light.RED
    if now >= soon:
        return Light.ORANGE
    start = datetime.combine(from_on, datetime.min.time(), tzinfo=due_at.tzinfo)
    return Light.GREEN if (due_at - now) * 2 > (due_at - start) else Light.YELLOW


def rung_of(*, due_at: datetime, now: datetime) -> int:
    """How many rungs up an unmet duty must be told: 0 while in time, 1 at once when late, then by LADDER."""
    late = now - due_at
    return sum(1 for wait in LADDER if late > wait)
