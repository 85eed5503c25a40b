"""A word that was taken back from a joint case comes back on one word of its person (docs/adr/0007)."""

from uuid import UUID

import pytest

from makers import AT, County, register
from minqing.kernel.errors import NotFound
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.models import Case
from minqing.work.cases.queries import status_of
from minqing.work.cases.rules import CaseState, NothingTakenBack
from work.casework import accepted, answer, later, opened, owed, resident, take_back, voice

pytestmark = pytest.mark.django_db
S = CaseState


def taken_back(town: County, case: Case) -> UUID:
    mine = register("也停水").demand_id
    take_back(town, case, mine)
    return mine


def test_a_voice_that_took_back_speaks_in_the_joint_case_again_with_a_day_of_its_own(town: County):
    case = accepted(town)
    mine = taken_back(town, case)
    assert status_of(mine, now=later(8)).acts == ["come-back"]
    assert cases.come_back(by=resident(mine), case_id=case.pk, at=later(9)) == case
    case.refresh_from_db()
    assert (case.state, case.n_voices) == (S.ACCEPTED, 2)
    assert owed(mine) == {"xf.handle": "2026-09-07"}, "sixty days from coming back"
    found = status_of(mine, now=later(9))
    assert found.state == "accepted" and "withdraw" in found.acts and "come-back" not in found.acts
    assert any("您改了主意" in one.text for one in found.timeline)
    with pytest.raises(NothingTakenBack):
        cases.come_back(by=resident(mine), case_id=case.pk, at=later(9))
    other = status_of(voice(case), now=later(9))
    assert not any("您改了主意" in one.text for one in other.timeline), "the others are told nothing of it"


def test_taking_back_a_second_time_asks_for_seven_days_and_the_call_again(town: County):
    case = accepted(town)
    mine = taken_back(town, case)
    cases.come_back(by=resident(mine), case_id=case.pk, at=later(9))
    cases.ask_withdrawal(by=resident(mine), case_id=case.pk, at=later(9))
    assert jobs.withdraw(later(30)) == 0
    assert status_of(mine, now=later(30)).state == "accepted"


def test_after_the_answer_it_goes_its_own_way_and_the_others_keep_theirs(town: County):
    case = accepted(town)
    mine = taken_back(town, case)
    answer(town, case, at=later(9))
    case.refresh_from_db()
    before = (case.state, case.due_at, case.n_voices)
    onward = cases.come_back(by=resident(mine), case_id=case.pk, at=later(10))
    case.refresh_from_db()
    assert (case.state, case.due_at, case.n_voices) == before
    assert (onward.continues_id, onward.state, onward.n_voices) == (case.pk, S.ACCEPTED, 1)
    assert status_of(mine, now=later(10)).holder.until == onward.due_at


def test_where_no_way_leads_back_it_is_sorted_anew(town: County):
    case = opened(town)
    mine = taken_back(town, case)
    cases.decline_case(
        by=town["dispatcher"], case_id=case.pk, at=later(9), reason="不归本县。", basis="第十九条"
    )
    assert cases.come_back(by=resident(mine), case_id=case.pk, at=later(10)) is None
    assert list(owed(mine)) == ["xf.triage"]
    found = status_of(mine, now=later(10))
    assert (found.state, found.parts) == ("registered", [])
    assert any("您改了主意" in one.text for one in found.timeline)


def test_a_case_of_one_is_taken_up_again_the_same_way(town: County):
    case = accepted(town)
    asked = cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=later(1))
    jobs.withdraw(later(8))
    assert "come-back" in status_of(voice(case), now=later(8)).acts
    cases.come_back(by=resident(voice(case)), case_id=case.pk, at=later(9))
    case.refresh_from_db()
    assert case.state == S.ACCEPTED and case.due_at


def test_nobody_brings_back_another_persons_word(town: County):
    case = accepted(town)
    taken_back(town, case)
    with pytest.raises(NotFound):
        cases.come_back(by=resident(register("别的事").demand_id), case_id=case.pk, at=later(9))
