"""The person judges: not solved opens the case again; taking back needs seven days and an outsider's call."""

from datetime import date, datetime, timedelta

import pytest
from django.utils.translation import override

from makers import AT, County, register
from minqing.ground.people.queries import looks_of
from minqing.ground.people.rules import AccessNeeded
from minqing.kernel.errors import NotFound
from minqing.methods.clock import day_of
from minqing.record.facts.queries import facts_about, kinds_about
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.models import Case, Withdrawal
from minqing.work.cases.queries import case_page, contact_person, status_of, withdrawals_for
from minqing.work.cases.rules import (
    CaseState,
    HiddenIdentity,
    NothingToJudge,
    NotHolder,
    NotServed,
    OwnOfficeCalls,
    ReviewLate,
    Track,
    WithdrawalPending,
)
from minqing.work.duties.queries import duties_about
from minqing.work.judgement.queries import callbacks_for, verdicts_of
from work.casework import accepted, forwarded, later, on, opened, owed, replied, resident, served, voice

pytestmark = pytest.mark.django_db
S = CaseState


def verdict(case: Case, solved: str, *, at=AT, explained: str = "yes", words: str = "") -> tuple[int, bool]:
    return cases.give_verdict(
        by=resident(voice(case)), case_id=case.pk, at=at, solved=solved, explained=explained, words=words
    )


def test_not_solved_opens_the_case_again_with_its_clock_in_the_same_moment(town: County):
    case = served(town)
    assert verdict(case, "no", at=later(3)) == (1, True)
    case.refresh_from_db()
    assert (case.state, case.reopened, case.ended_at) == (S.ACCEPTED, 1, None)
    assert owed(case.pk) == {"xf.reopen": "2026-07-20"}
    assert case.due_at is not None
    assert kinds_about(case.pk)[-1] == "case.reopened"


def test_the_day_told_on_reopening_is_the_day_of_the_answer_not_of_a_supervision(town: County):
    case = served(town)
    cases.supervise_case(
        by=town["leader"],
        case_id=case.pk,
        at=later(1),
        answer_by=date(2026, 7, 6),
        ground="delay",
        words="请说明。",
    )
    verdict(case, "no", at=later(3))
    told = next(fact for fact in facts_about(case.pk) if fact.kind == "case.reopened")
    days = owed(case.pk)
    assert min(days.values()) < days["xf.reopen"], "something else falls due earlier"
    assert day_of(datetime.fromisoformat(str(told.body["due"]))).isoformat() == days["xf.reopen"]


def test_saying_not_solved_costs_nobody_the_thirty_days_of_review(town: County):
    case = served(town)
    me = voice(case)
    window = owed(case.pk)["xf.review.ask"]
    verdict(case, "no", at=later(3))
    told = status_of(me, now=later(4))
    assert "ask-review" in told.acts
    open_days = {clock.key: clock.due.isoformat() for clock in told.clocks if clock.met_at is None}
    assert open_days == {"xf.review.ask": window, "xf.reopen": "2026-07-20"}
    assert sum(clock.key == "xf.review.ask" for clock in told.clocks) == 1
    case.refresh_from_db()
    assert told.holder.until == case.due_at, "the day of the answer is the office's, not the person's right"
    last = on(window, 23)
    assert "ask-review" in status_of(me, now=last).acts
    case = cases.ask_review(by=resident(me), case_id=case.pk, at=last, reason="不同意这个答复。")
    assert case.state == S.REVIEWING and set(owed(case.pk)) == {"xf.review"}
    again = next(line for line in duties_about([case.pk])[case.pk] if line.rule == "xf.reopen")
    assert again.dropped, "the office did not do it in time: the organ above took it over"


def test_after_the_thirty_days_a_case_worked_on_again_is_past_review(town: County):
    case = served(town)
    me, window = voice(case), owed(case.pk)["xf.review.ask"]
    verdict(case, "no", at=later(3))
    late = on(window, 12) + timedelta(days=1)
    told = status_of(me, now=late)
    assert "ask-review" not in told.acts
    assert all(clock.met_at for clock in told.clocks if clock.key == "xf.review.ask")
    with pytest.raises(ReviewLate):
        cases.ask_review(by=resident(me), case_id=case.pk, at=late, reason="不同意。")
    on_paper = cases.ask_review_case(
        by=town["dispatcher"], case_id=case.pk, at=late, demand_id=me, on=late.date() - timedelta(days=1),
        reason="信是最后一天到的。",
    )  # fmt: skip
    assert on_paper.state == S.REVIEWING, "a letter that arrived in time may be entered later"


def test_a_case_never_answered_has_no_review_to_ask_for(town: County):
    case = accepted(town)
    assert "ask-review" not in status_of(voice(case), now=AT).acts
    with pytest.raises(NotServed):
        cases.ask_review(by=resident(voice(case)), case_id=case.pk, at=AT, reason="不同意。")


def test_the_desk_may_enter_a_paper_request_while_the_office_works_again(town: County):
    def offered() -> bool:
        acts = case_page(town["dispatcher"], case.pk, now=later(4)).acts
        return "ask-review" in {line.act for line in acts}

    case = accepted(town)
    assert not offered()
    case = served(town)
    verdict(case, "no", at=later(3))
    assert offered()


def test_the_day_by_which_a_word_is_sorted_is_told_once(town: County):
    case = opened(town)
    clocks = [clock.key for clock in status_of(voice(case), now=AT).clocks]
    assert clocks.count("xf.triage") == 1
    order = opened(town, track=Track.ORDER)
    assert "xf.triage" in {clock.key for clock in status_of(voice(order), now=AT).clocks}


def test_a_well_explained_no_also_reopens_because_only_solved_counts(town: County):
    case = served(town)
    assert verdict(case, "no", explained="yes")[1]


def test_partly_and_yes_do_not_reopen(town: County):
    case = served(town)
    assert verdict(case, "partly") == (1, False)
    assert verdict(case, "yes", at=later(1)) == (2, False)
    case.refresh_from_db()
    assert (case.state, case.n_confirmed) == (S.SERVED, 1)


def test_the_legal_end_and_the_persons_yes_are_two_things(town: County):
    case = replied(town, track=Track.ORDER)
    case = cases.conclude_case(by=town["dispatcher"], case_id=case.pk, at=AT)
    assert (case.state, case.n_confirmed) == (S.CONCLUDED, 0)
    verdict(case, "yes")
    case.refresh_from_db()
    assert case.n_confirmed == 1
    verdict(case, "no", at=later(1))
    case.refresh_from_db()
    assert (case.n_confirmed, case.state) == (0, S.ACCEPTED)


def test_there_is_nothing_to_judge_before_an_answer(town: County):
    case = accepted(town)
    with pytest.raises(NothingToJudge):
        verdict(case, "no")


def test_a_verdict_changed_right_after_the_office_called_is_marked(town: County):
    case = served(town)
    verdict(case, "no")
    cases.contact_case(by=town["handler"], case_id=case.pk, at=later(0, 2))
    verdict(case, "yes", at=later(0, 3))
    versions = verdicts_of([f"case:{case.pk}"], voice(case))[f"case:{case.pk}"]
    assert [one.after_contact for one in versions] == [True, False]


def test_a_stranger_with_another_code_finds_nothing(town: County):
    case = served(town)
    other = resident(register().demand_id)
    with pytest.raises(NotFound):
        cases.give_verdict(by=other, case_id=case.pk, at=AT, solved="no", explained="no")


def test_whoever_left_a_telephone_is_called_by_another_office(town: County):
    case = served(town, demand_id=register("停水", name="孙小河", phone="13822223333").demand_id)
    waiting = callbacks_for(town["callback"])
    assert [(one.about, one.judged_id) for one in waiting] == [(f"case:{case.pk}", town.offices["water"])]
    _line, reopened = cases.work_callback(
        by=town["callback"], callback_id=waiting[0].pk, at=later(1), act="reach", solved="no", explained="yes"
    )
    case.refresh_from_db()
    assert reopened and case.state == S.ACCEPTED


def test_taking_back_works_after_seven_days_and_an_outsiders_call(town: County):
    case = accepted(town)
    asked = cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=AT)
    assert [one.id for one in withdrawals_for(town["callback"])] == [asked.pk]
    with pytest.raises(WithdrawalPending):
        cases.take_effect(withdrawal_id=asked.pk, at=later(1))
    assert jobs.withdraw(later(30)) == 0, "without the call it never takes effect"
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=later(2))
    assert jobs.withdraw(later(6)) == 0
    assert jobs.withdraw(later(8)) == 1
    case.refresh_from_db()
    assert case.state == S.WITHDRAWN and not owed(case.pk)


def test_the_handling_office_does_not_make_that_call(town: County):
    case = opened(town, holder_id=town.offices["hotline"])
    asked = cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=AT)
    with pytest.raises(OwnOfficeCalls):
        cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=AT)


def test_who_was_not_free_stays(town: County):
    case = accepted(town)
    asked = cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=False, at=later(1))
    assert jobs.withdraw(later(8)) == 0
    case.refresh_from_db()
    assert case.state == S.ACCEPTED


def test_one_word_undoes_it(town: County):
    case = accepted(town)
    me = resident(voice(case))
    cases.ask_withdrawal(by=me, case_id=case.pk, at=AT)
    cases.undo_withdrawal(by=me, case_id=case.pk, at=later(1))
    assert Withdrawal.objects.get().undone_at is not None
    assert "withdraw" in status_of(voice(case), now=AT).acts


def test_when_one_of_many_takes_back_the_case_goes_on(town: County):
    case, mine = accepted(town), register().demand_id
    cases.join_demand(by=town["dispatcher"], demand_id=mine, case_id=case.pk, at=AT, reason="同一处。")
    asked = cases.ask_withdrawal(by=resident(mine), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=later(1))
    jobs.withdraw(later(8))
    case.refresh_from_db()
    assert (case.state, case.n_voices) == (S.ACCEPTED, 1)
    assert status_of(mine, now=AT).state == "withdrawn"


def test_the_assigned_office_opens_a_contact_in_one_click_and_the_person_sees_it(town: County):
    demand = register("停水", name="李四河", phone="13833334444").demand_id
    case = accepted(town, demand_id=demand)
    contact = cases.open_contact(by=town["handler"], case_id=case.pk, demand_id=demand, at=AT)
    assert contact.phone == "13833334444"
    person = contact_person(town["handler"], case.pk, demand)
    assert len(looks_of(person)) == 1
    with pytest.raises((NotHolder, NotFound)):
        cases.open_contact(by=town["other_handler"], case_id=case.pk, demand_id=demand, at=AT)


def test_who_asked_to_stay_unknown_to_the_office_is_not_shown_to_it(town: County):
    demand = register("停水", name="周五河", phone="13844445555", anonymity="confidential").demand_id
    case = accepted(town, demand_id=demand)
    with pytest.raises(HiddenIdentity):
        cases.open_contact(by=town["handler"], case_id=case.pk, demand_id=demand, at=AT)
    with pytest.raises(AccessNeeded):  # the desk that knows them needs a second person
        cases.open_contact(by=town["dispatcher"], case_id=case.pk, demand_id=demand, at=AT)


def test_the_page_of_a_person_speaks_plainly_in_both_languages(town: County):
    case = forwarded(town)
    mine = voice(case)
    zh = status_of(mine, "zh-hans", now=AT)
    assert zh.state_text.startswith("已转给能办的单位")
    assert zh.holder.office == "棠川县信访局"
    assert zh.holder.until == case.due_at
    assert "第二十三条" in zh.clocks[0].words
    with override("zh-hans"):
        en = status_of(mine, "en", now=AT)
    assert en.clocks[0].words.isascii() or "art." in en.clocks[0].words
    assert en.holder.office == "desk"


def test_a_long_silence_is_shown(town: County):
    case = accepted(town)
    lines = status_of(voice(case), now=later(40)).timeline
    assert lines[-1].key == "gap" and "40" in lines[-1].text


def test_a_waiting_word_has_a_holder_and_a_day_too(town: County):
    mine = register().demand_id
    status = status_of(mine, now=AT)
    assert (status.state, status.holder.office, status.parts) == ("registered", "棠川县信访局", [])
    assert status.holder.until is not None
    assert status.clocks[0].key == "xf.triage"
