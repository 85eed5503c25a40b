"""The page of paired households: one's own, masked, with no number of visits; and a no that is taken from anybody."""

from datetime import date

import pytest
from django.core.cache import cache

from doors.office import signed_in, words
from makers import AT, VILLAGE, County, county
from minqing.ground.law import queries as law
from minqing.ground.offices.commands import give_token
from minqing.ground.people.commands import index_contacts, keep_person, live_in, open_household
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.record.facts.queries import kinds_about
from minqing.work.visits.commands import keep_pair
from minqing.work.visits.models import Pair
from minqing.work.visits.rules import PairKind

pytestmark = pytest.mark.django_db
NAME, PHONE = "张大田", "13900000031"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    law.forget()
    made = county()
    home = open_household(place=VILLAGE.ljust(12, "0"))
    person = keep_person(
        Contact(name=NAME, phone=PHONE), place=VILLAGE.ljust(12, "0"), reply_by=ReplyBy.ONLINE, lang="zh-hans", at=AT
    )  # fmt: skip
    live_in(person_id=person, household_id=home)
    index_contacts()
    keep_pair(
        cadre_id=made.accounts["cadre"], household_id=home, kind=PairKind.HARDSHIP, from_on=date(2026, 1, 5),
        plan="常去坐坐", items=["修屋顶"], at=AT,
    )  # fmt: skip
    yield made
    law.forget()


def test_the_cadre_sees_the_household_masked(here: County) -> None:
    page = words(signed_in(here, "cadre").get("/desk/pairs/"))
    for shown in ("张*", "上湾村", "困难户", "2026年1月5日", "常去坐坐", "修屋顶"):
        assert shown in page, shown
    assert NAME not in page and PHONE not in page
    assert "/desk/pairs/" in words(signed_in(here, "cadre").get("/desk/cases/"))
    english = words(signed_in(here, "cadre").get("/desk/pairs/?lang=en"))
    assert "Household in hardship" in english or "困难户" not in english


def test_a_no_is_one_button_and_asks_nothing(here: County) -> None:
    row, client = Pair.objects.get(), signed_in(here, "cadre")
    assert client.post(f"/desk/pairs/{row.pk}/refuse/").status_code == 303
    assert kinds_about(row.pk) == ["pair.opened", "pair.refused"]
    page = words(client.get("/desk/pairs/"))
    assert "没有结对的户" in page and "这户说不要了" in page
    assert client.post(f"/desk/pairs/{row.pk}/refuse/").status_code == 409


def test_nobody_else_sees_or_ends_it(here: County) -> None:
    row = Pair.objects.get()
    for who, status in (("handler", 404), ("leader", 404), ("sysadmin", 403), ("operator", 403)):
        assert signed_in(here, who).post(f"/desk/pairs/{row.pk}/refuse/").status_code == status, who
    assert "张*" not in words(signed_in(here, "head").get("/desk/pairs/"))
    assert signed_in(here, "sysadmin").get("/desk/pairs/").status_code == 403
    assert "/desk/pairs/" not in words(signed_in(here, "handler").get("/desk/cases/"))


def test_the_hotline_takes_the_no_by_name_and_number(here: County) -> None:
    client = signed_in(here, "operator")
    assert "/desk/pairs/refuse/" in words(client.get("/desk/find/"))
    wrong = client.post("/desk/pairs/refuse/", {"name": "李小满", "phone": PHONE})
    assert wrong.status_code == 404 and "李小满" in words(wrong)
    assert client.post("/desk/pairs/refuse/", {"name": "", "phone": ""}).status_code == 422
    assert client.post("/desk/pairs/refuse/", {"name": NAME, "phone": PHONE}).status_code == 303
    assert Pair.objects.get().refused_on == AT.date()
    assert signed_in(here, "cadre").get("/desk/pairs/refuse/").status_code == 403


def test_the_api_says_the_same(here: County) -> None:
    def bearer(who: str) -> dict[str, str]:
        token = give_token(account_id=here.accounts[who], at=AT)
        return {"HTTP_AUTHORIZATION": f"Bearer {token}"}

    client, row = signed_in(here, "cadre"), Pair.objects.get()
    rows = client.get("/api/v1/pairs", **bearer("cadre")).json()["rows"]
    assert [(one["id"], one["names"], one["kind"]) for one in rows] == [(str(row.pk), ["张*"], "hardship")]
    assert client.get("/api/v1/pairs", **bearer("head")).json()["rows"] == []
    assert (
        client.post(
            f"/api/v1/pairs/{row.pk}/refuse", {}, content_type="application/json", **bearer("head")
        ).status_code
        == 404
    )
    assert client.post(
        f"/api/v1/pairs/{row.pk}/refuse", {}, content_type="application/json", **bearer("cadre")
    ).json() == {"done": True}
    gone = client.post(
        "/api/v1/pairs/refuse", {"name": NAME, "phone": PHONE}, content_type="application/json", **bearer("operator")
    )  # fmt: skip
    assert (gone.status_code, gone.json()) == (200, {"done": True, "n": 0})
