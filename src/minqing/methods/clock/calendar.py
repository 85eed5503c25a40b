"""Which days are worked. A frozen object; every question is one look into an array prepared once."""

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from itertools import accumulate

from minqing.methods.clock.festivals import festival_days, festival_on
from minqing.methods.clock.terms import FIRST_YEAR, LAST_YEAR, DateTooEarly, DateTooLate

FIRST = date(FIRST_YEAR, 1, 1).toordinal()
SIZE = date(LAST_YEAR, 12, 31).toordinal() - FIRST + 1
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Index:
    """`worked[i]` is 1 on a workday, `count[i]` how many up to and with day i, `days` the workdays in order."""

    worked: bytearray
    count: Sequence[int]
    days: Sequence[int]


@dataclass(frozen=True)
class Run:
    """Neighbouring days off, first to last, with the festivals that explain them; none of them: a plain weekend."""

    first: date
    last: date
    festivals: tuple[str, ...]
    weekend: bool


@dataclass(frozen=True)
class Calendar:
    """Published days off and make-up workdays from `loaded_from` to `loaded_until`, both days included.

    Outside that span weekends and the fixed festival days are taken instead: good enough to go on, and marked.
    """

    off: frozenset[date]
    makeup: frozenset[date]
    loaded_from: date
    loaded_until: date

    @cached_property
    def index(self) -> Index:
        worked = bytearray(b"\x01") * SIZE
        for i in range(7):
            if (FIRST + i - 1) % 7 >= 5:
                worked[i::7] = bytes(len(range(i, SIZE, 7)))
        for year in range(FIRST_YEAR, LAST_YEAR + 1):
            for day in festival_days(year):
                if not self.loaded_from <= day <= self.loaded_until:
                    worked[day.toordinal() - FIRST] = 0
        for day in self.off:
            worked[day.toordinal() - FIRST] = 0
        for day in self.makeup:
            worked[day.toordinal() - FIRST] = 1
        days = array("i", (i for i, works in enumerate(worked) if works))
        return Index(worked, array("i", accumulate(worked)), days)

    def covers(self, first: date, last: date) -> bool:
        """Whether every day from first to last is published."""
        return self.loaded_from <= first and last <= self.loaded_until

    def is_workday(self, day: date) -> bool:
        return bool(self.index.worked[_at(day)])

    def is_makeup(self, day: date) -> bool:
        """A Saturday or Sunday on which people work."""
        return day in self.makeup

    def roll(self, day: date) -> date:
        """The day itself if worked, else the first workday after it."""
        at, index = _at(day), self.index
        return _day(index.days, index.count[at] - index.worked[at])

    def roll_back(self, day: date) -> date:
        """The day itself if worked, else the last workday before it."""
        index = self.index
        return _day(index.days, index.count[_at(day)] - 1)

    def workday_after(self, day: date, n: int) -> date:
        """The n-th workday after the day; n = 0 the day itself, rolled; n < 0 the n-th workday before it."""
        at, index = _at(day), self.index
        if n > 0:
            return _day(index.days, index.count[at] + n - 1)
        return _day(index.days, index.count[at] - index.worked[at] + n)

    def workdays_between(self, first: date, last: date) -> int:
        """How many workdays from first to last, both included; 0 when last is earlier."""
        if last < first:
            return 0
        index, at = self.index, _at(first)
        return index.count[_at(last)] - index.count[at] + index.worked[at]

    def run_of(self, day: date) -> Run:
        """The days off around a day off."""
        first = last = day
        while first.toordinal() > FIRST and not self.is_workday(first - ONE):
            first -= ONE
        while last.toordinal() < FIRST + SIZE - 1 and not self.is_workday(last + ONE):
            last += ONE
        inside = [first + n * ONE for n in range((last - first).days + 1)]
        names = tuple(dict.fromkeys(name for day in inside if (name := festival_on(day))))
        return Run(first, last, names, weekend=not names and all(day.weekday() >= 5 for day in inside))

    def runs_between(self, first: date, last: date) -> Iterator[Run]:
        """Each holiday (no plain weekend) of which a day lies from first to last."""
        day = first
        while day <= last:
            if self.is_workday(day):
                day += ONE
                continue
            run = self.run_of(day)
            if not run.weekend:
                yield run
            day = run.last + ONE

    def makeups_between(self, first: date, last: date) -> list[date]:
        return sorted(day for day in self.makeup if first <= day <= last)


def calendar_of(
    spans: Iterable[tuple[date, date, bool]], *, loaded_from: date, loaded_until: date
) -> Calendar:
    """A calendar from spans (first day, last day, worked?) as the yearly notices give them."""
    off: set[date] = set()
    makeup: set[date] = set()
    for first, last, worked in spans:
        (makeup if worked else off).update(first + n * ONE for n in range((last - first).days + 1))
    return Calendar(frozenset(off - makeup), frozenset(makeup), loaded_from, loaded_until)


def _at(day: date) -> int:
    at = day.toordinal() - FIRST
    if at < 0:
        raise DateTooEarly(
            f"{day.isoformat()} 早于1949年，不能计算期限。", f"{day.isoformat()} is before 1949."
        )
    if at >= SIZE:
        raise DateTooLate(
            f"{day.isoformat()} 晚于2099年，不能计算期限。", f"{day.isoformat()} is after 2099."
        )
    return at


def _day(days: Sequence[int], at: int) -> date:
    if at < 0:
        raise DateTooEarly("算出的日期早于1949年，不能计算期限。", "The date comes before 1949.")
    if at >= len(days):
        raise DateTooLate("算出的日期晚于2099年，不能计算期限。", "The date comes after 2099.")
    return date.fromordinal(days[at] + FIRST)
