"""删除我的个人信息 as a person and the two who agree see it, on pages and by the API."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import seat, signed_in
from makers import AT, County, county, register
from minqing.charter import Role
from minqing.work.cases import jobs as case_jobs
from minqing.work.erasing.models import Erasure
from work import casework

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=1200)


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    made = county()
    for name, role in (("secadmin", Role.SECADMIN), ("auditor", Role.AUDITOR)):
        seat(made, name, "government", role)
    return made


def settled(here: County, monkeypatch: pytest.MonkeyPatch) -> str:
    told = register(word="2468")
    casework.served(here, demand_id=told.demand_id)
    case_jobs.lapse(AT + timedelta(days=45))
    monkeypatch.setenv("MINQING_NOW", LATER.isoformat())
    cache.clear()
    return told.receipt


def browser(code: str) -> Client:
    client = Client()
    assert client.post("/status", {"receipt": code, "word": "2468"}).status_code == 303
    return client


def text(page: Any) -> str:
    return page.content.decode()


def test_it_is_asked_for_and_taken_back_on_a_page_of_its_own(here: County, monkeypatch: Any) -> None:
    code = settled(here, monkeypatch)
    client = browser(code)
    assert "/status/erase" in text(client.get("/status/page"))
    assert "要求删除" in text(client.get("/status/erase"))
    done = client.post("/status/erase", follow=True)
    assert "随时可以反悔" in text(done)
    assert "不删了" in text(client.get("/status/erase"))
    assert "都还留着" in text(client.post("/status/erase", {"take-back": "1"}, follow=True))
    assert Client().get("/status/erase").status_code == 302


def test_an_open_matter_and_a_sealed_one_are_answered_alike(here: County) -> None:
    pages = []
    for accuses in (False, True):
        code = register("上湾村的支书克扣了低保款项", accuses=accuses, word="2468").receipt
        client = browser(code)
        asked = client.post("/status/erase")
        assert asked.status_code == 409
        pages.append(text(client.get("/status/erase")).split("<main")[1])
    strip = [page.split("csrfmiddlewaretoken")[0] for page in pages]
    assert strip[0] == strip[1]


def test_the_two_see_numbers_and_days_and_nobody_else_sees_the_page(here: County, monkeypatch: Any) -> None:
    code = settled(here, monkeypatch)
    browser(code).post("/status/erase")
    row = Erasure.objects.get()
    for who in ("secadmin", "auditor"):
        page = text(signed_in(here, who).get("/desk/erasures/"))
        assert "本人要求" in page
        assert "自来水" not in page
    assert signed_in(here, "dispatcher").get("/desk/erasures/").status_code == 403
    early = signed_in(here, "auditor").post(f"/desk/erasures/{row.pk}/agree/", {"code": "123456"})
    assert early.status_code in (403, 409, 422)
    assert Erasure.objects.get().first_id is None


def test_by_api_the_holder_of_the_code_asks_and_takes_back(here: County, monkeypatch: Any) -> None:
    asked = {"receipt": settled(here, monkeypatch)}
    post = Client().post
    told = post("/api/v1/erasures", asked, content_type="application/json")
    assert (told.status_code, told.json()["state"]) == (201, "waiting")
    assert post("/api/v1/erasures", asked, content_type="application/json").status_code == 409
    assert post("/api/v1/erasures/take-back", asked, content_type="application/json").status_code == 201
    assert Erasure.objects.get().state == "taken_back"
