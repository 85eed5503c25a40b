"""What one person alone may not open, and looks that are worth a question: who sees which of them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from minqing.charter import Actor, Role, Verb
from minqing.ground.people.models import Access, Alarm
from minqing.ground.people.rules import (
    ASKED_FOR,
    OPEN_FOR,
    AccessKind,
    AccessState,
    AlarmKind,
    OutsideBody,
    same_unit,
)
from minqing.kernel.errors import NotFound


@dataclass(frozen=True)
class AccessLine:
    """One request as its own people see it: who asked, why, what came of it. Never the identity."""

    id: UUID
    kind: AccessKind
    state: AccessState
    about: str
    words: str
    body: OutsideBody | None
    instrument: str
    article: str
    n: int
    tell_from: date | None
    asked_by: UUID
    office: str
    office_en: str
    role: str
    asked_at: datetime
    decided_by: UUID | None
    decided_office: str
    decided_office_en: str
    decided_at: datetime | None
    decided_words: str
    opened_at: datetime | None
    mine: bool
    may_decide: bool
    open_until: datetime | None
    stale: bool


def too_near(row: Access, by: Actor) -> bool:
    """The asker's own unit: any seat there counts."""
    return any(
        same_unit(row.asked_office.path, seat.office_path, stands_apart=seat.role is Role.DISCIPLINE)
        for seat in by.seats
    )


def accesses_for(by: Actor) -> QuerySet[Access]:
    """One's own requests, those of other units for who may agree, all for the audit. Nobody else knows that there are any.

    The office that handles the matter, from which the person wanted to stay hidden, and what is under it see nothing;
    of discipline only who sits in that very office.
    """
    rows = Access.objects.select_related("asked_office", "decided_office")
    if by.account_id is None:
        return rows.none()
    if by.may(Verb.LOOK_VIEW):
        return rows
    mine = Q(asked_by_id=by.account_id)
    if not by.may(Verb.ACCESS_APPROVE):
        return rows.filter(mine)
    theirs = Q(decided_by_id=by.account_id) | Q(state=AccessState.ASKED)
    for seat in by.seats:
        near = [seat.office_path] if seat.role is Role.DISCIPLINE else _upward(seat.office_path)
        theirs &= ~Q(barred__in=near)
    return rows.filter(mine | theirs)


def _upward(path: str) -> list[str]:
    """The path and every path above it."""
    parts = path.strip("/").split("/")
    return ["/" + "/".join(parts[:n]) + "/" for n in range(1, len(parts) + 1)]


def access_for(by: Actor, access_id: UUID, *, lock: bool = False) -> Access:
    rows = accesses_for(by)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=access_id).first()
    if row is None:
        raise NotFound()
    return row


def own_access(by: Actor, access_id: UUID) -> None:
    """Refuses, as if it were not there, what somebody else asked for: only who asked may open."""
    if access_for(by, access_id).asked_by_id != by.account_id:
        raise NotFound()


def asker_of(access_id: UUID) -> UUID | None:
    return Access.objects.filter(pk=access_id).values_list("asked_by_id", flat=True).first()


def access_line(by: Actor, access_id: UUID, *, now: datetime) -> AccessLine:
    return _access(access_for(by, access_id), by, now)


def may_decide(by: Actor, access_id: UUID, *, now: datetime) -> bool:
    row = accesses_for(by).filter(pk=access_id).first()
    return row is not None and _access(row, by, now).may_decide


def access_lines(by: Actor, *, now: datetime, size: int = 100) -> list[AccessLine]:
    """The newest first; what waits for this person's word is marked."""
    return [_access(row, by, now) for row in accesses_for(by).order_by("-asked_at")[:size]]


def _access(row: Access, by: Actor, now: datetime) -> AccessLine:
    state, decided = AccessState(row.state), row.decided_office
    mine = row.asked_by_id == by.account_id
    stale = state is AccessState.ASKED and now - row.asked_at > ASKED_FOR
    waits = state is AccessState.ASKED and not stale and not mine and by.may(Verb.ACCESS_APPROVE)
    until = row.decided_at + OPEN_FOR if state is AccessState.APPROVED and row.decided_at else None
    return AccessLine(
        row.pk, AccessKind(row.kind), state, row.about, row.words, OutsideBody(row.body) if row.body else None, row.instrument,
        row.article, row.n, row.tell_from, row.asked_by_id, row.asked_office.name, row.asked_office.name_en, row.asked_role,
        row.asked_at, row.decided_by_id, decided.name if decided else "", decided.name_en if decided else "", row.decided_at,
        row.decided_words, row.opened_at, mine, waits and not too_near(row, by), until, stale,
    )  # fmt: skip


def accesses_waiting(by: Actor, *, now: datetime) -> int:
    """How many wait for this person's word, at most 1000."""
    rows = accesses_for(by).filter(state=AccessState.ASKED, asked_at__gt=now - ASKED_FOR)
    rows = rows.exclude(asked_by_id=by.account_id)
    return sum(not too_near(row, by) for row in rows[:1000])


@dataclass(frozen=True)
class AlarmLine:
    """A question to be asked. `n`: how many people it was about when it was raised."""

    id: UUID
    kind: AlarmKind
    account_id: UUID
    office: str
    office_en: str
    day: date
    n: int
    settled_at: datetime | None
    settled_by: UUID | None
    words: str


def alarms_for(
    by: Actor, *, after: UUID | None = None, size: int = 50
) -> tuple[list[AlarmLine], UUID | None]:
    """By day, the newest first, and where the next page starts. Never summed up by person."""
    if not by.may(Verb.LOOK_VIEW):
        by.must(Verb.LOOK_SETTLE)
    rows = Alarm.objects.select_related("office")
    if after:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-id")[: size + 1])
    lines = [
        AlarmLine(
            r.pk, AlarmKind(r.kind), r.account_id, r.office.name if r.office else "", r.office.name_en if r.office else "",
            r.day, r.n, r.settled_at, r.settled_by_id, r.words,
        )
        for r in found[:size]
    ]  # fmt: skip
    return lines, lines[-1].id if len(found) > size else None


def alarms_open() -> int:
    """How many nobody has asked about yet, at most 1000."""
    return Alarm.objects.filter(settled_at__isnull=True)[:1000].count()
