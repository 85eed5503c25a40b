"""Asking, agreeing and opening, for tests of what takes two persons."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import makers
from doors.office import seat
from makers import AT, County
from minqing.charter import Role
from minqing.ground.people import commands as people
from minqing.ground.people.models import Access
from minqing.ground.people.rules import AccessKind
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case

SOON = AT + timedelta(minutes=5)


def town_of_openings() -> County:
    made = makers.county()
    seat(made, "disciplinary", "government", Role.DISCIPLINE)
    seat(made, "auditor", "government", Role.AUDITOR)
    seat(made, "desk_head", "desk", Role.OFFICE_HEAD)
    return made


def asked(here: County, case: Case, demand: UUID | None, who: str = "dispatcher", **more: Any) -> UUID:
    values: dict[str, Any] = {
        "kind": AccessKind.CONFIDENTIAL,
        "words": "要当面送达",
        "proved_at": AT,
        "at": AT,
    } | more
    return cases.ask_access(by=here[who], case_id=case.pk, demand_id=demand, **values)


def agreed(here: County, access_id: UUID, who: str = "arbiter", at: datetime = SOON) -> Access:
    return people.approve_access(by=here[who], access_id=access_id, at=at, proved_at=at)


def opened(here: County, access_id: UUID, who: str = "dispatcher", at: datetime = SOON) -> list[Any]:
    return list(people.open_access(by=here[who], access_id=access_id, at=at, proved_at=at).values())
