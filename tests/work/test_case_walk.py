"""Every edge of every procedure is walked by the acts; something is owed in each state that is not final."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from makers import AT, CHINA, County
from minqing.record.facts.queries import kinds_about
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.models import Case
from minqing.work.cases.rules import FINAL, MACHINES, WORKING, CaseState, Track
from minqing.work.duties.queries import next_due
from work.casework import (
    OPINION,
    accepted,
    answer,
    forwarded,
    later,
    on,
    opened,
    owed,
    replied,
    resident,
    review_served,
    reviewed,
    reviewing,
    served,
    voice,
)

pytestmark = pytest.mark.django_db
S = CaseState


def assigned(town: County, **more: object) -> Case:
    case = opened(town, **more)
    return cases.assign_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["water"])


def objected(town: County, **more: object) -> Case:
    case = forwarded(town, **more)
    return cases.object_case(
        by=town["handler"], case_id=case.pk, at=AT, reason="不归我局。", basis="三定方案"
    )


def referred(town: County, **more: object) -> Case:
    case = opened(town, **more)
    return cases.refer_up_case(by=town["dispatcher"], case_id=case.pk, at=AT, reason="重大紧急。")


def extended(town: County, **more: object) -> Case:
    case = accepted(town, **more)
    return cases.extend_case(by=town["head"], case_id=case.pk, at=AT, days=2, reason="等管件。")


def parked(town: County, **more: object) -> Case:
    case = accepted(town, **more)
    return cases.park_case(
        by=town["handler"],
        case_id=case.pk,
        at=AT,
        reason="资金未下达。",
        authority="市水务局",
        next_on=date(2026, 12, 1),
    )


def concluded(town: County, **more: object) -> Case:
    if more.get("track") in (None, Track.PETITION):
        return cases.settle_now_case(
            by=town["handler"], case_id=accepted(town, **more).pk, at=AT, text="已开阀。"
        )
    return cases.conclude_case(by=town["dispatcher"], case_id=replied(town, **more).pk, at=AT)


def settled(town: County, **more: object) -> Case:
    return cases.settle_case(by=town["handler"], case_id=accepted(town, **more).pk, at=AT, text="双方说好。")


def closed(town: County, **more: object) -> Case:
    case = served(town, **more)
    jobs.lapse(later(60))
    case.refresh_from_db()
    return case


def closed_after_review(town: County, **_more: object) -> Case:
    case = review_served(town)
    jobs.lapse(later(60))
    case.refresh_from_db()
    return case


def withdrawn(town: County, **more: object) -> Case:
    return withdraw(town, opened(town, **more))


def withdraw(town: County, case: Case) -> Case:
    asked = cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=later(1))
    jobs.withdraw(later(8))
    case.refresh_from_db()
    return case


def rereviewing(town: County) -> Case:
    case = review_served(town)
    return cases.ask_rereview(by=resident(voice(case)), case_id=case.pk, at=AT, reason="仍不同意。")


def rereviewed(town: County) -> Case:
    return cases.rereview_case(by=town["arbiter"], case_id=rereviewing(town).pk, at=AT, **SECOND)


SECOND = {
    "outcome": "support",
    "text": "维持。",
    "reasons": "事实清楚。",
    "basis": "《信访工作条例》第三十六条",
}


def again_in(state: CaseState) -> Callable[..., Case]:
    """Answered, served, not solved: worked on again, and the days of review run on."""

    def stand(town: County, **_more: object) -> Case:
        case = served(town)
        step(town, case, "reopen")
        case.refresh_from_db()
        if state is not S.ACCEPTED:
            step(town, case, "extend" if state is S.EXTENDED else "park")
        return case

    return stand


STANDING: dict[CaseState, Callable[..., Case]] = {
    S.REGISTERED: opened, S.FORWARDED: forwarded, S.ASSIGNED: assigned, S.OBJECTED: objected, S.REFERRED_UP: referred,
    S.ACCEPTED: accepted, S.EXTENDED: extended, S.PARKED: parked, S.REPLIED: replied, S.SERVED: served,
    S.REVIEWING: lambda town, **_: reviewing(town), S.REVIEWED: lambda town, **_: reviewed(town),
    S.REVIEW_SERVED: lambda town, **_: review_served(town), S.REREVIEWING: lambda town, **_: rereviewing(town),
    S.REREVIEWED: lambda town, **_: rereviewed(town), S.CLOSED: closed, S.CONCLUDED: concluded, S.SETTLED: settled,
    S.WITHDRAWN: withdrawn,
}  # fmt: skip


def step(town: County, case: Case, act: str) -> None:
    """The act of an edge, by whoever may."""
    desk, handler, head, pk = town["dispatcher"], town["handler"], town["head"], case.pk
    offered_here = S(case.state) in {S.FORWARDED, S.ASSIGNED}
    turn = handler if offered_here or case.holder_id == town.offices["water"] else desk
    match act:
        case "forward" | "assign":
            do = cases.forward_case if act == "forward" else cases.assign_case
            do(by=desk, case_id=pk, at=AT, office_id=town.offices["water"])
        case "refer-up":
            cases.refer_up_case(by=desk, case_id=pk, at=AT, reason="重大紧急。")
        case "object":
            cases.object_case(by=handler, case_id=pk, at=AT, reason="不归我局。", basis="三定方案")
        case "return":
            cases.return_case(by=desk, case_id=pk, at=AT)
        case "uphold":
            cases.uphold_case(by=desk, case_id=pk, at=AT, words="职责清楚。")
        case "arbitrate":
            Case.objects.filter(pk=pk).update(returns=2)
            cases.arbitrate_case(
                by=town["arbiter"],
                case_id=pk,
                at=AT,
                office_id=town.offices["roads"],
                reason="路面归交通。",
                basis="三定方案",
            )
        case "redirect":
            cases.redirect_case(
                by=turn, case_id=pk, at=AT, way="court", reason="已经起诉。", basis="第三十一条"
            )
        case "decline":
            cases.decline_case(by=turn, case_id=pk, at=AT, reason="不归本县。", basis="第十九条")
        case "no-longer":
            cases.no_longer_case(by=desk, case_id=pk, at=AT, reason="三级已终结。")
        case "accept":
            cases.accept_case(by=turn, case_id=pk, at=AT)
        case "settle-now":
            cases.settle_now_case(by=turn, case_id=pk, at=AT, text="已开阀。")
        case "extend":
            cases.extend_case(by=head, case_id=pk, at=AT, days=2, reason="等管件。")
        case "park":
            cases.park_case(
                by=handler, case_id=pk, at=AT, reason="等资金。", authority="市局", next_on=date(2026, 12, 1)
            )
        case "resume":
            cases.resume_case(by=handler, case_id=pk, at=AT)
        case "reply":
            answer(town, case)
        case "serve":
            cases.serve_case(by=desk, case_id=pk, at=AT, way="by_hand", on=AT.date())
        case "settle":
            cases.settle_case(by=handler, case_id=pk, at=AT, text="双方说好。")
        case "conclude":
            cases.conclude_case(by=desk, case_id=pk, at=AT)
        case "reopen":
            if case.replied_at:
                cases.give_verdict(by=resident(voice(case)), case_id=pk, at=AT, solved="no", explained="yes")
            else:
                cases.reopen_case(by=resident(voice(case)), case_id=pk, at=AT)
        case "withdraw":
            withdraw(town, case)
        case "ask-review":
            cases.ask_review(by=resident(voice(case)), case_id=pk, at=AT, reason="不同意。")
        case "ask-rereview":
            cases.ask_rereview(by=resident(voice(case)), case_id=pk, at=AT, reason="不同意。")
        case "review":
            cases.review_case(by=town["leader"], case_id=pk, at=AT, remedy="市级主管部门", **SECOND)
        case "rereview":
            cases.rereview_case(by=town["arbiter"], case_id=pk, at=AT, **SECOND)
        case "lapse":
            jobs.lapse(later(60))
        case _:
            raise AssertionError(act)


EDGES = [
    (track, state, act)
    for track in (Track.PETITION, Track.ORDER, Track.SIMPLE)
    for (state, act) in MACHINES[track].moves
    if not (track is Track.SIMPLE and state is S.REFERRED_UP)
]


@pytest.mark.parametrize(("track", "state", "act"), EDGES, ids=str)
def test_every_step_leads_where_the_table_says_and_leaves_a_duty(
    town: County, track: Track, state: CaseState, act: str
):
    standing = closed_after_review if (state, act) == (S.CLOSED, "ask-rereview") else STANDING[state]
    if act == "ask-review" and state in WORKING:
        standing = again_in(state)
    case = standing(town, track=track)
    case.refresh_from_db()
    assert case.state == state
    step(town, case, act)
    case.refresh_from_db()
    assert case.state == MACHINES[track].moves[state, act]
    nearest = next_due(case.pk)
    assert (nearest.due_at if nearest else None) == case.due_at, "the case repeats its nearest duty"
    assert (nearest is None) == (S(case.state) in FINAL)


def test_the_whole_petition_ends_after_three_stages(town: County):
    case = rereviewed(town)
    case = cases.serve_case(
        by=town["dispatcher"], case_id=case.pk, at=later(2), way="by_hand", on=later(2).date()
    )
    assert case.state == S.TERMINATED
    assert kinds_about(case.pk) == [
        "case.opened", "case.forwarded", "case.accepted", "case.replied", "case.served", "case.review-asked",
        "case.reviewed", "case.served", "case.rereview-asked", "case.rereviewed", "case.served", "case.terminated",
    ]  # fmt: skip
    assert case.due_at is None
    assert not owed(case.pk)


def test_the_letter_before_spring_festival_has_the_days_of_the_law(town: County):
    case = opened(town, at=on("2026-02-13"))
    assert owed(case.pk) == {"xf.triage": "2026-02-28"}
    case = cases.forward_case(
        by=town["dispatcher"], case_id=case.pk, at=on("2026-02-13"), office_id=town.offices["water"]
    )
    assert owed(case.pk) == {"xf.tell": "2026-02-28"}
    case = cases.accept_case(by=town["handler"], case_id=case.pk, at=on("2026-03-02"))
    assert owed(case.pk) == {"xf.handle": "2026-05-06"}
    assert case.due_at.astimezone(CHINA) == on("2026-05-06", 0) + timedelta(hours=23, minutes=59, seconds=59)
    assert OPINION["basis"]
