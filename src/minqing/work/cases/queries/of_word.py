"""The cases one word is in, as far as the reader sees them."""

from datetime import datetime
from uuid import UUID

from minqing.charter import Actor
from minqing.ground.law import queries as law
from minqing.work.cases.queries.gate import cases_for
from minqing.work.cases.queries.lines import CaseLine
from minqing.work.cases.queries.worklist import case_lines


def cases_with(by: Actor, demand_id: UUID, *, now: datetime | None = None) -> list[CaseLine]:
    rows = cases_for(by).filter(links__demand_id=demand_id, links__left_at__isnull=True)
    found = list(rows.select_related("holder", "place").order_by("registered_at", "id"))
    return case_lines(found, by=by, now=now or law.now())


def is_part(by: Actor, case_id: str) -> bool:
    """Whether this case is one part of a word that was split, and nobody else's word is in it."""
    try:
        asked = UUID(case_id)
    except ValueError:
        return False
    return cases_for(by).filter(pk=asked, split_from__isnull=False, n_voices=1).exists()
