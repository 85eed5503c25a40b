"""Reads of the log."""

from datetime import datetime

from minqing.record.log.models import Leaf, Pending, State
from minqing.record.log.rules import ORIGIN


def size() -> int:
    """How many leaves stand in order."""
    state = State.objects.filter(pk=ORIGIN).first()
    return state.size if state else 0


def waiting() -> int:
    """How many leaves still wait for their place."""
    return Pending.objects.count()


def last_put_at() -> datetime | None:
    leaf = Leaf.objects.order_by("-idx").first()
    return leaf.put_at if leaf else None
