"""A machine that many share, and the content policy, in a real browser."""

import logging
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from makers import register

pytestmark = pytest.mark.django_db(transaction=True)


def test_five_minutes_untouched_and_an_opened_case_is_gone(site: Any, visit: Callable[..., Page]) -> None:
    told = register()
    page = visit("/?kiosk=1")
    page.clock.install()
    page.goto(site.url + "/status")
    page.fill("[name=receipt]", told.receipt)
    page.locator("[name=receipt]").press("Enter")
    page.wait_for_url("**/status/page")
    page.clock.run_for(4 * 60_000)
    page.mouse.click(5, 5)
    page.clock.run_for(4 * 60_000)
    assert page.url.endswith("/status/page"), "a touch counts"
    page.clock.run_for(2 * 60_000)
    page.wait_for_url(site.url + "/")
    page.goto(site.url + "/status/page")
    assert not page.url.endswith("/status/page")
    assert page.locator("html[data-kiosk]").count() == 1, "the machine stays one that many share"


def test_what_a_browser_holds_back_arrives(
    site: Any, visit: Callable[..., Page], nothing_held_back: None
) -> None:
    """So that no report at all, in all other journeys, means something."""
    told: list[str] = []
    log = logging.getLogger("minqing.doors.parts.policy")
    before, log.handlers = log.handlers, [logging.Handler()]
    log.handlers[0].emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]
    try:
        page = visit("/help")
        with page.expect_request("**/csp-report") as sent:
            page.evaluate(
                "document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))"
            )
        sent.value.response()
        page.goto(site.url + "/help")
    finally:
        log.handlers = before
    assert told and "script-src" in told[0]
