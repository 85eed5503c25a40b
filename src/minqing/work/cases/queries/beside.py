"""Smaller reads: withdrawals to call about, titles, the same matter, receptions, the leader's numbers, whom to tell."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.utils.translation import get_language

from minqing.charter import Actor, Role, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import colleagues
from minqing.ground.people.queries import masks_of, one_number
from minqing.ground.people.rules import AccessNeeded
from minqing.kernel.errors import NotFound
from minqing.means.search.rules import grams_of
from minqing.methods.clock import CHINA
from minqing.work.cases.models import Booking, Case, Link, Mediation, ReceptionDay, Withdrawal
from minqing.work.cases.queries.gate import branches, case_for, sits_in
from minqing.work.cases.queries.lines import CaseLine, WithdrawalLine
from minqing.work.cases.queries.page import withdrawal
from minqing.work.cases.queries.told import BookingLine, DayLine
from minqing.work.cases.queries.worklist import case_lines
from minqing.work.cases.rules import (
    DECIDED,
    BookingState,
    CaseState,
    HiddenIdentity,
    MediationState,
    NamesUntilTheDay,
    NotHolder,
    NotYourVoice,
    ReceptionMode,
)
from minqing.work.intake.queries import DemandLine, demand_for, demand_line, demand_lines

S = CaseState
LOOKED_AT, OFFERED, LIKE = 200, 8, 0.08


def withdrawals_for(by: Actor) -> list[WithdrawalLine]:
    """Withdrawals under way that this actor may call about: never those of their own office."""
    by.must(Verb.CASE_CONFIRM_WITHDRAWAL)
    own = Q(pk__in=[])
    for seat in by.seats_for(Verb.CASE_CONFIRM_WITHDRAWAL):
        own |= Q(link__case__holder_id=seat.office_id)
    rows = Withdrawal.objects.filter(done_at__isnull=True, undone_at__isnull=True).exclude(own)
    return [
        withdrawal(row, row.link.case)
        for row in rows.select_related("link__case").order_by("called_at", "asked_at", "id")[:200]
    ]


def title_of(abouts: Iterable[str]) -> dict[str, str]:
    """`case:<uuid>` → the case's title, in one query."""
    ids = [one.partition(":")[2] for one in abouts if one.startswith("case:")]
    return {f"case:{pk}": title for pk, title in Case.objects.filter(pk__in=ids).values_list("pk", "title")}


def ended_among(abouts: set[str]) -> dict[str, datetime]:
    """`case:<uuid>` → since when the case is over, of those that are."""
    ids = [one.partition(":")[2] for one in abouts if one.startswith("case:")]
    rows = Case.objects.filter(pk__in=ids, ended_at__isnull=False).values_list("pk", "ended_at")
    return {f"case:{pk}": ended for pk, ended in rows if ended is not None}


def numbers_of(abouts: Iterable[str]) -> dict[str, str]:
    """`case:<uuid>` → the case's number, for lists that may not show what it is about."""
    ids = [one.partition(":")[2] for one in abouts if one.startswith("case:")]
    return {
        f"case:{pk}": number for pk, number in Case.objects.filter(pk__in=ids).values_list("pk", "number")
    }


def same_matter(by: Actor, demand_id: UUID, *, now: datetime | None = None) -> list[CaseLine]:
    """Cases in hand at the same place that speak of something like it, the likest first. A person decides."""
    demand = demand_for(by, Verb.DEMAND_VIEW, demand_id)
    now = now or law.now()
    found: list[Case] = []
    for rows, _held in branches(by):
        near = rows.filter(due_at__isnull=False, merged_into__isnull=True).exclude(links__demand_id=demand_id)
        near = near.exclude(state__in=DECIDED)
        if demand.place_path:
            near = near.filter(place_path__startswith=demand.place_path)
        found += near.select_related("holder", "place").order_by("-registered_at", "-id")[:LOOKED_AT]
    first = dict(
        Link.objects.filter(case__in=found, left_at__isnull=True)
        .order_by("-joined_at")
        .values_list("case_id", "demand_id")
    )
    texts = {pk: line.text for pk, line in demand_lines(first.values()).items()}
    mine = set(grams_of(demand.text, demand.title))
    scored = [
        (_alike(mine, set(grams_of(texts.get(first.get(one.pk, demand_id), ""), one.title))), one)
        for one in found
    ]
    likest = sorted((pair for pair in scored if pair[0] >= LIKE), key=lambda pair: (-pair[0], pair[1].pk))[
        :OFFERED
    ]
    return case_lines([one for _, one in likest], by=by, now=now)


def mediation_asked(by: Actor, case_id: UUID) -> tuple[UUID, str]:
    """The mediation about which the holder of a query code is asked, and who the other side is."""
    if (
        by.demand_id is None
        or not Link.objects.filter(case_id=case_id, demand_id=by.demand_id, left_at__isnull=True).exists()
    ):
        raise NotFound()
    row = Mediation.objects.filter(
        case_id=case_id, state=MediationState.OPENED, person_consents__isnull=True
    ).first()
    if row is None:
        raise NotFound()
    return row.pk, row.other_side


def _alike(a: set[int], b: set[int]) -> float:
    return len(a & b) / len(a | b) if a and b else 0.0


def contact_person(by: Actor, case_id: UUID, demand_id: UUID) -> UUID:
    """The person behind one word, if the actor's office may open the contact: the holder, or the desk that sent it.

    Who asked to stay unknown to the handling office is not shown to it, and to the desk only with a second person.
    """
    line, desk = _voice_of(by, case_id, demand_id)
    if line.anonymity == "anonymous" or (line.anonymity == "confidential" and not desk):
        raise HiddenIdentity()
    if line.anonymity == "confidential":
        raise AccessNeeded()
    return line.person_id


def confidential_person(by: Actor, case_id: UUID, demand_id: UUID | None) -> UUID:
    """Whom the desk that sorts may ask to open with a second person; also where another desk took the word down."""
    case = case_for(by, Verb.CASE_VIEW, case_id)
    if demand_id is None or not _speaks(case, demand_id):
        raise NotYourVoice()
    line = demand_line(demand_id)
    if line.anonymity == "anonymous" or not by.may(Verb.CASE_OPEN):
        raise HiddenIdentity()
    return line.person_id


def _speaks(case: Case, demand_id: UUID) -> bool:
    return Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).exists()


def asked_secrecy(demand_id: UUID) -> bool:
    """Whether this word's person asked not to be known; a voice that is no word of a case did not."""
    line = demand_lines([demand_id]).get(demand_id)
    return line is not None and line.anonymity == "confidential"


def _voice_of(by: Actor, case_id: UUID, demand_id: UUID) -> tuple[DemandLine, bool]:
    """A word that speaks in the case, and whether it is the sending desk that asks."""
    case = case_for(by, Verb.CONTACT_OPEN, case_id)
    if not _speaks(case, demand_id):
        raise NotYourVoice()
    desk = sits_in(by, Verb.CASE_OPEN, case.first_holder.path)
    if not desk and not sits_in(by, Verb.CONTACT_OPEN, case.holder_path):
        raise NotHolder()
    return demand_line(demand_id), desk


def listed_people(by: Actor, case_id: UUID) -> list[tuple[UUID, UUID]]:
    """(word, person) of everybody in the case who gave their name to the office and left something; for the holder."""
    case = case_for(by, Verb.CONTACT_OPEN, case_id)
    if not sits_in(by, Verb.CONTACT_OPEN, case.holder_path):
        raise NotHolder()
    said = demand_lines(
        Link.objects.filter(case=case, left_at__isnull=True)
        .order_by("joined_at", "id")
        .values_list("demand_id", flat=True)
    )
    return [
        (pk, line.person_id)
        for pk, line in said.items()
        if line.anonymity == "named" and (line.mask_name or line.mask_phone)
    ]


# Reception days


def reception_days(*, since: date, until: date | None = None, drafts: bool = False) -> list[DayLine]:
    """Published days from `since` on; with `drafts` for the reception office also those not yet published."""
    rows = ReceptionDay.objects.filter(on__gte=since)
    if until is not None:
        rows = rows.filter(on__lte=until)
    if not drafts:
        rows = rows.filter(published_at__isnull=False)
    return _days(list(_counted(rows)))


def reception_day(day_id: UUID) -> DayLine:
    rows = _days(list(_counted(ReceptionDay.objects.filter(pk=day_id))))
    if not rows:
        raise NotFound()
    return rows[0]


def _counted(rows: QuerySet[ReceptionDay]) -> QuerySet[Any]:
    sat = Q(bookings__state__in=[BookingState.BOOKED, BookingState.HEARD], bookings__code_key__isnull=False)
    return (
        rows.select_related("leader")
        .annotate(taken=Count("bookings", filter=sat))
        .order_by("on", "from_hour", "id")
    )


def _days(rows: list[Any]) -> list[DayLine]:
    english = (get_language() or "").startswith("en")
    titles: dict[UUID, str] = {}
    for day in {row.on for row in rows[:1]}:
        titles = {
            one.account_id: one.title_en if english and one.title_en else one.title
            for one in colleagues(role=Role.LEADER, on=day)
        }
    return [
        DayLine(
            row.pk, row.on, row.leader.name_en if english and row.leader.name_en else row.leader.name,
            titles.get(row.leader_id, ""), ReceptionMode(row.mode),
            row.place_words_en if english and row.place_words_en else row.place_words,
            row.from_hour, row.seats, row.taken, row.published_at is not None, row.held_at is not None,
        )
        for row in rows
    ]  # fmt: skip


def bookings_for(by: Actor, day_id: UUID, *, at: datetime) -> list[BookingLine]:
    """Who comes. Until the day only the reception office sees names; on it, also the leader who listens."""
    day = ReceptionDay.objects.filter(pk=day_id).first()
    if day is None:
        raise NotFound()
    office = any(seat.role is Role.RECEPTION for seat in by.seats_for(Verb.RECEPTION_HOLD))
    if not office:
        by.must(Verb.RECEPTION_HOLD)
        if day.leader_id != by.account_id:
            raise NotFound()
        if day.on > at.astimezone(CHINA).date():
            raise NamesUntilTheDay()
    rows = list(Booking.objects.filter(day=day).order_by("queue_no"))
    masks = masks_of({row.person_id for row in rows})
    twice = _same_phone(rows) if office else {}
    return [
        BookingLine(
            row.pk, row.queue_no, BookingState(row.state), masks[row.person_id].name, masks[row.person_id].phone,
            row.n_people, row.demand_id, row.notes, twice.get(row.pk),
        )
        for row in rows
    ]  # fmt: skip


def _same_phone(rows: list[Booking]) -> dict[UUID, int]:
    """Seats that stand, from a telephone that has an earlier number of the day: booking → that number. No seat is lost."""
    stand = [row for row in rows if row.state not in {BookingState.CANCELLED, BookingState.MISSED}]
    one = one_number(row.person_id for row in stand)
    first: dict[UUID, int] = {}
    found: dict[UUID, int] = {}
    for row in stand:
        who = one.get(row.person_id)
        if who is not None and first.setdefault(who, row.queue_no) != row.queue_no:
            found[row.pk] = first[who]
    return found


@dataclass(frozen=True)
class Seat:
    """A seat somebody booked, as a message about it needs it."""

    person_id: UUID
    on: date
    place: str
    place_en: str


def seat_booked(day_id: UUID, queue_no: int) -> Seat | None:
    """None once it was given back: nothing is confirmed that does not stand."""
    rows = Booking.objects.filter(day_id=day_id, queue_no=queue_no, state=BookingState.BOOKED)
    row = rows.select_related("day").first()
    return Seat(row.person_id, row.day.on, row.day.place_words, row.day.place_words_en) if row else None


def booking_state(code_key: bytes) -> tuple[date, int, BookingState] | None:
    """For the person's own booking code: the day, the number, and whether it stands."""
    row = Booking.objects.select_related("day").filter(code_key=code_key).first()
    return (row.day.on, row.queue_no, BookingState(row.state)) if row else None
