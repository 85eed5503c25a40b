"""How many matters came, ended and were answered when: the numbers of the leader's charts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from minqing.methods.odds import quantile
from minqing.work.cases.models import Case

LEAST = 30


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
    days: dict[UUID, list[float]] = defaultdict(list)
    for office_id, came, replied in rows.values_list("holder_id", "registered_at", "replied_at")[:200_000]:
        if replied is not None:
            days[office_id].append((replied - came).total_seconds() / 86400)
    return [
        SpanLine(
            office_id,
            len(values),
            *((quantile(values, 0.5), quantile(values, 0.9)) if len(values) >= LEAST else (None, None)),
        )
        for office_id, values in days.items()
    ]
