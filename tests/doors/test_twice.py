"""Back and send again with a fresh form: one receipt, and nothing typed is lost."""

from typing import Any

import pytest
from django.core.cache import cache

import makers
from doors.test_desk import signed_in
from makers import AT, County
from minqing.work.intake.models import Demand
from work.casework import later

pytestmark = pytest.mark.django_db
SAID = "三组路口的路灯坏了五天，晚上看不见。"
PATHS = {"/desk/register/": "operator", "/desk/quick/": "operator"}


@pytest.fixture
def county(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return makers.county()


def typed(key: str, **more: str) -> dict[str, str]:
    return {"text": SAID, "channel": "phone", "phone": "13900000031", "sender_key": key, **more}


@pytest.mark.parametrize("path", PATHS)
def test_the_same_words_again_ask_and_keep_what_was_typed(county: County, path: str) -> None:
    client = signed_in(county, PATHS[path])
    client.post(path, typed("first"))
    asked = client.post(path, typed("second"))
    body = asked.content.decode()
    assert asked.status_code == 409
    assert "是同一个人吗" in body
    assert SAID in body
    assert "13900000031" in body
    assert Demand.objects.count() == 1


@pytest.mark.parametrize("path", PATHS)
def test_the_same_person_is_shown_the_first_slip_with_its_code(county: County, path: str) -> None:
    client = signed_in(county, PATHS[path])
    first = client.post(path, typed("first")).context["told"]
    again = client.post(path, typed("second", again="same")).context["told"]
    assert (again.code, again.verify_no) == (first.code, first.verify_no)
    assert Demand.objects.count() == 1


@pytest.mark.parametrize("path", PATHS)
def test_another_person_with_the_same_words_gets_a_receipt_of_their_own(county: County, path: str) -> None:
    client = signed_in(county, PATHS[path])
    first = client.post(path, typed("first")).context["told"]
    other = client.post(path, typed("second", again="other")).context["told"]
    assert other.code != first.code
    assert Demand.objects.count() == 2


@pytest.mark.parametrize(
    ("who", "minutes", "text"),
    [("cadre", 0, SAID), ("operator", 20, SAID), ("operator", 0, SAID + "请来看。")],
)
def test_nobody_is_asked_about_other_words_another_writer_or_an_earlier_hour(
    county: County, monkeypatch: pytest.MonkeyPatch, who: str, minutes: int, text: Any
) -> None:
    signed_in(county, "operator").post("/desk/register/", typed("first"))
    monkeypatch.setenv("MINQING_NOW", later(hours=minutes // 20).isoformat())
    channel = "on_behalf" if who == "cadre" else "phone"
    answer = signed_in(county, who).post("/desk/register/", typed("second", text=text, channel=channel))
    assert answer.status_code == 200
    assert Demand.objects.count() == 2
