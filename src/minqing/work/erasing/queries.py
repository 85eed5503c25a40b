"""Reads of erasures: what waits for the two, how it stands for its person, and how many there were, for everybody."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.methods.clock import CHINA, day_of
from minqing.work.cases.queries.ended import ended_on, numbers_of_demands
from minqing.work.erasing.models import Erasure
from minqing.work.erasing.rules import KEEP, ErasureState, Ground


@dataclass(frozen=True)
class Kept:
    """Until when words are kept after their matter ended, and why."""

    until: date
    why: str


@dataclass(frozen=True)
class ErasureLine:
    """One that waits. No words and no name: the two see numbers, days and the ground."""

    id: UUID
    numbers: tuple[str, ...]
    ground: Ground
    asked_at: datetime
    wait_until: date
    first_id: UUID | None
    first_at: datetime | None
    ready: bool
    mine: bool


@dataclass(frozen=True)
class Standing:
    """How erasing stands for one word: what is asked or done, or until when it cannot be asked."""

    state: ErasureState | None = None
    wait_until: date | None = None
    ended_on: date | None = None
    open: bool = False
    kept: Kept | None = None


@dataclass(frozen=True)
class Month:
    """What everybody may read: how many, no more."""

    month: str
    asked: int
    expired: int
    taken_back: int
    erased: int


def kept_until(ended: date, *, rule: str = KEEP) -> Kept:
    due = law.due(rule, ended, law.today())
    return Kept(due.due_on, str(law.clock_of(due)["explanation"]))


def standing_of(demand_id: UUID) -> Standing:
    row = Erasure.objects.filter(demand_id=demand_id).exclude(state=ErasureState.TAKEN_BACK.value).first()
    if row is not None:
        ended = day_of(row.ended_at) if row.ended_at else None
        return Standing(ErasureState(row.state), row.wait_until, ended)
    ended = ended_on(demand_id)
    if ended is None:
        return Standing(open=True)
    kept = kept_until(ended)
    return Standing(kept=kept if kept.until >= law.today() else None)


def erasures_of(by: Actor, verb: Verb = Verb.ERASURE_AGREE) -> QuerySet[Erasure]:
    return Erasure.objects.all() if by.may(verb) else Erasure.objects.none()


def erasure_for(by: Actor, verb: Verb, erasure_id: UUID) -> Erasure:
    row = erasures_of(by, verb).select_for_update(no_key=True).filter(pk=erasure_id).first()
    if row is not None:
        return row
    if not by.may(verb):
        raise NotAllowed()
    raise NotFound()


def erasures_for(by: Actor, *, today: date | None = None, size: int = 200) -> list[ErasureLine]:
    """Everything that waits, what has waited longest first."""
    by.must(Verb.ERASURE_AGREE)
    rows = list(erasures_of(by).filter(state=ErasureState.WAITING.value).order_by("wait_until", "id")[:size])
    numbers = numbers_of_demands({row.demand_id for row in rows})
    today = today or law.today()
    return [
        ErasureLine(
            row.pk, tuple(numbers.get(row.demand_id, ())), Ground(row.ground), row.asked_at, row.wait_until,
            row.first_id, row.first_at, row.wait_until <= today, row.first_id == by.account_id,
        )
        for row in rows
    ]  # fmt: skip


def months(*, since: datetime) -> list[Month]:
    """Every month since then in which anything was asked or done, the newest first."""
    found: dict[str, Counter[str]] = {}
    rows = Erasure.objects.filter(asked_at__gte=since) | Erasure.objects.filter(ended_at__gte=since)
    for ground, state, asked_at, ended_at in rows.values_list("ground", "state", "asked_at", "ended_at"):
        for moment, what in ((asked_at, ground), (ended_at, state)):
            if moment is not None and moment >= since:
                found.setdefault(moment.astimezone(CHINA).strftime("%Y-%m"), Counter())[what] += 1
    return [
        Month(month, n["asked"], n["expired"], n["taken_back"], n["erased"])
        for month, n in sorted(found.items(), reverse=True)
    ]


def waiting_count() -> int:
    return Erasure.objects.filter(state=ErasureState.WAITING.value).count()


def untouched(demand_ids: set[UUID]) -> set[UUID]:
    """Those of which no erasure is asked or done."""
    known = Erasure.objects.filter(demand_id__in=demand_ids).exclude(state=ErasureState.TAKEN_BACK.value)
    return demand_ids - set(known.values_list("demand_id", flat=True))
