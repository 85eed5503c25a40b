"""Files of an accusation: taken on the web and at the desk, sealed as they come, countable by nobody, openable by one office."""

import os
import re
import sys
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, connection, transaction
from django.test import Client
from PIL import Image

import sealed
from doors.office import signed_in, words
from makers import AT, County, county, register
from minqing.doors.parts import slips
from minqing.means.files.commands import keep_file, keep_sealed
from minqing.means.files.jobs import sweep
from minqing.means.files.models import Blob
from minqing.means.files.rules import MOST_FILES
from minqing.work.intake.commands import seal_demand
from minqing.work.intake.models import Demand
from minqing.work.intake.rules import Channel

pytestmark = pytest.mark.django_db(transaction=True)
ACCUSED = "上湾村支书克扣低保款。"
MARK = b"GPS 26.0800 119.3000"
"""Stands in a photo's own data: evidence in the box, a leak anywhere else."""


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    settings.MINQING_FILES = tmp_path / "files"
    settings.MINQING_FILES.mkdir()
    cache.clear()
    return county()


def photo(name: str = "账本.jpg", shade: int = 120) -> SimpleUploadedFile:
    made, out = Image.new("RGB", (64, 48), (shade, 10, 10)), BytesIO()
    exif = made.getexif()
    exif[0x010E] = MARK.decode()
    made.save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def send(client: Client, step: int, **typed: Any) -> Any:
    return client.post(
        "/report", {"step": str(step), "form_key": KEY, "accuses": "on", "text": ACCUSED, **typed}
    )


KEY = uuid4().hex


def everything_on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def whole_database() -> str:
    """Every row of every table, as text, as the owner sees it."""
    tables = [
        row[0] for row in sealed.as_owner("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    return "".join(
        str(row[0]) for name in tables for row in sealed.as_owner(f'SELECT t::text FROM "{name}" t')
    )


def only_words() -> dict[str, Any]:
    (told,) = sealed.opened_words()
    return told


def test_photos_of_an_accusation_on_the_web_open_for_the_discipline_office_alone(here, client, settings):
    sent = send(client, 4, now="1", files=[photo(), photo("合同.jpg", 30)])
    assert sent.status_code == 303, sent.content.decode()
    told, boxes = only_words(), sealed.boxes()
    assert told["text"] == ACCUSED and {one["id"] for one in told["files"]} == set(boxes) and len(boxes) == 2
    files = [sealed.opened(boxes[one["id"]]) for one in told["files"]]
    assert [head["name"] for head, _ in files] == ["账本.jpg", "合同.jpg"]
    assert all(MARK in content and head["media"] == "image/jpeg" for head, content in files), (
        "as it came: evidence"
    )
    assert files[0][1] == photo().read()


def test_nothing_of_it_stands_open_anywhere_and_nobody_can_count_it(here, client, settings):
    send(client, 4, now="1", files=[photo()])
    assert not Blob.objects.exists() and not Demand.objects.exists()
    for secret in ("账本", MARK.decode(), "image/jpeg"):
        assert secret not in whole_database()
    assert everything_on_disk(settings.MINQING_FILES) == b"", "what waited for the words is gone"
    with connection.cursor() as cursor:
        for question in ("SELECT count(*)", "SELECT id", "SELECT box", "SELECT 1"):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(f"{question} FROM intake_enclosure")
    ((size,),) = sealed.as_owner("SELECT octet_length(box) FROM clues_enclosure")
    send(Client(), 4, now="1", files=[photo(shade=1)], form_key=uuid4().hex)
    assert {row[0] for row in sealed.as_owner("SELECT octet_length(box) FROM clues_enclosure")} == {size}


def test_while_the_report_is_written_files_wait_as_ciphertext_without_a_row(here, client, settings):
    page = send(client, 4, files=[photo()], word="12x4", now="1")
    assert page.status_code == 422 and "已收下1个附件，已经密封" in words(page)
    assert "账本.jpg" not in words(page), "we cannot read its name any more"
    lying = everything_on_disk(settings.MINQING_FILES)
    assert lying and MARK not in lying and not Blob.objects.exists()
    again = send(client, 4, files=[photo(), photo("第二张.jpg", 5)], word="1x", now="1")
    assert "已收下2个附件" in words(again), "the same file again is one"
    assert sent_well(send(client, 4, word="2468", now="1"))
    assert len(sealed.boxes()) == len(only_words()["files"]) == 2


def sent_well(answer: Any) -> bool:
    return answer.status_code == 303


def test_a_large_file_stands_in_no_folder_while_it_comes_in(here, client, settings, tmp_path):
    """Beyond a megabyte a request's files go to the disk: there, too, nobody lists them, and a kill leaves nothing."""
    settings.FILE_UPLOAD_TEMP_DIR, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = str(tmp_path / "coming"), 1000
    (tmp_path / "coming").mkdir()
    seen = []

    def listing(frame: Any, event: str, _: Any) -> None:
        if event == "call" and frame.f_code.co_name == "take_file":
            seen.append(list((tmp_path / "coming").iterdir()))

    sys.setprofile(listing)
    try:
        big = SimpleUploadedFile("录音.mp3", b"ID3" + bytes(3 * 1024 * 1024))
        assert sent_well(send(client, 4, now="1", files=[big]))
    finally:
        sys.setprofile(None)
    assert seen == [[]]
    ((head, content),) = [sealed.opened(box) for box in sealed.boxes().values()]
    assert head["name"] == "录音.mp3" and len(content) == 3 * 1024 * 1024 + 3


def test_what_was_never_sent_is_swept_a_day_later(here, client, settings):
    send(client, 4, files=[photo()], word="x", now="1")
    (lying,) = [path for path in settings.MINQING_FILES.rglob("*") if path.is_file()]
    assert sweep() == 0
    os.utime(lying, (0, 0))
    assert sweep() == 1 and not lying.exists()


def test_files_that_came_before_the_tick_are_sealed_with_it_and_leave_no_row(here, client, settings):
    plain = client.post(
        "/report", {"step": "4", "form_key": KEY, "text": ACCUSED, "files": [photo()], "word": "x"}
    )
    assert plain.status_code == 422 and Blob.objects.count() == 2
    send(client, 1)
    assert not Blob.objects.exists()
    assert sent_well(send(client, 4, now="1"))
    ((head, content),) = [sealed.opened(box) for box in sealed.boxes().values()]
    assert head["name"] == "账本.jpg" and MARK in content
    assert everything_on_disk(settings.MINQING_FILES) == b""


def test_who_takes_the_tick_off_again_is_told_to_choose_the_files_anew(here, client, settings):
    send(client, 4, files=[photo()], word="x")
    page = client.post("/report", {"step": "1", "form_key": KEY, "text": "水管裂了。"})
    assert "已经密封，我们打不开，请重新选一遍" in words(page)
    assert everything_on_disk(settings.MINQING_FILES) == b""


def test_bad_files_are_named_and_the_good_ones_stay(here, client):
    page = send(client, 4, now="1", files=[photo(), SimpleUploadedFile("x.exe", b"MZ12")])
    assert page.status_code == 422 and "x.exe" in words(page) and "已收下1个附件" in words(page)
    many = [photo(f"{n}.jpg", n * 11) for n in range(1, MOST_FILES + 2)]
    page = send(client, 4, now="1", files=many)
    assert f"最多交{MOST_FILES}个" in words(page)
    assert sent_well(send(client, 4, now="1")) and len(sealed.boxes()) == MOST_FILES


def test_the_same_press_twice_is_one_accusation_with_its_files_once(here, client):
    for _ in range(2):
        assert sent_well(send(client, 4, now="1", files=[photo()]))
    assert len(sealed.opened_words()) == 1 and len(sealed.boxes()) == 1


def test_files_that_come_only_with_a_second_press_are_not_lost_but_sealed_as_an_addition(
    here, client, settings
):
    assert sent_well(send(client, 4, now="1", files=[photo()]))
    first = only_words()
    again = send(client, 4, now="1", files=[photo(), photo("合同.jpg", 30)], word="2468")
    page = words(again)
    assert again.status_code == 409 and first["verify_no"] in page and ACCUSED in page
    assert "这次带来的1个附件还在" in page, "the one that is sealed already is not asked for again"
    assert 'value="2468"' in page and "no-store" in again["Cache-Control"]
    assert len(sealed.boxes()) == 1 and not Blob.objects.exists()
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)"', page))
    assert hidden["form_key"] != KEY
    assert sent_well(client.post("/report", {**hidden, "now": "1"}))
    both = sealed.opened_words()
    assert len(both) == 2 and len(sealed.boxes()) == 2
    added = next(one for one in both if one["verify_no"] != first["verify_no"])
    assert ACCUSED in added["text"] and first["verify_no"] in added["text"]
    (file,) = added["files"]
    assert sealed.opened(sealed.boxes()[file["id"]])[0]["name"] == "合同.jpg"
    assert everything_on_disk(settings.MINQING_FILES) == b""


def test_what_is_remembered_of_a_report_is_as_long_with_many_files_as_with_none(here, client):
    sizes = set()
    for n in (0, 1, 4):
        key = uuid4().hex
        assert sent_well(send(client, 4, now="1", form_key=key, files=[photo(shade=one) for one in range(n)]))
        sizes.add(len(Session.objects.get(session_key=slips._place(key)[0]).session_data))
    assert len(sizes) == 1


def test_the_scan_of_an_accusing_letter_at_the_desk_is_sealed_with_its_words(here, settings):
    client, key = signed_in(here, "registrar"), str(uuid4())
    told = {
        "text": ACCUSED,
        "channel": "letter",
        "accuses": "on",
        "scan": photo("来信.jpg"),
        "sender_key": key,
        "name": "林小满",
    }
    answer = client.post("/desk/register/", told)
    assert answer.status_code == 200, words(answer)
    said = only_words()
    ((head, content),) = [sealed.opened(box) for box in sealed.boxes().values()]
    assert (head["name"], said["name"]) == ("来信.jpg", "林小满") and MARK in content
    assert [one["id"] for one in said["files"]] == list(sealed.boxes())
    assert not Blob.objects.exists() and everything_on_disk(settings.MINQING_FILES) == b""


def test_a_scan_that_cannot_be_taken_registers_nothing(here):
    client = signed_in(here, "registrar")
    told = {
        "text": ACCUSED,
        "channel": "letter",
        "accuses": "on",
        "scan": SimpleUploadedFile("x.exe", b"MZ12"),
    }
    answer = client.post("/desk/register/", told)
    assert answer.status_code == 415 and ACCUSED in words(answer)
    assert not sealed.opened_words()


def test_a_letter_may_be_sealed_by_its_scan_alone_without_anybody_typing_it(here, settings):
    told = {"pages": [photo("一.jpg"), photo("二.jpg", 9)], "arrived_on": "2026-06-20", "name": "林小满", "accuses": "on",
            "sender_key": uuid4().hex}  # fmt: skip
    answer = signed_in(here, "registrar").post("/desk/scans/new/", told)
    assert answer.status_code == 200 and "登记好了" in words(answer)
    said = only_words()
    assert said["arrived_on"] == "2026-06-20" and len(said["files"]) == len(sealed.boxes()) == 2
    assert not Demand.objects.exists() and not Blob.objects.exists()


def handed_in(**more: Any) -> Any:
    told = register(ACCUSED + "另外路灯坏了。", **more)
    owner = f"demand:{told.demand_id}"
    keep_file(owner=owner, content=photo().chunks(), name="账本.jpg", at=AT)
    return told.demand_id


def test_an_accusation_found_while_sorting_takes_its_files_along(here, settings):
    demand_id = handed_in()
    keep_sealed(
        owner=f"demand:{demand_id}", content=b"From: x", name="mail.eml", media="message/rfc822", at=AT
    )
    seal_demand(by=here["dispatcher"], demand_id=demand_id, at=AT)
    assert {sealed.opened(box)[0]["name"] for box in sealed.boxes().values()} == {"账本.jpg", "mail.eml"}
    assert len(only_words()["files"]) == 2
    assert not Blob.objects.exists() and everything_on_disk(settings.MINQING_FILES) == b""


def test_of_a_mixed_word_the_files_go_along_unless_they_have_nothing_to_do_with_it(here):
    mixed = {"accusation": ACCUSED, "rest": "路灯坏了。"}
    gone, stays = handed_in(), handed_in()
    letter = handed_in(channel=Channel.LETTER)
    for demand_id, keep in ((gone, False), (stays, True), (letter, True)):
        seal_demand(by=here["dispatcher"], demand_id=demand_id, at=AT, keep_files=keep, **mixed)
    owners = set(Blob.objects.values_list("owner", flat=True))
    assert owners == {f"demand:{stays}"}, "the sheet on which the accusation stands never stays"
    assert len(sealed.boxes()) == 2 and Demand.objects.filter(state="waiting").count() == 3


def test_a_scanned_letter_may_be_sealed_before_anybody_has_typed_it(here):
    told = {"pages": [photo()], "arrived_on": "2026-06-20", "sender_key": uuid4().hex}
    signed_in(here, "registrar").post("/desk/scans/new/", told)
    row, desk = Demand.objects.get(), signed_in(here, "dispatcher")
    assert f"/desk/demands/{row.pk}/seal/" in words(desk.get(f"/desk/demands/{row.pk}/"))
    assert desk.post(f"/desk/demands/{row.pk}/seal/", {}).status_code == 303
    assert not Demand.objects.exists() and not Blob.objects.exists()
    assert sealed.verify_numbers() == [row.verify_no]
    assert len(sealed.boxes()) == 1
