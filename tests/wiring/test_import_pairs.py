"""The county's list of pairs comes in once; a row that cannot be taken says why; nobody is told."""

import csv
import json
from argparse import Namespace
from pathlib import Path
from typing import Any

import pytest

import makers
from minqing.means.notify.models import Message
from minqing.record.facts.models import Fact, Reaction
from minqing.record.facts.queries import kinds_about
from minqing.wiring.importing import main
from minqing.work.visits.commands import refuse_pair
from minqing.work.visits.models import Pair

HEAD = ["账号", "户号", "类型", "开始日期", "结束日期", "计划", "事项", "本户提出"]
GOOD = [
    ["cadre", "SW-001", "困难户", "2026/1/5", "", "常去坐坐", "修屋顶；办证", ""],
    ["cadre", "SW-001", "student", "2026-02-01", "2027-01-31", "", "", ""],
    ["head", "SW-002", "党员户", "2026年3月2日", "", "", "", ""],
]
BAD = [
    (["nobody", "SW-002", "困难户", "2026/1/5"], "账号"),
    (["sysadmin", "SW-002", "困难户", "2026/1/5"], "岗位"),
    (["cadre", "SW-009", "困难户", "2026/1/5"], "户号"),
    (["cadre", "SW-002", "贫困户", "2026/1/5"], "困难户、学生、信访户、党员户"),
    (["cadre", "SW-002", "困难户", "某天"], "读不懂"),
    (["cadre", "SW-002", "困难户", "2026/1/5", "某天"], "读不懂"),
    (["cadre", "SW-002", "困难户", "2026/1/5", "2025/1/5"], "不能早于"),
    (["cadre", "SW-001", "困难户", "2026/5/5"], "已经有人这样结对"),
]

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(tmp_path: Path, capsys: Any) -> makers.County:
    made = makers.county()
    homes = tmp_path / "homes.csv"
    write(homes, [["户号", "地点编码", "姓名", "电话"], ["SW-001", makers.VILLAGE, "张大田", "13900000031"],
                  ["SW-002", makers.VILLAGE, "李小满", ""]])  # fmt: skip
    assert run(homes, capsys, what="households")[1]["added"] == 2
    return made


def write(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def run(file: Path, capsys: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    args = {"what": "pairs", "file": file, "map": [], "yes": True, "rejects": None, "json": True} | more
    code = main(Namespace(**args))
    out = capsys.readouterr().out.strip()
    return code, json.loads(out) if out else {}


def test_a_list_comes_in_once_and_nobody_is_told(here: makers.County, tmp_path: Path, capsys: Any) -> None:
    file = write(tmp_path / "pairs.csv", [HEAD, *GOOD])
    code, report = run(file, capsys)
    assert (code, report) == (0, {"read": 3, "added": 3, "already": 0, "rejected": 0, "late": {}})
    code, again = run(file, capsys)
    assert (code, again["added"], again["already"], Pair.objects.count()) == (0, 0, 3, 3)
    assert (
        Fact.objects.filter(kind="pair.opened").count()
        == 3
        == Fact.objects.filter(kind__startswith="pair").count()
    )
    assert Reaction.objects.count() == Message.objects.count() == 0
    first = Pair.objects.get(kind="hardship")
    assert (first.items, first.plan, str(first.from_on)) == (["修屋顶", "办证"], "常去坐坐", "2026-01-05")


def test_rows_that_cannot_be_taken_are_named_and_kept(
    here: makers.County, tmp_path: Path, capsys: Any
) -> None:
    rejects = tmp_path / "no.csv"
    rows = [*GOOD, *([*row, *[""] * (len(HEAD) - len(row))] for row, _ in BAD)]
    code, report = run(write(tmp_path / "pairs.csv", [HEAD, *rows]), capsys, rejects=rejects)
    assert (code, report["added"], report["rejected"]) == (1, 3, len(BAD))
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [row["line"] for row in kept] == [str(n) for n in range(5, 5 + len(BAD))]
    for row, (_, why) in zip(kept, BAD, strict=True):
        assert why in row["reason"], row


def test_a_changed_row_changes_the_pair_and_a_refusal_stands(
    here: makers.County, tmp_path: Path, capsys: Any
) -> None:
    run(write(tmp_path / "pairs.csv", [HEAD, *GOOD]), capsys)
    row = Pair.objects.get(kind="hardship")
    changed = [["cadre", "SW-001", "困难户", "2026/1/5", "2026/12/31", "先修屋顶", "", ""]]
    assert run(write(tmp_path / "b.csv", [HEAD, *changed]), capsys)[1]["already"] == 1
    assert kinds_about(row.pk) == ["pair.opened", "pair.changed"]
    refuse_pair(by=here["cadre"], pair_id=row.pk, at=makers.AT)
    assert run(write(tmp_path / "pairs.csv", [HEAD, *GOOD]), capsys)[1]["already"] == 3
    row.refresh_from_db()
    assert row.refused_on is not None and row.plan == "先修屋顶"
    next_year = ["head", "SW-001", "困难户", "2027/1/5", "", "", ""]
    report = run(write(tmp_path / "c.csv", [HEAD, [*next_year, ""]]), capsys)[1]
    assert (report["added"], report["rejected"]) == (0, 1)
    assert run(write(tmp_path / "d.csv", [HEAD, [*next_year, "是"]]), capsys)[1]["added"] == 1


def test_without_a_terminal_the_columns_are_confirmed_first(
    here: makers.County, tmp_path: Path, capsys: Any
) -> None:
    file = write(tmp_path / "pairs.csv", [["who", *HEAD[1:]], *GOOD])
    assert run(file, capsys, yes=True)[1]["code"] == "import.missing-columns"
    assert run(file, capsys, yes=False, map=["cadre=who"])[1]["added"] == 3
    assert run(write(tmp_path / "x.csv", [HEAD, *GOOD]), capsys, yes=False)[1]["code"] == "import.needs-map"
