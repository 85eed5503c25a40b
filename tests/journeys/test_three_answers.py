"""Scenario 3: three answers, three owners, three clocks; mediation only if both agree; solved only by his own word."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import pytest
from playwright.sync_api import expect

import makers
from journeys.desk import LANGUAGES, Walk, case_id_of, one_language, type_in
from minqing.ground.law.queries import now
from minqing.work.cases.queries import case_page, status_of
from minqing.work.cases.rules import FINAL, CaseState, MediationState
from work.casework import owed

WORDS = (
    "二十四年前在矿上受伤，当年的鉴定我一直不认，请重新鉴定；我每月的生活费不够，请按特殊情况补助；"
    "和原来的矿主还有一笔赔偿没有说清，愿意坐下来谈。"
)  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("lang", LANGUAGES)
def test_one_word_gets_three_answers_from_three_owners(walk: Callable[..., Walk], lang: str) -> None:
    here = walk(lang)
    offices, accounts = here.county.offices, here.county.accounts
    told = makers.register(
        WORDS, at=now(), name="李大山", phone="13900000034", place=makers.VILLAGE, word="1357"
    )
    older = makers.register(
        "二十年前反映过矿上的事。", at=now(), name="李大山", phone="13900000034", place=makers.VILLAGE
    )

    # Open, then split into three parts with an owner each; the form works without a script too.
    here.act("dispatcher", f"/desk/demands/{older.demand_id}/open/", title="矿上旧事", track="petition")
    old_case = case_id_of(here.sits("dispatcher"))
    desk = here.act(
        "dispatcher", f"/desk/demands/{told.demand_id}/open/", title="伤残鉴定、补助和赔偿", track="petition"
    )
    whole = case_id_of(desk)
    desk = here.at("dispatcher", f"/desk/demands/{told.demand_id}/split/?case_id={whole}")
    assert desk.locator("[data-formrow]").count() == 3
    desk.locator("[data-addrow]").click()
    assert desk.locator("[data-formrow]").count() == 4
    one_language(desk, lang)
    parts = (("重新做伤残鉴定", "water"), ("按特殊情况每月补助", "roads"), ("和矿主调解赔偿", "town"))
    for n, (title, office) in enumerate(parts):
        type_in(desk, **{f"parts-{n}-title": title, f"parts-{n}-office_id": offices[office]})
    desk.fill("[name=reason]", "三件事该三个单位各自答复。")
    here.press(desk, "form.ask button.btn-main")
    assert desk.locator(".tabbed table tr").count() >= 2
    one_language(desk, lang)

    ids = [part.case_id for part in status_of(told.demand_id, "zh-hans").parts]
    pages = {case_page(here.county["dispatcher"], pk).line.offered_to: pk for pk in ids}
    water, roads, town = (pages[name] for name in ("棠川县水务局", "棠川县交通局", "青石镇人民政府"))
    clocks = [owed(pk) for pk in (water, roads, town)]
    assert all("xf.tell" in clock for clock in clocks), clocks

    # Three owners accept, each on their own page.
    accounts |= {"town_handler": _seat(here, "town")}
    for who, pk in (("handler", water), ("other_handler", roads), ("town_handler", town)):
        here.at(who, f"/desk/cases/{pk}/")
        here.press(here.sits(who), ".case-acts button.btn-main")
    assert all("xf.handle" in owed(pk) for pk in (water, roads, town))

    # The old case is read together with the new one.
    number = case_page(here.county["dispatcher"], old_case).line.number
    desk = here.at("dispatcher", f"/desk/cases/{whole}/link/?q={number}")
    desk.select_option("[name=earlier_id]", str(old_case))
    here.press(desk, "form.ask button.btn-main")
    expect(here.at("dispatcher", f"/desk/cases/{whole}/?tab=links").locator(".tabbed")).to_contain_text(
        "矿上旧事"
    )

    # A conditional promise: if the appraisal says so, then by that day.
    here.act(
        "handler", f"/desk/cases/{water}/promise/", words="鉴定为七级以上的，补发差额。", condition="重新鉴定为七级以上",
        due_on="2026-12-20", office_id=offices["water"],
    )  # fmt: skip
    page = case_page(here.county["handler"], water)
    assert [(one.condition, one.due_on) for one in page.promises] == [
        ("重新鉴定为七级以上", date(2026, 12, 20))
    ]  # type: ignore[attr-defined]

    # Mediation: refused without the question about violence, and no agreement before both said yes.
    path = f"/desk/cases/{town}/mediate/"
    asked = here.act("town_handler", path, mediator_id=accounts["mediator"], other_side="原矿主")
    assert asked.locator("[role=alert]").count()
    type_in(asked, no_violence=True)
    here.press(asked, "form.ask button.btn-main")
    row = case_page(here.county["mediator"], town).mediations[0]
    agree = f"/desk/cases/{town}/mediations/{row.id}/agree/"
    early = here.act(
        "mediator",
        agree,
        agreement="赔偿三万元。",
        parts__0__words="付清三万元",
        parts__0__due_on="2026-09-30",
    )
    assert early.locator("[role=alert]").count()
    assert case_page(here.county["mediator"], town).mediations[0].state is MediationState.OPENED
    here.act("mediator", f"/desk/cases/{town}/mediations/{row.id}/consent/", person="true", other="true")
    here.act("mediator", agree, agreement="赔偿三万元，分两次付。", parts__0__words="付第一笔一万五千元", parts__0__due_on="2026-08-31",
             parts__1__words="付第二笔一万五千元", parts__1__due_on="2026-09-30")  # fmt: skip
    one_language(here.sits("mediator"), lang)
    done = case_page(here.county["mediator"], town)
    assert done.mediations[0].state is MediationState.AGREED
    assert len(done.promises) == 2

    # It has ended in law. It counts as solved only when he says so himself.
    assert done.line.state in FINAL
    assert done.line.state is CaseState.SETTLED
    assert done.line.n_confirmed == 0
    person = here.opens_status("resident", told.receipt, "1357")
    spot = _own_verdict(person, town)
    with person.expect_navigation():
        spot.click()
    here.judges("resident", person, "yes", "yes")
    assert case_page(here.county["mediator"], town).line.n_confirmed == 1
    assert case_page(here.county["handler"], water).line.n_confirmed == 0


def _seat(here: Walk, office: str) -> UUID:
    """A handler of the township, who is not the mediator."""
    post = makers.offices.add_post(
        office_id=here.county.offices[office], title="承办人", title_en="Handler", role=makers.Role.HANDLER
    )
    account = makers.offices.open_account(username="town_handler", name="town_handler")
    makers.offices.appoint(account_id=account, post_id=post, on=makers.DAY)
    return account


def _own_verdict(person: object, case_id: UUID) -> object:
    return person.locator(f"a[href*='{case_id}/verdict']").first  # type: ignore[attr-defined]
