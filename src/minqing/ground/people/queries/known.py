"""Reads of people. Names and contacts leave this room only through `open_contact` (commands)."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q

from minqing.charter import Actor, Role, Verb
from minqing.ground.law.queries import today
from minqing.ground.people.models import Household, Look, Person
from minqing.ground.people.rules import (
    AAD,
    AskedTooOften,
    BlindKind,
    Contact,
    LookKind,
    OutsideBody,
    Purpose,
    ReplyBy,
    is_mail_address,
)
from minqing.kernel.keys import secret, unwrap
from minqing.methods import codes, seal
from minqing.methods.clock import CHINA, end_of

MOST_COMPARED = 200


@dataclass(frozen=True)
class Mask:
    """What everybody else may see of a person."""

    name: str
    phone: str
    reply_by: str
    lang: str


@dataclass(frozen=True)
class LookLine:
    at: datetime
    office: str
    office_en: str
    role: str
    purpose: Purpose
    kind: LookKind = LookKind.OPENED
    body: OutsideBody | None = None
    role_label: str = ""


@dataclass(frozen=True)
class Askable:
    """Whose contact budget an ask to this person uses, whether they asked not to be asked, and how they want word."""

    person_id: UUID
    household_id: UUID
    stopped: bool
    reply_by: str


def askable(person_ids: set[UUID]) -> dict[UUID, Askable]:
    """A person of no known household stands for one of their own."""
    rows = Person.objects.filter(pk__in=person_ids)
    return {
        pk: Askable(pk, household_id or pk, stopped_at is not None, reply_by)
        for pk, household_id, stopped_at, reply_by in rows.values_list(
            "pk", "household_id", "stop_asking_at", "reply_by"
        )
    }


def stopped_in(household_ids: set[UUID]) -> set[UUID]:
    """The households of which somebody asked not to be asked any more."""
    rows = Person.objects.filter(
        Q(household_id__in=household_ids) | Q(pk__in=household_ids), stop_asking_at__isnull=False
    )
    return {household_id or pk for pk, household_id in rows.values_list("pk", "household_id")}


def masks_of(person_ids: set[UUID]) -> dict[UUID, Mask]:
    rows = Person.objects.filter(pk__in=person_ids).values_list(
        "pk", "mask_name", "mask_phone", "reply_by", "lang"
    )
    return {pk: Mask(name, phone, reply_by, lang) for pk, name, phone, reply_by, lang in rows}


def household_by_key(external_key: str) -> UUID | None:
    """The household of a number in the county's own list."""
    return Household.objects.filter(external_key=external_key).values_list("pk", flat=True).first()


def household_masks(household_ids: set[UUID]) -> dict[UUID, tuple[str, ...]]:
    """The masked names of who lives in each household."""
    rows = Person.objects.filter(household_id__in=household_ids).exclude(mask_name="")
    masks: dict[UUID, tuple[str, ...]] = {}
    for pk, mask in rows.order_by("created_at", "id").values_list("household_id", "mask_name"):
        masks[pk] = (*masks.get(pk, ()), mask)
    return masks


def looks_of(person_id: UUID, *, on: date | None = None) -> list[LookLine]:
    """Who opened this person's identity, newest first, without the officer's name.

    What an instrument and two persons delayed appears on its day, as if it had always stood there.
    """
    told = Q(access__tell_from__isnull=True) | Q(access__tell_from__lte=on or today())
    rows = (
        Look.objects.filter(told, person_id=person_id)
        .select_related("office", "access")
        .order_by("-at")[:100]
    )
    return [
        LookLine(
            r.at,
            r.office.name if r.office else "",
            r.office.name_en if r.office else "",
            r.role,
            Purpose(r.purpose),
            LookKind(r.kind),
            OutsideBody(r.access.body) if r.access and r.access.body else None,
            Role(r.role).label if r.role in Role.values() else "",
        )
        for r in rows
    ]


@dataclass(frozen=True)
class LookRow:
    """One opened identity as the auditor sees it: which office and role, why, about which matter; not whose, not by name."""

    id: UUID
    at: datetime
    office: str
    office_en: str
    role: str
    purpose: Purpose
    about: str
    kind: LookKind = LookKind.OPENED


@dataclass(frozen=True)
class LookFilters:
    """What the auditor's list is narrowed to; an empty value does not narrow."""

    since: date | None = None
    until: date | None = None
    office_id: UUID | None = None
    role: str = ""
    purpose: str = ""


def looks_for(
    by: Actor, wanted: LookFilters, *, after: UUID | None = None, size: int = 50
) -> tuple[list[LookRow], UUID | None]:
    """Opened identities, newest first, and where the next page starts."""
    by.must(Verb.LOOK_VIEW)
    rows = Look.objects.select_related("office")
    if wanted.since:
        rows = rows.filter(at__gte=datetime.combine(wanted.since, datetime.min.time(), CHINA))
    if wanted.until:
        rows = rows.filter(at__lt=end_of(wanted.until))
    if wanted.office_id:
        rows = rows.filter(office_id=wanted.office_id)
    if wanted.role:
        rows = rows.filter(role=wanted.role)
    if wanted.purpose:
        rows = rows.filter(purpose=wanted.purpose)
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-id")[: size + 1])
    lines = [
        LookRow(
            r.pk,
            r.at,
            r.office.name if r.office else "",
            r.office.name_en if r.office else "",
            r.role,
            Purpose(r.purpose),
            r.about,
            LookKind(r.kind),
        )
        for r in found[:size]
    ]
    return lines, lines[-1].id if len(found) > size else None


def blind_of(kind: BlindKind, number: str) -> bytes:
    """The slow index of a number, written in its one way; 16 bytes that say nothing without the pepper."""
    plain = codes.e164(number) if kind is BlindKind.PHONE else codes.read_citizen_number(number).number
    mac = codes.blind_mac(secret("pepper"), f"{kind}/v1|{plain}")
    return codes.blind_index(mac, f"bi/v1-county-{settings.MINQING_COUNTY}".encode())


def one_number(person_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Of these few, who left the same telephone number as one named before them: person → the first.

    Compared here, opened and forgotten; the index is not asked, which answers nobody who left the same as whom.
    """
    asked = list(dict.fromkeys(person_ids))[:MOST_COMPARED]
    rows = Person.objects.filter(pk__in=asked, sealed__isnull=False).exclude(mask_phone="")
    phones = {row.pk: codes.e164(opened(row).phone) for row in rows}
    first: dict[str, UUID] = {}
    return {pk: first.setdefault(phones[pk], pk) for pk in asked if phones.get(pk)}


def people_at(phone: str, name: str) -> list[UUID]:
    """Whose number and name are exactly these. Both must fit: nobody is found by half.

    The index lies where this role reads nothing: its function takes one slow value and answers with at most fifty ids.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT people_sealed_match(%s, %s)", [str(BlindKind.PHONE), blind_of(BlindKind.PHONE, phone)]
        )
        found = [row[0] for row in cursor.fetchall()]
    if None in found:
        raise AskedTooOften()
    return [pk for pk in found if same_name(sealed_contact(pk).name, name)]


def same_name(kept: str, said: str) -> bool:
    return "".join(kept.split()) == "".join(said.split()) != ""


def ways_to(person_id: UUID) -> frozenset[ReplyBy]:
    """The ways on which this person can be reached with what they left. Says only that it is there, not what it is."""
    left = sealed_contact(person_id)
    found = {ReplyBy.ONLINE, ReplyBy.IN_PERSON}
    found |= {ReplyBy.SMS, ReplyBy.PHONE} if left.phone else set()
    found |= {ReplyBy.EMAIL} if is_mail_address(left.email) else set()
    return frozenset(found | ({ReplyBy.LETTER} if left.address else set()))


def sealed_contact(person_id: UUID) -> Contact:
    """For sending and rendering inside the system; a person at a screen goes through `open_contact`."""
    row = Person.objects.filter(pk=person_id).first()
    return Contact() if row is None else opened(row)


def opened(row: Person) -> Contact:
    if row.key is None or row.sealed is None:
        return Contact()
    key = unwrap(bytes(row.key))
    return Contact(**json.loads(seal.open_(key, AAD, bytes(row.sealed))))
