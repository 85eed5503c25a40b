"""A county's own list of places is found by pinyin and initials, and reads in English, without anybody typing that."""

import csv
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest

from minqing.ground.places.queries import find_places, found, place_by_code
from minqing.wiring.importing import main
from minqing.wiring.importing.spelling import english, initials

ON = date(2026, 6, 30)


@pytest.mark.parametrize(
    ("name", "said", "letters"),
    [
        ("上湾村", "Shangwan Village", "swc"), ("合阿村", "He'a Village", "hac"), ("青石镇", "Qingshi Town", "qsz"),
        ("吕家沟村村委会", "Lyujiagou Village", "ljgccwh"), ("河口社区居委会", "Hekou Community", "hksqjwh"),
        ("沙县", "Shaxian County", "sx"), ("三组", "Group 3", "sz"), ("第十二村民小组", "Group 12", "dsecmxz"),
        ("重庆路街道", "Chongqinglu Subdistrict", "cqljd"), ("A区", "Aqu District", "aq"), ("", "", ""),
    ],
)  # fmt: skip
def test_names_are_spelled_as_signs_spell_them(name: str, said: str, letters: str) -> None:
    assert (english(name), initials(name)) == (said, letters)


@pytest.mark.django_db
def test_imported_places_are_found_by_pinyin_and_initials(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    rows = [["990101", "棠川县"], ["990101101", "青石镇"], ["990101101201", "上湾村"]]
    with file.open("w", encoding="utf-8", newline="") as made:
        csv.writer(made).writerows([["code", "name"], *rows])
    args = {"what": "places", "map": [], "yes": True, "rejects": None, "json": True}
    assert main(Namespace(file=file, **args)) == 0
    for typed in ("shangwan", "sw", "上湾", "990101101201"):
        assert [one.name for one in find_places(typed, on=ON)] == ["上湾村"]
    assert [one.name for one in found("swc", on=ON, english=True)] == ["Shangwan Village, Qingshi Town"]
    better = tmp_path / "better.csv"
    with better.open("w", encoding="utf-8", newline="") as made:
        csv.writer(made).writerows(
            [["code", "name", "英文名"], ["990101101201", "上湾村", "Upper Bay Village"]]
        )
    assert main(Namespace(file=better, **args)) == 0
    assert place_by_code("990101101201", on=ON).name_en == "Upper Bay Village"
