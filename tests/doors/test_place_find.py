"""A place is found by part of its name, without a script, in every form that asks where; nothing typed is lost."""

import re

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in, words
from makers import AT, COUNTY, OTHER_VILLAGE, TOWN, VILLAGE, County, county, register
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import demand_line
from work import casework

pytestmark = pytest.mark.django_db
SAID = "三组停水了"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    made = county()
    load_places([
        PlaceRow(COUNTY, "棠川县", "Tangchuan County"), PlaceRow(TOWN, "青石镇", "Qingshi Town", "qsz"),
        PlaceRow(OTHER_VILLAGE, "下湾村", "Xiawan Village", "xwc"), PlaceRow(f"{VILLAGE}-03", "三组", "Shangwan Group 3"),
    ])  # fmt: skip
    return made


def found(page: str) -> dict[str, str]:
    """What stands on top of the list: code → name."""
    group = re.search(r'<optgroup label="(?:找到的|Found)">(.*?)</optgroup>', page, re.DOTALL)
    return dict(re.findall(r'<option value="([^"]*)"[^>]*>([^<]*)</option>', group[1])) if group else {}


def chosen(page: str) -> str:
    picked = re.search(r'<select name="place".*?</select>', page, re.DOTALL)
    assert picked
    one = re.search(r'value="([^"]*)" selected', picked[0])
    return one[1] if one else ""


@pytest.mark.parametrize("path", ["/desk/register/", "/desk/quick/"])
def test_part_of_a_name_brings_the_place_and_keeps_what_was_typed(here: County, path: str) -> None:
    client = signed_in(here, "handler")
    typed = {"text": SAID, "phone": "13900000021", "channel": "phone", "place_find": "下湾", "_find": "place"}
    page = words(client.post(path, typed))
    assert found(page) == {OTHER_VILLAGE: "青石镇下湾村"} and chosen(page) == OTHER_VILLAGE
    assert SAID in page and "13900000021" in page and Demand.objects.count() == 0
    assert "有1处需要改" not in page


@pytest.mark.parametrize("typed", ["xw", "Xiawan", "下湾", OTHER_VILLAGE])
def test_initials_pinyin_and_code_find_it_too(here: County, typed: str) -> None:
    page = words(
        signed_in(here, "handler").post("/desk/quick/", {"text": SAID, "place_find": typed, "_find": "place"})
    )
    assert list(found(page)) == [OTHER_VILLAGE]


def test_a_group_is_found_that_stands_in_no_list_and_can_be_registered(here: County) -> None:
    client = signed_in(here, "handler")
    page = words(client.post("/desk/quick/", {"text": SAID, "place_find": "三组", "_find": "place"}))
    assert found(page) == {f"{VILLAGE}-03": "青石镇上湾村三组"}
    client.post("/desk/quick/", {"text": SAID, "place": chosen(page), "sender_key": "g"})
    assert Demand.objects.get().place_id == f"{VILLAGE}-03"


def test_a_name_typed_and_no_place_chosen_is_looked_for_before_anything_is_sent(here: County) -> None:
    client = signed_in(here, "handler")
    page = words(client.post("/desk/quick/", {"text": SAID, "place_find": "下湾"}))
    assert chosen(page) == OTHER_VILLAGE and Demand.objects.count() == 0
    page = words(client.post("/desk/quick/", {"text": SAID, "place_find": "没有的村"}))
    assert "“没有的村”找到0个" in page and Demand.objects.count() == 0
    client.post("/desk/quick/", {"text": SAID, "place_find": ""})
    assert Demand.objects.count() == 1, "nobody is kept from sending because a place has no name"


def test_the_place_of_a_word_is_set_by_name_at_the_sorting_table(here: County) -> None:
    demand_id = register(SAID).demand_id
    client = signed_in(here, "dispatcher")
    path = f"/desk/demands/{demand_id}/sort/"
    page = words(client.post(path, {"title": "停水", "place_find": "下湾", "_find": "place"}))
    assert chosen(page) == OTHER_VILLAGE and "停水" in page and demand_line(demand_id).title != "停水"
    assert client.post(path, {"title": "停水", "place": chosen(page)}).status_code == 303
    assert (demand_line(demand_id).place, demand_line(demand_id).title) == (OTHER_VILLAGE, "停水")


def test_residents_find_it_the_same_way_in_their_own_language(here: County) -> None:
    client = Client()
    client.cookies["lang"] = "en"
    typed = {"step": "2", "text": SAID, "place_find": "Xiawan", "_find": "place"}
    page = words(client.post("/report", typed))
    assert found(page) == {OTHER_VILLAGE: "Xiawan Village, Qingshi Town"} and SAID in page
    assert "下湾村" not in page, "an English list names places in English"
    skipped = words(client.post("/report", {"step": "2", "text": SAID, "place_find": "Xiawan", "skip": "1"}))
    assert "Step 3" in skipped


# Among the filters of a list


def listed(page: str) -> set[str]:
    return {title for title in ("上湾停水", "下湾停水") if title in page}


@pytest.mark.parametrize(("path", "step"), [("/desk/cases/", "accepted"), ("/desk/waiting/", "")])
def test_a_list_is_filtered_by_part_of_a_place_s_name_and_the_address_keeps_it(
    here: County, path: str, step: str
) -> None:
    for title, place in (("上湾停水", VILLAGE), ("下湾停水", OTHER_VILLAGE)):
        told = register(title, title=title, place=place)
        if step:
            casework.accepted(here, demand_id=told.demand_id, title=title)
    client = signed_in(here, "dispatcher")
    assert listed(words(client.get(path))) == {"上湾停水", "下湾停水"}
    for typed in ("xw", "Xiawan", "下湾", OTHER_VILLAGE):
        answer = client.get(path, {"kind": "help", "place": "", "place_find": typed, "_find": "place"})
        assert answer.status_code == 302
        assert answer["Location"] == f"?kind=help&place={OTHER_VILLAGE}", "one place is filtered by at once"
    page = words(client.get(path, {"kind": "help", "place": OTHER_VILLAGE}))
    assert listed(page) == {"下湾停水"}
    assert chosen(page) == OTHER_VILLAGE
    several = words(client.get(path, {"kind": "help", "place_find": "湾", "_find": "place"}))
    assert set(found(several)) == {VILLAGE, OTHER_VILLAGE, f"{VILLAGE}-03"}
    assert '<details class="boxes" open>' in several
    assert listed(several) == {"上湾停水", "下湾停水"}, "nothing is filtered until one is chosen"
    assert "“没有的村”找到0个" in words(client.get(path, {"place_find": "没有的村"}))
    below = words(client.get(path, {"place": f"{VILLAGE}-03"}))
    assert listed(below) == set(), "a group is a place of its own"
    assert "三组" in below
