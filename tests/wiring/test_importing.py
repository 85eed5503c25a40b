"""Old messages come in once, with the clocks of their own day; bad rows are named and kept; nobody is told anything."""

import csv
import gc
import json
import re
from argparse import Namespace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from openpyxl import Workbook, load_workbook
from psycopg.errors import UniqueViolation

import makers
from minqing.means.notify.models import Message
from minqing.record.facts.models import Fact, Reaction
from minqing.wiring.importing import main
from minqing.wiring.importing.messages import (
    WANTED,
    Importer,
    Report,
    import_messages,
    petition_desk,
    read_message,
)
from minqing.wiring.importing.sheets import harmless, rows_of, time_of
from minqing.wiring.loading import Batch, Behind
from minqing.work.cases.models import Case
from minqing.work.duties.models import Duty
from minqing.work.intake.models import Demand

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "messages_replied.csv"
HEAD = ["msg_id", "user", "time", "title", "body", "reply", "reply_time"]
GOOD = [
    ["1", "甲某", "2019/4/25 9:32:09", "路灯不亮", "晒场边三盏路灯不亮。", "已换灯。", "2019/5/10 14:56:53"],
    ["2", "乙某", "2023/2/1 8:00:00", "水渠堵了", "渠里都是泥。", "已清。", "2023/5/20 9:00:00"],
    ["3", "丙某", "2023-03-05", "", "没有标题的一句话。", "", ""],
]
BAD = [
    ["", "丁", "2023/1/1", "t", "没有编号", "", ""],
    ["5", "丁", "2023/1/1", "t", "", "", ""],
    ["6", "丁", "1948/1/1", "t", "太早", "", ""],
    ["7", "丁", "2099/1/1", "t", "太晚", "", ""],
    ["8", "丁", "2023/5/1", "t", "答复比来信早", "答", "2023/4/1"],
    ["9", "丁", "什么时候", "t", "日子读不懂", "", ""],
    ["10", "丁", "2023/5/1", "t", "字" * 20_001, "", ""],
    ["1", "丁", "2023/5/1", "t", "编号用过，内容不同", "", ""],
]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def county() -> None:
    makers.county()


def sheet(path: Path, rows: list[list[str]]) -> Path:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEAD, *rows])
    return path


def run(file: Path, capsys: Any, **more: Any) -> tuple[int, dict[str, Any]]:
    args = {"what": "messages", "file": file, "map": [], "yes": True, "rejects": None, "json": True} | more
    code = main(Namespace(**args))
    out = capsys.readouterr().out.strip()
    return code, json.loads(out) if out else {}


def test_a_file_comes_in_once_with_late_clocks_counted(tmp_path: Path, capsys: Any) -> None:
    file = sheet(tmp_path / "old.csv", GOOD)
    code, report = run(file, capsys)
    assert (code, report["read"], report["added"], report["already"], report["rejected"]) == (0, 3, 3, 0, 0)
    assert report["late"] == {"xf.triage": 0, "xf.tell": 1, "xf.handle": 1}
    again = run(file, capsys)[1]
    assert (again["added"], again["already"]) == (0, 3)
    assert Demand.objects.count() == Case.objects.count() == 3
    assert {(case.due_at is None, case.due_by) for case in Case.objects.all()} == {
        (True, "nobody"),
        (False, "holder"),
    }


def test_a_file_under_another_name_adds_nothing(tmp_path: Path, capsys: Any) -> None:
    run(sheet(tmp_path / "old.csv", GOOD), capsys)
    code, again = run(sheet(tmp_path / "old (1).csv", GOOD), capsys)
    assert (code, again["added"], again["already"]) == (0, 0, 3)


def test_other_words_under_a_known_number_are_named_and_never_passed_over(
    tmp_path: Path, capsys: Any
) -> None:
    run(sheet(tmp_path / "old.csv", GOOD), capsys)
    other = [[*row[:3], row[3] + "另一件事。", *row[4:]] for row in GOOD]
    code, report = run(sheet(tmp_path / "old.csv", other), capsys)
    assert (code, report["added"], report["already"], report["rejected"]) == (1, 0, 0, 3)
    assert run(sheet(tmp_path / "second.csv", other), capsys)[1]["added"] == 3


def test_old_cases_keep_their_own_dates_and_the_law_of_their_day(tmp_path: Path, capsys: Any) -> None:
    run(sheet(tmp_path / "old.csv", GOOD), capsys)
    case = Case.objects.get(external_no="1")
    assert case.registered_at.year == 2019 and case.ended_at is not None and case.n_confirmed == 0
    told = Duty.objects.get(about_id=case.pk, rule="xf.handle")
    assert (told.from_on, told.statutory_on) == (date(2019, 4, 25), date(2019, 6, 24))
    assert told.rule_from is not None and told.rule_from < date(2019, 1, 1)


def test_nobody_is_told_and_no_reaction_is_owed(tmp_path: Path, capsys: Any) -> None:
    run(sheet(tmp_path / "old.csv", GOOD), capsys)
    assert Fact.objects.count() > 6
    assert Reaction.objects.count() == Message.objects.count() == 0


def test_bad_rows_go_to_the_rejects_with_their_reasons_and_no_formula_runs(
    tmp_path: Path, capsys: Any
) -> None:
    rows = [*GOOD, *BAD, ["11", "=cmd()", "什么", "=1+1", "＝1", "", ""]]
    rejects = tmp_path / "no.csv"
    code, report = run(sheet(tmp_path / "old.csv", rows), capsys, rejects=rejects)
    assert (code, report["added"], report["rejected"]) == (1, 3, 9)
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.DictReader(file))
    assert len(kept) == 9 and all(row["reason"] for row in kept)
    assert kept[-1]["user"] == "'=cmd()" or any(row["user"] == "'=cmd()" for row in kept)


def test_rejects_named_as_a_workbook_are_one_with_every_cell_as_text(tmp_path: Path, capsys: Any) -> None:
    rows = [*GOOD, ["11", "=cmd()", "什么", "=1+1", '=HYPERLINK("x")\x0b', "", ""]]
    rejects = tmp_path / "no.xlsx"
    run(sheet(tmp_path / "old.csv", rows), capsys, rejects=rejects)
    lines = list(load_workbook(rejects).active.iter_rows())
    assert [cell.value for cell in lines[0]][:3] == ["line", "code", "reason"]
    cells = {cell.value: cell.data_type for line in lines for cell in line}
    assert cells["=cmd()"] == cells["=1+1"] == "s", "shown as it was typed, and not run"
    assert "f" not in cells.values()


REASON_CODES = ["no-key", "no-text", "bad-time", "time-ahead", "reply-before", "bad-time", "text-too-long"]


@pytest.mark.parametrize(("lang", "said"), [("zh", "没有编号"), ("en", "No number")])
def test_a_reject_has_a_code_that_stays_and_words_in_the_language_of_whoever_mends_it(
    tmp_path: Path, capsys: Any, monkeypatch: pytest.MonkeyPatch, lang: str, said: str
) -> None:
    monkeypatch.setenv("MINQING_LANG", lang)
    far = ["12", "丁", "2023/5/1", "t", "地方", "", "", "110101001001"]
    file, rejects = tmp_path / "old.csv", tmp_path / "no.csv"
    with file.open("w", encoding="utf-8", newline="") as made:
        csv.writer(made).writerows([[*HEAD, "place"], *([*row, ""] for row in [*GOOD, *BAD]), far])
    main(Namespace(what="messages", file=file, map=[], yes=True, rejects=rejects, json=False))
    shown = capsys.readouterr().out
    assert said in shown
    with rejects.open(encoding="utf-8-sig", newline="") as kept:
        rows = list(csv.DictReader(kept))
    assert {"line", "code", "reason"} < set(rows[0])
    codes = [f"import.row.{code}" for code in REASON_CODES]
    assert [row["code"] for row in rows] == [*codes, "place.unknown", "import.row.same-key"]
    assert rows[0]["reason"] == said
    ours = [re.sub(r'"[^"]*"', "", row["reason"]) for row in rows]  # without what they typed
    english = [reason for reason in ours if not re.search(r"[\u4e00-\u9fff]", reason)]
    assert len(english) == (len(rows) if lang == "en" else 0)


def test_without_a_terminal_it_refuses_instead_of_asking(tmp_path: Path, capsys: Any) -> None:
    code, answer = run(sheet(tmp_path / "old.csv", GOOD), capsys, yes=False)
    assert (code, answer["code"]) == (2, "import.needs-map")
    assert run(sheet(tmp_path / "old.csv", GOOD), capsys, yes=False, map=["title=title"])[0] == 0


def test_a_map_to_a_column_that_is_not_there_names_it_and_those_that_are(tmp_path: Path, capsys: Any) -> None:
    code, answer = run(sheet(tmp_path / "old.csv", GOOD), capsys, map=["text=nosuch"])
    assert (code, answer["code"]) == (2, "import.no-such-column")
    assert "nosuch" in answer["detail"] and HEAD[0] in answer["detail"]


def test_a_spreadsheet_reads_as_the_csv_does(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(HEAD)
    book.active.append(GOOD[0])
    book.save(tmp_path / "old.xlsx")
    assert [row["body"] for _, row in rows_of(tmp_path / "old.xlsx")] == ["晒场边三盏路灯不亮。"]


@pytest.mark.parametrize("typed", ["2023/1/5", "2023-01-05 08:00", "2023年1月5日", "20230105"])
def test_the_dates_people_type_are_read(typed: str) -> None:
    at = time_of(typed)
    assert at is not None and at.date() == date(2023, 1, 5)


@pytest.mark.parametrize("cell", ["=1+1", "+86138", "-2", "@x", "\t=1", "＝1", " =cmd"])
def test_cells_that_a_spreadsheet_would_run_are_made_harmless(cell: str) -> None:
    assert harmless(cell).startswith("'")
    assert harmless("正常 13800138000 a=1") == "正常 13800138000 a=1"


def test_a_batch_is_there_whole_or_not_at_all(tmp_path: Path, capsys: Any) -> None:
    file = sheet(tmp_path / "old.csv", GOOD)
    columns = dict(zip(("key", "name", "time", "title", "text", "reply", "reply_time"), HEAD, strict=True))
    lines = [(n, row, read_message(row, columns, today=date(2026, 6, 30))) for n, row in rows_of(file)]
    batch, count = Importer("import:old", petition_desk(), Report(), date(2026, 6, 30)).made(lines)
    batch.rows["cases_reply"].append(
        batch.rows["cases_reply"][-1]
    )  # the last table refuses: the same id twice
    assert count == 3
    with pytest.raises(UniqueViolation):
        batch.put_in()
    assert Demand.objects.count() == 0
    assert run(file, capsys)[1]["added"] == 3


@pytest.mark.django_db(transaction=True)
def test_many_batches_go_in_one_after_the_other_and_a_broken_one_is_not_hidden(tmp_path: Path) -> None:
    file = sheet(tmp_path / "old.csv", GOOD)
    columns = dict(zip(("key", "name", "time", "title", "text", "reply", "reply_time"), HEAD, strict=True))
    found = import_messages(file, columns, sender="import:old", today=date(2026, 6, 30), batch=1)
    assert found.added == Demand.objects.count() == 3
    with pytest.raises(UniqueViolation), Behind() as writer:
        broken = Batch()
        broken.rows["facts_subject"] += [(UUID(int=1), b"k"), (UUID(int=1), b"k")]
        writer.put_in(broken, then=lambda: pytest.fail("counted, though it is not there"))
    assert gc.isenabled()


@pytest.mark.skipif(not SHARED.exists(), reason="the real messages are not here")
def test_every_real_message_comes_in(capsys: Any) -> None:
    assert set(WANTED) >= {"key", "time", "text", "reply"}
    report = run(SHARED, capsys)[1]
    assert (report["read"], report["added"], report["rejected"]) == (2816, 2816, 0)
    assert run(SHARED, capsys)[1]["already"] == 2816
