"""A real county starts with three administrators, each once; offices come from a list, superiors first."""

from datetime import date
from pathlib import Path

import pytest

from minqing.ground.offices.queries import account_by_username, actor, offices
from minqing.wiring.first import open_administrator
from minqing.wiring.importing.registers import import_offices

pytestmark = pytest.mark.django_db
SAME = {name: name for name in ("code", "name", "place", "superior", "phone")} | {"office_kind": "kind"}


def test_each_of_the_three_is_opened_once_and_by_three_persons() -> None:
    assert open_administrator(username="wang", name="王一", role="sysadmin")
    assert open_administrator(username="li", name="李二", role="sysadmin") is None
    assert open_administrator(username="wang", name="王一", role="auditor") is None
    assert open_administrator(username="zhao", name="赵三", role="auditor")
    account_id = account_by_username("wang")
    assert account_id is not None
    assert [str(role) for role in actor(account_id, on=date(2030, 1, 1)).roles] == ["sysadmin"]


def test_offices_are_added_below_their_superiors_and_bad_rows_are_named(tmp_path: Path) -> None:
    open_administrator(username="wang", name="王一", role="sysadmin")
    file = tmp_path / "offices.csv"
    file.write_text(
        "code,name,kind,place,superior,phone\nxfj,县信访局,petition_desk,990101,government,\nsl,水利局,部门？,990101,government,\n"
        "x,某局,department,990199,government,\n",
        encoding="utf-8",
    )
    report = import_offices(file, SAME, today=date(2026, 6, 30))
    assert (report.added, report.already, [line for line, _, _ in report.rejects]) == (1, 0, [3, 4])
    assert {one.code: one.path for one in offices()}["xfj"] == "/government/xfj/"
    assert import_offices(file, SAME, today=date(2026, 6, 30)).already == 1
