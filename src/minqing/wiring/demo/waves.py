"""Waves: many blocks of the year put in together, in the order of time.

Rows of one moment lie side by side in every index. Block by block, each of which has the whole year, every batch would
touch them all over, and a million demands would write ten times the log.
"""

from typing import NamedTuple

from minqing.wiring.demo.year import BLOCK, Year

AT_ONCE = 125  # blocks


class Wave(NamedTuple):
    """Blocks `first` to `last`. The first block of the year is a wave by itself, in the order of its items."""

    first: int
    last: int

    @property
    def name(self) -> str:
        return f"demo/{self.first}" + (f"-{self.last}" if self.last > self.first else "")

    @property
    def size(self) -> int:
        return (self.last - self.first + 1) * BLOCK

    def items(self, year: Year) -> list[int]:
        items = list(range(self.first * BLOCK, (self.last + 1) * BLOCK))
        if self.last > self.first:
            minutes = {item: year.seed_of(item).minute for item in items}
            items.sort(key=lambda item: (minutes[item], item))
        return items


def waves(blocks: int, there: dict[Wave, int], hands: int) -> list[Wave]:
    """The waves to load for that many blocks: those that were begun, then what no wave has yet, split for `hands`."""
    begun = [wave for wave, count in sorted(there.items()) if count < wave.size and wave.first < blocks]
    covered = {block for wave in there for block in range(wave.first, wave.last + 1)}
    left = [block for block in range(blocks) if block not in covered]
    new = [Wave(0, 0)] if 0 in left else []
    left = [block for block in left if block]
    step = max(1, min(AT_ONCE, -(-len(left) // hands)))
    while left:
        run = next((n for n, block in enumerate(left) if block != left[0] + n), len(left))
        size = min(step, run)
        new.append(Wave(left[0], left[size - 1]))
        left = left[size:]
    return begun + new
