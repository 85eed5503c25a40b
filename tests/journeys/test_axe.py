"""Every page of the resident's door under axe: both languages, large type, a phone and a screen; nothing serious, no edge overrun."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from journeys.desk import one_language
from makers import AT, register
from minqing.work.cases import commands as cases
from work import casework

pytestmark = pytest.mark.django_db(transaction=True)
GRAVE = {"serious", "critical"}


def faults(page: Page) -> list[tuple[str, str]]:
    found = Axe().run(page).response["violations"]
    return [(fault["id"], fault["nodes"][0]["html"]) for fault in found if fault["impact"] in GRAVE]


@pytest.mark.parametrize(
    ("lang", "width", "elder"),
    [("zh", 360, False), ("zh", 360, True), ("en", 1280, False), ("en", 360, True)],
)
def test_no_page_of_the_resident_has_a_serious_fault(
    site: Any, visit: Callable[..., Page], lang: str, width: int, elder: bool
) -> None:
    here = site.county
    receipt = register(word="2468", phone="13900000021")
    case = casework.served(here, demand_id=receipt.demand_id)
    day = cases.plan_day(
        by=here["reception"], at=AT, on=date(2026, 7, 6), leader_id=here.accounts["leader"], place_words="1"
    )
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    page = visit("/", lang=lang, width=width, elder=elder)
    seen: dict[str, Any] = {}

    def look(name: str) -> None:
        over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        seen[name] = [*faults(page), *([("over the edge", str(over))] if over > 0 else [])]
        one_language(page, lang)

    def press(what: str) -> None:
        with page.expect_navigation():
            page.locator(what).first.click()

    look("home")
    for where in (
        "/open",
        "/verify",
        "/privacy",
        "/help",
        "/open/booking",
        f"/open/receptions/{day.pk}/book",
        "/status",
        "/nowhere",
    ):
        page.goto(site.url + where)
        look(where)
    page.goto(site.url + f"/verify?no={receipt.verify_no}")
    look("a slip is real")
    page.goto(site.url + "/report")
    look("report 1")
    press("#ask .btn-main")
    look("report 1 with nothing said")
    page.fill("textarea[name=text]", "三组的水管裂了。")
    for step in (2, 3, 4):
        press("#ask .btn-main")
        look(f"report {step}")
    press("#ask .btn-main")
    look("slip")
    page.goto(site.url + "/status")
    page.fill("[name=receipt]", "1234")
    press("#ask .btn-main")
    look("wrong code")
    page.fill("[name=receipt]", receipt.receipt)
    page.fill("[name=word]", "2468")
    press("#ask .btn-main")
    look("status")
    for slug in ("verdict", "say", "review", "files", "reply-by"):
        page.goto(f"{site.url}/status/cases/{case.pk}/{slug}")
        look(slug)
    assert {name: wrong for name, wrong in seen.items() if wrong} == {}
