"""One wave of the year put into the database, batch by batch: what was put in stays, and a cut-off wave goes on.

What a wave leaves behind follows from its items alone, but for the numbers of cases and papers.
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
from minqing.wiring.demo.waves import Wave
from minqing.wiring.demo.year import Year
from minqing.wiring.loading import Batch, take_numbers

BATCH = 500


class Loader:
    """Puts in waves of the year that ends at `at`; the county's frame must be there."""

    def __init__(self, at: datetime, batch: int = BATCH) -> None:
        self.base, self.year, self.batch = base(at.date()), Year(at), batch

    def load(self, wave: Wave, upto: int) -> Iterator[int]:
        """From where the wave stands to `upto` of its items; yields how many of it are there after each batch."""
        items = wave.items(self.year)
        for first in range(loaded().get(wave, 0), upto, self.batch):
            last = min(first + self.batch, upto)
            self._put(wave, [self.year.story(item) for item in items[first:last]], last)
            yield last

    def _put(self, wave: Wave, stories: list[Story], last: int) -> None:
        batch, papers, numbers = Batch(), Papers(), case_numbers(stories)
        for story in stories:
            put_down(batch, self.base, papers, self.year, story, numbers.get(story.item, ""))
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")  # a batch lost in a crash is loaded again
            note(wave.name, last)
            batch.put_in(late=papers.number)


def loaded() -> dict[Wave, int]:
    """Items there are of each wave; written in the batch's own transaction, so never ahead of the rows."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, last FROM cases_counter WHERE name ~ '^demo/[0-9]+(-[0-9]+)?$'")
        found = {}
        for name, count in cursor.fetchall():
            first, _, last = name.removeprefix("demo/").partition("-")
            found[Wave(int(first), int(last or first))] = int(count)
    return found


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


def case_numbers(stories: list[Story]) -> dict[int, str]:
    """The number of each case of a batch, by item. Taken at once, so that two loaders do not wait for each other."""
    opened = [(story.item, local(at).year) for story in stories if (at := opened_at(story))]
    following = {}
    for year, count in sorted(Counter(year for _, year in opened).items()):
        first = take_numbers(f"case/{year}", count)
        following[year] = iter(range(first, first + count))
    return {item: f"{year}-{next(following[year]):06d}" for item, year in opened}
