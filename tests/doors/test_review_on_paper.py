"""A request for review that came by letter or at the counter: entered at the desk or by the API, by the same command."""

from io import BytesIO

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from doors.office import signed_in, words
from doors.test_api_staff import Staff
from makers import County, county
from minqing.means.files.queries import files_of
from minqing.work.cases.models import Case
from work.casework import later, owed, reviewed, served, voice

pytestmark = pytest.mark.django_db
WHY = "只量了白天，没有量夜里。"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", later(10).isoformat())
    cache.clear()
    return county()


def page_of_paper() -> SimpleUploadedFile:
    content = BytesIO()
    Image.new("RGB", (60, 80), "white").save(content, "PNG")
    return SimpleUploadedFile("申请书.png", content.getvalue(), "image/png")


def test_the_desk_enters_it_with_its_day_and_its_scan(here: County) -> None:
    case = served(here)
    client = signed_in(here, "dispatcher")
    path = f"/desk/cases/{case.pk}/ask-review/"
    assert path in words(client.get(f"/desk/cases/{case.pk}/"))
    form = words(client.get(path))
    assert 'enctype="multipart/form-data"' in form and "谁申请的" not in form, "one voice: nothing to choose"
    told = {"demand_id": str(voice(case)), "on": "2026-07-07", "reason": WHY}
    assert client.post(path, told | {"scan": [page_of_paper(), page_of_paper()]}).status_code == 303
    case.refresh_from_db()
    assert (case.state, owed(case.pk)) == ("reviewing", {"xf.review": "2026-08-06"}), (
        "thirty days from its arrival"
    )
    assert files_of([f"demand:{voice(case)}"]), "the paper stands beside the person's word"
    assert WHY in words(signed_in(here, "leader").get(f"/desk/cases/{case.pk}/"))


def test_a_day_that_cannot_be_keeps_what_was_typed(here: County) -> None:
    case = served(here)
    told = {"demand_id": str(voice(case)), "on": "2026-07-11", "reason": WHY}
    answer = signed_in(here, "dispatcher").post(f"/desk/cases/{case.pk}/ask-review/", told)
    assert answer.status_code == 422 and WHY in words(answer) and "收到的日期" in words(answer)
    assert Case.objects.get(pk=case.pk).state == "served"


def test_the_api_enters_it_too_and_names_the_same_refusals(here: County) -> None:
    case, second = served(here), reviewed(here)
    desk = Staff(here, "dispatcher")
    told = {"demand_id": str(voice(case)), "on": "2026-07-07", "reason": WHY}
    done = desk.post(f"/cases/{case.pk}/ask-review", told)
    assert (done.status_code, done.json()["state"]) == (200, "reviewing")
    assert desk.post(f"/cases/{second.pk}/ask-rereview", told | {"demand_id": str(voice(second))}).json()[
        "code"
    ] == ("case.not-served")
    assert (
        desk.post(f"/cases/{case.pk}/ask-review", told | {"on": "2026-08-01"}).json()["code"]
        == "case.bad-arrival"
    )
    assert desk.post(f"/cases/{case.pk}/ask-review", told | {"scan": "申请书.png"}).status_code == 422, (
        "no field of the API"
    )
    assert Staff(here, "leader").post(f"/cases/{case.pk}/ask-review", told).status_code == 403
