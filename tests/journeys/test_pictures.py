"""The pictures of the README, taken from the demo county on a good day, in both languages:
`MINQING_PICTURES=1 make test ARGS=tests/journeys/test_pictures.py`."""

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db.models import Count
from playwright.sync_api import Browser, Page

from journeys.conftest import Site
from journeys.desk import FROZEN, Walk
from makers import County
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import accounts_by_username
from minqing.wiring.demo.load import load
from minqing.wiring.demo.offices import usernames
from minqing.wiring.demo.walk import SENDER, secret_code
from minqing.work.cases.models import Case, Link
from minqing.work.intake.commands import change_word
from minqing.work.intake.models import Demand

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        os.environ.get("MINQING_PICTURES") != "1", reason="pictures are taken when MINQING_PICTURES=1"
    ),
]
FOLDER = Path(__file__).resolve().parents[2] / "docs" / "pictures"
LANGUAGES = {"zh-hans": "", "en": "-en"}
OWN = ["accepted", "extended", "forwarded"]
WORD, TOLD = "2468", "村口往学校去的路灯坏了三盏，孩子放学看不见路，请修一修。"


@pytest.fixture
def demo(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The demo county as `make run` loads it, on the morning of 30 June."""
    monkeypatch.setenv("MINQING_NOW", FROZEN)
    cache.clear()
    load(scale=1, today=date.fromisoformat(FROZEN[:10]), processes=1)
    return Site(live_server.url, County(accounts=accounts_by_username()), lambda _: None)


def take(page: Page, name: str, lang: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=FOLDER / f"{name}{LANGUAGES[lang]}.png")


def code_of_an_answer() -> str:
    """The slip of somebody who was answered lately and has said nothing yet; they choose their four digits here."""
    answered = Link.objects.filter(
        case__state="served", case__track="petition", demand__anonymity="named", demand__sender=SENDER, confirmed_at=None
    )  # fmt: skip
    demands = Demand.objects.filter(pk__in=answered.values("demand_id"), sender_key__regex="^[0-9]+$")
    code = secret_code(int(demands.order_by("-registered_at", "id")[0].sender_key))
    change_word(receipt=code, word="", new_word=WORD, at=now())
    return code


def busy_office() -> str:
    """The department that has most petitions in hand."""
    inside = Case.objects.filter(state__in=OWN, track="petition", holder__kind="department")
    found = inside.values_list("holder__code").annotate(n=Count("pk")).order_by("-n", "holder__code")
    return str(found[0][0])


def busy_case(office_code: str) -> Case:
    """A matter in hand that many speak of."""
    here = Case.objects.filter(holder__code=office_code, state__in=["accepted", "extended"], replied_at=None)
    return here.order_by("-n_voices", "-registered_at")[0]


def test_pictures_for_the_readme(demo: Site, browser: Browser) -> None:
    office = busy_office()
    code, case, handler = code_of_an_answer(), busy_case(office), usernames()[office, "h1"]
    for lang in LANGUAGES:
        small = Walk(browser, demo.url, demo.county, lang=lang, width=360)
        page = small.sits("resident")
        page.set_viewport_size({"width": 360, "height": 740})
        small.at("resident", "/")
        take(page, "home", lang)
        small.at("resident", "/report")
        page.fill("textarea[name=text]", TOLD)
        page.locator("#ask button[name=now]").click()
        page.wait_for_url("**/report/slip")
        take(page, "slip", lang)
        small.opens_status("resident", code, WORD)
        take(page, "status", lang)
        desk = Walk(browser, demo.url, demo.county, lang=lang)
        take(desk.at(handler, "/desk/cases/"), "worklist", lang)
        take(desk.at(handler, f"/desk/cases/{case.pk}/"), "case", lang)
        take(desk.at("leader", "/desk/leader/"), "leader", lang)
        for one in (*small.windows.values(), *desk.windows.values()):
            one.context.close()
    assert sum(one.stat().st_size for one in FOLDER.glob("*.png")) <= 3_000_000
