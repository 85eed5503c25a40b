"""Counts turned into honest numbers: Wilson intervals, quantiles, and when there is too little to say anything."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, sqrt

Z95 = 1.959963984540054
"""The 97.5 % point of the normal distribution."""
ENOUGH = 30
"""With fewer, no rate is compared: 样本不足."""


@dataclass(frozen=True)
class Share:
    """`k` of `n`, with its 95 % interval; `rate` is None when nothing was counted."""

    k: int
    n: int
    rate: float | None
    low: float
    high: float
    enough: bool


@dataclass(frozen=True)
class Spread:
    """How values lie: median, the value nine of ten do not exceed, and the largest."""

    n: int
    p50: float | None
    p90: float | None
    longest: float | None
    enough: bool


def wilson(k: int, n: int, z: float = Z95) -> tuple[float, float]:
    """The score interval of E. B. Wilson (1927) for k of n, without continuity correction; (0, 1) when n is 0.

    It stays inside 0…1 and is right also for few cases and for shares near 0 or 1, where p ± z·√(pq/n) is not.
    """
    if not 0 <= k <= n:
        raise ValueError(f"{k} of {n} is no share")
    if n == 0:
        return 0.0, 1.0
    p, square = k / n, z * z
    middle = p + square / (2 * n)
    half = z * sqrt(p * (1 - p) / n + square / (4 * n * n))
    scale = 1 + square / n
    low = 0.0 if k == 0 else (middle - half) / scale
    high = 1.0 if k == n else (middle + half) / scale
    return low, high


def share(k: int, n: int) -> Share:
    low, high = wilson(k, n)
    return Share(k, n, k / n if n else None, low, high, enough(n))


def enough(n: int) -> bool:
    return n >= ENOUGH


def quantile(values: Iterable[float], p: float) -> float | None:
    """The smallest value that at least the share p of all values does not exceed: always one that was measured."""
    if not 0 < p <= 1:
        raise ValueError(f"{p} is no share of the values")
    ordered = sorted(values)
    return ordered[max(ceil(p * len(ordered) - 1e-9), 1) - 1] if ordered else None


def median(values: Iterable[float]) -> float | None:
    """The middle value, or the mean of the two in the middle."""
    ordered = sorted(values)
    if not ordered:
        return None
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: Iterable[float]) -> Spread:
    ordered = sorted(values)
    if not ordered:
        return Spread(0, None, None, None, False)
    return Spread(len(ordered), median(ordered), quantile(ordered, 0.9), ordered[-1], enough(len(ordered)))
