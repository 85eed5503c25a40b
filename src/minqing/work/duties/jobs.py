"""Timed work on duties: what comes near every morning, the ladder every hour, the calendar after a new year was loaded."""

from datetime import datetime

from minqing.work.duties import commands


def climb(at: datetime) -> None:
    commands.climb(at=at)


def come_near(at: datetime) -> None:
    commands.come_near(at=at)


def recompute(at: datetime) -> None:
    commands.recompute(at=at)
