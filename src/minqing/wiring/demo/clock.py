"""The demo clock: push legal time forward and let the worker catch up with what falls due."""

from datetime import date, datetime, time, timedelta

from minqing.ground.law import commands as law
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.record.facts.rules import CHINA


class ClockBack(Refusal):
    code, status, text = (
        "demo.clock-back",
        409,
        "示范时间不能往回拨，现在是{there}。要往后拨，写以后的一天，例如 15D；要从头来，用 minqing demo --reset。",
    )


def advance(by: int | date) -> datetime:
    """`by` days forward, or forward to nine o'clock of a day; returns the new legal now. Never backwards."""
    here = now()
    if isinstance(by, date):
        step = datetime.combine(by, time(9), CHINA) - here
        if step <= timedelta(0):
            raise ClockBack(there=f"{here:%Y-%m-%d}")
    else:
        step = timedelta(days=by)
    law.advance_demo_clock(by=step)
    return now()
