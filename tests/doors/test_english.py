"""An English page says nothing in Chinese but what it marks as Chinese, so that a screen reader reads both aright."""

import re
from html.parser import HTMLParser

import pytest
from django.core.cache import cache

from doors.office import signed_in, words
from makers import VILLAGE, County, county, register
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import case_page
from work.casework import accepted, later, served

pytestmark = pytest.mark.django_db
HAN = re.compile(r"[\u3400-\u9fff]")
VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
SILENT = frozenset({"script", "style", "template", "textarea"})
SPOKEN = ("placeholder", "aria-label", "title", "alt")


class Unmarked(HTMLParser):
    """Chinese text outside every element that says so by its lang."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[tuple[str, bool]] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        marked = (
            (tag != "html" and "lang" in known) or tag in SILENT or (bool(self.open) and self.open[-1][1])
        )
        if not marked:
            self.found += [
                f"{tag}@{name}: {value}" for name in SPOKEN if HAN.search(value := known.get(name) or "")
            ]
        if tag not in VOID:
            self.open.append((tag, marked))

    def handle_endtag(self, tag: str) -> None:
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open and not self.open[-1][1] and HAN.search(data):
            self.found.append(f"{self.open[-1][0]}: {data.strip()}")


def unmarked(page: str) -> list[str]:
    reader = Unmarked()
    reader.feed(page)
    return reader.found


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", later(3).isoformat())
    cache.clear()
    return county()


LISTS = {
    "dispatcher": [
        "", "cases/?state=all", "cases/?state=all&print=1", f"cases/?place={VILLAGE}000", "waiting/", "register/", "quick/", "find/", "scans/",
        "scans/new/", "notices/", "offices/", "offices/kin/", "law/", "law/propose/", "leader/", "failures/", "small-county/",
    ],
    "callback": ["callbacks/", "withdrawals/"],
    "reception": ["receptions/"],
    "sysadmin": ["accounts/", "accounts/new/"],
    "leader": ["leader/"],
}  # fmt: skip


def filled(here: County) -> None:
    served(
        here, demand_id=register("三组停水了", name="钱二水", phone="13900000021", place=VILLAGE).demand_id
    )
    register("路灯不亮", name="李四海", phone="13900000022", place=VILLAGE)
    cases.plan_day(
        by=here["reception"], at=later(3), on=later(9).date(), leader_id=here.accounts["leader"], place_words="接待室",
        place_words_en="Reception room",
    )  # fmt: skip


@pytest.mark.parametrize("who", LISTS)
def test_lists_of_the_desk_are_in_one_language(here: County, who: str) -> None:
    filled(here)
    client = signed_in(here, who)
    client.cookies["lang"] = "en"
    wrong = {path: found for path in LISTS[who] if (found := unmarked(words(client.get(f"/desk/{path}"))))}
    assert wrong == {}


def test_a_case_and_every_form_of_its_acts_are_in_one_language(here: County) -> None:
    case = accepted(
        here, demand_id=register("三组停水了", name="钱二水", phone="13900000021", place=VILLAGE).demand_id
    )
    done = served(here, demand_id=register("井台裂了", place=VILLAGE).demand_id)
    wrong: dict[str, list[str]] = {}
    for who in ("dispatcher", "handler", "head", "arbiter", "leader"):
        client = signed_in(here, who)
        client.cookies["lang"] = "en"
        for one in (case, done):
            acts = [line.act for line in case_page(here[who], one.pk).acts]
            for path in (
                "",
                "?tab=words",
                "?tab=papers",
                "?tab=links",
                "?print=1",
                *(f"{act}/" for act in acts),
            ):
                answer = client.get(f"/desk/cases/{one.pk}/{path}")
                if answer.status_code == 200 and (found := unmarked(words(answer))):
                    wrong[f"{who} {path}"] = found
    assert wrong == {}


def test_words_of_a_person_are_marked_and_a_chinese_page_marks_nothing(here: County) -> None:
    case = accepted(here, demand_id=register("三组停水了", place=VILLAGE).demand_id)
    client = signed_in(here, "handler")
    assert "三组停水了" in words(client.get(f"/desk/cases/{case.pk}/"))
    chinese = words(client.get(f"/desk/cases/{case.pk}/"))
    assert 'class="words" dir="auto">' in chinese
    client.cookies["lang"] = "en"
    assert 'class="words" dir="auto" lang="zh-Hans">' in words(client.get(f"/desk/cases/{case.pk}/"))
    assert unmarked('<html lang="en"><p>停水</p><p lang="zh-Hans">停水</p><input placeholder="找"></html>') == [
        "p: 停水", "input@placeholder: 找",
    ]  # fmt: skip
