import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import sealed
from clue_county import PASSPHRASE, work
from doors.sealed_side import (
    PASSWORD,
    RESTATED,
    TEXT,
    code_now,
    code_of,
    county_side,
    county_with_sign_ins,
    one_clue,
    sealed_side,
    sign_in,
    signed_in,
    worker,
    write,
)
from minqing.doors.parts.sessions import SessionStore
from minqing.ground.law.queries import now, today
from minqing.ground.offices.models import Account, Appointment, Kin
from minqing.watch.clues.commands import handling, routing, tries
from minqing.watch.clues.models import Access, Clue, Look
from minqing.watch.clues.rules import ClueSaid

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=True)
FILE = b"%PDF-1.4 evidence\n%%EOF"


@pytest.fixture
def here(settings):
    county = county_with_sign_ins()
    with sealed_side(settings):
        yield county


@pytest.fixture
def clue(here, settings):
    write(name="王五", phone="13900001234", stands="confidential")
    with worker(settings):
        work()
        return one_clue()


def url(pk):
    return f"/work/clue/{pk}"


def act(browser, pk, name, **told):
    return browser.post(url(pk), {"act": name} | told)


def registered(browser, pk, **told):
    assert TEXT in act(browser, pk, "words").content.decode()
    return act(browser, pk, "register", restated=RESTATED, **told)


# The way in


def test_only_posts_that_may_hold_a_part_come_in_and_all_others_read_the_same_words(here):
    answers = set()
    for name in here.county.accounts:
        if name not in {"clerk", "second", "third", "organiser"}:
            sealed.as_owner_do("TRUNCATE clues_try")
            came = sign_in(Client(), name)
            assert came.status_code == 403 and not came.cookies.get("officer"), name
            answers.add(words_of(came))
    for told in ({"password": "错"}, {"code": "000000"}):
        answers.add(words_of(sign_in(Client(), "clerk", **told)))
    answers.add(words_of(sign_in(Client(), "nobody")))
    assert len(answers) == 1


def words_of(page):
    text = re.sub(r'value="[^"]*"', "", page.content.decode())
    return re.sub(r"csrf\S+", "", text)


def test_a_code_counts_once_and_many_wrong_passwords_make_that_name_wait(here):
    browser = Client()
    used = code_now()
    assert sign_in(browser, "clerk", code=used).status_code == 303
    assert sign_in(Client(), "clerk", code=used).status_code == 403
    for _ in range(tries.FREE + 6):
        sign_in(Client(), "second", password="错的密码")
    assert sign_in(Client(), "second").status_code == 403


def test_sign_in_writes_nothing_into_the_county_and_no_key_in_clear_into_a_row(here):
    browser = signed_in("clerk")
    rows = str(sealed.as_owner("SELECT session_data FROM django_session"))
    hold = browser.cookies["hold"]
    assert hold["httponly"] and hold["path"] == "/work/" and hold["samesite"] == "Strict"
    assert here.private["clerk"].hex() not in rows and hold.value not in rows
    ours = Client()
    ours.cookies["officer"] = browser.cookies["officer"].value  # the row without the second cookie
    assert ours.get("/work/")["Location"] == "/work/key"
    assert Account.objects.get(username="clerk").last_login is None


def test_without_signing_in_every_page_of_an_officer_leads_to_the_door(here, clue):
    for where in ("/work/", "/work/openings", url(clue), f"{url(clue)}/file/{uuid4()}"):
        page = Client().get(where)
        assert page.status_code == 303 and page["Location"] == "/work/sign-in"


def test_idle_and_old_sessions_are_gone_and_so_is_one_that_was_left(here):
    for since, seen in (
        (timedelta(minutes=20), timedelta(minutes=16)),
        (timedelta(hours=4, minutes=1), timedelta(0)),
    ):
        sealed.as_owner_do("TRUNCATE clues_try")
        browser = signed_in("clerk")
        shift(browser, signed_at=now() - since, seen_at=now() - seen)
        assert browser.get("/work/")["Location"] == "/work/sign-in"
    sealed.as_owner_do("TRUNCATE clues_try")
    browser = signed_in("clerk")
    kept = {name: browser.cookies[name].value for name in ("officer", "hold")}
    browser.post("/work/leave")
    again = Client()
    for name, value in kept.items():
        again.cookies[name] = value
    assert again.get("/work/")["Location"] == "/work/sign-in"


def shift(browser, **times):
    store = SessionStore(browser.cookies["officer"].value)
    store.update({name: at.isoformat() for name, at in times.items()})
    store.save()


def test_the_first_passphrase_makes_the_key_and_a_short_or_different_one_does_not(here, settings):
    sealed.as_owner_do(f"DELETE FROM clues_officer WHERE id = '{here.id('third')}'")
    browser = Client()
    sign_in(browser, "third")
    assert browser.post("/work/key", {"password": "短", "password_again": "短"}).status_code == 422
    assert (
        browser.post(
            "/work/key", {"password": PASSPHRASE, "password_again": "不同的一句长长的话"}
        ).status_code
        == 422
    )
    assert (
        browser.post("/work/key", {"password": PASSPHRASE, "password_again": PASSPHRASE}).status_code == 303
    )
    write()
    with worker(settings):
        work()
    assert "已收到" in browser.get("/work/").content.decode()


def test_a_wrong_passphrase_opens_nothing_and_soon_waits(here):
    browser = Client()
    sign_in(browser, "clerk")
    for _ in range(tries.FREE + 6):
        assert browser.post("/work/key", {"password": "错的一句长长的口令"}).status_code == 403
    assert browser.post("/work/key", {"password": PASSPHRASE}).status_code == 403


# What they see


def test_the_list_holds_what_is_theirs_and_says_nothing_of_anything_else(here, clue):
    assert "已收到" in signed_in("clerk").get("/work/").content.decode()
    write(text="另一封", keep_out="clerk\nsecond")
    page = signed_in("second").get("/work/").content.decode()
    assert len(re.findall("/work/clue/", page)) == 1 and not re.search(r"共\s*\d", page)


def test_nothing_to_do_says_so(here):
    assert "现在没有交到您手里的" in signed_in("clerk").get("/work/").content.decode()


def test_absent_and_not_theirs_are_one_answer_for_every_act(here, settings):
    write(keep_out="third")
    with worker(settings):
        work()
        pk = one_clue()
    browser = signed_in("third")
    for send in (
        lambda at: browser.get(url(at)),
        lambda at: browser.post(f"{url(at)}/file/{uuid4()}"),
        *(
            (
                lambda at, name=name: act(
                    browser,
                    at,
                    name,
                    text="理由",
                    restated=RESTATED,
                    kind="question",
                    handler=str(here.id("second")),
                )
            )
            for name in ("words", "register", "say", "settle", "send-up", "take-back", "hand-over")
        ),
    ):
        theirs, absent = send(pk), send(uuid4())
        same = {words_of(page).replace(page.wsgi_request.path, "") for page in (theirs, absent)}
        assert (theirs.status_code, absent.status_code) == (404, 404) and len(same) == 1
    assert Look.objects.count() == 0 or not Look.objects.filter(officer=here.id("third")).exists()


def test_every_reading_is_written_down_before_it_is_shown_and_every_page_bears_who_looks(
    here, clue, settings
):
    browser = signed_in("clerk")
    page = browser.get(url(clue)).content.decode()
    assert TEXT not in page and "clerk" in page and re.search(r"\d\d:\d\d 查看", page)
    page = act(browser, clue, "words").content.decode()
    assert TEXT in page and "王五" not in page and "13900001234" not in page
    with worker(settings):
        assert {one.what for one in Look.objects.filter(clue_id=clue, officer=here.id("clerk"))} == {
            "told",
            "words",
        }
        assert Clue.objects.get(pk=clue).state == "opened"


def test_files_come_whole_to_who_reads_the_words_and_to_nobody_else(here, settings):
    write(files=upload())
    with worker(settings):
        work()
        pk = one_clue()
    browser = signed_in("clerk")
    (which,) = re.findall(r"/file/([0-9a-f-]{36})", act(browser, pk, "words").content.decode())
    given = browser.post(f"{url(pk)}/file/{which}")
    assert (
        given.content == FILE
        and given["Content-Disposition"].startswith("attachment")
        and "sandbox" in given["Content-Security-Policy"]
    )
    assert signed_in("organiser").post(f"{url(pk)}/file/{which}").status_code == 404


def upload():
    return SimpleUploadedFile("账.pdf", FILE, "application/pdf")


# What they do


def test_from_the_words_to_the_result_by_the_pages_alone(here, clue, settings):
    clerk = signed_in("clerk")
    act(clerk, clue, "words")
    copied = act(clerk, clue, "register", restated=TEXT)
    assert (
        copied.status_code == 422
        and "一字不差" in copied.content.decode()
        and TEXT in copied.content.decode()
    )
    found = act(clerk, clue, "register", restated=RESTATED, find="handler", look="1").content.decode()
    assert str(here.id("handler")) in found and RESTATED in found
    assert act(clerk, clue, "register", restated=RESTATED, accused=str(here.id("cadre"))).status_code == 303
    with worker(settings):
        routing.reroute_all()
    page = clerk.get(url(clue)).content.decode()
    assert str(here.id("second")) in page and str(here.id("cadre")) not in page
    assert act(clerk, clue, "hand-over", handler=str(here.id("handler"))).status_code == 422, (
        "not among the eligible"
    )
    assert act(clerk, clue, "hand-over", handler=str(here.id("second"))).status_code == 303
    with worker(settings):
        routing.reroute_all()
    second = signed_in("second")
    page = second.get(url(clue)).content.decode()
    assert RESTATED in page and TEXT not in page and "拆封，看原话" not in page
    assert act(second, clue, "words").content.decode().count(TEXT) == 0
    assert act(second, clue, "say", text="请问是哪一年？", kind="question").status_code == 303
    assert (
        act(second, clue, "refund", household="三组王家", yuan="3000", due_on="2027-01-31").status_code == 303
    )
    assert act(second, clue, "decide", finding="true", text="已责令退还。").status_code == 303
    assert act(second, clue, "answer", text="查清楚了，扣的钱要退。").status_code == 303
    assert act(second, clue, "settle").status_code == 303
    twice = act(second, clue, "settle")
    assert twice.status_code == 409, "not twice, and in words"


def test_more_than_five_kept_out_by_the_writers_wish_are_refused_in_words_not_in_the_worker(
    here, clue, settings
):
    clerk = signed_in("clerk")
    many = [str(pk) for name, pk in here.county.accounts.items() if name not in here.private][:6]
    refused = registered(clerk, clue, named=many)
    assert refused.status_code == 422 and "最多写5位" in refused.content.decode()
    with worker(settings):
        assert Clue.objects.get(pk=clue).state == "opened"


def test_who_may_only_let_open_reads_nothing_and_is_not_written_down_as_a_reader(here, clue, settings):
    page = signed_in("organiser").get(url(clue)).content.decode()
    assert "内容您看不到" in page and TEXT not in page
    with worker(settings):
        assert not Look.objects.filter(officer=here.id("organiser")).exists()


def test_a_handler_is_only_ever_somebody_the_routing_leaves(here, clue, settings):
    clerk = signed_in("clerk")
    registered(clerk, clue, accused=str(here.id("cadre")))
    with worker(settings):
        routing.reroute_all()
        for name in ("handler", "organiser", "sysadmin", "cadre"):
            with pytest.raises(handling.NotEligible):
                handling.hand_over(clue_id=clue, handler=here.id(name), **here.holds("clerk") | {"at": now()})


def test_who_is_found_accused_loses_the_page_at_once(here, clue, settings):
    third = signed_in("third")
    assert third.get(url(clue)).status_code == 200
    clerk = signed_in("clerk")
    registered(clerk, clue, named=str(here.id("third")))
    with worker(settings):
        routing.reroute_all()
    assert third.get(url(clue)).status_code == 404 and act(third, clue, "words").status_code == 404
    assert "/work/clue/" not in third.get("/work/").content.decode()


def test_kin_declared_after_it_was_handed_over_end_the_handlers_page(here, clue, settings):
    clerk = signed_in("clerk")
    registered(clerk, clue, accused=str(here.id("cadre")))
    with worker(settings):
        routing.reroute_all()
    act(clerk, clue, "hand-over", handler=str(here.id("second")))
    with worker(settings):
        routing.reroute_all()
    second = signed_in("second")
    assert second.get(url(clue)).status_code == 200
    with county_side(settings):
        Kin.objects.create(
            account_id=here.id("second"), other_id=here.id("cadre"), relation="兄弟", declared_on=today()
        )
        routing.reroute_all()
    assert second.get(url(clue)).status_code == 404


def test_the_old_tab_of_somebody_who_left_office_does_nothing(here, clue, settings):
    clerk = signed_in("clerk")
    act(clerk, clue, "words")
    with county_side(settings):
        Appointment.objects.filter(account_id=here.id("clerk")).update(to_on=today() - timedelta(days=1))
    for page in (clerk.get(url(clue)), act(clerk, clue, "register", restated=RESTATED), clerk.get("/work/")):
        assert page.status_code == 303 and page["Location"] == "/work/sign-in"
    assert Access.objects.count() == 0, "this role sees no row without an officer"
    sealed.as_owner_do("TRUNCATE clues_try")
    assert sign_in(Client(), "clerk").status_code == 403


def test_what_was_sent_up_is_closed_here_and_its_writer_reads_where_it_is(here, settings):
    code = code_of(write())
    with worker(settings):
        work()
        pk = one_clue()
    clerk = signed_in("clerk")
    act(clerk, pk, "words")
    assert act(clerk, pk, "find-higher", text="该由上一级管。").status_code == 303
    assert act(clerk, pk, "send-up", text="已经送到上一级。").status_code == 303
    closed = clerk.get(url(pk))
    assert closed.status_code == 409 and "打不开" in closed.content.decode()
    assert act(clerk, pk, "words").status_code == 409
    assert act(clerk, pk, "ask-opening", purpose="verify", why="要当面核对清单").status_code == 409
    told = Client().post("/status", {"receipt": code, "word": "4321"}).content.decode()
    assert ClueSaid.UP.label in told and "已经送到上一级。" in told


def test_nothing_typed_stands_in_an_address_a_session_or_a_log(here, clue, caplog):
    clerk = signed_in("clerk")
    registered(clerk, clue)
    act(clerk, clue, "say", text="请问是哪一年？", kind="question")
    rows = str(sealed.as_owner("SELECT session_data FROM django_session")) + caplog.text
    for said in (TEXT[:8], RESTATED[:8], "请问是哪一年", PASSWORD, PASSPHRASE):
        assert said not in rows
