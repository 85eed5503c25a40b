"""The desk's door: what is not yours does not exist, and a list asks as much for one row as for many."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client

import makers
from makers import County
from minqing.charter import Role
from minqing.ground.people.queries import sealed_contact
from minqing.ground.people.rules import Contact
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import bookings_for, withdrawals_for
from minqing.work.intake.models import Demand
from work.casework import accepted, answer, forwarded, opened, resident, voice

pytestmark = pytest.mark.django_db
WITHOUT_CASES = ("callback", "reception", "sysadmin", "registrar", "deputy")
FOREIGN = ("other_handler", "other_head", "cadre", "mediator")


@pytest.fixture
def county(settings: Any) -> County:
    """Outside the demo: nobody pushes the clock, so nobody looks it up once a second."""
    settings.MINQING_DEMO = False
    cache.clear()
    return makers.county()


def fresh(client: Client, path: str) -> Callable[[], Any]:
    """A look at a page with nothing remembered from the look before."""

    def look() -> Any:
        cache.clear()
        return client.get(path)

    return look


def signed_in(county: County, name: str) -> Client:
    client = Client(headers={"Accept-Language": "zh"})
    client.force_login(
        get_user_model().objects.get(pk=county.accounts[name]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    return client


@pytest.mark.parametrize("name", [*FOREIGN, *WITHOUT_CASES])
def test_a_foreign_case_is_answered_like_one_that_does_not_exist(county: County, name: str) -> None:
    case, client = accepted(county), signed_in(county, name)
    for tail in ("", "?tab=words", "?print=1", "reply/", "accept/", "promise/"):
        unknown = uuid4()
        there, nowhere = (
            client.get(f"/desk/cases/{case.pk}/{tail}"),
            client.get(f"/desk/cases/{unknown}/{tail}"),
        )
        assert (there.status_code, _bare(there, case.pk)) == (nowhere.status_code, _bare(nowhere, unknown)), (
            tail
        )
        assert there.status_code in {403, 404}


def _bare(answer: object, asked: object) -> str:
    """The body without the id that was asked for and without one-time marks."""
    text = answer.content.decode()  # type: ignore[attr-defined]
    return "\n".join(line for line in text.replace(str(asked), "").split("\n") if "csrf" not in line.lower())


@pytest.mark.parametrize("name", [*FOREIGN, "callback", "sysadmin", "handler", "head"])
def test_a_foreign_word_is_answered_like_one_that_does_not_exist(county: County, name: str) -> None:
    told, client = makers.register(), signed_in(county, name)
    unknown = uuid4()
    there, nowhere = client.get(f"/desk/demands/{told.demand_id}/"), client.get(f"/desk/demands/{unknown}/")
    assert (there.status_code, _bare(there, told.demand_id)) == (nowhere.status_code, _bare(nowhere, unknown))
    assert there.status_code in {403, 404}


@pytest.mark.parametrize("name", [one for one, _office, _role in makers.STAFF])
def test_every_role_has_a_first_page(county: County, name: str) -> None:
    client = signed_in(county, name)
    assert client.get("/desk/", follow=True).status_code == 200


@pytest.mark.parametrize(
    ("name", "path"),
    [("sysadmin", "/desk/cases/"), ("callback", "/desk/cases/"), ("handler", "/desk/callbacks/"),
     ("handler", "/desk/receptions/"), ("handler", "/desk/leader/"), ("operator", "/desk/leader/"), ("leader", "/desk/withdrawals/")],
)  # fmt: skip
def test_a_page_that_is_not_yours_says_so(county: County, name: str, path: str) -> None:
    assert signed_in(county, name).get(path).status_code == 403


@pytest.mark.parametrize(
    ("name", "path"), [("dispatcher", "/desk/cases/"), ("handler", "/desk/cases/?queue=offered")]
)
def test_the_worklist_asks_as_much_for_one_row_as_for_many(
    county: County, assert_flat: Callable[..., None], name: str, path: str
) -> None:
    client = signed_in(county, name)
    assert_flat(make=lambda n: [forwarded(county) for _n in range(n)], look=fresh(client, path), many=6)


@pytest.mark.parametrize("name", ["leader", "head"])
def test_the_leaders_page_asks_as_much_for_one_late_case_as_for_fifty(
    county: County, assert_flat: Callable[..., None], name: str
) -> None:
    """Late since January, half of them answered late: by office, by place, by week and in both charts."""
    client, begun = signed_in(county, name), makers.AT - timedelta(days=150)

    def late(n: int) -> None:
        for at in range(n):
            case = accepted(county, at=begun, text=f"第{at}处停水")
            if at % 2:
                answer(county, case, at=makers.AT - timedelta(days=1))

    assert_flat(make=late, look=fresh(client, "/desk/leader/"), many=49)


def test_the_sorting_table_asks_as_much_for_one_row_as_for_many(
    county: County, assert_flat: Callable[..., None]
) -> None:
    client = signed_in(county, "dispatcher")
    assert_flat(
        make=lambda n: [makers.register() for _n in range(n)], look=fresh(client, "/desk/waiting/"), many=6
    )


def test_the_list_of_calls_asks_as_much_for_one_row_as_for_many(
    county: County, assert_flat: Callable[..., None]
) -> None:
    client = signed_in(county, "callback")

    def settled(n: int) -> None:
        for at in range(n):
            told = makers.register(name="张小满", phone=f"1390000{n:02d}{at:02d}")
            cases.settle_demand_now(
                by=county["dispatcher"], demand_id=told.demand_id, at=makers.AT, text="当场答复。"
            )

    assert_flat(make=settled, look=fresh(client, "/desk/callbacks/"), many=6)


def test_a_case_with_many_voices_asks_no_more_than_one_with_two(
    county: County, assert_flat: Callable[..., None]
) -> None:
    case, client = opened(county), signed_in(county, "dispatcher")

    def join(n: int) -> None:
        for _n in range(n):
            cases.join_demand(
                by=county["dispatcher"],
                demand_id=makers.register().demand_id,
                case_id=case.pk,
                at=makers.AT,
                reason="同一件事。",
            )

    join(1)
    assert_flat(make=join, look=fresh(client, f"/desk/cases/{case.pk}/"), many=6)


def test_a_change_by_another_officer_shows_both_versions(county: County) -> None:
    case = accepted(county)
    handler = signed_in(county, "handler")
    page = handler.get(f"/desk/cases/{case.pk}/park/")
    seen = page.context["form"]["seen"].value()
    cases.contact_case(by=county["handler"], case_id=case.pk, at=makers.AT, words="已经电话联系。")
    typed = {"reason": "要等县里立项。", "authority": "县交通局", "next_on": "2027-01-05", "seen": seen}
    answer = handler.post(f"/desk/cases/{case.pk}/park/", typed)
    assert answer.status_code == 409
    body = answer.content.decode()
    assert "要等县里立项。" in body
    assert "已联系本人" in body
    again = handler.post(
        f"/desk/cases/{case.pk}/park/", typed | {"seen": answer.context["form"]["seen"].value()}
    )
    assert again.status_code == 303


def test_the_two_versions_name_choices_as_the_person_chose_them(county: County) -> None:
    case, handler = accepted(county), signed_in(county, "handler")
    seen = handler.get(f"/desk/cases/{case.pk}/reply/").context["form"]["seen"].value()
    cases.contact_case(by=county["handler"], case_id=case.pk, at=makers.AT, words="已经电话联系。")
    answer = handler.post(
        f"/desk/cases/{case.pk}/reply/",
        {"kind": "opinion", "outcome": "support", "text": "修好了。", "seen": seen},
    )
    assert answer.status_code == 409
    assert answer.context["written"][:3] == [
        ("哪一种答复", "处理意见"),
        ("结果", "支持"),
        ("意见", "修好了。"),
    ]


def test_what_a_decision_needs_is_not_called_optional(county: County) -> None:
    case, handler = accepted(county), signed_in(county, "handler")
    body = handler.get(f"/desk/cases/{case.pk}/reply/").content.decode()
    assert '依据<span class="optional">处理意见书必写</span>' in body
    assert '承诺的原话<span class="optional">可不填</span>' in body


def test_the_leader_sees_in_which_townships_it_is_late(county: County) -> None:
    begun = makers.AT - timedelta(days=150)
    said = makers.register(place=makers.VILLAGE, at=begun)
    accepted(county, at=begun, demand_id=said.demand_id)
    body = signed_in(county, "leader").get("/desk/leader/").content.decode()
    assert "在哪些地方超期" in body
    assert f"place={makers.TOWN}000&light=red" in body


def test_an_act_that_is_not_open_now_leads_back_to_the_case(county: County) -> None:
    case = accepted(county)
    answer = signed_in(county, "handler").get(f"/desk/cases/{case.pk}/accept/", follow=True)
    assert answer.redirect_chain[-1][0].endswith(f"/desk/cases/{case.pk}/")


def test_the_numbers_beside_the_queues_are_kept_a_while_but_never_from_before_ones_own_act(
    county: County,
) -> None:
    case, client = forwarded(county), signed_in(county, "handler")

    def offered() -> int:
        groups = client.get("/desk/cases/").context["rail"]
        return next(one["count"] for group in groups for one in group["queues"] if "offered" in one["url"])

    assert offered() == 1
    forwarded(county)  # somebody else's acts are seen some seconds later
    forwarded(county)
    assert offered() == 1
    assert client.post(f"/desk/cases/{case.pk}/accept/").status_code < 400
    assert offered() == 2


def test_accepting_from_the_list_answers_with_the_changed_row(county: County) -> None:
    case = forwarded(county)
    answer = signed_in(county, "handler").post(
        f"/desk/cases/{case.pk}/accept/", headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    assert f'id="row-{case.pk}"' in answer.content.decode()


def test_bulk_assign_says_what_was_done_and_what_was_not(county: County) -> None:
    fresh, gone = opened(county), accepted(county)
    client = signed_in(county, "dispatcher")
    told = client.post(
        "/desk/cases/bulk-assign/",
        {"id": [fresh.pk, gone.pk], "office": county.offices["roads"]},
        follow=True,
    )
    said = [str(message) for message in told.context["messages"]]
    assert len(said) == 2
    fresh.refresh_from_db()
    assert fresh.state == "assigned"


def test_what_was_typed_comes_back_with_more_rows_without_a_script(county: County) -> None:
    case = opened(county)
    client = signed_in(county, "dispatcher")
    demand = case.links.get().demand_id
    answer = client.post(
        f"/desk/demands/{demand}/split/?case_id={case.pk}",
        {
            "case_id": case.pk,
            "reason": "两件事。",
            "parts-0-title": "修路",
            "parts-1-title": "补偿",
            "_more": "parts",
        },
    )
    body = answer.content.decode()
    assert answer.status_code == 200
    assert 'value="修路"' in body
    assert body.count("data-formrow") == 4
    assert case.links.count() == 1


def test_an_expired_session_keeps_what_was_typed(county: County) -> None:
    case = accepted(county)
    answer = Client().post(f"/desk/cases/{case.pk}/reply/", {"text": "我们已经看过现场，正在换管。"})
    assert answer.status_code == 401
    body = answer.content.decode()
    assert "我们已经看过现场，正在换管。" in body
    assert "data-unsent" in body


def test_the_roles_of_the_test_county_cover_the_charter() -> None:
    named = {role for _name, _office, role in makers.STAFF}
    assert {
        Role.DISPATCHER,
        Role.HANDLER,
        Role.OFFICE_HEAD,
        Role.ARBITER,
        Role.LEADER,
        Role.CALLBACK,
        Role.MEDIATOR,
    } <= named


def test_who_comes_to_a_reception_day_asks_as_much_for_one_as_for_many(
    county: County, assert_flat: Callable[..., None]
) -> None:
    by = county["reception"]
    day = cases.plan_day(
        by=by, at=makers.AT, on=makers.AT.date(), leader_id=county.accounts["leader"], place_words="一楼"
    )
    cases.publish_day(by=by, day_id=day.pk, at=makers.AT)

    def queue(n: int) -> None:
        for _n in range(n):
            cases.queue_walk_in(by=by, day_id=day.pk, contact=Contact(name="马大爷"), at=makers.AT)

    assert_flat(make=queue, look=lambda: bookings_for(by, day.pk, at=makers.AT), many=6)


def test_the_withdrawals_to_call_about_ask_as_much_for_one_as_for_many(
    county: County, assert_flat: Callable[..., None]
) -> None:
    by = county["callback"]

    def withdraw(n: int) -> None:
        for _n in range(n):
            case = forwarded(county)
            cases.ask_withdrawal(by=resident(voice(case)), case_id=case.pk, at=makers.AT)

    assert_flat(make=withdraw, look=lambda: withdrawals_for(by), many=6)


@pytest.mark.parametrize(("name", "letters"), [("operator", True), ("cadre", False), ("deputy", False)])
def test_who_takes_no_letters_is_not_asked_when_the_letter_came(
    county: County, name: str, letters: bool
) -> None:
    body = signed_in(county, name).get("/desk/register/").content.decode()
    assert ("来信收到的日子" in body) is letters
    assert ("来信扫描件</label>" in body or 'name="scan"' in body) is letters


def test_a_letter_is_not_promised_without_an_address(county: County) -> None:
    client = signed_in(county, "operator")
    typed = {"text": "三组停水", "channel": "phone", "reply_by": "letter"}
    assert client.post("/desk/register/", typed).status_code == 422
    assert client.post("/desk/register/", typed | {"address": "上湾村3组2号"}).status_code == 200
    (told,) = Demand.objects.all()
    assert sealed_contact(told.person_id).address == "上湾村3组2号"
