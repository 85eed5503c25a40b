"""What a message about a case needs to know: what, who holds it, whose words speak in it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from minqing.ground.offices.queries import names_of
from minqing.work.cases.models import Case, Link
from minqing.work.intake.queries import demand_lines


@dataclass(frozen=True)
class Voice:
    demand_id: UUID
    person_id: UUID
    title: str
    arrived: str


@dataclass(frozen=True)
class Told:
    """Titles only: no message carries a person's own words."""

    title: str
    holder_id: UUID
    holder: str
    holder_en: str
    first_holder_id: UUID
    due_at: datetime | None
    registered_at: datetime
    voices: tuple[Voice, ...]


def told_of(case_id: UUID) -> Told | None:
    """None when the subject is no case."""
    case = Case.objects.filter(pk=case_id).first()
    if case is None:
        return None
    ids = list(
        Link.objects.filter(case=case, left_at__isnull=True)
        .order_by("joined_at", "id")
        .values_list("demand_id", flat=True)
    )
    lines = demand_lines(ids)
    holder, holder_en = names_of({case.holder_id})[case.holder_id]
    return Told(
        case.title, case.holder_id, holder, holder_en,
        case.first_holder_id, case.due_at, case.registered_at,
        tuple(Voice(one, lines[one].person_id, lines[one].title, lines[one].arrived_on.isoformat()) for one in ids),
    )  # fmt: skip
