"""领导接访: published days, a seat without a reason, walk-ins equal; names stay in the reception office until the day."""

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Max

from minqing.charter import Actor, Role, Verb
from minqing.ground.offices.queries import account_names
from minqing.ground.people.commands import keep_person
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.record.facts.commands import open_subject, record
from minqing.work.cases.commands.gate import day_of
from minqing.work.cases.models import Booking, ReceptionDay
from minqing.work.cases.rules import (
    REPRESENTATIVES,
    BookingState,
    DayFull,
    DayGone,
    PastDate,
    ReceptionMode,
    TooManyRepresentatives,
)
from minqing.work.intake.queries import demand_for, person_of
from minqing.work.promises.commands import make_promise

TAKEN = (BookingState.BOOKED, BookingState.HEARD)


@dataclass(frozen=True)
class Booked:
    """A seat: `code` is told once and finds the seat again; walk-ins have only their number."""

    booking_id: UUID
    queue_no: int
    code: str = ""


@transaction.atomic
def plan_day(
    *, by: Actor, at: datetime, on: date, leader_id: UUID, place_words: str, place_words_en: str = "",
    mode: ReceptionMode | str = ReceptionMode.OFFICE, from_hour: str = "", seats: int = 10,
) -> ReceptionDay:  # fmt: skip
    """A day on which a leader will listen; nobody sees it before it is published."""
    by.must(Verb.RECEPTION_PLAN)
    if on < day_of(at):
        raise PastDate(after=day_of(at).isoformat())
    if leader_id not in account_names({leader_id}):
        raise NotFound()
    day = ReceptionDay.objects.create(
        on=on,
        leader_id=leader_id,
        place_words=place_words.strip(),
        place_words_en=place_words_en.strip(),
        mode=ReceptionMode(mode),
        from_hour=from_hour.strip() or "9:00",
        seats=seats,
    )
    open_subject(day.pk)
    record(kind="reception.planned", about=day.pk, by=by.account_id, at=at, on=on.isoformat(), mode=str(mode))
    return day


@transaction.atomic
def publish_day(*, by: Actor, day_id: UUID, at: datetime) -> None:
    """From now on everybody may read it and book a seat (art. 18)."""
    by.must(Verb.RECEPTION_PLAN)
    day = _day(day_id)
    if day.published_at is None:
        day.published_at = at
        day.save(update_fields=["published_at"])
        record(kind="reception.published", about=day.pk, by=by.account_id, at=at, on=day.on.isoformat())


def _day(day_id: UUID) -> ReceptionDay:
    day = ReceptionDay.objects.select_for_update(no_key=True).filter(pk=day_id).first()
    if day is None:
        raise NotFound()
    return day


@transaction.atomic
def book_day(
    *, by: Actor, day_id: UUID, at: datetime, contact: Contact | None = None, demand_id: UUID | None = None,
    n_people: int = 1, reply_by: ReplyBy | None = None, lang: str = "zh-hans", form_key: str = "",
) -> Booked:  # fmt: skip
    """A seat of a published day. Nobody is asked why. The code finds it again; one form sent twice is one seat.

    Who left a number gets the seat confirmed by a short message.
    """
    reply_by = reply_by or (ReplyBy.SMS if contact is not None and contact.phone else ReplyBy.ONLINE)
    day = _day(day_id)
    if day.published_at is None or day.on < day_of(at):
        raise DayGone()
    code = _code_of(day_id, form_key)
    known = Booking.objects.filter(day=day, code_key=codes.lookup_key(secret("pepper"), code)).first()
    if known is not None and known.state == BookingState.BOOKED:
        return Booked(known.pk, known.queue_no, code)
    if Booking.objects.filter(day=day, state__in=TAKEN, code_key__isnull=False).count() >= day.seats:
        raise DayFull()
    return _sit(
        by, day, BookingState.BOOKED, contact=contact, demand_id=demand_id, n_people=n_people, at=at, reply_by=reply_by,
        lang=lang, code=codes.new_code() if known else code,
    )  # fmt: skip


def _code_of(day_id: UUID, form_key: str) -> str:
    """The code that a form of this day leads to, so that its second press shows the same slip and nothing is kept."""
    if not form_key:
        return codes.new_code()
    made = hmac.digest(secret("pepper"), f"booking/v1\n{day_id}\n{form_key}".encode(), "sha256")
    return codes.new_code(lambda below: int.from_bytes(made, "big") % below)


@transaction.atomic
def queue_walk_in(
    *, by: Actor, day_id: UUID, at: datetime, contact: Contact | None = None, demand_id: UUID | None = None,
    n_people: int = 1, lang: str = "zh-hans",
) -> Booked:  # fmt: skip
    """Who simply comes gets the next number, on the same footing; no telephone and no paper is needed."""
    by.must(Verb.RECEPTION_BOOK)
    day = _day(day_id)
    if day.on != day_of(at):
        raise DayGone()
    return _sit(
        by, day, BookingState.QUEUED, contact=contact, demand_id=demand_id, n_people=n_people, at=at,
        reply_by=ReplyBy.IN_PERSON, lang=lang, code="",
    )  # fmt: skip


def _sit(
    by: Actor, day: ReceptionDay, state: BookingState, *, contact: Contact | None, demand_id: UUID | None, n_people: int,
    at: datetime, reply_by: ReplyBy, lang: str, code: str,
) -> Booked:  # fmt: skip
    if not 1 <= n_people <= REPRESENTATIVES:
        raise TooManyRepresentatives(limit=REPRESENTATIVES)
    if by.account_id is not None:
        by.must(Verb.RECEPTION_BOOK)
    elif demand_id is not None and demand_id != by.demand_id:
        raise NotAllowed()
    if demand_id is not None:
        demand_for(by, Verb.DEMAND_VIEW, demand_id)
        person_id = person_of(demand_id)
    else:
        person_id = keep_person(contact or Contact(), place=None, reply_by=reply_by, lang=lang, at=at)
    last = Booking.objects.filter(day=day).aggregate(last=Max("queue_no"))["last"] or 0
    row = Booking.objects.create(
        day=day, person_id=person_id, demand_id=demand_id, state=state, queue_no=last + 1, n_people=n_people, at=at,
        code_key=codes.lookup_key(secret("pepper"), code) if code else None,
    )  # fmt: skip
    record(
        kind="reception.booked",
        about=day.pk,
        by=by.account_id,
        at=at,
        queue_no=row.queue_no,
        walk_in=not code,
    )
    return Booked(row.pk, row.queue_no, code)


@transaction.atomic
def hear(
    *, by: Actor, booking_id: UUID, at: datetime, notes: str = "", demand_id: UUID | None = None,
    promise_words: str = "", promise_due: date | None = None, promise_office_id: UUID | None = None,
    promise_condition: str = "",
) -> UUID | None:  # fmt: skip
    """The person was listened to. What a leader promises on the spot is a promise with a day, never an approval."""
    seat = by.must(Verb.RECEPTION_HOLD)
    row = (
        Booking.objects.select_for_update(of=("self",), no_key=True)
        .select_related("day")
        .filter(pk=booking_id)
        .first()
    )
    if row is None or row.state not in {BookingState.BOOKED, BookingState.QUEUED}:
        raise NotFound()
    if row.day.leader_id != by.account_id and Role.RECEPTION not in {
        one.role for one in by.seats_for(Verb.RECEPTION_HOLD)
    }:
        raise NotFound()
    if row.day.on > day_of(at):
        raise DayGone()
    if demand_id is not None:
        demand_for(by, Verb.DEMAND_VIEW, demand_id)
        row.demand_id = demand_id
    row.state, row.notes = BookingState.HEARD, notes.strip()
    row.save(update_fields=["state", "notes", "demand"])
    ReceptionDay.objects.filter(pk=row.day_id, held_at__isnull=True).update(held_at=at)
    promise_id = None
    if promise_words.strip():
        promise_id = make_promise(
            by=by, about=f"reception:{row.day_id}", words=promise_words.strip(),
            office_id=promise_office_id or seat.office_id, to_person_id=row.person_id, condition=promise_condition,
            due_on=promise_due, made_on=day_of(at), at=at,
        )  # fmt: skip
    record(kind="reception.heard", about=row.day_id, by=by.account_id, at=at, queue_no=row.queue_no,
           promise_id=str(promise_id) if promise_id else None)  # fmt: skip
    return promise_id


@transaction.atomic
def cancel_booking(*, by: Actor, at: datetime, code: str = "", booking_id: UUID | None = None) -> None:
    """By the person with their code, or by the reception office; nobody asks why."""
    rows = Booking.objects.select_for_update(no_key=True).filter(state=BookingState.BOOKED)
    if by.account_id is not None:
        by.must(Verb.RECEPTION_BOOK)
        row = rows.filter(pk=booking_id).first() if booking_id else None
    else:
        try:
            row = rows.filter(code_key=codes.lookup_key(secret("pepper"), codes.read_code(code))).first()
        except codes.BadNumber:
            raise NotFound() from None
    if row is None:
        raise NotFound()
    row.state = BookingState.CANCELLED
    row.save(update_fields=["state"])
    record(kind="reception.cancelled", about=row.day_id, by=by.account_id, at=at, queue_no=row.queue_no)


def miss_bookings(*, at: datetime) -> int:
    """Who did not come is not counted against anybody; the seat is only marked."""
    waiting = (BookingState.BOOKED, BookingState.QUEUED)
    return Booking.objects.filter(day__on__lt=day_of(at), state__in=waiting).update(state=BookingState.MISSED)
