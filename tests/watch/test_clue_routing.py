"""Who is kept out of a clue: over random organisations and time, nobody who should not ever holds a part of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import chain
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minqing.watch.clues import rules
from minqing.watch.clues.rules import Became, Holding, Level, Matter, OfficeTie, Org, Reason, Tie, Under

TODAY = date(2026, 3, 2)
LONG_AGO = date(2015, 1, 1)


def who(n: int) -> UUID:
    return UUID(int=n)


def desk(n: int) -> UUID:
    return UUID(int=1000 + n)


PEOPLE, OFFICES = [who(n) for n in range(14)], [desk(n) for n in range(7)]
days = st.dates(date(2022, 1, 1), date(2026, 3, 2))
ends = st.none() | st.dates(date(2022, 1, 1), date(2027, 1, 1))
some = st.frozensets(st.sampled_from(PEOPLE), max_size=3)
roles = st.sampled_from(["office_head", "leader", "handler", "discipline", "sysadmin", "auditor"])
holdings = st.builds(
    Holding, person=st.sampled_from(PEOPLE), office=st.sampled_from(OFFICES), role=roles, from_=days, until=ends,
    deputising=st.booleans(),
)  # fmt: skip
lines = st.builds(
    Under, office=st.sampled_from(OFFICES), superior=st.sampled_from(OFFICES), from_=days, until=ends
)
ties = st.builds(Tie, one=st.sampled_from(PEOPLE), other=st.sampled_from(PEOPLE), declared=days, ended=ends)
office_ties = st.builds(
    OfficeTie, person=st.sampled_from(PEOPLE), office=st.sampled_from(OFFICES), declared=days, ended=ends
)
mergers = st.builds(Became, before=st.sampled_from(OFFICES), after=st.sampled_from(OFFICES), on=days)
orgs = st.builds(
    Org, holdings=st.lists(holdings, max_size=18).map(tuple), lines=st.lists(lines, max_size=8).map(tuple),
    kin=st.frozensets(ties, max_size=4), office_kin=st.frozensets(office_ties, max_size=2),
    became=st.lists(mergers, max_size=2).map(tuple),
)  # fmt: skip
matters = st.builds(
    Matter, accused=some, units=st.frozensets(st.sampled_from(OFFICES), max_size=2), connivance=st.booleans(),
    named=some, self_declared=some, others=some, accused_unknown=st.booleans(),
)  # fmt: skip
bodies = st.lists(
    st.builds(
        Level, name=st.sampled_from(["county", "prefecture"]), office=st.none() | st.sampled_from(OFFICES),
        **{part: st.frozensets(st.sampled_from(PEOPLE), max_size=9)
           for part in ("clerks", "handlers", "approvers", "exporters", "deputies")},
    ),
    min_size=1, max_size=3,
)  # fmt: skip
PARTS: dict[str, Callable[[rules.Route], frozenset[UUID]]] = {
    "clerk": lambda way: way.clerks,
    "handler": lambda way: way.handlers,
    "approver": lambda way: way.approvers,
    "exporter": lambda way: way.exporters,
    "deputy": lambda way: way.deputies,
    "copy or notified": lambda way: way.only(PEOPLE),
    "anybody": lambda way: way.people,
}


# A second reckoning of the same rules, slow and from the words of the specification, to hold the first one to


def must_be_out(matter: Matter, org: Org, on: date) -> set[UUID]:
    first = rules.since(on)

    def alive(from_: date, until: date | None) -> bool:
        return from_ <= on and (until is None or until >= first)

    held = [h for h in org.holdings if alive(h.from_, h.until)]
    out = set(matter.accused | matter.named | matter.self_declared | matter.others)
    units = set(matter.units) | {h.office for h in held if h.person in matter.accused}
    for _ in org.became:
        units |= {b.after for b in org.became if b.before in units and b.on <= on}
    out |= {h.person for h in held if h.office in units}
    below = set(units)
    for _ in range(len(org.lines) + len(org.became)):
        below |= {
            line.office for line in org.lines if line.superior in below and alive(line.from_, line.until)
        }
    out |= {h.person for h in held if h.office in below}
    if matter.connivance:
        over = {line.superior for line in org.lines if line.office in units and alive(line.from_, line.until)}
        out |= {h.person for h in held if h.office in over}
    near = set(matter.accused)
    for _ in range(2):
        near |= {
            one
            for tie in org.kin
            if alive(tie.declared, tie.ended) and {tie.one, tie.other} & near
            for one in (tie.one, tie.other)
        }
    return out | near


@settings(max_examples=300, deadline=None)
@given(matters, orgs, bodies)
def test_nobody_who_is_kept_out_ever_holds_any_part(matter: Matter, org: Org, levels: list[Level]) -> None:
    way = rules.route(matter, org, levels, TODAY)
    out = must_be_out(matter, org, TODAY)
    for part, people in PARTS.items():
        assert not people(way) & out, part


@settings(max_examples=200, deadline=None)
@given(matters, orgs)
def test_the_reckoning_keeps_out_everybody_the_rules_name(matter: Matter, org: Org) -> None:
    assert must_be_out(matter, org, TODAY) <= set(rules.excluded(matter, org, TODAY))


@settings(max_examples=150, deadline=None)
@given(matters, orgs, bodies)
def test_whoever_may_hold_it_was_proposed_by_the_caller_and_two_are_left(
    matter: Matter, org: Org, levels: list[Level]
) -> None:
    way = rules.route(matter, org, levels, TODAY)
    if way.outside:
        assert way.people == frozenset()
        return
    level = levels[way.height]
    assert way.handlers <= level.handlers and way.approvers <= level.approvers and way.clerks <= level.clerks
    assert len(way.handlers | way.approvers) >= 2 and way.clerks
    assert not rules.heads(level.office, matter, org, TODAY)


@settings(max_examples=150, deadline=None)
@given(matters, orgs)
def test_kin_count_in_both_directions(matter: Matter, org: Org) -> None:
    turned = replace(org, kin=frozenset(replace(tie, one=tie.other, other=tie.one) for tie in org.kin))
    assert rules.excluded(matter, org, TODAY) == rules.excluded(matter, turned, TODAY)


@settings(max_examples=150, deadline=None)
@given(matters, orgs, some, some)
def test_more_accused_never_means_fewer_kept_out(
    matter: Matter, org: Org, more: frozenset[UUID], units: frozenset[UUID]
) -> None:
    wider = replace(
        matter, accused=matter.accused | more, connivance=True, accused_unknown=True,
        units=matter.units | {desk(person.int % 7) for person in units},
    )  # fmt: skip
    narrow, wide = rules.excluded(matter, org, TODAY), rules.excluded(wider, org, TODAY)
    assert set(narrow) <= set(wide)


@settings(max_examples=200, deadline=None)
@given(matters, orgs, st.integers(0, 729), st.data())
def test_who_is_kept_out_stays_so_for_24_months_whatever_is_reorganised(
    matter: Matter, org: Org, later: int, data: st.DataObject
) -> None:
    """On the day every post, line and tie ends and others begin; the past is kept, as it must be."""

    def ended(until: date | None) -> date:
        return min(until or TODAY, TODAY)

    morrow = TODAY + timedelta(days=1)
    fresh = data.draw(st.lists(holdings, max_size=5))
    moved = Org(
        holdings=(
            *(replace(h, until=ended(h.until)) for h in org.holdings),
            *(replace(h, from_=morrow, until=None) for h in fresh),
        ),
        lines=tuple(replace(line, until=ended(line.until)) for line in org.lines),
        kin=frozenset(replace(tie, ended=ended(tie.ended)) for tie in org.kin),
        office_kin=org.office_kin,
        became=(*org.became, Became(desk(0), desk(6), morrow)),
    )
    before = {
        person for person, why in rules.excluded(matter, org, TODAY).items() if why - {Reason.ADMINISTRATOR}
    }
    # What had ended before today runs out on its own day; only what stood today is promised for two years.
    today = replace(
        org,
        holdings=tuple(h for h in org.holdings if h.until is None or h.until >= TODAY),
        lines=tuple(line for line in org.lines if line.until is None or line.until >= TODAY),
        kin=frozenset(tie for tie in org.kin if tie.ended is None or tie.ended >= TODAY),
        office_kin=frozenset(tie for tie in org.office_kin if tie.ended is None or tie.ended >= TODAY),
        became=tuple(b for b in org.became if b.on >= TODAY),
    )
    standing = {
        person for person, why in rules.excluded(matter, today, TODAY).items() if why - {Reason.ADMINISTRATOR}
    }
    after = set(rules.excluded(matter, moved, TODAY + timedelta(days=later)))
    assert standing <= before
    assert standing <= after


@settings(max_examples=150, deadline=None)
@given(matters, orgs, orgs, bodies)
def test_after_any_change_keys_are_taken_from_exactly_those_who_lost_their_place(
    matter: Matter, org: Org, other: Org, levels: list[Level]
) -> None:
    before = rules.route(matter, org, levels, TODAY)
    after, change = rules.rerouted(before, matter, other, levels, TODAY)
    assert after.height >= before.height  # what went up does not come down by itself
    assert (before.people - change.revoked) | change.added == after.people
    assert not change.added & change.revoked
    assert not change.added & must_be_out(matter, other, TODAY)
    assert change.any == (before.people != after.people or change.moved)


@settings(max_examples=100, deadline=None)
@given(matters, orgs, bodies)
def test_what_is_written_down_is_a_number_and_rules(matter: Matter, org: Org, levels: list[Level]) -> None:
    told = rules.route(matter, org, levels, TODAY).told()
    assert set(told) == {"count", "rules"}
    assert told["count"] == len(rules.excluded(matter, org, TODAY))
    assert set(told["rules"]) <= set(Reason.values())  # type: ignore[call-overload]
    ids = {str(one) for one in (*PEOPLE, *OFFICES)}
    assert not ids & set(chain.from_iterable(str(value).split("'") for value in told.values()))


# By hand: a county with a government, a township under it, a village under that, and two bodies that could take a clue

GOV, TOWN, VILLAGE, BODY, TEAM = (desk(n) for n in range(20, 25))
MAYOR, CHIEF, CLERK, CADRE, ONE, TWO, THREE, FOUR = (who(n) for n in range(50, 58))
COUNTY = Org(
    holdings=(
        Holding(MAYOR, GOV, "leader", LONG_AGO),
        Holding(CHIEF, TOWN, "office_head", LONG_AGO),
        Holding(CLERK, TOWN, "handler", LONG_AGO, leads=False),
        Holding(CADRE, VILLAGE, "village_cadre", LONG_AGO),
        Holding(ONE, BODY, "discipline", LONG_AGO, leads=False),
        Holding(TWO, BODY, "office_head", LONG_AGO),
        Holding(THREE, TEAM, "discipline", LONG_AGO, leads=False),
        Holding(FOUR, TEAM, "discipline", LONG_AGO, leads=False),
    ),
    lines=rules.standing({GOV: None, TOWN: GOV, VILLAGE: TOWN, BODY: None, TEAM: BODY}),
)
ABOUT_CHIEF = Matter(accused=frozenset({CHIEF}))
LEVELS = [
    Level("county", BODY, frozenset({ONE}), frozenset({ONE, THREE}), frozenset({TWO, FOUR}), frozenset({TWO})),
    Level("prefecture", None, frozenset({who(90)}), frozenset({who(90)}), frozenset({who(91)})),
]  # fmt: skip


def reasons(matter: Matter, org: Org = COUNTY, on: date = TODAY) -> dict[UUID, frozenset[Reason]]:
    return rules.excluded(matter, org, on)


def test_the_accused_their_office_and_all_below_are_out_and_nobody_else() -> None:
    found = reasons(ABOUT_CHIEF)
    assert found[CHIEF] == {Reason.ACCUSED, Reason.SAME_OFFICE}
    assert found[CLERK] == {Reason.SAME_OFFICE}
    assert found[CADRE] == {Reason.SUBORDINATE}
    assert set(found) == {CHIEF, CLERK, CADRE}
    assert rules.route(ABOUT_CHIEF, COUNTY, LEVELS, TODAY).level == "county"


def test_subordinates_are_out_at_every_depth() -> None:
    deep = [desk(100 + n) for n in range(9)]
    org = Org(
        holdings=(
            Holding(MAYOR, deep[0], "leader", LONG_AGO),
            *(Holding(who(200 + n), office, "handler", LONG_AGO) for n, office in enumerate(deep)),
        ),
        lines=rules.standing(dict(zip(deep[1:], deep, strict=False))),
    )
    found = reasons(Matter(accused=frozenset({MAYOR})), org)
    assert {who(200 + n) for n in range(9)} <= set(found)
    assert Reason.SUBORDINATE in found[who(208)]


def test_somebody_who_surely_leads_nobody_has_colleagues_and_no_subordinates() -> None:
    assert set(reasons(Matter(accused=frozenset({CLERK})))) == {CHIEF, CLERK}


def test_the_direct_superior_is_out_when_connivance_is_said() -> None:
    assert MAYOR not in reasons(ABOUT_CHIEF)
    assert reasons(replace(ABOUT_CHIEF, connivance=True))[MAYOR] == {Reason.SUPERIOR}


def test_an_unknown_accused_keeps_out_the_whole_unit_and_all_below() -> None:
    found = reasons(Matter(units=frozenset({TOWN}), accused_unknown=True))
    assert set(found) == {CHIEF, CLERK, CADRE}
    assert all(Reason.WHOLE_UNIT in why for why in found.values())


def test_a_post_that_ended_counts_for_24_months_and_not_a_day_longer() -> None:
    left = replace(
        COUNTY,
        holdings=(*COUNTY.holdings, Holding(FOUR, VILLAGE, "village_cadre", LONG_AGO, date(2024, 3, 2))),
    )
    assert reasons(ABOUT_CHIEF, left)[FOUR] == {Reason.SUBORDINATE}
    assert FOUR not in reasons(ABOUT_CHIEF, left, TODAY + timedelta(days=1))


def test_kin_of_the_accused_and_kin_of_those_kin_are_out() -> None:
    org = replace(COUNTY, kin=frozenset({Tie(ONE, CHIEF, LONG_AGO), Tie(THREE, ONE, LONG_AGO)}))
    found = reasons(ABOUT_CHIEF, org)
    assert found[ONE] == {Reason.KIN} and found[THREE] == {Reason.KIN_OF_KIN}


def test_who_has_a_relative_in_the_accused_unit_is_out() -> None:
    org = replace(COUNTY, office_kin=frozenset({OfficeTie(TWO, TOWN, LONG_AGO)}))
    assert reasons(ABOUT_CHIEF, org)[TWO] == {Reason.KIN_IN_UNIT}


def test_kin_declared_after_dispatch_take_the_key_away() -> None:
    before = rules.route(ABOUT_CHIEF, COUNTY, LEVELS, TODAY)
    later = replace(COUNTY, kin=frozenset({Tie(CHIEF, THREE, TODAY + timedelta(days=9))}))
    after, change = rules.rerouted(before, ABOUT_CHIEF, later, LEVELS, TODAY + timedelta(days=9))
    assert change.revoked == {THREE} and not change.added and not change.moved
    assert after.handlers == {ONE}


def test_an_accused_who_deputises_for_the_head_of_the_body_sends_it_one_level_up() -> None:
    before = rules.route(ABOUT_CHIEF, COUNTY, LEVELS, TODAY)
    acting = replace(
        COUNTY, holdings=(*COUNTY.holdings, Holding(CHIEF, BODY, "office_head", TODAY, deputising=True))
    )
    after, change = rules.rerouted(before, ABOUT_CHIEF, acting, LEVELS, TODAY)
    assert after.level == "prefecture" and change.moved
    assert change.revoked == before.people and CHIEF not in after.people
    # and with everything below the body kept out, nobody of the county could have kept it
    assert {ONE, TWO, THREE, FOUR} <= set(reasons(ABOUT_CHIEF, acting))


def test_an_accusation_of_the_bodys_own_head_goes_up_even_with_others_left() -> None:
    about = Matter(accused=frozenset({TWO}))
    strangers = Level("county", BODY, *(frozenset({who(70), who(71)}),) * 3)
    assert rules.route(about, COUNTY, [strangers, LEVELS[1]], TODAY).level == "prefecture"
    assert rules.route(Matter(units=frozenset({BODY})), COUNTY, [strangers], TODAY).outside


def test_with_one_person_left_it_goes_up_and_past_the_last_level_outside() -> None:
    about = replace(ABOUT_CHIEF, named=frozenset({THREE, FOUR, TWO}))
    assert rules.route(about, COUNTY, LEVELS, TODAY).level == "prefecture"
    both = replace(about, self_declared=frozenset({who(90)}))
    way = rules.route(both, COUNTY, LEVELS, TODAY)
    assert way.outside and way.people == frozenset() and way.height == 2


def test_one_person_in_both_parts_is_one_person() -> None:
    alone = Level("county", BODY, *(frozenset({ONE}),) * 3)
    assert rules.route(ABOUT_CHIEF, COUNTY, [alone], TODAY).outside


def test_a_merged_unit_drags_its_old_members_and_its_new_home_along() -> None:
    """The township was merged into another; who sat in either is out, and so is whoever left at the merger."""
    new, newcomer, gone = desk(30), who(60), who(61)
    merged = replace(
        COUNTY,
        holdings=(
            *COUNTY.holdings,
            Holding(newcomer, new, "handler", LONG_AGO),
            Holding(gone, TOWN, "handler", LONG_AGO, date(2025, 6, 30)),
        ),
        became=(Became(TOWN, new, date(2025, 7, 1)),),
    )
    by_old, by_new = (reasons(Matter(units=frozenset({unit})), merged) for unit in (TOWN, new))
    assert {newcomer, gone, CHIEF, CLERK, CADRE} <= set(by_old)
    assert {newcomer, gone, CHIEF, CLERK, CADRE} <= set(by_new)


def test_the_merged_body_is_still_headed_by_the_accused() -> None:
    new = desk(31)
    merged = replace(COUNTY, became=(Became(BODY, new, TODAY),))
    assert rules.heads(new, Matter(accused=frozenset({TWO})), merged, TODAY)
    assert not rules.heads(new, ABOUT_CHIEF, merged, TODAY)


def test_administrators_of_machines_rules_and_audits_never_hold_a_part() -> None:
    org = replace(COUNTY, holdings=(*COUNTY.holdings, Holding(ONE, GOV, "sysadmin", LONG_AGO)))
    assert Reason.ADMINISTRATOR in reasons(Matter(), org)[ONE]
    assert ONE not in rules.route(ABOUT_CHIEF, org, LEVELS, TODAY).people


def test_at_most_five_people_may_be_named() -> None:
    with pytest.raises(rules.TooManyNamed):
        Matter(named=frozenset(PEOPLE[:6]))


def test_the_29th_of_february_looks_back_to_the_28th() -> None:
    assert rules.since(date(2028, 2, 29)) == date(2026, 2, 28)
