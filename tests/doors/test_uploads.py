"""Files on their way in: too large, too many, of the wrong kind, or with no room left, and not a word is lost."""

import contextlib
import os
import resource
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from doors.office import signed_in, words
from doors.test_public import picture, registered, send
from makers import AT, County, county, register
from means.attacks import photo
from minqing.doors.parts.uploads import BoundedHandler, NotTaken
from minqing.means.files.models import Blob
from minqing.means.files.queries import counts_of
from minqing.means.files.rules import (
    LARGEST,
    MB,
    MOST_AT_ONCE,
    FilesTooLargeTogether,
    FileTooLarge,
    StoreFull,
)
from minqing.work.intake.models import Demand
from work import casework

pytestmark = pytest.mark.django_db
SAID = "三组的水管裂了，停水两天。"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    settings.MINQING_FILES = tmp_path / "files"
    settings.MINQING_FILES.mkdir()
    cache.clear()
    return county()


def on_disk(folder: Path) -> int:
    """What lies in a folder, and what this process holds open there without a name."""
    listed = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return listed + sum(os.fstat(number).st_size for number in held_open(folder))


def held_open(folder: Path) -> Iterator[int]:
    for entry in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            where = os.readlink(f"/proc/self/fd/{entry}")
            if where.startswith(f"{folder}/") and where.endswith("(deleted)"):
                yield int(entry)


@contextlib.contextmanager
def room_left(size: int) -> Iterator[None]:
    """The limit on file size makes the same write fail that a full disk does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def through(handler: BoundedHandler, megabytes: int, name: str = "长片.mp4") -> Any:
    handler.new_file("files", name, "video/mp4", None)
    for at in range(megabytes):
        handler.receive_data_chunk(bytes(MB), at * MB)
    return handler.file_complete(megabytes * MB)


def test_of_two_hundred_megabytes_no_more_than_the_largest_file_is_ever_on_the_disk(
    tmp_path: Path, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    handler, most = BoundedHandler(), 0
    handler.new_file("files", "长片.mp4", "video/mp4", None)
    for at in range(200):
        handler.receive_data_chunk(bytes(MB), at * MB)
        most = max(most, on_disk(tmp_path))
    came = handler.file_complete(200 * MB)
    assert most <= LARGEST
    assert on_disk(tmp_path) == 0
    assert (came.name, came.size) == ("长片.mp4", 200 * MB)
    for opened in (came.chunks, came.read):
        with pytest.raises(FileTooLarge):
            opened()


def test_many_files_that_fit_one_by_one_are_too_much_together(tmp_path: Path, settings: Any) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    handler = BoundedHandler()
    came = [through(handler, 40) for _ in range(MOST_AT_ONCE // MB // 40 + 2)]
    refused = [one for one in came if isinstance(one, NotTaken)]
    assert len(refused) == 2
    assert all(isinstance(one.why, FilesTooLargeTogether) for one in refused)
    assert on_disk(tmp_path) <= MOST_AT_ONCE
    assert not isinstance(through(handler, 1, "小的.mp4"), NotTaken), (
        "a small one after a large one still fits"
    )
    for one in came:
        one.close()
    assert on_disk(tmp_path) <= 1 * MB


@pytest.mark.parametrize("left", [0, 100_000])
def test_where_there_is_no_room_for_what_comes_in_the_file_is_refused_by_name(
    here: County, tmp_path: Path, settings: Any, left: int
) -> None:
    """At the first byte or in the middle."""
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    with room_left(left):
        came = through(BoundedHandler(), 2)
    assert isinstance(came, NotTaken)
    assert isinstance(came.why, StoreFull)
    assert on_disk(tmp_path) == 0


def test_a_folder_for_uploads_that_is_gone_costs_the_file_and_not_the_words(
    here: County, settings: Any
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = "/nowhere/at/all"
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 10
    page = send(Client(), 4, text=SAID, files=[picture()])
    assert page.status_code == 422
    assert SAID in page.content.decode()
    assert "满了" in page.content.decode()
    assert registered(Client(), text=SAID)


def test_a_full_store_costs_the_photo_and_not_the_words(here: County) -> None:
    """The text goes out without the photo, by the same page, at once."""
    client, key = Client(), uuid4().hex
    with room_left(100):
        page = send(client, 4, text=SAID, name="林小溪", form_key=key, files=[picture()])
    said = page.content.decode()
    assert page.status_code == 422
    assert SAID in said
    assert "林小溪" in said
    assert "存放文件的地方满了" in said
    assert not Blob.objects.exists()
    registered(client, text=SAID, form_key=key)
    assert Demand.objects.get().text == SAID


def test_a_hundred_and_fifty_photos_are_too_many_and_the_words_stay(here: County) -> None:
    one = picture().read()
    many = [SimpleUploadedFile(f"{n}.jpg", one + bytes([n]), "image/jpeg") for n in range(150)]
    page = send(Client(), 4, text=SAID, files=many)
    assert page.status_code == 422
    assert SAID in page.content.decode()
    assert "最多交20个文件" in page.content.decode()


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("照片.jpg", b"MZ\x90\x00" + bytes(200), "不收程序"),
        ("照片.png", photo(), "里面却是别的东西"),
        ("页面.jpg", b"<!DOCTYPE html><script>alert(1)</script>", "不收网页"),
        ("空的.jpg", b"", ""),
    ],
)
def test_a_file_that_is_not_what_it_is_called_is_refused_at_every_door_and_the_words_stay(
    here: County, name: str, content: bytes, why: str
) -> None:
    def bad() -> SimpleUploadedFile:
        return SimpleUploadedFile(name, content, "image/jpeg")

    page = send(Client(), 4, text=SAID, files=[bad()])
    desk = signed_in(here, "operator").post(
        "/desk/register/", {"text": SAID, "channel": "phone", "sender_key": uuid4().hex, "scan": bad()}
    )
    scan = signed_in(here, "registrar").post(
        "/desk/scans/new/",
        {"pages": [bad()], "arrived_on": "2026-06-20", "name": "林小满", "sender_key": uuid4().hex},
    )
    for answer in (page, desk, scan):
        assert 400 <= answer.status_code < 500
        assert why in words(answer)
    assert SAID in words(page)
    assert SAID in words(desk)
    assert "林小满" in words(scan)
    assert not Demand.objects.exists(), "nothing is registered behind a page that says no"


def test_a_bad_scan_of_a_letter_loses_no_slip_and_the_good_one_follows_it(here: County) -> None:
    desk, typed = signed_in(here, "operator"), {"text": SAID, "channel": "letter", "sender_key": uuid4().hex}
    assert (
        desk.post(
            "/desk/register/", typed | {"scan": SimpleUploadedFile("a.exe", b"MZ" + bytes(90))}
        ).status_code
        == 415
    )
    wrong = desk.post("/desk/register/", typed | {"phone": "没有", "scan": picture()})
    assert wrong.status_code == 422, "the photo is kept with the draft"
    done = desk.post("/desk/register/", typed)
    assert 'class="code"' in words(done)
    demand = Demand.objects.get()
    assert counts_of([f"demand:{demand.pk}"]) == {f"demand:{demand.pk}": 1}


@pytest.mark.parametrize("path", ["/desk/register/", "/desk/quick/"])
def test_a_double_press_at_the_desk_shows_the_slip_of_the_first(here: County, path: str) -> None:
    """A browser shows the answer of the second press: the code must be on it, the caller is still on the line."""
    desk = signed_in(here, "operator")
    typed = {
        "text": SAID,
        "channel": "phone",
        "sender_key": uuid4().hex,
        "name": "林小溪",
        "phone": "13900000021",
    }
    first, second = (words(desk.post(path, typed)) for _ in range(2))
    code = first.partition('class="code">')[2][:60].partition("</")[0]
    assert code.strip()
    assert code in second
    assert Demand.objects.count() == 1


def test_a_letter_scanned_twice_by_a_double_press_is_one_letter_with_one_slip(here: County) -> None:
    desk, key = signed_in(here, "registrar"), uuid4().hex

    def sent() -> str:
        typed = {"pages": [picture()], "arrived_on": "2026-06-20", "sender_key": key}
        return words(desk.post("/desk/scans/new/", typed))

    first, second = sent(), sent()
    code = first.partition('class="code">')[2][:60].partition("</")[0]
    assert code.strip()
    assert code in second
    demand = Demand.objects.get()
    assert counts_of([f"demand:{demand.pk}"]) == {f"demand:{demand.pk}": 1}


def test_a_scan_kept_for_one_officer_never_goes_out_with_the_form_of_another(here: County) -> None:
    typed = {"text": SAID, "channel": "letter", "sender_key": uuid4().hex}
    wrong = signed_in(here, "operator").post("/desk/register/", typed | {"phone": "没有", "scan": picture()})
    assert wrong.status_code == 422
    assert signed_in(here, "dispatcher").post("/desk/register/", typed).status_code == 200
    demand = Demand.objects.get()
    assert counts_of([f"demand:{demand.pk}"]) == {}


def test_photos_added_later_are_refused_by_name_without_losing_the_good_ones(here: County) -> None:
    told = register(word="2468")
    case = casework.accepted(here, demand_id=told.demand_id)
    client = Client()
    client.post("/status", {"receipt": told.receipt, "word": "2468"})
    page = client.post(
        f"/status/cases/{case.pk}/files",
        {"files": [picture(), SimpleUploadedFile("坏.exe", b"MZ" + bytes(90))]},
        follow=True,
    )
    assert "坏.exe" in words(page)
    assert counts_of([f"demand:{told.demand_id}"]) == {f"demand:{told.demand_id}": 1}
