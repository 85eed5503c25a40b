"""One block of the year put into the database, batch by batch: what was put in stays, and a cut-off block goes on.

What a block leaves behind follows from its items alone, but for the numbers of cases and papers, which are taken
from the county's own series: those of the cases once for the whole block and kept, so that going on changes nothing.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

from django.db import connection, transaction

from minqing.wiring.demo.base import base
from minqing.wiring.demo.papers import Papers
from minqing.wiring.demo.rows import opened_at, put_down
from minqing.wiring.demo.story import Story
from minqing.wiring.demo.walk import local
from minqing.wiring.demo.year import BLOCK, Year
from minqing.wiring.loading import Batch, take_numbers

BATCH = 500


class Blocks:
    """Puts in blocks of the year that ends at `at`; the county's frame must be there."""

    def __init__(self, at: datetime, batch: int = BATCH) -> None:
        self.base, self.year, self.batch = base(at.date()), Year(at), batch

    def load(self, block: int, upto: int = BLOCK) -> Iterator[int]:
        """The items from where the block stands to `upto`; yields how many of it are there after each batch."""
        start = loaded().get(block, 0)
        if start >= upto:
            return
        stories = [self.year.story(item) for item in range(block * BLOCK, (block + 1) * BLOCK)]
        numbers = case_numbers(block, stories)
        for first in range(start, upto, self.batch):
            last = min(first + self.batch, upto)
            self._put(block, stories[first:last], last, numbers)
            yield last

    def _put(self, block: int, stories: list[Story], last: int, numbers: dict[int, str]) -> None:
        batch, papers = Batch(), Papers()
        for story in stories:
            put_down(batch, self.base, papers, self.year, story, numbers.get(story.item, ""))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")  # a batch lost in a crash is loaded again
            note(f"demo/{block}", last)
            batch.put_in(late=papers.number)


def loaded() -> dict[int, int]:
    """Items there are of each block; written in the batch's own transaction, so never ahead of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, last FROM cases_counter WHERE name ~ '^demo/[0-9]+$'")
        return {int(name.removeprefix("demo/")): int(last) for name, last in cursor.fetchall()}


def note(name: str, value: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_counter (name, last) VALUES (%s, %s) ON CONFLICT (name) DO UPDATE SET last = EXCLUDED.last",
            [name, value],
        )


def noted(name: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT last FROM cases_counter WHERE name = %s", [name])
        row = cursor.fetchone()
    return int(row[0]) if row else None


@transaction.atomic
def case_numbers(block: int, stories: list[Story]) -> dict[int, str]:
    """The number of each case of the block, by item: taken once, the same for a block that goes on."""
    opened = [(story.item, local(at).year) for story in stories if (at := opened_at(story))]
    following = {}
    for year, count in sorted(Counter(year for _, year in opened).items()):
        first = noted(f"demo/{block}/{year}")
        if first is None:
            first = take_numbers(f"case/{year}", count)
            note(f"demo/{block}/{year}", first)
        following[year] = iter(range(first, first + count))
    return {item: f"{year}-{next(following[year]):06d}" for item, year in opened}
