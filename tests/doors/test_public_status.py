"""The resident's own page: judge, reopen, speak, take back, ask the level above; and what everybody may see."""

import re
from datetime import date, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in
from makers import AT, County, county, register
from minqing.ground.people.commands import index_contacts
from minqing.ground.people.queries import masks_of, sealed_contact
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Booking, Case, Talk, Withdrawal
from minqing.work.cases.queries import bookings_for, status_of
from minqing.work.intake.queries import person_of
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def opened(here: County, step: Any = casework.served, *, word: str = "2468") -> tuple[Client, Case, str]:
    """A case in some state, and the browser of the person who opened it."""
    receipt = register(word="2468", name="林小溪", phone="13900000021")
    case = step(here, demand_id=receipt.demand_id)
    client = Client()
    assert client.post("/status", {"receipt": receipt.receipt, "word": word}).status_code == 303
    return client, case, receipt.receipt


def act(client: Client, case: Case, slug: str, **typed: Any) -> Any:
    return client.post(f"/status/cases/{case.pk}/{slug}", typed, follow=True)


def text(page: Any) -> str:
    return page.content.decode()


def test_the_page_shows_answer_and_papers_to_the_word_only(here):
    client, _, code = opened(here)
    page = text(client.get("/status/page"))
    assert "三日内修好" in page
    paper = re.search(r"/status/papers/[0-9a-f-]+", page)[0]
    assert client.get(paper).content.startswith(b"%PDF")
    bare = Client()
    bare.post("/status", {"receipt": code})
    shown = text(bare.get("/status/page"))
    assert "三日内修好" not in shown
    assert "已经有答复了" in shown
    assert bare.get(paper).status_code == 403
    assert Client().get(paper).status_code == 302


def test_opening_with_the_code_leads_to_an_address_without_it(here):
    told, client = register(word="2468"), Client()
    answers = [
        client.post("/status", {"receipt": told.receipt, "word": "2468"}),
        client.get("/status", {"receipt": told.receipt}),
        client.get("/status/page"),
    ]
    for answer in answers:
        assert told.receipt not in answer.headers.get("Location", "")
    assert Client().get("/status", {"receipt": told.receipt}).status_code == 200, "an address opens nothing"
    assert not Client().get("/status", {"receipt": told.receipt}).has_header("Location")
    assert told.receipt not in "".join(re.findall(r'(?:href|action)="([^"]*)"', text(answers[2])))


def test_not_solved_brings_it_back_with_its_new_day_in_one_press(here):
    client, case, _ = opened(here)
    page = text(act(client, case, "verdict", solved="no", explained="yes", words="还是没水"))
    case.refresh_from_db()
    assert case.state == "accepted"
    assert re.search(r"重新办了，最迟\d+年\d+月\d+日答复您", page)
    assert "您说：没解决" in page


def test_a_second_change_of_mind_is_one_tap(here):
    client, case, _ = opened(here)
    page = text(act(client, case, "verdict", solved="yes", explained="yes"))
    assert "没解决，重新办" in page
    page = text(act(client, case, "reopen"))
    assert "重新办了，最迟" in page
    assert "您说：没解决" in page


def test_both_questions_must_be_answered_and_the_words_stay(here):
    client, case, _ = opened(here)
    page = act(client, case, "verdict", solved="no", words="还是没水")
    assert page.status_code == 422
    assert "还是没水" in text(page)


def test_the_level_above_is_asked_with_the_last_day_and_the_remedy_shown(here):
    client, case, _ = opened(here)
    page = text(client.get(f"/status/cases/{case.pk}/review"))
    assert "2026年7月30日" in page
    assert "棠川县人民政府" in page
    assert act(client, case, "review", reason="").status_code == 422
    assert "上一级会重新看" in text(act(client, case, "review", reason="没有修好。"))
    case.refresh_from_db()
    assert case.state == "reviewing"


def test_taking_back_is_undone_by_one_press(here):
    client, case, _ = opened(here, casework.accepted)
    page = text(act(client, case, "withdraw"))
    assert "2026年7月7日生效" in page
    assert "不撤了，接着办" in page
    assert "接着办" in text(act(client, case, "undo"))
    assert Withdrawal.objects.get().undone_at is not None


def test_a_word_taken_back_from_a_joint_case_comes_back_by_one_press(here):
    receipt, case = register(word="2468", name="林小溪", phone="13900000021"), casework.accepted(here)
    casework.take_back(here, case, receipt.demand_id)
    client = Client()
    client.post("/status", {"receipt": receipt.receipt, "word": "2468"})
    page = text(client.get("/status/page"))
    assert "改主意了，接着办" in page
    assert f"/status/cases/{case.pk}/say" not in page, "there is nobody to speak to yet"
    page = text(act(client, case, "come-back"))
    assert re.search(r"接着办了，最迟\d+年\d+月\d+日答复您", page)
    assert f"/status/cases/{case.pk}/say" in page
    assert "没有撤回" in text(act(client, case, "come-back")), "a second press changes nothing"
    case.refresh_from_db()
    assert case.n_voices == 2


def test_words_typed_into_an_expired_page_come_back_after_the_code(here, monkeypatch):
    client, case, code = opened(here)
    monkeypatch.setenv("MINQING_NOW", "2026-06-30T09:25:00+08:00")
    page = client.post(f"/status/cases/{case.pk}/say", {"text": "昨天又停了一次水"})
    assert page.status_code == 401
    assert "昨天又停了一次水" in text(page)
    kept = {"kept-act": "say", "kept-case": str(case.pk), "kept-text": "昨天又停了一次水"}
    wrong = client.post("/status", {"receipt": "1234", **kept})
    assert "昨天又停了一次水" in text(wrong)
    back = client.post("/status", {"receipt": code, **kept})
    assert "昨天又停了一次水</textarea>" in text(back)
    act(client, case, "say", text="昨天又停了一次水")
    assert Talk.objects.get().text == "昨天又停了一次水"


def test_switching_the_language_keeps_a_verdict_half_written(here):
    client, case, _ = opened(here)
    page = client.post(
        f"/status/cases/{case.pk}/verdict?lang=en", {"stay": "1", "solved": "no", "words": "还是没水"}
    )
    assert 'lang="en"' in text(page)
    assert "还是没水" in text(page)
    assert re.search(r'value="no"[^>]*checked', text(page))


def test_a_parked_matter_names_the_day_of_the_next_answer(here):
    client, case, _ = opened(here, casework.accepted)
    cases.park_case(
        by=here["handler"],
        case_id=case.pk,
        at=AT,
        reason="明年才有资金。",
        authority="县政府会议纪要",
        next_on=date(2026, 9, 30),
    )
    assert "暂时办不了，2026年9月30日再答复您" in text(client.get("/status/page"))


def test_several_parts_are_cards_with_their_own_days(here):
    receipt = register(word="2468")
    case = casework.opened(here, demand_id=receipt.demand_id)
    parts = [
        cases.Part(title=name, office_id=here.offices[office], words="请办")
        for name, office in (("水", "water"), ("路", "roads"))
    ]
    cases.split_demand(
        by=here["dispatcher"],
        demand_id=receipt.demand_id,
        case_id=case.pk,
        at=AT,
        reason="两件事",
        parts=parts,
    )
    client = Client()
    client.post("/status", {"receipt": receipt.receipt, "word": "2468"})
    page = text(client.get("/status/page"))
    assert page.count('class="part"') == 2
    assert page.count('class="three"') == 2
    assert len(status_of(receipt.demand_id).parts) == 2


def test_the_others_of_a_joined_matter_are_a_number_only_and_one_may_go_alone(here):
    client, case, _ = opened(here, casework.accepted)
    other = register("别人家也停水了，我叫王大山。", name="王大山")
    cases.join_demand(
        by=here["dispatcher"], demand_id=other.demand_id, case_id=case.pk, at=AT, reason="同一根水管"
    )
    page = text(client.get("/status/page"))
    assert "另有1人" in page
    assert "王大山" not in page
    assert "我的事要分开单独办" in page
    assert "单独办" in text(act(client, case, "leave", reason="我家还有水表的事"))


def test_how_the_answer_comes_and_being_left_in_peace_are_one_press(here):
    client, case, _ = opened(here, casework.accepted)
    assert "打电话念给我听" in text(act(client, case, "reply-by", reply_by="phone"))
    assert "可以再问我" in text(act(client, case, "quiet"))
    assert "不要再为这件事问我" in text(act(client, case, "ask-again"))


def test_mail_may_be_chosen_later_with_its_address_and_nothing_left_before_is_lost(here):
    client, case, _ = opened(here, casework.accepted)
    page = text(client.get(f"/status/cases/{case.pk}/reply-by"))
    assert "发邮件告诉我有答复了" in page
    assert "发到哪个邮箱" in page
    assert client.post(f"/status/cases/{case.pk}/reply-by", {"reply_by": "email"}).status_code == 422
    answer = act(client, case, "reply-by", reply_by="email", email="lin@example.cn")
    assert "改好了" in text(answer)
    person = person_of(casework.voice(case))
    assert (sealed_contact(person).email, sealed_contact(person).phone) == ("lin@example.cn", "13900000021")
    assert masks_of({person})[person].reply_by == "email"


def test_an_address_nobody_could_write_to_is_said_and_kept(here):
    client, case, _ = opened(here, casework.accepted)
    answer = client.post(f"/status/cases/{case.pk}/reply-by", {"reply_by": "email", "email": "lin小溪"})
    assert answer.status_code == 422
    assert "lin小溪" in text(answer)


def test_who_stays_unknown_is_not_asked_for_a_mailbox(here):
    told, client = register(anonymity="anonymous", name="", phone=""), Client()
    case = casework.accepted(here, demand_id=told.demand_id)
    client.post("/status", {"receipt": told.receipt})
    page = text(client.get(f"/status/cases/{case.pk}/reply-by"))
    assert "发邮件" not in page
    assert "发到哪个邮箱" not in page


def test_a_part_of_somebody_else_is_not_found(here):
    client, _, _ = opened(here)
    other = casework.served(here)
    assert client.get(f"/status/cases/{other.pk}/say").status_code == 404
    assert (
        client.post(f"/status/cases/{other.pk}/verdict", {"solved": "no", "explained": "no"}).status_code
        == 404
    )


# What everybody may see


def test_a_slip_is_verified_by_its_day_alone_whatever_was_said(here):
    for accuses in (False, True):
        verify_no = register(accuses=accuses).verify_no
        page = text(Client().get(f"/verify?no={verify_no}"))
        assert "登记回执，2026年6月30日发出" in page
        assert "自来水" not in page
    assert Client().post("/verify", {"number": "ABCD"}).status_code == 404


def test_a_seat_is_booked_without_a_reason_found_and_given_back_by_its_code(here):
    day = cases.plan_day(
        by=here["reception"],
        at=AT,
        on=date(2026, 7, 6),
        leader_id=here.accounts["leader"],
        place_words="接待中心",
    )
    assert Client().get(f"/open/receptions/{day.pk}/book").status_code == 409
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    client = Client()
    assert "接待中心" in text(client.get("/open"))
    bad = client.post(f"/open/receptions/{day.pk}/book", {"name": "林小溪", "phone": "没有"})
    assert bad.status_code == 422
    assert "林小溪" in text(bad)
    booked = text(client.post(f"/open/receptions/{day.pk}/book", {"n_people": "1"}))
    code = re.sub(
        r"\D", "", re.sub(r"<[^>]+>", "", re.search(r'class="code">(.*?)</span></p>', booked, re.S)[1])
    )
    assert "已预约" in text(client.post("/open/booking", {"code": code}))
    assert "已取消" in text(client.post("/open/booking", {"code": code, "cancel": "1"}))
    assert client.post("/open/booking", {"code": "1234"}).status_code == 404


def reception(here: County):
    day = cases.plan_day(
        by=here["reception"],
        at=AT,
        on=date(2026, 7, 6),
        leader_id=here.accounts["leader"],
        place_words="接待中心",
    )
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    return day


ME = {"name": "林小溪", "phone": "139 0000 0021"}
AGAIN = "这一天您已经约过"


def test_one_browser_that_books_a_day_again_is_shown_its_first_seat(here):
    day, client = reception(here), Client()
    where = f"/open/receptions/{day.pk}/book"
    first = client.post(where, ME)
    kept = first.cookies["seat"]
    assert kept["httponly"] and kept["path"] == "/open/receptions/"
    assert "13900000021" not in kept.value and "林" not in kept.value
    code = re.search(r'class="code">.*?</span></p>', text(first), re.S)[0]
    for typed in (ME, {"n_people": "2"}, {"phone": "13900000021"}):
        again = text(client.post(where, typed))
        assert AGAIN in again and code in again
    assert Booking.objects.count() == 1
    cases.cancel_booking(by=here["reception"], at=AT, booking_id=Booking.objects.get().pk)
    assert AGAIN not in text(client.post(where, ME))
    assert Booking.objects.count() == 2


def test_another_browser_learns_nothing_and_another_person_at_this_one_gets_a_seat(here):
    day, client = reception(here), Client()
    where = f"/open/receptions/{day.pk}/book"
    client.post(where, ME)
    assert AGAIN not in text(Client().post(where, ME))
    assert AGAIN not in text(client.post(where, ME | {"phone": "13900000022"}))
    client.cookies["seat"] = "00ff"
    assert AGAIN not in text(client.post(where, ME))
    assert Booking.objects.count() == 4
    assert client.get("/leave").cookies["seat"].value == ""


def test_the_reception_office_reads_which_number_came_from_the_same_telephone(here, monkeypatch):
    day = reception(here)
    for typed in (ME, {}, ME, {"phone": "13900000022"}, {}):
        Client().post(f"/open/receptions/{day.pk}/book", typed)
    while index_contacts(50):
        pass
    assert [one.same_phone_as for one in bookings_for(here["reception"], day.pk, at=AT)] == [
        None,
        None,
        1,
        None,
        None,
    ]
    page = text(signed_in(here, "reception").get(f"/desk/receptions/{day.pk}/"))
    assert (
        page.count("同一电话") == 1 and "与1号同一电话" in page.split('id="no-3"')[1].split("</article>")[0]
    )
    on_the_day = datetime(2026, 7, 6, 9, tzinfo=AT.tzinfo)
    assert {one.same_phone_as for one in bookings_for(here["leader"], day.pk, at=on_the_day)} == {None}
    cases.cancel_booking(by=here["reception"], at=AT, booking_id=Booking.objects.get(queue_no=1).pk)
    assert {one.same_phone_as for one in bookings_for(here["reception"], day.pk, at=AT)} == {None}
