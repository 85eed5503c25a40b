"""The same request again: by a machine that lost the answer, by two presses of one button, by two machines at once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from asking import is_problem, post
from doors.office import signed_in
from makers import AT, County, county, register
from minqing.ground.offices.commands import give_token
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def test_a_key_is_good_for_seven_days_and_then_for_another_word(
    here: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, key = Client(), {"Idempotency-Key": "a"}
    first = post(client, {"text": "停水"}, **key)
    monkeypatch.setenv("MINQING_NOW", (AT + timedelta(days=6, hours=23)).isoformat())
    assert post(client, {"text": "停水"}, **key).json()["verify_no"] == first.json()["verify_no"]
    monkeypatch.setenv("MINQING_NOW", (AT + timedelta(days=7, minutes=1)).isoformat())
    fresh = post(client, {"text": "停电"}, **key)
    assert fresh.status_code == 201
    assert fresh.json()["receipt"]


def test_what_is_kept_for_a_replay_holds_no_code_and_no_word_of_the_person(here: County) -> None:
    client = Client(raise_request_exception=False)
    told = post(
        client,
        {"text": "我家停水三天了", "name": "林小溪", "phone": "13900000021"},
        **{"Idempotency-Key": "a"},
    ).json()
    slip = post(
        client, {"word": "2468"}, f"/api/v1/demands/{register().demand_id}/renew-receipt",
        Authorization="Bearer " + give_token(account_id=here.accounts["registrar"], at=AT), **{"Idempotency-Key": "b"},
    ).json()  # fmt: skip
    post(
        client, {"receipt": told["receipt"], "solved": "no", "explained": "no", "words": "还没来水"}, "/api/v1/verdicts",
        **{"Idempotency-Key": "c"},
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), string_agg(t::text, ' ') FROM inbox_item t")
        n, kept = cursor.fetchone()
    assert n == 2, "a refused verdict keeps no answer"
    for secret in (told["receipt"], slip["receipt"], "2468", "我家停水", "林小溪", "13900000021", "还没来水"):
        assert secret not in kept
        assert secret.encode().hex() not in kept


def side_by_side(*acts_: Callable[[], Any]) -> list[Any]:
    start = Barrier(len(acts_))

    def run(act: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts_)) as pool:
        return [one.result() for one in [pool.submit(run, act) for act in acts_]]


@pytest.mark.django_db(transaction=True)
def test_the_same_request_sent_side_by_side_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    county()

    def send() -> Any:
        return post(Client(raise_request_exception=False), {"text": "停水"}, **{"Idempotency-Key": "same"})

    answers = side_by_side(*[send] * 6)
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert sum(bool(answer.status_code == 201 and answer.json()["receipt"]) for answer in answers) == 1
    for answer in answers:
        if answer.status_code == 409:
            is_problem(answer, 409, "idempotency.in-flight")
    with connection.cursor() as cursor:
        cursor.execute("SELECT (SELECT count(*) FROM intake_demand), (SELECT count(*) FROM facts_fact)")
        assert cursor.fetchone() == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_while_a_request_is_running_its_twin_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Held open by hand: the same lock that the running request holds, from another connection."""
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    county()
    told = post(Client(), {"text": "停电"}, **{"Idempotency-Key": "other"})
    with connection.cursor() as cursor:
        cursor.execute("SELECT sender FROM inbox_item")
        sender = cursor.fetchone()[0]

    def send() -> Any:
        return post(Client(raise_request_exception=False), {"text": "停水"}, **{"Idempotency-Key": "held"})

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [f"{sender}\x1fheld"])
        is_problem(side_by_side(send)[0], 409, "idempotency.in-flight")
        cursor.execute("SELECT pg_advisory_unlock_all()")
    assert told.status_code == 201
    assert side_by_side(send)[0].status_code == 201


def test_two_presses_on_one_act_of_the_desk_are_one_act(here: County) -> None:
    """A double press, or the back button and once more: the second finds that the case has moved on."""
    told = register()
    case_id = casework.accepted(here, demand_id=told.demand_id).pk
    desk = signed_in(here, "handler")
    page = desk.get(f"/desk/cases/{case_id}/talk/")
    typed = {
        "demand_id": str(told.demand_id),
        "text": "明天上午来修",
        "seen": page.context["form"]["seen"].value(),
    }
    first, again = (desk.post(f"/desk/cases/{case_id}/talk/", typed) for _ in range(2))
    assert (first.status_code, again.status_code) == (303, 409)
    assert "明天上午来修" in again.content.decode()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_talk WHERE text = %s", ["明天上午来修"])
        assert cursor.fetchone() == (1,)
