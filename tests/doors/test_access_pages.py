"""Opening an identity at the desk and through the API: the six digits, the mark across the page, the line for the person."""

from typing import Any
from uuid import UUID

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client

import makers
from asking import is_problem, post
from doors.office import seat, signed_in, words
from makers import AT, County, register
from minqing.charter import Role
from minqing.ground.offices.commands import give_token
from minqing.ground.offices.models import Account
from minqing.ground.people import commands as people
from minqing.ground.people.models import Access, Alarm, Look
from minqing.ground.people.rules import Purpose
from minqing.record.inbox.models import Tally
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Case
from minqing.work.cases.queries import ended_among
from minqing.work.intake.queries import person_of
from minqing.work.judgement.models import Callback
from work.casework import accepted, served

pytestmark = pytest.mark.django_db
SECRET = "JBSWY3DPEHPK3PXP"
ZH, EN = "棠川县信访局 dispatcher 2026-06-30 09:00 查看", "Viewed by dispatcher, desk, 2026-06-30 09:00"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    made = makers.county()
    for name, role in (("secadmin", Role.SECADMIN), ("auditor", Role.AUDITOR)):
        seat(made, name, "government", role)
    for name in ("dispatcher", "arbiter", "handler", "head", "other_head"):
        TOTP.activate(Account.objects.get(pk=made.accounts[name]), SECRET)
    return made


def code() -> str:
    """The digits of this half minute, as if nobody had used them yet."""
    cache.clear()
    Tally.objects.all().delete()
    return str(format_hotp_value(hotp_value(SECRET, next(iter(yield_hotp_counters_from_time())))))


def wrong() -> str:
    return str(format_hotp_value((int(code()) + 7) % 10**6))


@pytest.fixture
def demand() -> UUID:
    return register("停水", name="周五河", phone="13844445555", anonymity="confidential").demand_id


@pytest.fixture
def case(here: County, demand: UUID) -> Case:
    return accepted(here, demand_id=demand)


def ask(here: County, case: Case, demand: UUID, **more: Any) -> Any:
    body = {"kind": "confidential", "demand_id": str(demand), "words": "要当面送达", **more}
    if "code" not in body:
        body["code"] = code()
    return signed_in(here, "dispatcher").post(f"/desk/cases/{case.pk}/access/", body)


def test_from_the_case_to_the_contact_and_back_to_the_person(here: County, case: Case, demand: UUID) -> None:
    desk = signed_in(here, "dispatcher")
    page = words(desk.get(f"/desk/cases/{case.pk}/"))
    assert f"/desk/cases/{case.pk}/access/?kind=confidential&amp;demand_id={demand}" in page
    assert "contact-open" not in page and "周五河" not in page
    where = ask(here, case, demand)
    assert where.status_code == 303
    access_id = Access.objects.get().pk
    other = signed_in(here, "arbiter")
    assert str(access_id) in words(other.get("/desk/access/")) and "周五河" not in words(
        other.get(where["Location"])
    )
    assert other.post(f"/desk/access/{access_id}/approve/", {"code": code()}).status_code == 303
    shown = desk.post(f"/desk/access/{access_id}/open/", {"code": code()})
    text = words(shown)
    assert "13844445555" in text and ZH in text and EN in text
    assert "no-store" in shown["Cache-Control"]
    assert Look.objects.get().access_id == access_id


@pytest.mark.parametrize("typed", ["", "   ", "000000x", "١٢٣٤٥٦"])
def test_a_wrong_second_factor_keeps_the_words_and_does_nothing(
    here: County, case: Case, demand: UUID, typed: str
) -> None:
    answer = ask(here, case, demand, code=typed)
    assert answer.status_code in {403, 422} and "要当面送达" in words(answer)
    assert not Access.objects.exists()
    assert typed.strip() == "" or typed not in words(answer), "the digits are not drawn again"


def test_wrong_digits_are_counted_with_those_of_signing_in(here: County, case: Case, demand: UUID) -> None:
    right, not_right = code(), wrong()
    for _ in range(5):
        assert ask(here, case, demand, code=not_right).status_code == 403
    assert Tally.objects.count() == 1
    assert ask(here, case, demand, code=right).status_code == 403, "not even the right one, for a second"


def test_digits_are_good_for_one_step(here: County, case: Case, demand: UUID) -> None:
    same = code()
    assert ask(here, case, demand, code=same).status_code == 303
    cache.clear()  # another process
    cache_kept = signed_in(here, "dispatcher").post(
        f"/desk/cases/{case.pk}/access/",
        {"kind": "confidential", "demand_id": str(demand), "words": "再来", "code": same},
    )
    assert cache_kept.status_code == 403 and Access.objects.count() == 1


def test_who_has_no_second_factor_is_told_so(here: County, case: Case, demand: UUID) -> None:
    Authenticator.objects.all().delete()
    assert ask(here, case, demand, code="123456").status_code == 403
    assert not Access.objects.exists() and not Tally.objects.exists()


def test_a_second_press_on_the_approval_is_refused_by_name(here: County, case: Case, demand: UUID) -> None:
    ask(here, case, demand)
    where = f"/desk/access/{Access.objects.get().pk}"
    other = signed_in(here, "arbiter")
    assert other.post(f"{where}/approve/", {"code": code()}).status_code == 303
    again = other.post(f"{where}/refuse/", {"code": code()})
    assert again.status_code == 409 and "已经有结果了" in words(again)
    assert Access.objects.get().state == "approved"


def test_the_asker_finds_no_button_to_agree_and_the_handling_office_finds_nothing(
    here: County, case: Case, demand: UUID
) -> None:
    ask(here, case, demand)
    where = f"/desk/access/{Access.objects.get().pk}/"
    assert "approve/" not in words(signed_in(here, "dispatcher").get(where))
    head = signed_in(here, "head")
    assert head.get(where).status_code == 404
    assert head.post(f"{where}approve/", {"code": code()}).status_code == 404
    assert "2026-" not in words(head.get("/desk/access/")).partition('id="main"')[2]
    for who in ("operator", "registrar", "leader", "sysadmin", "cadre", "secadmin"):
        client = signed_in(here, who)
        client.raise_request_exception = False
        assert client.get("/desk/access/").status_code == 403, who


def test_an_old_tab_of_somebody_who_left_opens_nothing(here: County, case: Case, demand: UUID) -> None:
    ask(here, case, demand)
    access_id = Access.objects.get().pk
    people.approve_access(by=here["arbiter"], access_id=access_id, at=AT, proved_at=AT)
    tab = signed_in(here, "dispatcher")
    tab.raise_request_exception = False
    account = Account.objects.get(pk=here.accounts["dispatcher"])
    account.appointments.update(to_on=AT.date().replace(day=1))
    gone = tab.post(f"/desk/access/{access_id}/open/", {"code": code()})
    assert gone.status_code == 403 and "13844445555" not in words(gone)
    Account.objects.filter(pk=account.pk).update(is_active=False)
    assert tab.post(f"/desk/access/{access_id}/open/", {"code": code()}).status_code == 401
    assert not Look.objects.exists()


def joint(here: County, n: int) -> Case:
    first = register("停水一", name="周一河", phone="13800000100").demand_id
    case = accepted(here, demand_id=first)
    for k in range(1, n):
        mine = register(f"停水{k}", name=f"=李{k}河", phone=f"138000001{k:02}").demand_id
        cases.join_demand(by=here["dispatcher"], demand_id=mine, case_id=case.pk, at=AT, reason="同一处。")
    return case


def test_a_joint_case_shows_everybodys_contact_to_its_office_with_the_mark(here: County) -> None:
    case, client = joint(here, 3), signed_in(here, "handler")
    where = f"/desk/cases/{case.pk}/contacts/"
    assert where in words(client.get(f"/desk/cases/{case.pk}/"))
    text = words(client.post(where))
    assert "13800000100" in text and "棠川县水务局 handler 2026-06-30 09:00 查看" in text
    assert Look.objects.filter(kind="exported").count() == 3
    sheet = client.post(where, {"as": "csv"}).content.decode()
    assert sheet.startswith("\ufeff棠川县水务局 handler") and "'=李1河" in sheet
    assert Look.objects.count() == 6, "the sheet is a look of its own"


def test_a_long_list_leads_to_the_request_and_out_once(here: County) -> None:
    case, client = joint(here, 21), signed_in(here, "handler")
    sent = client.post(f"/desk/cases/{case.pk}/contacts/")
    assert sent.status_code == 303 and sent["Location"].endswith(f"/desk/cases/{case.pk}/access/?kind=export")
    assert not Look.objects.exists()
    page = words(client.get(sent["Location"]))
    assert "21人" in page and 'name="body"' not in page
    assert (
        client.post(
            f"/desk/cases/{case.pk}/access/", {"kind": "export", "words": "开会通知", "code": code()}
        ).status_code
        == 303
    )
    access_id = Access.objects.get().pk
    signed_in(here, "other_head").post(f"/desk/access/{access_id}/approve/", {"code": code()})
    out = client.post(f"/desk/access/{access_id}/open/", {"code": code(), "as": "csv"})
    assert out["Content-Type"].startswith("text/csv") and len(out.content.decode().splitlines()) == 24
    again = client.post(f"/desk/access/{access_id}/open/", {"code": code(), "as": "csv"})
    assert again.status_code == 409 and "已经导出过一次" in words(again)
    assert Look.objects.count() == 21


@pytest.mark.parametrize("who", ["handler", "callback"])
def test_every_page_with_an_identity_says_across_it_who_looks(here: County, who: str) -> None:
    told = register("停水", name="李四河", phone="13833334444")
    if who == "handler":
        case = accepted(here, demand_id=told.demand_id)
        where = f"/desk/cases/{case.pk}/contacts/{told.demand_id}/"
    else:
        served(here, demand_id=told.demand_id)
        where = f"/desk/callbacks/{Callback.objects.get().pk}/contact/"
    text = words(signed_in(here, who).post(where))
    assert "13833334444" in text and f"{who} 2026-06-30 09:00 查看" in text and f"Viewed by {who}" in text


def test_the_api_takes_the_same_steps(here: County, case: Case, demand: UUID) -> None:
    client = Client()

    def said(who: str, url: str, **body: Any) -> Any:
        token = "Bearer " + give_token(account_id=here.accounts[who], at=AT)
        return post(client, body, "/api/v1" + url, Authorization=token)

    body = {"kind": "confidential", "demand_id": str(demand), "words": "要送达"}
    is_problem(
        said("dispatcher", f"/cases/{case.pk}/ask-access", **body, code=wrong()), 403, "access.factor-wrong"
    )
    asked = said("dispatcher", f"/cases/{case.pk}/ask-access", **body, code=code())
    access_id = asked.json()["id"]
    is_problem(said("dispatcher", f"/accesses/{access_id}/open", code=code()), 409, "access.not-approved")
    is_problem(said("dispatcher", f"/accesses/{access_id}/approve", code=code()), 403, "not-allowed")
    is_problem(said("head", f"/accesses/{access_id}/approve", code=code()), 404, "not-found")
    assert said("arbiter", f"/accesses/{access_id}/approve", code=code()).status_code == 200
    is_problem(said("arbiter", f"/accesses/{access_id}/open", code=code()), 404, "not-found")
    found = said("dispatcher", f"/accesses/{access_id}/open", code=code()).json()
    assert found["rows"][0]["phone"] == "13844445555"
    token = "Bearer " + give_token(account_id=here.accounts["arbiter"], at=AT)
    rows = client.get("/api/v1/accesses", headers={"Authorization": token}).json()["rows"]
    assert [row["id"] for row in rows] == [access_id] and "1384444" not in str(rows)


def test_alarms_have_a_page_for_who_asks_and_who_audits(here: County) -> None:
    told = register("停水", name="李四河", phone="13833334444")
    people.look(
        by=here["handler"],
        person_id=person_of(told.demand_id),
        purpose=Purpose.HANDLE,
        about="",
        at=AT.replace(hour=5),
    )
    people.judge_looks(at=AT, ended=ended_among)
    alarm = Alarm.objects.get()
    page = words(signed_in(here, "secadmin").get("/desk/looks/alarms/"))
    assert "在工作时间以外打开" in page and "李" not in page.partition('id="main"')[2]
    where = f"/desk/looks/alarms/{alarm.pk}/settle/"
    assert where not in words(signed_in(here, "auditor").get("/desk/looks/alarms/"))
    empty = signed_in(here, "secadmin").post(where, {"words": ""})
    assert empty.status_code == 422
    assert signed_in(here, "secadmin").post(where, {"words": "抢修，属实"}).status_code == 303
    assert "抢修，属实" in words(signed_in(here, "auditor").get("/desk/looks/alarms/"))
    for who in ("handler", "dispatcher", "leader", "sysadmin"):
        client = signed_in(here, who)
        client.raise_request_exception = False
        assert client.get("/desk/looks/alarms/").status_code == 403, who


def test_the_person_reads_day_office_role_and_purpose_and_no_name(here: County) -> None:
    told = register("停水", name="李四河", phone="13833334444", word="1234")
    case = accepted(here, demand_id=told.demand_id)
    cases.open_contact(by=here["handler"], case_id=case.pk, demand_id=told.demand_id, at=AT)
    client = Client()
    client.post("/status", {"receipt": told.receipt, "word": "1234"})
    text = " ".join(words(client.get("/status/page")).split())
    assert "棠川县水务局 · 承办人 · 办理您反映的事" in text
    assert "handler" not in text.partition("谁看过您的联系方式")[2].partition("</ul>")[0]


def test_who_asked_for_secrecy_is_called_by_outsiders_after_six_more_digits(here: County) -> None:
    told = register("停水", name="周五河", phone="13844445555", anonymity="confidential")
    served(here, demand_id=told.demand_id)
    TOTP.activate(Account.objects.get(pk=here.accounts["callback"]), SECRET)
    client, where = signed_in(here, "callback"), f"/desk/callbacks/{Callback.objects.get().pk}/contact/"
    assert 'name="code"' in words(client.get(where.removesuffix("contact/")))
    for typed in ({}, {"code": wrong()}):
        refused = client.post(where, typed)
        assert refused.status_code == 403 and "13844445555" not in words(refused)
    assert not Look.objects.exists()
    token = "Bearer " + give_token(account_id=here.accounts["callback"], at=AT)
    api = f"/api/v1/callbacks/{Callback.objects.get().pk}/open-contact"
    is_problem(post(Client(), {}, api, Authorization=token), 403, "access.factor-needed")
    assert "13844445555" in words(client.post(where, {"code": code()}))
    assert Look.objects.count() == 1
