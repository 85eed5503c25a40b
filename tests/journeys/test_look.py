"""The look in a real browser: keys, drafts, a system that goes away, and no serious finding of axe."""

import threading
from collections.abc import Iterator
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application
from django.db import InterfaceError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.test import override_settings
from django.urls import include, path
from playwright.sync_api import Browser, Page, expect, sync_playwright

from minqing.doors.parts import refusals
from minqing.doors.parts.samples import QuestionForm

CHROMIUM = "/usr/bin/chromium"
AWAY: list[bool] = []
SENT: list[str] = []


def write(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        if AWAY:
            raise InterfaceError("away")
        SENT.append(request.POST["text"])
        return render(request, "parts/sent_test.html")
    return render(request, "parts/write_test.html", {"form": QuestionForm()})


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=503 if AWAY else 200)


urlpatterns = [
    path("write", write),
    path("healthz", healthz),
    path("", include("minqing.doors.parts.urls")),
]
handler404 = refusals.page_not_found
handler500 = refusals.server_error
ASK = (
    '{% extends "base_public.html" %}{% block content %}'
    '{% include "parts/ask.html" with keep="water" step=1 steps=2 %}{% endblock %}'
)
DONE = '{% extends "base_public.html" %}{% block content %}<p data-sent="water">ok</p>{% endblock %}'


class Quiet(WSGIRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """The parts alone, without a database, on a free port."""
    templates: list[dict[str, Any]] = [
        {
            "BACKEND": "django.template.backends.django.DjangoTemplates",
            "DIRS": [],
            "OPTIONS": {
                "context_processors": [
                    "django.template.context_processors.request",
                    "minqing.doors.parts.context.county",
                ],
                "loaders": [
                    (
                        "django.template.loaders.locmem.Loader",
                        {"parts/write_test.html": ASK, "parts/sent_test.html": DONE},
                    ),
                    ("django.template.loaders.filesystem.Loader", [str(refusals.forms.TEMPLATES)]),
                    "django.template.loaders.app_directories.Loader",
                ],
            },
        }
    ]
    with override_settings(ROOT_URLCONF=__name__, TEMPLATES=templates, ALLOWED_HOSTS=["127.0.0.1"]):
        application = StaticFilesHandler(get_wsgi_application())
        server = make_server("127.0.0.1", 0, application, WSGIServer, Quiet)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as play:
        own = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield own
        own.close()


def opened(
    browser: Browser, address: str, where: str, *, lang: str = "zh", elder: str = "0", **how: Any
) -> Page:
    how.setdefault("viewport", {"width": 1280, "height": 860})
    context = browser.new_context(reduced_motion="reduce", **how)
    names = {"lang": lang, "elder": elder}
    context.add_cookies([{"name": name, "value": value, "url": address} for name, value in names.items()])
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("console", lambda said: page.errors.append(said.text) if said.type == "error" else None)  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(str(error)))  # type: ignore[attr-defined]
    page.goto(address + where)
    return page


@pytest.mark.parametrize("where", ["/gallery", "/gallery/desk", "/gallery/paper", "/nowhere"])
@pytest.mark.parametrize(
    ("lang", "width", "elder", "scheme"),
    [("zh", 360, "0", "light"), ("zh", 1280, "0", "dark"), ("zh", 360, "1", "light"), ("en", 1280, "0", "light"),
     ("en", 360, "1", "dark")],
)  # fmt: skip
def test_axe_finds_nothing_and_nothing_runs_over_the_edge(
    browser, address, where, lang, width, elder, scheme
):
    page = opened(
        browser,
        address,
        where,
        lang=lang,
        elder=elder,
        color_scheme=scheme,
        viewport={"width": width, "height": 800},
    )
    found = [
        (fault["id"], fault["nodes"][0]["html"])
        for fault in Axe().run(page).response["violations"]
        if fault["impact"] in {"serious", "critical", "moderate"}
    ]
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert [error for error in page.errors if "404" not in error] == []
    page.context.close()


def test_touch_targets_are_large_in_elder_mode(browser, address):
    page = opened(browser, address, "/gallery", elder="1", viewport={"width": 360, "height": 740})
    small = page.evaluate(
        """[...document.querySelectorAll('main .btn, main .face, .switches a, main input[type=text], main select, main summary')]
        .filter(one => one.offsetParent && one.getBoundingClientRect().height < 59.5).map(one => one.outerHTML)"""
    )
    assert small == []
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "22px"
    page.context.close()


def test_the_desk_is_worked_by_keys(browser, address):
    page = opened(browser, address, "/gallery/desk")
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator("[data-row].is-here")).to_have_id("row-2")
    page.keyboard.press("x")
    expect(page.locator("[data-picked]").first).to_have_text("1")
    page.keyboard.press("k")
    expect(page.locator("[data-row].is-here")).to_have_id("row-1")
    page.keyboard.press("Enter")
    assert page.url.endswith("#row-1")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("/")
    page.keyboard.type("j水")
    expect(page.locator("#find")).to_have_value("j水")
    page.context.close()


def test_a_draft_survives_a_reload_and_is_gone_once_sent(browser, address):
    page = opened(browser, address, "/write")
    page.fill("textarea", "三组没水了")
    page.reload()
    expect(page.locator("textarea")).to_have_value("三组没水了")
    expect(page.locator("form .say")).to_be_visible()
    page.click("form .btn-main")
    expect(page.locator("[data-sent]")).to_be_attached()  # it has arrived
    page.goto(address + "/write")
    expect(page.locator("textarea")).to_have_value("")
    expect(page.locator("form .say")).to_have_count(0)
    assert SENT[-1] == "三组没水了" and page.errors == []
    page.context.close()


def test_a_shared_machine_keeps_no_draft(browser, address):
    page = opened(browser, address, "/write")
    page.context.add_cookies([{"name": "kiosk", "value": "1", "url": address}])
    page.goto(address + "/write")
    page.fill("textarea", "三组没水了")
    page.reload()
    expect(page.locator("textarea")).to_have_value("")
    page.context.close()


def test_words_written_while_the_system_is_away_arrive_when_it_is_back(browser, address):
    page = opened(browser, address, "/write")
    page.clock.install()
    page.fill("textarea", "停水第三天")
    AWAY.append(True)
    try:
        page.click("form .btn-main")
        expect(page.locator(".typed textarea")).to_have_value("停水第三天")
        page.clock.run_for(11_000)
        expect(page.locator(".typed textarea")).to_have_value("停水第三天")
    finally:
        AWAY.clear()
    with page.expect_navigation():
        page.clock.run_for(21_000)
    assert SENT[-1] == "停水第三天"
    page.context.close()


def test_everything_is_there_without_javascript(browser, address):
    page = opened(browser, address, "/gallery", java_script_enabled=False)
    page.locator("label.choice", has_text="没解决").first.click()
    expect(page.locator("input[name=solved][value=no]").first).to_be_checked()
    page.locator("details.why summary").first.click()
    expect(page.locator("details.why ol").first).to_be_visible()
    page.context.close()


def test_the_first_load_is_small(browser, address):
    sizes: list[int] = []
    context = browser.new_context(viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(address + "/write", wait_until="networkidle")
    assert sum(sizes) < 80_000
    context.close()
