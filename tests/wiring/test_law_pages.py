"""docs/law says what the shipped rows say."""

from minqing.wiring import law_pages


def test_the_pages_of_the_law_are_those_of_the_rows() -> None:
    for name, text in law_pages.pages().items():
        page = law_pages.DOCS / name
        assert page.read_text(encoding="utf-8") == text, "run python -m minqing.wiring.law_pages"
