"""When everything about a word has ended, for the rooms that ask how long it must be kept."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from minqing.methods.clock import day_of
from minqing.record.facts.queries import facts_about
from minqing.work.cases.models import Link
from minqing.work.intake.queries import demand_line
from minqing.work.intake.rules import DemandState


def ended_on(demand_id: UUID) -> date | None:
    """The day on which the last of its cases ended; None while anything about it is open."""
    if demand_line(demand_id).state != DemandState.CLOSED:
        return None
    cases = [
        link.case.merged_into or link.case
        for link in Link.objects.filter(demand_id=demand_id, left_at__isnull=True).select_related(
            "case__merged_into"
        )
    ]
    if any(case.ended_at is None for case in cases):
        return None
    ends = [case.ended_at for case in cases if case.ended_at is not None]
    return day_of(max(ends or [fact.at for fact in facts_about(demand_id)]))


def ended_first() -> Iterator[tuple[date, UUID]]:
    """Words whose cases have ended, the longest ago first; whether all of them have is asked of each by `ended_on`."""
    rows = Link.objects.filter(left_at__isnull=True, case__ended_at__isnull=False).order_by("case__ended_at")
    for ended_at, demand_id in rows.values_list("case__ended_at", "demand_id").iterator():
        assert ended_at is not None
        yield day_of(ended_at), demand_id


def numbers_of_demands(demand_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Under which numbers a word was dealt with; no title."""
    found: dict[UUID, list[str]] = {}
    rows = Link.objects.filter(demand_id__in=list(demand_ids)).order_by("joined_at")
    for demand_id, number in rows.values_list("demand_id", "case__number"):
        found.setdefault(demand_id, []).append(number)
    return found
