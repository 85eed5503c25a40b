"""When something that was written down offline happened: not before the head it has seen, not after it was put in order.

A record names the newest head that its device had (`Seen`), its number on the device, and the SHA-256 of the device's record
before. What the device says itself is a claim; the class tells how far it carries:

    T  received within 72 hours of the claimed moment                  counts
    L  within 14 days, the device's chain unbroken                     counts when a sample was verified
    X  later, with a broken chain, or at an impossible moment          is kept, and never counts

A gap or a fork in a chain is a lead to ask about, not a verdict.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SOON, LATE = timedelta(hours=72), timedelta(days=14)
CLOCKS_APART = timedelta(minutes=5)
FIRST = bytes(32)
"""`prev` of a device's first record."""


class TimeClass(StrEnum):
    T = "T"
    L = "L"
    X = "X"


class Lead(StrEnum):
    """What is odd about a device's records."""

    GAP = "gap"
    FORK = "fork"
    CHANGED = "changed"
    UNKNOWN_HEAD = "unknown-head"


@dataclass(frozen=True)
class Seen:
    size: int
    root: bytes


@dataclass(frozen=True)
class Kept:
    """A record as its device kept it: `seq` from 0, `prev` the SHA-256 of the record before, `data` its octets."""

    seq: int
    prev: bytes
    data: bytes

    @property
    def digest(self) -> bytes:
        return hashlib.sha256(self.data).digest()


def class_of(
    *, claimed: datetime, received: datetime, chained: bool, seen_at: datetime | None = None
) -> TimeClass:
    """`seen_at`: when the head the record has seen was signed; the record, though not what it tells of, is no older."""
    age = received - claimed
    if age < -CLOCKS_APART or (seen_at is not None and seen_at - received > CLOCKS_APART):
        return TimeClass.X
    if age <= SOON:
        return TimeClass.T
    return TimeClass.L if age <= LATE and chained else TimeClass.X


def leads(records: Iterable[Kept]) -> list[tuple[int, Lead]]:
    """What is odd, by number: a number missing, two records of one number, one that does not name the one before."""
    found: list[tuple[int, Lead]] = []
    known: dict[int, Kept] = {}
    for one in records:
        first = known.setdefault(one.seq, one)
        if first.data != one.data:
            found.append((one.seq, Lead.FORK))
    for seq in sorted(known):
        before = known.get(seq - 1)
        if before is None and seq > 0:
            found.append((seq, Lead.GAP))
        elif known[seq].prev != (before.digest if before else FIRST):
            found.append((seq, Lead.CHANGED))
    return sorted(found)


def unbroken(records: Iterable[Kept]) -> bool:
    return not leads(records)
