"""Rates are told with their interval, and never compared when there is too little."""

from math import isclose, sqrt
from statistics import median as statistics_median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods import odds

PUBLISHED = [
    # Newcombe, Statistics in Medicine 17 (1998) 857–872, table I, method 3 (score, without correction).
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("k", "n", "low", "high"), PUBLISHED)
def test_wilson_gives_the_published_intervals(k: int, n: int, low: float, high: float) -> None:
    found = odds.wilson(k, n)
    assert tuple(round(bound, 4) for bound in found) == (low, high)


counts = st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(counts)
def test_the_bounds_solve_the_score_equation(pair: tuple[int, int]) -> None:
    k, n = pair
    low, high = odds.wilson(k, n)
    for bound, edge in ((low, 0 if k == 0 else None), (high, 1 if k == n else None)):
        if n and edge is None:
            assert isclose(
                abs(k / n - bound), odds.Z95 * sqrt(bound * (1 - bound) / n), rel_tol=1e-6, abs_tol=1e-9
            )


@given(counts)
def test_the_interval_holds_the_rate_and_stays_between_nothing_and_all(pair: tuple[int, int]) -> None:
    k, n = pair
    low, high = odds.wilson(k, n)
    assert 0 <= low <= high <= 1
    if n:
        assert low <= k / n <= high


@given(counts)
def test_the_opposite_share_has_the_mirrored_interval(pair: tuple[int, int]) -> None:
    k, n = pair
    low, high = odds.wilson(k, n)
    other_low, other_high = odds.wilson(n - k, n)
    assert isclose(low, 1 - other_high, abs_tol=1e-12)
    assert isclose(high, 1 - other_low, abs_tol=1e-12)


def test_nothing_counted_says_nothing() -> None:
    assert odds.wilson(0, 0) == (0.0, 1.0)
    assert odds.share(0, 0).rate is None


@pytest.mark.parametrize(("k", "n"), [(-1, 3), (4, 3), (1, 0)])
def test_more_answers_than_people_is_a_bug(k: int, n: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        odds.wilson(k, n)


@pytest.mark.parametrize(("n", "enough"), [(0, False), (29, False), (30, True)])
def test_below_thirty_is_too_little_to_compare(n: int, enough: bool) -> None:
    assert odds.share(0, n).enough is enough
    assert odds.spread(range(n)).enough is enough


def test_nine_of_ten_take_no_longer_than_the_p90() -> None:
    assert odds.quantile(range(1, 11), 0.9) == 9
    assert odds.quantile([5], 0.9) == 5
    assert odds.quantile([], 0.9) is None


@given(st.lists(st.integers(0, 400), min_size=1))
def test_the_spread_is_of_measured_values(values: list[int]) -> None:
    found = odds.spread(values)
    assert found.p50 == statistics_median(values)
    assert found.p90 in values
    assert sum(value <= found.p90 for value in values) >= 0.9 * len(values)
    assert found.longest == max(values)
