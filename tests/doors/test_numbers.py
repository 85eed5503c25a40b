"""A number is the length of the list it leads to: of everything counted in the rail, in the head and on the leader's page."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

import makers
from doors.test_desk import signed_in
from makers import AT, County
from minqing.work.cases import commands as cases
from minqing.work.promises.commands import make_promise
from work.casework import accepted, forwarded, later, opened, replied

pytestmark = pytest.mark.django_db

BEGUN = later(-150)
RAIL = re.compile(r'<a href="([^"]+)"[^>]*><span>[^<]*</span><span class="n">(\d+)</span>')
HEAD = re.compile(r'<a (?:class="late" )?href="([^"]+)">[^<]*<b>(\d+)</b>')
ROWS = re.compile(r'<th scope="row"><a href="([^"]+)">[^<]+</a></th><td class="n">(\d+)</td>')


@pytest.fixture
def county() -> County:
    cache.clear()
    return makers.county()


@pytest.fixture
def busy(county: County, monkeypatch: pytest.MonkeyPatch) -> County:
    """Late by one clock, by two of two offices, in another office, parked past its day; due today; and what is no matter."""
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    made = [accepted(county, at=BEGUN, demand_id=said(BEGUN)) for _ in range(3)]
    two = made[0]
    cases.assist_case(
        by=county["dispatcher"],
        case_id=two.pk,
        at=BEGUN,
        office_id=county.offices["roads"],
        words="请协助",
        days=5,
    )
    cases.supervise_case(
        by=county["leader"],
        case_id=two.pk,
        at=BEGUN,
        ground="群众等水",
        words="请办",
        answer_by=later(-100).date(),
    )
    forwarded(county, at=BEGUN, demand_id=said(BEGUN), office="roads")
    park(county, accepted(county, at=later(-40)), until=-10)
    park(county, accepted(county, at=later(-3)), until=0)
    replied(county, at=BEGUN, track="order")
    make_promise(
        by=county["head"], about=f"case:{two.pk}", words="三日内修好", office_id=county.offices["water"],
        due_on=later(-90).date(), made_on=later(-95).date(), at=BEGUN,
    )  # fmt: skip
    makers.register(place=makers.VILLAGE, at=BEGUN)
    return county


def said(at: Any) -> Any:
    return makers.register(place=makers.VILLAGE, at=at).demand_id


def park(county: County, case: Any, *, until: int) -> None:
    at = case.registered_at + timedelta(days=1)
    cases.park_case(
        by=county["handler"],
        case_id=case.pk,
        at=at,
        reason="等资金",
        authority="县财政局",
        next_on=later(until).date(),
    )


def shown(body: str) -> Iterator[tuple[str, int]]:
    for pattern in (RAIL, HEAD, ROWS):
        for url, n in pattern.findall(body):
            if "/desk/cases/" in url:
                yield unescape(url), int(n)


def length(client: Client, url: str) -> int:
    cache.clear()
    answer = client.get(url)
    assert len(answer.context["rows"]) == answer.context["pager"].total
    return len(answer.context["rows"])


@pytest.mark.parametrize("name", ["leader", "arbiter", "head", "dispatcher", "handler", "other_head"])
def test_every_number_is_the_length_of_its_list(busy: County, name: str) -> None:
    client = signed_in(busy, name)
    cache.clear()
    page = client.get("/desk/leader/")
    body = (page if page.status_code == 200 else client.get("/desk/cases/")).content.decode()
    numbers = list(shown(body))
    assert any("queue=late" in url for url, _n in numbers)
    assert dict(numbers) == {url: length(client, url) for url, _n in numbers}


def test_the_sentence_the_head_and_the_rail_say_the_same(busy: County) -> None:
    client = signed_in(busy, "leader")
    body = client.get("/desk/leader/").content.decode()
    late = {n for url, n in shown(body) if url.endswith("?queue=late")}
    assert late == {length(client, "/desk/cases/?light=red")} == {6}
    assert "今天有1件到期，6件已超期" in body


def test_what_is_late_but_no_matter_is_named_apart(busy: County) -> None:
    body = signed_in(busy, "leader").get("/desk/leader/").content.decode()
    assert "另有过期的" in body
    assert "等待分办的诉求和到期没兑现的承诺" in body


def test_an_office_counts_what_it_owes_itself_whoever_holds_the_matter(busy: County) -> None:
    client = signed_in(busy, "leader")
    url = f"/desk/cases/?owes={busy.offices['roads']}&light=red"
    assert length(client, url) == 2
    assert length(client, f"/desk/cases/?office={busy.offices['roads']}&light=red") == 0
    assert "应由棠川县交通局办" in client.get(url).content.decode()


def test_what_was_put_off_waits_until_its_day_and_is_late_after_it(busy: County) -> None:
    """暂时办不了 names the day of the next answer: no stopped clock, and no place to hide."""
    client = signed_in(busy, "leader")
    for light, mark in (("red", "light-late"), ("orange", "light-paused")):
        (row,) = client.get(f"/desk/cases/?state=parked&light={light}").context["rows"]
        body = client.get(f"/desk/cases/?state=parked&light={light}").content.decode()
        assert row.paused
        assert f"light {mark}" in body
        assert ("再答复" in body) is (light == "orange")


def test_all_that_is_owed_stands_by_its_day_the_latest_first(busy: County) -> None:
    answer = signed_in(busy, "leader").get("/desk/cases/")
    days = [row.due for row in answer.context["rows"]]
    late = [day < AT for day in days]
    assert days == sorted(days)
    assert late == sorted(late, reverse=True)
    body = answer.content.decode()
    assert body.rindex("light-late") < body.index("light-paused")


def test_offices_with_nothing_late_now_are_folded_away(
    county: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    begun = opened(county, at=BEGUN)
    cases.forward_case(
        by=county["dispatcher"], case_id=begun.pk, at=later(-10), office_id=county.offices["water"]
    )
    page = signed_in(county, "leader").get("/desk/leader/")
    assert page.context["late"] == []
    assert [(line.n, line.ended_late) for line in page.context["in_time"]] == [(0, 1)]
    assert page.content.decode().count('<details class="more-rows">') == 1
