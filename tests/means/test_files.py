"""Promises of files: kept sealed, shown clean, refused by name, never lost and never leaked."""

import io
import os
import resource
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pikepdf
import pytest
from django.conf import settings as product
from PIL import Image

from means.attacks import PAYLOAD, Clamd, armed_pdf, office, photo, png_that_claims
from minqing.kernel.errors import NotFound
from minqing.means.files import rules
from minqing.means.files.commands import erase_file, keep_file, keep_sealed, move_files
from minqing.means.files.commands.clamd import scan
from minqing.means.files.jobs import drop_drafts, scan_waiting, sweep
from minqing.means.files.models import Blob
from minqing.means.files.queries import counts_of, files_of, open_file, store
from minqing.means.files.rules import FileClass, FileState
from minqing.methods import seal

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
OWNER = "demand:1"
EVERY = tuple(FileClass)


@pytest.fixture(autouse=True)
def own_store(tmp_path, settings):
    settings.MINQING_FILES = tmp_path / "files"
    settings.MINQING_FILES.mkdir()
    settings.MINQING_CLAMD = ""


def keep(content: bytes, name: str, *, owner: str = OWNER, **more) -> Blob:
    return keep_file(owner=owner, content=[content[at : at + 5000] for at in range(0, len(content), 5000)],
                     name=name, at=AT, **more)  # fmt: skip


def read(blob_id, *, owner: str = OWNER, classes=EVERY) -> bytes:
    return b"".join(open_file(owner=owner, blob_id=blob_id, classes=classes).chunks)


def published(original: Blob) -> bytes:
    return read(original.copies.get().pk)


def on_disk() -> list[bytes]:
    return [path.read_bytes() for path in product.MINQING_FILES.rglob("*") if path.is_file()]


@pytest.mark.django_db
def test_a_photo_loses_place_maker_and_passengers_and_stands_upright():
    sent = photo() + PAYLOAD
    original = keep(sent, "现场.jpg")
    shown = published(original)
    with Image.open(io.BytesIO(shown)) as picture:
        assert picture.size == (480, 640)
        assert picture.format == "JPEG"
        assert dict(picture.getexif()) == {}
    for gone in (b"TELEPHONE-MAKER", b"Exif", b"<?php", b"PK\x03\x04"):
        assert gone not in shown
    assert read(original.pk) == sent, "the original is evidence and stays as it came"
    assert bytes(original.sha256) == sha256(sent).digest()


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_other_pictures_become_jpeg_of_at_most_1600(kind):
    shown = published(keep(photo((2400, 1200), kind=kind, orientation=1), f"a.{kind.lower()}"))
    with Image.open(io.BytesIO(shown)) as picture:
        assert (picture.format, picture.size) == ("JPEG", (1600, 800))
        assert dict(picture.getexif()) == {}


@pytest.mark.django_db
def test_what_was_see_through_becomes_white():
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    with Image.open(io.BytesIO(published(keep(out.getvalue(), "a.png")))) as picture:
        assert picture.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.django_db
def test_a_pixel_bomb_is_refused_before_it_unfolds():
    for bomb in (png_that_claims(30_000, 30_000), png_that_claims(8000, 5001)):
        with pytest.raises(rules.PictureTooFine):
            keep(bomb, "a.png")
    assert not Blob.objects.exists()
    assert on_disk() == []


HTML = b"<!DOCTYPE html><html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name", "refusal"),
    [
        (SVG, "a.svg", rules.DrawingRefused),
        (SVG, "a.png", rules.DrawingRefused),
        (b"\xef\xbb\xbf \n<SVG>", "a.jpg", rules.DrawingRefused),
        (HTML, "a.html", rules.PageRefused),
        (HTML, "a.pdf", rules.PageRefused),
        (b"MZ" + bytes(100), "a.exe", rules.ProgramRefused),
        (b"MZ" + bytes(100), "a.pdf", rules.ProgramRefused),
        (b"#!/bin/sh\n", "a.amr", rules.ProgramRefused),
        (office("readme.txt"), "a.zip", rules.ProgramRefused),
        (office("readme.txt"), "a.docx", rules.ProgramRefused),
        (photo(), "a.png", rules.NameAndContentDiffer),
        (photo(), "a.pdf.exe", rules.NameAndContentDiffer),
        (photo(), "photo", rules.NameAndContentDiffer),
        (photo(kind="PNG"), "a.jpg", rules.NameAndContentDiffer),
        (office(), "a.xlsx", rules.NameAndContentDiffer),
        (b"\n" + HTML + b"%PDF-1.7", "a.pdf", rules.TwoFilesInOne),
        (b"%PDF-1.7\n<script>alert(1)</script>", "a.pdf", rules.TwoFilesInOne),
        (b"\xff\xd8\xff\xe0<html><body>", "a.jpg", rules.TwoFilesInOne),
        (b"\xff\xd8\xff\xe0" + bytes(500), "a.jpg", rules.PictureBroken),
        (photo()[:600], "a.jpg", rules.PictureBroken),
        (b"%PDF-1.7\n" + bytes(500), "a.pdf", rules.PdfBroken),
        (b"hello", "a.txt", rules.FileKindRefused),
        (b"\x00\x00\x00\x18ftypheic" + bytes(50), "a.heic", rules.FileKindRefused),
        (b"", "a.jpg", rules.FileEmpty),
    ],
)  # fmt: skip
def test_what_is_not_taken_is_refused_by_name_and_leaves_no_trace(content, name, refusal):
    with pytest.raises(refusal) as no:
        keep(content, name)
    assert type(no.value) is refusal
    assert "您写的文字都还在" in str(no.value)
    assert not Blob.objects.exists()
    assert on_disk() == []


@pytest.mark.django_db
def test_a_pdf_keeps_its_page_and_loses_its_teeth():
    original = keep(armed_pdf(), "申请.pdf")
    clean = read(original.copies.get().pk)
    with pikepdf.open(io.BytesIO(clean)) as pdf:
        assert len(pdf.pages) == 1
        assert len(pdf.attachments) == 0
        assert len(pdf.pages[0].obj.Annots) == 2
        flat = b"\n".join(node.unparse(resolved=True) for node in pdf.objects)
    for gone in (
        b"JavaScript",
        b"alert",
        b"Launch",
        b"evil",
        b"OpenAction",
        b"/AA",
        b"ZHANG",
        b"FileAttachment",
        b"Metadata",
    ):
        assert gone not in flat
    assert original.copies.get().file_class == FileClass.STAFF.value


@pytest.mark.django_db
def test_a_pdf_with_a_password_is_refused():
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out, encryption=pikepdf.Encryption(owner="a", user="b"))
    with pytest.raises(rules.PdfBroken):
        keep(out.getvalue(), "a.pdf")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (office(), "a.docx"), (office("xl/workbook.xml"), "表.xlsx"), (office("ppt/p.xml"), "a.pptx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.DOC"), (b"ID3" + bytes(90), "a.mp3"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(50), "a.mp4"), (b"\x00\x00\x00\x18ftypM4A " + bytes(50), "a.m4a"),
        (b"RIFF\x00\x00\x00\x00WAVE" + bytes(50), "a.wav"), (b"#!AMR\n" + bytes(50), "a.amr"),
    ],
)  # fmt: skip
def test_office_files_sound_and_video_are_kept_for_staff_as_they_are(content, name):
    blob = keep(content, name)
    assert (blob.file_class, blob.copies.count()) == (FileClass.STAFF.value, 0)
    opened = open_file(owner=OWNER, blob_id=blob.pk)
    assert (opened.name, b"".join(opened.chunks)) == (name, content)


@pytest.mark.django_db
def test_two_hundred_megabytes_are_not_read():
    read_so_far = 0

    def flood() -> Iterator[bytes]:
        nonlocal read_so_far
        for _ in range(200):
            read_so_far += 1
            yield bytes(rules.MB)

    with pytest.raises(rules.FileTooLarge):
        keep_file(owner=OWNER, content=flood(), name="a.mp4", at=AT, size=200 * rules.MB)
    assert read_so_far == 0
    with pytest.raises(rules.FileTooLarge):
        keep_file(owner=OWNER, content=flood(), name="a.mp4", at=AT)
    assert read_so_far == 51


@pytest.mark.django_db
def test_a_picture_over_ten_megabytes_is_too_large():
    with pytest.raises(rules.FileTooLarge) as no:
        keep(photo() + bytes(10 * rules.MB), "a.jpg")
    assert no.value.data["limit"] == 10


@pytest.mark.django_db
def test_twenty_files_for_one_matter_and_twins_count_once():
    for n in range(20):
        keep(b"ID3" + bytes([n]), "a.mp3")
    with pytest.raises(rules.TooManyFiles):
        keep(b"ID3-more", "a.mp3")
    keep(b"ID3" + bytes([0]), "a.mp3", owner="demand:2")
    assert keep(b"ID3" + bytes([0]), "b.mp3", owner="demand:2").pk
    assert counts_of([OWNER, "demand:2", "demand:3"]) == {OWNER: 20, "demand:2": 1}


@pytest.mark.django_db
def test_nothing_on_disk_or_in_the_table_can_be_read_without_the_key():
    blob = keep(b"ID3" + b"a sentence that is known " * 9000, "张小棠的录音.mp3")
    for content in on_disk():
        assert b"a sentence that is known" not in content
    row = Blob.objects.values().get(pk=blob.pk)
    assert "张小棠" not in str(row)
    assert "张小棠".encode() not in bytes(row["name_sealed"]) + bytes(row["key"])


@pytest.mark.django_db
@pytest.mark.parametrize("change", ["flip", "cut", "drop_last", "empty", "swap"])
def test_a_touched_file_does_not_open(change):
    blob = keep(b"ID3" + os.urandom(2_500_000), "a.mp3")
    other = keep(b"ID3" + os.urandom(2_500_000), "b.mp3")
    path = product.MINQING_FILES / blob.path
    whole = path.read_bytes()
    first = 4 + int.from_bytes(whole[:4], "big")
    path.write_bytes({
        "flip": whole[:900] + bytes([whole[900] ^ 1]) + whole[901:],
        "cut": whole[:-10],
        "drop_last": whole[: 2 * first],
        "empty": b"",
        "swap": (product.MINQING_FILES / other.path).read_bytes(),
    }[change])  # fmt: skip
    with pytest.raises(seal.SealError):
        read(blob.pk)


@pytest.mark.django_db
def test_the_handle_is_the_permission():
    blob = keep(photo(), "a.jpg")
    for owner, classes in (("demand:2", EVERY), (OWNER, (FileClass.STAFF, FileClass.PUBLISHED))):
        with pytest.raises(NotFound):
            open_file(owner=owner, blob_id=blob.pk, classes=classes)
    assert [line.file_class for line in files_of([OWNER])] == [FileClass.PUBLISHED]
    assert {line.file_class for line in files_of([OWNER], classes=EVERY)} == {
        FileClass.SEALED,
        FileClass.PUBLISHED,
    }


@pytest.mark.django_db
def test_files_of_a_draft_follow_it_into_the_demand():
    keep(photo(), "a.jpg", owner="draft:9")
    move_files(old_owner="draft:9", new_owner=OWNER)
    assert files_of(["draft:9"]) == []
    assert files_of([OWNER])[0].name == "a.jpg"


@pytest.mark.django_db
def test_a_full_disk_is_refused_by_name_and_leaves_no_part():
    """The limit on file size makes the very same write fail that a full disk does."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, usual[1]))
    try:
        with pytest.raises(rules.StoreFull):
            keep(b"ID3" + os.urandom(50_000), "a.mp3")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)
    assert not Blob.objects.exists()
    assert on_disk() == []
    assert keep(b"ID3" + os.urandom(50_000), "a.mp3").pk


@pytest.mark.django_db
def test_names_are_kept_harmless():
    for sent, kept in (
        ("../../etc/passwd.mp3", "passwd.mp3"), ("C:\\x\\录音.mp3", "录音.mp3"), ("a\u202e3pm.mp3", "a3pm.mp3"),
        ("a\r\nSet-Cookie: x.mp3", "aSet-Cookie x.mp3"), ("长" * 400 + ".mp3", "长" * 108 + ".mp3"),
    ):  # fmt: skip
        assert open_file(owner=OWNER, blob_id=keep(b"ID3" + sent.encode(), sent).pk).name == kept


@pytest.mark.django_db
def test_with_a_scanner_the_infected_is_kept_but_shut(settings, short_folder):
    clamd = Clamd(short_folder)
    settings.MINQING_CLAMD = clamd.address
    ill, well = keep(b"ID3" + Clamd.VIRUS, "a.mp3"), keep(b"ID3 fine", "b.mp3")
    assert (ill.state, well.state) == (FileState.QUARANTINED.value, FileState.CLEAN.value)
    with pytest.raises(rules.FileInQuarantine):
        open_file(owner=OWNER, blob_id=ill.pk)
    assert read(well.pk) == b"ID3 fine"
    picture = keep(photo() + Clamd.VIRUS, "a.jpg")
    assert picture.copies.count() == 0
    clamd.close()


@pytest.mark.django_db
def test_a_dead_scanner_never_stops_intake_and_what_it_missed_waits(settings, short_folder):
    settings.MINQING_CLAMD = f"unix:{short_folder}/clamd"
    blob = keep(b"ID3 fine", "a.mp3")
    assert blob.state == FileState.UNSCANNED.value
    with pytest.raises(rules.FileNotScannedYet):
        open_file(owner=OWNER, blob_id=blob.pk)
    assert scan_waiting() == 0
    clamd = Clamd(short_folder)
    assert scan_waiting() == 1
    assert scan_waiting() == 0
    assert read(blob.pk) == b"ID3 fine"
    clamd.close()


def test_no_scanner_means_unscanned_and_nothing_is_called():
    assert scan("", b"x") is FileState.UNSCANNED
    assert scan("unix:/nowhere/clamd", b"x") is FileState.UNSCANNED
    assert scan("nonsense", b"x") is FileState.UNSCANNED


@pytest.mark.django_db(transaction=True)
def test_an_erased_file_is_gone_from_disk_and_its_key_from_the_table():
    blob = keep(photo(), "a.jpg")
    erase_file(blob_id=blob.pk, at=AT)
    assert on_disk() == []
    assert {(row.key, row.name_sealed) for row in Blob.objects.all()} == {(None, None)}
    with pytest.raises(rules.FileErased):
        read(blob.pk)
    assert files_of([OWNER], classes=EVERY)[0].erased


@pytest.mark.django_db
def test_raw_mail_is_sealed_as_it_came_and_never_shown():
    blob = keep_sealed(
        owner="mail:1", content=b"From: x\r\n\r\n<script>", name="mail.eml", media="message/rfc822", at=AT
    )
    assert files_of(["mail:1"]) == []
    assert read(blob.pk, owner="mail:1") == b"From: x\r\n\r\n<script>"


@pytest.mark.django_db
def test_what_died_between_disk_and_table_is_swept_and_nothing_else():
    blob = keep(b"ID3 fine", "a.mp3")
    left = product.MINQING_FILES / store.place_of(blob.pk).replace(blob.pk.hex, "0" * 32)
    left.write_bytes(b"x")
    left.with_suffix(".part").write_bytes(b"x")
    assert sweep() == 0, "young ones may belong to a request that is still running"
    assert sweep(older_than=-1) == 2
    assert read(blob.pk) == b"ID3 fine"


@pytest.mark.django_db
def test_a_list_of_files_costs_one_query(assert_flat):
    made = 0

    def make(n):
        nonlocal made
        for _ in range(n):
            made += 1
            keep(b"ID3" + made.to_bytes(4, "big"), "a.mp3", owner=f"demand:{made % 3}")

    assert_flat(make=make, look=lambda: files_of(["demand:0", "demand:1", "demand:2"]))


@pytest.fixture
def short_folder():
    """A folder whose name leaves room for a socket."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="mq") as folder:
        yield Path(folder)


@pytest.mark.django_db
def test_files_of_a_report_never_sent_are_erased_a_day_later() -> None:
    long_ago, now = AT - timedelta(days=2), AT
    left = keep_file(owner="draft:x", content=[photo()], name="a.jpg", at=long_ago)
    fresh = keep_file(owner="draft:y", content=[photo()], name="b.jpg", at=now)
    sent = keep_file(owner="demand:z", content=[photo()], name="c.jpg", at=long_ago)
    assert drop_drafts(now) == 1
    keys = {blob.pk: Blob.objects.get(pk=blob.pk).key for blob in (left, fresh, sent)}
    assert keys[left.pk] is None
    assert keys[fresh.pk] is not None
    assert keys[sent.pk] is not None
