"""How often something was tried: counted under a hash, and answered by a wait, never by a no that lasts.

Senders share a few hundred counters, so that a row says of nobody that they were here; what is guessed at has one of its own.
"""

import hmac
from datetime import UTC, datetime, timedelta

from django.db import connections

from minqing.kernel.keys import secret
from minqing.watch.clues.models import Try
from minqing.watch.clues.queries import DATABASE

HOUR = timedelta(hours=1)
FREE = 5
MOST_S = 60
COUNTERS = 256
COUNT = """
INSERT INTO clues_try AS t (key, n, since) VALUES (%s, 1, %s)
ON CONFLICT (key) DO UPDATE SET
    n = CASE WHEN t.since <= excluded.since - interval '1 hour' THEN 1 ELSE t.n + 1 END, since = excluded.since
RETURNING n
"""
ONCE = "INSERT INTO clues_try (key, n, since) VALUES (%s, 1, %s) ON CONFLICT (key) DO NOTHING RETURNING n"


def shared(purpose: str, who: str) -> bytes:
    """One of a few hundred counters for senders: whose it is cannot be told, by whoever reads the table, from its key."""
    number = hmac.digest(secret("pepper"), f"try/v1|{purpose}|{who}".encode(), "sha256")[0] % COUNTERS
    return f"{purpose}|{number}".encode()


def own(purpose: str, what: str) -> bytes:
    """A counter of its own for what is guessed at: a clue's word, an officer's password."""
    return hmac.digest(secret("pepper"), f"own-try/v1|{purpose}|{what}".encode(), "sha256")


def count(key: bytes, *, at: datetime) -> int:
    """One more; how many in this hour. The moment is kept to the hour."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(COUNT, [key, _hour(at)])
        (n,) = cursor.fetchone()
    return int(n)


def wait_of(n: int) -> int:
    """Seconds to wait after the n-th: none for the first few, then twice as long each time, a minute at most."""
    return 0 if n <= FREE else min(2 ** (n - FREE), MOST_S)


def count_wrong(key: bytes, *, at: datetime) -> int:
    """One more wrong guess; the seconds for which nothing is tried now."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(COUNT, [key, at])
        (n,) = cursor.fetchone()
    return wait_of(int(n))


def shut_for(key: bytes, *, at: datetime) -> int:
    """Seconds left of that wait."""
    row = Try.objects.filter(pk=key).first()
    if row is None:
        return 0
    left = row.since + timedelta(seconds=wait_of(row.n)) - at
    return max(0, -(-left // timedelta(seconds=1)))


def first_use(key: bytes, *, at: datetime) -> bool:
    """Whether this is used for the first time, and from now on not any more."""
    with connections[DATABASE].cursor() as cursor:
        cursor.execute(ONCE, [key, at])
        return cursor.fetchone() is not None


def forget(*, at: datetime) -> int:
    """What nobody waits for any more is thrown away; the worker's, once an hour. How many."""
    return Try.objects.filter(since__lt=at - 2 * HOUR).delete()[0]


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
