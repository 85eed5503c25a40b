"""States are tables: every one can be reached, every one that is no end is owed by somebody until a day."""

import pytest

from minqing.ground.law.queries import shipped_law
from minqing.kernel.states import Machine
from minqing.methods.clock import term_of
from minqing.watch.clues import rules as clues
from minqing.wiring.reference.reading import duties_of, machines
from minqing.work.cases import rules as cases
from minqing.work.promises import rules as promises

MACHINES = machines()
UNDONE = {"reopen", "bounce", "ask-review", "ask-rereview"}
"""What may still happen to an end: the person says it is not solved, a letter comes back, a request was in time."""
OWED = ("petition", "order", "promise", "clue", "retaliation", "restitution")
NOT_OWED = {
    "access": "lapses by itself after a day; who asked asks again",
    "message": "technical: retried by the worker, failures stand on a page",
    "opening": "lasts a day to be approved and half an hour to be used, then lapses by itself",
    "callback": "the list of the callback desk; the case owes its own callback clock",
}


def reached(machine: Machine) -> set[object]:
    found, before = {machine.start}, set()
    while found != before:
        before = set(found)
        found |= {then for (state, _), then in machine.moves.items() if state in found}
    return found


@pytest.mark.parametrize("name", MACHINES)
def test_every_state_can_be_reached(name: str) -> None:
    machine = MACHINES[name]
    assert machine.states() - reached(machine) == set()


@pytest.mark.parametrize("name", MACHINES)
def test_an_end_can_be_reached_from_everywhere(name: str) -> None:
    machine = MACHINES[name]
    ends = {state for state in machine.states() if set(machine.acts_from(state)) <= UNDONE}
    assert ends
    for state in machine.states():
        later, before = {state}, set()
        while later != before:
            before = set(later)
            later |= {then for (one, _), then in machine.moves.items() if one in later}
        assert later & ends, state


def test_every_machine_is_owed_or_says_why_not() -> None:
    assert set(MACHINES) == {*OWED, *NOT_OWED}


@pytest.mark.parametrize("name", OWED)
def test_every_state_that_is_no_end_has_a_duty(name: str) -> None:
    machine = MACHINES[name]
    owed = duties_of(machine)
    # An ended case can be opened again by the person and by nobody else: nothing is owed until then.
    open_states = {state for state in machine.states() if set(machine.acts_from(state)) - UNDONE}
    assert {str(state) for state in open_states} - {str(state) for state in owed} == set()


@pytest.mark.parametrize("grade", list(cases.Grade))
@pytest.mark.parametrize("track", list(cases.Track))
def test_every_duty_of_a_case_is_a_rule_of_the_law(track: cases.Track, grade: cases.Grade) -> None:
    book = shipped_law().book
    known = set(book.keys)
    for state in cases.MACHINES[track].states():
        for again in (False, True):
            for category in cases.Category:
                rule = cases.state_rule(state, track, grade, category, again=again, returns=0)
                assert not rule or rule in known, (track, state, rule)


def test_promises_run_on_days_said_or_terms_of_their_own() -> None:
    known = set(shipped_law().book.keys)
    assert all(term or rule == "promise.keep" or rule in known for rule, term in promises.STATE_DUTY.values())


def test_what_the_sealed_room_owes_is_a_rule_of_the_law_or_a_term_of_its_own() -> None:
    known = set(shipped_law().book.keys)
    for duties in (clues.STATE_DUTY, clues.WATCH_DUTY, clues.REPAY_DUTY):
        for rule, term in duties.values():
            assert term_of(term) if term else rule in known or rule == "restitution.pay", rule


@pytest.mark.parametrize("name", OWED)
def test_every_act_has_a_chinese_word(name: str) -> None:
    machine = MACHINES[name]
    assert {act for _, act in machine.moves} - set(machine.acts) == set()
