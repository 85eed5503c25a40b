"""The API's lists of offices and places: by these another system learns the ids and codes that acts ask for."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client

from asking import is_problem
from doors.test_api_staff import Staff
from makers import AT, VILLAGE, County, county, register
from minqing.ground.offices.models import Office
from minqing.ground.offices.queries import office_list
from minqing.ground.places.models import Place
from minqing.ground.places.queries import place_list, valid_on

pytestmark = pytest.mark.django_db
BOTH = ("/offices", "/places")


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def rows(answer) -> list[dict]:
    assert answer.status_code == 200, answer.content
    return answer.json()["rows"]


def in_force() -> list[str]:
    return sorted(Place.objects.filter(valid_on(AT.date())).values_list("code", flat=True))


def test_a_case_is_sent_to_an_office_found_by_its_name_alone(here):
    desk, told = Staff(here, "dispatcher"), register("停水", place=VILLAGE)
    case = desk.post(f"/demands/{told.demand_id}/open", {"title": "停水", "track": "petition"}).json()["id"]
    name = Office.objects.get(pk=here.offices["water"]).name
    (office,) = rows(desk.get(f"/offices?name={name[1:]}"))
    assert (office["id"], office["name"]) == (str(here.offices["water"]), name)
    sent = desk.post(f"/cases/{case}/forward", {"office_id": office["id"], "words": "请办"})
    assert sent.status_code == 200, sent.content


def test_offices_narrow_by_code_name_and_kind(here):
    desk, water = Staff(here, "dispatcher"), Office.objects.get(pk=here.offices["water"])
    every = rows(desk.get("/offices"))
    assert [row["code"] for row in every] == sorted(Office.objects.values_list("code", flat=True))
    assert [row["code"] for row in rows(desk.get(f"/offices?code={water.code}"))] == [water.code]
    assert {row["kind"] for row in rows(desk.get(f"/offices?kind={water.kind}"))} == {water.kind}
    assert rows(desk.get("/offices?name=没有这样的单位")) == []


def test_places_narrow_by_code_name_and_level(here):
    desk, village = Staff(here, "dispatcher"), Place.objects.get(pk=VILLAGE)
    assert [row["code"] for row in rows(desk.get("/places"))] == in_force()
    assert [row["code"] for row in rows(desk.get(f"/places?code={VILLAGE}"))] == [VILLAGE]
    assert VILLAGE in [row["code"] for row in rows(desk.get(f"/places?name={village.name[:2]}"))]
    assert {row["level"] for row in rows(desk.get("/places?level=village"))} == {"village"}


def test_what_has_ended_is_not_listed(here):
    desk, before = Staff(here, "dispatcher"), AT.date() - timedelta(days=1)
    Office.objects.filter(pk=here.offices["water"]).update(open_to=before)
    Place.objects.filter(pk=VILLAGE).update(valid_to=before)
    assert str(here.offices["water"]) not in [row["id"] for row in rows(desk.get("/offices"))]
    assert VILLAGE not in [row["code"] for row in rows(desk.get("/places"))]


def test_page_after_page_lists_each_once(here):
    offices = sorted(Office.objects.values_list("code", flat=True))
    for listed, every in ((office_list, offices), (place_list, in_force())):
        seen, after = [], ""
        while True:
            page, after = listed(on=AT.date(), after=after, size=2)
            seen += [one.code for one in page]
            assert len(page) <= 2
            if not after:
                break
        assert seen == every


def test_where_the_next_page_starts_is_told_and_taken(here):
    desk, water = Staff(here, "dispatcher"), Office.objects.get(pk=here.offices["water"])
    Office.objects.bulk_create(
        Office(code=f"zz{n:03}", name=f"第{n}所", kind=water.kind, place_id=water.place_id,
               place_path=water.place_path, path="", open_from=AT.date())
        for n in range(101)
    )  # fmt: skip
    first = desk.get("/offices?code=zz").json()
    assert (len(first["rows"]), first["next"]) == (100, "zz099")
    second = desk.get(f"/offices?code=zz&after={first['next']}").json()
    assert ([row["code"] for row in second["rows"]], second["next"]) == (["zz100"], None)


@pytest.mark.parametrize("path", BOTH)
def test_only_staff_read_the_list_and_no_filter_is_left_out_in_silence(here, path):
    is_problem(Client(raise_request_exception=False).get("/api/v1" + path), 401, "not-signed-in")
    desk = Staff(here, "dispatcher")
    is_problem(desk.get(path + "?colour=red"), 422, "field.invalid")
    is_problem(desk.get(path + "?kind=castle&level=castle"), 422, "field.invalid")
    assert rows(desk.get(path + "?name=%25")) == []
    is_problem(desk.get(path + "?name=a%00b"), 400, "request.bad")


def test_both_lists_stand_in_the_schema(here):
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    for path in BOTH:
        told = paths["/api/v1" + path]["get"]
        assert {"code", "name", "after"} <= {one["name"] for one in told["parameters"]}
