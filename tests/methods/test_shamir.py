"""Any two of three shares give the secret; one gives nothing; shares of two secrets are told apart where three are given."""

import json
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minqing.methods.shamir import INVERSE, SharesDiffer, join, split, times

VECTOR = json.loads((Path(__file__).parents[1] / "vectors/minqing_trust.json").read_text("utf-8"))[
    "shamir_2of3_gf256_0x11b"
]
SECRET = bytes.fromhex(VECTOR["secret"])
SHARES = {int(x): bytes.fromhex(share) for x, share in VECTOR["shares"].items()}


def test_the_vector_is_split_as_it_is_written() -> None:
    assert split(SECRET, bytes.fromhex(VECTOR["coef"])) == SHARES


@pytest.mark.parametrize("pair", list(combinations((1, 2, 3), 2)))
def test_any_two_shares_of_the_vector_give_the_secret(pair: tuple[int, int]) -> None:
    assert join({x: SHARES[x] for x in pair}) == SECRET


def test_three_shares_give_the_secret_too() -> None:
    assert join(SHARES) == SECRET


@pytest.mark.parametrize("wrong", [
    {}, {1: SHARES[1]}, {1: SHARES[1], 2: SHARES[2][:-1]}, {1: SHARES[1], 4: SHARES[2]}, {0: SECRET, 1: SHARES[1]},
    {**SHARES, 3: SHARES[2]},
])  # fmt: skip
def test_what_is_no_two_shares_of_one_secret_is_refused(wrong: dict[int, bytes]) -> None:
    with pytest.raises(SharesDiffer):
        join(wrong)


@given(st.binary(min_size=1, max_size=40), st.permutations([1, 2, 3]))
def test_whatever_the_secret_two_shares_in_any_order_give_it_back(secret: bytes, order: list[int]) -> None:
    shares = split(secret)
    assert join({x: shares[x] for x in order[:2]}) == secret


@given(st.integers(0, 255), st.integers(0, 255), st.integers(1, 3))
def test_one_share_fits_every_secret_equally(share: int, secret: int, x: int) -> None:
    """For each secret there is exactly one line through the share: the share alone prefers none."""
    lines = [c for c in range(256) if secret ^ times(c, x) == share]
    assert len(lines) == 1


def test_the_three_inverses_are_inverses() -> None:
    assert all(times(a, b) == 1 for a, b in INVERSE.items())
