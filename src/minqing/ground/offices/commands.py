"""Everything that writes offices, appointments, accounts and tokens.

The first half is for wiring (the first start, the demo, an import); the second is what the system administrator does at
the desk, each act with its gate and its fact. What stands in the log about an account is an act, never a name.
"""

import hashlib
import re
import secrets
from collections.abc import Callable
from datetime import date, datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db import transaction

from minqing.charter import Actor, Role, Verb
from minqing.ground.offices import rules
from minqing.ground.offices.models import Account, Appointment, Kin, Office, Post, Token
from minqing.ground.offices.queries import in_force
from minqing.ground.offices.rules import OfficeKind, UnknownOffice
from minqing.kernel.errors import NotFound
from minqing.record.facts.commands import open_subject, record
from minqing.record.facts.queries import kinds_about


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


@transaction.atomic
def sign_on(*, account_id: UUID, key: str, lives: Callable[[str], bool]) -> list[str]:
    """One more browser of this account; gives back the sessions that are too many now. No time is kept of any of them."""
    row = Account.objects.select_for_update().get(pk=account_id)
    kept = [one for one in row.signed_on if one != key and lives(one)]
    too_many = kept[: max(0, len(kept) + 1 - rules.MOST_SESSIONS)]
    row.signed_on = [*kept[len(too_many) :], key]
    row.save(update_fields=["signed_on"])
    return too_many


@transaction.atomic
def sign_off(*, account_id: UUID, key: str) -> None:
    row = Account.objects.select_for_update().filter(pk=account_id).first()
    if row is not None and key in row.signed_on:
        row.signed_on = [one for one in row.signed_on if one != key]
        row.save(update_fields=["signed_on"])


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


# The system administrator at the desk

USERNAME = re.compile(r"[a-z0-9][a-z0-9.\-]{2,39}")


def _account(by: Actor, account_id: UUID, *, oneself: bool = False) -> Account:
    """Another's account, locked. Nobody changes their own standing, whatever they may do to others'."""
    by.must(Verb.ACCOUNT_EDIT)
    if account_id == by.account_id and not oneself:
        raise rules.NotOneself()
    row = Account.objects.select_for_update(no_key=True).filter(pk=account_id).first()
    if row is None:
        raise NotFound()
    return row


def _record(kind: str, account_id: UUID, by: Actor, at: datetime, **body: object) -> None:
    if not kinds_about(account_id):
        open_subject(account_id)
    record(kind=kind, about=account_id, by=by.account_id, at=at, **body)


def new_password() -> str:
    return secrets.token_urlsafe(12)


@transaction.atomic
def open_staff_account(
    *, by: Actor, username: str, name: str, name_en: str = "", email: str = "", at: datetime
) -> tuple[UUID, str]:
    """A new account without any post, and its first password, shown once."""
    by.must(Verb.ACCOUNT_EDIT)
    if not USERNAME.fullmatch(username):
        raise rules.UsernameUnfit()
    if Account.objects.filter(username=username).exists():
        raise rules.UsernameTaken(typed=username)
    password = new_password()
    account_id = open_account(username=username, name=name, name_en=name_en, password=password)
    Account.objects.filter(pk=account_id).update(email=email)
    _record("account.opened", account_id, by, at)
    return account_id, password


@transaction.atomic
def close_account(*, by: Actor, account_id: UUID, at: datetime) -> None:
    """Signed out everywhere, tokens void; appointments stay as they were, so that what was done keeps its name."""
    row = _account(by, account_id)
    row.is_active = False
    row.save(update_fields=["is_active"])
    Token.objects.filter(account_id=account_id).delete()
    _record("account.closed", account_id, by, at)


@transaction.atomic
def reopen_account(*, by: Actor, account_id: UUID, at: datetime) -> None:
    row = _account(by, account_id)
    row.is_active = True
    row.save(update_fields=["is_active"])
    _record("account.reopened", account_id, by, at)


@transaction.atomic
def reset_password(*, by: Actor, account_id: UUID, at: datetime) -> str:
    """A new first password, shown once; whoever was signed in with the old one is signed out."""
    row, password = _account(by, account_id), new_password()
    row.set_password(password)
    row.save(update_fields=["password"])
    _record("account.password-reset", account_id, by, at)
    return password


@transaction.atomic
def reset_second_factor(*, by: Actor, account_id: UUID, at: datetime) -> int:
    """The telephone is lost: TOTP and recovery codes go, the person sets them up anew at the next sign-in."""
    _account(by, account_id)
    gone, _ = Authenticator.objects.filter(user_id=account_id).delete()
    _record("account.second-factor-reset", account_id, by, at)
    return gone


@transaction.atomic
def appoint_account(
    *, by: Actor, account_id: UUID, post_id: UUID, on: date, deputising: bool = False, at: datetime
) -> UUID:
    """Appoint to a post from a day on. A post has one holder; deputies beside or instead of them are marked so."""
    _account(by, account_id)
    post = Post.objects.select_for_update(no_key=True).filter(pk=post_id).first()
    if post is None:
        raise NotFound()
    held = Appointment.objects.filter(in_force(on), account_id=account_id).values_list(
        "post__role", flat=True
    )
    rules.may_hold(Role(post.role), [Role(role) for role in held])
    if (
        not deputising
        and Appointment.objects.filter(post=post, to_on__isnull=True, deputising=False).exists()
    ):
        raise rules.PostTaken()
    appointment_id = appoint(account_id=account_id, post_id=post_id, on=on, deputising=deputising)
    _record(
        "account.appointed", account_id, by, at, office_id=str(post.office_id), role=post.role,
        on=on.isoformat(), deputising=deputising,
    )  # fmt: skip
    return appointment_id


@transaction.atomic
def dismiss_account(*, by: Actor, appointment_id: UUID, on: date, at: datetime) -> None:
    """End an appointment with a day, that day included."""
    row = Appointment.objects.select_related("post").filter(pk=appointment_id, to_on__isnull=True).first()
    if row is None:
        raise NotFound()
    _account(by, row.account_id)
    if on < row.from_on:
        raise rules.DatesBackwards(since=row.from_on.isoformat())
    dismiss(appointment_id=appointment_id, on=on)
    _record(
        "account.dismissed",
        row.account_id,
        by,
        at,
        office_id=str(row.post.office_id),
        role=row.post.role,
        on=on.isoformat(),
    )


@transaction.atomic
def issue_token(*, by: Actor, account_id: UUID, days: int, at: datetime) -> str:
    """A bearer token for another's API client, shown once."""
    _account(by, account_id)
    bare = give_token(account_id=account_id, at=at, days=days)
    _record("account.token-given", account_id, by, at, days=days)
    return bare


@transaction.atomic
def revoke_tokens(*, by: Actor, account_id: UUID, at: datetime) -> int:
    """All tokens of an account: whoever lost one does not know which."""
    _account(by, account_id)
    gone, _ = Token.objects.filter(account_id=account_id).delete()
    _record("account.tokens-revoked", account_id, by, at)
    return gone


@transaction.atomic
def add_staff_post(
    *, by: Actor, office_id: UUID, title: str, title_en: str, role: Role, public_line: str = "", at: datetime
) -> UUID:
    by.must(Verb.ACCOUNT_EDIT)
    if not Office.objects.filter(pk=office_id).exists():
        raise NotFound()
    return add_post(
        office_id=office_id, title=title, title_en=title_en or title, role=role, public_line=public_line
    )


# Every member of staff for themselves


@transaction.atomic
def declare_own_kin(
    *, by: Actor, relation: str, other: str = "", office_id: UUID | None = None, on: date
) -> None:
    """公务员法 art. 74, 76: who is tied to me, so that I am asked to step aside. `other` is a username."""
    if by.account_id is None:
        raise NotFound()
    other_id = (
        Account.objects.filter(username=other.strip()).values_list("pk", flat=True).first()
        if other.strip()
        else None
    )
    if other_id is None and office_id is None:
        raise rules.KinPointsNowhere()
    if other_id == by.account_id:
        raise rules.KinPointsNowhere()
    declare_kin(account_id=by.account_id, relation=relation, other_id=other_id, office_id=office_id, on=on)


def withdraw_own_kin(*, by: Actor, kin_id: UUID) -> None:
    """A declaration made by mistake; only one's own."""
    if by.account_id is None:
        raise NotFound()
    Kin.objects.filter(pk=kin_id, account_id=by.account_id).delete()
