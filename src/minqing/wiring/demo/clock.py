"""The demo clock: push legal time forward and let the worker catch up with what falls due."""

from datetime import date, datetime, time, timedelta

from minqing.ground.law import commands as law
from minqing.ground.law.queries import now
from minqing.record.facts.rules import CHINA


def advance(by: int | date) -> datetime:
    """`by` days forward, or forward to nine o'clock of a day; returns the new legal now. Never backwards."""
    here = now()
    if isinstance(by, date):
        step = datetime.combine(by, time(9), CHINA) - here
        if step <= timedelta(0):
            raise ValueError("the demo clock does not go back")
    else:
        step = timedelta(days=by)
    law.advance_demo_clock(by=step)
    return now()
