"""Who must be told that a day is near or has come, or that a seat is theirs: once, in their language, on their way."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache

from makers import AT, CHINA, VILLAGE, County, county, register
from minqing.charter import PUBLIC
from minqing.ground.people.commands import change_reply_by, stop_asking
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.means.notify.models import Message
from minqing.means.notify.queries import words_of
from minqing.means.notify.rules import Channel
from minqing.record.facts.commands import react_once, relay
from minqing.record.facts.models import Fact
from minqing.record.facts.queries import happened
from minqing.wiring.reactions import FUNCTIONS, REACTIONS
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Booking
from minqing.work.duties import commands as duties
from minqing.work.duties.models import Duty, Rung
from minqing.work.duties.queries import rungs_of
from minqing.work.duties.rules import near_from
from minqing.work.intake.queries import person_of
from minqing.work.judgement.models import Ask
from minqing.work.judgement.rules import BUDGET
from minqing.work.promises import commands as promises
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def react() -> None:
    relay(REACTIONS)
    while react_once(FUNCTIONS):
        pass


def again(kind: str) -> None:
    """Every reaction to facts of this kind once more, as after a crash."""
    for fact in Fact.objects.filter(kind=kind):
        for name in REACTIONS[kind]:
            FUNCTIONS[name](happened(fact))


def told(template: str) -> list[Message]:
    return list(Message.objects.filter(template=template).order_by("id"))


def text(message: Message, lang: str) -> str:
    said = words_of(
        key=message.template, params=message.params, channel=Channel(message.channel), lang=lang, on=AT.date()
    )
    return f"{said.subject} {said.text}"


def on(day: str, hour: int = 9) -> datetime:
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), CHINA) + timedelta(hours=hour)


# The desk whose matter is soon due


def test_the_office_hears_three_workdays_before_the_end_and_only_then(here):
    case = casework.accepted(here, title="三组停水")
    due = Duty.objects.get(about_id=case.pk, rule="xf.handle")
    last = due.due_at.astimezone(CHINA).date()
    assert last == date(2026, 8, 31) and last.weekday() == 0
    assert duties.come_near(at=on("2026-08-25", 23)) == 0
    assert duties.come_near(at=on("2026-08-26")) == 1 and duties.come_near(at=on("2026-08-27")) == 0
    react()
    messages = told("desk.soon")
    assert {one.account_id for one in messages} == {here.accounts["handler"], here.accounts["head"]}
    assert "三组停水" in text(messages[0], "zh-hans") and "还有5天" in text(messages[0], "zh-hans")
    assert "days left: 5" in text(messages[0], "en") and "31 Aug" in text(messages[0], "en")
    again("duty.neared")
    assert len(told("desk.soon")) == 2


def test_what_was_never_long_is_told_on_its_last_day_and_what_began_on_it_not_at_all():
    def soon(day: str) -> datetime:
        return on(day, 0)

    long = {"from_on": date(2026, 6, 1), "due_on": date(2026, 7, 1), "soon": soon("2026-06-26")}
    short = {"from_on": date(2026, 6, 30), "due_on": date(2026, 7, 1), "soon": soon("2026-06-26")}
    today = {"from_on": date(2026, 7, 1), "due_on": date(2026, 7, 1), "soon": soon("2026-06-26")}
    assert near_from(**long) == soon("2026-06-26")
    assert near_from(**short) == on("2026-07-01", 0)
    assert near_from(**today) is None


def test_on_the_last_day_it_is_said_as_such(here):
    case = casework.accepted(here)
    line = duties.owe(
        about=case.pk, rule="xf.assist", office_id=here.offices["roads"], from_=AT, at=AT, term="2026-07-01"
    )
    assert duties.come_near(at=AT) == 0, "the office has only just heard of it"
    assert duties.come_near(at=AT + timedelta(days=1)) >= 1
    react()
    assert "今天到期" in text(told("desk.today")[0], "zh-hans") and "due today" in text(
        told("desk.today")[0], "en"
    )
    assert here.accounts["other_handler"] in {one.account_id for one in told("desk.today")}
    assert rungs_of([line.id]) == {}, "nobody above was told: nothing is late"


def test_an_extension_is_told_of_again_in_its_turn_and_what_is_done_or_late_or_a_right_is_not(here):
    case = casework.accepted(here)
    due = Duty.objects.get(about_id=case.pk, rule="xf.handle")
    near = due.due_at - timedelta(days=1)
    assert duties.come_near(at=near) == 1
    duties.extend(about=case.pk, rule="xf.handle", days=20, at=near)
    moved = Duty.objects.get(pk=due.pk).due_at
    assert moved > due.due_at and duties.come_near(at=near) == 0
    assert duties.come_near(at=moved - timedelta(hours=1)) == 1
    Rung.objects.filter(height=0).delete()
    assert duties.come_near(at=moved + timedelta(hours=1)) == 0, "late is the ladder's"
    duties.owe(about=case.pk, rule="xf.object", office_id=here.offices["water"], from_=AT, at=AT)
    duties.meet(about=case.pk, rules=("xf.handle",), at=AT)
    right = Duty.objects.get(about_id=case.pk, rule="xf.object", met_at=None).due_at
    assert duties.come_near(at=right - timedelta(minutes=1)) == 0


# A promise: its owner before the day, the person on it


def promised(here: County, **more: Any) -> tuple[UUID, UUID]:
    """(promise, person) about a case of the water office, for 10 July."""
    word = register(
        name="林小溪", phone="13900000021", email="lin@example.invalid", place=VILLAGE, reply_by=ReplyBy.SMS
    )
    case = casework.accepted(here, demand_id=word.demand_id, title="三组停水")
    values = {"to_person_id": person_of(word.demand_id)} | more
    made = promises.make_promise(
        by=here["handler"], about=f"case:{case.pk}", words="林小溪家七月十日前通水。", office_id=here.offices["water"],
        due_on=date(2026, 7, 10), made_on=AT.date(), at=AT, **values,
    )  # fmt: skip
    return made, person_of(word.demand_id)


def test_the_owner_of_a_promise_hears_before_its_day_without_the_words(here):
    promised(here)
    assert duties.come_near(at=on("2026-07-08")) >= 1
    react()
    messages = told("desk.promise")
    assert {one.account_id for one in messages} == {here.accounts["handler"], here.accounts["head"]}
    assert "三组停水" in text(messages[0], "zh-hans") and "报兑现" in text(messages[0], "zh-hans")
    assert "10 Jul" in text(messages[0], "en") and "林小溪" not in str(messages[0].params)
    again("duty.neared")
    assert len(told("desk.promise")) == 2


def test_on_the_day_the_person_is_asked_once_and_it_counts_as_an_ask(here):
    _, person = promised(here)
    assert promises.fall_due(at=on("2026-07-09")) == 0
    assert promises.fall_due(at=on("2026-07-10")) == 1
    assert promises.fall_due(at=on("2026-07-10", 11)) == promises.fall_due(at=on("2026-07-11")) == 0
    react()
    again("promise.fell-due")
    (message,) = told("promise.due")
    assert (message.person_id, message.channel) == (person, "sms")
    assert message.params["matter"] == "三组停水" and "2026年7月10日" in text(message, "zh-hans")
    assert "10 Jul" in text(message, "en")
    assert Ask.objects.count() == 1


def test_a_day_missed_is_made_up_for_and_a_kept_promise_asks_nobody(here):
    made, _ = promised(here)
    assert promises.fall_due(at=on("2026-07-12")) == 1
    promises.claim_promise(by=here["handler"], promise_id=made, outcome="通水了", at=on("2026-07-12", 10))
    react()
    assert told("promise.due") == [], "the office says it is done: an outsider will ask"


@pytest.mark.parametrize("why", ["stopped", "spent", "page"])
def test_who_is_not_to_be_asked_is_left_in_peace(here, why):
    _, person = promised(here)
    if why == "stopped":
        stop_asking(person_id=person, at=AT)
    elif why == "page":
        change_reply_by(person_id=person, reply_by=ReplyBy.ONLINE)
    for nth in range(BUDGET if why == "spent" else 0):
        Ask.objects.create(
            household_id=person, on=date(2026, 7, 1 + nth), quarter="2026Q3", nth=nth + 1, room="x", at=AT
        )
    promises.fall_due(at=on("2026-07-10"))
    react()
    assert told("promise.due") == []
    assert Ask.objects.count() == (BUDGET if why == "spent" else 0)


def test_a_promise_to_everybody_in_a_case_asks_every_voice(here):
    made, first = promised(here, to_person_id=None)
    case_id = UUID(promises.Promise.objects.get(pk=made).about.partition(":")[2])
    other = register("我家也停水", phone="13900000022", reply_by=ReplyBy.SMS, lang="en")
    cases.join_demand(
        by=here["dispatcher"], demand_id=other.demand_id, case_id=case_id, at=AT, reason="同一件"
    )
    promises.fall_due(at=on("2026-07-10"))
    react()
    assert {(one.person_id, one.lang) for one in told("promise.due")} == {
        (first, "zh-hans"), (person_of(other.demand_id), "en"),
    }  # fmt: skip


# A seat on a reception day


def a_day(here: County) -> Any:
    day = cases.plan_day(
        by=here["reception"], at=AT, on=date(2026, 7, 3), leader_id=here.accounts["leader"], place_words="县信访局一楼",
        place_words_en="Petition Office, ground floor",
    )  # fmt: skip
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    return day


def test_a_seat_booked_from_afar_is_confirmed_once_in_the_person_s_language(here):
    day = a_day(here)
    for lang, phone in (("zh-hans", "13900000021"), ("en", "13900000022")):
        cases.book_day(by=PUBLIC, day_id=day.pk, at=AT, contact=Contact(name="林", phone=phone), lang=lang)
    react()
    again("reception.booked")
    chinese, english = told("reception.booked")
    assert {one.channel for one in (chinese, english)} == {"sms"}
    assert "县信访局一楼" in text(chinese, "zh-hans") and "7月3日" in text(chinese, "zh-hans")
    assert "ground floor" in text(english, "en") and "3 Jul" in text(english, "en")


def test_nobody_is_told_who_left_no_number_stands_at_the_counter_or_gave_the_seat_back(here):
    day = a_day(here)
    cases.book_day(by=PUBLIC, day_id=day.pk, at=AT, contact=Contact(name="林"))
    back = cases.book_day(by=PUBLIC, day_id=day.pk, at=AT, contact=Contact(phone="13900000023"))
    cases.cancel_booking(by=PUBLIC, code=back.code, at=AT)
    cases.queue_walk_in(
        by=here["reception"], day_id=day.pk, at=on("2026-07-03"), contact=Contact(phone="13900000024")
    )
    react()
    assert Booking.objects.count() == 3 and told("reception.booked") == []
