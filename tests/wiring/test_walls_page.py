"""The page of walls cannot rot: a file or a test that went away, or something called met that nothing shows, is an error."""

from pathlib import Path

import pytest

from minqing.wiring.reference.promised import Broken
from minqing.wiring.reference.walls import walls

HEAD = "id,level,asks,state,where,tests,note\n"
CHOSEN = {
    "1.2.10", "2.3.5", "3.4.7", "3.4.8", "5.2.4", "5.2.6", "6.3.5", "6.3.7", "6.3.8", "7.5.3", "14.2.7", "14.2.8", "15.4.2", "16.5.4",
}  # fmt: skip


def a_list(folder: Path, rows: str) -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_one.py").write_text("def test_a():\n    pass\n")
    (folder / "tests" / "asvs.csv").write_text(HEAD + rows)
    (folder / "there.py").write_text("")
    return folder / "tests"


def test_every_requirement_we_chose_is_on_the_page_with_what_shows_it() -> None:
    found = {one.id: one for one in walls()}
    assert found.keys() >= CHOSEN
    assert all(found[number].level == 3 for number in CHOSEN)


def test_what_is_right_is_read(tmp_path: Path) -> None:
    (one,) = walls(a_list(tmp_path, "1.1,2,a,met,there.py,tests/test_one.py::test_a,\n"))
    assert (one.where, one.tests) == (("there.py",), ("tests/test_one.py::test_a",))


@pytest.mark.parametrize(
    "rows",
    [
        "1.1,2,a,met,gone.py,tests/test_one.py::test_a,\n",
        "1.1,2,a,met,there.py,tests/test_one.py::test_gone,\n",
        "1.1,2,a,met,there.py,,\n",
        "1.1,2,a,not,,,\n",
        "1.1,2,a,perhaps,,,x\n",
        "1.1,2,a,not,,,x\n1.1,2,b,not,,,x\n",
    ],
    ids=["a file", "a test", "nothing shows it", "no word why", "a state", "twice"],
)
def test_what_does_not_fit_is_an_error(tmp_path: Path, rows: str) -> None:
    with pytest.raises(Broken):
        walls(a_list(tmp_path, rows))
