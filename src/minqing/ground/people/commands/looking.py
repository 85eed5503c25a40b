"""No log, no look: the look is committed before the identity is opened."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Seat, Verb
from minqing.ground.people.models import Access, Look
from minqing.ground.people.queries import sealed_contact
from minqing.ground.people.rules import Contact, LookKind, NoContact, Purpose
from minqing.kernel.errors import NotSignedIn


@transaction.atomic
def look(
    *,
    by: Actor,
    person_id: UUID,
    purpose: Purpose,
    about: str,
    at: datetime,
) -> None:
    """Write down that somebody was found by name and number, or is about to be shown, inside the caller's transaction."""
    kind = LookKind.FOUND if purpose is Purpose.LOST_SLIP else LookKind.OPENED
    write_looks(by=by, person_ids=[person_id], purpose=purpose, about=about, at=at, kind=kind)


def write_looks(
    *,
    by: Actor,
    person_ids: Iterable[UUID],
    purpose: Purpose,
    about: str,
    at: datetime,
    kind: LookKind,
    access: Access | None = None,
    seat: Seat | None = None,
) -> None:
    """One line a person, inside the caller's transaction; it names the seat by whose verb it was done."""
    if by.account_id is None:
        raise NotSignedIn()
    seat = seat or (by.seats[0] if by.seats else None)
    Look.objects.bulk_create(
        Look(
            person_id=person_id, account_id=by.account_id, office_id=seat.office_id if seat else None,
            role=str(seat.role) if seat else "", purpose=purpose, kind=kind, access=access, about=about, at=at,
        )
        for person_id in person_ids
    )  # fmt: skip


def open_contact(*, by: Actor, person_id: UUID, purpose: Purpose, about: str, at: datetime) -> Contact:
    """The identity in clear, after the look is durably written. The caller has checked that the matter is theirs.

    `durable`: inside somebody's transaction the look could be rolled back after the eyes have seen; that is a bug.
    """
    seat = by.must(Verb.CALLBACK_WORK if purpose is Purpose.CALLBACK else Verb.CONTACT_OPEN)
    with transaction.atomic(durable=True):
        write_looks(
            by=by,
            person_ids=[person_id],
            purpose=purpose,
            about=about,
            at=at,
            kind=LookKind.OPENED,
            seat=seat,
        )
    contact = sealed_contact(person_id)
    if contact.empty():
        raise NoContact()
    return contact


def open_list(
    *, by: Actor, person_ids: list[UUID], purpose: Purpose, about: str, at: datetime
) -> dict[UUID, Contact]:
    """A list that one person may take out alone: every look is durably written before the first is opened."""
    seat = by.must(Verb.CONTACT_OPEN)
    with transaction.atomic(durable=True):
        write_looks(
            by=by,
            person_ids=person_ids,
            purpose=purpose,
            about=about,
            at=at,
            kind=LookKind.EXPORTED,
            seat=seat,
        )
    return {pk: sealed_contact(pk) for pk in person_ids}
