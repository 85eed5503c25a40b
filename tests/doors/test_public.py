"""The resident's door: one sentence is enough, nothing typed is lost, nobody learns from a wrong code."""

import re
import sys
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

import sealed
from makers import AT, ENDED, VILLAGE, County, county
from minqing.means.files.queries import counts_of
from minqing.methods.codes import luhn_digit
from minqing.record.inbox.models import Tally
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import demand_by_receipt

pytestmark = pytest.mark.django_db
SAID = "三组的水管裂了，停水两天。\n孩子喝不上水。"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def send(client: Client, step: int, **typed: Any) -> Any:
    typed.setdefault("form_key", uuid4().hex)
    return client.post("/report", {"step": str(step), **typed})


def code_on(page: Any) -> str:
    found = re.search(r'class="code">(.*?)</p>', page.content.decode(), re.S)
    assert found, page.content.decode()
    return re.sub(r"\D", "", re.sub(r"<[^>]+>", "", found[1]))


def registered(client: Client, **typed: Any) -> str:
    sent = send(client, 4, **{"text": SAID} | typed)
    assert sent.status_code == 303, sent.content.decode()
    return code_on(client.get(sent["Location"]))


def picture(name: str = "裂缝.jpg", colour: str = "red") -> SimpleUploadedFile:
    drawn = BytesIO()
    Image.new("RGB", (60, 40), colour).save(drawn, "JPEG")
    return SimpleUploadedFile(name, drawn.getvalue(), "image/jpeg")


def plain(page: Any, *typed: str) -> str:
    """A page without what differs by itself: the token of the form and the echo of what was typed."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=)"[^"]*"', r"\1", page.content.decode())
    text = re.sub(r'nonce="[^"]*"', "", text)
    for one in typed:
        text = text.replace(f'value="{one}"', 'value=""')
    return text


# Report


def test_one_sentence_is_enough(here, client):
    assert client.get("/report").status_code == 200
    slip = client.get(send(client, 1, text="停水了", now="1")["Location"])
    assert demand_by_receipt(code_on(slip)).demand_id


def test_everything_typed_goes_along_forward_and_back(here, client):
    step2 = send(client, 1, text=SAID, accuses="").content.decode()
    assert "水管裂了" in step2
    step3 = send(client, 2, text=SAID, place=VILLAGE, place_words="小学后面").content.decode()
    assert "小学后面" in step3
    assert VILLAGE in step3
    back = send(
        client,
        3,
        text=SAID,
        place=VILLAGE,
        place_words="小学后面",
        name="林小溪",
        phone="13900000021",
        back="1",
    ).content.decode()
    assert re.search(rf'value="{VILLAGE}" selected', back)
    assert "林小溪" in back
    assert "13900000021" in back
    first = send(client, 2, text=SAID, place_words="小学后面", back="1").content.decode()
    assert "孩子喝不上水。</textarea>" in first
    assert "小学后面" in first


def test_lines_of_a_text_arrive_as_they_were_typed_after_four_pages(here, client):
    registered(client, text=SAID.replace("\n", "\r\n"))
    assert Demand.objects.get().text == SAID


def test_too_long_a_text_is_refused_and_still_there(here, client):
    long = "水" * 20_001
    page = send(client, 1, text=long)
    assert page.status_code == 422
    assert long in page.content.decode()
    assert "20,001" in page.content.decode()
    assert Demand.objects.count() == 0


def test_nul_halves_of_pairs_and_right_to_left_words_are_kept_as_far_as_they_can_be(here, client):
    registered(client, text="水\x00 العربية 😀")
    assert Demand.objects.get().text == "水 العربية 😀"


def test_a_bad_telephone_number_costs_nothing(here, client):
    page = send(client, 3, text=SAID, name="林小溪", phone="没有")
    assert page.status_code == 422
    assert all(one in page.content.decode() for one in ("水管裂了", "林小溪", "没有"))


def test_an_answer_by_telephone_needs_a_number_and_a_letter_an_address(here, client):
    for typed in (
        {"reply_by": "phone"},
        {"reply_by": "letter", "name": "林小溪"},
        {"reply_by": "sms", "anonymity": "anonymous", "phone": "13900000021"},
    ):
        page = send(client, 4, text=SAID, **typed)
        assert page.status_code == 422
        assert "水管裂了" in page.content.decode()
    assert (
        send(client, 4, text=SAID, reply_by="letter", name="林小溪", address="上湾村3组2号").status_code
        == 303
    )


def test_a_place_whose_code_ended_leads_to_its_successor_or_is_said(here, client):
    registered(client, place=ENDED)
    assert Demand.objects.get().place_id == VILLAGE
    page = send(client, 4, text=SAID, place="990101101204")
    assert page.status_code == 422
    assert "水管裂了" in page.content.decode()


def test_a_form_sent_twice_is_one_word_and_shows_the_same_slip(here, client):
    key = uuid4().hex
    first = registered(client, form_key=key)
    second = registered(Client(), form_key=key)
    assert first == second
    assert Demand.objects.count() == 1


def test_an_old_form_sent_again_later_says_so_without_a_code(here, client, monkeypatch):
    key = uuid4().hex
    registered(client, form_key=key)
    monkeypatch.setenv("MINQING_NOW", "2026-06-30T09:11:00+08:00")
    late = send(client, 4, text=SAID, form_key=key)
    assert late.status_code == 200
    assert 'class="code"' not in late.content.decode()


def test_several_photos_are_kept_and_a_bad_one_spoils_nothing(here, client):
    key = uuid4().hex
    bad = SimpleUploadedFile("病毒.exe", b"MZ\x90\x00" + b"\0" * 64)
    page = send(client, 4, text=SAID, form_key=key, files=[picture(), picture("二.jpg", "blue"), bad])
    assert page.status_code == 422
    assert "裂缝.jpg" in page.content.decode()
    assert "病毒.exe" in page.content.decode()
    registered(client, form_key=key)
    demand = Demand.objects.get()
    assert counts_of([f"demand:{demand.pk}"]) == {f"demand:{demand.pk}": 2}


def test_switching_language_or_size_keeps_every_word(here, client):
    page = client.post(
        "/report?lang=en",
        {"step": "3", "stay": "1", "text": SAID, "name": "林小溪", "phone": "139", "form_key": "x"},
    )
    said = page.content.decode()
    assert page.status_code == 200
    assert 'lang="en"' in said
    assert all(one in said for one in ("水管裂了", "林小溪", 'value="139"'))
    assert page.cookies["lang"].value == "en"
    large = client.post("/report?elder=1", {"step": "1", "stay": "1", "text": SAID})
    assert "data-elder" in large.content.decode()
    assert "孩子喝不上水" in large.content.decode()


def test_danger_and_despair_get_a_person_and_are_still_registered(here, client):
    page = send(client, 1, text="三楼着火了，有人被困").content.decode()
    assert 'href="tel:119"' in page
    page = send(client, 1, text="我不想活了").content.decode()
    assert "12356" in page
    assert registered(client, text="我不想活了")
    assert Demand.objects.get().alarm == "despair"


def test_who_stays_anonymous_is_told_before(here, client):
    assert "查询码丢了就找不回来" in client.get("/report").content.decode()
    assert "查询码丢了就找不回来" in send(client, 3, text=SAID).content.decode()


# The slip


def test_the_code_stands_in_no_address_and_the_slip_is_there_after_a_refresh(here, client):
    sent = send(client, 4, text=SAID)
    assert sent["Location"] == "/report/slip"
    first, again = code_on(client.get("/report/slip")), code_on(client.get("/report/slip"))
    assert first == again
    assert first not in sent.cookies["slip"].value
    assert client.get("/report/slip/print").content.startswith(b"%PDF")
    assert client.get("/report/slip/print?paper=roll").content.startswith(b"%PDF")
    client.post("/report/slip/done")
    assert client.get("/report/slip").status_code == 303


def test_the_word_is_set_on_the_slip(here, client):
    code = registered(client)
    assert client.post("/report/slip", {"word": "12"}).status_code == 422
    assert client.post("/report/slip", {"word": "２４６８"}).status_code == 303
    assert demand_by_receipt(code, "2468").word_ok
    assert not demand_by_receipt(code, "2469").word_ok


def test_an_accusation_has_the_same_slip_and_the_same_status_page(here, client):
    def shape(page: Any) -> str:
        return re.sub(r"<svg.*?</svg>|[A-Z0-9]{12}|\d", "", plain(page), flags=re.S)

    slips, pages = [], []
    for accuses in ("", "1"):
        own = Client()
        code = registered(own, text="支书克扣低保款。", accuses=accuses, word="2468")
        slips.append(shape(own.get("/report/slip")))
        assert own.post("/status", {"receipt": code, "word": "2468"}).status_code == 303
        pages.append(shape(own.get("/status/page")))
    assert slips[0] == slips[1]
    assert pages[0] == pages[1]
    assert (Demand.objects.count(), len(sealed.verify_numbers())) == (1, 1)


# The code


def wrong_codes(right: str) -> list[str]:
    other = "482913570264118"
    return [
        other + luhn_digit(other), right[:-1] + str((int(right[-1]) + 1) % 10), right[:15], right + "0", "abc", "0", "😀", "１２３",
        " ".join(["0000", "0000", "0000", "0000"]), "1" * 200, "-", "4829-1357-0264-1180",
    ]  # fmt: skip


def test_unknown_wrong_and_mistyped_codes_are_one_answer(here, client):
    right = registered(client)
    answers = set()
    for typed in wrong_codes(right):
        cache.clear()
        Tally.objects.all().delete()
        page = Client().post("/status", {"receipt": typed})
        assert page.status_code == 404, typed
        answers.add(plain(page, typed))
    assert len(answers) == 1


def test_every_try_costs_one_slow_hash(here, client):
    right, slow = registered(client), []

    def count(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_name == "hash_secret_raw":
            slow.append(1)

    for typed in [right, *wrong_codes(right)]:
        cache.clear()
        Tally.objects.all().delete()
        before = len(slow)
        sys.setprofile(count)
        try:
            Client().post("/status", {"receipt": typed, "word": "1234"})
        finally:
            sys.setprofile(None)
        assert len(slow) == before + 1, typed


def test_after_five_wrong_codes_the_sender_waits_and_the_case_stays_open_to_others(here, client):
    right = registered(client)
    for _ in range(5):
        assert client.post("/status", {"receipt": "1234"}).status_code == 404
    slow = client.post("/status", {"receipt": right})
    assert slow.status_code == 429
    assert f'value="{right}"' in slow.content.decode()
    assert Client(REMOTE_ADDR="10.0.0.9").post("/status", {"receipt": right}).status_code == 303


def test_guessing_the_word_shuts_the_texts_for_a_while_and_never_the_dates(here):
    right = registered(Client(), word="2468")
    for n in range(5):
        Client(REMOTE_ADDR=f"10.0.0.{n}").post("/status", {"receipt": right, "word": "0000"})
    own = Client(REMOTE_ADDR="10.0.0.77")
    assert own.post("/status", {"receipt": right, "word": "2468"}).status_code == 303
    page = own.get("/status/page").content.decode()
    assert "2026年7月15日" in page
    assert "要等" in page


def test_the_code_alone_shows_no_word_of_the_matter(here, client):
    code = registered(client, word="2468")
    client.post("/status", {"receipt": code})
    page = client.get("/status/page").content.decode()
    assert "水管" not in page
    assert "2026年7月15日" in page


def test_twenty_minutes_later_the_page_is_shut(here, client, monkeypatch):
    client.post("/status", {"receipt": registered(client)})
    assert client.get("/status/page").status_code == 200
    monkeypatch.setenv("MINQING_NOW", "2026-06-30T09:21:00+08:00")
    assert client.get("/status/page")["Location"] == "/status"


def test_leaving_forgets_the_case(here, client):
    client.post("/status", {"receipt": registered(client)})
    gone = client.post("/status/close")
    assert "storage" in gone["Clear-Site-Data"]
    assert client.get("/status/page").status_code == 302


def test_a_shared_machine_and_an_accusation_leave_no_step_in_the_browser(here, client):
    assert "no-store" not in send(client, 1, text="水管裂了。").headers["Cache-Control"]
    assert "no-store" in send(client, 1, text="他收了钱。", accuses="1").headers["Cache-Control"]
    client.cookies["kiosk"] = "1"
    assert "no-store" in send(client, 1, text="水管裂了。").headers["Cache-Control"]
    assert "cache" in client.post("/report/slip/done").headers["Clear-Site-Data"]


@pytest.mark.parametrize(
    "where", ["/", "/open", "/help", "/privacy", "/report", "/status", "/verify", "/open/booking"]
)
def test_whoever_only_asks_whether_a_page_is_there_is_told(here, client, where):
    assert client.head(where).status_code == 200
