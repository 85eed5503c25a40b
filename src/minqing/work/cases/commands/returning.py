"""A word that was taken back comes back on one word of its person: nobody asks why, and no seven days run for that.

In a joint case the others went on without it. While nothing is answered it speaks there again, with a day of its own
counted from now. After an answer it goes its own way (docs/adr/0007). Where no way of the procedure leads back, whoever
sorts the words looks at it anew: nothing that was taken back is ever lost.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import RESIDENT_MAY, Actor, Verb
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.record.facts.commands import record
from minqing.work.cases.commands.gate import home_of, keep, put_down
from minqing.work.cases.commands.joining import back_to_table, own_clock
from minqing.work.cases.commands.resident import reopen_for
from minqing.work.cases.models import Case, Link
from minqing.work.cases.queries.gate import WITHDRAWN, away_links
from minqing.work.cases.rules import DECIDED, FINAL, MACHINES, CaseState, NothingTakenBack, Track
from minqing.work.duties.queries import next_due
from minqing.work.intake.commands import mark_in_case

S = CaseState
CAME_BACK = "came back"


@transaction.atomic
def come_back(*, by: Actor, case_id: UUID, at: datetime) -> Case | None:
    """Answers the case in which the word is worked on again; None when it waits to be sorted anew."""
    if by.demand_id is None or Verb.CASE_REOPEN not in RESIDENT_MAY:
        raise NotAllowed()
    case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
    links = list(Link.objects.filter(demand_id=by.demand_id).order_by("joined_at", "id"))
    if case is None or all(link.case_id != case.pk for link in links):
        raise NotFound()
    here = next((link for link in links if link.case_id == case.pk and link.left_at is None), None)
    if here is not None:  # nobody else was in it: the case itself was taken back
        if S(case.state) is not S.WITHDRAWN:
            raise NothingTakenBack()
        if here.before_id and home_of(case, here) is None:  # the case it came from ended with the taking back
            here.before_id = None
            here.save(update_fields=["before_id"])
        return reopen_for(case, here, by=by, at=at, back=True)
    gone = next((link for link in away_links(links) if link.case_id == case.pk), None)
    if gone is None:
        raise NothingTakenBack()
    gone.left_reason = f"{WITHDRAWN}, {CAME_BACK}"
    gone.save(update_fields=["left_reason"])
    return _again(_now(case), gone, by=by, at=at)


def _now(case: Case) -> Case:
    """Where the matter lives by now, when the case was joined to another in between."""
    while case.merged_into_id is not None:
        case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=case.merged_into_id)
    return case


def _again(case: Case, gone: Link, *, by: Actor, at: datetime) -> Case | None:
    state = S(case.state)
    in_hand = state not in FINAL | DECIDED
    if not in_hand and not MACHINES[Track(case.track)].may(state, "reopen"):
        back_to_table(gone.demand_id, case, at=at)
        mine = next_due(gone.demand_id)
        record(
            kind="case.rejoined", about=gone.demand_id, by=None, at=at, case_id=str(case.pk),
            office_id=str(mine.office_id if mine else case.first_holder_id), due=mine.due_at.isoformat() if mine else "",
        )  # fmt: skip
        return None
    link = Link.objects.create(
        case=case, demand_id=gone.demand_id, part=gone.part, joined_at=at, reason=CAME_BACK,
        before_id=gone.before_id and home_of(case, gone),
    )  # fmt: skip
    case.n_voices += 1
    keep(case, "n_voices")
    if not in_hand:
        return reopen_for(case, link, by=by, at=at, back=True)
    own_clock(case, gone.demand_id, at=at)
    mark_in_case(gone.demand_id)
    mine = next_due(gone.demand_id)
    put_down(
        case, "case.rejoined", by=by, at=at, demand_id=gone.demand_id, office_id=case.holder_id,
        due=mine.due_at if mine else case.due_at,
    )  # fmt: skip
    return case
