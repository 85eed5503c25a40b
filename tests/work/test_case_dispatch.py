"""Whose it is: the first holder answers until another office accepts; twice returned, only the arbiter decides."""

from datetime import date, datetime

import pytest

from makers import AT, VILLAGE, County, register
from minqing.charter import Role, Verb
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.kernel.states import IllegalMove
from minqing.means.documents.models import Document
from minqing.means.documents.queries import documents_about
from minqing.methods.clock import day_of
from minqing.record.facts.queries import facts_about
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Hold
from minqing.work.cases.queries import Filters, case_for, case_page, cases_for, queues, worklist
from minqing.work.cases.rules import (
    CaseState,
    Changed,
    MatterNeeded,
    NotHolder,
    NotOffered,
    ObjectedBefore,
    ObjectionLate,
    PushedDown,
    ReturnedTooOften,
    ReturnFirst,
    Track,
)
from work.casework import accepted, forwarded, later, on, opened, owed

pytestmark = pytest.mark.django_db
S = CaseState


def objected(town: County, case_id, at=AT):
    return cases.object_case(
        by=town["handler"], case_id=case_id, at=at, reason="不归我局。", basis="三定方案"
    )


def test_the_first_holder_keeps_the_case_until_the_other_office_accepts(town: County):
    case = forwarded(town)
    assert case.holder_id == town.offices["desk"]
    case = cases.accept_case(by=town["handler"], case_id=case.pk, at=later(1))
    assert case.holder_id == town.offices["water"]
    assert case.first_holder_id == town.offices["desk"]
    assert case.held_since == later(1)


@pytest.mark.parametrize("track", [Track.PETITION, Track.ORDER])
def test_the_day_told_on_acceptance_is_the_day_of_the_answer_not_of_a_report_or_first_call(
    town: County, track: Track
):
    case = opened(town, track=track)
    cases.assign_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["water"])
    case = cases.accept_case(by=town["handler"], case_id=case.pk, at=AT)
    told = next(fact for fact in facts_about(case.pk) if fact.kind == "case.accepted")
    days = owed(case.pk)
    answer = {Track.PETITION: "xf.handle", Track.ORDER: "hl.help"}[track]
    assert min(days.values()) < days[answer], "something else falls due earlier"
    assert day_of(datetime.fromisoformat(str(told.body["due"]))).isoformat() == days[answer]


def test_the_offered_office_sees_the_case_and_its_neighbour_does_not(town: County):
    case = forwarded(town)
    assert [line.id for line in worklist(town["handler"], Filters(queue="offered")).rows] == [case.pk]
    assert worklist(town["handler"]).rows[0].waits_for_us
    assert not worklist(town["other_handler"]).rows
    with pytest.raises(NotFound):
        case_for(town["other_handler"], Verb.CASE_ACCEPT, case.pk)


def test_an_office_that_was_not_asked_cannot_accept_even_if_it_sees_the_whole_county(town: County):
    case = forwarded(town)
    with pytest.raises(NotOffered):
        cases.accept_case(by=town["dispatcher"], case_id=case.pk, at=AT)


def test_what_one_sees_but_may_not_do_is_not_allowed(town: County):
    case = accepted(town)
    with pytest.raises(NotAllowed):
        cases.extend_case(by=town["handler"], case_id=case.pk, at=AT, days=5, reason="等。")
    with pytest.raises(NotHolder):
        cases.accept_case(by=town["dispatcher"], case_id=opened_elsewhere(town), at=AT)


def opened_elsewhere(town: County):
    return opened(town, holder_id=town.offices["roads"]).pk


def test_objection_is_possible_for_five_workdays_from_receipt(town: County):
    case = forwarded(town, at=on("2026-02-13"))
    with pytest.raises(ObjectionLate, match="2026-02-27"):
        objected(town, case.pk, at=on("2026-02-28"))
    assert objected(town, case.pk, at=on("2026-02-27", 23)).state == S.OBJECTED


def test_a_returned_case_goes_back_to_the_desk_and_its_clock_is_not_hidden(town: County):
    case = forwarded(town)
    objected(town, case.pk)
    assert set(owed(case.pk)) == {"xf.tell", "xf.object.answer"}
    case = cases.return_case(by=town["dispatcher"], case_id=case.pk, at=AT)
    assert (case.state, case.returns, case.holder_id) == (S.REGISTERED, 1, town.offices["desk"])
    assert set(owed(case.pk)) == {"xf.triage"}


def test_the_objecting_office_cannot_decide_on_its_own_objection(town: County):
    case = forwarded(town)
    objected(town, case.pk)
    with pytest.raises((NotAllowed, NotFound)):
        cases.return_case(by=town["handler"], case_id=case.pk, at=AT)


def test_after_two_returns_only_the_arbiter_names_the_office_and_it_cannot_be_returned(town: County):
    case = opened(town)
    for _ in range(2):
        cases.forward_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["water"])
        objected(town, case.pk)
        case = cases.return_case(by=town["dispatcher"], case_id=case.pk, at=AT)
    assert set(owed(case.pk)) == {"xf.arbitrate"}
    with pytest.raises(ReturnedTooOften):
        cases.forward_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["roads"])
    assert [q.n for q in queues(town["arbiter"], now=AT) if q.key == "arbitrate"] == [1]
    case = cases.arbitrate_case(
        by=town["arbiter"],
        case_id=case.pk,
        at=AT,
        office_id=town.offices["water"],
        reason="管网归水务。",
        basis="三定方案",
    )
    with pytest.raises(ReturnedTooOften):
        objected(town, case.pk)
    assert cases.accept_case(by=town["handler"], case_id=case.pk, at=AT).state == S.ACCEPTED


def test_a_case_returned_twice_and_laid_before_the_county_is_the_arbiters_still(town: County):
    case = opened(town)
    for _ in range(2):
        cases.forward_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["water"])
        objected(town, case.pk)
        cases.return_case(by=town["dispatcher"], case_id=case.pk, at=AT)
    cases.refer_up_case(by=town["dispatcher"], case_id=case.pk, at=AT, reason="重大紧急。")
    assert [q.n for q in queues(town["arbiter"], now=AT) if q.key == "arbitrate"] == [1]
    assert "arbitrate" in {line.act for line in case_page(town["arbiter"], case.pk).acts}
    named = cases.arbitrate_case(
        by=town["arbiter"], case_id=case.pk, at=AT, office_id=town.offices["water"], reason="管网归水务。", basis="三定"
    )  # fmt: skip
    assert named.state == S.ASSIGNED


def test_before_two_returns_the_arbiter_has_no_form_and_is_told_why(town: County):
    def refused(case) -> str:
        assert "arbitrate" not in {line.act for line in case_page(town["arbiter"], case.pk).acts}
        with pytest.raises(ReturnFirst) as told:
            cases.arbitrate_case(
                by=town["arbiter"], case_id=case.pk, at=AT, office_id=town.offices["roads"], reason="归交通。", basis="三定"
            )  # fmt: skip
        return told.value.text.format(**told.value.data)

    case = opened(town)
    assert refused(case) == "退回2次以后才由裁定人定，现在退回了0次。"
    for _ in range(2):
        assert case.returns == 0 or "现在退回了1次" in refused(case)
        cases.forward_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["water"])
        refused(case)
        objected(town, case.pk)
        refused(case)
        case = cases.return_case(by=town["dispatcher"], case_id=case.pk, at=AT)
    assert "arbitrate" in {line.act for line in case_page(town["arbiter"], case.pk).acts}


def test_an_objection_once_decided_is_not_made_again(town: County):
    case = forwarded(town)
    objected(town, case.pk)
    cases.uphold_case(by=town["dispatcher"], case_id=case.pk, at=AT, words="职责清楚。")
    with pytest.raises(ObjectedBefore):
        objected(town, case.pk)


def test_department_work_is_not_pushed_down_to_a_village(town: County):
    case = opened(town, matter="labour.wages")
    with pytest.raises(PushedDown):
        cases.forward_case(by=town["dispatcher"], case_id=case.pk, at=AT, office_id=town.offices["village"])
    unsorted = opened(town)
    with pytest.raises(MatterNeeded):
        cases.assign_case(
            by=town["dispatcher"], case_id=unsorted.pk, at=AT, office_id=town.offices["village"]
        )


def test_an_assisting_office_has_a_clock_of_its_own(town: County):
    case = accepted(town)
    cases.assist_case(
        by=town["dispatcher"],
        case_id=case.pk,
        at=AT,
        office_id=town.offices["roads"],
        words="开挖路面。",
        days=5,
    )
    assert owed(case.pk)["xf.assist"] == "2026-07-06"
    assert [line.id for line in worklist(town["other_handler"], Filters(queue="assist")).rows] == [case.pk]
    case = cases.reply_case(
        by=town["other_handler"], case_id=case.pk, at=later(1), kind="assist", text="已开挖。"
    )
    assert set(owed(case.pk)) == {"xf.handle"}
    assert case.state == S.ACCEPTED
    assert not worklist(town["other_handler"]).rows


def test_letters_go_with_a_petition_and_name_nobody(town: County):
    demand = register(
        "我叫赵大山，家住三组，停水了。", name="赵大山", phone="13800001111", place=VILLAGE
    ).demand_id
    case = forwarded(town, demand_id=demand, title="赵大山家停水")
    letter = documents_about(f"case:{case.pk}")[0]
    assert letter.kind == "forward_letter"
    accepted_case = cases.accept_case(by=town["handler"], case_id=case.pk, at=AT)
    kinds = [paper.kind.value for paper in documents_about(f"case:{accepted_case.pk}")]
    assert kinds == ["forward_letter", "accept_notice"]
    bodies = "".join(str(row) for row in bodies_of(case.pk))
    assert "赵大山" not in bodies
    assert "{{person}}" in bodies


def bodies_of(case_id):
    return Document.objects.filter(about=f"case:{case_id}").values_list("body", flat=True)


def test_two_officers_on_one_case_do_not_overwrite_each_other(town: County):
    case = forwarded(town)
    with pytest.raises(Changed):
        cases.accept_case(by=town["handler"], case_id=case.pk, at=AT, seen=0)
    assert cases.accept_case(by=town["handler"], case_id=case.pk, at=AT, seen=1).state == S.ACCEPTED


def test_a_bulk_act_names_what_it_could_not_do_and_does_the_rest(town: County):
    first, second = opened(town), accepted(town)
    second = cases.park_case(
        by=town["handler"],
        case_id=second.pk,
        at=AT,
        reason="等资金。",
        authority="市局",
        next_on=date(2026, 12, 1),
    )
    done = cases.bulk_assign(
        by=town["dispatcher"],
        case_ids=[first.pk, second.pk],
        office_id=town.offices["roads"],
        words="请办。",
        at=AT,
    )
    assert done.done == [first.pk]
    assert [(pk, type(no)) for pk, no in done.refused] == [(second.pk, IllegalMove)]


def test_an_order_runs_on_the_clock_of_its_grade_from_registration(town: County):
    case = forwarded(town, track=Track.ORDER, grade="complaint")
    assert owed(case.pk) == {"hl.complain": "2026-07-21", "hl.sign": "2026-07-01"}
    case = cases.accept_case(by=town["handler"], case_id=case.pk, at=AT)
    assert set(owed(case.pk)) == {"hl.complain", "hl.contact"}
    case = cases.contact_case(by=town["handler"], case_id=case.pk, at=AT)
    assert set(owed(case.pk)) == {"hl.complain"}


def test_solved_on_the_spot_is_one_line_and_only_the_person_says_solved(town: County):
    demand = register("水费怎么交？").demand_id
    case = cases.settle_demand_now(by=town["operator"], demand_id=demand, at=AT, text="可以在村里代缴。")
    assert (case.state, case.track, case.n_confirmed) == (S.CONCLUDED, Track.SIMPLE, 0)
    assert case.replied_at == AT
    assert not owed(case.pk) and not owed(demand)


def test_nobody_without_a_seat_reaches_any_case(town: County):
    forwarded(town)
    for name in ("sysadmin", "deputy", "registrar", "callback"):
        assert not cases_for(town[name]).exists()
    assert Role.SYSADMIN in town["sysadmin"].roles
    assert Hold.objects.count() == 2
