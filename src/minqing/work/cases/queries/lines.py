"""The shapes in which cases leave this room: frozen lines, nothing lazy, no name of a person."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from minqing.means.files.queries import FileLine
from minqing.work.cases.rules import (
    CaseState,
    Grade,
    HoldRole,
    HoldState,
    MediationState,
    Outcome,
    ReplyKind,
    Side,
    Track,
)
from minqing.work.duties.rules import DutyLine, Light


@dataclass(frozen=True)
class Filters:
    """What a worklist page shows; every field is a query parameter. Empty = not filtered.

    `state`: one state, or "open" (anything owed, the default), "ended", "all". `queue`: one of the desk's queues.
    `office` holds it; `owes`: this office owes something in it, whoever holds it (with a red light: and is late with it).
    """

    state: str = ""
    office: UUID | None = None
    owes: UUID | None = None
    place: str = ""
    before: date | None = None
    light: str = ""
    kind: str = ""
    track: str = ""
    grade: str = ""
    mine: bool = False
    supervised: bool = False
    queue: str = ""
    q: str = ""


@dataclass(frozen=True)
class CaseLine:
    """One row of a worklist. `theirs`: the day is another office's than the reader's.

    `seen` is not here: a page that acts reads it from `case_page`.
    """

    id: UUID
    number: str
    external_no: str
    title: str
    track: Track
    grade: Grade
    kind: str
    state: CaseState
    place: str
    place_en: str
    holder_id: UUID
    holder: str
    holder_en: str
    offered_to: str
    offered_to_en: str
    waits_for_us: bool
    due_at: datetime | None
    theirs: bool
    light: Light
    days_left: int | None
    registered_at: datetime
    mine: bool
    urgent: bool
    confidential: bool
    supervised: bool
    carried: bool
    n_voices: int
    n_confirmed: int
    returns: int
    reopened: int


@dataclass(frozen=True)
class Page:
    """A page of a worklist; `next` goes into `after`, None at the end; `n` is capped: show 999+ when `capped`."""

    rows: list[CaseLine]
    next: str | None
    n: int
    capped: bool


@dataclass(frozen=True)
class QueueCount:
    """One queue of a desk with how many wait in it (at most 1000), and the filters that show it."""

    key: str
    label: str
    n: int
    capped: bool
    filters: Filters


@dataclass(frozen=True)
class ActLine:
    """One act this actor may do now. `act` is the verb's word after the dot: `accept` of `case.accept`."""

    act: str
    verb: str
    label: str


@dataclass(frozen=True)
class VoiceLine:
    """One word in a case. `who` is the mask of a case's only voice and empty when several speak: nobody lists them."""

    link_id: UUID
    demand_id: UUID
    text: str
    title: str
    part: str
    place: str
    place_en: str
    place_words: str
    channel: str
    kind: str
    anonymity: str
    reply_by: str
    who: str
    reachable: bool
    arrived_on: date
    joined_at: datetime
    confirmed_at: datetime | None
    solved: str
    explained: str
    verdict_words: str
    clocks: list[DutyLine]
    files: list[FileLine]
    hand_hidden: bool


@dataclass(frozen=True)
class HoldLine:
    id: UUID
    office_id: UUID
    office: str
    office_en: str
    role: HoldRole
    state: HoldState
    how: str
    words: str
    basis: str
    reason: str
    given_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True)
class ReplyLine:
    id: UUID
    office: str
    office_en: str
    kind: ReplyKind
    outcome: Outcome | None
    text: str
    request: str
    facts: str
    reasons: str
    basis: str
    remedy: str
    document_id: UUID | None
    at: datetime


@dataclass(frozen=True)
class TalkLine:
    demand_id: UUID
    side: Side
    text: str
    at: datetime


@dataclass(frozen=True)
class PaperLine:
    """A document: `served_on` is None until it reached the person."""

    id: UUID
    kind: str
    title: str
    number: str
    verify_no: str
    issued_at: datetime
    served_on: date | None
    served_way: str


@dataclass(frozen=True)
class Moment:
    """One line of a timeline in words. `key` is the fact's kind, or "gap" for a stretch in which nothing happened."""

    at: datetime
    text: str
    key: str = ""


@dataclass(frozen=True)
class ClockLine:
    """A clock as a person reads it: `words` why that day."""

    key: str
    name: str
    office: str
    from_: date
    statutory: date
    due: date
    due_at: datetime
    provisional: bool
    light: Light
    met_at: datetime | None
    words: str


@dataclass(frozen=True)
class AskLine:
    id: UUID
    days: int
    reason: str
    asked_at: datetime
    granted: bool | None


@dataclass(frozen=True)
class SupervisionLine:
    id: UUID
    office: str
    ground: str
    words: str
    at: datetime
    answered_at: datetime | None
    answer: str
    document_id: UUID | None


@dataclass(frozen=True)
class AppraisalLine:
    id: UUID
    body: str
    subject: str
    chosen_by: str
    paid_by: str
    ordered_on: date
    result: str
    result_on: date | None
    told_on: date | None


@dataclass(frozen=True)
class MediationLine:
    id: UUID
    mediator: str
    other_side: str
    state: MediationState
    person_consents: bool | None
    other_consents: bool | None
    agreement: str
    opened_at: datetime
    ended_at: datetime | None
    document_id: UUID | None


@dataclass(frozen=True)
class WithdrawalLine:
    """A withdrawal under way, for the office that calls to ask whether it is free."""

    id: UUID
    case_id: UUID
    demand_id: UUID
    number: str
    title: str
    asked_at: datetime
    effective_at: datetime
    called_at: datetime | None
    free: bool | None


@dataclass(frozen=True)
class OtherCase:
    """A case named beside another: earlier, later, a part, or the one it was merged into."""

    id: UUID
    number: str
    title: str
    state: CaseState
    part: str
    holder: str
    holder_en: str
    due_at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """Everything one case page shows. `seen` goes back with each act, so that two officers cannot overwrite each other."""

    line: CaseLine
    seen: int
    category: str
    way: str
    matter: str
    accepted_on: date | None
    contacted_at: datetime | None
    extended_days: int
    first_holder: str
    first_holder_en: str
    handler: str
    carried_by: str
    voices: list[VoiceLine]
    n_voices_hidden: int
    holds: list[HoldLine]
    replies: list[ReplyLine]
    talks: list[TalkLine]
    papers: list[PaperLine]
    clocks: list[ClockLine]
    timeline: list[Moment]
    asks: list[AskLine]
    supervisions: list[SupervisionLine]
    appraisals: list[AppraisalLine]
    mediations: list[MediationLine]
    withdrawals: list[WithdrawalLine]
    promises: list[object]
    earlier: list[OtherCase]
    parts: list[OtherCase]
    whole: OtherCase | None
    merged_into: OtherCase | None
    continues: OtherCase | None
    continued: list[OtherCase]
    review_organ: str
    acts: list[ActLine]
