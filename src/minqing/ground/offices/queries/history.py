"""The organisation with its past, for whoever must reckon recusal: posts held, lines of command, declared kin."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from minqing.charter import Role
from minqing.ground.offices.models import Appointment, Kin, Office
from minqing.ground.offices.rules import OfficeKind


@dataclass(frozen=True)
class Held:
    account_id: UUID
    office_id: UUID
    role: Role
    from_on: date
    to_on: date | None
    deputising: bool


@dataclass(frozen=True)
class Above:
    office_id: UUID
    superior_id: UUID


@dataclass(frozen=True)
class Declared:
    account_id: UUID
    other_id: UUID | None
    office_id: UUID | None
    declared_on: date


@dataclass(frozen=True)
class History:
    held: tuple[Held, ...]
    lines: tuple[Above, ...]
    kin: tuple[Declared, ...]


def history(*, since: date) -> History:
    """Everything that stood on some day since then: who held what, who answers to whom, who declared whom."""
    rows = Appointment.objects.exclude(to_on__lt=since).select_related("post")
    return History(
        tuple(
            Held(r.account_id, r.post.office_id, Role(r.post.role), r.from_on, r.to_on, r.deputising)
            for r in rows
        ),
        tuple(
            Above(pk, superior)
            for pk, superior in Office.objects.values_list("pk", "superior_id")
            if superior is not None
        ),
        tuple(
            Declared(*row)
            for row in Kin.objects.values_list("account_id", "other_id", "office_id", "declared_on")
        ),
    )


def offices_around(place_path: str) -> list[UUID]:
    """The offices of a place and of every place it lies in, but for the county's own: who may be meant by "the village"."""
    if not place_path:
        return []
    found = Office.objects.filter(open_to__isnull=True, kind__in=[OfficeKind.VILLAGE, OfficeKind.TOWNSHIP])
    return [pk for pk, path in found.values_list("pk", "place_path") if path and place_path.startswith(path)]
