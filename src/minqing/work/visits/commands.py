"""Everything that writes pairings."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from minqing.charter import Actor, Verb
from minqing.ground.people.commands import look, read_phone
from minqing.ground.people.queries import askable, people_at
from minqing.ground.people.rules import Purpose
from minqing.kernel.ids import uuid7_at
from minqing.methods.clock import day_of
from minqing.record.facts.commands import open_subject, record
from minqing.record.inbox.commands import use
from minqing.work.intake.rules import FINDS_AN_HOUR, TooManyFinds
from minqing.work.visits.models import Pair
from minqing.work.visits.queries import open_pairs_of, pair_for
from minqing.work.visits.rules import (
    AlreadyPaired,
    DaysBackwards,
    HouseholdRefused,
    Kept,
    PairKind,
    PairOver,
)


@transaction.atomic
def keep_pair(
    *, cadre_id: UUID, household_id: UUID, kind: PairKind, from_on: date, to_on: date | None = None, plan: str = "",
    items: Sequence[str] = (), asked: bool = False, at: datetime,
) -> Kept:  # fmt: skip
    """A line of the county's list. The same line again changes nothing; new days, plan or items are a change of it.

    A refusal stands, whatever the list says: who refused is paired again only when they `asked` for it themselves.
    """
    if to_on is not None and to_on < from_on:
        raise DaysBackwards(from_on=from_on, to_on=to_on)
    told = {"to_on": to_on, "plan": plan, "items": list(items)}
    known = {"cadre_id": cadre_id, "household_id": household_id, "kind": kind, "from_on": from_on}
    row = Pair.objects.select_for_update(no_key=True).filter(**known).first()
    if row is not None:
        changed = [name for name, value in told.items() if getattr(row, name) != value]
        if row.refused_on is not None or not changed:
            return Kept.KNOWN
        _only_one(household_id, kind, from_on, to_on, besides=row.pk)
        for name in changed:
            setattr(row, name, told[name])
        row.save(update_fields=changed)
        record(kind="pair.changed", about=row.pk, by=None, at=at, what=changed, until=_day(to_on))
        return Kept.CHANGED
    refused = Pair.objects.filter(household_id=household_id, refused_on__isnull=False).order_by("-refused_on")
    last = refused.values_list("refused_on", flat=True).first()
    if last is not None and not asked:
        raise HouseholdRefused(on=last)
    _only_one(household_id, kind, from_on, to_on)
    row = Pair.objects.create(id=uuid7_at(at), asked=asked, **known, **told)
    open_subject(row.pk)
    record(
        kind="pair.opened", about=row.pk, by=None, at=at, cadre_id=str(cadre_id), what=str(kind), since=_day(from_on),
        until=_day(to_on), asked=asked,
    )  # fmt: skip
    return Kept.ADDED


def _only_one(
    household_id: UUID, kind: PairKind, from_on: date, to_on: date | None, *, besides: UUID | None = None
) -> None:
    """At most one cadre of a kind for a household on any day."""
    others = Pair.objects.filter(household_id=household_id, kind=kind, refused_on__isnull=True)
    others = others.filter(Q(to_on__isnull=True) | Q(to_on__gte=from_on))
    if besides is not None:
        others = others.exclude(pk=besides)
    if to_on is not None:
        others = others.filter(from_on__lte=to_on)
    since = others.order_by("from_on").values_list("from_on", flat=True).first()
    if since is not None:
        raise AlreadyPaired(from_on=since)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@transaction.atomic
def refuse_pair(*, by: Actor, pair_id: UUID, at: datetime) -> None:
    """The household wants no pairing: it ends now. No reason is asked, and nothing follows from it for the household."""
    row = pair_for(by, Verb.PAIR_REFUSE, pair_id, lock=True)
    if row.refused_on is not None or (row.to_on is not None and row.to_on < day_of(at)):
        raise PairOver()
    _refuse(row, by=by, at=at)


@transaction.atomic
def refuse_pairs(*, by: Actor, name: str, phone: str, at: datetime) -> int:
    """The household says it to somebody else than its cadre, by telephone or at a counter: all its pairings end.

    Name and number must both be those of a person of the household; the look is written down, and an account may try
    no more often than it may look for lost slips. How many ended: 0 where nothing fits, so that the try still counts.
    """
    by.must(Verb.DEMAND_FIND)
    number = read_phone(phone)
    if wait := use(f"find:{by.account_id}", at=at, most=FINDS_AN_HOUR, per=timedelta(hours=1)):
        raise TooManyFinds(limit=FINDS_AN_HOUR, minutes=-(-wait // 60))
    people = askable(set(people_at(number, name))) if number and name.strip() else {}
    ended = open_pairs_of({one.household_id for one in people.values()}, on=day_of(at))
    for person_id in sorted(people) if ended else ():
        look(by=by, person_id=person_id, purpose=Purpose.HANDLE, about=f"pair:{ended[0]}", at=at)
    for row in Pair.objects.select_for_update(no_key=True).filter(pk__in=ended, refused_on__isnull=True):
        _refuse(row, by=by, at=at)
    return len(ended)


def _refuse(row: Pair, *, by: Actor, at: datetime) -> None:
    row.refused_on = day_of(at)
    row.save(update_fields=["refused_on"])
    record(kind="pair.refused", about=row.pk, by=by.account_id, at=at)
