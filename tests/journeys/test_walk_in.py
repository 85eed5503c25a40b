"""Scenario 12: an old man walks in, no phone, no paper; he is heard, loses the slip, and finds his case again unexposed."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from journeys.desk import LANGUAGES, Walk, one_language
from minqing.ground.law.queries import today
from minqing.work.cases.queries import reception_days


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_he_is_heard_and_finds_his_case_again_without_exposing_it(
    walk: Callable[..., Walk], lang: str
) -> None:
    here = walk(lang)

    # The day is planned and published; it is today.
    page = here.act(
        "reception", "/desk/receptions/", on="2026-06-30", leader_id=here.county.accounts["leader"], place_words="来访接待中心一楼",
    )  # fmt: skip
    one_language(page, lang)
    day = reception_days(since=today())[0]
    assert day.published
    path = f"/desk/receptions/{day.id}/"

    # He takes a number. Nobody asks why he comes; no phone, no paper, only how to call him.
    page = here.act("reception", path, name="马大爷")
    expect(page.locator(".queue-no")).to_have_text("1")
    one_language(page, lang)

    # What he says is registered for him from that number; the slip is read to him and printed.
    page = here.at("reception", path)
    here.press(page, "main a[href*='/desk/register/']")
    page.fill("[name=text]", "老伴走了以后，低保停了三个月，问了几次没人答复。")
    page.fill("[name=word]", "8642")
    here.press(page, "form.ask button.btn-main")
    first = here.slip_code(page)
    expect(page.locator(".readback")).to_contain_text("低保停了三个月")
    here.press(page, "main .acts a.btn-main")
    page.fill("[name=notes]", "书记听了，当场打电话问民政。")
    here.press(page, "form.ask button.btn-main")
    one_language(page, lang)

    # What the secretary said yes to is a promise, written down by the secretary in the exact words.
    leader = here.at("leader", path)
    here.press(leader, "main a[href*='/promise/']")
    leader.fill("[name=words]", "7月10日前把停发的低保查清楚。")
    leader.fill("[name=due_on]", "2026-07-10")
    leader.select_option("[name=office_id]", str(here.county.offices["government"]))
    here.press(leader, "form.ask button.btn-main")
    page = here.at("reception", path)
    expect(page.locator("q")).to_have_text("7月10日前把停发的低保查清楚。")
    one_language(page, lang)

    # The leader sees him on the day; another office sees neither the list nor his word.
    assert here.at("leader", path).locator(".queue-no").count() == 1
    demand = here.at("reception", path).locator("a[href*='/desk/demands/']").get_attribute("href") or ""
    gone = here.sits("handler").goto(here.address + demand)
    assert gone is not None
    assert gone.status == 404
    refused = here.sits("handler").goto(here.address + path)
    assert refused is not None
    assert refused.status == 403

    # The slip is lost. At the counter, by his number of that day, he gets a new one; the old one is void.
    page = here.at("reception", demand)
    page.fill("[name=word]", "8642")
    here.press(page, "form[action$='/slip/'] button")
    second = here.slip_code(page)
    assert second != first
    one_language(page, lang)
    old = here.opens_status("resident-old", first)
    assert "/status/page" not in old.url
    mine = here.opens_status("resident", second, "8642")
    assert mine.url.endswith("/status/page")
    assert second not in mine.url
    assert "马大爷" not in mine.content()
