"""What time brings: name, how often, function. A slot is done once, in the transaction of its effect.

Mail is fetched by the worker itself (`mail.poll_quietly`, each minute): a letter leaves the mailbox after its commit.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zlib import crc32

from django.conf import settings
from django.db import connection, transaction

from minqing.ground.people.commands import judge_looks
from minqing.means.files import jobs as files
from minqing.methods.clock import CHINA
from minqing.record.inbox.commands import forget_old, forget_tallies
from minqing.record.log.commands import log_second_head, thin_heads
from minqing.work.cases import jobs as cases
from minqing.work.cases.queries import ended_among
from minqing.work.duties import jobs as duties
from minqing.work.erasing import jobs as erasing
from minqing.work.judgement import jobs as judgement
from minqing.work.monitor import jobs as monitor
from minqing.work.promises import jobs as promises

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Timed:
    """`every` hour, or once a day from `from_hour` on (China's time)."""

    name: str
    every: timedelta
    run: Callable[[datetime], object]
    from_hour: int = 0


def _forget(at: datetime) -> None:
    forget_old(at=at)


def _forget_tallies(at: datetime) -> None:
    forget_tallies(at=at)


def _scan(at: datetime) -> int:
    return files.scan_waiting()


def _sweep(at: datetime) -> int:
    return files.sweep()


def _thin_heads(at: datetime) -> int:
    return thin_heads()


def _second_head(at: datetime) -> None:
    log_second_head(at=at)


def _judge_looks(at: datetime) -> int:
    return judge_looks(at=at, ended=ended_among)


TIMETABLE: tuple[Timed, ...] = (
    Timed("log.second-head", HOUR, _second_head),
    Timed("log.thin-heads", DAY, _thin_heads, from_hour=4),
    # What lapses on its day is not late: it ends before the ladder looks.
    Timed("cases.lapse", HOUR, cases.lapse),
    Timed("cases.withdraw", HOUR, cases.withdraw),
    Timed("duties.come-near", DAY, duties.come_near, from_hour=7),
    Timed("duties.climb", HOUR, duties.climb),
    Timed("duties.recompute", HOUR, duties.recompute),
    Timed("promises.fall-due", DAY, promises.fall_due, from_hour=9),
    Timed("cases.miss", DAY, cases.miss, from_hour=1),
    Timed("cases.mend-due", DAY, cases.mend_due, from_hour=2),
    Timed("judgement.skip-callbacks", DAY, judgement.skip_callbacks, from_hour=6),
    Timed("people.judge-looks", HOUR, _judge_looks),
    Timed("erasing.expire", DAY, erasing.expire, from_hour=3),
    Timed("monitor.report", DAY, monitor.report, from_hour=3),
    Timed("inbox.forget-old", DAY, _forget, from_hour=3),
    Timed("inbox.forget-tallies", HOUR, _forget_tallies),
    Timed("files.scan", HOUR, _scan),
    Timed("files.drop-drafts", HOUR, files.drop_drafts),
    Timed("files.sweep", DAY, _sweep, from_hour=4),
)


def start_minute() -> int:
    """Not every county of an operator starts its hourly work at the same minute."""
    return crc32(settings.MINQING_COUNTY.encode()) % 60


def slot_of(timed: Timed, at: datetime) -> str:
    """The newest slot that has begun at the instant: `2026-06-30T09` or `2026-06-30`."""
    local = (at - timedelta(minutes=start_minute())).astimezone(CHINA)
    if timed.every == HOUR:
        return local.strftime("%Y-%m-%dT%H")
    return (local - timedelta(hours=timed.from_hour)).strftime("%Y-%m-%d")


def run_slot(timed: Timed, *, at: datetime) -> bool:
    """Do the work of the newest slot unless it was done; False when it was. A failure leaves nothing behind."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO wiring_timetablerun (name, slot, at) VALUES (%s, %s, clock_timestamp()) ON CONFLICT DO NOTHING",
                [timed.name, slot_of(timed, at)],
            )
            if cursor.rowcount == 0:
                return False
        timed.run(at)
    return True
