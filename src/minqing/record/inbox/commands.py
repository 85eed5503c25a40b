"""Everything that writes the inbox."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from django.db import connection, transaction

from minqing.record.inbox.models import Item, Tally
from minqing.record.inbox.queries import shut_for, tally_key
from minqing.record.inbox.rules import (
    FORGOTTEN_AFTER,
    FREE_TRIES,
    LONGEST_WAIT,
    BadKey,
    InFlight,
    ItemState,
    Mismatch,
)

KEEP = timedelta(days=7)


def once(
    *,
    sender: str,
    key: str,
    body: bytes,
    act: str,
    at: datetime,
    run: Callable[[], tuple[dict[str, Any], dict[str, Any]]],
) -> tuple[dict[str, Any], bool]:
    """Run at most once for (sender, key, body): `run` returns (answer now, answer kept for replays).

    Returns (answer, replayed). Same key and other body → Mismatch; still running elsewhere → InFlight.
    The claim, the effect and the kept answer are one transaction, so a crash leaves nothing behind.
    """
    if not 1 <= len(key) <= 128 or not key.isprintable():
        raise BadKey()
    digest = hashlib.sha256(act.encode() + b"\0" + body).digest()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Another transaction holding the same key makes us wait no longer than this: it is in flight.
            cursor.execute(
                "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))",
                [f"{sender}\0{key}".replace("\0", "\x1f")],
            )
            mine = cursor.fetchone()[0]
        known = Item.objects.filter(sender=sender, key=key, got_at__gt=at - KEEP).first()
        if known is not None:
            if bytes(known.hash) != digest:
                raise Mismatch()
            if known.state == ItemState.RUNNING:
                raise InFlight()
            return dict(known.answer or {}), True
        if not mine:
            raise InFlight()
        Item.objects.filter(sender=sender, key=key).delete()
        answer, kept = run()
        Item.objects.create(
            sender=sender, key=key, hash=digest, act=act, state=ItemState.DONE, answer=kept, got_at=at
        )
        return answer, False


def note(*, sender: str, key: str, act: str, at: datetime) -> bool:
    """Remember a row or a message for ever, inside the caller's transaction; False when it was known already."""
    _, new = Item.objects.get_or_create(
        sender=sender, key=key, defaults={"hash": b"", "act": act, "state": ItemState.DONE, "got_at": at}
    )
    return new


def forget_old(*, at: datetime) -> int:
    """Drop answers kept for Idempotency-Keys longer than seven days."""
    return Item.objects.filter(sender__startswith="api:", got_at__lt=at - KEEP).delete()[0]


# One statement each, so that all processes count together and no two tries at once are counted as one.
WRONG = """
INSERT INTO inbox_tally AS t (key, n, began_at, last_at, shut_until) VALUES (%(key)s, 1, %(at)s, %(at)s, %(at)s)
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN t.last_at <= %(forget)s THEN 1 ELSE t.n + 1 END,
  began_at = CASE WHEN t.last_at <= %(forget)s THEN %(at)s ELSE t.began_at END,
  last_at = %(at)s,
  shut_until = CASE WHEN t.last_at > %(forget)s AND t.n + 1 >= %(free)s
    THEN %(at)s + least(power(2, least(t.n + 1 - %(free)s, 20)) * interval '1 second', %(longest)s) ELSE %(at)s END
WHERE t.shut_until <= %(at)s OR t.shut_until > %(at)s + %(longest)s RETURNING n
"""
USE = """
INSERT INTO inbox_tally AS t (key, n, began_at, last_at, shut_until) VALUES (%(key)s, 1, %(at)s, %(at)s, %(at)s)
ON CONFLICT (key) DO UPDATE SET
  n = CASE WHEN t.began_at <= %(forget)s THEN 1 ELSE t.n + 1 END,
  began_at = CASE WHEN t.began_at <= %(forget)s THEN %(at)s ELSE t.began_at END,
  last_at = %(at)s
WHERE t.began_at <= %(forget)s OR t.n < %(most)s RETURNING n
"""


def count_wrong(who: str, *, at: datetime) -> int:
    """A wrong guess. 0: it is counted and may be told; else the seconds this sender is shut, and nothing may be told."""
    given = {
        "key": tally_key(who),
        "at": at,
        "forget": at - FORGOTTEN_AFTER,
        "free": FREE_TRIES,
        "longest": LONGEST_WAIT,
    }
    return 0 if _counted(WRONG, given) else max(1, shut_for(who, at=at))


def use(who: str, *, at: datetime, most: int, per: timedelta) -> int:
    """One of `most` asks in a period. 0: it is counted; else the seconds until the period ends."""
    given = {"key": tally_key(who), "at": at, "forget": at - per, "most": most}
    if _counted(USE, given):
        return 0
    began = Tally.objects.values_list("began_at", flat=True).get(pk=given["key"])
    return max(1, ceil((began + per - at).total_seconds()))


def _counted(statement: str, given: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchone() is not None


def forget_tallies(*, at: datetime) -> int:
    """Drop what no longer slows anybody."""
    return Tally.objects.filter(last_at__lt=at - 2 * FORGOTTEN_AFTER).delete()[0]
