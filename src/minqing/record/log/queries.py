"""Reads of the log."""

from datetime import UTC, datetime

from minqing.kernel.ids import time_of
from minqing.record.log.models import Beat, Pending, State
from minqing.record.log.rules import ORIGIN


def size() -> int:
    """How many leaves stand in order."""
    state = State.objects.filter(pk=ORIGIN).first()
    return state.size if state else 0


def waiting() -> int:
    """How many leaves still wait for their place."""
    return Pending.objects.count()


def beat_age_s(name: str) -> int | None:
    """Seconds since the process of that name last said that it lives; None when it never did."""
    at = Beat.objects.filter(pk=name).values_list("at", flat=True).first()
    return max(0, int((datetime.now(UTC) - at).total_seconds())) if at else None


def pending_age_s() -> int:
    """How long the oldest leaf has been waiting for its place, read from its id; 0 when none waits."""
    oldest = Pending.objects.order_by("id").values_list("id", flat=True).first()
    return max(0, int((datetime.now(UTC) - time_of(oldest)).total_seconds())) if oldest else 0
