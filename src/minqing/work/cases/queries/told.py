"""The shapes a person with a query code reads, and those of reception days and of the leader's page."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from minqing.work.cases.queries.lines import ClockLine, Moment, PaperLine, ReplyLine, TalkLine
from minqing.work.cases.rules import BookingState, ReceptionMode
from minqing.work.intake.queries import DemandLine


@dataclass(frozen=True)
class Holder:
    """Who has it now, since when, until when."""

    office: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class VerdictLine:
    version: int
    solved: str
    explained: str
    words: str
    at: datetime


@dataclass(frozen=True)
class PartStatus:
    """One case that answers a word, or a part of it. `acts` are the words of `RESIDENT_ACTS` open now.

    `trail`: this case and the joint ones it carries on, in which the same word spoke before.
    """

    case_id: UUID
    number: str
    part: str
    state: str
    state_text: str
    holder: Holder
    clocks: list[ClockLine]
    timeline: list[Moment]
    papers: list[PaperLine]
    replies: list[ReplyLine]
    talks: list[TalkLine]
    verdicts: list[VerdictLine]
    acts: list[str]
    n_others: int
    trail: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Status:
    """What the holder of a query code sees. With one case `parts` has one entry and the fields above repeat it."""

    demand_id: UUID
    title: str
    state: str
    state_text: str
    holder: Holder
    clocks: list[ClockLine]
    timeline: list[Moment]
    documents: list[PaperLine]
    acts: list[str]
    talk: list[TalkLine]
    verdicts: list[VerdictLine]
    parts: list[PartStatus]
    demand: DemandLine | None


@dataclass(frozen=True)
class DayLine:
    """A reception day as everybody may read it."""

    id: UUID
    on: date
    leader: str
    leader_title: str
    mode: ReceptionMode
    place_words: str
    from_hour: str
    seats: int
    taken: int
    published: bool
    held: bool

    @property
    def seats_left(self) -> int:
        return max(0, self.seats - self.taken)


@dataclass(frozen=True)
class BookingLine:
    """A seat of a day. `who` is empty for anybody but the reception office until the day itself; to that office alone
    `same_phone_as` says which earlier number of the day came from the same telephone."""

    id: UUID
    queue_no: int
    state: BookingState
    who: str
    phone: str
    n_people: int
    demand_id: UUID | None
    notes: str
    same_phone_as: int | None = None
