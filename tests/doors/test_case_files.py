"""What a resident handed in reaches whoever handles it, on the case page, through the gate of the words; the original never."""

from io import BytesIO
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from PIL import Image

from doors.office import seat, signed_in, words
from makers import AT, VILLAGE, County, county, register
from minqing.charter import Role
from minqing.ground.offices.commands import give_token
from minqing.kernel.errors import NotFound
from minqing.means.files.commands import keep_file, keep_sealed
from minqing.means.files.models import Blob
from minqing.means.files.queries import files_of
from minqing.means.files.rules import FileClass, FileState
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import case_page
from minqing.work.cases.queries.enclosed import open_enclosed
from minqing.work.intake.rules import Anonymity, Channel
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def picture(shade: int = 200) -> bytes:
    out = BytesIO()
    Image.new("RGB", (60, 80), (shade, shade, shade)).save(out, "JPEG")
    return out.getvalue()


def hand_in(demand_id: Any, *, name: str = "水管.jpg", content: bytes | None = None) -> Any:
    """Keep one file with a word; its clean copy's id."""
    owner = f"demand:{demand_id}"
    original = keep_file(owner=owner, content=[content or picture()], name=name, at=AT)
    copy = Blob.objects.filter(original=original).first()
    return (copy or original).pk


def with_a_photo(here: County, **more: Any) -> tuple[Any, Any, Any]:
    """(case, demand id, file id) of a petition forwarded to the water office."""
    told = register(place=VILLAGE, **more)
    case = casework.forwarded(here, demand_id=told.demand_id)
    return case, told.demand_id, hand_in(told.demand_id)


def test_the_handler_sees_the_photo_beside_the_words_and_opens_its_clean_copy(here):
    case, demand_id, file_id = with_a_photo(here)
    client = signed_in(here, "handler")
    url = f"/desk/cases/{case.pk}/files/{demand_id}/{file_id}/"
    for page in ("", "?tab=words", "accept/"):
        shown = client.get(f"/desk/cases/{case.pk}/{page}")
        assert page == "accept/" or url in words(shown), page
    answer = client.get(url)
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert (
        answer["Content-Disposition"].startswith("inline") and answer["X-Content-Type-Options"] == "nosniff"
    )
    assert "no-store" in answer["Cache-Control"] and "sandbox" in answer["Content-Security-Policy"]
    assert b"".join(answer.streaming_content).startswith(b"\xff\xd8\xff")


def test_every_voice_shows_its_own_and_many_cost_no_more_queries(here, assert_flat):
    case, first, _ = with_a_photo(here)

    def add(n: int) -> None:
        for k in range(n):
            told = register(f"也停水{Blob.objects.count()}-{k}", place=VILLAGE)
            cases.join_demand(
                by=here["dispatcher"], demand_id=told.demand_id, case_id=case.pk, at=AT, reason="同一件"
            )
            hand_in(told.demand_id, content=picture(k))

    assert_flat(make=add, look=lambda: case_page(here["handler"], case.pk, now=AT), many=5)
    page = case_page(here["handler"], case.pk, now=AT)
    assert [len(voice.files) for voice in page.voices] == [1] * len(page.voices) and len(page.voices) == 7
    shown = words(signed_in(here, "handler").get(f"/desk/cases/{case.pk}/"))
    assert shown.count("<img") == 7
    own = {one.id for voice in page.voices if voice.demand_id != first for one in voice.files}
    with pytest.raises(NotFound):
        open_enclosed(here["handler"], case.pk, first, next(iter(own)))


def test_who_may_not_read_the_words_gets_no_file_and_learns_nothing(here):
    case, demand_id, file_id = with_a_photo(here)
    url = f"/desk/cases/{case.pk}/files/{demand_id}/{file_id}/"
    for name in ("other_handler", "cadre", "sysadmin", "callback", "deputy"):
        assert signed_in(here, name).get(url).status_code == 404, name
    assert Client().get(url).status_code in {302, 401, 403}
    for name in ("handler", "head", "dispatcher", "leader", "arbiter"):
        assert signed_in(here, name).get(url).status_code == 200, name


def test_the_sealed_original_and_the_raw_mail_are_never_handed_out(here):
    case, demand_id, _ = with_a_photo(here)
    owner = f"demand:{demand_id}"
    keep_sealed(owner=owner, content=b"From: x", name="mail.eml", media="message/rfc822", at=AT)
    sealed = files_of([owner], classes=[FileClass.SEALED])
    assert len(sealed) == 2
    client = signed_in(here, "handler")
    for one in sealed:
        assert client.get(f"/desk/cases/{case.pk}/files/{demand_id}/{one.id}/").status_code == 404
    assert "mail.eml" not in words(client.get(f"/desk/cases/{case.pk}/"))


def test_a_word_that_left_the_case_takes_its_files_along(here):
    case, _, _ = with_a_photo(here)
    told = register("我家也停水", place=VILLAGE)
    cases.join_demand(
        by=here["dispatcher"], demand_id=told.demand_id, case_id=case.pk, at=AT, reason="同一件"
    )
    file_id = hand_in(told.demand_id)
    url, client = f"/desk/cases/{case.pk}/files/{told.demand_id}/{file_id}/", signed_in(here, "handler")
    assert client.get(url).status_code == 200
    cases.leave_case(by=here["dispatcher"], demand_id=told.demand_id, case_id=case.pk, at=AT, reason="不一样")
    assert client.get(url).status_code == 404


def test_a_document_is_downloaded_under_its_name_and_an_infected_one_is_only_named(here):
    case, demand_id, _ = with_a_photo(here)
    sound = b"ID3" + bytes(200)
    heard = hand_in(demand_id, name="说的话.mp3", content=sound)
    client = signed_in(here, "handler")
    answer = client.get(f"/desk/cases/{case.pk}/files/{demand_id}/{heard}/")
    assert (
        answer["Content-Disposition"].startswith("attachment") and b"".join(answer.streaming_content) == sound
    )
    Blob.objects.filter(pk=heard).update(state=FileState.QUARANTINED.value)
    page = words(client.get(f"/desk/cases/{case.pk}/"))
    assert "说的话.mp3" in page and "已经隔离" in page and str(heard) not in page
    assert client.get(f"/desk/cases/{case.pk}/files/{demand_id}/{heard}/").status_code == 403


@pytest.mark.parametrize("anonymity", [Anonymity.CONFIDENTIAL, Anonymity.ANONYMOUS])
def test_a_letter_of_who_would_not_be_known_shows_no_hand_to_the_office(here, anonymity):
    case, demand_id, file_id = with_a_photo(here, channel=Channel.LETTER, anonymity=anonymity, name="林小满")
    url = f"/desk/cases/{case.pk}/files/{demand_id}/{file_id}/"
    office, desk = signed_in(here, "handler"), signed_in(here, "dispatcher")
    assert office.get(url).status_code == 404 and desk.get(url).status_code == 200
    shown = words(office.get(f"/desk/cases/{case.pk}/"))
    assert url not in shown and "来信的原件只有登记的人能看" in shown
    assert url in words(desk.get(f"/desk/cases/{case.pk}/"))


def test_the_api_lists_and_hands_out_the_same_files(here):
    case, demand_id, file_id = with_a_photo(here)
    seat(here, "stranger", "roads", Role.HANDLER)

    def asks(name: str, path: str) -> Any:
        token = "Bearer " + give_token(account_id=here.accounts[name], at=AT)
        return Client().get(f"/api/v1{path}", headers={"Authorization": token})

    (voice,) = asks("handler", f"/cases/{case.pk}").json()["voices"]
    (line,) = voice["files"]
    assert line["id"] == str(file_id) and line["file_class"] == "published"
    path = f"/cases/{case.pk}/demands/{demand_id}/files/{file_id}"
    assert b"".join(asks("handler", path).streaming_content).startswith(b"\xff\xd8\xff")
    assert asks("handler", path)["Content-Disposition"].startswith("attachment")
    assert asks("stranger", path).status_code == 404
