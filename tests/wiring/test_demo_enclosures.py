"""What came with words of the demo county: by the door everybody uses, drawn, few, and once."""

import io
from datetime import date
from uuid import UUID

import pikepdf
import pytest
from PIL import Image

from minqing.ground.offices.queries import account_by_username, actor
from minqing.means.files.models import Blob
from minqing.means.files.queries import files_of, open_file
from minqing.means.files.rules import FileClass
from minqing.wiring.demo.load import load
from minqing.wiring.demo.sketches import LINE, SKETCHES, STOPS, _lines, letter, picture
from minqing.work.cases.models import Link
from minqing.work.cases.queries import case_page
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import Waiting, demand_line, waiting

TODAY = date(2026, 6, 30)


@pytest.mark.django_db
def test_some_words_came_with_pictures_a_list_and_scanned_letters_and_loading_again_adds_none() -> None:
    load(today=TODAY, items=150, processes=1)
    clean = list(Blob.objects.exclude(file_class=FileClass.SEALED).order_by("kept_at"))
    assert {blob.media for blob in clean} == {"image/jpeg", "application/pdf"}
    assert 10 <= len(clean) <= 40, "few, so that the first start stays short"
    assert all(blob.original is not None and blob.original.file_class == FileClass.SEALED for blob in clean)
    for blob in clean:
        assert demand_line(_word(blob)).registered_at == blob.kept_at, "it came with the word"
        content = b"".join(open_file(owner=blob.owner, blob_id=blob.pk).chunks)
        if blob.media == "image/jpeg":
            assert not Image.open(io.BytesIO(content)).getexif(), "no hour, no place"
        else:
            assert len(pikepdf.open(io.BytesIO(content)).pages) == 1
    they_show_on_the_case_and_letters_without_words_wait_in_the_queue()
    load(today=TODAY, items=150, processes=1)
    assert Blob.objects.exclude(file_class=FileClass.SEALED).count() == len(clean)


def they_show_on_the_case_and_letters_without_words_wait_in_the_queue() -> None:
    account = account_by_username("dispatcher")
    assert account is not None
    by = actor(account, on=TODAY)
    shown = {_word(blob) for blob in Blob.objects.exclude(file_class=FileClass.SEALED)}
    cases = {link.case_id for link in Link.objects.filter(demand_id__in=shown, left_at=None)}
    files = [file for pk in cases for voice in case_page(by, pk).voices for file in voice.files]
    assert cases and files
    unread = waiting(by, only=Waiting(state="unread")).rows
    assert len(unread) == 2
    for line in unread:
        assert files_of([f"demand:{line.id}"]), "there is something to type from"
        assert Demand.objects.get(pk=line.id).scan_id is not None


def test_a_sketch_is_the_same_every_time_and_another_seed_draws_another() -> None:
    for what in SKETCHES:
        assert picture(what, 7) == picture(what, 7)
        assert len({picture(what, seed) for seed in range(8)}) > 1, what


def test_no_line_of_a_letter_begins_with_a_stop_and_a_long_one_ends_on_the_page() -> None:
    lines = _lines("您好：\n" + "路又坏了，" * 200, 12)
    assert lines[0] == "您好：" and len(lines) == 12 and lines[-1] == "……"
    assert all(len(line) <= LINE + 1 and not line.startswith(STOPS) for line in lines)
    assert letter("修。", came="2026-06-30").startswith(b"\xff\xd8\xff")


def _word(blob: Blob) -> UUID:
    return UUID(blob.owner.removeprefix("demand:"))
