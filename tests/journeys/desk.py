"""What the journeys of the desk share: the running product, and a browser that signs in as anybody."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.test import Client
from playwright.sync_api import Browser, Page, sync_playwright

import makers
from makers import County

# The browser's driver keeps an event loop in this thread, though nothing here is asynchronous.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
CHROMIUM = "/usr/bin/chromium"
FROZEN = "2026-06-30T09:00+08:00"
LANGUAGES = ("zh-hans", "en")
PATIENCE_MS = 45_000
CHINESE = re.compile(r"[\u4e00-\u9fff]")
SAID_BY_US = """() => { const found = []; const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) { const at = walk.currentNode.parentElement;
  if (!at || at.closest('script, style, template, textarea, [lang]:not(html)')) continue;
  if (/[\\u4e00-\\u9fff]/.test(walk.currentNode.data)) found.push(walk.currentNode.data.trim()); } return found; }"""


@contextmanager
def browsing() -> Iterator[Browser]:
    with sync_playwright() as play:
        own = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        try:
            yield own
        finally:
            own.close()


class Walk:
    """One county, one language, everybody's own browser window."""

    def __init__(
        self, browser: Browser, address: str, county: County, *, lang: str, width: int = 1280
    ) -> None:
        self.browser, self.address, self.county, self.lang, self.width = browser, address, county, lang, width
        self.windows: dict[str, Page] = {}

    def sits(self, name: str) -> Page:
        """The window of one member of staff; `resident…` has no account."""
        if name in self.windows:
            return self.windows[name]
        context = self.browser.new_context(
            viewport={"width": self.width, "height": 900}, reduced_motion="reduce"
        )
        context.add_cookies([{"name": "lang", "value": self.lang, "url": self.address}])
        if not name.startswith("resident"):
            client = Client()
            client.force_login(
                get_user_model().objects.get(pk=self.county.accounts[name]),
                backend="django.contrib.auth.backends.ModelBackend",
            )
            context.add_cookies(
                [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": self.address}]
            )
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        self.windows[name] = page
        return page

    def at(self, name: str, path: str) -> Page:
        page = self.sits(name)
        page.goto(self.address + path)
        return page

    def act(self, who: str, path: str, /, *, submit: str = "form.ask button.btn-main", **typed: Any) -> Page:
        """Open the form of an act, type, press its button."""
        page = self.at(who, path)
        type_in(page, **typed)
        self.press(page, submit)
        return page

    def press(self, page: Page, what: str) -> None:
        with page.expect_navigation():
            page.locator(what).first.click()

    def slip_code(self, page: Page) -> str:
        return re.sub(r"\D", "", page.locator(".slip-code .code").inner_text())

    def opens_status(self, who: str, code: str, word: str = "") -> Page:
        page = self.at(who, "/status")
        page.fill("[name=receipt]", code)
        if word:
            page.fill("[name=word]", word)
        self.press(page, "form#ask button.btn-main")
        return page

    def judges(self, who: str, page: Page, solved: str, explained: str) -> Page:
        """The person's own two answers."""
        if not page.locator("[name=solved]").count():
            self.press(page, "a[href*='/verdict']")
        for box, value in (("solved", solved), ("explained", explained)):
            page.locator(f"[name={box}][value={value}]").first.check(force=True)
        self.press(page, "form:has([name=solved]) button.btn-main")
        return page


def type_in(page: Page, /, **typed: Any) -> None:
    for name, value in typed.items():
        spot = page.locator(f"[name='{name.replace('__', '-')}']")
        first = spot.first
        kind = first.evaluate("part => part.tagName + ':' + (part.type || '')")
        if kind.startswith("SELECT"):
            first.select_option(str(value))
        elif kind.endswith(":radio"):
            page.locator(f"[name='{name}'][value='{value}']").check(force=True)
        elif kind.endswith(":checkbox"):
            first.set_checked(bool(value), force=True)
        else:
            first.fill(str(value))


def case_id_of(page: Page) -> UUID:
    found = re.search(r"/desk/cases/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return UUID(found[1])


def demand_id_of(page: Page) -> UUID:
    found = re.search(r"/desk/demands/([0-9a-f-]{36})/", page.url)
    assert found, page.url
    return UUID(found[1])


def one_language(page: Page, lang: str) -> None:
    """An English page says nothing in Chinese but what is marked as Chinese: somebody's own words, and the way back."""
    if lang == "en":
        said = page.evaluate(SAID_BY_US)
        assert said == [], said


def settled() -> County:
    cache.clear()
    return makers.county()
