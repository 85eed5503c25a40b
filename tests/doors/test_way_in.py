"""What a request says of itself: host, way, address; and what a browser says it held back."""

import json
import logging
from typing import Any

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client, RequestFactory

from makers import AT, County, county, register
from minqing.doors.parts.web import client_of
from minqing.record.inbox.commands import count_wrong
from minqing.record.inbox.models import Tally
from minqing.wiring.sides import FORWARDED, OwnProxy
from minqing.wiring.wsgi import ApiHandler

SAID = {
    "HTTP_X_FORWARDED_FOR": "203.0.113.9", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_X_FORWARDED_HOST": "evil.example",
    "HTTP_FORWARDED": "for=203.0.113.9;host=evil.example", "HTTP_X_REAL_IP": "203.0.113.9",
}  # fmt: skip


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def seen_as(**meta: str) -> tuple[str, bool, str]:
    """From whom, by a safe way or not, and under which name, as the views behind the first middleware see it."""
    told: list[tuple[str, bool, str]] = []

    def view(request: Any) -> Any:
        told.append((client_of(request), request.is_secure(), request.get_host().partition(":")[0]))

    OwnProxy(view)(RequestFactory().get("/", **meta))
    return told[0]


def test_nobody_gives_themselves_another_address_or_host() -> None:
    """Without HTTPS there is no proxy, so no header of one is believed."""
    assert seen_as(REMOTE_ADDR="127.0.0.1", **SAID) == ("127.0.0.1", False, "testserver")
    assert set(SAID) <= set(FORWARDED)


def test_behind_https_only_our_own_proxy_is_believed(settings: Any) -> None:
    settings.BEHIND_HTTPS, settings.SECURE_PROXY_SSL_HEADER = True, ("HTTP_X_FORWARDED_PROTO", "https")
    assert seen_as(REMOTE_ADDR="127.0.0.1", **SAID) == ("203.0.113.9", True, "testserver")
    assert seen_as(REMOTE_ADDR="198.51.100.7", **SAID) == ("198.51.100.7", False, "testserver")
    settings.MINQING_PROXIES = frozenset({"198.51.100.7"})
    assert seen_as(REMOTE_ADDR="198.51.100.7", **SAID)[0] == "203.0.113.9"
    assert seen_as(REMOTE_ADDR="127.0.0.1", **SAID) == ("127.0.0.1", False, "testserver")


def test_wrong_codes_are_counted_for_the_real_address_whatever_is_said(here: County) -> None:
    for n in range(5):
        Client(headers={"X-Forwarded-For": f"203.0.113.{n}"}).post("/status", {"receipt": "0000000000000000"})
    assert list(Tally.objects.filter(shut_until__isnull=False).values_list("n", flat=True)) == [5]
    told = register()
    other = Client(headers={"X-Forwarded-For": "203.0.113.200"}).post("/status", {"receipt": told.receipt})
    assert other.status_code == 429
    assert count_wrong("wrong-codes:203.0.113.0", at=AT) == 0, "nobody else was counted"


@pytest.mark.parametrize("path", ["/", "/report", "/desk/", "/api/v1/cases", "/log/checkpoint", "/verify"])
def test_a_host_that_is_not_ours_gets_nothing(here: County, path: str) -> None:
    answer = Client(raise_request_exception=False).get(path, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert "evil.example" not in answer.content.decode()


def test_both_chains_look_at_the_way_before_anything_else(settings: Any) -> None:
    assert settings.MIDDLEWARE[:2] == settings.API_MIDDLEWARE[:2]
    assert settings.MIDDLEWARE[0] == "minqing.wiring.sides.OwnProxy"
    assert issubclass(ApiHandler, WSGIHandler)
    assert settings.USE_X_FORWARDED_HOST is False and settings.USE_X_FORWARDED_PORT is False


def report(body: Any) -> Any:
    sent = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Client(enforce_csrf_checks=True).post("/csp-report", sent, content_type="application/csp-report")


def test_every_page_asks_browsers_to_say_what_they_held_back(here: County) -> None:
    told = Client().get("/report")["Content-Security-Policy"]
    assert "report-uri /csp-report" in told
    assert "unsafe" not in told and "default-src 'none'" in told and "frame-ancestors 'none'" in told


def test_of_a_report_only_the_rule_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    about = {
        "document-uri": "http://x/status/page?word=7316",
        "script-sample": "13900004321",
        "blocked-uri": "inline",
    }
    with caplog.at_level(logging.WARNING):
        assert report({"csp-report": {**about, "effective-directive": "script-src-elem"}}).status_code == 204
        assert report({"csp-report": {**about, "violated-directive": "style-src 'self'"}}).status_code == 204
    assert [one.getMessage().rpartition(" ")[2] for one in caplog.records] == ["script-src-elem", "style-src"]
    assert "7316" not in caplog.text and "13900004321" not in caplog.text


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{", b"[" * 9000, b"\xff", {"csp-report": 1}, {"csp-report": {}}, [1], {"csp-report": {"effective-directive": 7}},
     {"csp-report": {"effective-directive": "x\nroot: signed in"}}, b'{"csp-report": "' + b"a" * 20_000],
)  # fmt: skip
def test_a_report_can_put_nothing_else_into_the_log(caplog: pytest.LogCaptureFixture, body: Any) -> None:
    with caplog.at_level(logging.INFO, logger="minqing"):
        assert report(body).status_code in {204, 400}
    assert [one for one in caplog.records if one.name.startswith("minqing")] == []
