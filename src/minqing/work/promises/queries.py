"""Every way to a promise."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from minqing.charter import REACH, Actor, Reach, Verb
from minqing.kernel.errors import NotFound
from minqing.work.promises.models import Promise
from minqing.work.promises.rules import PromiseState

OPEN = (PromiseState.DOING, PromiseState.WAITING, PromiseState.CLAIMED)


@dataclass(frozen=True)
class PromiseLine:
    """A promise as it was said. `days_over` counts from its day while the person has not called it kept."""

    id: UUID
    about: str
    words: str
    condition: str
    office_id: UUID
    office: str
    office_en: str
    said_by: str
    to_person_id: UUID | None
    made_on: date
    due_on: date | None
    state: PromiseState
    outcome: str
    days_over: int

    @property
    def overdue(self) -> bool:
        return self.days_over > 0


def line(row: Promise, today: date) -> PromiseLine:
    over = (today - row.due_on).days if row.due_on and PromiseState(row.state) in OPEN else 0
    return PromiseLine(
        row.pk, row.about, row.words, row.condition, row.office_id, row.office.name, row.office.name_en,
        row.by_account.name if row.by_account else "", row.to_person_id, row.made_on, row.due_on,
        PromiseState(row.state), row.outcome, max(over, 0),
    )  # fmt: skip


def promises_for(by: Actor, verb: Verb = Verb.PROMISE_CLAIM) -> QuerySet[Promise]:
    """Promises of the offices the actor reaches with the verb."""
    within = Q(pk__in=[])
    for seat in by.seats_for(verb):
        if REACH[seat.role] is Reach.COUNTY:
            return Promise.objects.all()
        within |= Q(office__path__startswith=seat.office_path)
    return Promise.objects.filter(within)


def promise_for(by: Actor, verb: Verb, promise_id: UUID, *, lock: bool = False) -> Promise:
    rows = promises_for(by, verb).select_related("office")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=promise_id).first()
    if row is None:
        by.must(verb)
        raise NotFound()
    by.must(verb, office_path=row.office.path)
    return row


def promises_about(about: str, *, today: date) -> list[PromiseLine]:
    """Everything promised about one thing, in the order it was said."""
    return _lines(Promise.objects.filter(about=about).order_by("made_on", "id"), today)


def promise_line(promise_id: UUID, *, today: date) -> PromiseLine | None:
    """For telling of one; None when the id is of something else."""
    return next(iter(_lines(Promise.objects.filter(pk=promise_id), today)), None)


def state_of(promise_id: UUID) -> PromiseState | None:
    found = Promise.objects.filter(pk=promise_id).values_list("state", flat=True).first()
    return PromiseState(found) if found else None


def _lines(rows: QuerySet[Promise], today: date) -> list[PromiseLine]:
    return [line(row, today) for row in rows.select_related("office", "by_account")]
