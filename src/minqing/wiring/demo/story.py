"""The shape of one item of the year: what the loader reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from minqing.wiring.demo.crowds import Crowd
from minqing.wiring.demo.matters import Kind
from minqing.wiring.demo.places import Village


class Seed(NamedTuple):
    """The choices behind an item that other items may ask for."""

    minute: int
    person: int
    where: Village
    group: int
    voice: Kind
    kind: Kind
    thing: int
    matter: str
    repeats: int | None = None
    crowd: Crowd | None = None
    course: str = ""


class Step(NamedTuple):
    """One act of the way: when, in which role, at which office, given to whom, and the state of the case after it.

    `number` is the place in the course (for `words.said`), `settings` what the course says of it: outcome, solved,
    explained, asked, reached, free, days, letter, say, promise, condition, way, parts, violence, keep.
    """

    number: int
    act: str
    minute: int
    at: datetime
    role: str
    office: str
    to: str
    state: str
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Story:
    """One demand and the way it goes, with the values of the rooms' own words (Channel, Kind, Track, Grade …)."""

    item: int
    received_at: datetime
    minute: int
    channel: str
    kind: str  # the kind of matter in our tables
    type: str  # intake.Kind
    matter: str  # the code of the dispatch catalogue, "" where none fits
    same: str  # the concrete matter that several people speak of, "" for one alone
    thing: int  # items with one `thing` speak of the same road, plant, letter
    place: str
    group: int
    place_words: str
    track: str  # petition, order, simple; joined: speaks in another's case; clue: sealed, no case
    course: str
    category: str
    way: str
    grade: str
    lead: str
    helper: str
    wrong: str
    desk: str
    anonymity: str
    person: int | None
    voice: str
    written_by: str | None  # the office whose cadre wrote it down
    reply_by: str
    n_people: int
    urgent: bool
    alarm: str
    sealed: bool
    joins: int | None
    repeats: int | None
    title: str
    text: str
    steps: tuple[Step, ...]
    state: str

    @property
    def ended(self) -> bool:
        return self.state in ENDED


ENDED = frozenset({
    "terminated", "closed", "concluded", "settled", "withdrawn", "redirected", "declined", "no_longer",
})  # fmt: skip
