"""The two chains of the web process: the API's short one answers as the whole one would."""

import io
import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from wsgiref.util import setup_testing_defaults

import pytest
from django.core.cache import cache
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections

from makers import AT, County, county
from minqing.ground.offices.commands import give_token
from minqing.wiring.wsgi import application

pytestmark = pytest.mark.django_db
WHOLE = WSGIHandler()
ITS_OWN = {"Content-Length"}  # a page's chain counts it; here the server does


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


@contextmanager
def one_transaction() -> Iterator[None]:
    """Between requests the server drops connections that are too old; here that would end the test's own."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def ask(
    app: Any, method: str, path: str, body: bytes = b"", **headers: str
) -> tuple[str, dict[str, str], bytes]:
    environ: dict[str, Any] = {"REQUEST_METHOD": method, "PATH_INFO": path, "wsgi.input": io.BytesIO(body),
                               "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json", **headers}  # fmt: skip
    setup_testing_defaults(environ)
    told: list[Any] = []
    with one_transaction():
        answer = app(environ, lambda status, given, why=None: told.extend((status, dict(given))))
        text = b"".join(answer)
        answer.close()
    return told[0], {name: value for name, value in told[1].items() if name not in ITS_OWN}, text


def sent(value: Any) -> bytes:
    return json.dumps(value).encode()


ASKED = {
    "a word": ("POST", "/api/v1/demands", sent({"text": "三组停水"})),
    "an unknown field": ("POST", "/api/v1/demands", sent({"text": "三组停水", "shoe": 1})),
    "no JSON": ("POST", "/api/v1/demands", b"{"),
    "another method": ("DELETE", "/api/v1/demands", b""),
    "nothing there": ("GET", "/api/v1/nowhere", b""),
    "nothing at all there": ("GET", "/api/nowhere", b""),
    "the contract": ("GET", "/api/v1/openapi.json", b""),
    "an unknown slip": ("POST", "/api/v1/status", sent({"receipt": "0000000000000000"})),
    "nobody's list": ("GET", "/api/v1/cases", b""),
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_the_short_chain_answers_as_the_whole_one(here, asked, language):
    whole = ask(WHOLE, *asked, HTTP_ACCEPT_LANGUAGE=language)
    short = ask(application, *asked, HTTP_ACCEPT_LANGUAGE=language)
    assert short[0] == whole[0] and short[1].keys() == whole[1].keys()
    told, wanted = (json.loads(answer[2]) if answer[2] else {} for answer in (short, whole))
    assert told.keys() == wanted.keys() and told.get("code") == wanted.get("code")
    assert short[1].get("Content-Language") == whole[1].get("Content-Language")


def test_a_printed_slip_keeps_its_policy(here):
    receipt = json.loads(ask(application, *ASKED["a word"])[2])["receipt"]
    status, headers, page = ask(
        application, "POST", "/api/v1/slips", sent({"receipt": receipt}), HTTP_ACCEPT="text/html"
    )
    assert status == "200 OK" and receipt[:4] in page.decode()
    assert (
        "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        and headers["X-Frame-Options"] == "DENY"
    )


def test_staff_are_known_by_their_token_and_by_nothing_else(here):
    token = give_token(account_id=here.accounts["dispatcher"], at=AT)
    assert ask(application, "GET", "/api/v1/cases", HTTP_AUTHORIZATION=f"Bearer {token}")[0] == "200 OK"
    assert ask(application, "GET", "/api/v1/cases", HTTP_COOKIE="sessionid=" + token)[0].startswith("401")


def test_pages_keep_the_whole_chain(here):
    status, headers, _ = ask(application, "GET", "/")
    assert status == "200 OK" and "Content-Security-Policy" in headers
    assert ask(application, "POST", "/", b"text=x", CONTENT_TYPE="application/x-www-form-urlencoded")[
        0
    ].startswith(("403", "405"))
