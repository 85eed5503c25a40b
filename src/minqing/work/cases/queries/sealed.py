"""The status of a slip behind which there is no case to show: word for word that of a word nobody has sorted yet."""

from datetime import date, datetime
from uuid import UUID

from django.utils.translation import override

from minqing.ground.law import queries as law
from minqing.ground.offices.queries import office_at
from minqing.ground.offices.rules import OfficeKind
from minqing.methods.clock import day_of
from minqing.record.facts.rules import Happened
from minqing.work.cases.queries.lines import ClockLine
from minqing.work.cases.queries.timeline import clock_lines, moments
from minqing.work.cases.queries.told import Holder, Status
from minqing.work.cases.queries.words import STATE_TEXT, name_in
from minqing.work.cases.rules import CaseState
from minqing.work.duties.queries import reckoned
from minqing.work.duties.rules import DutyLine

NOBODY = UUID(int=0)
TRIAGE = "xf.triage"


def status_of_sealed(
    *, registered_at: datetime, arrived_on: date, lang: str, now: datetime | None = None
) -> Status:
    """Made by the same functions as an unsorted demand's status, so that both read alike."""
    now = now or law.now()
    with override("en" if lang.startswith("en") else "zh-hans"):
        desk = office_at(OfficeKind.PETITION_DESK)
        names = {desk.id: (desk.name, desk.name_en)}
        due, rule_from = reckoned(TRIAGE, arrived_on, term="")
        line = DutyLine(
            NOBODY, NOBODY, TRIAGE, desk.id, arrived_on, day_of(due.statutory), due.due_at, due.provisional, None, rule_from=rule_from,
        )  # fmt: skip
        clocks: list[ClockLine] = clock_lines([line], names=names, now=now, lang=lang)
        told = Happened(
            NOBODY, "demand.registered", NOBODY, 0, None, registered_at, {"due": due.due_on.isoformat()}
        )
        return Status(
            NOBODY, "", CaseState.REGISTERED.value, str(STATE_TEXT[CaseState.REGISTERED]),
            Holder(name_in(names, desk.id), registered_at, due.due_at), clocks,
            moments([told], names=names, now=now, ended=False), [], [], [], [], [], None,
        )  # fmt: skip
