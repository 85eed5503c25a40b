"""Every state a thing of the house can stand in is to be found in the demo county; the moments between are named."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from typing import Any

import pytest

from minqing.kernel.states import Machine
from minqing.means.notify.models import Message
from minqing.means.notify.queries import failures
from minqing.means.notify.rules import MESSAGE, MessageState
from minqing.methods.clock import CHINA
from minqing.wiring.demo.by_hand_states import Days
from minqing.wiring.demo.matters_by_hand import JOINT, MATTERS
from minqing.work.cases.models import Case, Link
from minqing.work.cases.rules import FINAL, MACHINES, CaseState, Track
from minqing.work.intake.models import Demand
from minqing.work.intake.rules import DemandState
from minqing.work.judgement.models import Callback
from minqing.work.judgement.rules import CALLBACK
from minqing.work.promises.models import Promise
from minqing.work.promises.rules import PROMISE
from wiring.counties import TODAY, fill, taken_back

pytestmark = pytest.mark.django_db
AT = datetime.combine(TODAY, time(9), CHINA)
A_MOMENT = {
    (
        "message",
        "sending",
    ): "from the taking of a message to the gateway's word: ten minutes at most, then it is unknown",
}
ITEMS = 2000
"""A whole block: the year's own stories stand in most of the states, each with its own chance."""


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with taken_back(django_db_blocker, lambda: fill(ITEMS)):
        yield


def stands(machine: Machine) -> set[str]:
    return {str(state) for state in machine.states()}


def missing(name: str, machine: Machine, there: Iterable[str]) -> set[str]:
    moments = {state for of, state in A_MOMENT if of == name}
    there = set(there)
    assert not there & moments, "what cannot stand, stands"
    return stands(machine) - there - moments


def test_every_state_of_every_machine_is_populated_or_is_no_more_than_a_moment() -> None:
    lacking = {
        "message": missing("message", MESSAGE, Message.objects.values_list("state", flat=True)),
        "callback": missing("callback", CALLBACK, Callback.objects.values_list("state", flat=True)),
        "promise": missing("promise", PROMISE, Promise.objects.values_list("state", flat=True)),
        "demand": {str(state) for state in DemandState} - set(Demand.objects.values_list("state", flat=True)),
    }
    for track, machine in MACHINES.items():
        there = Case.objects.filter(track=track).values_list("state", flat=True)
        lacking[str(track)] = missing(str(track), machine, there)
    assert {name: states for name, states in lacking.items() if states} == {}


def test_what_is_done_by_hand_for_a_state_is_there_whenever_the_year_ends_and_only_once() -> None:
    before = Case.objects.count(), Message.objects.count(), Callback.objects.count()
    fill(0)
    assert (Case.objects.count(), Message.objects.count(), Callback.objects.count()) == before
    rows = {
        key: Case.objects.get(links__demand__sender_key=key)
        for key in (f"by-hand/{matter.person}" for matter in MATTERS)
    }
    for matter in MATTERS:
        case = rows[f"by-hand/{matter.person}"]
        assert case.track == matter.track and case.title == matter.title
        if CaseState(case.state) not in FINAL:
            assert case.due_at is not None and case.due_at > AT, (matter.title, case.state, case.due_at)
    simple = {rows[f"by-hand/{matter.person}"].state for matter in MATTERS if matter.track is Track.SIMPLE}
    assert simple == stands(MACHINES[Track.SIMPLE]) - {"concluded"}


def test_the_page_of_what_did_not_go_out_shows_a_box_that_is_not_there_and_a_gateway_that_said_nothing() -> (
    None
):
    lines = failures()
    assert {line.state for line in lines} == {MessageState.FAILED, MessageState.UNKNOWN}
    assert {line.error for line in lines} == {"refused by the receiver's server", "TimeoutError"}


def test_two_voices_left_a_joint_case_and_one_went_back_to_its_own() -> None:
    head, with_case, without = (
        {
            link.case_id: link.left_at
            for link in Link.objects.filter(demand__sender_key=f"by-hand/{one.person}")
        }
        for one in JOINT
    )
    (joint,) = head
    assert head[joint] is None and with_case[joint] and without[joint]
    assert [left for case, left in with_case.items() if case != joint] == [None]
    assert Demand.objects.get(sender_key=f"by-hand/{JOINT[2].person}").state == DemandState.WAITING


@pytest.mark.parametrize("day", ["2026-01-01", "2026-02-23", "2026-05-05", "2026-10-08", "2026-11-22"])
def test_days_by_hand_lie_before_the_end_and_the_last_quarter_is_the_one_before(day: str) -> None:
    end = datetime.combine(date.fromisoformat(day), time(0, 1), CHINA)
    days = Days(None, end)  # type: ignore[arg-type]
    moments = [days.at(ago, hour) for ago in (60, 2, 1) for hour in range(9)]
    assert moments == sorted(moments) and moments[-1] < end
    last = days.back[days.last_quarter() - 1]
    assert (end.date().year * 4 + (end.month - 1) // 3) - (last.year * 4 + (last.month - 1) // 3) == 1
