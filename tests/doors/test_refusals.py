"""A no reaches a person: as a page, a fragment or problem+json, with what was typed, in their language."""

import json

import pytest
from django import forms
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import Client
from django.urls import path
from django.utils import translation

from minqing.doors.parts import refusals, web
from minqing.doors.parts.forms import PlainForm, TextField, field
from minqing.kernel.errors import NotFound, NotSignedIn, Refusal

pytestmark = pytest.mark.urls(__name__)
TYPED = "上湾村三组的自来水断了半个月 💧"
FRAGMENT = {"HX-Request": "true"}


class TooLong(Refusal):
    code, status, text = "case.extension-too-long", 422, "延期不得超过{limit}日。"
    basis, then = "第三十四条", "请负责人同意。"


class ReasonForm(PlainForm):
    reason = field(TextField(label="延期的理由", most=5), purpose="p", basis="b", retention="r", reuse="u")
    days = field(forms.IntegerField(label="几天"), purpose="p", basis="b", retention="r", reuse="u")


def raising(what):
    def view(request):
        raise what

    return view


def gone(sqlstate):
    class Cause(Exception):
        pass

    cause, error = Cause(), OperationalError("away")
    cause.sqlstate = sqlstate  # type: ignore[attr-defined]
    error.__cause__ = cause
    return error


def reason(request):
    return HttpResponse(str(web.parsed(ReasonForm, request)["days"]))


urlpatterns = [
    path("refused", raising(TooLong(limit=30))),
    path("api/v1/refused", raising(TooLong(limit=30))),
    path("api/v1/fields", raising(refusals.BadRequest(fields={"place": ["没有这个地方。"]}))),
    path("missing", raising(NotFound())),
    path("signed-out", raising(NotSignedIn())),
    path("forbidden", raising(PermissionDenied())),
    path("bug", raising(ZeroDivisionError())),
    path("gone", raising(InterfaceError("closed"))),
    path("api/v1/gone", raising(gone("57P01"))),
    path("doubled", raising(IntegrityError("twice"))),
    path("reason", reason),
]
handler400 = refusals.bad_request
handler403 = refusals.permission_denied
handler404 = refusals.page_not_found
handler500 = refusals.server_error


@pytest.fixture
def client():
    with translation.override("zh-hans"):
        yield Client(raise_request_exception=False)


def test_a_page_says_what_by_which_rule_and_what_to_do(client):
    answer = client.get("/refused")
    html = answer.content.decode()
    assert answer.status_code == 422 and answer.headers["Cache-Control"] == "no-store"
    for said in ("延期不得超过30日。", "第三十四条", "请负责人同意。", "case.extension-too-long"):
        assert said in html


def test_what_was_typed_stands_on_the_page_and_can_be_sent_again(client):
    html = client.post(
        "/refused", {"text": TYPED, "place": "990101", "csrfmiddlewaretoken": "t"}
    ).content.decode()
    assert f">{TYPED}</textarea>" in html
    assert '<input type="hidden" name="place" value="990101">' in html
    assert 'action="/refused"' in html and html.count('name="csrfmiddlewaretoken"') == 1


def test_words_shown_again_are_called_by_a_name_that_fits_every_page(client):
    page = client.post("/refused", {"text": TYPED}).content.decode()
    assert "您写的话" in page and "我有话说" not in page


def test_secrets_are_not_shown_again(client):
    sent = {
        "password": "hunter2 hunter2",
        "new_password1": "correct horse",
        "word": "4711",
        "code": "123 456",
    }
    html = client.post("/refused", sent).content.decode()
    assert not any(secret in html for secret in sent.values())


@pytest.mark.parametrize("key", ["9f2c7d3a41e84b0fa6c5d1e2f3a4b5c6", "01a201d6-93d8-7e18-9769-6c6b51f6f921"])
def test_keys_of_a_page_go_along_without_being_shown(client, key):
    body = client.post("/gone", {"text": TYPED, "form_key": key}).content.decode()
    assert f'<input type="hidden" name="form_key" value="{key}">' in body
    assert body.count(key) == 1


def test_typed_markup_is_text(client):
    html = client.post("/refused", {"text": "</textarea><script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in html and "&lt;script&gt;alert" in html


def test_the_api_gets_problem_json(client):
    answer = client.get("/api/v1/refused")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert json.loads(answer.content) == {
        "type": "urn:minqing:refusal:case.extension-too-long",
        "title": "有地方需要改",
        "status": 422,
        "code": "case.extension-too-long",
        "detail": "延期不得超过30日。",
        "fields": {},
    }


def test_the_api_names_the_fields(client):
    assert client.get("/api/v1/fields").json()["fields"] == {"place": ["没有这个地方。"]}


def test_a_caller_that_asks_for_json_gets_it_anywhere(client):
    answer = client.get("/refused", headers={"accept": "application/json"})
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_htmx_gets_a_fragment_beside_the_untouched_form(client):
    answer = client.post("/refused", {"text": TYPED}, headers=FRAGMENT)
    html = answer.content.decode()
    assert answer.status_code == 422 and answer.headers["HX-Retarget"] == "#flash"
    assert "<html" not in html and "延期不得超过30日。" in html and TYPED not in html


@pytest.mark.parametrize(
    ("address", "status", "code"),
    [
        ("/missing", 404, "not-found"),
        ("/forbidden", 403, "not-allowed"),
        ("/signed-out", 401, "not-signed-in"),
        ("/nowhere", 404, "page.not-found"),
        ("/bug", 500, "bug"),
        ("/doubled", 500, "bug"),
        ("/gone", 503, "database.gone"),
    ],
)
def test_every_end_has_its_status_and_its_page(client, address, status, code):
    answer = client.get(address)
    assert answer.status_code == status
    assert code in answer.content.decode() or status == 503
    assert "棠川县" in answer.content.decode()


def test_a_bug_tells_nothing_of_itself(client):
    assert "ZeroDivision" not in client.get("/bug").content.decode()


def test_who_is_signed_out_is_led_to_the_door_and_back(client):
    html = client.post("/signed-out?q=1", {"text": TYPED}).content.decode()
    assert "/accounts/login/?next=/signed-out%3Fq%3D1" in html and TYPED in html


def test_a_page_that_was_read_asks_for_itself_again_while_the_database_is_away(client):
    answer = client.get("/gone")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
    assert '<meta http-equiv="refresh" content="10">' in answer.content.decode()


def test_a_form_waits_with_its_words_while_the_database_is_away(client):
    html = client.post("/gone", {"text": TYPED}).content.decode()
    assert TYPED in html and "data-again" in html and "http-equiv" not in html
    assert "again.js" in html


def test_the_api_is_told_when_to_come_again(client):
    answer = client.post("/api/v1/gone", "{}", content_type="application/json")
    assert answer.status_code == 503 and answer.headers["Retry-After"] == "10"
    assert answer.json()["code"] == "database.gone"


@pytest.mark.parametrize(
    ("state", "is_gone"),
    [(None, True), ("08006", True), ("57P03", True), ("53300", True), ("40001", False), ("23505", False)],
)
def test_only_an_absent_server_counts_as_gone(state, is_gone):
    assert refusals.database_gone(gone(state)) is is_gone
    assert not refusals.database_gone(IntegrityError())


def test_a_wrong_form_comes_back_whole_with_its_errors(client):
    answer = client.post("/reason", {"reason": TYPED, "days": "many"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert TYPED in html and "最多5个字" in html and 'href="#id_days"' in html
    assert client.post("/reason", {"reason": "修路", "days": "5"}).content == b"5"


def test_an_old_page_without_its_token_keeps_the_words():
    strict = Client(enforce_csrf_checks=True)
    with translation.override("zh-hans"):
        answer = strict.post("/reason", {"reason": TYPED})
    html = answer.content.decode()
    assert answer.status_code == 403 and TYPED in html and 'name="csrfmiddlewaretoken"' in html


def test_words_fall_back_to_chinese_when_a_translation_is_broken():
    class Odd(Refusal):
        code, status, text = "odd", 409, "{a}不行。"

    assert refusals.words_of(Odd(a="今天")) == "今天不行。"


def test_a_refusal_speaks_english_to_an_english_page(client):
    answer = client.get("/refused", headers={"accept-language": "en"})
    assert 'lang="en"' in answer.content.decode() and answer.headers["Content-Language"] == "en"


def test_a_refusal_can_stand_inside_another_page():
    html = render_to_string(
        "parts/refusal.html", {"title": "不行", "words": "不行。", "level": "2", "inside": True}
    )
    assert "<h2>不行</h2>" in html and "<h1" not in html and "btn" not in html
