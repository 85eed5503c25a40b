"""Every way to a pairing: one's own, and nobody else's. There is no list of cadres and no count of anything."""

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from minqing.charter import Actor, Verb
from minqing.ground.people.queries import household_masks
from minqing.ground.places.queries import names_of
from minqing.kernel.errors import NotFound
from minqing.work.visits.models import Pair
from minqing.work.visits.rules import SHOWN_BACK, PairKind, in_force


@dataclass(frozen=True)
class PairLine:
    """A paired household as its cadre sees it: masked names, where, as what, since when, what was agreed."""

    id: UUID
    names: tuple[str, ...]
    place: str
    kind: PairKind
    from_on: date
    to_on: date | None
    refused_on: date | None
    plan: str
    items: tuple[str, ...]
    now: bool


def pairs_for(by: Actor, verb: Verb = Verb.PAIR_VIEW) -> QuerySet[Pair]:
    """The actor's own pairings."""
    if by.account_id is None or not by.may(verb):
        return Pair.objects.none()
    return Pair.objects.filter(cadre_id=by.account_id)


def pair_for(by: Actor, verb: Verb, pair_id: UUID, *, lock: bool = False) -> Pair:
    rows = pairs_for(by, verb)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=pair_id).first()
    if row is None:
        by.must(verb)
        raise NotFound()
    return row


def pair_lines(by: Actor, *, today: date, english: bool = False) -> list[PairLine]:
    """One's own pairings, those in force first by the day they began, then what ended within a year."""
    by.must(Verb.PAIR_VIEW)
    back = today - timedelta(days=SHOWN_BACK)
    rows = list(
        pairs_for(by)
        .filter(
            Q(refused_on__isnull=True) | Q(refused_on__gte=back), Q(to_on__isnull=True) | Q(to_on__gte=back)
        )
        .select_related("household")
        .order_by("from_on", "id")
    )
    masks = household_masks({row.household_id for row in rows})
    places = names_of({row.household.place_id for row in rows if row.household.place_id}, english=english)
    lines = [
        PairLine(
            row.pk, masks.get(row.household_id, ()), places.get(row.household.place_id or "", ""), PairKind(row.kind),
            row.from_on, row.to_on, row.refused_on, row.plan, tuple(row.items),
            in_force(row.from_on, row.to_on, row.refused_on, today),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(lines, key=lambda line: not line.now)


def has_pairs(by: Actor) -> bool:
    return pairs_for(by).exists()


def open_pairs_of(household_ids: set[UUID], *, on: date) -> list[UUID]:
    """Pairings of these households that are in force, or still to come."""
    rows = Pair.objects.filter(household_id__in=household_ids, refused_on__isnull=True)
    return list(
        rows.filter(Q(to_on__isnull=True) | Q(to_on__gte=on)).order_by("id").values_list("pk", flat=True)
    )
