"""The last day of a term, after the civil code's art. 200–203, and every step that led there.

The start day is not counted. Days and months that end on a day off move to the next workday; workdays are counted
with make-up workdays; hours run day and night. A term counted back from a fixed day moves to the workday before.
"""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple, TypeVar

from minqing.methods.clock.calendar import ONE, Calendar, Run
from minqing.methods.clock.terms import CHINA, BadDate, BadTerm, Moment, Term, Unit, day_of, term_of, within

Pause = tuple[Moment, Moment]
When = TypeVar("When", date, datetime)
END_OF_DAY = time(23, 59, 59)


class Step(NamedTuple):
    """One line of the sum: a stable code and its numbers, ready for JSON."""

    code: str
    params: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        return {"code": self.code, "params": self.params}


@dataclass(frozen=True, slots=True)
class Due:
    """`statutory` is the day the term names, `due` the day after rolling; both are times when the unit is hours.

    `provisional`: the sum touched days of which the holiday notice is not loaded.
    """

    term: Term
    from_: Moment
    statutory: Moment
    due: Moment
    provisional: bool
    calendar: Calendar
    extra: int = 0
    pauses: tuple[Pause, ...] = ()

    @property
    def due_at(self) -> datetime:
        """The last instant in time: the end of the due day, or the very hour."""
        return self.due if isinstance(self.due, datetime) else datetime.combine(self.due, END_OF_DAY, CHINA)

    @property
    def due_on(self) -> date:
        return self.due.date() if isinstance(self.due, datetime) else self.due

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(_steps(self))


def due_of(
    term: Term | str, from_: Moment, calendar: Calendar, *, extra: int = 0, pauses: Sequence[Pause] = ()
) -> Due:
    """When a term that starts at `from_` ends; `extra` units of the same kind are an extension.

    `pauses` are closed intervals that do not count: whole days, first and last included, or times from–to for hours.
    """
    term = term_of(term) if isinstance(term, str) else term
    from_ = within(from_)
    if extra < 0:
        raise BadTerm("延长的期限不能是负数。", "An extension cannot be negative.")
    if term.n < 0 and (extra or pauses):
        raise BadTerm(
            "倒着数的期限不能中止，也不能延长。", "A term counted back has no pause and no extension."
        )
    n, unit = term.n + extra, term.unit
    if (length := unit.elapsed) is not None:
        return _elapsed(term, from_, n * length, calendar, extra, _instants(pauses) if pauses else ())
    start = from_.date() if isinstance(from_, datetime) else from_
    breaks = _days(pauses) if pauses else ()
    if unit is Unit.WORKDAY:
        due = calendar.workday_after(start, n)
        for first, last in breaks:
            if (lost := max(first, start + ONE)) <= due:
                n += calendar.workdays_between(lost, last)
                due = calendar.workday_after(start, n)
        statutory, looked = due, start
    else:
        statutory = _plus(start, n) if unit is Unit.DAY else _plus_months(start, n)
        for first, last in breaks:
            if (lost := max(first, start + ONE)) <= statutory:
                statutory = _plus(statutory, (last - lost).days + 1)
        if n == 0:
            return Due(term, from_, statutory, statutory, False, calendar)
        due = calendar.roll(statutory) if n > 0 else calendar.roll_back(statutory)
        looked = statutory
    known = calendar.covers(looked, due) if due >= looked else calendar.covers(due, looked)
    return Due(term, from_, statutory, due, not known, calendar, extra, breaks)


def _elapsed(
    term: Term,
    from_: Moment,
    length: timedelta,
    calendar: Calendar,
    extra: int,
    breaks: tuple[tuple[datetime, datetime], ...],
) -> Due:
    """Natural hours; a start without a time of day counts from midnight, the strict side."""
    start = from_ if isinstance(from_, datetime) else datetime.combine(from_, time(), CHINA)
    end = start + length
    for first, last in breaks:
        if (lost := max(first, start)) < end:
            end += max(last - lost, timedelta())
    return Due(term, from_, within(end), end, False, calendar, extra, breaks)


def _days(pauses: Iterable[Pause]) -> tuple[tuple[date, date], ...]:
    return _merged((day_of(first), day_of(last)) for first, last in pauses)


def _instants(pauses: Iterable[Pause]) -> tuple[tuple[datetime, datetime], ...]:
    """A pause given in whole days runs from midnight to the midnight after its last day."""
    return _merged((_midnight(first), _midnight(last, after=True)) for first, last in pauses)


def _midnight(when: Moment, *, after: bool = False) -> datetime:
    if isinstance(when, datetime):
        return within(when)
    return datetime.combine(when + ONE if after else when, time(), CHINA)


def _merged(pauses: Iterable[tuple[When, When]]) -> tuple[tuple[When, When], ...]:
    """Pauses in order, overlapping ones joined, so that no day is left out twice."""
    merged: list[tuple[When, When]] = []
    for first, last in sorted(pauses):
        if last < first:
            raise BadDate(
                f"中止期间的结束 {last.isoformat()} 早于开始 {first.isoformat()}。",
                f"The pause ends on {last.isoformat()}, before it begins on {first.isoformat()}.",
            )
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    return tuple(merged)


def _plus(day: date, n: int) -> date:
    """n calendar days on; a term has at most four digits, so the sum stays a date and `within` judges it."""
    return within(date.fromordinal(day.toordinal() + n))


def _plus_months(day: date, n: int) -> date:
    """The same day n months on, or the last day of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return within(date(year, month + 1, min(day.day, monthrange(year, month + 1)[1])))


def _steps(due: Due) -> Iterable[Step]:
    unit, n, calendar = due.term.unit, due.term.n, due.calendar
    if unit.elapsed is not None:
        yield from _elapsed_steps(due)
        return
    start = due.from_.date() if isinstance(due.from_, datetime) else due.from_
    statutory, end = due.statutory, due.due
    if n == 0 and not due.extra:
        if unit is Unit.WORKDAY:
            yield Step("same-workday", {"date": start.isoformat()})
            if end != start:
                yield _roll("roll", calendar.run_of(start), start, end)
        else:
            yield Step("same-day", {"date": start.isoformat()})
    else:
        yield Step("start" if n >= 0 else "start.before", {"date": start.isoformat()})
        cut = unit is Unit.MONTH and statutory.day != start.day and not due.pauses
        code = "count.months-cut" if cut else _COUNT[unit, n >= 0]
        yield Step(code, {"n": abs(n), "to": statutory.isoformat()})
        if due.extra:
            yield Step("extended", {"n": due.extra, "unit": unit.value})
        for first, last in due.pauses:
            yield Step("pause", {"from": first.isoformat(), "to": last.isoformat()})
        if unit is Unit.WORKDAY:
            yield from _skipped(calendar, start, end)
        if end != statutory:
            yield _roll(
                "roll" if end > statutory else "roll.back", calendar.run_of(statutory), statutory, end
            )
        elif unit is not Unit.WORKDAY and calendar.is_makeup(end):
            yield Step("makeup.stays", {"date": end.isoformat()})
    if due.provisional:
        yield _unpublished(due, start)
    yield Step("due", {"date": end.isoformat()})


_COUNT = {
    (Unit.DAY, True): "count.days",
    (Unit.WORKDAY, True): "count.workdays",
    (Unit.MONTH, True): "count.months",
    (Unit.DAY, False): "count.days-before",
    (Unit.WORKDAY, False): "count.workdays-before",
    (Unit.MONTH, False): "count.months-before",
}


def _skipped(calendar: Calendar, start: date, end: date) -> Iterable[Step]:
    first, last = (start + ONE, end) if end > start else (end, start - ONE)
    for run in calendar.runs_between(first, last):
        yield Step("skip.holiday", {
            "from": max(run.first, first).isoformat(), "to": min(run.last, last).isoformat(),
            "festivals": list(run.festivals),
        })  # fmt: skip
    for day in calendar.makeups_between(first, last):
        yield Step("makeup.counts", {"date": day.isoformat()})


def _roll(code: str, run: Run, from_: date, to: date) -> Step:
    return Step(code, {
        "from": from_.isoformat(), "to": to.isoformat(), "festivals": list(run.festivals), "weekend": run.weekend,
    })  # fmt: skip


def _elapsed_steps(due: Due) -> Iterable[Step]:
    if isinstance(due.from_, datetime):
        yield Step("start.moment", {"at": due.from_.isoformat()})
    else:
        yield Step("start.midnight", {"date": due.from_.isoformat()})
    yield Step("count.elapsed", {"n": due.term.n, "unit": due.term.unit.value})
    if due.extra:
        yield Step("extended", {"n": due.extra, "unit": due.term.unit.value})
    for first, last in due.pauses:
        yield Step("pause", {"from": first.isoformat(), "to": last.isoformat()})
    yield Step("due", {"at": due.due.isoformat()})


def _unpublished(due: Due, start: date) -> Step:
    """Which year's notice is missing: the first one past the loaded calendar, or the one before it began."""
    calendar, days = due.calendar, [start, due.statutory, due.due]
    if max(days) > calendar.loaded_until:
        year = min(day.year for day in days if day > calendar.loaded_until)
        return Step(
            "provisional.not-published", {"year": year, "loaded_until": calendar.loaded_until.isoformat()}
        )
    return Step(
        "provisional.not-loaded", {"year": min(days).year, "loaded_from": calendar.loaded_from.isoformat()}
    )
