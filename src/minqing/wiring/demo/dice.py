"""Chance that is the same everywhere: draws of 16 bits from BLAKE2b, keyed by a seed, an item and a purpose."""

from collections.abc import Sequence
from hashlib import blake2b
from struct import Struct
from typing import TypeVar

T = TypeVar("T")
_WORDS = Struct("<32H").unpack
_KEY = Struct("<qqq").pack


def draws(seed: int, item: int, purpose: int = 0, blocks: int = 1) -> tuple[int, ...]:
    """32 numbers below 65536 for each block; a block costs about 0.7 µs."""
    out = _WORDS(blake2b(_KEY(seed, item, purpose)).digest())
    for block in range(1, blocks):
        out += _WORDS(blake2b(_KEY(seed, item, purpose + (block << 40))).digest())
    return out


def number(seed: int, item: int, purpose: int = 0) -> int:
    """One number of 64 bits, for places where 16 are too few."""
    return int.from_bytes(blake2b(_KEY(seed, item, purpose), digest_size=8).digest(), "little")


def wheel(weights: Sequence[tuple[T, float]], size: int = 4096) -> tuple[T, ...]:
    """A table in which every thing stands as often as its weight asks (once at least), so that a draw is one look-up."""
    total = sum(weight for _, weight in weights)
    out: list[T] = []
    for thing, weight in weights:
        out += [thing] * max(1, round(size * weight / total))
    return tuple(out)


def listed(text: str) -> tuple[str, ...]:
    """Words between blanks."""
    return tuple(text.split())
