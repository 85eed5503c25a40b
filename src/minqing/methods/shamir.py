"""A secret in three shares of which any two give it back and one says nothing: Shamir over GF(2⁸), polynomial 0x11b.

share(x) = secret ⊕ coef·x, byte by byte, x = 1, 2, 3. Why our own, and why nothing else of this kind: adr 11.
"""

from collections.abc import Mapping
from itertools import combinations
from os import urandom

INVERSE = {1: 1, 2: 0x8D, 3: 0xF6}


class SharesDiffer(ValueError):
    """Fewer than two shares, of unequal length, or not of one secret."""


def times(a: int, b: int) -> int:
    product = 0
    for _ in range(8):
        product ^= a * (b & 1)
        a, b = (a << 1) ^ (0x11B * (a >> 7)), b >> 1
    return product


def split(secret: bytes, coef: bytes | None = None) -> dict[int, bytes]:
    """The line through the shares is drawn by chance (`coef` is for vectors alone)."""
    both = list(zip(secret, urandom(len(secret)) if coef is None else coef, strict=True))
    return {x: bytes(s ^ times(c, x) for s, c in both) for x in INVERSE}


def join(shares: Mapping[int, bytes]) -> bytes:
    """Every pair must give the same secret."""
    if not set(shares) <= set(INVERSE) or len({len(one) for one in shares.values()}) != 1:
        raise SharesDiffer
    pairs = [(x, y, zip(shares[x], shares[y], strict=True)) for x, y in combinations(shares, 2)]
    found = {bytes(times(INVERSE[x ^ y], times(y, p) ^ times(x, q)) for p, q in both) for x, y, both in pairs}
    if len(found) != 1:
        raise SharesDiffer
    return found.pop()
