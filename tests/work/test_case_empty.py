"""A case whose last voice is gone ends and owes nothing; while a voice remains or may come home, everything runs on."""

from uuid import UUID

import pytest

from makers import AT, County, register
from minqing.work.cases import commands as cases
from minqing.work.cases import jobs
from minqing.work.cases.commands import Part
from minqing.work.cases.models import Case, Hold
from minqing.work.cases.queries import status_of
from minqing.work.cases.rules import CaseState, HoldState, LastWord
from minqing.work.duties.queries import duties_about
from work.casework import accepted, forwarded, later, owed, resident, voice

pytestmark = pytest.mark.django_db
S = CaseState
WHY = {"reason": "同一处漏水。"}


def join(town: County, demand_id: UUID, case: Case) -> None:
    cases.join_demand(by=town["dispatcher"], demand_id=demand_id, case_id=case.pk, at=AT, **WHY)


def take_back(town: County, demand_id: UUID, case: Case) -> None:
    asked = cases.ask_withdrawal(by=resident(demand_id), case_id=case.pk, at=AT)
    cases.confirm_withdrawal(by=town["callback"], withdrawal_id=asked.pk, free=True, at=later(1))
    assert jobs.withdraw(later(8)) == 1


def now(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def ended_empty(case: Case) -> bool:
    found = now(case)
    return (
        found.state == S.WITHDRAWN
        and found.ended_at is not None
        and found.due_at is None
        and owed(case.pk) == {}
    )


def dropped(about: UUID) -> set[str]:
    return {line.dropped for line in duties_about([about]).get(about, [])}


def test_the_case_of_one_who_took_back_ends_and_owes_nothing(town: County):
    case = forwarded(town)
    mine = voice(case)
    take_back(town, mine, case)
    assert ended_empty(case) and owed(mine) == {}
    assert not Hold.objects.filter(case=case, state=HoldState.OFFERED).exists(), (
        "no office is asked to take it any more"
    )


def test_the_shell_of_a_word_that_was_taken_back_from_a_joint_case_ends_with_it(town: County):
    home, joint = accepted(town), accepted(town)
    mine = voice(home)
    join(town, mine, joint)
    assert owed(home.pk), "until then its clock runs on, so that it could come home unchanged"
    take_back(town, mine, joint)
    assert ended_empty(home) and owed(mine) == {} and "withdrawn" in dropped(home.pk)
    assert (now(joint).state, now(joint).n_voices) == (S.ACCEPTED, 1) and owed(joint.pk)
    assert status_of(mine, now=later(8)).state == "withdrawn"


def test_a_shell_to_which_another_voice_may_come_home_runs_on(town: County):
    home, joint = accepted(town), accepted(town)
    mine, other = voice(home), register("也漏水").demand_id
    join(town, other, home)
    join(town, mine, joint)
    join(town, other, joint)
    before = owed(home.pk)
    take_back(town, mine, joint)
    assert now(home).state == S.ACCEPTED and owed(home.pk) == before != {}
    back = cases.leave_case(
        by=resident(other), demand_id=other, case_id=joint.pk, at=later(9), reason="分开办。"
    )
    assert back == home and now(home).n_voices == 1 and owed(home.pk)


def test_when_the_last_of_them_takes_back_too_the_shell_ends(town: County):
    home, joint = accepted(town), accepted(town)
    mine, other = voice(home), register("也漏水").demand_id
    join(town, other, home)
    join(town, mine, joint)
    join(town, other, joint)
    take_back(town, mine, joint)
    take_back(town, other, joint)
    assert ended_empty(home) and now(joint).state == S.ACCEPTED


def test_shells_within_shells_end_together(town: County):
    first, second, third = accepted(town), accepted(town), accepted(town)
    host, mine = voice(second), voice(first)
    join(town, mine, second)
    take_back(town, host, second)
    join(town, mine, third)
    assert now(second).n_voices == 0 and now(second).merged_into_id == third.pk
    take_back(town, mine, third)
    assert ended_empty(first) and ended_empty(second) and now(third).n_voices == 1


def test_the_last_voice_of_a_joint_case_ends_it_and_what_it_came_from_as_taken_back_not_as_done(town: County):
    home, joint = accepted(town), accepted(town)
    host, mine = voice(joint), voice(home)
    join(town, mine, joint)
    take_back(town, host, joint)
    take_back(town, mine, joint)
    assert ended_empty(joint) and ended_empty(home) and owed(mine) == {}
    assert "withdrawn" in dropped(home.pk) and "withdrawn" in dropped(joint.pk)


def test_who_comes_back_speaks_in_the_joint_case_and_has_no_ended_case_to_fall_into(town: County):
    home, joint = accepted(town), accepted(town)
    mine = voice(home)
    join(town, mine, joint)
    take_back(town, mine, joint)
    assert cases.come_back(by=resident(mine), case_id=joint.pk, at=later(9)) == joint
    assert owed(mine), "a day of its own"
    back = cases.leave_case(
        by=resident(mine), demand_id=mine, case_id=joint.pk, at=later(10), reason="分开办。"
    )
    assert back is None and list(owed(mine)) == ["xf.triage"], "sorted anew"
    assert ended_empty(home)


def test_who_comes_back_alone_keeps_the_joint_case(town: County):
    home, joint = accepted(town), accepted(town)
    host, mine = voice(joint), voice(home)
    join(town, mine, joint)
    take_back(town, host, joint)
    take_back(town, mine, joint)
    assert cases.come_back(by=resident(mine), case_id=joint.pk, at=later(9)) == joint
    assert now(joint).state == S.ACCEPTED and owed(joint.pk)
    with pytest.raises(LastWord):
        cases.leave_case(by=resident(mine), demand_id=mine, case_id=joint.pk, at=later(10), reason="分开办。")
    assert now(joint).n_voices == 1 and owed(joint.pk)


def test_a_part_its_word_has_left_ends_and_the_other_parts_go_on(town: County):
    whole = forwarded(town)
    mine = voice(whole)
    parts = [Part("停水"), Part("漏水", town.offices["roads"])]
    _, other = cases.split_demand(
        by=town["dispatcher"], demand_id=mine, case_id=whole.pk, at=AT, parts=parts, reason="两件事。"
    )
    assert (
        cases.leave_case(
            by=resident(mine), demand_id=mine, case_id=whole.pk, at=later(1), reason="不用办了。"
        )
        is None
    )
    assert ended_empty(whole)
    assert now(other).n_voices == 1 and owed(other.pk)
    assert "leave" not in status_of(mine, now=later(2)).acts, "there is nowhere to go back to"
    with pytest.raises(LastWord):
        cases.leave_case(
            by=resident(mine), demand_id=mine, case_id=other.pk, at=later(2), reason="不用办了。"
        )
