"""Every form of every page: nothing is done for a forged form, nor for a browser nobody has signed in with."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from doors.office import signed_in
from makers import AT, County, county

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"\bINSERT INTO\b|\bUPDATE \S+ SET\b|\bDELETE FROM\b", re.IGNORECASE)
NOT_OURS = ("api/v1/", "demo/")
ONLY_LEAD_ON = ("/accounts/",)
BY_BROWSERS = ("csp-report",)  # sent by no form
FILLED = {
    "uuid": lambda: str(uuid4()),
    "str": lambda: "close",
    "slug": lambda: "say",
    "int": lambda: "1",
    "path": lambda: "0/000",
}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def addresses(patterns: Any = None, before: str = "") -> list[str]:
    """Every address of the product but the API's, with ids that lead to nothing."""
    found: list[str] = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = one.pattern._route if isinstance(one.pattern, RoutePattern) else ""
        if isinstance(one, URLResolver):
            if (before + route) not in NOT_OURS:
                found += addresses(one.url_patterns, before + route)
        elif isinstance(one, URLPattern) and before + route not in BY_BROWSERS:
            found.append("/" + re.sub(r"<(?:(\w+):)?\w+>", lambda m: FILLED[m[1] or "str"](), before + route))
    return found


def posted(client: Client, path: str, typed: dict[str, Any]) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as seen:
        answer = client.post(path, typed)
    wrote = [query["sql"] for query in seen.captured_queries if WRITES.search(query["sql"])]
    return answer, [sql for sql in wrote if '"django_session"' not in sql]  # the browser's own notes


def test_a_forged_form_does_nothing_and_keeps_the_words(here: County) -> None:
    """A page of another site can make a signed-in browser post, but cannot know the token of our page."""
    signed = signed_in(here, "dispatcher")
    forged = Client(enforce_csrf_checks=True, raise_request_exception=False)
    forged.cookies = signed.cookies
    tried = 0
    for path in addresses():
        answer, wrote = posted(
            forged, path, {"text": "伪造的一句话", "reason": "伪造的理由", "words": "伪造的话"}
        )
        assert answer.status_code == (302 if path in ONLY_LEAD_ON else 403), (path, answer.status_code)
        assert wrote == [], (path, wrote)
        if answer.status_code == 403:
            assert "伪造的一句话" in answer.content.decode(), path
            tried += 1
    assert tried > 60


def test_whoever_is_not_signed_in_changes_nothing_at_the_desk_and_may_go_on_after_signing_in(
    here: County,
) -> None:
    tried = 0
    for path in addresses():
        if not path.startswith("/desk/"):
            continue
        client = Client(raise_request_exception=False)
        answer, wrote = posted(client, path, {"text": "写了一半的话"})
        assert wrote == [], (path, wrote)
        assert answer.status_code in {401, 405}, (path, answer.status_code)
        if answer.status_code == 401:
            page = answer.content.decode()
            assert "写了一半的话" in page, path
            assert "/accounts/login/" in page, path
            tried += 1
    assert tried > 60


def test_no_page_is_a_bug_for_anybody_with_ids_that_lead_nowhere(here: County) -> None:
    for name in ("dispatcher", "handler", "sysadmin"):
        client = signed_in(here, name)
        client.raise_request_exception = False
        for path in addresses():
            if path in {"/leave", "/leave/start", "/accounts/logout/"}:
                continue
            for answer in (client.get(path), client.post(path, {})):
                assert answer.status_code < 500, (name, path)


COOKIES = ("x", '"aaaaaaaa\\000"', '"\\303\\050aaaaaaa"', "a" * 4000, "=;", "%00" * 9)


@pytest.mark.parametrize("name", ["sessionid", "csrftoken", "slip", "messages", "lang", "elder", "kiosk"])
def test_a_spoiled_cookie_is_only_a_cookie_less(here: County, name: str) -> None:
    for value in COOKIES:
        client = Client(raise_request_exception=False, headers={"Cookie": f"{name}={value}"})
        for path in ("/", "/report", "/report/slip", "/status/page", "/desk/", "/accounts/login/"):
            assert client.get(path).status_code < 500, (path, value)
        assert client.post("/report", {"step": "1", "text": "停水", "now": "1"}).status_code < 500, value


TYPED = ("\x00", "a\x00b", "\ufffd", "\u202e反", "😀" * 3000, "1" * 30_000)
BOXES = (
    "login", "password", "receipt", "word", "number", "code", "name", "phone", "text", "place", "place_find", "sender_key",
    "form_key",
)  # fmt: skip


@pytest.mark.parametrize(
    "path", ["/accounts/login/", "/status", "/verify", "/open/booking", "/desk/find/", "/desk/register/"]
)
def test_no_character_is_a_bug_in_any_box(here: County, path: str) -> None:
    client = signed_in(here, "dispatcher") if path.startswith("/desk/") else Client()
    client.raise_request_exception = False
    for typed in TYPED:
        assert client.post(path, dict.fromkeys(BOXES, typed)).status_code < 500, typed[:9]
    halves = "&".join(f"{name}=%ed%a0%80" for name in BOXES)  # half a pair, as only a broken browser sends it
    sent = client.post(path, halves, content_type="application/x-www-form-urlencoded")
    assert sent.status_code < 500
