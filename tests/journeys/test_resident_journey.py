"""From one sentence to the slip, the answer, 没解决 and the new day; on a phone, in both languages, with scripts and without."""

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from journeys.desk import one_language
from minqing.work.cases import commands as cases
from minqing.work.cases.rules import Category, Grade, ReplyKind, Track
from minqing.work.intake.queries import demand_by_receipt
from work import casework

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "三组的水管裂了，停水两天。"
NOW = {"zh": "现在谁在办", "en": "Who has it now"}
AGAIN = {"zh": "重新办了，最迟", "en": "has taken it up again and will answer you by"}


def press(page: Page, what: str) -> None:
    with page.expect_navigation():
        page.locator(what).first.click()


def answered(site: Any, code: str) -> Any:
    """What the offices do meanwhile."""
    here = site.county
    at, demand_id = casework.AT, demand_by_receipt(code).demand_id
    case = cases.open_case(
        by=here["dispatcher"], at=at, demand_id=demand_id, title="三组停水", track=Track.PETITION, category=Category.CLAIM,
        grade=Grade.HELP, matter="",
    )  # fmt: skip
    cases.forward_case(by=here["dispatcher"], case_id=case.pk, at=at, office_id=here.offices["water"])
    cases.accept_case(by=here["handler"], case_id=case.pk, at=at)
    cases.reply_case(
        by=here["handler"],
        case_id=case.pk,
        at=at,
        kind=ReplyKind.ANSWER,
        outcome="support",
        text="三日内修好。",
        **casework.OPINION,
    )
    return cases.serve_case(by=here["handler"], case_id=case.pk, at=at, way="by_hand", on=at.date())


@pytest.mark.parametrize(("lang", "js"), [("zh", True), ("en", True), ("zh", False), ("en", False)])
def test_one_sentence_comes_back_when_it_was_not_solved(
    site: Any, visit: Callable[..., Page], lang: str, js: bool
) -> None:
    page = visit("/", lang=lang, js=js)

    # One sentence; the language is switched in the middle of it and back; nothing is lost.
    press(page, "a.door-main")
    page.fill("textarea[name=text]", SAID)
    press(page, ".switches button[name=stay] >> nth=0")
    expect(page.locator("textarea[name=text]")).to_have_value(SAID)
    press(page, ".switches button[name=stay] >> nth=0")
    expect(page.locator("textarea[name=text]")).to_have_value(SAID)
    press(page, "#ask .btn-main")
    page.select_option("[name=place]", label="上湾村" if lang == "zh" else "Shangwan Village")
    press(page, "#ask .btn-main")
    page.fill("[name=phone]", "不知道")
    press(page, "#ask .btn-main")
    expect(page.locator("[name=phone]")).to_have_value("不知道")
    page.fill("[name=phone]", "13900000021")
    press(page, "#ask .btn-main")
    press(page, "#ask [name=back]")
    expect(page.locator("[name=phone]")).to_have_value("13900000021")
    press(page, "#ask .btn-main")
    page.fill("[name=word]", "2468")
    press(page, "#ask .btn-main")

    # The slip: a code nowhere in an address, and a refresh does not lose it.
    assert page.url.endswith("/report/slip")
    code = re.sub(r"\D", "", page.locator(".slip-code .code").inner_text())
    page.reload()
    assert re.sub(r"\D", "", page.locator(".slip-code .code").inner_text()) == code
    one_language(page, lang)
    press(page, "form[action$='/done'] button")

    # Before anybody answered.
    press(page, "a.door[href='/status']")
    page.fill("[name=receipt]", code)
    page.fill("[name=word]", "2468")
    press(page, "#ask .btn-main")
    expect(page.locator(".three")).to_contain_text(NOW[lang])
    one_language(page, lang)
    answered(site, code)

    # The answer is read and judged: not solved. It comes back with a day, and says why that day.
    page.reload()
    expect(page.locator(".reply").first).to_contain_text("三日内修好")
    one_language(page, lang)
    page.locator("label.choice:has([name=solved][value=no])").click()
    page.locator("label.choice:has([name=explained][value=yes])").click()
    press(page, "form.verdict .btn-main")
    expect(page.locator("#flash")).to_contain_text(AGAIN[lang])
    page.locator("details.why summary").first.click()
    expect(page.locator("details.why p").first).to_be_visible()
    one_language(page, lang)
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert code not in page.url


def test_the_first_page_is_light(visit: Callable[..., Page]) -> None:
    page = visit("/help", js=False)
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(page.url.replace("/help", "/"), wait_until="networkidle")
    assert 0 < sum(sizes) < 200_000


@pytest.mark.parametrize("js", [True, False])
def test_back_in_the_browser_shows_every_step_again_and_after_leaving_none(
    site: Any, visit: Callable[..., Page], settings: Any, js: bool
) -> None:
    settings.MINQING_LEAVE_TO = f"{site.url}/help"  # instead of a page of the open network
    page = visit("/report", js=js)
    page.fill("textarea[name=text]", SAID)
    press(page, "#ask .btn-main")
    press(page, "#ask .btn-main")
    page.fill("[name=name]", "孟小禾")
    press(page, "#ask .btn-main")
    page.go_back()
    expect(page.locator("[name=name]")).to_have_value("孟小禾")
    expect(page.locator("input[name=text]")).to_have_value(SAID)
    page.go_forward()
    press(page, "#ask .btn-main")
    code = page.locator(".slip-code .code").inner_text()

    # Back from the slip and sent again: the same word, the same slip.
    page.go_back()
    press(page, "#ask .btn-main")
    expect(page.locator(".slip-code .code")).to_have_text(code)

    # Whoever left in a hurry leaves no step behind for the next at this telephone.
    press(page, "[data-leave]")
    for _ in range(2):
        with suppress(Error):  # the browser's own page: it kept nothing
            page.go_back()
        expect(page.locator("[name=text], [name=name]")).to_have_count(0)


@pytest.mark.parametrize("js", [True, False])
def test_only_the_box_of_the_chosen_way_of_reply_is_shown(visit: Callable[..., Page], js: bool) -> None:
    page = visit("/report", js=js)
    page.fill("textarea[name=text]", SAID)
    for _step in range(3):
        press(page, "#ask .btn-main")
    boxes = {name: page.locator(f"[name={name}]") for name in ("address", "email")}
    for chosen, shown in (("online", ""), ("letter", "address"), ("email", "email"), ("phone", "")):
        page.locator(f"[name=reply_by][value={chosen}]").check(force=True)
        for name, box in boxes.items():
            expect(box).to_be_visible() if name == shown else expect(box).to_be_hidden()
