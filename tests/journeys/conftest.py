"""The running product for journeys. `walk` gives everybody of the desk a window of their own; `site` and `visit` are the
resident's. Both run in the thread of the test over a database that lives for one test: mark journeys with
`django_db(transaction=True)`.
"""

import logging
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from playwright.sync_api import Browser, BrowserContext, Page

from journeys.desk import FROZEN, Walk, browsing, settled
from makers import County

os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # the browser's driver runs a loop in the thread of the test
PATIENCE_MS = 45_000


@dataclass
class Site:
    """One running county: its address, its offices and people, and a clock that the test sets."""

    url: str
    county: County
    set_now: Callable[[str], None]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: two drivers do not live in one thread."""
    with browsing() as own:
        yield own


@pytest.fixture(autouse=True)
def nothing_held_back() -> Iterator[None]:
    """Of every journey: no browser had to hold anything back for the content policy."""
    told: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    log = logging.getLogger("minqing.doors.parts.policy")
    log.addHandler(handler)
    yield
    log.removeHandler(handler)
    assert told == []


@pytest.fixture
def site(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> Site:
    """The small county of makers, frozen where the tests of rules stand."""
    monkeypatch.setenv("MINQING_NOW", FROZEN)

    def set_now(now: str) -> None:
        monkeypatch.setenv("MINQING_NOW", now)
        cache.clear()

    return Site(live_server.url, settled(), set_now)


@pytest.fixture
def walk(browser: Browser, site: Site) -> Iterator[Callable[..., Walk]]:
    """`walk("en")` → the windows of everybody in this county, in one language."""
    walks: list[Walk] = []

    def go(lang: str, **how: Any) -> Walk:
        walks.append(Walk(browser, site.url, site.county, lang=lang, **how))
        return walks[-1]

    yield go
    for one in walks:
        for page in one.windows.values():
            page.context.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Callable[..., Page]]:
    """`visit("/report", lang="en", width=360, js=False, elder=True)` → a page in a window of its own."""
    opened: list[BrowserContext] = []

    def go(
        where: str = "/", *, lang: str = "zh", width: int = 360, js: bool = True, elder: bool = False
    ) -> Page:
        size: Any = {"width": width, "height": 740 if width < 700 else 860}
        context = browser.new_context(viewport=size, java_script_enabled=js, reduced_motion="reduce")
        opened.append(context)
        chosen = {"lang": lang, "elder": "1" if elder else "0"}
        context.add_cookies(
            [{"name": name, "value": value, "url": site.url} for name, value in chosen.items()]
        )
        context.set_default_timeout(PATIENCE_MS)
        page = context.new_page()
        page.goto(site.url + where)
        return page

    yield go
    for context in opened:
        context.close()
