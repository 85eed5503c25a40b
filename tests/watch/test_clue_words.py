"""What happens to a clue, what is owed meanwhile, and what its writer reads."""

import re

import pytest

from minqing.kernel.states import IllegalMove
from minqing.watch.clues import rules
from minqing.watch.clues.rules import CLUE, REPAY, SAID, WATCH, ClueState, RepayState, TalkKind, WatchState

INSIDE = re.compile("分流|转送|交办|工单|销号|息诉|重复访|舆情|存证|置信区间|响应率|线索|处置|移送|下级|转办")


def test_an_accusation_of_somebody_higher_goes_up_unread() -> None:
    state = CLUE.after(ClueState.ARRIVED, "find-higher")
    assert rules.owed(state) == ("jj.up", "")
    assert CLUE.after(state, "send-up") is ClueState.FORWARDED_UP
    assert CLUE.acts_from(ClueState.FORWARDED_UP) == [] and rules.owed(ClueState.FORWARDED_UP) == ("", "")


def test_a_named_one_is_told_and_answered_by_the_rules_of_the_law() -> None:
    assert rules.owed(ClueState.OPENED) == ("jj.tell", "")
    assert rules.owed(ClueState.OPENED, from_below=True) == ("jj.forward", "")
    assert rules.owed(ClueState.GOING_OVER) == ("jj.forward", "")
    assert rules.owed(ClueState.DECIDED) == ("jj.result", "")
    assert rules.owed(ClueState.WITH_HANDLER, renewed=True)[1] == "3M"


def test_who_does_not_agree_has_it_looked_at_again() -> None:
    state = ClueState.ARRIVED
    for act in ("open", "register", "hand-over", "decide", "answer", "dispute", "decide", "answer", "settle"):
        state = CLUE.after(state, act)
    assert state is ClueState.SETTLED
    assert CLUE.after(state, "reopen") is ClueState.REGISTERED


@pytest.mark.parametrize("act", ["open", "register", "hand-over", "merge", "reopen", "answer"])
def test_what_went_up_is_touched_no_more(act: str) -> None:
    with pytest.raises(IllegalMove):
        CLUE.after(ClueState.FORWARDED_UP, act)


def test_nothing_is_decided_before_it_was_opened() -> None:
    for act in ("register", "hand-over", "decide", "answer", "settle", "merge", "tell-not-within"):
        assert not CLUE.may(ClueState.ARRIVED, act)


def test_the_writer_reads_something_plain_in_every_state() -> None:
    assert set(SAID) == set(ClueState)
    assert [said for said in SAID.values() if INSIDE.search(said.label)] == []
    assert len(set(SAID.values())) == len(SAID)


def test_only_the_household_says_that_money_came_back() -> None:
    assert REPAY.after(RepayState.PROMISED, "pay") is RepayState.PAID
    ways = {act for (state, act), then in REPAY.moves.items() if then is RepayState.RECEIVED}
    assert ways == {"confirm"}
    assert not REPAY.may(RepayState.PROMISED, "confirm")
    assert REPAY.after(RepayState.PAID, "dispute") is RepayState.DISPUTED
    assert REPAY.after(RepayState.RECEIVED, "reopen") is RepayState.DISPUTED


def test_who_is_harmed_is_heard_at_any_time() -> None:
    for state in (WatchState.WATCHING, WatchState.CLEARED):
        assert WATCH.after(state, "report") is WatchState.REPORTED
    for state in (WatchState.ENDED, WatchState.FOUND):
        assert WATCH.after(state, "reopen") is WatchState.REPORTED
    assert rules.WATCH_DUTY[WatchState.REPORTED] == ("retaliation.answer", "1WD")
    assert rules.WATCH_DUTY[WatchState.WATCHING][1] == "12M"


def test_an_adverse_decision_is_held_while_it_is_looked_at_again() -> None:
    assert WATCH.after(WatchState.WATCHING, "hold") is WatchState.HELD
    assert {WATCH.after(WatchState.HELD, act) for act in WATCH.acts_from(WatchState.HELD)} == {
        WatchState.CLEARED,
        WatchState.FOUND,
    }


def test_a_word_of_the_talk_has_one_side() -> None:
    sides = {kind: rules.side_of(kind) for kind in TalkKind}
    assert sides[TalkKind.HARMED] is rules.TalkSide.WRITER and sides[TalkKind.RESULT] is rules.TalkSide.OFFICE
    assert {str(side) for side in sides.values()} == {"writer", "office"}


def test_the_law_asks_to_tell_named_ones_and_we_promise_it_to_all() -> None:
    assert rules.must_tell(rules.ClueClass.NAMED) and rules.must_tell(rules.ClueClass.CONFIDENTIAL)
    assert not rules.must_tell(rules.ClueClass.ANONYMOUS)
