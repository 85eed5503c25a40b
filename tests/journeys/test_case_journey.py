"""One word goes the whole way: by telephone, sorted, forwarded, accepted, extended, answered, served, judged, reopened."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from journeys.desk import LANGUAGES, Walk, case_id_of, one_language
from work.casework import owed

OPINION = {
    "outcome": "support", "text": "三组的主管7月15日前换好，换好以前每天送水。", "request": "恢复供水。", "facts": "主管爆裂，6月29日看过现场。",
    "reasons": "管道老化。", "basis": "《城市供水条例》第二十一条", "promise_words": "7月15日前换好三组的主管。", "promise_due": "2026-07-15",
}  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_call_becomes_an_answer_and_a_no_brings_it_back_with_a_clock(
    walk: Callable[..., Walk], lang: str
) -> None:
    here = walk(lang)
    water = str(here.county.offices["water"])

    # The operator types while listening; the slip is read out.
    phone = here.act(
        "operator", "/desk/register/", text="上湾村三组的自来水停了两天，老人没有水喝。", channel="phone", kind="complaint",
        place="990101101201", name="张小满", phone="13900000012", word="4321",
    )  # fmt: skip
    one_language(phone, lang)
    code = here.slip_code(phone)
    assert len(code) == 16
    expect(phone.locator(".readback .words")).to_contain_text("自来水停了两天")

    # The dispatcher finds it on the sorting table and opens a case: title and track are proposed.
    desk = here.at("dispatcher", "/desk/waiting/")
    one_language(desk, lang)
    desk.keyboard.press("j")
    with desk.expect_navigation():
        desk.keyboard.press("a")
    assert desk.input_value("[name=title]").startswith("上湾村三组的自来水停了两天")
    desk.select_option("[name=track]", "petition")
    here.press(desk, "form.ask button.btn-main")
    case_id = case_id_of(desk)
    case = f"/desk/cases/{case_id}/"
    desk.keyboard.press("f")
    desk.wait_for_url("**/forward/")
    desk.select_option("[name=office_id]", water)
    desk.fill("[name=words]", "请当天看现场。")
    here.press(desk, "form.ask button.btn-main")
    one_language(desk, lang)

    # The handler accepts by one key; the row is changed in place.
    handler = here.at("handler", "/desk/cases/?queue=offered")
    handler.keyboard.press("j")
    handler.keyboard.press("a")
    expect(handler.locator(f"#row-{case_id} .light-met")).to_be_visible()
    assert handler.url.endswith("?queue=offered")

    # More time is asked for and granted by the head.
    here.act("handler", f"{case}ask-extension/", days=10, reason="换主管要等材料。")
    head = here.at("head", f"{case}extend/")
    assert head.input_value("[name=days]") == "10"
    here.press(head, "form.ask button.btn-main")

    # Answer: an incomplete opinion is refused with everything typed still there, a complete one is previewed and sent.
    handler = here.act("handler", f"{case}reply/", text=OPINION["text"])
    assert handler.locator("[role=alert]").count()
    assert handler.input_value("[name=text]") == OPINION["text"]
    for name, value in OPINION.items():
        spot = handler.locator(f"[name={name}]")
        if spot.evaluate("part => part.tagName") == "SELECT":
            spot.select_option(value)
        else:
            spot.fill(value)
    here.press(handler, "button[name=_preview]")
    expect(handler.locator(".gongwen")).to_contain_text("三组的主管")
    here.press(handler, "form.ask button.btn-main")
    here.act("handler", f"{case}serve/", way="by_hand", on="2026-06-30")
    one_language(handler, lang)
    expect(here.at("handler", f"{case}?tab=links").locator("q")).to_have_text("7月15日前换好三组的主管。")

    # The person reads it with code and word, says no – and it is back, with a clock.
    person = here.opens_status("resident", code, "4321")
    expect(person.locator("body")).to_contain_text("每天送水")
    here.judges("resident", person, "no", "yes")
    line = owed(case_id)
    assert "xf.reopen" in line, line
    back = here.at("handler", case)
    assert back.locator(".tag-late").count()
    expect(back.locator(".say-wrong")).to_be_visible()
    one_language(back, lang)
