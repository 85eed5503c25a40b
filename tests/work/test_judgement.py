"""The people judge; nobody else speaks for them, and nobody is asked too often."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction

from minqing.charter import Actor, Role
from minqing.ground.people.commands import stop_asking
from minqing.ground.people.queries import looks_of
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.kernel.states import IllegalMove
from minqing.methods.clock import CHINA
from minqing.record.facts.queries import facts_about
from minqing.work.judgement import commands, queries
from minqing.work.judgement.models import Ask, Callback, Verdict
from minqing.work.judgement.rules import (
    AnswerMissing,
    Asked,
    AskedToStop,
    BudgetSpent,
    CallbackState,
    OwnOffice,
    Solved,
    TooEarly,
    TriedToday,
    quarter_of,
    soon_after,
)
from work.town import AT, Town, build_town, days, home, resident, somebody, subject

pytestmark = pytest.mark.django_db
YEAR = {"since": AT - days(180), "until": AT + days(180)}


@pytest.fixture
def town() -> Town:
    return build_town()


@pytest.fixture
def caller(town: Town) -> Actor:
    return somebody(Role.CALLBACK, town.desk)


def say(town: Town, solved: str, *, voice: UUID | None = None, about: str = "case:1", **more: object) -> int:
    values = {
        "voice_id": voice or subject(), "office_id": town.water, "place_path": "/990101/101/", "solved": solved,
        "explained": "yes", "words": "", "asked": "self", "by_id": None, "at": AT, "after_contact": False,
    } | more  # fmt: skip
    return commands.give_verdict(about=about, **values)  # type: ignore[arg-type]


def waiting(town: Town, person: UUID | None = None, *, about: str = "case:1", at: datetime = AT) -> UUID:
    person = person or resident()
    commands.open_callback(
        about=about,
        voice_id=subject(),
        person_id=person,
        judged_id=town.water,
        place_path="/990101/101/",
        at=at,
    )
    return Callback.objects.latest("id").pk


def test_a_changed_mind_is_a_new_version_and_the_old_one_stays(town: Town) -> None:
    voice = subject()
    assert [
        say(town, "no", voice=voice),
        say(town, "partly", voice=voice),
        say(town, "yes", voice=voice),
    ] == [1, 2, 3]
    versions = queries.verdicts_of(["case:1"], voice)["case:1"]
    assert [(line.version, line.solved, line.latest) for line in versions] == [
        (3, Solved.YES, True), (2, Solved.PARTLY, False), (1, Solved.NO, False),
    ]  # fmt: skip
    assert [fact.body["solved"] for fact in facts_about(voice)] == ["no", "partly", "yes"]


def test_tapping_twice_is_saying_it_once(town: Town) -> None:
    voice = subject()
    assert [say(town, "no", voice=voice), say(town, "no", voice=voice)] == [1, 1]
    assert len(facts_about(voice)) == 1


def test_a_change_right_after_the_office_called_is_marked_but_a_first_word_is_not(town: Town) -> None:
    voice = subject()
    say(town, "no", voice=voice, after_contact=True)
    say(town, "yes", voice=voice, after_contact=True)
    assert [line.after_contact for line in queries.verdicts_of(["case:1"], voice)["case:1"]] == [True, False]


@pytest.mark.parametrize(("hours", "soon"), [(0, True), (48, True), (49, False), (-1, False)])
def test_right_after_means_within_forty_eight_hours(hours: int, soon: bool) -> None:
    assert soon_after(AT - timedelta(hours=hours), AT) is soon
    assert soon_after(None, AT) is False


def test_the_database_holds_one_latest_verdict_a_voice(town: Town) -> None:
    voice = subject()
    say(town, "no", voice=voice)
    row = Verdict.objects.get()
    row.pk, row.version = uuid4(), 2
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_partly_is_never_counted_as_solved(town: Town) -> None:
    for solved in ("yes", "partly", "partly", "no"):
        say(town, solved)
    found = queries.rates(office_path="/county/", **YEAR)
    assert (found.n, found.solved, found.partly, found.unsolved) == (4, 1, 2, 1)
    assert found.share == 0.25
    assert not found.enough


def test_thirty_answers_are_enough_to_compare(town: Town) -> None:
    for n in range(30):
        say(town, "yes" if n < 15 else "no")
    found = queries.rates(place_path="/990101/", **YEAR)
    assert found.enough
    assert (round(found.low, 4), round(found.high, 4)) == (0.3315, 0.6685)


def test_unreached_is_not_satisfied_and_lowers_the_response(town: Town, caller: Actor) -> None:
    reached, never, refusing = (waiting(town) for _ in range(3))
    commands.work_callback(by=caller, callback_id=reached, at=AT, act="reach", solved="yes", explained="no")
    for n in range(3):
        commands.work_callback(by=caller, callback_id=never, at=AT + days(n), act="miss")
    commands.work_callback(by=caller, callback_id=refusing, at=AT, act="refuse")
    found = queries.rates(office_path="/county/water/", **YEAR)
    assert (found.n, found.asked, found.answered, found.solved, found.explained) == (1, 3, 1, 1, 0)
    assert (found.unreached, found.refused) == (1, 1)
    assert round(found.response or 0, 2) == 0.33


def test_who_had_a_result_in_hand_is_the_denominator_when_known(town: Town) -> None:
    say(town, "yes")
    found = queries.rates(invited=40, **YEAR)
    assert (found.asked, found.answered, found.response) == (40, 1, 0.025)


def test_what_an_outsider_asked_can_be_told_apart(town: Town, caller: Actor) -> None:
    say(town, "yes")
    commands.work_callback(
        by=caller, callback_id=waiting(town), at=AT, act="reach", solved="no", explained="no"
    )
    outside = queries.rates(asked_by=(Asked.CALLBACK, Asked.SAMPLE), **YEAR)
    assert (outside.n, outside.solved) == (1, 0)


def test_three_misses_on_three_days_make_a_person_unreached(town: Town, caller: Actor) -> None:
    callback = waiting(town)
    states = [
        commands.work_callback(by=caller, callback_id=callback, at=AT + days(n), act="miss").state
        for n in range(3)
    ]
    assert states == [CallbackState.WAITING, CallbackState.WAITING, CallbackState.UNREACHED]
    with pytest.raises(IllegalMove):
        commands.work_callback(by=caller, callback_id=callback, at=AT + days(4), act="miss")


def test_two_calls_on_one_day_are_one_try(town: Town, caller: Actor) -> None:
    callback = waiting(town)
    commands.work_callback(by=caller, callback_id=callback, at=AT, act="miss")
    with pytest.raises(TriedToday):
        commands.work_callback(by=caller, callback_id=callback, at=AT + timedelta(hours=3), act="miss")
    assert queries.callback_list(caller, today=AT) == []
    assert len(queries.callback_list(caller, today=AT + days(1))) == 1


def test_nobody_is_given_up_before_three_days_unless_there_is_no_number(town: Town, caller: Actor) -> None:
    with pytest.raises(TooEarly):
        commands.work_callback(by=caller, callback_id=waiting(town), at=AT, act="give-up")
    silent = waiting(town, resident(phone=""))
    assert (
        commands.work_callback(by=caller, callback_id=silent, at=AT, act="give-up").state
        is CallbackState.UNREACHED
    )


def test_the_judged_office_cannot_call_about_itself(town: Town) -> None:
    callback = waiting(town)
    insider = somebody(Role.CALLBACK, town.water)
    assert queries.callback_list(insider, today=AT) == []
    for act in (
        lambda: commands.work_callback(by=insider, callback_id=callback, at=AT, act="miss"),
        lambda: commands.call(by=insider, callback_id=callback, at=AT),
    ):
        with pytest.raises(OwnOffice):
            act()


def test_only_callback_seats_call(town: Town) -> None:
    callback = waiting(town)
    handler = somebody(Role.HANDLER, town.desk)
    assert not queries.callbacks_for(handler).exists()
    with pytest.raises(NotAllowed):
        commands.work_callback(by=handler, callback_id=callback, at=AT, act="miss")
    with pytest.raises(NotFound):
        commands.work_callback(by=somebody(Role.CALLBACK, town.desk), callback_id=uuid4(), at=AT, act="miss")


def test_a_call_shows_the_number_after_the_look_was_written(town: Town, caller: Actor) -> None:
    person = resident(phone="13900000077")
    contact = commands.call(by=caller, callback_id=waiting(town, person), at=AT)
    assert contact.phone == "13900000077"
    assert [look.purpose for look in looks_of(person)] == ["callback"]


def test_reaching_somebody_needs_both_answers(town: Town, caller: Actor) -> None:
    with pytest.raises(AnswerMissing):
        commands.work_callback(by=caller, callback_id=waiting(town), at=AT, act="reach", solved="yes")


def test_who_has_spoken_is_not_called_about_the_same(town: Town, caller: Actor) -> None:
    callback = waiting(town)
    say(town, "yes", voice=Callback.objects.get(pk=callback).voice_id)
    assert Callback.objects.get(pk=callback).state == CallbackState.ANSWERED
    assert queries.callback_list(caller, today=AT) == []


def test_a_household_is_asked_four_times_a_quarter_whatever_the_room() -> None:
    house = home()
    quarter = [AT - days(40) + days(n) for n in range(5)]
    rooms = ("callback", "visits", "grades", "survey")
    assert [
        commands.spend(household_id=house, room=room, at=at) for room, at in zip(rooms, quarter, strict=False)
    ] == [1, 2, 3, 4]
    with pytest.raises(BudgetSpent):
        commands.spend(household_id=house, room="callback", at=quarter[4])
    assert commands.spend(household_id=house, room="callback", at=AT + days(1)) == 1


def test_several_matters_in_one_call_count_once(town: Town, caller: Actor) -> None:
    house = home()
    first, second = resident(household=house), resident(household=house)
    for callback in (waiting(town, first), waiting(town, second, about="case:2")):
        commands.work_callback(
            by=caller, callback_id=callback, at=AT, act="reach", solved="yes", explained="yes"
        )
    assert Ask.objects.count() == 1


def test_a_household_asked_enough_is_not_even_put_on_the_list(town: Town, caller: Actor) -> None:
    house = home()
    for n in range(4):
        commands.spend(household_id=house, room="visits", at=AT - days(n + 1))
    waiting(town, resident(household=house))
    assert Callback.objects.get().state == CallbackState.SKIPPED
    assert queries.rates(**YEAR).asked == 0


def test_other_rooms_asking_takes_a_waiting_call_off_the_list(town: Town, caller: Actor) -> None:
    house = home()
    callback = waiting(town, resident(household=house))
    for n in range(4):
        commands.spend(household_id=house, room="visits", at=AT - days(n + 1))
    with pytest.raises(BudgetSpent):
        commands.call(by=caller, callback_id=callback, at=AT)
    assert commands.skip_callbacks(at=AT) == 1
    assert commands.skip_callbacks(at=AT) == 0


def test_who_asks_to_be_left_alone_is(town: Town, caller: Actor) -> None:
    house = home()
    person = resident(household=house)
    commands.work_callback(by=caller, callback_id=waiting(town, person), at=AT, act="refuse")
    with pytest.raises(AskedToStop):
        commands.spend(household_id=house, room="visits", at=AT)
    waiting(town, person, about="case:2")
    assert set(Callback.objects.values_list("state", flat=True)) == {CallbackState.REFUSED}
    stop_asking(person_id=person, at=None)
    assert commands.spend(household_id=house, room="visits", at=AT) == 1


def test_one_word_stops_every_room_for_the_whole_household_from_that_moment(
    town: Town, caller: Actor
) -> None:
    """Also on a day on which somebody has asked already, also for the others who live there, also in the next quarter."""
    house = home()
    first, other = resident(household=house), resident(household=house)
    waiting_call = waiting(town, other, about="case:2")
    assert commands.spend(household_id=house, room="visits", at=AT) == 1
    stop_asking(person_id=first, at=AT)
    for room in ("visits", "callback", "survey"):
        for when in (AT + timedelta(hours=1), AT + days(1), AT + days(100)):
            with pytest.raises(AskedToStop):
                commands.spend(household_id=house, room=room, at=when)
    with pytest.raises(AskedToStop):
        commands.call(by=caller, callback_id=waiting_call, at=AT)
    with pytest.raises(AskedToStop):
        commands.work_callback(
            by=caller, callback_id=waiting_call, at=AT, act="reach", solved="yes", explained="yes"
        )
    assert not Verdict.objects.exists()
    assert Ask.objects.count() == 1
    assert commands.skip_callbacks(at=AT) == 1
    assert commands.spend(household_id=home(), room="visits", at=AT) == 1, "other households are not meant"


def test_the_quarter_begins_again_on_its_first_day_here_and_not_in_another_time_zone() -> None:
    house = home()
    last = datetime(2026, 6, 30, 23, 30, tzinfo=CHINA)
    for n in range(4):
        commands.spend(household_id=house, room="visits", at=last - days(n))
    with pytest.raises(BudgetSpent):
        commands.spend(household_id=house, room="survey", at=last - days(9))
    assert commands.spend(household_id=house, room="survey", at=last + timedelta(hours=1)) == 1


def test_the_last_ask_of_a_quarter_cannot_be_taken_twice() -> None:
    house = home()
    commands.spend(household_id=house, room="a", at=AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Ask.objects.create(
            household_id=house,
            on=(AT + days(1)).date(),
            quarter=quarter_of(AT.date()),
            nth=1,
            room="b",
            at=AT,
        )


def test_lines_of_one_household_stand_together(town: Town, caller: Actor) -> None:
    house = home()
    waiting(town, resident(household=house))
    waiting(town, resident(), at=AT + timedelta(hours=1))
    waiting(town, resident(household=house), about="case:2", at=AT + timedelta(hours=2))
    homes = [line.household_id for line in queries.callback_list(caller, today=AT)]
    assert homes[:2] == [house, house]


def test_lists_and_rates_are_flat(town: Town, caller: Actor, assert_flat: Callable[..., None]) -> None:
    def make(n: int) -> None:
        for _ in range(n):
            waiting(town, about=f"case:{uuid4()}")
            say(town, "yes", about=f"case:{uuid4()}", place_path=f"/990101/{uuid4()}/")

    assert_flat(make=make, look=lambda: queries.callback_list(caller, today=AT))
    assert_flat(make=make, look=lambda: queries.rates_by_office(None, **YEAR))
    assert_flat(make=make, look=lambda: queries.latest_about(["case:1"]))
