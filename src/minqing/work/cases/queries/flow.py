"""How many matters came, ended and were answered when: the numbers of the leader's charts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, Q
from django.db.models.functions import TruncWeek

from minqing.work.cases.models import Case

LEAST = 30
DAY = timedelta(days=1)


class Shares(Aggregate):
    """The values by which a half and nine in ten are there: nearest rank, as `methods.odds.quantile`."""

    function = "PERCENTILE_DISC"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(DurationField())


@dataclass(frozen=True)
class WeekLine:
    """The week that starts on `monday`: matters that came and that ended in law."""

    monday: date
    came: int
    ended: int


@dataclass(frozen=True)
class SpanLine:
    """Days from registration to the first reply of one office; None while fewer than 30."""

    office_id: UUID
    n: int
    p50: float | None
    p90: float | None


def _within(paths: Sequence[str] | None) -> Q:
    if paths is None:
        return Q()
    found = Q(pk__in=[])
    for path in paths:
        found |= Q(holder_path__startswith=path)
    return found


def weekly_flow(paths: Sequence[str] | None, *, since: datetime, until: datetime) -> list[WeekLine]:
    """One line a week, weeks without anything included, oldest first."""
    found: dict[date, list[int]] = defaultdict(lambda: [0, 0])
    for n, column in enumerate(("registered_at", "ended_at")):
        rows = Case.objects.filter(_within(paths), **{f"{column}__gte": since, f"{column}__lt": until})
        rows = rows.filter(continues__isnull=True)  # the same matter went on; it did not come again
        weekly = rows.annotate(week=TruncWeek(column)).values_list("week").annotate(Count("id")).order_by()
        for week, count in weekly:
            if week is not None:
                found[week.date()][n] = count
    monday = since.date() - timedelta(days=since.weekday())
    lines = []
    while monday <= until.date():
        lines.append(WeekLine(monday, *found[monday]))
        monday += timedelta(days=7)
    return lines


def answer_days(paths: Sequence[str] | None, *, since: datetime, until: datetime) -> list[SpanLine]:
    """Days to the first reply by office, for cases replied to in the period."""
    rows = Case.objects.filter(_within(paths), replied_at__gte=since, replied_at__lt=until)
    took = ExpressionWrapper(F("replied_at") - F("registered_at"), DurationField())
    found = rows.values_list("holder_id").annotate(n=Count("id"), shares=Shares(took)).order_by()
    return [
        SpanLine(office_id, n, *((p50 / DAY, p90 / DAY) if n >= LEAST else (None, None)))
        for office_id, n, (p50, p90) in found
    ]
