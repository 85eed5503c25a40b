"""Who is kept, sealed; what they change; and the index of their numbers."""

import json
import os
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from minqing.ground.people.models import Household, Person
from minqing.ground.people.queries import blind_of, sealed_contact
from minqing.ground.people.rules import AAD, BlindKind, Contact, PhoneUnreadable, ReplyBy
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import cipher, wrap
from minqing.methods import codes, seal

_written = json.JSONEncoder(ensure_ascii=False).encode


def read_phone(typed: str) -> str:
    """Digits (and a leading +) of a typed telephone number, "" when none was typed."""
    text = "".join(
        c
        for c in typed.translate(str.maketrans("０１２３４５６７８９＋", "0123456789+"))
        if c.isdigit() or c == "+"
    )
    if typed.strip() and not 5 <= len(text) <= 16:
        raise PhoneUnreadable(typed=typed[:40])
    return text


def sealed_row(
    contact: Contact, *, place: str | None, reply_by: ReplyBy, lang: str, at: datetime
) -> dict[str, Any]:
    """The parameters of `rules.PERSON_SQL` (without the id) for one person, sealed under a fresh key."""
    key = os.urandom(32)
    plain = _written({k: v for k, v in vars(contact).items() if v}).encode()
    empty = contact.empty()
    return {
        "person_id": uuid7(),
        "person_key": None if empty else wrap(key),
        "person_sealed": None if empty else seal.seal(key, AAD, plain, algorithm=cipher()),
        "mask_name": codes.mask_name(contact.name) if contact.name else "",
        "mask_phone": codes.mask_phone(contact.phone) if contact.phone else "",
        "place": place,
        "reply_by": str(reply_by),
        "lang": lang,
        "at": at,
    }


def keep_person(contact: Contact, *, place: str | None, reply_by: ReplyBy, lang: str, at: datetime) -> UUID:
    row = sealed_row(contact, place=place, reply_by=reply_by, lang=lang, at=at)
    person = Person.objects.create(
        id=row["person_id"], key=row["person_key"], sealed=row["person_sealed"], mask_name=row["mask_name"],
        mask_phone=row["mask_phone"], place_id=place, reply_by=row["reply_by"], lang=lang, created_at=at,
    )  # fmt: skip
    return person.pk


def open_household(*, place: str | None, external_key: str | None = None) -> UUID:
    if external_key is None:
        return Household.objects.create(place_id=place).pk
    return Household.objects.get_or_create(external_key=external_key, defaults={"place_id": place})[0].pk


def live_in(*, person_id: UUID, household_id: UUID) -> None:
    Person.objects.filter(pk=person_id).update(household_id=household_id)


def stop_asking(*, person_id: UUID, at: datetime | None) -> None:
    """The person asks not to be asked any more (None: may be asked again). Silence costs nobody anything."""
    Person.objects.filter(pk=person_id).update(stop_asking_at=at)


def forget_contact(*, person_id: UUID) -> None:
    """The sealed identity goes for good: it has been handed, sealed, to the office that may know it."""
    with transaction.atomic():
        Person.objects.filter(pk=person_id).update(key=None, sealed=None, mask_name="", mask_phone="")
        _put_index(person_id, BlindKind.PHONE, None)


@transaction.atomic
def leave_mail(*, person_id: UUID, email: str) -> None:
    """The person writes down, or changes, where mail may be sent; everything else they left stays, sealed anew."""
    row = Person.objects.select_for_update().get(pk=person_id)
    contact = replace(sealed_contact(person_id), email=email)
    new = sealed_row(contact, place=None, reply_by=ReplyBy.EMAIL, lang=row.lang, at=row.created_at)
    Person.objects.filter(pk=person_id).update(key=new["person_key"], sealed=new["person_sealed"])


def change_reply_by(*, person_id: UUID, reply_by: ReplyBy) -> None:
    Person.objects.filter(pk=person_id).update(reply_by=reply_by)


def index_contacts(limit: int = 4) -> int:
    """Make the blind index of people who left a telephone number; the worker does a few at a time. How many were done."""
    todo = list(
        Person.objects.filter(sealed__isnull=False, indexed=False)
        .order_by("created_at", "id")
        .values_list("pk", flat=True)[:limit]
    )
    for pk in todo:
        phone = read_phone(sealed_contact(pk).phone)
        slow = blind_of(BlindKind.PHONE, phone) if phone else None
        with transaction.atomic():
            _put_index(pk, BlindKind.PHONE, slow)
            Person.objects.filter(pk=pk).update(indexed=True)
    return len(todo)


def _put_index(person_id: UUID, kind: BlindKind, slow: bytes | None) -> None:
    """Into the index, or out of it (None). Of a person whose identity is gone nothing is put in."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_sealed_put(%s, %s, %s)", [person_id, str(kind), slow])
