"""A slip checked in the browser: nothing leaves it, what is wrong is named, without Ed25519 the signatures are left to verify.py."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from logs import LOG, ORIGIN, OTHER, head, log_key, promise, slip, whole_slip

pytestmark = pytest.mark.django_db(transaction=True)
GOOD, KEY = whole_slip(), str(log_key(ORIGIN, LOG))
BLIND = "() => { crypto.subtle.importKey = () => Promise.reject(new Error('NotSupportedError')) }"


def with_part(name: str, old: str, new: str) -> str:
    told = json.loads(GOOD)
    assert old in told[name]
    return json.dumps(told | {name: told[name].replace(old, new, 1)})


CASES = [
    (GOOD, "all-right", "leaf 17 in"),
    (GOOD[:400], "unreadable", "a part of it is left"),
    ("hello", "unreadable", "not a slip"),
    (with_part("tlog_proof", "index 17", "index 18"), "wrong", "another fingerprint"),
    (with_part("receipt_promise", "time 179", "time 178"), "wrong", "The signature of the promise"),
    (with_part("checkpoint", "\n600\n", "\n601\n"), "wrong", "The signature of the head"),
    (whole_slip(origin="b.example/log", key=OTHER), "wrong", "another county's slip"),
    (whole_slip(key=OTHER), "wrong", "This key did not sign"),
    (slip(promise(at=4_000_000_000), None, head()), "promise-only", "no proof yet"),
    (slip(promise(at=1_700_000_000), None, head()), "late", "evidence against the county"),
]


def paste(page: Page, text: str) -> None:
    page.evaluate("document.getElementById('check-verdict').removeAttribute('data-found')")
    page.fill("#check-text", text)
    page.click("#check-go")


def test_what_is_right_and_what_is_wrong_is_said_and_nothing_is_sent(
    site: Any, visit: Callable[..., Page], tmp_path: Any
) -> None:
    page = visit("/log/check", lang="en")
    page.locator("summary").first.click()
    page.fill("#check-key", KEY)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    for text, found, said in CASES:
        paste(page, text)
        expect(page.locator("#check-verdict")).to_have_attribute("data-found", found)
        if found != "all-right":
            expect(page.locator("#check-told")).to_contain_text(said)
    kept = tmp_path / "slip.json"
    kept.write_text(GOOD)
    page.set_input_files("#check-file", kept)
    expect(page.locator("#check-told")).to_contain_text("line 18 of the log's 600")
    assert sent == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_a_browser_without_ed25519_leaves_the_signatures_to_verify_py(
    site: Any, visit: Callable[..., Page]
) -> None:
    page = visit("/log/check", elder=True)
    page.evaluate(BLIND)
    page.evaluate("key => { document.getElementById('check-key').value = key }", KEY)
    paste(page, GOOD)
    expect(page.locator("#check-verdict")).to_have_attribute("data-found", "unsure")
    expect(page.locator("#check-verdict")).to_contain_text("签名请用 verify.py 核对")
    paste(page, with_part("tlog_proof", "index 17", "index 18"))
    expect(page.locator("#check-verdict")).to_have_attribute("data-found", "wrong")


def test_without_scripts_the_page_says_how_else(site: Any, visit: Callable[..., Page]) -> None:
    page = visit("/log/check", js=False)
    expect(page.locator("#check")).to_be_hidden()
    expect(page.locator("noscript .say-soon")).to_contain_text("verify.py")
