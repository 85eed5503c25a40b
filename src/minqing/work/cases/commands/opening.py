"""Opening a case: a waiting word becomes a matter, and whoever opens it is its first holder."""

from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import office
from minqing.kernel.ids import uuid7_at
from minqing.record.facts.commands import open_subject
from minqing.work.cases.commands.gate import (
    day_of,
    keep,
    put_down,
    reclock,
)
from minqing.work.cases.models import Case, Hold, Link
from minqing.work.cases.rules import (
    CaseState,
    Category,
    Grade,
    HoldState,
    Path,
    Track,
)
from minqing.work.duties import commands as duties
from minqing.work.intake.commands import mark_in_case
from minqing.work.intake.queries import demand_for, waiting_demand

S = CaseState


def next_number(at: datetime) -> str:
    """`2026-000123`: dense within the year, in the order cases were opened."""
    year = day_of(at).year
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_counter (name, last) VALUES (%s, 1)"
            " ON CONFLICT (name) DO UPDATE SET last = cases_counter.last + 1 RETURNING last",
            [f"case/{year}"],
        )
        return f"{year}-{cursor.fetchone()[0]:06d}"


@transaction.atomic
def open_case(
    *, by: Actor, at: datetime, demand_id: UUID, title: str, track: Track | str, category: Category | str = Category.CLAIM,
    way: Path | str = Path.PETITION, grade: Grade | str = Grade.HELP, kind: str = "", matter: str = "",
    holder_id: UUID | None = None,
) -> Case:  # fmt: skip
    """Make a case of a waiting word. Whoever opens it is its first holder and owns it until another office accepts."""
    seat = by.must(Verb.CASE_OPEN)
    return start_case(
        by=by, at=at, demand_id=demand_id, title=title, track=Track(track), category=Category(category), way=Path(way),
        grade=Grade(grade), kind=kind, matter=matter, holder_id=holder_id or seat.office_id, verb=Verb.DEMAND_SORT,
    )  # fmt: skip


def start_case(
    *, by: Actor, at: datetime, demand_id: UUID, title: str, track: Track, category: Category, way: Path, grade: Grade,
    kind: str, matter: str, holder_id: UUID, verb: Verb, split_from: Case | None = None, part: str = "",
) -> Case:  # fmt: skip
    """For the acts of this room that have passed a gate of their own."""
    demand = (demand_for if split_from else waiting_demand)(by, verb, demand_id, lock=True)
    here = office(holder_id)
    if matter:
        law.catalogue(day_of(at)).get(matter)
    case = Case(
        id=uuid7_at(at), number=next_number(at), title=title.strip() or demand.title or demand.text.strip()[:40],
        track=track, category=category, way=way, grade=grade, kind=kind or demand.kind, matter=matter,
        place_id=demand.place_id, place_path=demand.place_path, holder_id=here.id, holder_path=here.path,
        held_since=at, first_holder_id=here.id, registered_at=at, urgent=demand.alarm != "none" or grade is Grade.URGENT,
        confidential=demand.anonymity != "named", n_voices=1, split_from=split_from,
    )  # fmt: skip
    open_subject(case.pk)
    case.save(force_insert=True)
    Link.objects.create(case=case, demand_id=demand_id, part=part, joined_at=at, joined_by=by.account_id)
    Hold.objects.create(
        case=case,
        office_id=here.id,
        state=HoldState.HELD,
        how="first",
        given_by=by.account_id,
        given_at=at,
        answered_at=at,
    )
    # The days of art. 22 run from the day the word arrived, not from the day somebody opened a case of it; an order's
    # hours run from its registration.
    later = demand.arrived_on != day_of(demand.registered_at)
    started = demand.arrived_on if track is Track.PETITION or later else demand.registered_at
    reclock(case, at=at, from_=started if split_from is None else None)
    duties.meet(about=demand_id, at=at)
    mark_in_case(demand_id)
    keep(case)
    put_down(
        case, "case.opened", by=by, at=at, demand_id=demand_id, number=case.number, track=track, office_id=here.id,
        place=case.place_id, split_from=split_from.pk if split_from else None, due=case.due_at,
    )  # fmt: skip
    return case
