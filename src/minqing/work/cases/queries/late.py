"""What is late, in the numbers of the lists they lead to: matters are counted, not clocks."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, QuerySet

from minqing.charter import Actor
from minqing.work.cases.models import Case
from minqing.work.cases.queries.gate import cases_for
from minqing.work.duties import queries as duties
from minqing.work.duties.queries import LateOffice, Paths
from minqing.work.duties.rules import days_late


@dataclass(frozen=True)
class LatePlace:
    """A place with all below it."""

    place: str
    n: int
    oldest_due_at: datetime
    longest_days: int


def _late(by: Actor, now: datetime) -> QuerySet[Case]:
    return cases_for(by).filter(due_at__lt=now, merged_into__isnull=True)


def late_by_office(by: Actor, paths: Paths, *, now: datetime) -> list[LateOffice]:
    """For each office the matters within the reader's reach in which it is late itself; `besides` what is no matter yet
    (a word that waits to be sorted) or beside one (a promise)."""
    return duties.late_by_office(paths, now=now, among=_late(by, now).values("pk"))


def late_by_place(by: Actor, place_path: str, *, now: datetime) -> list[LatePlace]:
    """Late matters by the places directly below `place_path`; its own stand under itself."""
    found: dict[str, tuple[int, datetime]] = {}
    rows = _late(by, now).filter(place_path__startswith=place_path)
    for place, n, oldest in rows.values_list("place_path").annotate(Count("id"), Min("due_at")):
        step, slash, _ = place[len(place_path) :].partition("/")
        child = place_path + step + slash
        before = found.get(child)
        found[child] = (n + before[0], min(oldest, before[1])) if before else (n, oldest)
    return [
        LatePlace(place, n, oldest, days_late(oldest, now)) for place, (n, oldest) in sorted(found.items())
    ]
