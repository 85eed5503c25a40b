"""Style sheets stay small, and nothing stays in them that no page uses."""

import re

import pytest

from fitness.sources import PACKAGE

SHEETS = PACKAGE / "doors" / "parts" / "static" / "parts"
PAGES = PACKAGE / "templates"
MOST = 42 * 1024
"""Bytes of style a page of the desk may ask for."""
EVERY_DESK_PAGE = ("tokens.css", "parts.css", "desk.css")
MADE = {"is", "light", "say", "talk", "curve", "s"}
"""Beginnings of classes that are put together while drawing: is-late, light-soon, talk-person, s0."""


def style(*names: str) -> str:
    return "".join((SHEETS / name).read_text("utf-8") for name in names)


def asked_by(page: str) -> set[str]:
    return set(re.findall(r"parts/([a-z]+\.css)", (PAGES / page).read_text("utf-8")))


@pytest.mark.parametrize("page", sorted(path.name for path in (PAGES / "desk").glob("*.html")))
def test_no_page_of_the_desk_asks_for_more_style_than_is_allowed(page: str) -> None:
    assert len(style(*EVERY_DESK_PAGE, *asked_by(f"desk/{page}")).encode()) < MOST


def test_every_class_of_a_sheet_is_used_by_some_page() -> None:
    sources = [
        *PAGES.rglob("*.html"),
        *(PACKAGE / "doors").rglob("*.py"),
        *SHEETS.glob("*.js"),
        *(PACKAGE / "wiring").rglob("*.py"),
    ]
    used = " ".join(path.read_text("utf-8") for path in sources)
    css = re.sub(
        r"/\*.*?\*/|\{[^{}]*\}", " ", style(*(path.name for path in SHEETS.glob("*.css"))), flags=re.DOTALL
    )
    known = {name for name in re.findall(r"\.([a-z][a-z0-9-]*)", css) if not name.startswith("htmx")}
    idle = {
        name
        for name in known
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", used)
        and re.split(r"-|\d", name)[0] not in MADE
    }
    assert idle == set()
