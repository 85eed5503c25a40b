"""What may be typed as a term or a moment, and the named refusals of the clock."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import StrEnum
from functools import lru_cache
from typing import overload

CHINA = timezone(timedelta(hours=8))
FIRST_YEAR, LAST_YEAR = 1949, 2099

Moment = date | datetime

_TERM = re.compile(r"(-?)([0-9]{1,4})(WD|D|MIN|M|H|S)", re.IGNORECASE)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    _DAY.pattern + r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:?[0-9]{2})?"
)


class ClockError(ValueError):
    """A typed date or term that the clock refuses; `code` is stable, `detail` tells a person what is wrong."""

    code = "clock.error"

    def __init__(self, detail: str, detail_en: str) -> None:
        self.detail, self.detail_en = detail, detail_en
        super().__init__(detail)


class BadTerm(ClockError):
    code = "clock.bad-term"


class BadDate(ClockError):
    code = "clock.bad-date"


class DateTooEarly(BadDate):
    code = "clock.date-before-1949"


class DateTooLate(BadDate):
    code = "clock.date-after-2099"


class Unit(StrEnum):
    DAY = "D"
    WORKDAY = "WD"
    MONTH = "M"
    HOUR = "H"
    MINUTE = "MIN"
    SECOND = "S"

    @property
    def elapsed(self) -> timedelta | None:
        """The length of a unit that runs day and night; None for units counted in calendar days."""
        return _ELAPSED.get(self)


_ELAPSED = {
    Unit.HOUR: timedelta(hours=1),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.SECOND: timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Term:
    """A number of units: 15D, 5WD, 3M, 24H; a negative number counts back from a day that is already fixed."""

    n: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.n}{self.unit.value}"


@lru_cache(maxsize=1024)
def term_of(text: str) -> Term:
    """The term written as 15D, 5WD, 3M, 24H, 3MIN, 15S or -20D."""
    match = _TERM.fullmatch(text.strip())
    if match is None:
        raise BadTerm(
            f"期限“{text}”看不懂，请写成 15D、5WD、3M 或 24H。",
            f"The term {text!r} should read 15D, 5WD, 3M or 24H.",
        )
    n, unit = int(match[2]), Unit(match[3].upper())
    if match[1] and unit.elapsed is not None:
        raise BadTerm(
            f"期限“{text}”不能倒着数，只有 D、WD、M 可以。",
            f"{text!r}: only D, WD and M can be counted back.",
        )
    return Term(-n if match[1] else n, unit)


def moment_of(text: str) -> Moment:
    """A date, or a time at +08:00, from ISO text; a time without offset is taken as China's."""
    text = text.strip()
    try:
        if _DAY.fullmatch(text):
            found: Moment = date.fromisoformat(text)
        elif _TIME.fullmatch(text):
            found = datetime.fromisoformat(text)
        else:
            raise ValueError(text)
    except ValueError:
        raise BadDate(
            f"日期“{text}”看不懂，请写成 2026-02-13 或 2026-02-13T10:00。",
            f"The date {text!r} should read 2026-02-13 or 2026-02-13T10:00.",
        ) from None
    return within(found)


@overload
def within(when: datetime) -> datetime: ...
@overload
def within(when: date) -> date: ...
def within(when: Moment) -> Moment:
    """The moment in China's time; refuses what lies outside 1949–2099."""
    if when.year < FIRST_YEAR:
        raise DateTooEarly(
            f"{when.year:04d}年早于1949年，不能计算期限。", f"The year {when.year:04d} is before 1949."
        )
    if when.year > LAST_YEAR:
        raise DateTooLate(
            f"{when.year:04d}年晚于2099年，不能计算期限。", f"The year {when.year:04d} is after 2099."
        )
    if isinstance(when, datetime):
        return when.replace(tzinfo=CHINA) if when.tzinfo is None else when.astimezone(CHINA)
    return when


def day_of(when: Moment) -> date:
    """The calendar day in China on which the moment falls."""
    return within(when).date() if isinstance(when, datetime) else within(when)


def end_of(day: date) -> datetime:
    """The midnight in China that ends the day; for the last day there is, its last moment."""
    if day == date.max:
        return datetime.max.replace(tzinfo=UTC)
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
