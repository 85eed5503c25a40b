"""Scenario 9, joined by hand: one matter, thirty people, thirty receipts, each with own clock, reply, verdict and way out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import makers
from journeys.desk import LANGUAGES, Walk, case_id_of, one_language
from minqing.ground.law.queries import now
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.queries import case_page, status_of
from minqing.work.duties.queries import duties_about

THIRTY = 30
FAMILIES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏"


AGAIN = {"zh-hans": "重新办", "en": "taken it up again"}


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.django_db(transaction=True)
def test_thirty_neighbours_are_one_matter_and_thirty_people(walk: Callable[..., Walk], lang: str) -> None:
    here = walk(lang)
    told = [
        makers.register(
            f"{('混凝土站', '搅拌站', '水泥厂')[n % 3]}的灰落到我家{('院子', '晒场', '井台')[n % 3]}，夜里也响。", at=now(), word="2468",
            name=f"{FAMILIES[n]}家人", phone=f"139000000{n:02d}", place=makers.VILLAGE,
        )
        for n in range(THIRTY)
    ]  # fmt: skip
    assert len({one.receipt for one in told}) == THIRTY
    desk = here.act(
        "dispatcher", f"/desk/demands/{told[0].demand_id}/open/", title="搅拌站灰尘", track="petition"
    )
    matter = case_id_of(desk)

    # The second is joined in the browser: offered as perhaps the same, joined with a reason.
    desk = here.at("dispatcher", f"/desk/demands/{told[1].demand_id}/")
    expect(desk.locator("a[href*='/join/']").first).to_be_visible()
    one_language(desk, lang)
    here.act(
        "dispatcher", f"/desk/demands/{told[1].demand_id}/join/?case_id={matter}", reason="同一家搅拌站。"
    )
    expect(desk.locator(".head .tag").filter(has_text="2")).to_be_visible()
    one_language(desk, lang)
    for one in told[2:]:
        cases.join_demand(
            by=here.county["dispatcher"],
            demand_id=one.demand_id,
            case_id=matter,
            at=now(),
            reason="同一家搅拌站。",
        )

    # Nobody is listed: no name, no mask on the page of thirty voices, the list shows one line.
    here.act("dispatcher", f"/desk/cases/{matter}/forward/", office_id=here.county.offices["water"])
    here.press(here.at("handler", f"/desk/cases/{matter}/"), ".case-acts button.btn-main")
    page = here.at("handler", f"/desk/cases/{matter}/?tab=words")
    shown = page.locator("main").inner_text()
    assert not any(f"{family}*" in shown or f"{family}家人" in shown for family in FAMILIES)
    assert "1390000" not in shown
    one_language(page, lang)
    assert here.at("handler", "/desk/cases/").locator("tr[data-row]").count() == 1
    found = here.at("handler", "/desk/cases/?q=赵家人&state=all")
    assert found.locator("tr[data-row]").count() == 0

    # Each has a clock of their own.
    clocks = duties_about([one.demand_id for one in told[1:]])
    assert sum(1 for lines in clocks.values() if any(line.met_at is None for line in lines)) == THIRTY - 1

    # One answer reaches all; each judges alone.
    here.act(
        "handler", f"/desk/cases/{matter}/reply/", outcome="support", text="搅拌站7月底前装好除尘。", request="治灰。", facts="查看属实。",
        reasons="超过标准。", basis="《大气污染防治法》第六十九条", remedy="30日内可以请求复查。",
    )  # fmt: skip
    here.act("handler", f"/desk/cases/{matter}/serve/", way="by_hand", on="2026-06-30")
    for who, n, solved in (("resident1", 3, "yes"), ("resident2", 17, "partly")):
        person = here.opens_status(who, told[n].receipt, "2468")
        expect(person.locator("body")).to_contain_text("7月底前装好除尘")
        expect(person.locator("body")).to_contain_text("29")
        one_language(person, lang)
        here.judges(who, person, solved, "yes")
    judged = {n: [one.solved for one in status_of(told[n].demand_id, "zh-hans").verdicts] for n in (3, 4, 17)}
    assert judged == {3: ["yes"], 4: [], 17: ["partly"]}
    assert case_page(here.county["handler"], matter).line.n_confirmed == 1

    # One says that it is not solved: it comes back for that one, with a day; nothing changes for the others.
    person = here.opens_status("resident3", told[12].receipt, "2468")
    here.judges("resident3", person, "no", "yes")
    expect(person.locator("#flash")).to_contain_text(AGAIN[lang])
    expect(person.locator("body")).to_contain_text("7月底前装好除尘")
    one_language(person, lang)
    again = Case.objects.get(continues_id=matter)
    assert (again.state, again.n_voices, Case.objects.get(pk=matter).state) == ("accepted", 1, "served")
    assert status_of(told[3].demand_id, "zh-hans").state == "served"
    page = here.at("handler", f"/desk/cases/{matter}/")
    expect(page.locator(f"main a[href*='{again.pk}']").first).to_be_visible()
    one_language(page, lang)

    # Another wants the organ above to look at it, and says so by letter: entered at the desk, for that one alone.
    here.act(
        "dispatcher", f"/desk/cases/{matter}/ask-review/", demand_id=told[14].demand_id, on="2026-06-30",
        reason="只量了白天，没有量夜里。",
    )  # fmt: skip
    assert status_of(told[14].demand_id, "zh-hans").state == "reviewing"
    assert case_page(here.county["handler"], matter).line.n_voices == THIRTY - 2

    # And each may go their own way: by the desk, or with the code.
    here.act(
        "dispatcher",
        f"/desk/demands/{told[9].demand_id}/leave/?case_id={matter}",
        reason="他家还有另外的事。",
    )
    assert case_page(here.county["handler"], matter).line.n_voices == THIRTY - 3
    assert all(one.case_id != matter for one in status_of(told[9].demand_id, "zh-hans").parts)
    cases.leave_case(
        by=cases.resident_of(told[20].demand_id),
        demand_id=told[20].demand_id,
        case_id=matter,
        at=now(),
        reason="我想单独办。",
    )
    assert case_page(here.county["handler"], matter).line.n_voices == THIRTY - 4
