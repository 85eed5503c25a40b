"""What one person alone may not open: asked with a reason, agreed to by another unit, open for thirty minutes.

Each step carries the moment at which the second factor was shown (`proved_at`, at most five minutes ago). Every step is
a fact; none holds an identity. The person is told at once, or from the day on that an instrument and two persons set.
"""

from collections.abc import Iterable
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Seat, Verb
from minqing.ground.people.commands.looking import write_looks
from minqing.ground.people.models import Access, AccessPerson
from minqing.ground.people.queries import access_for, sealed_contact, too_near
from minqing.ground.people.rules import (
    ACCESS,
    ASKED_FOR,
    FACTOR_FOR,
    LONGEST_DELAY_MONTHS,
    LONGEST_LIST,
    OPEN_FOR,
    AccessDecided,
    AccessExpired,
    AccessKind,
    AccessState,
    AccessUsed,
    ApproverIsAsker,
    AskOld,
    Contact,
    DelayWrong,
    FactorNeeded,
    InstrumentNeeded,
    LookKind,
    NotApproved,
    NothingToTell,
    OnePerson,
    OutsideBody,
    Purpose,
    ReasonNeeded,
    SameUnit,
    SeatGone,
    TooManyAlone,
    latest_delay,
)
from minqing.kernel.errors import NotFound
from minqing.methods.clock import CHINA
from minqing.record.facts.commands import open_subject, record


def must_be_fresh(proved_at: datetime | None, *, at: datetime) -> None:
    if proved_at is None or not at - FACTOR_FOR <= proved_at <= at:
        raise FactorNeeded()


@transaction.atomic
def ask_access(
    *,
    by: Actor,
    at: datetime,
    kind: AccessKind,
    person_ids: Iterable[UUID],
    about: str,
    words: str,
    proved_at: datetime | None,
    body: OutsideBody | None = None,
    instrument: str = "",
    article: str = "",
    tell_from: date | None = None,
    barred: str = "",
    renews: Access | None = None,
) -> Access:
    """The first person. `barred`: an office path from which nobody may agree, because it handles the matter."""
    seat = by.must(Verb.ACCESS_ASK)
    must_be_fresh(proved_at, at=at)
    people = list(dict.fromkeys(person_ids))
    if not words.strip():
        raise ReasonNeeded()
    if kind is AccessKind.OUTSIDE:
        if body is None or not instrument.strip() or not article.strip():
            raise InstrumentNeeded()
        if len(people) != 1:
            raise OnePerson()
    if len(people) > LONGEST_LIST:
        raise TooManyAlone(n=len(people), limit=LONGEST_LIST)
    _check_delay(tell_from, kind=kind, at=at)
    assert by.account_id is not None
    row = Access.objects.create(
        kind=kind, about=about, words=words.strip(), body=body or "", instrument=instrument.strip(),
        article=article.strip(), barred=barred, n=len(people), tell_from=tell_from, renews=renews, asked_by_id=by.account_id,
        asked_office_id=seat.office_id, asked_role=seat.role, asked_at=at,
    )  # fmt: skip
    AccessPerson.objects.bulk_create(AccessPerson(access=row, person_id=pk) for pk in people)
    open_subject(row.pk)
    record(
        kind="access.asked", about=row.pk, by=by.account_id, at=at, access=str(kind), n=len(people),
        delayed=tell_from.isoformat() if tell_from else None,
    )  # fmt: skip
    return row


def _check_delay(tell_from: date | None, *, kind: AccessKind, at: datetime) -> None:
    today = at.astimezone(CHINA).date()
    latest = latest_delay(today)
    wrong = DelayWrong(latest=latest.isoformat(), months=LONGEST_DELAY_MONTHS)
    if tell_from is None:
        if kind is AccessKind.DELAY:
            raise wrong
        return
    if kind not in (AccessKind.OUTSIDE, AccessKind.DELAY) or not today < tell_from <= latest:
        raise wrong


@transaction.atomic
def delay_access(
    *,
    by: Actor,
    access_id: UUID,
    at: datetime,
    words: str,
    tell_from: date | None,
    proved_at: datetime | None,
) -> Access:
    """Ask that the person be told still later: another request, agreed to by a second person like the first."""
    row = access_for(by, access_id)
    if row.tell_from is None or row.tell_from <= at.astimezone(CHINA).date() or row.kind == AccessKind.DELAY:
        raise NothingToTell()
    record(kind="access.delayed", about=row.pk, by=by.account_id, at=at)
    return ask_access(
        by=by, at=at, kind=AccessKind.DELAY, person_ids=[], about=row.about, words=words, proved_at=proved_at,
        instrument=row.instrument, article=row.article, tell_from=tell_from, barred=row.barred, renews=row,
    )  # fmt: skip


@transaction.atomic
def approve_access(
    *, by: Actor, access_id: UUID, at: datetime, proved_at: datetime | None, words: str = ""
) -> Access:
    """The second person: of another unit, not of the one that handles the matter, with a factor of this moment."""
    row, seat = _decide(by, access_id, at, proved_at, "approve", words)
    if row.renews_id is not None:
        Access.objects.filter(pk=row.renews_id).update(tell_from=row.tell_from)
    record(kind="access.approved", about=row.pk, by=by.account_id, at=at, office_id=str(seat.office_id))
    return row


@transaction.atomic
def refuse_access(
    *, by: Actor, access_id: UUID, at: datetime, proved_at: datetime | None, words: str = ""
) -> Access:
    row, seat = _decide(by, access_id, at, proved_at, "refuse", words)
    record(kind="access.refused", about=row.pk, by=by.account_id, at=at, office_id=str(seat.office_id))
    return row


def _decide(
    by: Actor, access_id: UUID, at: datetime, proved_at: datetime | None, act: str, words: str
) -> tuple[Access, Seat]:
    seat = by.must(Verb.ACCESS_APPROVE)
    row = access_for(by, access_id, lock=True)
    must_be_fresh(proved_at, at=at)
    if row.asked_by_id == by.account_id:
        raise ApproverIsAsker()
    if row.state != AccessState.ASKED:
        raise AccessDecided(state=AccessState(row.state).label)
    if at - row.asked_at > ASKED_FOR:
        raise AskOld(hours=int(ASKED_FOR.total_seconds() // 3600))
    if too_near(row, by):
        raise SameUnit()
    assert by.account_id is not None
    row.state = ACCESS.after(AccessState(row.state), act)
    row.decided_by_id, row.decided_office_id = by.account_id, seat.office_id
    row.decided_at, row.decided_words = at, words.strip()
    row.save(update_fields=["state", "decided_by", "decided_office", "decided_at", "decided_words"])
    return row, seat


def open_access(
    *, by: Actor, access_id: UUID, at: datetime, proved_at: datetime | None
) -> dict[UUID, Contact]:
    """What was agreed to, for who asked, while they sit where they asked from. Looks and fact are committed first."""
    with transaction.atomic(durable=True):
        row = access_for(by, access_id, lock=True)
        seat = _may_open(by, row, at)
        must_be_fresh(proved_at, at=at)
        people = list(
            AccessPerson.objects.filter(access=row).order_by("person_id").values_list("person_id", flat=True)
        )
        outside, listed = row.kind == AccessKind.OUTSIDE, row.kind == AccessKind.EXPORT
        write_looks(
            by=by, person_ids=people, purpose=Purpose.OUTSIDE if outside else Purpose.HANDLE, about=row.about, at=at,
            kind=LookKind.EXPORTED if listed else LookKind.OPENED, access=row, seat=seat,
        )  # fmt: skip
        row.opened_at = at
        row.save(update_fields=["opened_at"])
        record(kind="access.opened", about=row.pk, by=by.account_id, at=at, n=len(people))
    return {pk: sealed_contact(pk) for pk in people}


def _may_open(by: Actor, row: Access, at: datetime) -> Seat:
    if row.asked_by_id != by.account_id:
        raise NotFound()
    seat = next(
        (
            one
            for one in by.seats_for(Verb.ACCESS_ASK)
            if one.office_id == row.asked_office_id and one.role == row.asked_role
        ),
        None,
    )
    if seat is None:
        raise SeatGone()
    if row.state != AccessState.APPROVED or row.decided_at is None or row.kind == AccessKind.DELAY:
        raise NotApproved()
    if not row.decided_at <= at <= row.decided_at + OPEN_FOR:
        raise AccessExpired(minutes=int(OPEN_FOR.total_seconds() // 60))
    if row.kind == AccessKind.EXPORT and row.opened_at is not None:
        raise AccessUsed()
    return seat
