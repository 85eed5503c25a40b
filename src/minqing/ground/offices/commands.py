"""Everything that writes offices, appointments, accounts and tokens."""

import hashlib
import secrets
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from minqing.charter import Role
from minqing.ground.offices.models import Account, Appointment, Kin, Office, Post, Token
from minqing.ground.offices.rules import OfficeKind, UnknownOffice


@transaction.atomic
def open_office(
    *, code: str, name: str, name_en: str, kind: OfficeKind, place_code: str, place_path: str,
    superior: str | None, telephone: str = "", on: date,
) -> UUID:  # fmt: skip
    """Add an office below its superior (named by code); renews name and line when the code is known."""
    above = Office.objects.filter(code=superior).first() if superior else None
    if superior and above is None:
        raise UnknownOffice(typed=superior)
    path = (above.path if above else "/") + code + "/"
    values = {
        "name": name, "name_en": name_en, "kind": kind, "place_id": place_code, "place_path": place_path,
        "superior": above, "path": path, "telephone": telephone, "open_from": on,
    }  # fmt: skip
    row, _ = Office.objects.update_or_create(code=code, defaults=values)
    return row.pk


@transaction.atomic
def open_account(*, username: str, name: str, name_en: str = "", password: str | None = None) -> UUID:
    row = Account(username=username, name=name, name_en=name_en)
    row.set_password(password)
    row.save()
    return row.pk


def set_password(*, account_id: UUID, password: str | None) -> None:
    """A new password; None leaves the account without one, so that nobody signs in with it."""
    row = Account.objects.get(pk=account_id)
    row.set_password(password)
    row.save(update_fields=["password"])


def add_post(*, office_id: UUID, title: str, title_en: str, role: Role, public_line: str = "") -> UUID:
    return Post.objects.create(
        office_id=office_id, title=title, title_en=title_en, role=role, public_line=public_line
    ).pk


def appoint(*, account_id: UUID, post_id: UUID, on: date, deputising: bool = False) -> UUID:
    return Appointment.objects.create(
        account_id=account_id, post_id=post_id, from_on=on, deputising=deputising
    ).pk


def dismiss(*, appointment_id: UUID, on: date) -> None:
    Appointment.objects.filter(pk=appointment_id, to_on__isnull=True).update(to_on=on)


def declare_kin(
    *, account_id: UUID, relation: str, other_id: UUID | None, office_id: UUID | None, on: date
) -> None:
    Kin.objects.create(
        account_id=account_id, relation=relation, other_id=other_id, office_id=office_id, declared_on=on
    )


def give_token(*, account_id: UUID, at: datetime, days: int = 30) -> str:
    """A new bare bearer token; only its hash is stored, so it is shown this once."""
    bare = "mq_" + secrets.token_urlsafe(32)
    Token.objects.create(
        hash=hashlib.sha256(bare.encode()).digest(),
        account_id=account_id,
        created_at=at,
        expires_at=at + timedelta(days=days),
    )
    return bare
