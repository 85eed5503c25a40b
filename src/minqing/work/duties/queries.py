"""Every read of duties: of one matter, the lights, and what is late and with whom."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import (
    BooleanField,
    Count,
    DateTimeField,
    ExpressionWrapper,
    F,
    Func,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.lookups import GreaterThan, LessThanOrEqual

from minqing.ground.law import queries as law
from minqing.ground.law.rules import RuleDue
from minqing.ground.offices.queries import names_of
from minqing.methods.clock import CHINA, Calendar, ClockError, Due, Moment, Term, Unit, day_of, due_of
from minqing.work.duties.models import Duty, Rung
from minqing.work.duties.rules import (
    NEAR,
    RIGHTS,
    DayOutOfReach,
    DutyLine,
    Light,
    days_late,
    light_of,
    soon_of,
)

DAY = timedelta(days=1)
MIDNIGHT = "(%(expressions)s::timestamp AT TIME ZONE 'Asia/Shanghai')"
REMEMBER_LATE = timedelta(days=90)
COUNTED = Count("about_id", distinct=True)
LATE = (COUNTED, Min("due_at"))
Paths = Sequence[str] | None
"""Office paths a reader reaches (with all below them); None is the whole county."""


@dataclass(frozen=True)
class LateOffice:
    """What one office has late: still open, and done or dropped late within the last 90 days. `besides`: late in other
    subjects than those asked for."""

    office_id: UUID
    name: str
    name_en: str
    n: int
    oldest_due_at: datetime | None
    longest_days: int
    ended_late: int
    besides: int = 0


@dataclass(frozen=True)
class RungLine:
    """A superior office was told of an overdue duty."""

    duty: DutyLine
    height: int
    told_id: UUID
    at: datetime


def line(row: Duty) -> DutyLine:
    return DutyLine(
        row.pk, row.about_id, row.rule, row.office_id, row.from_on, row.statutory_on, row.due_at, row.provisional,
        row.met_at, row.place, row.dropped, row.rule_from, row.term, row.extra,
    )  # fmt: skip


def reckoned(
    rule: str, from_: Moment, *, term: str = "", extra: int = 0, on: date | None = None
) -> tuple[Due, date | None]:
    """When the rule (in force on the first day, or the version of `on`) ends, and since when that version is in force.

    A `term` goes before the rule: "10WD" is counted, a fixed day "2026-05-01" is kept as said and not rolled.
    """
    if not term:
        found = law.due(rule, from_, on, extra=extra)
        return found.sum, found.rule.valid_from
    if term[:1].isdigit() and term[-1].isdigit():
        try:
            fixed = day_of(date.fromisoformat(term))
        except ClockError:
            raise DayOutOfReach() from None
        end = fixed + extra * DAY
        length = Term((fixed - day_of(from_)).days, Unit.DAY)
        return Due(length, from_, end, end, False, law.calendar(), extra), None
    return due_of(term, from_, law.calendar(), extra=extra), None


def clock_of(duty: DutyLine) -> RuleDue | Due:
    """The sum behind a duty, for `law.explain`: by the version of the rule it began with, or by the term given."""
    if duty.term:
        return reckoned(duty.rule, duty.from_on, term=duty.term, extra=duty.extra)[0]
    length = law.rule(duty.rule, duty.rule_from or duty.from_on).term
    if length.unit.elapsed is None:
        return law.due(duty.rule, duty.from_on, duty.rule_from, extra=duty.extra)
    # Of a clock of hours only the end is kept; its beginning follows from it.
    began = duty.due_at.astimezone(CHINA) - duty.extra * DAY - length.n * length.unit.elapsed
    return law.due(duty.rule, began, duty.rule_from)


def duties_about(about_ids: Iterable[UUID]) -> dict[UUID, list[DutyLine]]:
    """All duties of each subject, open and ended, the nearest end first."""
    found: dict[UUID, list[DutyLine]] = defaultdict(list)
    for row in Duty.objects.filter(about_id__in=list(about_ids)).order_by("due_at", "id"):
        found[row.about_id].append(line(row))
    return dict(found)


def open_duties(about_ids: Iterable[UUID]) -> dict[UUID, list[DutyLine]]:
    """What is still owed about each subject, the nearest end first; nothing for a subject about which nothing is."""
    found: dict[UUID, list[DutyLine]] = defaultdict(list)
    rows = Duty.objects.filter(about_id__in=list(about_ids), met_at__isnull=True)
    for row in rows.order_by("due_at", "id"):
        found[row.about_id].append(line(row))
    return dict(found)


def next_due(about: UUID) -> DutyLine | None:
    """The open duty whose end is nearest (or longest past)."""
    row = Duty.objects.filter(about_id=about, met_at__isnull=True).order_by("due_at", "id").first()
    return line(row) if row else None


def next_dues(about_ids: Iterable[UUID]) -> dict[UUID, DutyLine]:
    """`next_due` of many subjects in one query."""
    rows = Duty.objects.filter(about_id__in=list(about_ids), met_at__isnull=True)
    return {row.about_id: line(row) for row in rows.order_by("about_id", "due_at", "id").distinct("about_id")}


def next_own(about_ids: Iterable[UUID], paths: Paths) -> dict[UUID, DutyLine]:
    """Of each subject the nearest open duty that an office within reach owes; nothing where only others owe."""
    rows = _within(Duty.objects.filter(about_id__in=list(about_ids), met_at__isnull=True), paths)
    return {row.about_id: line(row) for row in rows.order_by("about_id", "due_at", "id").distinct("about_id")}


def half_way(due_at: str, from_on: str, now: datetime, *, gone: bool) -> GreaterThan | LessThanOrEqual:
    """Whether half of a clock that began on the day in column `from_on` is `gone`, as `light_of` reckons it."""
    start = Func(F(from_on), template=MIDNIGHT, output_field=DateTimeField())
    at = Value(now, output_field=DateTimeField())
    left, past = F(due_at) - at, at - start
    return LessThanOrEqual(left, past) if gone else GreaterThan(left, past)


def between(
    due_at: str, from_on: str, *, after: datetime | None, before: datetime | None, half_gone: bool | None, now: datetime
) -> Q:  # fmt: skip
    """The clock in these columns ends from `after` on and before `before`, and half of it is gone or not."""
    found = Q()
    if after is not None:
        found &= Q(**{f"{due_at}__gte": after})
    if before is not None:
        found &= Q(**{f"{due_at}__lt": before})
    return found if half_gone is None else found & Q(half_way(due_at, from_on, now, gone=half_gone))


def nearest_own(paths: Paths, ends: Q) -> Subquery:
    """Whether the nearest open duty that an office within reach owes about the row ends so: looked up for each row."""
    own = _within(Duty.objects.filter(met_at__isnull=True, about_id=OuterRef("pk")), paths)
    lit = own.order_by("due_at", "id").annotate(lit=ExpressionWrapper(ends, BooleanField()))
    return Subquery(lit.values("lit")[:1], output_field=BooleanField())


def light(line: DutyLine, now: datetime) -> Light:
    return light_at(from_on=line.from_on, due_at=line.due_at, met_at=line.met_at, now=now)


def light_at(*, from_on: date, due_at: datetime, met_at: datetime | None, now: datetime) -> Light:
    """The light of any clock, with the workdays of the county's calendar."""
    soon = soon_of(law.calendar(), due_at.astimezone(CHINA).date())
    return light_of(from_on=from_on, due_at=due_at, met_at=met_at, now=now, soon=soon)


def late_by_office(paths: Paths, *, now: datetime, among: QuerySet[Any] | None = None) -> list[LateOffice]:
    """By name, never by number: this is a list of what to ask about, not an order of offices. Subjects are counted, not
    clocks: what is late by two clocks is one. `among`: ids of the subjects meant; the others go into `besides`."""
    late = _within(Duty.objects.filter(met_at__isnull=True, due_at__lt=now), paths)
    ended = _within(Duty.objects.filter(met_at__gt=F("due_at"), met_at__gte=now - REMEMBER_LATE), paths)
    inside = Q(about_id__in=among) if among is not None else Q()
    open_now = {pk: rest for pk, *rest in late.filter(inside).values_list("office").annotate(*LATE)}
    besides = dict(late.exclude(inside).values_list("office").annotate(COUNTED)) if among is not None else {}
    ended_late = dict(ended.values_list("office").annotate(COUNTED))
    lines = []
    for office_id, (name, name_en) in names_of(set(open_now) | set(ended_late) | set(besides)).items():
        n, oldest = open_now.get(office_id, (0, None))
        longest = days_late(oldest, now) if oldest else 0
        more = besides.get(office_id, 0)
        ended_n = ended_late.get(office_id, 0)
        lines.append(LateOffice(office_id, name, name_en, n, oldest, longest, ended_n, more))
    return sorted(lines, key=lambda found: (found.name, str(found.office_id)))


def owed_by(office_id: UUID, *, before: datetime | None = None) -> QuerySet[Duty]:
    """Ids of the subjects for which this very office owes something (that ended before `before`), to be asked inside
    another query."""
    rows = Duty.objects.filter(met_at__isnull=True, office_id=office_id).exclude(rule__in=RIGHTS)
    if before is not None:
        rows = rows.filter(due_at__lt=before)
    return rows.values("about_id")  # type: ignore[return-value]


def rungs_of(duty_ids: Iterable[UUID]) -> dict[UUID, list[RungLine]]:
    """Who was told of each duty, from the first rung up."""
    found: dict[UUID, list[RungLine]] = defaultdict(list)
    rows = (
        Rung.objects.filter(duty_id__in=list(duty_ids), height__gt=NEAR)
        .select_related("duty")
        .order_by("duty_id", "height")
    )
    for row in rows:
        found[row.duty_id].append(RungLine(line(row.duty), row.height, row.office_id, row.at))
    return dict(found)


@dataclass(frozen=True)
class CalendarEffect:
    """What loading a year would do to the duties that wait for it."""

    n: int
    sooner: int
    later: int
    certain: int


MOST_LOOKED_AT = 20_000


def calendar_effect(calendar: Calendar) -> CalendarEffect:
    """Open duties with a provisional day, reckoned with another calendar; nothing is changed."""
    rows = Duty.objects.filter(met_at__isnull=True, provisional=True).order_by("id")[:MOST_LOOKED_AT]
    n = sooner = later = certain = 0
    for row in rows:
        n += 1
        if row.term[:1].isdigit() and row.term[-1:].isdigit():
            continue
        length = row.term or law.rule(row.rule, row.rule_from or row.from_on).term
        due = due_of(length, row.from_on, calendar, extra=row.extra)
        sooner, later = sooner + (due.due_at < row.due_at), later + (due.due_at > row.due_at)
        certain += not due.provisional
    return CalendarEffect(n, sooner, later, certain)


def _within(rows: QuerySet[Duty], paths: Paths) -> QuerySet[Duty]:
    """Duties (no rights) of the offices within reach."""
    rows = rows.exclude(rule__in=RIGHTS)
    if paths is None:
        return rows
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(office__path__startswith=path)
    return rows.filter(inside)


def soon_until(now: datetime) -> datetime:
    """The midnight before the first day whose light is not yet orange now."""
    day = now.astimezone(CHINA).date()
    while soon_of(law.calendar(), day) <= now:
        day += DAY
    return datetime.combine(day, time(), CHINA)
