"""Whatever goes wrong while somebody writes, nothing of it is lost and nothing is done twice: the lines not shown elsewhere."""

import re
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from asking import post
from doors.office import signed_in, words
from doors.test_public import SAID, code_on, registered, send
from makers import AT, County, county, register
from minqing.kernel.ids import uuid7_at
from minqing.record.log.commands import beat
from minqing.record.log.models import Pending
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Booking, Case
from minqing.work.intake.models import Demand
from minqing.work.judgement.models import Verdict
from work import casework

pytestmark = pytest.mark.django_db
LONG = "水" * 19_990 + "😀العربية\u200f"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


# Long and strange texts, at every door where a person's words are typed


@pytest.mark.parametrize("path", ["/desk/register/", "/desk/quick/"])
def test_twenty_thousand_characters_with_emoji_and_arabic_come_in_at_the_desk(
    here: County, path: str
) -> None:
    typed = {"text": LONG, "channel": "phone", "sender_key": uuid4().hex}
    assert signed_in(here, "operator").post(path, typed).status_code == 200
    assert Demand.objects.get().text == LONG
    too_long = signed_in(here, "operator").post(path, typed | {"text": LONG + "水" * 20})
    assert too_long.status_code == 422
    assert LONG in words(too_long)


def test_a_long_answer_a_long_verdict_and_a_long_talk_are_kept_whole_or_refused_whole(here: County) -> None:
    told = register(word="2468")
    case = casework.accepted(here, demand_id=told.demand_id)
    desk = signed_in(here, "handler")
    answer = {"kind": "opinion", "outcome": "support", "text": LONG, **casework.OPINION}
    assert desk.post(f"/desk/cases/{case.pk}/reply/", answer).status_code == 303
    casework.cases.serve_case(by=here["handler"], case_id=case.pk, at=AT, way="by_hand", on=AT.date())
    client = Client()
    client.post("/status", {"receipt": told.receipt, "word": "2468"})
    assert LONG in words(client.get("/status/page"))
    for slug, typed in (
        ("say", {"text": LONG}),
        ("verdict", {"solved": "no", "explained": "no", "words": LONG}),
    ):
        page = client.post(f"/status/cases/{case.pk}/{slug}", typed)
        assert page.status_code == 422
        assert LONG in words(page), "more than one box holds is refused with every word in it"


# Double submit and the back button


def test_a_seat_booked_by_a_double_press_is_one_seat_with_one_code(here: County) -> None:
    day = cases.plan_day(
        by=here["reception"], at=AT, on=AT.date() + timedelta(6), leader_id=here.accounts["leader"], place_words="一楼", seats=2
    )  # fmt: skip
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    client, path = Client(), f"/open/receptions/{day.pk}/book"
    key = re.search(r'name="form_key" value="(\w+)"', words(client.get(path)))
    assert key is not None
    first, again = (words(client.post(path, {"name": "林小溪", "form_key": key[1]})) for _ in range(2))
    assert Booking.objects.count() == 1
    code = _code(first)
    assert code == _code(again)
    assert "已预约" in words(client.post("/open/booking", {"code": code}))
    client.post("/open/booking", {"code": code, "cancel": "1"})
    back = words(client.post(path, {"name": "林小溪", "form_key": key[1]}))
    assert _code(back) != code, "a seat given back and booked again is another seat"
    assert client.post(path, {"name": "别人", "form_key": uuid4().hex}).status_code == 200
    assert Booking.objects.filter(state="booked").count() == 2
    assert words(client.post(path, {"name": "迟到的人", "form_key": uuid4().hex})).count("迟到的人") == 1
    other = cases.plan_day(
        by=here["reception"],
        at=AT,
        on=AT.date() + timedelta(9),
        leader_id=here.accounts["leader"],
        place_words="二楼",
    )
    cases.publish_day(by=here["reception"], day_id=other.pk, at=AT)
    moved = client.post(f"/open/receptions/{other.pk}/book", {"name": "林小溪", "form_key": key[1]})
    assert moved.status_code == 200
    assert _code(words(moved)) != code


def _code(page: str) -> str:
    found = re.search(r'class="code">(.*?)</span></p>', page, re.S)
    assert found, page
    return re.sub(r"\D", "", re.sub(r"<[^>]+>", "", found[1]))


def test_the_back_button_after_the_slip_sends_the_same_word_once_and_other_words_as_another(
    here: County,
) -> None:
    client, key = Client(), uuid4().hex
    code = registered(client, form_key=key)
    assert code_on(client.get(send(client, 4, text=SAID, form_key=key)["Location"])) == code
    assert Demand.objects.count() == 1
    changed = registered(client, text=SAID + "还有路灯。", form_key=key)
    assert changed != code
    assert sorted(Demand.objects.values_list("text", flat=True)) == sorted([SAID, SAID + "还有路灯。"])


def test_the_back_button_after_a_verdict_shows_it_again_and_pressing_again_is_no_second_one(
    here: County,
) -> None:
    told = register(word="2468")
    case = casework.served(here, demand_id=told.demand_id)
    client = Client()
    client.post("/status", {"receipt": told.receipt, "word": "2468"})
    page = f"/status/cases/{case.pk}/verdict"
    for _ in range(2):
        assert client.post(page, {"solved": "yes", "explained": "yes", "words": "通水了"}).status_code == 303
    assert Verdict.objects.count() == 1
    back = words(client.get(page))
    assert "通水了" in back
    assert re.search(r'value="yes"[^>]*checked', back)


# Two officers, one case


def test_of_two_officers_who_answer_at_once_the_second_sees_both_answers(here: County) -> None:
    case = casework.accepted(here)
    one, two = signed_in(here, "handler"), signed_in(here, "head")
    pages = [desk.get(f"/desk/cases/{case.pk}/reply/") for desk in (one, two)]
    typed = [
        {"kind": "opinion", "outcome": "support", "text": text, **casework.OPINION, "seen": page.context["form"]["seen"].value()}
        for text, page in zip(("甲写的答复。", "乙写的答复。"), pages, strict=True)
    ]  # fmt: skip
    assert one.post(f"/desk/cases/{case.pk}/reply/", typed[0]).status_code == 303
    late = two.post(f"/desk/cases/{case.pk}/reply/", typed[1])
    assert late.status_code == 409
    assert "乙写的答复。" in words(late)
    assert [reply.text for reply in Case.objects.get(pk=case.pk).replies.all()] == ["甲写的答复。"]


# The session ends while somebody writes


def test_words_written_while_the_session_ended_are_sent_after_signing_in_again(here: County) -> None:
    """The page of the refusal holds the form again: signed in in another window, one press sends it."""
    case = casework.accepted(here)
    gone = Client()
    page = gone.post(f"/desk/cases/{case.pk}/contact/", {"words": "打过电话，明天去看。"})
    assert page.status_code == 401
    form = re.search(rf'<form[^>]*action="(/desk/cases/{case.pk}/contact/)".*?</form>', words(page), re.S)
    assert form is not None
    assert "打过电话，明天去看。" in form[0]
    assert signed_in(here, "handler").post(form[1], {"words": "打过电话，明天去看。"}).status_code == 303
    assert Case.objects.get(pk=case.pk).contacted_at is not None


# The worker is dead


def test_while_the_worker_is_dead_everything_a_person_needs_still_works(here: County) -> None:
    """Said, slip, looked up, answered, judged, reopened: messages wait, people do not. Health says so."""
    client = Client()
    code = registered(client, word="2468", name="林小溪", phone="13900000021", reply_by="sms")
    case = casework.served(here, demand_id=Demand.objects.get().pk)
    assert client.post("/status", {"receipt": code, "word": "2468"}).status_code == 303
    assert "三日内修好" in words(client.get("/status/page"))
    assert (
        client.post(f"/status/cases/{case.pk}/verdict", {"solved": "no", "explained": "no"}).status_code
        == 303
    )
    case.refresh_from_db()
    assert case.state == "accepted"
    assert Demand.objects.get().code_key is not None, "no worker has touched it"
    health = client.get("/healthz")
    assert health.status_code == 200
    assert (health.json()["status"], health.json()["worker"]["state"]) == ("degraded", "stopped")


def test_health_is_ok_with_a_beating_worker_and_degraded_when_its_queue_is_old(here: County) -> None:
    beat("worker")
    fine = Client().get("/healthz").json()
    assert (fine["status"], fine["database"], fine["worker"]["state"], fine["queue_age_s"]) == (
        "ok",
        "ok",
        "running",
        0,
    )
    Pending.objects.create(id=uuid7_at(datetime.now(UTC) - timedelta(minutes=10)), leaf=b"waits")
    behind = Client().get("/healthz")
    assert behind.status_code == 200
    assert behind.json()["status"] == "degraded"
    assert behind.json()["worker"]["state"] == "running"
    assert behind.json()["queue_age_s"] > 300


# Days that cannot be


@pytest.mark.parametrize("day", ["1948-12-31", "0001-01-01", "9999-12-31", "2026-07-01"])
def test_a_letter_stamped_before_1949_or_tomorrow_is_refused_with_its_words_kept(
    here: County, day: str
) -> None:
    typed = {"text": SAID, "channel": "letter", "sender_key": uuid4().hex, "arrived_on": day}
    page = signed_in(here, "operator").post("/desk/register/", typed)
    assert page.status_code == 422
    assert "孩子喝不上水" in words(page)
    assert not Demand.objects.exists()


def test_a_word_of_the_last_days_of_the_calendar_has_a_provisional_day_and_says_so(
    here: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_NOW", "2026-12-28T09:00:00+08:00")
    told = post(Client(), {"text": "停水"}).json()
    (clock,) = told["clocks"]
    assert clock["provisional"] is True
    assert date.fromisoformat(clock["due"]) >= date(2027, 1, 12)
    page = words(Client().get(send(Client(), 4, text=SAID)["Location"]))
    assert page is not None
    client = Client()
    assert "还没公布" in words(client.get(send(client, 4, text=SAID)["Location"]))
