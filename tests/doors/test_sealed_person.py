import re
import time
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import sealed
from clue_county import work
from doors.sealed_side import (
    RESTATED,
    TEXT,
    code_of,
    county_side,
    county_with_sign_ins,
    one_clue,
    sealed_side,
    worker,
    write,
)
from minqing.doors.parts.vouchers import with_proof
from minqing.doors.sealed import puzzle
from minqing.ground.law.queries import now
from minqing.kernel.keys import unshut
from minqing.methods.letters import MOMENT_PAD, SLIP_AAD
from minqing.watch.clues import rules
from minqing.watch.clues.commands import handling, routing, tries
from minqing.watch.clues.models import Access
from minqing.work.intake.queries import demand_by_receipt, moment_of

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=True)


@pytest.fixture
def here(settings):
    county = county_with_sign_ins()
    with sealed_side(settings):
        yield county


def handed(here, pk):
    """As far as a handler, by the commands."""
    who = here.holds("clerk") | {"at": now()}
    handling.read_words(clue_id=pk, **who)
    handling.register_clue(clue_id=pk, restated=RESTATED, **who)
    routing.reroute_all()
    handling.hand_over(clue_id=pk, handler=here.id("second"), **who)
    routing.reroute_all()


# To accuse


def test_every_page_is_kept_by_nobody_and_its_end_wipes_the_browser(here):
    browser = Client()
    for page in (
        browser.get("/"),
        browser.get("/status"),
        write(browser),
        browser.post("/", {"step": "write"}),
    ):
        assert page.status_code == 200 and "no-store" in page["Cache-Control"]
        assert page.wsgi_request.path in ("/", "/status"), "one address for every step"
    gone = browser.post("/", {"step": "done"})
    assert gone.status_code == 303 and "cookies" in gone["Clear-Site-Data"]


def test_what_is_written_is_sealed_as_the_county_seals_it_and_lies_nowhere_in_clear(here):
    shown = write(
        name="王五",
        phone="13900001234",
        stands="confidential",
        place="990101101201".ljust(12, "0"),
        about="张某",
    )
    (words,) = sealed.opened_words()
    assert (words["text"], words["name"], words["phone"]) == (TEXT, "王五", "13900001234")
    assert {"at", "verify_no", "log", "files"} <= set(words) | {"files"}
    rows = str(sealed.as_owner("SELECT * FROM clues_clue")) + str(
        sealed.as_owner("SELECT * FROM django_session")
    )
    for said in (TEXT[:6], "王五", "13900001234", code_of(shown), "4321"):
        assert said not in rows
    assert "sessionid" not in shown.wsgi_request.COOKIES and not shown.cookies.get("sessionid")


def test_its_slip_is_answered_by_the_county_like_any_other(here, settings):
    code = code_of(write())
    with county_side(settings):
        opened = demand_by_receipt(code, "4321")
        ((slip,),) = sealed.as_owner("SELECT slip FROM clues_clue")
        kept = moment_of(bytes(slip))
    assert (
        opened.word_ok and kept.leaf.startswith(b'{"c":') and len(unshut(SLIP_AAD, bytes(slip))) == MOMENT_PAD
    )


def test_whoever_is_named_by_its_writer_is_kept_out_before_anybody_reads_it(here, settings):
    write(keep_out="second\n不存在的人")
    with worker(settings):
        work()
        pk = one_clue()
        held = set(rules_holders(pk))
    assert here.id("second") not in held and here.id("clerk") in held


def rules_holders(pk):
    return Access.objects.filter(clue_id=pk, until__isnull=True).values_list("officer", flat=True)


def test_one_who_stays_anonymous_leaves_no_name_though_one_was_typed(here):
    write(name="王五", phone="13900001234", stands="anonymous")
    (words,) = sealed.opened_words()
    assert "name" not in words and "phone" not in words


def test_files_are_sealed_as_they_come_and_the_clerk_gets_them_whole(here, settings):
    content = b"%PDF-1.4 evidence of money\n%%EOF"
    write(files=SimpleUploadedFile("账.pdf", content, "application/pdf"))
    (box,) = sealed.boxes().values()
    assert content not in box and sealed.opened(box)[1] == content


def test_the_same_form_sent_twice_is_one_and_shows_the_same_slip(here):
    browser = Client()
    first = write(browser)
    ticket = first.wsgi_request.POST["ticket"]
    second = browser.post("/", {"step": "send", "ticket": ticket, "text": TEXT, "word": "4321"})
    assert code_of(first) == code_of(second) and len(sealed.opened_words()) == 1


def test_a_word_may_be_chosen_on_the_slip_and_the_paper_looks_like_every_slip(here):
    browser = Client()
    shown = write(browser, word="")
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', shown.content.decode())[1]
    assert browser.post("/", {"step": "word", "kept": kept, "word": "12"}).status_code == 422
    assert browser.post("/", {"step": "word", "kept": kept, "word": "4321"}).status_code == 200
    paper = browser.post("/", {"step": "paper", "kept": kept})
    assert paper["Content-Type"] == "application/pdf" and paper.content[:4] == b"%PDF"
    page = browser.post("/status", {"receipt": code_of(shown), "word": "4321"})
    assert "口令不对" not in page.content.decode()


def test_an_empty_one_keeps_what_was_typed_and_a_bad_word_says_so(here):
    page = write(text=" ", about="某人").content.decode()
    assert "这里还没有填" in page and "某人" in page
    assert "口令应是4位数字" in write(word="12").content.decode()


# Many


def test_many_posts_from_one_place_are_delayed_and_none_is_refused(here, monkeypatch):
    """10,000 in a minute: counted at once here, so that the test is short; those that come after must wait, and come in."""
    key = tries.shared("post", "127.0.0.1")
    hour = now().replace(minute=0, second=0, microsecond=0)
    sealed.as_owner_do(f"INSERT INTO clues_try VALUES ('\\x{key.hex()}', 10000, '{hour.isoformat()}')")
    browser = Client()
    held = write(browser, text="第一万零一封")
    assert held.status_code == 202 and held["Retry-After"] == str(tries.MOST_S)
    assert "第一万零一封" in held.content.decode(), "nothing typed is lost"
    ticket = held.wsgi_request.POST["ticket"]
    later = time.time() + tries.MOST_S
    monkeypatch.setattr(time, "time", lambda: later)
    assert browser.post("/", {"step": "send", "ticket": ticket, "text": "第一万零一封"}).status_code == 200
    assert [one["text"] for one in sealed.opened_words()] == ["第一万零一封"]


def test_whoever_lets_the_browser_do_the_sum_waits_for_nothing(here):
    key = tries.shared("post", "127.0.0.1")
    for _ in range(20):
        tries.count(key, at=now())
    browser = Client()
    page = browser.post("/", {"step": "write"}).content.decode()
    text = re.search(r'name="ticket" value="([^"]+)"', page)[1]
    ticket = puzzle.read_ticket(text)
    found = next(str(n) for n in range(10**7) if puzzle.solved(ticket, str(n)))
    sent = {"step": "send", "ticket": text, "text": TEXT}
    assert browser.post("/", sent | {"sum": "1"}).status_code == 202
    assert browser.post("/", sent | {"sum": found}).status_code == 200


def test_no_address_is_stored_and_senders_share_a_few_hundred_counters(here):
    for n in range(600):
        tries.count(tries.shared("post", f"10.0.{n // 250}.{n % 250}"), at=now())
    ((rows,),) = sealed.as_owner("SELECT count(key) FROM clues_try")
    assert rows <= tries.COUNTERS
    Client(REMOTE_ADDR="10.9.8.7", headers={"user-agent": "Finder/9.8"}).post("/", {"step": "write"})
    write(Client(REMOTE_ADDR="10.9.8.7", headers={"user-agent": "Finder/9.8"}))
    tables = [
        name
        for (name,) in sealed.as_owner(
            "SELECT relname FROM pg_class WHERE relkind = 'r' AND relname LIKE 'clues%%'"
        )
    ]
    said = "".join(str(sealed.as_owner(f"SELECT t.*::text FROM {name} t")) for name in tables)
    said += str(sealed.opened_words())
    assert "10.9.8.7" not in said and "Finder" not in said


def test_counters_that_hold_nobody_up_are_forgotten(here, settings):
    tries.count(tries.own("word", "x"), at=now() - timedelta(hours=3))
    tries.count(tries.own("word", "y"), at=now())
    with worker(settings):
        assert (tries.forget(at=now()), tries.forget(at=now())) == (1, 0)


def test_a_browser_that_is_closed_remembers_neither_language_nor_form(here, settings):
    settings.CSRF_COOKIE_AGE = None  # as the sealed process has it
    browser = Client()
    browser.get("/?lang=en")
    browser.get("/")
    assert browser.cookies["lang"].value == "en"
    assert not any(one["max-age"] or one["expires"] for one in browser.cookies.values())


# To follow it


def opened(here, settings, **more):
    code = code_of(write(**more))
    with worker(settings):
        work()
        pk = one_clue()
    return code, pk


def test_code_alone_shows_the_day_and_no_word_code_and_word_show_all(here, settings):
    code, pk = opened(here, settings)
    with worker(settings):
        handed(here, pk)
        handling.say(clue_id=pk, text="请问是哪一年？", kind=rules.TalkKind.QUESTION, **here.holds("second"))
    bare = Client().post("/status", {"receipt": code}).content.decode()
    assert rules.ClueSaid.WORKING.label in bare and "请问是哪一年" not in bare and "谁看过" not in bare
    full = Client().post("/status", {"receipt": code, "word": "4321"}).content.decode()
    assert "请问是哪一年？" in full and "棠川县纪委监委" in full and "看了您写的原话" in full
    assert not re.search(r"·\s*(clerk|second)\b", full), "never who it was"


def acted(browser, page, **told):
    kept = re.search(r'name="kept" value="([0-9a-f]+)"', page.content.decode())[1]
    once = re.search(r'name="once" value="([^"]+)"', page.content.decode())
    return browser.post("/status", {"kept": kept, "once": once[1] if once else ""} | told)


def test_the_person_speaks_once_though_the_button_was_pressed_twice(here, settings):
    code, _ = opened(here, settings)
    browser = Client()
    page = browser.post("/status", {"receipt": code, "word": "4321"})
    for _ in range(2):
        said = acted(browser, page, step="more", text="清单贴在村部。")
    assert said.content.decode().count("清单贴在村部。") == 1
    empty = acted(browser, page, step="more", text="  ")
    assert "还没有写内容" in empty.content.decode()


def test_a_result_that_is_not_accepted_and_harm_go_back_to_who_handles_it(here, settings):
    code, pk = opened(here, settings)
    with worker(settings):
        handed(here, pk)
        who = here.holds("second") | {"at": now()}
        handling.decide(clue_id=pk, finding=rules.Finding.UNPROVED, result="没有查到。", **who)
        handling.answer(clue_id=pk, text="没有查到证据。", **who)
    browser = Client()
    page = browser.post("/status", {"receipt": code, "word": "4321"})
    after = acted(browser, page, step="view", text="清单就在村部。")
    assert rules.ClueSaid.WORKING.label in after.content.decode()
    after = acted(browser, after, step="harmed", text="停了我家的低保。")
    assert "先办这一件" in after.content.decode() and "停了我家的低保。" in after.content.decode()


def test_money_came_when_the_household_says_so(here, settings):
    code, pk = opened(here, settings)
    with worker(settings):
        handed(here, pk)
        who = here.holds("second") | {"at": now()}
        which = handling.owe_refund(clue_id=pk, household="三组王家", fen=300_000, due_on=now().date(), **who)
    browser = Client()
    page = browser.post("/status", {"receipt": code, "word": "4321"})
    assert "3,000.00" in page.content.decode() and 'value="came"' not in page.content.decode()
    with worker(settings):
        handling.pay_refund(clue_id=pk, refund_id=which, **who)
    page = browser.post("/status", {"receipt": code, "word": "4321"})
    page = acted(browser, page, step="not-came", refund=str(which))
    assert rules.RepayState.DISPUTED.label in page.content.decode()
    page = acted(browser, page, step="came", refund=str(which))
    assert rules.RepayState.RECEIVED.label in page.content.decode()


def test_wrong_words_shut_the_texts_and_not_the_dates_wrong_codes_make_their_sender_wait(here, settings):
    code, _ = opened(here, settings)
    for _ in range(tries.FREE + 1):
        page = Client().post("/status", {"receipt": code, "word": "9999"})
    assert "连着输错要等" in page.content.decode() and rules.ClueSaid.KEPT.label in page.content.decode()
    right = Client().post("/status", {"receipt": code, "word": "4321"}).content.decode()
    assert "来往的话" not in right, "while it is shut, the right word tells nothing either"
    for _ in range(tries.FREE + 1):
        wrong = Client().post("/status", {"receipt": "4829135702641189"})
        assert wrong.status_code == 404
    shut = Client().post("/status", {"receipt": code})
    assert shut.status_code == 429 and int(shut["Retry-After"]) <= tries.MOST_S
    assert "查不到" in wrong.content.decode()


def test_a_closed_page_asks_again_and_the_token_of_another_opens_nothing(here, settings):
    opened(here, settings)
    browser = Client()
    for kept in ("", "00", "zz", "ab" * 40):
        page = browser.post("/status", {"kept": kept, "step": "more", "text": "x"})
        assert page.status_code == 200 and 'name="receipt"' in page.content.decode()


def test_the_slip_of_a_logged_county_is_read_with_this_sides_own_rights(here, settings):
    settings.MINQING_CLUES_LOGGED = True
    assert with_proof() and write().status_code == 200


def test_waiting_is_short_and_forgotten_within_the_hour(here):
    key, at = tries.own("word", "x"), now()
    waits = [tries.count_wrong(key, at=at) for _ in range(15)]
    assert waits[: tries.FREE] == [0] * tries.FREE and max(waits) == tries.MOST_S
    assert (
        tries.shut_for(key, at=at) == tries.MOST_S and tries.shut_for(key, at=at + timedelta(minutes=1)) == 0
    )
    assert tries.count_wrong(key, at=at + timedelta(hours=1)) == 0
