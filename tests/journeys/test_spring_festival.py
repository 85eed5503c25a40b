"""Scenario 6: a letter to the mailbox on the Friday before Spring Festival 2026; every date explains itself."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Page, expect

from journeys.desk import Walk, one_language
from minqing.ground.law.queries import due, now
from minqing.work.cases import commands as cases
from minqing.work.cases.rules import Category, Grade, Track
from minqing.work.intake.queries import demand_by_receipt

pytestmark = pytest.mark.django_db(transaction=True)
CHINA = ZoneInfo("Asia/Shanghai")
FRIDAY, BACK = "2026-02-13T10:00+08:00", "2026-03-02T09:00+08:00"
DAYS = {
    "zh": {"triage": "2026年2月28日", "handle": "2026年5月6日", "may": "5月1日"},
    "en": {"triage": "28 Feb 2026", "handle": "6 May 2026", "may": "1 May"},
}


def opens(page: Page, code: str) -> None:
    page.fill("[name=receipt]", code)
    with page.expect_navigation():
        page.click("#ask .btn-main")


VILLAGE = {"zh": ("上湾", "上湾村"), "en": ("shangw", "Shangwan Village")}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_letter_before_the_festival_gets_its_days(
    site: Any, visit: Callable[..., Page], walk: Callable[..., Walk], lang: str
) -> None:
    site.set_now(FRIDAY)
    arrived = datetime.fromisoformat(FRIDAY)
    assert now().astimezone(UTC) == arrived.astimezone(UTC)
    # 24 hours count through; five working days skip the festival and take in the make-up Saturdays; fifteen days do not.
    assert due("hl.contact", arrived).due_at.astimezone(CHINA).date() == date(2026, 2, 14)
    assert due("xf.object", arrived).due_on == date(2026, 2, 27)

    # The letter is opened at the desk: typed in, its place found by keyboard, its arrival stamp kept.
    office = walk("zh-hans" if lang == "zh" else "en")
    desk = office.at("registrar", "/desk/register/")
    one_language(desk, lang)
    desk.fill("[name=text]", "来信：三组停水两天。")
    desk.locator("[name=channel][value=letter]").check(force=True)
    desk.fill("[name=arrived_on]", arrived.date().isoformat())
    part, name = VILLAGE[lang]
    desk.locator("[name=place_find]").press_sequentially(part)
    expect(desk.locator("select[name=place] option:not([value=''])")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.locator("select[name=place]")).to_be_focused()
    expect(desk.locator("select[name=place] option:checked")).to_have_text(name)
    office.press(desk, "form.ask button.btn-main")
    code = office.slip_code(desk)
    expect(desk.locator(".slip")).to_contain_text(DAYS[lang]["triage"])
    one_language(desk, lang)
    letter = demand_by_receipt(code).demand_id
    page = visit("/status", lang=lang, width=360)
    opens(page, code)
    expect(page.locator(".three")).to_contain_text(DAYS[lang]["triage"])
    page.locator("details.why summary").first.click()
    expect(page.locator("details.why p").first).to_contain_text("15")
    one_language(page, lang)

    # Taken up on 2 March: sixty days end on the first of May, a holiday; the answer is due on the 6th, and it says so.
    site.set_now(BACK)
    at, here = now(), site.county
    case = cases.open_case(
        by=here["dispatcher"], at=at, demand_id=letter, title="三组停水", track=Track.PETITION, category=Category.CLAIM,
        grade=Grade.HELP, matter="",
    )  # fmt: skip
    cases.forward_case(by=here["dispatcher"], case_id=case.pk, at=at, office_id=here.offices["water"])
    cases.accept_case(by=here["handler"], case_id=case.pk, at=at)
    page = office.at("handler", f"/desk/cases/{case.pk}/")
    expect(page.locator(".clocks")).to_contain_text({"zh": "5月6日", "en": "6 May"}[lang])
    one_language(page, lang)
    page = visit("/status", lang=lang, width=1280)
    opens(page, code)
    expect(page.locator(".three")).to_contain_text(DAYS[lang]["handle"])
    page.locator("details.why summary").first.click()
    expect(page.locator("details.why p").first).to_contain_text(DAYS[lang]["may"])
    one_language(page, lang)
