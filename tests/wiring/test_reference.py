"""The generated pages say what the code says."""

from minqing.wiring.law_pages import DOCS
from minqing.wiring.reference import SUBJECTS, main, reading


def test_the_pages_in_docs_are_those_of_this_code() -> None:
    old = [
        name
        for write in SUBJECTS.values()
        for name, text in write().items()
        if not (DOCS / name).exists() or (DOCS / name).read_text("utf-8") != text
    ]
    assert old == [], "run python -m minqing.wiring.reference"


def test_a_check_of_fresh_pages_is_silent() -> None:
    assert main(["--check"]) == 0


def test_facts_are_found_wherever_they_are_written() -> None:
    kinds = {line.kind for line in reading.facts()}
    assert {"demand.registered", "case.forwarded", "promise.kept", "duty.climbed", "verdict.given"} <= kinds
