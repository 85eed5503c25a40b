"""Looks that are worth a question: found by the worker, raised once, settled by the security administrator in words."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.law.queries import calendar
from minqing.ground.offices.queries import actor, office, ties_of
from minqing.ground.people.models import Alarm, Look
from minqing.ground.people.rules import (
    MOST_ALONE,
    AlarmKind,
    AlarmSettled,
    LookKind,
    Purpose,
    ReasonNeeded,
    off_hours,
)
from minqing.ground.places.rules import path_of
from minqing.kernel.errors import NotFound
from minqing.methods.clock import CHINA
from minqing.record.facts.commands import open_subject, record

Ended = Callable[[set[str]], dict[str, datetime]]
LOOKED_BACK = timedelta(hours=26)
VILLAGE_DEPTH = 3
"""A path of more slashes than this is a village's or a group's."""


def judge_looks(*, at: datetime, ended: Ended) -> int:
    """Go through the looks of the last day; how many new alarms. `ended`: of these matters, since when each is over.

    A day is counted in whole, so that the twenty-first look after midnight of a run still counts with the twenty before.
    """
    since = (at - LOOKED_BACK).astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = list(
        Look.objects.filter(at__gte=since, at__lte=at)
        .exclude(kind=LookKind.FOUND)
        .select_related("person")
        .order_by("at")
    )
    by_day: dict[tuple[UUID, date], list[Look]] = defaultdict(list)
    for row in rows:
        by_day[row.account_id, row.at.astimezone(CHINA).date()].append(row)
    over = ended({row.about for row in rows if row.purpose == Purpose.HANDLE})
    worked, near = calendar(), {pk: _homes(pk, at) for pk in {row.account_id for row in rows}}
    raised = 0
    for (account_id, day), looks in by_day.items():
        workday = worked.is_workday(day)
        found = {
            AlarmKind.VOLUME: _people(looks) if len(_people(looks)) > MOST_ALONE else set(),
            AlarmKind.HOURS: _people(row for row in looks if off_hours(row.at, workday=workday)),
            AlarmKind.NEAR: _people(row for row in looks if _is_near(row, near.get(account_id, set()))),
            AlarmKind.NO_TASK: _people(
                row for row in looks if row.about in over and over[row.about] < row.at
            ),
        }
        for kind, people in found.items():
            if people:
                raised += _raise(kind, looks[-1], day=day, n=len(people), at=at)
    return raised


def _people(looks: Iterable[Look]) -> set[UUID]:
    return {row.person_id for row in looks}


def _homes(account_id: UUID, at: datetime) -> set[str]:
    """The villages an account is near to: where it sits, where its declared kin sit, and those of offices tied to it."""
    kin, tied = ties_of(account_id)
    day = at.astimezone(CHINA).date()
    paths = {seat.place_path for who in (account_id, *kin) for seat in actor(who, on=day).seats}
    paths |= {office(one).place_path for one in tied}
    return {path for path in paths if path.count("/") > VILLAGE_DEPTH}


def _is_near(row: Look, homes: set[str]) -> bool:
    place = row.person.place_id
    return bool(place) and any(path_of(place).startswith(home) for home in homes)


@transaction.atomic
def _raise(kind: AlarmKind, last: Look, *, day: date, n: int, at: datetime) -> bool:
    """Once for an account, a day and a kind; the count is of the moment at which it was raised."""
    row, new = Alarm.objects.get_or_create(
        kind=kind,
        account_id=last.account_id,
        day=day,
        defaults={"office_id": last.office_id, "n": n, "raised_at": at},
    )
    if new:
        open_subject(row.pk)
        record(kind="look.alarmed", about=row.pk, by=None, at=at, alarm=str(kind))
    return new


@transaction.atomic
def settle_look(*, by: Actor, alarm_id: UUID, at: datetime, words: str) -> Alarm:
    """What was found out when it was asked about; kept beside it."""
    by.must(Verb.LOOK_SETTLE)
    if not words.strip():
        raise ReasonNeeded()
    row = Alarm.objects.select_for_update(no_key=True).filter(pk=alarm_id).first()
    if row is None:
        raise NotFound()
    if row.settled_at is not None:
        raise AlarmSettled()
    row.settled_by_id, row.settled_at, row.words = by.account_id, at, words.strip()
    row.save(update_fields=["settled_by", "settled_at", "words"])
    record(kind="look.settled", about=row.pk, by=by.account_id, at=at)
    return row
