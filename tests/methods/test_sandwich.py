"""What an offline record's time is worth: published vectors, and chains with a gap, a fork, a change."""

import json
from datetime import datetime
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from logs import VECTORS
from minqing.methods.tree.sandwich import FIRST, Kept, Lead, class_of, leads, unbroken

CASES = json.loads((VECTORS / "time_sandwich.json").read_text())["vectors"]


@pytest.mark.parametrize("told", CASES)
def test_the_class_is_the_published_one(told: dict[str, Any]) -> None:
    moments = {
        name: datetime.fromisoformat(told[name])
        for name in ("claimed", "received", "seen_at")
        if name in told
    }
    assert class_of(**moments, chained=told["chained"]) == told["class"]


def chain(n: int) -> list[Kept]:
    made: list[Kept] = []
    for seq in range(n):
        prev = made[-1].digest if made else FIRST
        made.append(Kept(seq, prev, b"record %d " % seq + prev))
    return made


@given(st.permutations(chain(6)))
def test_a_whole_chain_is_whole_in_any_order_and_twice(records: list[Kept]) -> None:
    assert unbroken([*records, *records])


def test_a_gap_a_fork_and_a_changed_record_are_named() -> None:
    whole = chain(5)
    assert leads([*whole[:2], *whole[3:]]) == [(3, Lead.GAP)]
    assert leads([*whole, Kept(2, whole[2].prev, b"another")]) == [(2, Lead.FORK)]
    changed = [whole[0], Kept(1, whole[1].prev, b"made up later"), *whole[2:]]
    assert leads(changed) == [(2, Lead.CHANGED)]
    assert leads([Kept(0, sha256(b"x").digest(), b"first")]) == [(0, Lead.CHANGED)]
