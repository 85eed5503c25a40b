"""Lights and the ladder. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from uuid import UUID

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word
from minqing.methods.clock import CHINA, Calendar


class Light(Word):
    """Domain rules §7: green more than half left, yellow half or less, orange three workdays, red overdue."""

    GREEN = "green", "正常"
    YELLOW = "yellow", "过半"
    ORANGE = "orange", "3日内"
    RED = "red", "已超期"
    MET = "met", "已办"


class NothingOwed(Refusal):
    code, status, text = "duty.none-open", 409, "这件事没有在走的这项期限，不能延期。"


class DayOutOfReach(Refusal):
    code, status, text = "duty.day-out-of-reach", 422, "日子应在1949年到2099年之间，请改一下。"


SOON_WORKDAYS = 3
RIGHTS = frozenset({
    "xf.object", "xf.object.again", "hl.object", "xf.review.ask", "xf.rereview.ask", "xf.withdraw", "md.consent",
    "db.return", "db.rate", "fy.apply", "so.object",
})  # fmt: skip
"""Terms within which somebody may do something. When they pass, nobody is late."""
LADDER = (timedelta(days=0), timedelta(days=3), timedelta(days=10))
"""Overdue for this long → told one rung further up the superior line."""
NEAR = 0
"""The rung before the ladder: the office that owes it was told itself, while there is time."""

DUTY_SQL = (
    "INSERT INTO duties_duty (id, about_id, rule, rule_from, office_id, place, from_on, statutory_on, due_at,"
    " provisional, term, extra)"
    " VALUES (%(duty_id)s, %(subject_id)s, %(duty_rule)s, %(duty_rule_from)s, %(duty_office)s, %(place_path)s,"
    " %(duty_from)s, %(duty_statutory)s, %(duty_due)s, %(duty_provisional)s, '', 0)"
)
"""The duty of a fresh demand, as a part of intake's one statement."""


@dataclass(frozen=True)
class DutyLine:
    """One thing owed. `term` is empty when the law's own term runs; `extra` are the units an extension added."""

    id: UUID
    about_id: UUID
    rule: str
    office_id: UUID
    from_on: date
    statutory_on: date
    due_at: datetime
    provisional: bool
    met_at: datetime | None
    place: str = ""
    dropped: str | None = None
    rule_from: date | None = None
    term: str = ""
    extra: int = 0

    @property
    def due_on(self) -> date:
        return self.due_at.astimezone(CHINA).date()


@lru_cache(maxsize=8192)
def soon_of(calendar: Calendar, due_on: date) -> datetime:
    """The first instant of the day from which three workdays or fewer are left, kept per due day."""
    return datetime.combine(calendar.workday_after(due_on, -SOON_WORKDAYS), time(), CHINA)


def light_of(
    *, from_on: date, due_at: datetime, met_at: datetime | None, now: datetime, soon: datetime
) -> Light:
    """The light at `now`; `soon` is the instant from which three workdays or fewer are left."""
    if met_at is not None:
        return Light.MET
    if now > due_at:
        return Light.RED
    if now >= soon:
        return Light.ORANGE
    start = datetime.combine(from_on, time(), CHINA)
    return Light.GREEN if (due_at - now) * 2 > (due_at - start) else Light.YELLOW


def near_from(*, from_on: date, due_on: date, soon: datetime) -> datetime | None:
    """From when the end of a duty is near: three workdays before it, or its last day where it was never longer than that.

    None for what began on its last day: the office has only just heard of it.
    """
    if soon.astimezone(CHINA).date() > from_on:
        return soon
    return datetime.combine(due_on, time(), CHINA) if due_on > from_on else None


def rungs_at(at: datetime) -> Iterator[tuple[int, datetime]]:
    """Height of a rung, and before which instant a duty must have ended unmet to be told that far up: once late, then by LADDER."""
    return ((height, at - wait) for height, wait in enumerate(LADDER, start=1))


def days_late(due_at: datetime, until: datetime) -> int:
    """Calendar days in China from the due day to `until`; 0 when in time."""
    if until <= due_at:
        return 0
    return max(1, (until.astimezone(CHINA).date() - due_at.astimezone(CHINA).date()).days)
