"""The catalogue's guess: own words of a matter, the longest first, and none where none was said."""

from datetime import date

import pytest

from minqing.ground.law.rules.catalogue import Catalogue, entries_on, shipped_entries
from minqing.ground.law.rules.laws import rows_of
from minqing.ground.law.rules.matters import likely

ENTRIES = Catalogue(entries_on(shipped_entries(), date(2026, 6, 30)))


def guess(text: str) -> str:
    found = likely(ENTRIES, text, most=3)
    return found[0].code if found else ""


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("街口的公交站牌被风吹倒三天了，没有人管理。", "traffic.bus"),
        ("车都停在人行道上，巷子里一个停车位也找不到。", "city.parking"),
        ("老板去年的工资到现在没给，一共十一个人。", "labour.wages"),
        ("屋后的养猪场把粪水放进沟里，臭得不敢开窗。", "environment.livestock"),
        ("小学门口那盏路灯黑了半个月。", "city.streetlight"),
        ("我母亲八十三岁，高龄津贴断了两个月。", "relief.elderly"),
        ("工地夜里两点还在打桩，夜间施工有没有批过？", "environment.building-noise"),
        ("今年的玉米被野猪拱了一大片。", "forest.wildlife"),
        ("健身房收了一年的钱，老板跑了。", "market.prepaid"),
        ("变压器太小，一到晚上就跳闸。", "utility.power"),
    ],
)
def test_the_words_people_use_lead_to_their_matter(text, code):
    assert guess(text) == code


@pytest.mark.parametrize(
    "text",
    [
        "请加强管理，服务要跟上，问题要处理。",
        "我想说一件事，但是不知道该找谁。",
        "上次来的那位同志很好，谢谢你们。",
        "桥头那棵老樟树的枝条压到屋顶上了。",
        "山背后的大喇叭挂歪了，听不清楚。",
    ],
)
def test_two_characters_in_common_are_no_guess(text):
    assert guess(text) == ""


def test_a_longer_word_stands_before_a_shorter_one():
    assert [one.code for one in likely(ENTRIES, "公交站牌旁边停车的很多。", most=2)] == [
        "traffic.bus",
        "city.parking",
    ]


def test_words_belong_to_entries_that_exist_and_are_at_least_two_characters():
    rows = list(rows_of("matter_words"))
    codes = [row["code"] for row in rows]
    assert len(codes) == len(set(codes))
    assert set(codes) <= {entry.code for entry in shipped_entries()}
    for row in rows:
        assert all(len(word) > 1 for word in row["words"].split()), row["code"]
