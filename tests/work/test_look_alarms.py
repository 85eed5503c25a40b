"""Looks worth a question: computed by the worker, told once, settled in words; never a ranking."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

import makers
from doors.office import seat
from makers import AT, CHINA, DAY, VILLAGE, County, register
from minqing.charter import Role
from minqing.ground.offices import commands as offices
from minqing.ground.people import commands as people
from minqing.ground.people.models import Alarm, Look
from minqing.ground.people.queries import alarms_for
from minqing.ground.people.rules import (
    AlarmKind,
    AlarmSettled,
    Contact,
    Purpose,
    ReasonNeeded,
    ReplyBy,
    off_hours,
)
from minqing.kernel.errors import NotAllowed
from minqing.means.notify.models import Message
from minqing.wiring.timetable import TIMETABLE
from minqing.wiring.worker import Worker
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import ended_among
from work.casework import accepted, served, voice

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 6, 30, 12, 0, tzinfo=CHINA)


@pytest.fixture
def here() -> County:
    made = makers.county()
    for name, role in (("secadmin", Role.SECADMIN), ("auditor", Role.AUDITOR)):
        seat(made, name, "government", role)
    return made


def someone(place: str | None = None) -> UUID:
    return people.keep_person(
        Contact(name="林小满", phone="13800138000"), place=place, reply_by=ReplyBy.SMS, lang="zh-hans", at=AT
    )


def seen(
    here: County, who: str, at: datetime, *, n: int = 1, place: str | None = None, about: str = ""
) -> None:
    for _ in range(n):
        people.look(by=here[who], person_id=someone(place), purpose=Purpose.HANDLE, about=about, at=at)


def judged(at: datetime = NOON) -> list[tuple[str, int]]:
    people.judge_looks(at=at + timedelta(minutes=1), ended=ended_among)
    return sorted((row.kind, row.n) for row in Alarm.objects.all())


def test_twenty_people_a_day_are_a_days_work_and_twenty_one_a_question(here: County) -> None:
    seen(here, "handler", NOON, n=20)
    assert judged() == []
    person = Look.objects.first()
    assert person is not None
    people.look(by=here["handler"], person_id=person.person_id, purpose=Purpose.HANDLE, about="", at=NOON)
    assert judged() == [], "one person twice is one person"
    seen(here, "handler", NOON)
    assert judged() == [(AlarmKind.VOLUME, 21)]


def test_the_count_begins_anew_each_day_and_for_each_officer(here: County) -> None:
    seen(here, "handler", NOON, n=11)
    seen(here, "head", NOON, n=11)
    seen(here, "handler", NOON - timedelta(days=1), n=11)
    assert judged() == []


@pytest.mark.parametrize(("moment", "asked"), [
    ("2026-06-30T06:59", True), ("2026-06-30T07:00", False), ("2026-06-30T20:59", False), ("2026-06-30T21:00", True),
    ("2026-06-28T12:00", True), ("2026-02-14T12:00", False), ("2026-02-17T12:00", True),
])  # fmt: skip
def test_off_hours_are_those_of_the_calendar(here: County, moment: str, asked: bool) -> None:
    """A Saturday on which people work is a workday; the Spring Festival is not."""
    at = datetime.fromisoformat(moment).replace(tzinfo=CHINA)
    seen(here, "handler", at)
    assert judged(at) == ([(AlarmKind.HOURS, 1)] if asked else [])


def test_hours_are_chinas_whatever_the_clock_of_the_machine() -> None:
    assert off_hours(AT.astimezone(CHINA).replace(hour=23), workday=True)
    assert not off_hours(datetime.fromisoformat("2026-06-30T02:00+00:00"), workday=True)
    assert off_hours(datetime.fromisoformat("2026-06-30T16:00+00:00"), workday=True)


def test_ones_own_village_is_a_question(here: County) -> None:
    post = offices.add_post(office_id=here.offices["village"], title="驻村", title_en="", role=Role.DEPUTY)
    offices.appoint(account_id=here.accounts["handler"], post_id=post, on=DAY, deputising=True)
    seen(here, "handler", NOON, place=makers.OTHER_VILLAGE)
    assert judged() == []
    seen(here, "handler", NOON, place=VILLAGE)
    assert judged() == [(AlarmKind.NEAR, 1)]


@pytest.mark.parametrize("tie", ["person", "office"])
def test_the_village_of_declared_kin_is_a_question(here: County, tie: str) -> None:
    kin, office = (here.accounts["cadre"], None) if tie == "person" else (None, here.offices["village"])
    offices.declare_kin(
        account_id=here.accounts["handler"], relation="兄弟", on=DAY, other_id=kin, office_id=office
    )
    seen(here, "handler", NOON, place=VILLAGE)
    seen(here, "head", NOON, place=VILLAGE)
    assert judged() == [(AlarmKind.NEAR, 1)]


def test_a_town_is_nobodys_own_village(here: County) -> None:
    seen(here, "mediator", NOON, place=VILLAGE)
    assert judged() == []


def test_a_matter_that_is_over_is_no_task(here: County) -> None:
    case = served(here)
    seen(here, "handler", NOON, about=f"case:{case.pk}")
    assert judged() == []
    case.ended_at = NOON - timedelta(hours=1)
    case.save(update_fields=["ended_at"])
    seen(here, "handler", NOON - timedelta(hours=2), about=f"case:{case.pk}")
    assert judged() == [(AlarmKind.NO_TASK, 1)], "what was opened before the end was work"


def test_a_slip_found_at_the_counter_opens_no_identity(here: County) -> None:
    for _ in range(25):
        people.look(
            by=here["operator"], person_id=someone(), purpose=Purpose.LOST_SLIP, about="demand:x", at=NOON
        )
    assert judged() == []


def test_told_once_to_who_asks_and_who_audits(here: County, monkeypatch: pytest.MonkeyPatch) -> None:
    late = datetime(2026, 6, 30, 22, 0, tzinfo=CHINA)
    monkeypatch.setenv("MINQING_NOW", late.isoformat())
    seen(here, "handler", late)
    worker = Worker(timetable=[timed for timed in TIMETABLE if timed.name == "people.judge-looks"])
    for _ in range(3):
        worker.run_until_idle()
    seen(here, "handler", late)
    judged(late)
    assert Alarm.objects.count() == 1
    told = Message.objects.filter(template="desk.look-alarm")
    assert {one.account_id for one in told} == {
        here.accounts["secadmin"],
        here.accounts["auditor"],
    } and told.count() == 2


def test_the_security_administrator_settles_it_in_words_and_once(here: County) -> None:
    seen(here, "handler", NOON.replace(hour=23))
    judged(NOON.replace(hour=23))
    ((line,), _) = alarms_for(here["secadmin"])
    for who in ("auditor", "sysadmin", "handler", "leader"):
        with pytest.raises(NotAllowed):
            people.settle_look(by=here[who], alarm_id=line.id, at=NOON, words="问过了")
    with pytest.raises(ReasonNeeded):
        people.settle_look(by=here["secadmin"], alarm_id=line.id, at=NOON, words=" ")
    people.settle_look(by=here["secadmin"], alarm_id=line.id, at=NOON, words="夜里漏水抢修，属实。")
    with pytest.raises(AlarmSettled):
        people.settle_look(by=here["secadmin"], alarm_id=line.id, at=NOON, words="再写")
    ((line,), _) = alarms_for(here["auditor"])
    assert line.words == "夜里漏水抢修，属实。"
    for who in ("handler", "leader", "sysadmin", "organiser"):
        if who in here.accounts:
            with pytest.raises(NotAllowed):
                alarms_for(here[who])


def test_alarms_are_flat_and_in_the_order_of_days(here: County, assert_flat: Any) -> None:
    days = iter(range(1, 100))

    def make(n: int) -> None:
        for _ in range(n):
            at = NOON.replace(hour=23) - timedelta(days=next(days))
            seen(here, "handler", at)
            people.judge_looks(at=at + timedelta(minutes=1), ended=ended_among)

    assert_flat(make=make, look=lambda: alarms_for(here["auditor"]))


def test_an_opened_contact_of_ones_own_case_in_the_morning_is_nothing(here: County) -> None:
    told = register("停水", name="李四河", phone="13833334444", place=VILLAGE)
    case = accepted(here, demand_id=told.demand_id)
    cases.open_contact(by=here["handler"], case_id=case.pk, demand_id=voice(case), at=NOON)
    assert judged() == []
