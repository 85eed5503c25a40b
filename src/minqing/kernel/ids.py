"""Identifiers: UUIDv7 for rows (RFC 9562 §5.7), UUIDv4 where the time must not be read from the id."""

import os
import time
import uuid
from datetime import UTC, datetime

VERSION_7, RANDOM = 0x7 << 76 | 0x2 << 62, (1 << 80) - 1 & ~(0xF << 76 | 0x3 << 62)
"""The fixed bits of a version 7 UUID, and those left to chance."""


def uuid7(ms: int | None = None) -> uuid.UUID:
    """A version 7 UUID; `ms` is Unix time in milliseconds, now if None."""
    stamp = int(time.time() * 1000) if ms is None else ms
    chance = int.from_bytes(os.urandom(10), "big") & RANDOM
    return of_number((stamp & 0xFFFFFFFFFFFF) << 80 | chance | VERSION_7)


def of_number(value: int) -> uuid.UUID:
    """A UUID of 128 bits known to be right, made in a third of the time that checking them takes."""
    made = object.__new__(uuid.UUID)
    object.__setattr__(made, "int", value)
    object.__setattr__(made, "is_safe", uuid.SafeUUID.unknown)
    return made


def uuid7_at(at: datetime) -> uuid.UUID:
    """A version 7 UUID that sorts at the instant `at`, for rows entered later than they happened."""
    return uuid7(max(0, int(at.timestamp() * 1000)))


def time_of(identifier: uuid.UUID) -> datetime:
    """The instant a version 7 UUID carries."""
    return datetime.fromtimestamp((identifier.int >> 80) / 1000, tz=UTC)
