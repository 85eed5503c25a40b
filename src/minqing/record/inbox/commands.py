"""Everything that writes the inbox."""

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from minqing.record.inbox.models import Item
from minqing.record.inbox.rules import BadKey, InFlight, ItemState, Mismatch

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
