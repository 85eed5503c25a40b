"""Everything that writes duties: owe, meet, drop, move, extend, climb the ladder, compute again.

`about` is a subject of facts. The caller has passed its own gate and records its own fact; here only the ladder and a
new calendar do, because nobody else knows of them.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from minqing.ground.law import queries as law
from minqing.ground.offices.queries import offices
from minqing.methods.clock import CHINA, Due, Moment, day_of
from minqing.record.facts.commands import record
from minqing.work.duties.models import Duty, Rung
from minqing.work.duties.queries import line, reckoned, soon_until
from minqing.work.duties.rules import NEAR, RIGHTS, DutyLine, NothingOwed, near_from, rungs_at, soon_of

CHUNK = 500


def owe(
    *,
    about: UUID,
    rule: str,
    office_id: UUID,
    place: str = "",
    from_: Moment,
    at: datetime,
    term: str | None = None,
) -> DutyLine:
    """The office owes this from now on. `term` ("10WD", or a fixed day "2026-05-01") goes before the law's own.

    Owing the same again to the same office renews nothing: the open duty is answered.
    """
    due, rule_from = reckoned(rule, from_, term=term or "")
    row, _ = Duty.objects.get_or_create(
        about_id=about, rule=rule, office_id=office_id, met_at=None,
        defaults={
            "place": place, "rule_from": rule_from, "from_on": day_of(from_), "statutory_on": day_of(due.statutory),
            "due_at": due.due_at, "provisional": due.provisional, "term": term or "",
        },
    )  # fmt: skip
    return line(row)


def meet(
    *, about: UUID, rules: tuple[str, ...] | None = None, at: datetime, office_id: UUID | None = None
) -> int:
    """Done, whether in time or late: `met_at` after `due_at` stays late for ever. All open ones when no rule is named."""
    return _open(about, rules, office_id).update(met_at=at)


def drop(
    *,
    about: UUID,
    rules: tuple[str, ...] | None = None,
    why: str,
    at: datetime,
    office_id: UUID | None = None,
) -> int:
    """No longer owed, and counted apart from what was done. What was overdue by then stays visible as late."""
    return _open(about, rules, office_id).update(met_at=at, dropped=why)


def move(*, about: UUID, rules: tuple[str, ...] | None = None, office_id: UUID) -> int:
    """Another office owes it now; from, due and rungs stay as they are."""
    return _open(about, rules, None).update(office_id=office_id)


@transaction.atomic
def extend(*, about: UUID, rule: str, days: int, at: datetime) -> DutyLine:
    """The open duty runs `days` units longer, reckoned anew from its first day under its own version of the rule."""
    row = _open(about, (rule,), None).select_for_update(no_key=True).order_by("due_at", "id").first()
    if row is None:
        raise NothingOwed()
    row.extra += days
    due = again(line(row))
    if due.term.unit.elapsed is None:
        _set(row, due)
    else:  # hours have no calendar, and only the end is kept, not the hour they began
        row.due_at += timedelta(days=days)
        row.statutory_on = day_of(row.due_at)
    row.save(update_fields=["extra", "statutory_on", "due_at", "provisional"])
    Rung.objects.filter(duty=row, height=NEAR).delete()  # the new day will come near in its turn
    return line(row)


@transaction.atomic
def come_near(*, at: datetime) -> int:
    """Tell the office that owes it, once, that the end of a duty is near. Answers how many were told."""
    told = Rung.objects.filter(duty=OuterRef("pk"), height=NEAR)
    waiting = Duty.objects.filter(
        ~Exists(told), met_at__isnull=True, due_at__gte=at, due_at__lt=soon_until(at)
    )
    calendar, n = law.calendar(), 0
    for row in _chunked(waiting.exclude(rule__in=RIGHTS)):
        due_on = row.due_at.astimezone(CHINA).date()
        begins = near_from(from_on=row.from_on, due_on=due_on, soon=soon_of(calendar, due_on))
        if begins is None or at < begins:
            continue
        Rung.objects.create(duty=row, height=NEAR, office_id=row.office_id, at=at)
        record(
            kind="duty.neared", about=row.about_id, by=None, at=at, duty_id=str(row.pk), rule=row.rule,
            office_id=str(row.office_id), due=due_on.isoformat(),
        )  # fmt: skip
        n += 1
    return n


@transaction.atomic
def climb(*, at: datetime) -> int:
    """Tell every overdue duty to the next rung of its superior line; each rung once. Answers how many were told."""
    above = {office.id: office.superior_id for office in offices()}
    told = 0
    for height, ended in rungs_at(at):
        reached = Rung.objects.filter(duty=OuterRef("pk"), height=height)
        late = Duty.objects.filter(~Exists(reached), met_at__isnull=True, due_at__lt=ended).exclude(
            rule__in=RIGHTS
        )
        for row in _chunked(late):
            superior = _superior(above, row.office_id, height)
            if superior is None:
                continue
            Rung.objects.create(duty=row, height=height, office_id=superior, at=at)
            record(
                kind="duty.climbed", about=row.about_id, by=None, at=at, duty_id=str(row.pk), rule=row.rule,
                office_id=str(row.office_id), told=str(superior), height=height, due=_day(row.due_at),
            )  # fmt: skip
            told += 1
    return told


@transaction.atomic
def recompute(*, at: datetime) -> int:
    """Open duties reckoned without a published calendar, once more; answers how many are now certain or have moved."""
    changed = 0
    for row in _chunked(Duty.objects.filter(met_at__isnull=True, provisional=True)):
        before, due = row.due_at, again(line(row))
        if due.provisional and due.due_at == before:
            continue
        _set(row, due)
        row.save(update_fields=["statutory_on", "due_at", "provisional"])
        Rung.objects.filter(duty=row, height=NEAR).delete()
        record(
            kind="duty.recomputed", about=row.about_id, by=None, at=at, duty_id=str(row.pk), rule=row.rule,
            was=_day(before), due=_day(row.due_at), provisional=row.provisional,
        )  # fmt: skip
        changed += 1
    return changed


def again(duty: DutyLine) -> Due:
    """The duty reckoned anew with today's calendar, under the version of the rule it began with."""
    return reckoned(duty.rule, duty.from_on, term=duty.term, extra=duty.extra, on=duty.rule_from)[0]


def _open(about: UUID, rules: tuple[str, ...] | None, office_id: UUID | None) -> QuerySet[Duty]:
    rows = Duty.objects.filter(about_id=about, met_at__isnull=True)
    if rules is not None:
        rows = rows.filter(rule__in=rules)
    return rows.filter(office_id=office_id) if office_id else rows


def _chunked(rows: QuerySet[Duty]) -> Iterator[Duty]:
    """Every row once, oldest due first, locked in chunks; what another process holds waits for the next run."""
    rows = rows.select_for_update(of=("self",), no_key=True, skip_locked=True).order_by("due_at", "id")
    found = list(rows[:CHUNK])
    while found:
        last_due, last_id = found[-1].due_at, found[-1].pk
        yield from found
        found = list(rows.filter(Q(due_at__gt=last_due) | Q(due_at=last_due, id__gt=last_id))[:CHUNK])


def _superior(above: dict[UUID, UUID | None], office_id: UUID, height: int) -> UUID | None:
    found: UUID | None = office_id
    for _ in range(height):
        found = above.get(found) if found else None
    return found


def _set(row: Duty, due: Due) -> None:
    row.statutory_on, row.due_at, row.provisional = day_of(due.statutory), due.due_at, due.provisional


def _day(at: datetime) -> str:
    day: date = at.astimezone(CHINA).date()
    return day.isoformat()
