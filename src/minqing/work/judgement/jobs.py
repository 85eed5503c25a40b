"""Timed work on judgement: once a morning, before the callback desk opens its list."""

from datetime import datetime

from minqing.work.judgement import commands


def skip_callbacks(at: datetime) -> None:
    commands.skip_callbacks(at=at)
