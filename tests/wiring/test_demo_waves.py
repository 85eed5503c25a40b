"""A large demo county is put in wave by wave, each in the order of time; nothing is left out or put in twice."""

from datetime import datetime

import pytest

from minqing.methods.clock import CHINA
from minqing.wiring.demo.waves import Wave, waves
from minqing.wiring.demo.year import BLOCK, Year

FIRST = Wave(0, 0)


@pytest.mark.parametrize("hands", [1, 2])
@pytest.mark.parametrize("blocks", [1, 2, 5, 120, 500, 1000])
def test_every_block_is_in_one_wave(blocks: int, hands: int) -> None:
    found = waves(blocks, {}, hands)
    assert [block for wave in found for block in range(wave.first, wave.last + 1)] == list(range(blocks))
    assert found[0] == FIRST


def test_a_wave_that_was_begun_goes_on_before_new_ones_start() -> None:
    there = {FIRST: BLOCK, Wave(1, 60): 500, Wave(61, 119): 59 * BLOCK}
    assert waves(120, there, 2) == [Wave(1, 60)]
    assert waves(125, there, 2) == [Wave(1, 60), Wave(120, 122), Wave(123, 124)]


def test_blocks_that_were_loaded_one_by_one_are_not_loaded_again() -> None:
    there = dict.fromkeys((FIRST, Wave(1, 1), Wave(3, 3)), BLOCK)
    assert waves(5, there, 1) == [Wave(2, 2), Wave(4, 4)]


def test_a_wave_walks_through_the_year_and_the_first_block_in_its_own_order() -> None:
    year = Year(datetime(2026, 6, 30, 9, tzinfo=CHINA))
    items = Wave(1, 2).items(year)
    assert sorted(items) == list(range(BLOCK, 3 * BLOCK))
    minutes = [year.received(item) for item in items]
    assert minutes == sorted(minutes)
    assert FIRST.items(year) == list(range(BLOCK))
