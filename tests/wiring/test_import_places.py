"""A county's own list of places is found by pinyin and initials, and reads in English, without anybody typing that."""

import csv
import json
from argparse import Namespace
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

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


def table(file: Path, *rows: list[str]) -> None:
    with file.open("w", encoding="utf-8", newline="") as made:
        csv.writer(made).writerows(rows)


@pytest.mark.django_db
def test_groups_and_courtyards_come_in_however_their_local_suffix_is_written(tmp_path: Path) -> None:
    file = tmp_path / "places.csv"
    table(
        file, ["code", "name"], ["990101101201-01", "一组"], ["990101101201－02", "二组"], ["99010110120103", "李家院子"],
        ["990101101201-4", "四组"], ["990101", "棠川县"], ["990101101", "青石镇"], ["990101101201", "上湾村"],
    )  # fmt: skip
    rejects = tmp_path / "rejects.csv"
    args = Namespace(what="places", file=file, map=[], yes=True, rejects=rejects, json=True)
    assert main(args) == 1
    assert "990101101201-4" in rejects.read_text("utf-8-sig"), "one digit is no suffix"
    for code, name in (("01", "一组"), ("02", "二组"), ("03", "李家院子")):
        line = place_by_code(f"990101101201-{code}", on=ON)
        assert (line.name, line.path) == (name, f"/990101/101/201/{code}/")
        assert line.full_name == f"青石镇上湾村{name}"


@pytest.mark.django_db
def test_a_folder_of_lists_comes_in_by_the_thousand_says_how_far_it_is_and_a_bad_line_stops_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table(tmp_path / "areas.csv", ["code", "name"], ["990101", "棠川县"])
    table(tmp_path / "streets.csv", ["code", "name"], ["990101101", "青石镇"], ["9901", "不是编码"])
    villages = [[f"990101101{n:03d}", f"{n}号村"] for n in range(201, 999)]
    table(tmp_path / "villages.csv", ["code", "name"], *villages)
    groups = [[f"{code}-{n:02d}", f"第{n}组"] for code, _ in villages for n in range(1, 4)]
    table(tmp_path / "groups.csv", ["code", "name"], *groups)
    args = Namespace(what="places", file=tmp_path, map=[], yes=False, rejects=None, json=True)
    with CaptureQueriesContext(connection) as asked:
        assert main(args) == 1
    total = 2 + len(villages) + len(groups)
    report = capsys.readouterr()
    assert json.loads(report.out) == {
        "read": total + 1,
        "added": total,
        "already": 0,
        "rejected": 1,
        "late": {},
    }
    assert f"{total}/{total}" in report.err, "the bar reached its end"
    assert len(asked) < 20, "places go in by the thousand, not one by one"
    assert main(args) == 1
    assert json.loads(capsys.readouterr().out)["already"] == total, "twice adds nothing"
