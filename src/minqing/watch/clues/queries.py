"""Reads of clues. The database itself shows an officer only what they hold a key of, and a slip only its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Any
from uuid import UUID

from django.db import connections, transaction
from psycopg import sql

from minqing.charter import Role
from minqing.ground.offices import queries as offices
from minqing.ground.offices.queries.history import history
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.keys import secret
from minqing.methods import codes, seal
from minqing.watch.clues import rules
from minqing.watch.clues.models import Access, Clue, Duty, Look, Officer, Opening, Refund, Step, Talk
from minqing.watch.clues.rules import (
    ClueState,
    Holding,
    Level,
    Matter,
    NotEligible,
    OfficeTie,
    Org,
    Tie,
    Under,
    UnknownSlip,
    route,
)

DATABASE = "clues"
AT_ONCE = BoundedSemaphore(2)


@contextmanager
def seen_as(*, officer: UUID | None = None, clue: UUID | None = None) -> Iterator[None]:
    """A transaction in which the database shows one officer's clues, or the one clue whose slip was shown.

    Said by a literal, for this transaction alone: what comes after on the same connection sees nothing.
    """
    with transaction.atomic(using=DATABASE):
        with connections[DATABASE].cursor() as cursor:
            for name, value in (("minqing.officer", officer), ("minqing.clue", clue)):
                said = sql.SQL("SET LOCAL {} = {}").format(sql.SQL(name), sql.Literal(str(value or "")))
                cursor.execute(said.as_string(None))
        yield


# The organisation, read in the county


def org(on: date) -> Org:
    known = history(since=rules.since(on))
    return Org(
        holdings=tuple(
            Holding(h.account_id, h.office_id, str(h.role), h.from_on, h.to_on, h.deputising)
            for h in known.held
        ),
        lines=tuple(Under(line.office_id, line.superior_id) for line in known.lines),
        kin=frozenset(
            Tie(k.account_id, k.other_id, k.declared_on) for k in known.kin if k.other_id is not None
        ),
        office_kin=frozenset(
            OfficeTie(k.account_id, k.office_id, k.declared_on) for k in known.kin if k.office_id is not None
        ),
    )


def levels(around: Org, on: date) -> list[Level]:
    """The one body of this county: its discipline office; a second unit, that of organisation, lets words be opened."""
    body = offices.office_at(OfficeKind.DISCIPLINE).id
    held = [h for h in around.holdings if h.from_ <= on and (h.until is None or h.until >= on)]
    inside = frozenset(h.person for h in held if h.role == Role.DISCIPLINE and h.office == body)
    second = frozenset(h.person for h in held if h.role == Role.ORGANISATION)
    return [Level("county", body, clerks=inside, handlers=inside, approvers=inside | second)]


def may_handle(matter: Matter, on: date) -> list[UUID]:
    """To whom it may be given today: kept out by nothing, and holder of a key pair."""
    around = org(on)
    way = route(matter, around, levels(around, on), on)
    have = set(Officer.objects.filter(pk__in=way.handlers).values_list("pk", flat=True))
    return sorted(have, key=str)


def matter_of(kept: dict[str, Any]) -> Matter:
    return Matter(
        accused=frozenset(map(UUID, kept["accused"])), units=frozenset(map(UUID, kept["units"])),
        connivance=bool(kept["connivance"]), named=frozenset(map(UUID, kept["named"])),
        accused_unknown=bool(kept["unknown"]),
    )  # fmt: skip


# Keys


def opened(key: bytes, clue_id: UUID, field: str, sealed: bytes) -> bytes:
    return seal.open_(key, aad(clue_id, field), bytes(sealed))


def aad(clue_id: UUID, field: str) -> bytes:
    return f"clue/v1|{clue_id}|{field}".encode()


def public_key(officer: UUID) -> bytes | None:
    found = Officer.objects.filter(pk=officer).values_list("public", flat=True).first()
    return bytes(found) if found is not None else None


def closed_key(officer: UUID) -> bytes | None:
    """The private half, still under the passphrase."""
    found = Officer.objects.filter(pk=officer).values_list("private", flat=True).first()
    return bytes(found) if found is not None else None


# The slip


@dataclass(frozen=True)
class Shown:
    """What a slip opens: its clue, and the key of what is told once the worker has made it."""

    clue_id: UUID
    arrived_on: date
    verify_no: str
    lang: str
    word_ok: bool
    has_word: bool
    told_key: bytes | None
    inner: bytes


def by_slip(code: str, word: str | None = None) -> Shown:
    """One HMAC and exactly one Argon2id, whatever was typed; a wrong and an unknown code are the same refusal."""
    pepper = secret("pepper")
    try:
        typed, real = codes.read_code(code), True
    except codes.BadNumber:
        typed, real = "0" * codes.CODE_LENGTH, False
    fast = codes.lookup_key(pepper, typed)
    with AT_ONCE:
        slow = codes.slow_keys(pepper, fast)
    with connections[DATABASE].cursor() as cursor:
        cursor.execute("SELECT * FROM clues_slip(%s, %s)", [fast, slow.tag])
        row = cursor.fetchone()
    if row is None or not real:
        raise UnknownSlip()
    clue_id, word_key, word_tag, _, arrived_on, verify_no, lang, slip_key = row
    fits = _fits(word_key, word_tag, pepper, typed, slow.inner, word)
    has = word_key is not None or word_tag is not None
    key = opened(slow.inner, clue_id, "slip", slip_key) if slip_key is not None and fits else None
    return Shown(clue_id, arrived_on, verify_no, lang, fits, has, key, slow.inner)


def _fits(
    fast: bytes | None, tag: bytes | None, pepper: bytes, code: str, inner: bytes, word: str | None
) -> bool:
    try:
        typed = codes.word_key(pepper, code, codes.read_word(word or ""))
    except codes.BadNumber:
        return False
    if fast is not None:
        return codes.same(bytes(fast), typed)
    return tag is not None and codes.same(bytes(tag), codes.slow_word(inner, typed))


# What an officer sees, inside `seen_as`


@dataclass(frozen=True)
class ClueLine:
    """A clue in the list of somebody who holds a part of it."""

    id: UUID
    state: ClueState
    part: str
    arrived_on: date
    due_at: datetime | None
    rule: str
    unread: int


def held_by(officer: UUID) -> list[ClueLine]:
    """What is in this officer's hands, the nearest day first. Call inside `seen_as(officer=…)`."""
    parts = {row.clue_id: row.part for row in Access.objects.filter(officer=officer, until__isnull=True)}
    rows = Clue.objects.filter(pk__in=parts).only("id", "state", "arrived_on")
    owed: dict[UUID, Duty] = {}
    for duty in Duty.objects.filter(clue_id__in=parts, done_at__isnull=True).order_by("-due_at"):
        owed[duty.clue_id] = duty
    unread: dict[UUID, int] = {}
    for clue_id in Talk.objects.filter(clue_id__in=parts, mine=True, read_at__isnull=True).values_list(
        "clue_id", flat=True
    ):
        unread[clue_id] = unread.get(clue_id, 0) + 1
    lines = [
        ClueLine(
            row.pk, ClueState(row.state), parts[row.pk], row.arrived_on,
            owed[row.pk].due_at if row.pk in owed else None, owed[row.pk].rule if row.pk in owed else "",
            unread.get(row.pk, 0),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda one: (one.due_at is None, str(one.due_at or ""), str(one.id)))


def parts_of(officer: UUID) -> list[Access]:
    """Every open part of an officer. Call inside `seen_as(officer=…)`."""
    return list(Access.objects.filter(officer=officer, until__isnull=True))


def access(officer: UUID, clue_id: UUID) -> Access:
    """The open part of an officer in a clue; whoever has none is told that there is nothing."""
    row = Access.objects.filter(officer=officer, clue_id=clue_id, until__isnull=True).first()
    if row is None:
        raise NotEligible()
    return row


def clue(clue_id: UUID, *, lock: bool = False) -> Clue:
    rows = Clue.objects.select_for_update() if lock else Clue.objects.all()
    row = rows.filter(pk=clue_id).first()
    if row is None:
        raise NotEligible()
    return row


def steps(clue_id: UUID) -> list[Step]:
    return list(Step.objects.filter(clue_id=clue_id).order_by("n"))


def talk(clue_id: UUID) -> list[Talk]:
    return list(Talk.objects.filter(clue_id=clue_id).order_by("at", "id"))


def duties(clue_id: UUID) -> list[Duty]:
    return list(Duty.objects.filter(clue_id=clue_id).order_by("from_on", "due_at"))


def openings(clue_id: UUID) -> list[Opening]:
    return list(Opening.objects.filter(clue_id=clue_id).order_by("-asked_at"))


def looks(clue_id: UUID) -> list[Look]:
    return list(Look.objects.filter(clue_id=clue_id).order_by("-at"))


def refunds(clue_id: UUID) -> list[Refund]:
    return list(Refund.objects.filter(clue_id=clue_id).order_by("due_on", "id"))
