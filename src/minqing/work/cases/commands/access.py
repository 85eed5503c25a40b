"""What of a case one person alone may not open: the confidential contact, the long list, what others ask for by instrument."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.people import commands as people
from minqing.ground.people.rules import (
    MOST_ALONE,
    AccessKind,
    Contact,
    OutsideBody,
    Purpose,
    TooManyAlone,
)
from minqing.record.facts.commands import record
from minqing.work.cases.queries import case_for
from minqing.work.cases.queries.beside import (
    asked_secrecy,
    confidential_person,
    listed_people,
)
from minqing.work.judgement.commands import call
from minqing.work.judgement.queries import callback_for


def ask_access(
    *,
    by: Actor,
    case_id: UUID,
    at: datetime,
    kind: AccessKind,
    words: str,
    proved_at: datetime | None,
    demand_id: UUID | None = None,
    body: OutsideBody | None = None,
    instrument: str = "",
    article: str = "",
    tell_from: date | None = None,
) -> UUID:
    """Ask, with a reason: a second person of another unit has to agree before anything opens."""
    case = case_for(by, Verb.ACCESS_ASK, case_id)
    barred = ""
    if kind is AccessKind.EXPORT:
        persons = [pk for _, pk in listed_people(by, case_id)]
    elif kind is AccessKind.OUTSIDE:
        persons = [confidential_person(by, case_id, demand_id)]
    else:
        kind, persons = AccessKind.CONFIDENTIAL, [confidential_person(by, case_id, demand_id)]
        # Who asked to stay unknown to the office in charge does not have it agree either; unless it is the desk itself.
        own = any(case.holder_path.startswith(seat.office_path) for seat in by.seats_for(Verb.ACCESS_ASK))
        barred = "" if own else case.holder_path
    row = people.ask_access(
        by=by, at=at, kind=kind, person_ids=persons, about=f"case:{case_id}", words=words, proved_at=proved_at, body=body,
        instrument=instrument, article=article, tell_from=tell_from, barred=barred,
    )  # fmt: skip
    return row.pk


def call_person(*, by: Actor, callback_id: UUID, at: datetime, proved_at: datetime | None = None) -> Contact:
    """The number for one call. Who asked for secrecy is called too, by outsiders as always, and after a fresh second factor.

    No second person here: the callers are of no office that handles it, and a call that needs two would not be made.
    """
    if asked_secrecy(callback_for(by, Verb.CALLBACK_WORK, callback_id).voice_id):
        people.must_be_fresh(proved_at, at=at)
    return call(by=by, callback_id=callback_id, at=at)


def open_contacts(*, by: Actor, case_id: UUID, at: datetime) -> list[Contact]:
    """The list of everybody in the case who may be reached, by the office in charge: alone up to twenty."""
    listed = listed_people(by, case_id)
    if len({pk for _, pk in listed}) > MOST_ALONE:
        raise TooManyAlone(n=len({pk for _, pk in listed}), limit=MOST_ALONE)
    office_id = str(by.office_id) if by.office_id else None
    with transaction.atomic():
        for demand_id, _ in listed:
            record(
                kind="contact.opened",
                about=demand_id,
                by=by.account_id,
                at=at,
                case_id=str(case_id),
                office_id=office_id,
            )
    persons = list(dict.fromkeys(pk for _, pk in listed))
    found = people.open_list(
        by=by, person_ids=persons, purpose=Purpose.HANDLE, about=f"case:{case_id}", at=at
    )
    return [found[pk] for pk in persons]
