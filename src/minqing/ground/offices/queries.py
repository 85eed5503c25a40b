"""Reads of offices, seats and accounts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q

from minqing.charter import Actor, Role, Seat
from minqing.ground.offices.models import Account, Appointment, Kin, Office, Post, Token
from minqing.ground.offices.rules import (
    AccountClosed,
    BadToken,
    Holder,
    OfficeKind,
    SmallCounty,
    UnknownOffice,
    week_of,
)


@dataclass(frozen=True)
class OfficeLine:
    id: UUID
    code: str
    name: str
    name_en: str
    kind: str
    path: str
    place_path: str
    superior_id: UUID | None
    telephone: str


@dataclass(frozen=True)
class Colleague:
    account_id: UUID
    name: str
    title: str
    office_id: UUID
    office: str
    name_en: str = ""
    title_en: str = ""
    office_en: str = ""


def line(office: Office) -> OfficeLine:
    return OfficeLine(
        office.pk, office.code, office.name, office.name_en, office.kind, office.path, office.place_path,
        office.superior_id, office.telephone,
    )  # fmt: skip


def in_force(day: date) -> Q:
    return Q(from_on__lte=day) & (Q(to_on__isnull=True) | Q(to_on__gte=day))


def actor(account_id: UUID, *, on: date) -> Actor:
    """The account with the seats its appointments give it on the day."""
    rows = (
        Appointment.objects.filter(in_force(on), account_id=account_id, account__is_active=True)
        .select_related("post__office")
        .order_by("deputising", "from_on", "id")
    )
    seats = tuple(
        Seat(Role(r.post.role), r.post.office_id, r.post.office.path, r.post.office.place_path, r.deputising)
        for r in rows
    )
    return Actor(account_id=account_id, seats=seats)


def actor_of_token(bare: str, *, at: datetime) -> Actor:
    row = Token.objects.select_related("account").filter(pk=hashlib.sha256(bare.encode()).digest()).first()
    if row is None or row.expires_at <= at:
        raise BadToken()
    if not row.account.is_active:
        raise AccountClosed()
    return actor(row.account_id, on=at.date())


def office(office_id: UUID) -> OfficeLine:
    row = Office.objects.filter(pk=office_id).first()
    if row is None:
        raise UnknownOffice(typed=str(office_id))
    return line(row)


def office_by_code(code: str) -> OfficeLine:
    row = Office.objects.filter(code=code).first()
    if row is None:
        raise UnknownOffice(typed=code)
    return line(row)


def offices(*, kinds: list[OfficeKind] | None = None, on: date | None = None) -> list[OfficeLine]:
    rows = Office.objects.all()
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if on:
        rows = rows.filter(Q(open_to__isnull=True) | Q(open_to__gte=on))
    return [line(row) for row in rows.order_by("kind", "code")]


def office_at(kind: OfficeKind) -> OfficeLine:
    """The county's one office of that kind (the first by code)."""
    row = Office.objects.filter(kind=kind).order_by("code").first()
    if row is None:
        raise UnknownOffice(typed=kind.label)
    return line(row)


def names_of(office_ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """Office id → (Chinese name, English name)."""
    return {
        pk: (name, en)
        for pk, name, en in Office.objects.filter(pk__in=office_ids).values_list("pk", "name", "name_en")
    }


def superiors(office_id: UUID) -> list[OfficeLine]:
    """The superior line from the office's direct superior upward."""
    line_up: list[OfficeLine] = []
    row = Office.objects.select_related("superior").filter(pk=office_id).first()
    while row is not None and row.superior_id and len(line_up) < 8:
        row = Office.objects.get(pk=row.superior_id)
        line_up.append(line(row))
    return line_up


def office_of_place(place_path: str, kind: OfficeKind) -> OfficeLine | None:
    """The office of that kind that stands for the place or the nearest place above it."""
    rows = Office.objects.filter(kind=kind)
    above = [row for row in rows if place_path.startswith(row.place_path)]
    return line(max(above, key=lambda row: len(row.place_path))) if above else None


def colleagues(*, role: Role | None = None, office_id: UUID | None = None, on: date) -> list[Colleague]:
    rows = Appointment.objects.filter(in_force(on), account__is_active=True).select_related(
        "account", "post__office"
    )
    if role:
        rows = rows.filter(post__role=role)
    if office_id:
        rows = rows.filter(post__office_id=office_id)
    return [
        Colleague(
            r.account_id, r.account.name, r.post.title, r.post.office_id, r.post.office.name, r.account.name_en,
            r.post.title_en, r.post.office.name_en,
        )  # fmt: skip
        for r in rows.order_by("post__office__code", "account__name", "id")
    ]


def vacancies(*, on: date) -> dict[str, int]:
    """Role → posts without a holder on the day."""
    empty: dict[str, int] = {}
    held = set(Appointment.objects.filter(in_force(on)).values_list("post_id", flat=True))
    for post_id, role in Post.objects.values_list("pk", "role"):
        if post_id not in held:
            empty[role] = empty.get(role, 0) + 1
    return empty


def account_names(account_ids: set[UUID], *, english: bool = False) -> dict[UUID, str]:
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", "name", "name_en")
    return {pk: (name_en or name) if english else name for pk, name, name_en in rows}


def account_by_username(username: str) -> UUID | None:
    return Account.objects.filter(username=username).values_list("pk", flat=True).first()


def post_known(account_id: UUID, office_id: UUID, role: Role) -> bool:
    """Whether the account holds, or held, a post of that role in that office."""
    return Appointment.objects.filter(
        account_id=account_id, post__office_id=office_id, post__role=role
    ).exists()


def email_of(account_id: UUID) -> str:
    """Where messages to a member of staff go; empty when none is known or the account is closed."""
    return Account.objects.filter(pk=account_id, is_active=True).values_list("email", flat=True).first() or ""


def public_lines(*, on: date) -> list[tuple[str, str, str]]:
    """The public book of numbers: (office, title, telephone line) of every post that has one."""
    rows = (
        Appointment.objects.filter(in_force(on)).exclude(post__public_line="").select_related("post__office")
    )
    return [
        (r.post.office.name, r.post.title, r.post.public_line)
        for r in rows.order_by("post__office__code", "id")
    ]


def small_county(on: date, weekly_volume: Mapping[str, int]) -> SmallCounty:
    """小县模式: who must do what each week in minutes, and which protection is off. `weekly_volume`: acts by verb."""
    rows = Appointment.objects.filter(in_force(on), account__is_active=True).select_related(
        "account", "post__office"
    )
    found: dict[UUID, Holder] = {}
    for row in rows.order_by("account__name", "account_id", "from_on", "id"):
        role, before = Role(row.post.role), found.get(row.account_id)
        roles = tuple(dict.fromkeys((*(before.roles if before else ()), role)))
        office_name = before.office if before else row.post.office.name
        found[row.account_id] = Holder(row.account_id, row.account.name, office_name, roles)
    return week_of(found.values(), weekly_volume)


def ties_of(account_id: UUID) -> tuple[set[UUID], set[UUID]]:
    """Declared kin of an account, in both directions: (their accounts, offices tied to them), for recusal."""
    accounts: set[UUID] = set()
    offices: set[UUID] = set()
    rows = Kin.objects.filter(Q(account_id=account_id) | Q(other_id=account_id))
    for who, other, office_id in rows.values_list("account_id", "other_id", "office_id"):
        accounts |= {who, other} - {account_id, None}
        if office_id is not None and who == account_id:
            offices.add(office_id)
    return accounts, offices
