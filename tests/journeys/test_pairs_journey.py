"""A village cadre looks at the households paired with them; one says no, and another says it to the hotline instead."""

from collections.abc import Callable
from datetime import date

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from journeys.desk import LANGUAGES, Walk, one_language, type_in
from makers import AT, VILLAGE
from minqing.ground.people.commands import index_contacts, keep_person, live_in, open_household
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.work.visits.commands import keep_pair
from minqing.work.visits.models import Pair
from minqing.work.visits.rules import PairKind

GRAVE = {"serious", "critical"}
HOMES = (("张大田", "13900000031"), ("李小满", "13900000032"))


def settle(cadre: object, name: str, phone: str) -> None:
    place = VILLAGE.ljust(12, "0")
    home = open_household(place=place)
    lives = keep_person(
        Contact(name=name, phone=phone), place=place, reply_by=ReplyBy.PHONE, lang="zh-hans", at=AT
    )
    live_in(person_id=lives, household_id=home)
    keep_pair(
        cadre_id=cadre,
        household_id=home,
        kind=PairKind.HARDSHIP,
        from_on=date(2026, 1, 5),
        plan="常去坐坐",
        at=AT,
    )  # type: ignore[arg-type]


def looks_right(page: Page, lang: str) -> None:
    one_language(page, lang)
    found = Axe().run(page).response["violations"]
    assert [fault["id"] for fault in found if fault["impact"] in GRAVE] == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_household_says_no_to_its_cadre_or_past_them(walk: Callable[..., Walk], lang: str) -> None:
    here = walk(lang, width=360)
    cadre = here.county.accounts["cadre"]
    for home in HOMES:
        settle(cadre, *home)
    index_contacts()

    page = here.at("cadre", "/desk/pairs/")
    expect(page.locator("article.card")).to_have_count(2)
    looks_right(page, lang)
    assert "大田" not in page.content() and "13900000031" not in page.content()
    page.locator("article.card summary").first.click()
    looks_right(page, lang)
    here.press(page, "article.card .btn-hard")
    expect(page.locator("article.card")).to_have_count(1)
    expect(page.locator("table tbody tr")).to_have_count(1)
    looks_right(page, lang)

    desk = here.at("operator", "/desk/find/")
    here.press(desk, "a[href$='/desk/pairs/refuse/']")
    looks_right(desk, lang)
    surname = here.sits("cadre").locator("article.card h2").inner_text()[0]
    name, phone = next(one for one in HOMES if one[0].startswith(surname))
    type_in(desk, name=name, phone="13900000039")
    here.press(desk, ".btn-hard")
    expect(desk.locator("[role=alert]")).to_have_count(1)
    looks_right(desk, lang)
    type_in(desk, name=name, phone=phone)
    here.press(desk, ".btn-hard")
    assert not Pair.objects.filter(refused_on=None).exists()
    expect(here.at("cadre", "/desk/pairs/").locator("article.card")).to_have_count(0)
    looks_right(here.sits("cadre"), lang)
