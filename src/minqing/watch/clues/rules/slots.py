"""What the sealed side hands to the log: K leaves every hour, day and night, whatever has happened. Pure.

    slots_of(hour, k)                     the K moments of an hour
    claim(at, planned, shapes, k, rnd)    a clue needs a chain: which of the openings drawn ahead becomes its own
    lot_hour(at, shapes, rnd)             the same where nobody can look at what was drawn ahead: an hour by lot
    hand(slot, due, rnd)                  a slot: whose leaf goes; None: a leaf of the month's filling chain
    after(chain, shapes, rnd)             that leaf is in: when the chain's next one is due
    leaf_of(…), decoy_of(…)               the octets, of the one public shape

A chain is drawn before anybody knows whether it will carry a clue, and what a clue does never moves, adds or drops one of its
leaves: facts of a clue ride inside the leaves that are due anyway. So real chains differ from the others by their
commitments alone. The filling chain is known to be no clue, and may be: it only makes all hours equal.
"""

import hmac
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import sha256
from random import Random
from uuid import UUID

from minqing.methods.clock import CHINA
from minqing.watch.clues.rules.shapes import KindOf, Shapes, Step, Type, follow, weekday

OPEN_WITHIN = 23
"""Hours within which a new clue's opening is handed over: the promise on its slip says a day."""
GO_ON_WITHIN = 168
"""Hours for a clue that goes on after its chain ended: nothing was promised, and a whole week has no favourite hour."""
AHEAD = 8
"""Days for which openings must be drawn ahead."""
DECOY = "decoy"


@dataclass(frozen=True)
class Chain:
    """One handle of the public log. `due`: its next leaf, None when it is over; `carries`: the clue, mostly none."""

    id: UUID
    due: Step | None
    carries: UUID | None = None


@dataclass(frozen=True)
class Claim:
    """The opening a clue gets. `chain` None: there was none free in time, and one is to be added at `due`."""

    due: Step
    chain: UUID | None = None
    late: bool = False
    """Every hour of the next day is full (a flood): the promise of a day cannot be kept for this one."""


def slots_of(hour: datetime, k: int) -> list[datetime]:
    """The K moments of an hour, evenly apart, the same every hour."""
    start = hour.replace(minute=0, second=0, microsecond=0)
    return [start + timedelta(seconds=3600 * i / k) for i in range(k)]


def key_of(at: datetime) -> tuple[date, int]:
    local = at.astimezone(CHINA)
    return local.date(), local.hour


def claim(
    at: datetime, planned: Iterable[Chain], shapes: Shapes, k: int, rnd: Random, *, goes_on: bool = False,
    kind_of: KindOf = weekday,
) -> Claim:  # fmt: skip
    """One of the openings nobody has, by lot among all that come in time; `planned`: every chain not open yet, taken or not.

    Not the next one: that would often be the first of a morning or of a Monday, and so tell. With none in time one is
    added, in an hour that ordinary openings like and that has room: half of an hour's leaves at most, so that steps go on.
    """
    within = GO_ON_WITHIN if goes_on else OPEN_WITHIN
    hours = {key_of(at + timedelta(hours=n)): None for n in range(1, within + 1)}
    waiting = [(chain, chain.due) for chain in planned if chain.due is not None and chain.due.n == 0]
    free = sorted(
        (chain.id, due) for chain, due in waiting if chain.carries is None and (due.day, due.hour) in hours
    )
    if free:
        chain_id, due = rnd.choice(free)
        return Claim(due, chain_id)
    taken, most = Counter((due.day, due.hour) for _, due in waiting), max(k // 2, 1)
    room = [(day, hour) for day, hour in hours if taken[day, hour] < most]
    if room:
        weights = [shapes.begins_on(kind_of(day))[hour] + 1e-9 for day, hour in room]
        day, hour = rnd.choices(room, weights)[0]
        return Claim(Step(day, hour))
    moment = at + timedelta(hours=within)
    while taken[key_of(moment)] >= most:
        moment += timedelta(hours=1)
    return Claim(Step(*key_of(moment)), late=True)


def lot_hour(at: datetime, shapes: Shapes, rnd: Random, *, kind_of: KindOf = weekday) -> Step:
    """The hour of the next day in which a clue's opening goes, by lot among hours as ordinary openings like them.

    For a leaf that is hashed for its slip before the sealed side has heard of it: it bears this day and waits for this hour.
    An opening handed over when the clue comes would tell when its writer sat there, most of all at night.
    """
    hours = [key_of(at + timedelta(hours=n)) for n in range(1, OPEN_WITHIN + 1)]
    weights = [shapes.begins_on(kind_of(day))[hour] + 1e-9 for day, hour in hours]
    return Step(*rnd.choices(hours, weights)[0])


def room(at: datetime, planned: Iterable[Chain], k: int) -> int:
    """How many more clues could have a chain of their own within the promised day; near nought, make the next ones wait."""
    hours = {key_of(at + timedelta(hours=n)) for n in range(1, OPEN_WITHIN + 1)}
    waiting = [(chain, chain.due) for chain in planned if chain.due is not None and chain.due.n == 0]
    taken = Counter((due.day, due.hour) for _, due in waiting)
    free = sum(chain.carries is None and (due.day, due.hour) in hours for chain, due in waiting)
    return free + sum(max(max(k // 2, 1) - taken[hour], 0) for hour in hours)


def hand(slot: datetime, due: Sequence[Chain], rnd: Random) -> UUID | None:
    """Whose leaf this slot takes, of the chains that are due: openings first, then the longest waiting; else None."""
    now = key_of(slot)
    ready = [
        (chain.due.n > 0, (chain.due.day, chain.due.hour), rnd.random(), chain.id)
        for chain in due
        if chain.due is not None and (chain.due.day, chain.due.hour) <= now
    ]
    return min(ready)[3] if ready else None


def day_of_leaf(chain: Chain, slot: datetime) -> date:
    """The date on a chain's leaf: an opening bears the day it was claimed for (its hash is on a slip), others the slot's."""
    if chain.due is not None and chain.due.n == 0:
        return chain.due.day
    return key_of(slot)[0]


def after(chain: Chain, slot: datetime, shapes: Shapes, rnd: Random, *, kind_of: KindOf = weekday) -> Chain:
    """The chain once its due leaf went at `slot`; over when nothing follows. A clue that goes on then claims a new one."""
    assert chain.due is not None
    day, hour = key_of(slot)
    placed = replace(chain.due, hour=hour) if chain.due.day == day else chain.due
    return replace(chain, due=follow(placed, shapes, rnd, kind_of=kind_of))


def filling(n: int) -> Type:
    """The type of the n-th leaf of the filling chain: one chain a month, few chains however many leaves."""
    return Type.STEP if n else Type.OPEN


# The octets. record/facts is above this room's reach; that both write the same is a test.


def handle_of(key: bytes) -> str:
    """The chain's opaque public handle, 32 hex characters."""
    return hmac.digest(key, b"handle", "sha256")[:16].hex()


def salt_of(key: bytes, fact_id: UUID) -> bytes:
    return hmac.digest(key, b"salt" + fact_id.bytes, "sha256")


def inside_of(*, fact_id: UUID, kind: str, at: datetime, body: str) -> str:
    """What the commitment holds: the exact time, the body's digest, the fact's id and its kind."""
    digest = sha256(body.encode()).hexdigest()
    return f'{{"at":"{at.astimezone(CHINA).isoformat()}","body":"{digest}","id":"{fact_id}","kind":"{kind}"}}'


def leaf_of(
    *, key: bytes, fact_id: UUID, kind: str, at: datetime, body: str, n: int, type_: Type, day: date,
    previous: bytes | None,
) -> bytes:  # fmt: skip
    """A leaf of the one public shape. Type and date are the chain's, kind and time are inside the commitment."""
    inside = inside_of(fact_id=fact_id, kind=kind, at=at, body=body)
    c = hmac.digest(salt_of(key, fact_id), b"commit/v1\n" + inside.encode(), "sha256").hex()
    before = "" if previous is None else f'"p":"{previous.hex()}",'
    return (
        f'{{"c":"{c}","d":"{day.isoformat()}","h":"{handle_of(key)}","n":{n},{before}"t":"{type_}","v":1}}'
    ).encode()


def decoy_of(
    *, key: bytes, fact_id: UUID, at: datetime, n: int, type_: Type, day: date, previous: bytes | None
) -> bytes:
    """The same with nothing inside; whoever holds the chain's key can show later that it was empty."""
    return leaf_of(
        key=key, fact_id=fact_id, kind=DECOY, at=at, body="", n=n, type_=type_, day=day, previous=previous
    )
