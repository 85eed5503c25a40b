"""Timed work on duties: the ladder every hour, the calendar after a new year was loaded."""

from datetime import datetime

from minqing.work.duties import commands


def climb(at: datetime) -> None:
    commands.climb(at=at)


def recompute(at: datetime) -> None:
    commands.recompute(at=at)
