"""Many words ↔ one case, one word ↔ several cases: reversible, nobody lost, nobody listed."""

import dataclasses

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from makers import AT, County, county, register
from minqing.work.cases import commands as cases
from minqing.work.cases.commands import Part
from minqing.work.cases.models import Case, Link
from minqing.work.cases.queries import case_page, status_of, worklist
from minqing.work.cases.queries import lines as shapes
from minqing.work.cases.rules import AlreadyJoined, CannotSplit, CaseState, LastWord, NotYourVoice, Track
from work.casework import accepted, answer, forwarded, later, opened, owed, picture, replied, resident, voice

pytestmark = pytest.mark.django_db
S = CaseState
WHY = {"reason": "同一处漏水。"}


def join(town: County, demand_id, case: Case, at=AT) -> Case:
    return cases.join_demand(by=town["dispatcher"], demand_id=demand_id, case_id=case.pk, at=at, **WHY)


def leave(town: County, demand_id, case: Case, at=AT) -> Case | None:
    return cases.leave_case(by=town["dispatcher"], demand_id=demand_id, case_id=case.pk, at=at, **WHY)


GUESTS = {
    "waiting": None,
    "registered": opened,
    "forwarded": forwarded,
    "accepted": accepted,
    "confirmed": accepted,
}
HOSTS = {"registered": opened, "forwarded": forwarded, "accepted": accepted}
TRACKS = st.sampled_from([Track.PETITION, Track.ORDER])


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(guest=st.sampled_from(sorted(GUESTS)), host=st.sampled_from(sorted(HOSTS)), mine=TRACKS, theirs=TRACKS,
       others=st.integers(0, 2), wait=st.integers(0, 5), stay=st.integers(0, 4))  # fmt: skip
@example("registered", "accepted", Track.ORDER, Track.ORDER, 0, 0, 0)
@example("forwarded", "accepted", Track.ORDER, Track.PETITION, 0, 2, 3)
@example("accepted", "registered", Track.PETITION, Track.ORDER, 2, 1, 0)
@example("waiting", "accepted", Track.PETITION, Track.PETITION, 0, 5, 4)
@example("confirmed", "accepted", Track.PETITION, Track.PETITION, 1, 0, 2)
def test_leaving_undoes_joining(town_once, guest, host, mine, theirs, others, wait, stay):
    """leave(join(x)) == x: state, holder, clocks, links, confirmations, for words that wait, have a case, or share one.

    Days later as well: what ran before it joined runs on as if it had never been away.
    """
    town = town_once
    target = HOSTS[host](town, track=theirs)
    if GUESTS[guest] is None:
        demand, home = register().demand_id, None
    else:
        home = GUESTS[guest](town, track=mine)
        demand = voice(home)
        for _ in range(max(others, guest == "confirmed")):
            join(town, register().demand_id, home)
        if guest == "confirmed":
            confirmed_by_another(town, home, demand)
    subjects = [target.pk, demand, *([home.pk] if home else [])]
    before = picture(*subjects)
    join(town, demand, target, at=later(wait))
    assert picture(*subjects) != before
    leave(town, demand, target, at=later(wait + stay))
    assert picture(*subjects) == before


def confirmed_by_another(town: County, home: Case, mine) -> None:
    """The answer is there, and one of the other voices has called it solved."""
    answer(town, Case.objects.get(pk=home.pk))
    other = Link.objects.filter(case=home, left_at__isnull=True).exclude(demand_id=mine)[0].demand_id
    cases.give_verdict(by=resident(other), case_id=home.pk, at=AT, solved="yes", explained="yes")


@pytest.fixture
def town_once(db) -> County:
    return county()


def test_thirty_neighbours_are_one_matter_with_thirty_receipts_and_own_days(town: County):
    case = accepted(town)
    receipts, words = set(), []
    for n in range(29):
        slip = register(f"第{n}户：水泥厂夜里太吵。", at=later(n))
        receipts.add(slip.receipt)
        words.append(slip.demand_id)
        case = join(town, slip.demand_id, case, at=later(n))
    assert len(receipts) == 29
    assert case.n_voices == 30
    assert len({owed(demand)["xf.handle"] for demand in words}) > 20, "each has a day of its own"
    assert worklist(town["handler"]).rows[0].n_voices == 30
    case = answer(town, case, at=later(30))
    assert all(not owed(demand) for demand in words), "the answer met every own clock"
    version, reopened = cases.give_verdict(
        by=resident(words[3]), case_id=case.pk, at=later(31), solved="yes", explained="yes"
    )
    case.refresh_from_db()
    assert (version, reopened, case.n_confirmed, case.n_voices) == (1, False, 1, 30)


def test_a_person_may_always_go_their_own_way(town: County):
    home, target = accepted(town), accepted(town)
    mine = voice(home)
    join(town, mine, target)
    home.refresh_from_db()
    assert home.merged_into_id == target.pk
    assert home.pk not in {line.id for line in worklist(town["handler"]).rows}
    back = cases.leave_case(
        by=resident(mine), demand_id=mine, case_id=target.pk, at=later(1), reason="我家是另一回事。"
    )
    assert back is not None and back.pk == home.pk and back.merged_into_id is None


def test_nobody_takes_another_person_out(town: County):
    target = accepted(town)
    stranger, mine = register().demand_id, register().demand_id
    join(town, mine, target)
    join(town, stranger, target)
    with pytest.raises(NotYourVoice):
        cases.leave_case(by=resident(mine), demand_id=stranger, case_id=target.pk, at=AT, reason="不要他。")


def test_the_only_word_of_a_case_cannot_be_taken_away(town: County):
    case = accepted(town)
    with pytest.raises(LastWord):
        leave(town, voice(case), case)


def test_a_word_joins_once(town: County):
    case, demand = accepted(town), register().demand_id
    join(town, demand, case)
    with pytest.raises(AlreadyJoined):
        join(town, demand, case)


def test_a_word_that_left_after_the_answer_has_a_clock_again(town: County):
    home, target = accepted(town), accepted(town)
    mine = voice(home)
    join(town, mine, target)
    answer(town, target, at=later(2))
    assert not owed(home.pk)
    back = leave(town, mine, Case.objects.get(pk=target.pk), at=later(3))
    assert back is not None and set(owed(back.pk)) == {"xf.handle"}
    assert back.due_at is not None


def test_the_new_holder_owes_the_days_of_all_who_joined(town: County):
    target, demand = forwarded(town), register().demand_id
    join(town, demand, target)
    cases.accept_case(by=town["handler"], case_id=target.pk, at=AT)
    after = picture(demand)["clocks"][demand]
    assert {office for _, office, _ in after} == {town.offices["water"]}


def test_one_word_with_three_answers_has_three_owners_and_three_clocks(town: County):
    case = opened(town)
    mine = voice(case)
    made = cases.split_demand(
        by=town["dispatcher"], demand_id=mine, case_id=case.pk, at=AT, reason="三件事三个单位。",
        parts=[Part("停水", town.offices["water"]), Part("路坏", town.offices["roads"]), Part("纠纷", town.offices["town"])],
    )  # fmt: skip
    assert [one.state for one in made] == [S.FORWARDED] * 3
    assert len({tuple(owed(one.pk)) for one in made}) == 1 and all(owed(one.pk) for one in made)
    status = status_of(mine, "zh-hans", now=AT)
    assert [part.part for part in status.parts] == ["停水", "路坏", "纠纷"]
    assert status.parts[0].holder.office == "棠川县信访局", "nobody accepted yet"
    cases.accept_case(by=town["other_handler"], case_id=made[1].pk, at=AT)
    assert [part.holder.office for part in status_of(mine, now=AT).parts][1] == "棠川县交通局"


def test_a_part_goes_back_to_the_whole(town: County):
    case = accepted(town)
    mine = voice(case)
    before = picture(case.pk, mine)
    made = cases.split_demand(
        by=town["dispatcher"],
        demand_id=mine,
        case_id=case.pk,
        at=AT,
        reason="两件事。",
        parts=[Part("停水"), Part("路坏")],
    )
    back = leave(town, mine, made[1])
    assert back is not None and back.pk == case.pk
    Link.objects.filter(case=case).update(part="")
    assert picture(case.pk, mine) == before


def test_one_part_is_no_split(town: County):
    case = opened(town)
    with pytest.raises(CannotSplit):
        cases.split_demand(
            by=town["dispatcher"],
            demand_id=voice(case),
            case_id=case.pk,
            at=AT,
            reason="。",
            parts=[Part("停水")],
        )


def test_no_page_tells_who_joined(town: County):
    case = accepted(town)
    join(town, register("停水了", name="钱二水", phone="13811112222").demand_id, case)
    page = case_page(town["handler"], case.pk, now=AT)
    assert [one.who for one in page.voices] == ["", ""]
    fields = {
        field.name
        for shape in vars(shapes).values()
        if dataclasses.is_dataclass(shape)
        for field in dataclasses.fields(shape)
    }
    assert not fields & {"person_id", "person", "names", "joined_by"}


def test_other_peoples_business_is_not_on_my_page(town: County):
    case = replied(town)
    mine, theirs = voice(case), None
    target = accepted(town)
    theirs = register().demand_id
    join(town, theirs, target)
    cases.say(by=resident(theirs), case_id=target.pk, text="我的私事", at=AT)
    page = status_of(voice(target), now=AT)
    assert page.talk == []
    assert page.parts[0].n_others == 1
    assert all("留了话" not in line.text for line in page.timeline)
    assert mine != theirs
