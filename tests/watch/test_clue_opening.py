"""The original opens by two, for half an hour, and what leaves says nothing of who wrote."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minqing.kernel.errors import NotFound, Refusal
from minqing.watch.clues import rules
from minqing.watch.clues.rules import Asked, ClueClass, Holding, Org, Purpose, Route

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
LONG_AGO = date(2015, 1, 1)
ONE, MATE, OTHER, STRANGER, CLUE = (UUID(int=n) for n in range(1, 6))
BODY, TEAM = UUID(int=100), UUID(int=101)
ORG = Org(
    holdings=(
        Holding(ONE, BODY, "discipline", LONG_AGO),
        Holding(MATE, BODY, "discipline", LONG_AGO),
        Holding(OTHER, TEAM, "discipline", LONG_AGO),
        Holding(STRANGER, TEAM, "discipline", LONG_AGO),
    )
)
ROUTE = Route("county", 0, frozenset({ONE}), frozenset({ONE}), frozenset({ONE, MATE, OTHER}))
ASKED = Asked(CLUE, ONE, AT, Purpose.RESTATE, "写转述给办理组", ClueClass.CONFIDENTIAL)
SOON = AT + timedelta(minutes=20)
APPROVED = replace(ASKED, approved_by=OTHER, approved_at=SOON)


def approve(asked: Asked = ASKED, *, by: UUID = OTHER, at: datetime = SOON, route: Route = ROUTE) -> None:
    rules.may_approve(asked, route, ORG, approver=by, at=at, factor_at=at)


def look(
    asked: Asked = APPROVED, *, by: UUID = ONE, at: datetime = SOON, clue: UUID = CLUE, route: Route = ROUTE
) -> None:
    rules.may_look(asked, route, by=by, at=at, clue=clue)


def test_two_people_of_two_units_open_it() -> None:
    rules.may_ask(ASKED, ROUTE, factor_at=AT - timedelta(minutes=1))
    approve()
    look()


NOS: dict[str, tuple[type[Refusal], Callable[[], None]]] = {
    "approver is requester": (rules.ApproverIsRequester, lambda: approve(by=ONE)),
    "same unit": (rules.SameUnit, lambda: approve(by=MATE)),
    "not on the route": (rules.NotEligible, lambda: approve(by=STRANGER)),
    "approved before": (rules.ApprovalReplayed, lambda: approve(APPROVED)),
    "asked a day ago": (rules.ApprovalOld, lambda: approve(at=AT + timedelta(hours=25))),
    "old second factor": (
        rules.FactorStale,
        lambda: rules.may_approve(ASKED, ROUTE, ORG, approver=OTHER, at=SOON, factor_at=AT),
    ),
    "no second factor": (rules.FactorStale, lambda: rules.may_ask(ASKED, ROUTE, factor_at=None)),
    "factor of the future": (
        rules.FactorStale,
        lambda: rules.may_ask(ASKED, ROUTE, factor_at=AT + timedelta(minutes=1)),
    ),
    "no reason": (
        rules.PurposeNeeded,
        lambda: rules.may_ask(replace(ASKED, why=" 看看 "), ROUTE, factor_at=AT),
    ),
    "reaching who is anonymous": (
        rules.PurposeNotAllowed,
        lambda: rules.may_ask(
            replace(ASKED, kind=ClueClass.ANONYMOUS, purpose=Purpose.REACH), ROUTE, factor_at=AT
        ),
    ),
    "request without instrument": (
        rules.InstrumentNeeded,
        lambda: rules.may_ask(replace(ASKED, purpose=Purpose.REQUEST), ROUTE, factor_at=AT),
    ),
    "asked by a stranger": (
        rules.NotEligible,
        lambda: rules.may_ask(replace(ASKED, by=STRANGER), ROUTE, factor_at=AT),
    ),
    "another's eyes": (rules.NotEligible, lambda: look(by=OTHER)),
    "another clue": (rules.NotEligible, lambda: look(clue=UUID(int=77))),
    "not approved": (rules.NotEligible, lambda: look(ASKED)),
    "an old approval": (rules.ApprovalOld, lambda: look(at=SOON + timedelta(hours=25))),
    "the half hour is over": (
        rules.OpeningExpired,
        lambda: look(replace(APPROVED, used_at=SOON), at=SOON + timedelta(minutes=30)),
    ),
    "requester recused since": (
        rules.NotEligible,
        lambda: look(route=Route("county", 0, approvers=frozenset({OTHER}))),
    ),
    "approver recused since": (
        rules.NotEligible,
        lambda: look(route=replace(ROUTE, approvers=frozenset({MATE}))),
    ),
    "gone up since": (rules.NotEligible, lambda: look(route=Route(rules.OUTSIDE, 2))),
}


@pytest.mark.parametrize("name", NOS)
def test_every_no_of_an_opening(name: str) -> None:
    no, act = NOS[name]
    with pytest.raises(no):
        act()


def test_who_is_kept_out_reads_what_everybody_reads_where_nothing_is() -> None:
    kept_out, absent = rules.NotEligible(), NotFound()
    assert (kept_out.code, kept_out.status, str(kept_out)) == (absent.code, absent.status, str(absent))


def test_within_the_half_hour_one_may_look_again() -> None:
    look(replace(APPROVED, used_at=SOON), at=SOON + timedelta(minutes=29))


def test_who_left_their_unit_approves_nothing() -> None:
    gone = Org(tuple(replace(h, until=date(2026, 1, 31)) if h.person == OTHER else h for h in ORG.holdings))
    with pytest.raises(rules.SameUnit):
        rules.may_approve(ASKED, ROUTE, gone, approver=OTHER, at=SOON, factor_at=SOON)


def delay(*, by: UUID = ONE, second: UUID = OTHER, until: date = date(2026, 8, 31)) -> None:
    rules.may_delay(
        by=by, second=second, route=ROUTE, org=ORG, since=date(2026, 2, 28), until=until, today=AT.date()
    )


def test_telling_later_takes_two_units_and_ends_after_six_months() -> None:
    delay(until=date(2026, 8, 28))
    with pytest.raises(rules.DelayTooLong):
        delay(until=date(2026, 8, 29))
    with pytest.raises(rules.DelayNeedsTwo):
        delay(second=MATE, until=date(2026, 3, 31))
    with pytest.raises(rules.NotEligible):
        delay(second=STRANGER)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 6, date(2027, 6, 30)),
        (date(2026, 1, 15), 12, date(2027, 1, 15)),
    ],
)
def test_months_end_on_their_last_day(day: date, months: int, then: date) -> None:
    assert rules.months_after(day, months) == then


def test_the_level_above_is_told_when_one_opens_alone_or_in_danger() -> None:
    assert rules.above_is_told(Purpose.VERIFY, broke_glass=True)
    assert rules.above_is_told(Purpose.DANGER, broke_glass=False)
    assert not rules.above_is_told(Purpose.VERIFY, broke_glass=False)


ORIGINAL = "去年修渠的补偿款，每亩应发一千二，村会计只发了八百，余下的说是垫了路费。"


@pytest.mark.parametrize(
    "restated",
    [
        "反映人电话 139 0000 1234，说补偿款没发足。",
        "号码 990101199001011234 的住户反映补偿款没发足。",
        "反映人 a.b@example.org 说补偿款没发足。",
        "我家三亩地少发了钱。",
        "沈某某反映补偿款没发足。",
    ],
)
def test_a_restatement_tells_nobody_who_wrote(restated: str) -> None:
    with pytest.raises(rules.RestatementNotRedacted):
        rules.check_restatement(restated, ORIGINAL, names=["沈某某", ""])


def test_a_restatement_in_other_words_passes_and_a_copied_run_does_not() -> None:
    rules.check_restatement("有群众反映某村水渠占地补偿按亩少发约三分之一。", ORIGINAL, names=["沈某某"])
    with pytest.raises(rules.RestatementCopies) as no:
        rules.check_restatement("据反映，每亩应发一千二，\n村会计只发了八百，余下的不详。", ORIGINAL)
    assert no.value.data["n"] == len("，每亩应发一千二，村会计只发了八百，余下的")


@settings(max_examples=200, deadline=None)
@given(st.text("甲乙丙丁", max_size=60), st.text("甲乙丙丁", max_size=60))
def test_the_copied_run_is_the_longest_of_all(first: str, second: str) -> None:
    found = rules.copied(first, second, least=5)
    runs = {second[i:j] for i in range(len(second)) for j in range(i + 5, len(second) + 1)}
    assert len(found) == max((len(run) for run in runs if run in first), default=0)
    assert found in first and found in second


def test_a_check_that_follows_a_clue_warns_nobody() -> None:
    rules.check_follow_up(5, drawn=True, same_questions=True, not_before=AT.date())
    for wrong in (
        {"places": 4}, {"drawn": False}, {"same_questions": False}, {"not_before": None}
    ):  # fmt: skip
        right = {"places": 5, "drawn": True, "same_questions": True, "not_before": AT.date()} | wrong
        with pytest.raises(rules.TipsOff):
            rules.check_follow_up(right.pop("places"), **right)  # type: ignore[arg-type]


@pytest.mark.parametrize("n", range(5))
def test_a_number_under_five_is_not_shown_and_nought_neither(n: int) -> None:
    assert rules.shown(n) is None


def test_five_is_shown() -> None:
    assert rules.shown(5) == 5


@pytest.mark.parametrize(
    ("cells", "seen"),
    [
        ([12, 9, 4, 8], [12, 9, None, None]),
        ([12, 9, 0, 1], [12, None, None, None]),
        ([30, 3], [None, None]),
        ([4, 4, 20, 9], [None, None, 20, 9]),
        ([2, 30, 40], [None, None, 40]),
        ([30, 20], [30, 20]),
        ([3], [None]),
        ([], []),
    ],
)
def test_a_hidden_cell_cannot_be_reckoned_back_from_the_sum(cells: list[int], seen: list[int | None]) -> None:
    assert rules.shown_row(cells) == seen
