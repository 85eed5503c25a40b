"""Scenario 15, tried: who petitioned most, who booked for tomorrow, who joined the matter of the plant."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, get_resolver

from doors.office import seat, signed_in
from makers import AT, County, county, register
from minqing.charter import PUBLIC, Role
from minqing.ground.offices.commands import give_token
from minqing.ground.people.models import Person
from minqing.ground.people.rules import Contact
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Booking, Case, ReceptionDay
from minqing.work.intake.models import Demand
from work import casework

pytestmark = pytest.mark.django_db
OFTEN, PHONE, BOOKED = "沈常来", "13900007777", "罗明早"
TRIED = (
    "person=沈常来&person_id={id}&who=沈常来&sort=person&order=-n&order_by=-n_people&group_by=person&ordering=-count"
    "&format=csv&as=csv&export=1"
)
CHANGES = re.compile(rb'(nonce|csrfmiddlewaretoken|value)="[A-Za-z0-9+/=_-]{16,}"|csrf[^"]*"[A-Za-z0-9]{32,}')
ASKING = (
    "dispatcher",
    "operator",
    "registrar",
    "head",
    "leader",
    "arbiter",
    "callback",
    "reception",
    "disciplinary",
    "sysadmin2",
)
MORE = (("disciplinary", Role.DISCIPLINE), ("secadmin", Role.SECADMIN), ("sysadmin2", Role.SYSADMIN))


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    """One who came five times and joined the matter of the plant, and one who has a seat tomorrow."""
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    made = county()
    for name, role in MORE:
        seat(made, name, "government", role)
    plant = casework.accepted(made)
    for n in range(5):
        told = register(f"第{n}次说水泥厂的灰", name=OFTEN, phone=PHONE)
        if n == 0:
            cases.join_demand(
                by=made["dispatcher"], demand_id=told.demand_id, case_id=plant.pk, at=AT, reason="同一个厂"
            )
    day = cases.plan_day(
        by=made["reception"], at=AT, on=AT.date() + timedelta(1), leader_id=made.accounts["leader"],
        place_words="一楼",
    )  # fmt: skip
    cases.publish_day(by=made["reception"], day_id=day.pk, at=AT)
    cases.book_day(by=PUBLIC, day_id=day.pk, at=AT, contact=Contact(name=BOOKED, phone=PHONE))
    return made


def keyless() -> list[str]:
    """Every address of the desk that needs no id: the lists."""
    desk = next(one for one in get_resolver().url_patterns if str(one.pattern) == "desk/")
    return [
        "/desk/" + str(one.pattern)
        for one in desk.url_patterns
        if isinstance(one, URLPattern) and not one.pattern.converters and "export" not in str(one.pattern)
    ]


def api_lists() -> list[str]:
    return [
        f"/api/v1/{name}"
        for name in ("cases", "demands/waiting", "callbacks", "receptions", "withdrawals", "pairs")
    ]


def body(answer: Any) -> bytes:
    return CHANGES.sub(b"", answer.content)


def first_id() -> str:
    return str(Demand.objects.order_by("registered_at").values_list("person_id", flat=True).first())


@pytest.mark.parametrize("name", ASKING)
def test_no_list_of_the_desk_yields_to_somebody_who_asks_for_a_person(here: County, name: str) -> None:
    client = signed_in(here, name)
    tried, n = TRIED.format(id=first_id()), 0
    for path in keyless():
        plain = client.get(path)
        if plain.status_code != 200:
            continue
        n += 1
        asked = client.get(f"{path}?{tried}")
        assert asked.status_code == 200, path
        assert asked["Content-Type"] == plain["Content-Type"], path
        assert len(body(asked)) - len(body(plain)) < 2_000, (
            path
        )  # the address may stand in links and in the language form
        for said in (OFTEN, PHONE, BOOKED):
            assert said not in asked.content.decode().replace(tried, ""), (path, said)
    assert n > 0


@pytest.mark.parametrize("name", ["dispatcher", "leader", "handler", "head", "arbiter", "callback"])
def test_no_list_of_the_api_names_them_however_it_is_asked(here: County, name: str) -> None:
    token = {"Authorization": "Bearer " + give_token(account_id=here.accounts[name], at=AT)}
    client = Client(headers=token)
    for path in api_lists():
        for query in ("", "?" + TRIED.format(id=first_id()), f"?q={OFTEN}", f"?q={PHONE}"):
            told = client.get(path + query).content.decode()
            for said in (OFTEN, PHONE, BOOKED, first_id()):
                assert said not in told, (path, query, said)


@pytest.mark.parametrize("name", ["dispatcher", "leader", "handler", "head", "other_handler"])
def test_a_search_by_name_or_number_finds_no_cases(here: County, name: str) -> None:
    """The search box reads what was said, never who said it."""
    client = signed_in(here, name)
    for wanted in (OFTEN, PHONE, OFTEN[:2]):
        page = client.get("/desk/cases/", {"q": wanted}).content.decode()
        assert not any(str(case.pk) in page for case in Case.objects.all()), wanted


def test_the_township_and_the_office_do_not_learn_who_comes_tomorrow(here: County) -> None:
    day = ReceptionDay.objects.get()
    mask = Person.objects.get(pk=Booking.objects.get().person_id).mask_name
    assert mask and mask != BOOKED
    for name in ("handler", "head", "mediator", "dispatcher", "other_head"):
        client = signed_in(here, name)
        for path in ("/desk/receptions/", f"/desk/receptions/{day.pk}/"):
            page = client.get(path).content.decode()
            assert not [said for said in (BOOKED, mask, PHONE) if said in page], (name, path)
    reception = signed_in(here, "reception").get(f"/desk/receptions/{day.pk}/").content.decode()
    assert mask in reception and BOOKED not in reception and PHONE not in reception


def test_the_page_of_the_plant_says_how_many_and_nobody_of_them(here: County) -> None:
    plant = Case.objects.filter(n_voices__gt=1).get()
    for name in ("leader", "handler", "dispatcher"):
        page = signed_in(here, name).get(f"/desk/cases/{plant.pk}/").content.decode()
        assert OFTEN not in page and PHONE not in page
