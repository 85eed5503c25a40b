"""Reads of the inbox."""

import hmac
from collections.abc import Iterable
from datetime import datetime
from math import ceil

from minqing.kernel.keys import secret
from minqing.record.inbox.models import Item, Tally
from minqing.record.inbox.rules import LONGEST_WAIT


def known_keys(sender: str, keys: Iterable[str]) -> set[str]:
    """Which of the keys this sender has already handed in."""
    return set(Item.objects.filter(sender=sender, key__in=list(keys)).values_list("key", flat=True))


def senders_named(start: str) -> list[str]:
    """The senders whose name begins so. Reads the whole inbox: ask once, not for every row."""
    return list(Item.objects.filter(sender__startswith=start).values_list("sender", flat=True).distinct())


def handed_in(senders: Iterable[str], keys: Iterable[str]) -> dict[str, dict[str, bytes]]:
    """What these senders handed in under these keys: key → sender → hash of what stood there."""
    found: dict[str, dict[str, bytes]] = {}
    rows = Item.objects.filter(sender__in=list(senders), key__in=list(keys))
    for key, sender, digest in rows.values_list("key", "sender", "hash"):
        found.setdefault(key, {})[sender] = bytes(digest)
    return found


def tally_key(who: str) -> bytes:
    """Under what a sender or an account is counted: tells nobody who it is."""
    return hmac.digest(secret("pepper"), f"tally/v1\n{who}".encode(errors="replace"), "sha256")


def shut_for(who: str, *, at: datetime) -> int:
    """Seconds until the next guess of this sender; 0 when it may be now.

    A time further ahead than any wait was set before the clock was turned back, and shuts nobody.
    """
    ahead = Tally.objects.filter(pk=tally_key(who), shut_until__gt=at, shut_until__lte=at + LONGEST_WAIT)
    until = ahead.values_list("shut_until", flat=True).first()
    return ceil((until - at).total_seconds()) if until else 0
