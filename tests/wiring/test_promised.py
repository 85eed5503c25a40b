"""The page of promises cannot rot: a test that went away, or a promise that nobody holds, is an error."""

from pathlib import Path

import pytest

from minqing.wiring.reference.promised import Broken, lines, tests_of

HEAD = "id,promise,tests,figure,command,on\n"


def a_list(folder: Path, rows: str, tests: str = "def test_t03_a():\n    pass\n") -> Path:
    (folder / "tests").mkdir()
    (folder / "tests" / "test_one.py").write_text(tests)
    (folder / "tests" / "promises.csv").write_text(HEAD + rows)
    return folder / "tests"


def test_every_promise_of_ours_has_its_tests() -> None:
    found = lines()
    there = tests_of()
    assert {f"T{n}" for n in (*range(1, 10), *range(12, 16), *range(18, 22))} <= {line.id for line in found}
    for line in found:
        for test in line.tests:
            path, _, name = test.partition("::")
            assert name in there[path]


def test_a_numbered_test_belongs_to_its_promise_by_its_name(tmp_path: Path) -> None:
    (line,) = lines(a_list(tmp_path, "T3,nothing is lost,,,,\n"))
    assert line.tests == ("tests/test_one.py::test_t03_a",)


@pytest.mark.parametrize(
    "rows",
    ["T3,a,,,,\nT4,no test,,,,\n", "T3,a,tests/test_one.py::test_gone,,,\n", ""],
    ids=["no test", "a test that is not there", "a numbered test of no promise"],
)
def test_what_does_not_fit_is_an_error(tmp_path: Path, rows: str) -> None:
    with pytest.raises(Broken):
        lines(a_list(tmp_path, rows))
