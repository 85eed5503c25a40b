"""Letters: registered by their scan, waiting in plain sight, put into words beside the picture; files have a gate."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from doors.office import signed_in, words
from makers import AT, County, county
from minqing.means.files.queries import files_of
from minqing.means.files.rules import FileClass
from minqing.work.intake.models import Demand

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def page(name: str = "letter.jpg", shade: int = 200) -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (60, 80), (shade, shade, shade)).save(out, "JPEG")
    return SimpleUploadedFile(name, out.getvalue(), "image/jpeg")


def scanned(here: County, **more) -> Demand:
    told = {
        "pages": [page(), page("second.jpg", 90)], "arrived_on": "2026-06-20", "name": "林小满", "address": "上湾村三组",
        "sender_key": uuid4().hex,
    }  # fmt: skip
    answer = signed_in(here, "registrar").post("/desk/scans/new/", told | more)
    assert answer.status_code == 200, words(answer)
    return Demand.objects.latest("registered_at", "id")


def test_a_letter_is_registered_by_its_scan_and_its_clock_runs_from_the_stamp(here):
    row = scanned(here)
    assert (row.state, row.channel, row.text, str(row.arrived_on), row.reply_by) == (
        "unread",
        "letter",
        "",
        "2026-06-20",
        "letter",
    )
    owner = f"demand:{row.pk}"
    assert len(files_of([owner])) == 2 and row.scan_id in {
        one.id for one in files_of([owner], classes=[FileClass.SEALED])
    }
    assert "7月6日" in words(signed_in(here, "registrar").get("/desk/scans/"))


def test_the_queue_shows_the_oldest_stamp_first_and_the_next_one_comes_by_itself(here):
    old, new = scanned(here), scanned(here, pages=[page(shade=10)])
    client = signed_in(here, "registrar")
    url = f"/desk/scans/{old.pk}/"
    shown = words(client.get(url))
    assert shown.count("<img") == 2 and "林*" in shown and "林小满" not in shown
    done = client.post(url, {"title": "停水", "text": "三组停水两天"})
    assert (done.status_code, done["Location"]) == (303, f"/desk/scans/{new.pk}/")
    old.refresh_from_db()
    assert (old.state, old.text) == ("waiting", "三组停水两天")
    last = client.post(f"/desk/scans/{new.pk}/", {"text": "别的事"})
    assert last["Location"] == "/desk/scans/"


def test_words_typed_for_a_letter_that_somebody_else_has_done_are_not_lost(here):
    row = scanned(here)
    client = signed_in(here, "registrar")
    client.post(f"/desk/scans/{row.pk}/", {"text": "先录的"})
    late = client.post(f"/desk/scans/{row.pk}/", {"text": "后录的字还在"})
    assert late.status_code == 409 and "后录的字还在" in words(late)


def test_a_picture_is_shown_clean_and_only_through_the_gate(here):
    row = scanned(here)
    (one, *_) = files_of([f"demand:{row.pk}"])
    url = f"/desk/demands/{row.pk}/files/{one.id}/"
    shown = signed_in(here, "registrar").get(url)
    assert (shown.status_code, shown["Content-Type"]) == (200, "image/jpeg")
    assert shown["Content-Disposition"].startswith("inline") and shown["X-Content-Type-Options"] == "nosniff"
    assert b"".join(shown.streaming_content).startswith(b"\xff\xd8\xff")
    assert signed_in(here, "registrar").get(f"/desk/demands/{row.pk}/files/{row.scan_id}/").status_code == 404
    other = scanned(here, pages=[page(shade=33)])
    assert signed_in(here, "registrar").get(f"/desk/demands/{other.pk}/files/{one.id}/").status_code == 404
    assert signed_in(here, "handler").get(url).status_code == 404
    assert signed_in(here, "sysadmin").get(url).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"pages": []},
        {"pages": [SimpleUploadedFile("x.exe", b"MZ12")]},
        {"arrived_on": "2027-01-01"},
        {"arrived_on": "1948-01-01"},
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_registered(here, wrong):
    told = {"pages": [page()], "arrived_on": "2026-06-20", "name": "林小满"} | wrong
    answer = signed_in(here, "registrar").post("/desk/scans/new/", told)
    assert answer.status_code in {415, 422} and "林小满" in words(answer)
    assert not Demand.objects.exists()


def test_only_who_transcribes_sees_the_queue(here):
    for name in ("handler", "sysadmin", "deputy"):
        assert signed_in(here, name).get("/desk/scans/").status_code == 403
