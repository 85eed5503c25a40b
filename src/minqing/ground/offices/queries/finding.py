"""Accounts by what somebody types: a sign-in without a row of its own, names of people, offices by a part of theirs."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q

from minqing.ground.offices.models import Account, Appointment, Office
from minqing.ground.offices.queries import in_force

MOST = 20


@dataclass(frozen=True)
class Person:
    """An account as one picks it from a list: the name, and the post and office that tell two of one name apart."""

    id: UUID
    name: str
    name_en: str
    post: str
    office: str


def password_fits(username: str, password: str) -> UUID | None:
    """Whose password it is. Reads alone: no hash is renewed, no last sign-in is noted. An unknown name costs as much."""
    row = Account.objects.filter(username=username, is_active=True).values_list("pk", "password").first()
    if row is None:
        make_password(password)
        return None
    pk, kept = row
    return pk if check_password(password, kept) else None


def people_named(names: Iterable[str]) -> list[UUID]:
    """The accounts that bear exactly one of these names, all of one name."""
    wanted = {"".join(name.split()) for name in names} - {""}
    return list(Account.objects.filter(name__in=wanted).order_by("pk").values_list("pk", flat=True))


def people_found(typed: str, *, on: date) -> list[Person]:
    """People in office whose name, post or office holds what was typed."""
    typed = typed.strip()
    if not typed:
        return []
    rows = Appointment.objects.filter(in_force(on), account__is_active=True).filter(
        Q(account__name__icontains=typed)
        | Q(account__name_en__icontains=typed)
        | Q(post__title__icontains=typed)
        | Q(post__office__name__icontains=typed)
    )
    found: dict[UUID, Person] = {}
    for row in rows.select_related("account", "post__office").order_by("account__name", "from_on", "id")[
        : 4 * MOST
    ]:
        one = row.account
        found.setdefault(one.pk, Person(one.pk, one.name, one.name_en, row.post.title, row.post.office.name))
    return list(found.values())[:MOST]


def people_of(account_ids: set[UUID], *, on: date) -> list[Person]:
    """The same for accounts that were picked already; one out of office stands without a post."""
    rows = Appointment.objects.filter(in_force(on), account_id__in=account_ids).select_related("post__office")
    seats = {row.account_id: row.post for row in rows.order_by("-deputising", "-from_on", "id")}
    return [
        Person(one.pk, one.name, one.name_en, post.title if post else "", post.office.name if post else "")
        for one in Account.objects.filter(pk__in=account_ids).only("name", "name_en").order_by("name", "pk")
        for post in [seats.get(one.pk)]
    ]


def offices_found(typed: str, *, on: date) -> list[tuple[UUID, str]]:
    """Offices open on the day whose name holds what was typed."""
    typed = typed.strip()
    if not typed:
        return []
    rows = Office.objects.filter(Q(open_to__isnull=True) | Q(open_to__gte=on))
    rows = rows.filter(Q(name__icontains=typed) | Q(name_en__icontains=typed))
    return list(rows.order_by("code").values_list("pk", "name")[:MOST])
