"""Reads of demands: by receipt, by reach, the sorting table; and the first clock of a slip."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from threading import BoundedSemaphore
from typing import Any, LiteralString
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from minqing.charter import REACH, RESIDENT_MAY, Actor, Reach, Verb
from minqing.ground.law import queries as law
from minqing.ground.people.queries import masks_of
from minqing.ground.places.queries import names_in_both
from minqing.kernel.db import ask
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.kernel.keys import secret, unshut
from minqing.methods import codes
from minqing.methods.clock import day_of
from minqing.methods.letters import SLIP_AAD, Moment
from minqing.record.facts.queries import first_leaf
from minqing.work.intake.models import Accusation, Demand
from minqing.work.intake.rules import (
    Alarm,
    Anonymity,
    Channel,
    ClockLine,
    DemandState,
    InAnotherState,
    Kind,
    Late,
    UnknownReceipt,
    late_class,
    text_hash,
)

TRIAGE = "xf.triage"
CAP = 999
AT_ONCE = BoundedSemaphore(2)
"""Argon2id takes 64 MiB and a core's tenth of a second: no more than two at a time in one process."""


@dataclass(frozen=True)
class Opened:
    """What a query code opens. An accusation has no demand: its slip shows `arrived_on` and its first clock only."""

    demand_id: UUID | None
    word_ok: bool
    has_word: bool
    registered_at: datetime
    arrived_on: date
    verify_no: str
    lang: str
    leaf: bytes = b""


@dataclass(frozen=True)
class DemandLine:
    """One person's word as staff see it: the masks are empty unless the person speaks under their name."""

    id: UUID
    person_id: UUID
    title: str
    text: str
    place: str
    place_path: str
    place_name: str
    place_en: str
    place_words: str
    channel: Channel
    kind: Kind
    anonymity: Anonymity
    state: DemandState
    alarm: Alarm
    registered_at: datetime
    arrived_on: date
    reply_by: str
    lang: str
    verify_no: str
    n_people: int
    scan_id: UUID | None
    original_id: UUID | None
    written_by_id: UUID | None
    mask_name: str
    mask_phone: str
    has_word: bool

    @property
    def late(self) -> Late | None:
        """What the day of arrival is worth when it is older than the registering."""
        return late_class(self.arrived_on, self.registered_at)


@dataclass(frozen=True)
class Waiting:
    """What the sorting table is narrowed to; an empty value does not narrow."""

    state: str = ""
    channel: str = ""
    kind: str = ""
    place_path: str = ""
    alarm: bool = False


@dataclass(frozen=True)
class WaitingPage:
    rows: list[DemandLine]
    next: str
    count: int
    more: bool


def clock_of(arrived: date, lang: str) -> ClockLine:
    """The clock that starts when a word arrives; the same all day, so it is reckoned once a minute."""
    return _clock(
        TRIAGE, arrived, "en" if lang.startswith("en") else "zh-hans", int(law.now().timestamp()) // 60
    )


@lru_cache(maxsize=256)
def _clock(key: str, arrived: date, lang: str, minute: int) -> ClockLine:
    due = law.due(key, arrived)
    said = law.clock_of(due, lang)
    return ClockLine(
        key=key, from_=arrived, statutory=day_of(due.statutory), due=due.due_on, due_at=due.due_at,
        provisional=due.provisional, basis=said["basis"], explanation=said["explanation"], rule_from=due.rule.valid_from,
    )  # fmt: skip


# The receipt


def demand_by_receipt(code: str, word: str | None = None) -> Opened:
    """Who holds the slip sees its dates; the chosen word opens the texts.

    One HMAC and exactly one Argon2id, whatever was typed; a wrong and an unknown code are the same refusal.
    """
    pepper = secret("pepper")
    try:
        typed, real = codes.read_code(code), True
    except codes.BadNumber:
        typed, real = "0" * codes.CODE_LENGTH, False
    fast = codes.lookup_key(pepper, typed)
    with AT_ONCE:
        slow = codes.slow_keys(pepper, fast)
    match = Q(code_key=fast) | Q(code_tag=slow.tag)
    row: Demand | SealedSlip | None = (
        Demand.objects.filter(match)
        .only("word_key", "word_tag", "code_key", "registered_at", "arrived_on", "verify_no", "lang")
        .first()
    )
    demand_id = row.pk if isinstance(row, Demand) else None
    row = row or _sealed_slip(fast, slow.tag)
    if row is None or not real:
        raise UnknownReceipt()
    if isinstance(row, Demand):
        at, leaf = row.registered_at, first_leaf(row.pk)
    else:
        kept = moment_of(bytes(row.slip))
        at, leaf = kept.at, kept.promised
    fits = _word_fits(row, pepper, typed, slow.inner, word)
    return Opened(demand_id, fits, _has_word(row), at, row.arrived_on, row.verify_no, row.lang, leaf)


@dataclass(frozen=True)
class SealedSlip:
    """What answers the slip of something sealed."""

    word_key: bytes | None
    word_tag: bytes | None
    slip: bytes
    arrived_on: date
    verify_no: str
    lang: str


def _sealed_slip(fast: bytes, tag: bytes) -> SealedSlip | None:
    """Asked for every code, also one that is known here, so that the answers take the same time.

    A side that does not answer is as if nothing were there for a slip of ours; for any other, try again later.
    """
    columns = "word_key", "word_tag", "slip", "arrived_on", "verify_no", "lang"
    waits = Accusation.objects.filter(Q(code_key=fast) | Q(code_tag=tag)).values_list(*columns).first()
    kept = beside(
        "SELECT word_key, word_tag, slip, arrived_on, verify_no, lang FROM clues_slip(%s, %s)", fast, tag
    )
    found = waits or next(iter(kept), None)
    return SealedSlip(*found) if found is not None else None


def beside(query: LiteralString, *params: Any) -> list[tuple[Any, ...]]:
    """Ask the clues' side; nothing when this county has none."""
    return ask(settings.MINQING_DROP, query, *params) if settings.MINQING_DROP else []


def moment_of(slip: bytes) -> Moment:
    """The hour of an accusation's slip, and what it promises."""
    return Moment.read(unshut(SLIP_AAD, slip))


def _has_word(row: Demand | SealedSlip) -> bool:
    return row.word_key is not None or row.word_tag is not None


def _word_fits(row: Demand | SealedSlip, pepper: bytes, code: str, inner: bytes, word: str | None) -> bool:
    try:
        fast = codes.word_key(pepper, code, codes.read_word(word or ""))
    except codes.BadNumber:
        return False
    if row.word_key is not None:
        return codes.same(bytes(row.word_key), fast)
    return row.word_tag is not None and codes.same(bytes(row.word_tag), codes.slow_word(inner, fast))


# The gate


def demands_for(by: Actor, verb: Verb = Verb.DEMAND_VIEW) -> QuerySet[Demand]:
    """The demands on which the actor may use the verb: the whole county, what they wrote down, or their own slip's."""
    if by.demand_id is not None:
        return Demand.objects.filter(pk=by.demand_id) if verb in RESIDENT_MAY else Demand.objects.none()
    reaches = {REACH[seat.role] for seat in by.seats_for(verb)}
    if Reach.COUNTY in reaches:
        return Demand.objects.all()
    return Demand.objects.filter(written_by_id=by.account_id) if reaches else Demand.objects.none()


def demand_for(by: Actor, verb: Verb, demand_id: UUID, *, lock: bool = False) -> Demand:
    rows = demands_for(by, verb)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=demand_id).first()
    if row is not None:
        return row
    if demands_for(by).filter(pk=demand_id).exists():
        raise NotAllowed()
    raise NotFound()


def waiting_demand(by: Actor, verb: Verb, demand_id: UUID, *, lock: bool = False) -> Demand:
    """One that nobody has put into a case yet: a second press, or another officer's, comes too late."""
    row = demand_for(by, verb, demand_id, lock=lock)
    if row.state != DemandState.WAITING:
        raise InAnotherState()
    return row


# Lines


NOWHERE = ("", "")


def demand_lines(ids: Iterable[UUID]) -> dict[UUID, DemandLine]:
    """For rooms above, which have passed their own gate for these ids."""
    return {line.id: line for line in _lines(list(Demand.objects.filter(pk__in=list(ids))))}


def demand_line(demand_id: UUID) -> DemandLine:
    rows = demand_lines([demand_id])
    if demand_id not in rows:
        raise NotFound()
    return rows[demand_id]


def _lines(rows: list[Demand]) -> list[DemandLine]:
    masks = masks_of({row.person_id for row in rows})
    places = names_in_both({row.place_id for row in rows if row.place_id})
    return [
        DemandLine(
            id=row.pk, person_id=row.person_id, title=row.title, text=row.text, place=row.place_id or "",
            place_path=row.place_path, place_name=places.get(row.place_id or "", NOWHERE)[0],
            place_en=places.get(row.place_id or "", NOWHERE)[1], place_words=row.place_words,
            channel=Channel(row.channel), kind=Kind(row.kind), anonymity=Anonymity(row.anonymity),
            state=DemandState(row.state), alarm=Alarm(row.alarm), registered_at=row.registered_at,
            arrived_on=row.arrived_on, reply_by=row.reply_by, lang=row.lang, verify_no=row.verify_no,
            n_people=row.n_people, scan_id=row.scan_id, original_id=row.original_id, written_by_id=row.written_by_id,
            mask_name=masks[row.person_id].name, mask_phone=masks[row.person_id].phone, has_word=_has_word(row),
        )
        for row in rows
    ]  # fmt: skip


# Written out: a prepared plan with parameters in their place cannot know that the index of what is to do is enough.
TODO = "intake_demand.state IN ('waiting', 'unread')"


def waiting(by: Actor, *, only: Waiting | None = None, after: str = "", size: int = 50) -> WaitingPage:
    """The sorting table: what nobody has put into a case yet, oldest first; `after` is the last page's `next`."""
    by.must(Verb.DEMAND_VIEW)
    wanted = only or Waiting()
    rows = demands_for(by).extra(where=[TODO])  # noqa: S610  a constant
    if wanted.state in {"waiting", "unread"}:
        rows = rows.filter(state=wanted.state)
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.place_path:
        rows = rows.filter(place_path__startswith=wanted.place_path)
    if wanted.alarm:
        rows = rows.exclude(alarm=Alarm.NONE.value)
    count = rows[: CAP + 1].count()
    if after:
        at, pk = read_place(after)
        rows = rows.filter(Q(registered_at__gt=at) | Q(registered_at=at, pk__gt=pk))
    found = list(rows.order_by("registered_at", "id")[: size + 1])
    page = found[:size]
    place = f"{page[-1].registered_at.isoformat()}_{page[-1].pk}" if len(found) > size else ""
    return WaitingPage(_lines(page), place, min(count, CAP), count > CAP)


@dataclass(frozen=True)
class Lately:
    """A word somebody of the staff wrote down a moment ago; no words, no person."""

    sender_key: str
    verify_no: str
    at: datetime


def said_lately(*, sender: str, text: str, since: datetime) -> Lately | None:
    """The newest word of this writer with the very same text; None when there is none since then."""
    same = Demand.objects.filter(sender=sender, registered_at__gte=since, text_hash=text_hash(text))
    row = same.order_by("-registered_at").first()
    return Lately(row.sender_key, row.verify_no, row.registered_at) if row is not None else None


def waiting_count(by: Actor, *, state: str = "") -> int:
    """How many words wait for sorting (`unread`: only scanned letters nobody has typed yet), 1000 at most."""
    rows = demands_for(by).extra(where=[TODO])  # noqa: S610  a constant
    return (rows.filter(state=state) if state else rows)[: CAP + 1].count()


def read_place(after: str) -> tuple[datetime, UUID]:
    """Where a page ended; nonsense in an address is simply not found."""
    at, _, pk = after.partition("_")
    try:
        return datetime.fromisoformat(at), UUID(pk)
    except ValueError:
        raise NotFound() from None


def person_of(demand_id: UUID) -> UUID:
    return Demand.objects.values_list("person_id", flat=True).get(pk=demand_id)


def demand_of_person(person_id: UUID) -> UUID | None:
    return Demand.objects.filter(person_id=person_id).values_list("pk", flat=True).first()


def seals_verify_no(number: str) -> bool:
    """Whether the number is on the slip of something sealed: what answers it is sealed too."""
    return _slip_of(number) is not None


def slip_day(typed: str) -> date:
    """The day on which the slip with this verify number was given; the same answer for every kind of word."""
    try:
        number = codes.read_verify_number(typed)
    except codes.BadNumber:
        raise NotFound() from None
    at = Demand.objects.filter(verify_no=number).values_list("registered_at", flat=True).first()
    slip = _slip_of(number)
    if at is None and slip is None:
        raise NotFound()
    return day_of(at or moment_of(bytes(slip)).at)  # type: ignore[arg-type]


def _slip_of(number: str) -> bytes | None:
    waits = Accusation.objects.filter(verify_no=number).values_list("slip", flat=True).first()
    kept = beside("SELECT slip FROM clues_verify(%s) AS kept (slip) WHERE slip IS NOT NULL", number)
    return bytes(waits) if waits is not None else next((bytes(slip) for (slip,) in kept), None)


def demand_of_verify_no(number: str) -> UUID | None:
    return Demand.objects.filter(verify_no=number).values_list("pk", flat=True).first()


def backlog_age_s() -> int:
    """How long the oldest code has really waited for its slow form, in seconds by the wall; 0 when none waits.

    Neither legal time (which a demo pushes forward) nor the day of the word counts: only since when the code is there.
    """
    oldest = (
        Demand.objects.filter(code_key__isnull=False)
        .order_by("code_at", "id")
        .values_list("code_at", flat=True)
        .first()
    )
    return max(0, int((timezone.now() - oldest).total_seconds())) if oldest else 0
