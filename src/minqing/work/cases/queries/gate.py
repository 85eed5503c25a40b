"""Every way to lay hands on a case. No case without a verb."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from minqing.charter import REACH, RESIDENT_MAY, Actor, Reach, Role, Seat, Verb
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.work.cases.models import AWAY, Case, Hold, Link, Mediation

WITHDRAWN = "withdrawn"
"""Why a word left a joint case: its person took it back, and may come back."""


def turns_elsewhere(path: str) -> QuerySet[Hold]:
    """Turns an office (or one below it) has in cases it need not hold: offered to it, objected by it, assisted by it."""
    return Hold.objects.filter(AWAY, office__path__startswith=path)


def reach_of(by: Actor, verb: Verb) -> tuple[bool, list[Seat]]:
    """(whole county?, seats with a smaller reach) with which the actor carries the verb."""
    seats = list(by.seats_for(verb))
    if any(REACH[seat.role] is Reach.COUNTY for seat in seats):
        return True, seats
    return False, [seat for seat in seats if REACH[seat.role] is not Reach.NONE]


def cases_for(by: Actor, verb: Verb = Verb.CASE_VIEW) -> QuerySet[Case]:
    """The cases on which the actor may use the verb: their own word's, the county's, or those of their offices.

    A case is an office's from the moment it is offered, while it assists, and as long as it holds it.
    """
    if by.demand_id is not None:
        if verb is not Verb.CASE_VIEW and verb not in RESIDENT_MAY:
            return Case.objects.none()
        return Case.objects.filter(
            Exists(Link.objects.filter(case=OuterRef("pk"), demand_id=by.demand_id, left_at__isnull=True))
        )
    county, seats = reach_of(by, verb)
    if county:
        return Case.objects.all()
    within = Q(pk__in=[])
    for seat in seats:
        within |= branch_of(by, seat)
    return Case.objects.filter(within)


def branch_of(by: Actor, seat: Seat) -> Q:
    if REACH[seat.role] is Reach.PLACE:
        return Q(place_path__startswith=seat.place_path)
    if seat.role is Role.MEDIATOR:
        return Q(Exists(Mediation.objects.filter(case=OuterRef("pk"), mediator_id=by.account_id)))
    return Q(holder_path__startswith=seat.office_path) | Q(
        Exists(turns_elsewhere(seat.office_path).filter(case=OuterRef("pk")))
    )


def case_for(by: Actor, verb: Verb, case_id: UUID, *, lock: bool = False) -> Case:
    """The one door to a row: what you may not see is not found; what you see but may not do is not allowed."""
    rows = cases_for(by, verb)
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    case = rows.filter(pk=case_id).first()
    if case is not None:
        return case
    if cases_for(by).filter(pk=case_id).exists():
        raise NotAllowed()
    raise NotFound()


def away_links(links: Sequence[Link]) -> list[Link]:
    """Of all the links of one word: those it took back from a joint case and may take up again; none once it spoke on."""
    return [
        link
        for link in links
        if link.left_at is not None
        and link.left_reason == WITHDRAWN
        and not any(other.joined_at >= link.left_at for other in links if other.pk != link.pk)
    ]


def trail_of(cases: Sequence[Case]) -> dict[UUID, list[UUID]]:
    """Case → itself and the joint cases it carries on, newest first; a query for each step back, usually none."""
    back: dict[UUID, list[UUID]] = {case.pk: [case.pk] for case in cases}
    step = {case.pk: case.continues_id for case in cases if case.continues_id is not None}
    while step:
        for pk, before in step.items():
            back[pk].append(before)
        above = dict(Case.objects.filter(pk__in=step.values()).values_list("pk", "continues_id"))
        step = {pk: above[before] for pk, before in step.items() if above.get(before) is not None}
    return back


def sits_in(by: Actor, verb: Verb, office_path: str) -> bool:
    """Does the actor carry the verb from a seat in that very office or above it, whatever their reach elsewhere?"""
    return any(office_path.startswith(seat.office_path) for seat in by.seats_for(verb))


class Branch(NamedTuple):
    """A part of the cases an actor may see. `held`: the office that holds them is one of the actor's own."""

    rows: QuerySet[Case]
    held: bool = False


def branches(by: Actor, verb: Verb = Verb.CASE_VIEW) -> Iterator[Branch]:
    """The same cases as `cases_for`, as disjoint parts that each read one index, for lists of a million cases."""
    if by.demand_id is not None:
        yield Branch(cases_for(by, verb))
        return
    county, seats = reach_of(by, verb)
    if county:
        yield Branch(Case.objects.all())
        return
    paths = _roots(
        seat.office_path
        for seat in seats
        if REACH[seat.role] is Reach.OFFICE and seat.role is not Role.MEDIATOR
    )
    held = Q(pk__in=[])
    for path in paths:
        held |= Q(holder_path__startswith=path)
        yield Branch(Case.objects.filter(holder_path__startswith=path), held=True)
    for path in paths:
        # Few rows: what is offered to us or assisted by us and held elsewhere.
        away = Q(pk__in=turns_elsewhere(path).values("case_id"))
        yield Branch(Case.objects.filter(away).exclude(held))
        held |= away
    if by.account_id and any(seat.role is Role.MEDIATOR for seat in seats):
        mediated = Mediation.objects.filter(mediator_id=by.account_id).values("case_id")
        yield Branch(Case.objects.filter(pk__in=mediated).exclude(held))


def _roots(paths: Iterator[str]) -> list[str]:
    """The paths of which none lies below another."""
    kept: list[str] = []
    for path in sorted(set(paths), key=len):
        if not any(path.startswith(root) for root in kept):
            kept.append(path)
    return kept
