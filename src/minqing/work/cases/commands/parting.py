"""After the answer every voice goes its own way (docs/adr/0007).

In a joint case one answer reaches many. Whoever is not content — it is not solved, or the organ above should look at it
again — steps out into a case that carries the joint one on, with its own clock. What the others have stays as it is:
their own 认可, their day of service, their thirty days. Nobody is asked again because of somebody else.
"""

from datetime import datetime

from minqing.charter import Actor
from minqing.kernel.ids import uuid7_at
from minqing.record.facts.commands import open_subject
from minqing.work.cases.commands.gate import answer_of, day_of, keep, put_down, rule_of, step_out
from minqing.work.cases.commands.opening import next_number
from minqing.work.cases.commands.serving import has_answer, move_on
from minqing.work.cases.models import Case, Hold, Link, Withdrawal
from minqing.work.cases.rules import SEEN_BY, WORKING, CaseState, HoldState, Track
from minqing.work.duties import commands as duties
from minqing.work.intake.queries import demand_line

S = CaseState


def go_on(
    case: Case, link: Link, *, why: str, by: Actor, at: datetime, together: bool = False
) -> tuple[Case, Link]:
    """The case in which this voice goes on, in the state it has for this voice: the same one when nobody else is in it.

    `together`: it joins those who said the same before the next answer, with a day of its own counted from now.
    """
    if case.n_voices <= 1:
        return case, link
    onward = _open_one(case) if together else None
    joins = onward is not None
    if onward is None:
        onward = _carried_on(case, link, at=at)
    step_out(case, link, reason=why, at=at)
    new = Link.objects.create(
        case=onward, demand_id=link.demand_id, part=link.part, joined_at=at, joined_by=by.account_id, reason=why,
        before_id=link.before_id,
    )  # fmt: skip
    Withdrawal.objects.filter(link=link, done_at__isnull=True, undone_at__isnull=True).update(link=new)
    shell = Case.objects.filter(pk=link.before_id, merged_into=case).first() if link.before_id else None
    if shell is not None:
        shell.merged_into = onward
        duties.move(about=shell.pk, rules=(rule_of(shell), answer_of(shell)), office_id=onward.holder_id)
        shell.save(update_fields=["merged_into"])
    keep(case, "n_voices", "n_confirmed")
    told = {"demand_id": link.demand_id, "why": why, "number": onward.number}
    put_down(case, "case.continued", by=by, at=at, into=onward.pk, **told)
    move_on(case, at=at)
    if joins:
        onward.n_voices += 1
        keep(onward, "n_voices")
        duties.owe(
            about=link.demand_id, rule=answer_of(onward), office_id=onward.holder_id, place=onward.place_path,
            from_=day_of(at) if onward.track == Track.PETITION else at, at=at,
        )  # fmt: skip
    put_down(onward, "case.continued", by=by, at=at, came_from=case.pk, **told)
    return onward, new


def _open_one(case: Case) -> Case | None:
    """Where others who said "not solved" of the same answer are being worked for now."""
    rows = Case.objects.select_for_update(of=("self",), no_key=True)
    return (
        rows.filter(continues=case, state__in=WORKING, reopened__gt=0, n_voices__gt=0).order_by("id").first()
    )


def _carried_on(case: Case, link: Link, *, at: datetime) -> Case:
    state = S(case.state)
    if state in SEEN_BY and case.track == Track.PETITION and has_answer(case, link):
        state = SEEN_BY[state]
    line = demand_line(link.demand_id)
    onward = Case(
        id=uuid7_at(at), number=next_number(at), title=case.title, track=case.track, category=case.category, way=case.way,
        grade=case.grade, kind=case.kind, matter=case.matter, state=state, place_id=case.place_id, place_path=case.place_path,
        holder_id=case.holder_id, holder_path=case.holder_path, held_since=case.held_since, handler_id=case.handler_id,
        first_holder_id=case.first_holder_id, registered_at=case.registered_at, accepted_on=case.accepted_on,
        contacted_at=case.contacted_at, replied_at=case.replied_at, ended_at=case.ended_at, reopened=case.reopened,
        urgent=case.urgent, confidential=line.anonymity != "named", carried_by_id=case.carried_by_id,
        earlier_id=case.earlier_id, continues=case, n_voices=1,
    )  # fmt: skip
    open_subject(onward.pk)
    onward.save(force_insert=True)
    Hold.objects.create(
        case=onward,
        office_id=case.holder_id,
        state=HoldState.HELD,
        how="continued",
        given_at=at,
        answered_at=at,
    )
    return onward
