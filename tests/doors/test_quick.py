"""A call to anyone's own telephone: three touches, and the caller hears their slip before hanging up."""

import re

import pytest
from django.core.cache import cache

from doors.office import signed_in, words
from makers import AT, VILLAGE, County, county
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import demand_by_receipt

pytestmark = pytest.mark.django_db
URL = "/desk/quick/"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def code_on(page: str) -> str:
    found = re.search(r"查询码是 ((?:<span>\d{4}</span> ?){4})", page)
    assert found, page
    return re.sub(r"\D", "", found[1])


def test_one_box_and_one_button_are_enough(here):
    client = signed_in(here, "handler")
    assert "<form" in words(client.get(URL))
    answer = client.post(URL, {"text": "三组停水了", "sender_key": "k1"})
    assert answer.status_code == 200
    row = Demand.objects.get()
    assert (row.channel, row.text, row.anonymity) == ("own_phone", "三组停水了", "anonymous")
    assert demand_by_receipt(code_on(words(answer))).demand_id == row.pk
    assert "三组停水了" in words(answer) and answer["Cache-Control"].startswith("max-age=0")


def test_the_place_of_the_writers_own_seat_stands_there_already(here):
    page = words(signed_in(here, "cadre").get(URL))
    assert f'value="{VILLAGE}" selected' in page or f'value="{VILLAGE.ljust(12, "0")}" selected' in page
    assert "selected" not in words(signed_in(here, "handler").get(URL)).replace('value="" selected', "")


def test_a_deputy_hands_on_a_voters_matter(here):
    client = signed_in(here, "deputy")
    assert "选民说了什么" in words(client.get(URL))
    client.post(URL, {"text": "选民说桥断了", "phone": "13900000012"})
    row = Demand.objects.get()
    assert (row.channel, row.anonymity, row.reply_by) == ("deputy", "named", "phone")


def test_a_cadre_writes_down_no_accusation_against_the_own_village(here):
    answer = signed_in(here, "cadre").post(URL, {"text": "我们村支书贪污低保款"})
    assert answer.status_code == 403 and "12388" in words(answer) and "贪污低保款" in words(answer)
    assert not Demand.objects.exists()


def test_pressing_twice_registers_once_and_ten_minutes_later_tells_no_second_code(here, monkeypatch):
    client = signed_in(here, "handler")
    told = {"text": "三组停水了", "sender_key": "k2"}
    code = words(client.post(URL, told)).partition("您的查询码是 ")[2][:19]
    again = words(client.post(URL, told))
    assert code.strip() and code in again and "没有重复登记" not in again
    monkeypatch.setenv("MINQING_NOW", "2026-06-30T09:11:00+08:00")
    late = words(client.post(URL, told))
    assert Demand.objects.count() == 1 and "没有重复登记" in late and "查询码是" not in late


def test_the_key_of_another_officer_s_form_opens_nothing_of_theirs(here):
    told = {"text": "三组停水了", "sender_key": "k2"}
    mine, theirs = (words(signed_in(here, name).post(URL, told)) for name in ("handler", "head"))
    code = mine.partition("您的查询码是 ")[2][:19]
    assert code.strip() and code not in theirs and Demand.objects.count() == 2
    again = words(signed_in(here, "handler").post(URL, told))
    assert code in again


@pytest.mark.parametrize("text", ["", " " * 5, "水" * 20_001])
def test_what_was_typed_stays_when_it_is_refused(here, text):
    answer = signed_in(here, "handler").post(URL, {"text": text, "name": "林小满"})
    assert answer.status_code == 422 and "林小满" in words(answer) and text.strip() in words(answer)
    assert not Demand.objects.exists()


def test_words_of_despair_are_said_to_the_writer(here):
    assert "受过培训的人" in words(signed_in(here, "handler").post(URL, {"text": "他说活不下去了"}))


def test_who_may_not_register_has_no_such_page(here):
    assert signed_in(here, "sysadmin").get(URL).status_code == 403
