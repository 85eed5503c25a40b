"""Who asked to be called or written to is: it stands on a page until a person has done it."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

import makers
from doors.test_desk import signed_in
from makers import AT, VILLAGE, County, register
from minqing.ground.people.rules import ReplyBy
from minqing.record.facts.commands import react_once, relay
from minqing.wiring.reactions import FUNCTIONS, REACTIONS
from work.casework import accepted, answer

pytestmark = pytest.mark.django_db


@pytest.fixture
def county(settings: Any) -> County:
    settings.MINQING_DEMO = False
    cache.clear()
    return makers.county()


def answered(county: County, way: ReplyBy) -> None:
    told = register(
        "水停了", name="张三", phone="13800138000", address="上湾村三组", reply_by=way, place=VILLAGE, at=AT
    )
    answer(county, accepted(county, demand_id=told.demand_id, title="三组停水"))
    relay(REACTIONS)
    while react_once(FUNCTIONS):
        pass


def waiting(client: Client, way: str) -> list[Any]:
    return [line for line, _, _ in client.get(f"/desk/messages/?way={way}").context["rows"]]


@pytest.mark.parametrize("way", [ReplyBy.PHONE, ReplyBy.LETTER])
def test_an_answer_to_be_told_by_a_person_waits_on_a_page_until_it_was(county: County, way: ReplyBy) -> None:
    answered(county, way)
    client = signed_in(county, "dispatcher")
    first, *others = waiting(client, way)
    page = client.get(f"/desk/messages/?way={way}").content.decode()
    assert "/desk/cases/" in page and "13800138000" not in page and "上湾村三组" not in page
    assert client.post(f"/desk/messages/{first.id}/hand-over/").status_code == 303
    assert [line.id for line in waiting(client, way)] == [line.id for line in others]


def test_it_is_not_for_those_who_may_open_no_contact(county: County) -> None:
    answered(county, ReplyBy.PHONE)
    (first, *_) = waiting(signed_in(county, "dispatcher"), "phone")
    for name in ("sysadmin", "handler", "callback"):
        client = signed_in(county, name)
        assert client.get("/desk/messages/").status_code in {403, 404}
        assert client.post(f"/desk/messages/{first.id}/hand-over/").status_code in {403, 404}
