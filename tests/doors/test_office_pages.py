"""Accounts, offices, law, looks, notices: who keeps the house sees the house, and nothing of what residents said."""

import re
from uuid import uuid4

import pytest
from django.core.cache import cache

from doors.office import seat, signed_in, words
from makers import AT, County, county, register
from minqing.charter import Role
from minqing.doors.desk.looks import harmless
from minqing.ground.law import queries as law
from minqing.ground.offices import commands as offices
from minqing.ground.offices.models import Account, Token
from minqing.ground.offices.queries import account_lines, actor, posts_of
from minqing.ground.people.commands import open_contact
from minqing.ground.people.queries import LookFilters, looks_for
from minqing.ground.people.rules import Purpose
from minqing.means.notify.commands import tell
from minqing.means.notify.rules import Channel
from minqing.record.facts.queries import kinds_about
from minqing.work.cases import commands as cases
from minqing.work.duties.queries import duties_about
from minqing.work.intake.queries import person_of

pytestmark = pytest.mark.django_db
HEAD = "first,last,kind\n"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    law.forget()
    made = county()
    for name, office, role in (
        ("secadmin", "government", Role.SECADMIN),
        ("auditor", "government", Role.AUDITOR),
    ):
        seat(made, name, office, role)
    yield made
    law.forget()


# Accounts


def opened(here: County, username: str = "new.one") -> tuple[Account, str]:
    answer = signed_in(here, "sysadmin").post("/desk/accounts/new/", {"username": username, "name": "周一鸣"})
    assert answer.status_code == 201, words(answer)
    return Account.objects.get(username=username), re.search(r'class="secret">([^<]+)<', words(answer))[1]


def act(here: County, account: Account, name: str, by: str = "sysadmin", **told):
    return signed_in(here, by).post(f"/desk/accounts/{account.pk}/{name}/", told)


def test_an_account_is_opened_with_a_password_shown_once(here):
    account, password = opened(here)
    assert account.check_password(password)
    page = signed_in(here, "sysadmin").get(f"/desk/accounts/{account.pk}/")
    assert password not in words(page) and "no-store" in page["Cache-Control"]
    assert kinds_about(account.pk) == ["account.opened"]
    assert not actor(account.pk, on=AT.date()).seats


@pytest.mark.parametrize(("username", "status"), [("handler", 409), ("Ab c", 422), ("", 422)])
def test_a_name_that_does_not_fit_is_refused_and_kept(here, username, status):
    answer = signed_in(here, "sysadmin").post("/desk/accounts/new/", {"username": username, "name": "周一鸣"})
    assert answer.status_code == status and "周一鸣" in words(answer)


def test_appointing_and_dismissing_go_by_days(here):
    account, _ = opened(here)
    post = offices.add_post(
        office_id=here.offices["roads"], title="养护科", title_en="Roads", role=Role.HANDLER
    )
    assert act(here, account, "appoint", post_id=str(post), on="2026-06-30").status_code == 303
    (held,) = account_lines(here["sysadmin"], on=AT.date(), words="new.one")[0][0].appointments
    assert actor(account.pk, on=AT.date()).roles == {Role.HANDLER}
    assert act(here, account, "dismiss", appointment_id=str(held.id), on="2026-06-29").status_code == 422
    assert act(here, account, "dismiss", appointment_id=str(held.id), on="2026-06-30").status_code == 303
    assert not actor(account.pk, on=law.today().replace(day=1, month=7)).seats
    assert kinds_about(account.pk) == ["account.opened", "account.appointed", "account.dismissed"]


def test_days_stand_in_a_form_as_a_browser_reads_them(here):
    handler = Account.objects.get(username="handler")
    assert (
        'value="2026-06-30"'
        in words(signed_in(here, "sysadmin").get(f"/desk/accounts/{handler.pk}/")).partition("appoint/")[2]
    )


def test_a_held_post_takes_a_deputy_but_no_second_holder(here):
    account, _ = opened(here)
    (post, *_) = [
        one for one in posts_of({here.offices["water"]}, on=AT.date()) if one.role is Role.OFFICE_HEAD
    ]
    assert act(here, account, "appoint", post_id=str(post.id), on="2026-06-30").status_code == 409
    assert (
        act(here, account, "appoint", post_id=str(post.id), on="2026-06-30", deputising="on").status_code
        == 303
    )
    assert (posts_of({here.offices["water"]}, on=AT.date())[1].holders) == (("head", False), ("周一鸣", True))


def test_an_administrator_gets_no_post_that_reads_matters_nor_the_other_way_round(here):
    post = offices.add_post(
        office_id=here.offices["roads"], title="养护科", title_en="Roads", role=Role.HANDLER
    )
    auditor = Account.objects.get(username="auditor")
    refused = act(here, auditor, "appoint", post_id=str(post), on="2026-06-30")
    assert refused.status_code == 422 and "审计管理员" in words(refused)
    admin = offices.add_post(
        office_id=here.offices["government"], title="安全", title_en="Security", role=Role.SECADMIN
    )
    handler = Account.objects.get(username="handler")
    assert act(here, handler, "appoint", post_id=str(admin), on="2026-06-30").status_code == 422


def test_nobody_changes_their_own_standing(here):
    me = Account.objects.get(username="sysadmin")
    assert act(here, me, "close").status_code == 403
    assert act(here, me, "token", days="30").status_code == 403
    page = words(signed_in(here, "sysadmin").get(f"/desk/accounts/{me.pk}/"))
    assert "<button" not in page.partition("<main")[2].partition("</main")[0]


def test_a_closed_account_is_out_at_once_and_its_tokens_are_void(here):
    handler = Account.objects.get(username="handler")
    theirs = signed_in(here, "handler")
    assert theirs.get("/desk/notices/").status_code == 200
    given = act(here, handler, "token", days="7")
    assert re.search(r"mq_[\w-]{20,}", words(given)) and Token.objects.count() == 1
    assert act(here, handler, "close").status_code == 303
    assert not Token.objects.exists() and theirs.get("/desk/notices/").status_code in {302, 303, 401}
    assert act(here, handler, "reopen").status_code == 303


def test_who_lost_their_telephone_or_password_is_let_in_again(here):
    handler = Account.objects.get(username="handler")
    assert act(here, handler, "second-factor").status_code == 303
    shown = words(act(here, handler, "password"))
    handler.refresh_from_db()
    assert handler.check_password(re.search(r'class="secret">([^<]+)<', shown)[1])


def test_only_the_system_administrator_keeps_accounts(here):
    handler = Account.objects.get(username="handler")
    for name in ("dispatcher", "auditor", "secadmin", "leader"):
        assert signed_in(here, name).get("/desk/accounts/").status_code == 403
        assert act(here, handler, "close", by=name).status_code == 403
    assert act(here, handler, "no-such-act").status_code == 404


def test_the_system_administrator_sees_no_matter(here):
    case = cases.open_case(
        by=here["dispatcher"], at=AT, demand_id=register().demand_id, title="三组停水", track="order"
    )
    client = signed_in(here, "sysadmin")
    assert client.get(f"/desk/cases/{case.pk}/").status_code == 404
    assert client.get(f"/desk/demands/{register().demand_id}/").status_code == 404


def test_the_list_of_accounts_is_flat(here, assert_flat):
    def make(n: int) -> None:
        for _ in range(n):
            seat(here, uuid4().hex[:12], "roads", Role.HANDLER)

    assert_flat(make=make, look=lambda: account_lines(here["sysadmin"], on=AT.date()))


# Offices and kin


def test_offices_show_what_is_empty_and_who_deputises(here):
    offices.add_post(office_id=here.offices["water"], title="供水科", title_en="Supply", role=Role.HANDLER)
    page = words(signed_in(here, "handler").get(f"/desk/offices/{here.offices['water']}/"))
    assert "空缺" in page and "棠川县人民政府" in page and "加岗位" not in page
    assert "加岗位" in words(signed_in(here, "sysadmin").get(f"/desk/offices/{here.offices['water']}/"))


def test_a_post_is_added_by_the_system_administrator_only(here):
    url, told = f"/desk/offices/{here.offices['water']}/", {"title": "抢修队", "role": "handler"}
    assert signed_in(here, "handler").post(url, told).status_code == 403
    assert signed_in(here, "sysadmin").post(url, told).status_code == 303


def test_kin_are_declared_for_oneself_and_seen_by_oneself(here):
    client = signed_in(here, "handler")
    assert client.post("/desk/offices/kin/", {"relation": "配偶", "other": "nobody-here"}).status_code == 422
    assert client.post("/desk/offices/kin/", {"relation": "配偶", "other": "head"}).status_code == 303
    page = words(client.get("/desk/offices/kin/"))
    assert "配偶" in page.partition("<tbody")[2]
    assert "<tbody" not in words(signed_in(here, "head").get("/desk/offices/kin/"))
    kin_id = re.search(r'name="remove" value="([^"]+)"', page)[1]
    signed_in(here, "head").post("/desk/offices/kin/", {"remove": kin_id})
    assert "<tbody" in words(client.get("/desk/offices/kin/"))
    client.post("/desk/offices/kin/", {"remove": kin_id})
    assert "<tbody" not in words(client.get("/desk/offices/kin/"))


# Law and calendar


def test_every_rule_in_force_is_listed_with_its_article(here):
    page = words(signed_in(here, "handler").get("/desk/law/?q=xf.triage"))
    assert "xf.triage" in page and "信访工作条例" in page and "xf.review" not in page


def test_a_county_row_takes_two_persons(here):
    told = {
        "key": "xf.triage",
        "term": "10d",
        "valid_from": "2026-08-01",
        "source": "county",
        "reason": "先分得快",
    }
    assert signed_in(here, "secadmin").post("/desk/law/propose/", told).status_code == 303
    (waits,) = law.proposals()
    assert signed_in(here, "secadmin").post(f"/desk/law/{waits.id}/approve/").status_code == 422
    main = words(signed_in(here, "secadmin").get("/desk/law/")).partition("<main")[2].partition("</main")[0]
    assert ">批准<" not in main and "您提出的，要由别人批准" in main
    assert signed_in(here, "arbiter").post(f"/desk/law/{waits.id}/approve/").status_code == 303
    assert str(law.rule("xf.triage", law.today().replace(month=9)).term) == "10D"


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"term": "20D"}, 422),
        ({"term": "soon"}, 422),
        ({"valid_from": "2026-06-30"}, 422),
        ({"reason": ""}, 422),
    ],
)
def test_what_the_law_does_not_allow_is_refused_and_stays_typed(here, wrong, status):
    told = {
        "key": "xf.triage",
        "term": "10D",
        "valid_from": "2026-08-01",
        "source": "county",
        "reason": "先分得快",
    } | wrong
    answer = signed_in(here, "secadmin").post("/desk/law/propose/", told)
    assert answer.status_code == status and told["term"] in words(answer) and not law.proposals()


def test_a_year_is_looked_at_before_it_is_loaded(here, monkeypatch):
    monkeypatch.setenv("MINQING_NOW", "2026-12-25T09:00+08:00")
    demand = register(at=law.now())
    (duty,) = duties_about([demand.demand_id])[demand.demand_id]
    assert duty.provisional
    told = {
        "year": "2027",
        "notice": "国办发明电〔2026〕9号",
        "days": "first,last,kind\n2027-01-01,2027-01-09,off\n2027-01-10,2027-01-10,work",
    }
    client = signed_in(here, "secadmin")
    looked = client.post("/desk/law/calendar/", told)
    assert looked.status_code == 200 and "有 1 个暂定的日子；录入后 1 个定下来" in words(looked)
    assert law.calendar().loaded_until.year == 2026
    assert client.post("/desk/law/calendar/", told | {"sure": "on"}).status_code == 303
    assert law.calendar().loaded_until.year == 2027


@pytest.mark.parametrize(
    "days",
    [
        "",
        "first,last,kind\nnonsense",
        HEAD + "2028-01-01,2028-01-02,off",
        HEAD + "2027-01-04,2027-01-04,work",
    ],
)
def test_a_broken_notice_is_refused_and_stays_typed(here, days):
    told = {"year": "2027", "notice": "第9号", "days": days, "sure": "on"}
    answer = signed_in(here, "secadmin").post("/desk/law/calendar/", told)
    assert answer.status_code == 422 and "第9号" in words(answer) and law.calendar().loaded_until.year == 2026


# Looks


def looked(here: County) -> None:
    demand = register(name="张小满", phone="13900000012")
    case = cases.open_case(
        by=here["dispatcher"], at=AT, demand_id=demand.demand_id, title="三组停水", track="order"
    )
    open_contact(
        by=here["dispatcher"],
        person_id=person_of(demand.demand_id),
        purpose=Purpose.HANDLE,
        about=f"case:{case.pk}",
        at=AT,
    )


def test_the_auditor_sees_who_looked_and_never_at_whom(here):
    looked(here)
    page = words(signed_in(here, "auditor").get("/desk/looks/"))
    row = page.partition("<tbody")[2].partition("</tbody")[0]
    assert "棠川县信访局" in row and "派办员" in row and "6月30日" in row
    assert not any(secret in page for secret in ("张小满", "张*", "13900000012", "三组停水", "停了两天"))


def test_looks_are_narrowed_by_office_role_purpose_and_day(here):
    looked(here)
    client = signed_in(here, "auditor")
    for query, n in (
        ("role=dispatcher", 1), ("role=handler", 0), ("purpose=handle", 1), ("purpose=callback", 0), ("since=2026-07-01", 0),
        ("until=2026-06-30", 1), (f"office_id={here.offices['desk']}", 1), (f"office_id={here.offices['water']}", 0), ("since=nonsense", 1),
    ):  # fmt: skip
        assert words(client.get(f"/desk/looks/?{query}")).partition("<tbody")[2].count("<tr>") == n, query


def test_the_export_holds_the_same_and_runs_no_formula(here):
    looked(here)
    sheet = signed_in(here, "auditor").get("/desk/looks/export/")
    text = b"".join(sheet.streaming_content).decode()
    assert (
        text.startswith("\ufeff哪天,单位,岗位,用途,事项编号") and "棠川县信访局" in text and "张" not in text
    )
    assert [harmless(cell) for cell in ("=1+1", "@x", "+1", "-1", "plain")] == [
        "'=1+1",
        "'@x",
        "'+1",
        "'-1",
        "plain",
    ]


def test_only_the_auditor_sees_looks(here):
    for name in ("dispatcher", "sysadmin", "secadmin", "leader"):
        assert signed_in(here, name).get("/desk/looks/").status_code == 403
        assert signed_in(here, name).get("/desk/looks/export/").status_code == 403


def test_the_list_of_looks_is_flat(here, assert_flat):
    assert_flat(
        make=lambda n: [looked(here) for _ in range(n)],
        look=lambda: looks_for(here["auditor"], LookFilters()),
        many=6,
    )


# Notices


def test_messages_are_new_until_they_are_seen_and_only_ones_own(here):
    for name in ("handler", "head"):
        tell(fact_id=uuid4(), template="desk.assigned", params={"matter": f"给{name}的事", "due": "2026-07-15"},
             channel=Channel.IN_APP, at=AT, account_id=here.accounts[name])  # fmt: skip
    client = signed_in(here, "handler")
    page = words(client.get("/desk/notices/"))
    assert "给handler的事" in page and "给head的事" not in page and "都看过了" in page
    up_to = re.search(r'name="up_to" value="([^"]+)"', page)[1]
    assert client.post("/desk/notices/", {"up_to": up_to}).status_code == 303
    assert "都看过了" not in words(client.get("/desk/notices/"))
    assert "给handler的事" in words(client.get("/desk/notices/")) and "给head" not in words(
        client.get("/desk/notices/?after=nonsense")
    )


def test_who_was_told_nothing_reads_that(here):
    assert "没有消息" in words(signed_in(here, "handler").get("/desk/notices/"))
