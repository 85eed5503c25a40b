"""POST /api/v1/demands: one contract, whatever comes in."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sealed
from asking import is_problem, post
from makers import AT, ENDED, VILLAGE, County, county
from minqing.ground.offices.commands import give_token
from minqing.methods.codes import is_code
from minqing.work.intake.queries import demand_by_receipt, demand_line

pytestmark = pytest.mark.django_db
URL = "/api/v1/demands"


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


@pytest.fixture
def client() -> Client:
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def rows(table: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        return cursor.fetchone()[0]


def test_one_line_of_text_is_enough(here, client):
    answer = post(client, {"text": "三组停水"})
    assert answer.status_code == 201
    told = answer.json()
    assert set(told) == {"receipt", "receipt_promise", "verify_no", "clocks", "next"}
    assert is_code(told["receipt"]) and told["next"]
    (clock,) = told["clocks"]
    assert set(clock) == {"key", "from", "statutory", "due", "provisional", "basis", "explanation"}
    assert (clock["key"], clock["from"], clock["due"]) == ("xf.triage", "2026-06-30", "2026-07-15")


@pytest.mark.parametrize(("lang", "said"), [("zh-hans", "2026年7月15日"), ("en", "15 Jul 2026")])
def test_what_comes_next_names_its_day_as_people_do(here, client, lang, said):
    steps = {
        one["key"]: one["text"] for one in post(client, {"text": "三组停水", "lang": lang}).json()["next"]
    }
    assert said in steps["wait"] and "2026-07-15" not in steps["wait"]


@pytest.mark.parametrize("lang", ["xx", "english!", "z"])
def test_a_language_we_do_not_speak_is_said_and_not_guessed(here, client, lang):
    told = is_problem(post(client, {"text": "三组停水", "lang": lang}), 422, "field.invalid")
    assert set(told["fields"]) == {"lang"}
    for known in ("", "zh", "zh-Hans", "zh-CN", "en", "en-GB"):
        assert post(client, {"text": "三组停水", "lang": known}).status_code == 201


def test_neither_session_nor_cookie_is_touched(here, client):
    answer = post(client, {"text": "三组停水"})
    assert not answer.cookies and rows("django_session") == 0
    assert answer["Cache-Control"] == "no-store"


def test_everything_that_may_be_said_arrives(here, client):
    told = post(client, {
        "text": "三组停水", "place": VILLAGE, "title": "停水", "name": "张三", "phone": "13800138000",
        "anonymity": "confidential", "channel": "web", "kind": "complaint", "reply_by": "sms", "lang": "en",
    }).json()  # fmt: skip
    line = demand_line(demand_by_receipt(told["receipt"]).demand_id)
    assert (line.title, line.place, line.anonymity, line.channel, line.kind, line.reply_by, line.lang) == (
        "停水", VILLAGE, "confidential", "web", "complaint", "sms", "en",
    )  # fmt: skip
    assert "latest is Wed 15 Jul 2026" in told["clocks"][0]["explanation"]


def test_a_place_in_words_is_kept_as_words(here, client):
    told = post(client, {"text": "停水", "place": "上湾的桥头"}).json()
    line = demand_line(demand_by_receipt(told["receipt"]).demand_id)
    assert (line.place, line.place_words) == ("", "上湾的桥头")


def test_a_place_that_ended_last_year_leads_to_its_successor(here, client):
    told = post(client, {"text": "停水", "place": ENDED}).json()
    assert demand_line(demand_by_receipt(told["receipt"]).demand_id).place == VILLAGE
    is_problem(post(client, {"text": "停水", "place": "990101101204"}), 422, "place.ended")
    is_problem(post(client, {"text": "停水", "place": "990101109999"}), 422, "place.unknown")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": 5}, "text"),
        ({"text": None}, "text"),
        ({"text": ["停水"]}, "text"),
        ({"text": {"a": 1}}, "text"),
        ({"text": "停水", "anonymity": "secret"}, "anonymity"),
        ({"text": "停水", "channel": "import"}, "channel"),
        ({"text": "停水", "kind": "申诉"}, "kind"),
        ({"text": "停水", "nme": "张三"}, "nme"),
        ({"text": "停水", "phone": 13800138000}, "phone"),
        ({"text": "停水", "title": "长" * 201}, "title"),
    ],
)
def test_wrong_and_unknown_fields_are_named(here, client, body, field):
    told = is_problem(post(client, body), 422, "field.invalid")
    assert list(told["fields"]) == [field] and all(told["fields"][field])
    assert rows("intake_demand") == 0


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b'"text"', b"\xff\xfe{}", b"null", b"[" * 100_000])
def test_what_is_no_object_is_said_to_be_none(here, client, body):
    if body == b"":
        is_problem(post(client, body), 422, "field.invalid")
    else:
        is_problem(post(client, body), 400, "request.unreadable")


def test_empty_words_and_one_too_many_are_refused(here, client):
    is_problem(post(client, {"text": " \n"}), 422, "demand.empty")
    assert post(client, {"text": "水" * 20_000}).status_code == 201
    assert "20001" in is_problem(post(client, {"text": "水" * 20_001}), 422, "demand.too-long")["detail"]
    is_problem(post(client, {"text": "水" * 150_000}), 422, "field.invalid")
    is_problem(post(client, b'{"text":"' + b"a" * 3_000_000 + b'"}'), 413, "request.too-large")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('{"text":"\\ud83d\\ude2d 停水"}', "😭 停水"),
        ('{"text":"停\\ud800水"}', "停\ufffd水"),
        ('{"text":"停\\u0000水"}', "停水"),
        ('{"text":"停\\r\\n水\\u200f\\u202e"}', "停\n水\u200f\u202e"),
    ],
)
def test_broken_characters_never_lose_the_rest(here, client, sent, kept):
    told = post(client, sent)
    assert told.status_code == 201
    assert demand_line(demand_by_receipt(told.json()["receipt"]).demand_id).text == kept


def test_a_bad_telephone_is_refused_kindly(here, client):
    is_problem(post(client, {"text": "停水", "phone": "12"}), 422, "person.bad-phone")


def test_english_is_spoken_when_asked(here, client):
    told = is_problem(post(client, {"text": ""}, **{"Accept-Language": "en"}), 422, "demand.empty")
    assert told["detail"].isascii()


def test_the_router_says_no_in_the_same_shape(here, client):
    is_problem(client.get(URL), 405, "request.wrong-method")
    is_problem(client.get("/api/v1/nothing"), 404, "not-found")
    is_problem(post(client, {"text": "停水"}, Authorization="Bearer nonsense"), 401, "token.invalid")
    is_problem(post(client, {"text": "停水"}, Authorization="Basic abc"), 401, "not-signed-in")


def test_staff_register_under_their_name_and_the_public_not_in_their_channels(here, client):
    token = give_token(account_id=here.accounts["operator"], at=AT)
    told = post(client, {"text": "停水", "channel": "own_phone"}, Authorization=f"Bearer {token}").json()
    line = demand_line(demand_by_receipt(told["receipt"]).demand_id)
    assert line.written_by_id == here.accounts["operator"]
    is_problem(post(client, {"text": "停水", "channel": "on_behalf"}), 403, "not-allowed")


def test_a_report_against_officials_is_sealed_and_its_answer_looks_the_same(here, client):
    plain, closed = (
        post(client, {"text": "某站长收了钱", "kind": kind}).json() for kind in ("complaint", "report")
    )
    assert (
        plain.keys() == closed.keys()
        and plain["clocks"] == closed["clocks"]
        and plain["next"] == closed["next"]
    )
    assert rows("intake_demand") == len(sealed.verify_numbers()) == 1


# Idempotency-Key


def test_the_same_key_and_body_is_one_demand_and_the_code_is_not_told_again(here, client):
    first = post(client, {"text": "停水"}, **{"Idempotency-Key": "a"})
    again = post(client, {"text": "停水"}, **{"Idempotency-Key": "a"})
    assert first.status_code == again.status_code == 201
    assert again.json() == first.json() | {
        "receipt": None,
        "receipt_promise": None,
        "note": "idempotency.replayed",
    }
    assert rows("intake_demand") == 1
    with connection.cursor() as cursor:
        cursor.execute("SELECT answer::text FROM inbox_item")
        assert first.json()["receipt"] not in cursor.fetchone()[0]


def test_the_same_key_with_another_body_is_a_mismatch(here, client):
    post(client, {"text": "停水"}, **{"Idempotency-Key": "a"})
    is_problem(post(client, {"text": "停电"}, **{"Idempotency-Key": "a"}), 409, "idempotency.mismatch")


def test_two_callers_may_use_the_same_key(here, client):
    for agent in ("one", "two"):
        assert (
            post(client, {"text": agent}, **{"Idempotency-Key": "a", "User-Agent": agent}).status_code == 201
        )
    token = give_token(account_id=here.accounts["operator"], at=AT)
    told = post(client, {"text": "停水"}, **{"Idempotency-Key": "a", "Authorization": f"Bearer {token}"})
    assert told.status_code == 201 and rows("intake_demand") == 3


@pytest.mark.parametrize("key", ["", "k" * 129, "a\tb"])
def test_a_key_has_one_to_128_visible_characters(here, client, key):
    is_problem(post(client, {"text": "停水"}, **{"Idempotency-Key": key}), 422, "idempotency.bad-key")


def test_a_refused_request_keeps_no_answer(here, client):
    is_problem(post(client, {"text": ""}, **{"Idempotency-Key": "a"}), 422, "demand.empty")
    assert post(client, {"text": "停水"}, **{"Idempotency-Key": "a"}).status_code == 201


def test_the_schema_is_openapi_3_1_and_names_the_fields(here, client):
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert set(told["components"]["schemas"]["NewDemand"]["properties"]) >= {
        "text",
        "place",
        "anonymity",
        "reply_by",
    }


def test_the_schema_tells_the_status_that_is_answered_the_shape_of_a_no_and_the_key_of_a_repeat(here, client):
    told = client.get("/api/v1/openapi.json").json()
    asked = told["paths"]["/api/v1/demands"]["post"]
    answer = post(client, {"text": "停水"})
    assert set(asked["responses"]) == {str(answer.status_code), "default"}
    shape = told["components"]["schemas"]["RegisteredOut"]
    assert set(answer.json()) <= set(shape["properties"])
    no = asked["responses"]["default"]["content"]["application/problem+json"]["schema"]["$ref"].rpartition(
        "/"
    )[2]
    assert set(told["components"]["schemas"][no]["required"]) == set(post(client, {}).json())
    assert "Idempotency-Key" in {one["name"] for one in asked["parameters"]}
    assert "201" in told["paths"]["/api/v1/verdicts"]["post"]["responses"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.dictionaries(
        st.sampled_from(
            [
                "text",
                "place",
                "title",
                "name",
                "phone",
                "anonymity",
                "channel",
                "kind",
                "reply_by",
                "lang",
                "?",
            ]
        ),
        st.none()
        | st.booleans()
        | st.integers()
        | st.text(max_size=40)
        | st.lists(st.integers(), max_size=2),
        max_size=6,
    )
)
def test_nothing_that_is_sent_is_a_bug(here, body):
    client = Client(raise_request_exception=False)
    answer = post(client, body)
    assert answer.status_code in {201, 401, 403, 422}, answer.content


def test_unpaired_halves_in_a_key_of_the_object_are_no_bug(here, client):
    is_problem(post(client, '{"text":"停水","\\ud800":1}'), 422, "field.invalid")


@pytest.mark.parametrize(
    ("lang", "then"), [("zh-hans", "到这一天为止：告诉您由谁办。"), ("en", "By that day: ")]
)
def test_a_slip_from_the_api_says_what_happens_by_its_day(here, client, lang, then):
    told = post(client, {"text": "三组停水"}).json()
    page = post(client, {"receipt": told["receipt"]}, "/api/v1/slips", **{"Accept-Language": lang})
    assert page.status_code == 200 and then in page.content.decode()
    assert page.content.lstrip().startswith(b"<!doctype html>")
