"""Reads of offices, seats and accounts."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.utils.translation import get_language

from minqing.charter import Actor, Role, Seat, Verb
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
from minqing.kernel.errors import NotFound


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


def office_list(
    *, on: date, code: str = "", name: str = "", kind: OfficeKind | None = None, after: str = "", size: int = 100
) -> tuple[list[OfficeLine], str]:  # fmt: skip
    """Offices open on the day by code, narrowed by its beginning and by a part of the name, and where to go on."""
    rows = Office.objects.filter(Q(open_to__isnull=True) | Q(open_to__gte=on), code__startswith=code)
    rows = rows.filter(Q(name__icontains=name) | Q(name_en__icontains=name), code__gt=after)
    found = (rows.filter(kind=kind) if kind else rows).order_by("code")[: size + 1]
    lines = [line(row) for row in found]
    return lines[:size], lines[size - 1].code if len(lines) > size else ""


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
        )
        for r in rows.order_by("post__office__code", "account__name", "id")
    ]  # fmt: skip


def _said(name: str, name_en: str) -> str:
    """A name in the language of the page."""
    return name_en if name_en and (get_language() or "").startswith("en") else name


def account_names(account_ids: set[UUID], *, english: bool = False) -> dict[UUID, str]:
    rows = Account.objects.filter(pk__in=account_ids).values_list("pk", "name", "name_en")
    return {pk: (name_en or name) if english else name for pk, name, name_en in rows}


def account_by_username(username: str) -> UUID | None:
    return Account.objects.filter(username=username).values_list("pk", flat=True).first()


def accounts_by_username() -> dict[str, UUID]:
    return dict(Account.objects.values_list("username", "pk"))


def post_known(account_id: UUID, office_id: UUID, role: Role) -> bool:
    """Whether the account holds, or held, a post of that role in that office."""
    return Appointment.objects.filter(
        account_id=account_id, post__office_id=office_id, post__role=role
    ).exists()


def email_of(account_id: UUID) -> str:
    """Where messages to a member of staff go; empty when none is known or the account is closed."""
    return Account.objects.filter(pk=account_id, is_active=True).values_list("email", flat=True).first() or ""


@dataclass(frozen=True)
class PublicLine:
    """One entry of the public book of numbers: a post in force, never a person's name."""

    office: str
    office_en: str
    title: str
    title_en: str
    line: str
    place_path: str


def public_lines(*, on: date) -> list[PublicLine]:
    """The public book of numbers: every post that has a telephone line, by office."""
    rows = (
        Appointment.objects.filter(in_force(on)).exclude(post__public_line="").select_related("post__office")
    )
    found = [
        PublicLine(
            r.post.office.name, r.post.office.name_en, r.post.title, r.post.title_en, r.post.public_line,
            r.post.office.place_path,
        )
        for r in rows.order_by("post__office__code", "post_id", "id")
    ]  # fmt: skip
    return list(dict.fromkeys(found))


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


# What the system administrator sees: accounts and posts, nothing of what they work on


@dataclass(frozen=True)
class PostLine:
    """A post with who holds it (deputies marked) on a day; nobody: vacant."""

    id: UUID
    office_id: UUID
    title: str
    title_en: str
    role: Role
    public_line: str
    holders: tuple[tuple[str, bool], ...]


@dataclass(frozen=True)
class AppointmentLine:
    id: UUID
    office: str
    office_en: str
    title: str
    title_en: str
    role: Role
    from_on: date
    to_on: date | None
    deputising: bool


@dataclass(frozen=True)
class AccountLine:
    id: UUID
    username: str
    name: str
    email: str
    open: bool
    second_factor: bool
    appointments: tuple[AppointmentLine, ...]
    tokens: tuple[tuple[datetime, datetime], ...] = ()


@dataclass(frozen=True)
class KinLine:
    id: UUID
    relation: str
    other: str
    office: str
    declared_on: date


ACCOUNTS_A_PAGE = 50


def _appointment(row: Appointment) -> AppointmentLine:
    return AppointmentLine(
        row.pk, row.post.office.name, row.post.office.name_en, row.post.title, row.post.title_en, Role(row.post.role),
        row.from_on, row.to_on, row.deputising,
    )  # fmt: skip


def account_lines(
    by: Actor, *, on: date, words: str = "", closed: bool = False, after: str = ""
) -> tuple[list[AccountLine], str]:
    """Accounts by username with their posts of the day, and the username the next page starts after."""
    by.must(Verb.ACCOUNT_EDIT)
    posts = (
        Appointment.objects.filter(in_force(on))
        .select_related("post__office")
        .order_by("deputising", "from_on", "id")
    )
    rows = Account.objects.filter(is_active=not closed).order_by("username")
    if words:
        rows = rows.filter(Q(username__icontains=words) | Q(name__icontains=words))
    if after:
        rows = rows.filter(username__gt=after)
    found = list(
        rows.annotate(factor=Exists(Authenticator.objects.filter(user_id=OuterRef("pk"))))
        .prefetch_related(Prefetch("appointments", queryset=posts, to_attr="held"))[: ACCOUNTS_A_PAGE + 1]
    )  # fmt: skip
    lines = [
        AccountLine(
            r.pk, r.username, r.name, r.email, r.is_active, r.factor, tuple(_appointment(a) for a in r.held)
        )
        for r in found[:ACCOUNTS_A_PAGE]
    ]
    return lines, lines[-1].username if len(found) > ACCOUNTS_A_PAGE else ""


def account_page(by: Actor, account_id: UUID) -> AccountLine:
    """One account with every appointment it ever had, and when its tokens end."""
    by.must(Verb.ACCOUNT_EDIT)
    row = Account.objects.filter(pk=account_id).first()
    if row is None:
        raise NotFound()
    held = (
        Appointment.objects.filter(account_id=account_id)
        .select_related("post__office")
        .order_by("-from_on", "id")
    )
    tokens = (
        Token.objects.filter(account_id=account_id)
        .order_by("created_at")
        .values_list("created_at", "expires_at")
    )
    factor = Authenticator.objects.filter(user_id=account_id).exists()
    posts = tuple(_appointment(one) for one in held)
    return AccountLine(row.pk, row.username, row.name, row.email, row.is_active, factor, posts, tuple(tokens))


def posts_of(office_ids: set[UUID], *, on: date) -> list[PostLine]:
    """Posts of the offices with their holders of the day."""
    held = (
        Appointment.objects.filter(in_force(on), account__is_active=True)
        .select_related("account")
        .order_by("deputising", "from_on", "id")
    )
    rows = Post.objects.filter(office_id__in=office_ids).order_by("office__code", "role", "title", "id")
    return [
        PostLine(
            r.pk, r.office_id, r.title, r.title_en, Role(r.role), r.public_line,
            tuple((_said(a.account.name, a.account.name_en), a.deputising) for a in r.held),
        )
        for r in rows.prefetch_related(Prefetch("appointments", queryset=held, to_attr="held"))
    ]  # fmt: skip


def own_kin(by: Actor) -> list[KinLine]:
    """What a member of staff has declared about themselves; nobody else reads this list."""
    if by.account_id is None:
        return []
    rows = (
        Kin.objects.filter(account_id=by.account_id)
        .select_related("other", "office")
        .order_by("-declared_on", "id")
    )
    return [
        KinLine(
            r.pk,
            r.relation,
            _said(r.other.name, r.other.name_en) if r.other else "",
            _said(r.office.name, r.office.name_en) if r.office else "",
            r.declared_on,
        )
        for r in rows
    ]
