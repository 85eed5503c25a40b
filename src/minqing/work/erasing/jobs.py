"""What time brings: words that have been kept long enough are put before the two without anybody asking."""

from datetime import date, datetime

from minqing.methods.clock import day_of
from minqing.work.cases.queries.ended import ended_first, ended_on
from minqing.work.erasing.commands import wait_for
from minqing.work.erasing.queries import kept_until, untouched
from minqing.work.erasing.rules import AT_A_TIME, EXPIRE, Ground


def expire(at: datetime) -> int:
    """Once a day; at most some hundreds, the rest tomorrow. Returns how many."""
    today, done = day_of(at), 0
    over: dict[date, bool] = {}
    for ended, demand_id in ended_first():
        if ended not in over:
            over[ended] = kept_until(ended, rule=EXPIRE).until < today
        if not over[ended]:
            break
        if not untouched({demand_id}) or (last := ended_on(demand_id)) is None:
            continue
        if kept_until(last, rule=EXPIRE).until < today:
            wait_for(demand_id=demand_id, ground=Ground.EXPIRED, at=at)
            done += 1
        if done >= AT_A_TIME:
            break
    return done
