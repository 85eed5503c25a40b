"""The API's staff: every act of the desk, the same gates, the same refusals."""

from inspect import Parameter, signature

import pytest
from django.core.cache import cache
from django.test import Client

from asking import is_problem, post
from makers import AT, VILLAGE, County, county, register
from minqing.doors.parts import acts
from minqing.ground.offices.commands import give_token
from minqing.ground.people.commands import live_in, open_household
from minqing.ground.people.models import Look
from minqing.work.intake.queries import demand_line, person_of
from minqing.work.promises.models import Promise
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


class Staff:
    """A client that shows a token."""

    def __init__(self, here: County, name: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.headers = {"Authorization": "Bearer " + give_token(account_id=here.accounts[name], at=AT)}

    def get(self, path: str):
        return self.client.get("/api/v1" + path, headers=self.headers)

    def post(self, path: str, body=None, **headers: str):
        return post(self.client, body or {}, "/api/v1" + path, **self.headers, **headers)


def opened(here: County, text: str = "上湾村三组停水") -> tuple[str, str, str]:
    """(case id, demand id, receipt) of a petition forwarded to the water office."""
    told, desk = register(text, place=VILLAGE, word="1234"), Staff(here, "dispatcher")
    case = desk.post(f"/demands/{told.demand_id}/open", {"title": "停水", "track": "petition"})
    assert case.status_code == 200, case.content
    case_id = case.json()["id"]
    done = desk.post(f"/cases/{case_id}/forward", {"office_id": str(here.offices["water"]), "words": "请办"})
    assert done.status_code == 200, done.content
    return case_id, str(told.demand_id), told.receipt


def test_the_whole_way_by_api(here):
    case_id, demand_id, receipt = opened(here)
    water, head = Staff(here, "handler"), Staff(here, "head")
    assert water.post(f"/cases/{case_id}/accept").json()["state"] == "accepted"
    assert (
        water.post(f"/cases/{case_id}/talk", {"demand_id": demand_id, "text": "明天来看"}).status_code == 200
    )
    assert water.post(f"/cases/{case_id}/ask-extension", {"days": 10, "reason": "等配件"}).status_code == 200
    assert (
        head.post(f"/cases/{case_id}/extend", {"days": 10, "reason": "等配件"}).json()["state"] == "extended"
    )
    reply = {
        "kind": "opinion", "outcome": "support", "text": "换管，7月5日通水。", "request": "恢复供水", "facts": "主管破裂",
        "reasons": "属供水单位维护范围", "basis": "《城市供水条例》", "remedy": "30日内可向县政府申请复查",
    }  # fmt: skip
    answer = water.post(f"/cases/{case_id}/reply", reply)
    assert answer.status_code == 200, answer.content
    served = water.post(f"/cases/{case_id}/serve", {"way": "by_hand", "on": "2026-06-30"})
    assert served.status_code == 200, served.content
    page = water.get(f"/cases/{case_id}").json()
    assert page["line"]["state"] == "served" and page["replies"][0]["text"] == "换管，7月5日通水。"
    anyone = Client(raise_request_exception=False)
    told = post(anyone, {"receipt": receipt, "word": "1234"}, "/api/v1/status").json()
    assert told["state"] == "served" and told["texts"]["replies"][0]["text"] == "换管，7月5日通水。"
    assert "texts" not in post(anyone, {"receipt": receipt}, "/api/v1/status").json()
    verdict = post(
        anyone,
        {"receipt": receipt, "solved": "no", "explained": "yes", "words": "还是没水"},
        "/api/v1/verdicts",
    )
    assert (verdict.status_code, verdict.json()) == (201, {"version": 1, "reopened": True})
    assert post(anyone, {"receipt": receipt}, "/api/v1/status").json()["state"] == "accepted"


def test_lists_answer_and_narrow(here):
    case_id, _, _ = opened(here)
    register("路灯坏了")
    desk = Staff(here, "dispatcher")
    assert [row["id"] for row in desk.get("/cases").json()["rows"]] == [case_id]
    assert desk.get("/cases?state=concluded").json()["rows"] == []
    is_problem(desk.get("/cases?colour=red"), 422, "field.invalid")
    assert [row["text"] for row in desk.get("/demands/waiting").json()["rows"]] == ["路灯坏了"]
    assert Staff(here, "callback").get("/callbacks").json() == {"rows": []}
    assert desk.get("/receptions").json() == {"rows": []}


def keys_in(value):
    if isinstance(value, dict):
        return set(value) | {key for inside in value.values() for key in keys_in(inside)}
    return {key for inside in value for key in keys_in(inside)} if isinstance(value, list) else set()


def test_no_list_carries_what_joins_it_with_another(here):
    """Neither a person nor a home can be followed from one list into the next, by key or by value."""
    waiting = register("路灯坏了", name="林小溪", phone="13900000021")
    told = register("停水了", name="林小溪", phone="13900000021", place=VILLAGE)
    home, person = open_household(place=None), person_of(told.demand_id)
    live_in(person_id=person, household_id=home)
    case = casework.served(here, demand_id=told.demand_id)
    promise = {"about": f"case:{case.pk}", "words": "明天来修", "office_id": str(here.offices["water"]),
               "due_on": "2026-07-10", "made_on": "2026-06-30"}  # fmt: skip
    assert Staff(here, "handler").post("/promises", promise).status_code == 200
    Promise.objects.update(to_person_id=person)
    asked = [
        ("dispatcher", "/demands/waiting"), ("callback", "/callbacks"), ("dispatcher", "/cases"),
        ("handler", f"/cases/{case.pk}"), ("handler", f"/cases/{case.pk}/promises"),
    ]  # fmt: skip
    for name, path in asked:
        answer = Staff(here, name).get(path)
        assert answer.status_code == 200
        assert not keys_in(answer.json()) & {"person_id", "to_person_id", "household_id", "voice_id"}, path
        for secret in (person, home, person_of(waiting.demand_id)):
            assert str(secret) not in answer.content.decode(), path


def test_calls_of_one_home_are_numbered_together_and_the_contact_is_opened_by_the_api(here):
    one, two, other = (register(f"停水{n}", name="林小溪", phone="13900000021") for n in range(3))
    home = open_household(place=None)
    for told in (one, two):
        live_in(person_id=person_of(told.demand_id), household_id=home)
    for told in (one, other, two):
        casework.served(here, demand_id=told.demand_id)
    caller = Staff(here, "callback")
    rows = caller.get("/callbacks").json()["rows"]
    calls = [row["call"] for row in rows]
    assert calls in ([1, 1, 2], [1, 2, 2])
    looked = Look.objects.count()
    told = caller.post(f"/callbacks/{rows[0]['id']}/open-contact").json()
    assert (told["name"], told["phone"]) == ("林小溪", "13900000021")
    assert (Look.objects.count(), Look.objects.latest("at", "id").purpose) == (looked + 1, "callback")
    is_problem(Staff(here, "handler").post(f"/callbacks/{rows[0]['id']}/open-contact"), 403, "not-allowed")
    done = caller.post(
        f"/callbacks/{rows[0]['id']}/work", {"act": "reach", "solved": "yes", "explained": "yes"}
    )
    assert done.status_code == 200
    assert caller.post(f"/callbacks/{rows[0]['id']}/open-contact").status_code == 409
    assert Look.objects.count() == looked + 1


def test_every_no_of_a_gate_has_the_one_shape(here):
    case_id, demand_id, _ = opened(here)
    anyone = Client(raise_request_exception=False)
    is_problem(anyone.get("/api/v1/cases"), 401, "not-signed-in")
    is_problem(post(anyone, {}, f"/api/v1/cases/{case_id}/accept"), 401, "not-signed-in")
    roads = Staff(here, "other_handler")
    is_problem(roads.get(f"/cases/{case_id}"), 404, "not-found")
    is_problem(roads.post(f"/cases/{case_id}/accept"), 404, "not-found")
    is_problem(Staff(here, "leader").post(f"/cases/{case_id}/accept"), 403, "not-allowed")
    is_problem(Staff(here, "handler").post(f"/cases/{case_id}/accept", {"office": 1}), 422, "field.invalid")
    is_problem(Staff(here, "handler").post(f"/cases/{case_id}/decline", {"basis": "x"}), 422, "field.invalid")
    is_problem(Staff(here, "handler").get("/cases/not-a-uuid"), 404, "not-found")
    is_problem(Staff(here, "callback").get("/demands/waiting"), 403, "not-allowed")
    is_problem(Staff(here, "handler").post(f"/demands/{demand_id}/sort", {"title": "x"}), 404, "not-found")


def test_what_another_changed_meanwhile_is_a_conflict(here):
    case_id, _, _ = opened(here)
    desk, water = Staff(here, "dispatcher"), Staff(here, "handler")
    seen = desk.get(f"/cases/{case_id}").json()["seen"]
    assert water.post(f"/cases/{case_id}/accept", {"seen": seen}).status_code == 200
    is_problem(
        desk.post(f"/cases/{case_id}/carry", {"leader_id": str(here.accounts["leader"]), "seen": seen}),
        409,
        "case.changed",
    )


def test_an_act_with_a_key_is_done_once(here):
    case_id, _, _ = opened(here)
    water = Staff(here, "handler")
    first, again = (water.post(f"/cases/{case_id}/accept", **{"Idempotency-Key": "k"}) for _ in range(2))
    assert first.json() == again.json() and again["Idempotency-Replayed"] == "true"
    is_problem(
        water.post(f"/cases/{case_id}/accept", {"words": "x"}, **{"Idempotency-Key": "k"}),
        409,
        "idempotency.mismatch",
    )


def test_sorting_leaves_alone_what_is_not_said(here):
    told, desk = register("停水", title="旧标题"), Staff(here, "dispatcher")
    assert desk.post(f"/demands/{told.demand_id}/sort", {"kind": "complaint"}).status_code == 200
    line = demand_line(told.demand_id)
    assert (line.title, line.kind, line.text) == ("旧标题", "complaint", "停水")


def test_a_word_is_split_among_owners(here):
    case_id, demand_id, _ = opened(here, "停水，路也坏了")
    body = {"case_id": case_id, "reason": "两件事", "parts": [
        {"title": "停水", "office_id": str(here.offices["water"])}, {"title": "修路", "office_id": str(here.offices["roads"])},
    ]}  # fmt: skip
    done = Staff(here, "dispatcher").post(f"/demands/{demand_id}/split", body)
    assert done.status_code == 200 and len(done.json()["rows"]) == 2, done.content
    body["parts"] = [{"words": "x"}]
    is_problem(Staff(here, "dispatcher").post(f"/demands/{demand_id}/split", body), 422, "field.invalid")


def test_many_are_assigned_at_once_and_each_refusal_is_named(here):
    one, _, _ = opened(here)
    body = {
        "case_ids": [one, "01900000-0000-7000-8000-000000000000"],
        "office_id": str(here.offices["water"]),
        "words": "请办",
    }
    told = Staff(here, "dispatcher").post("/cases/bulk-assign", body).json()
    assert len(told["done_ids"]) + len(told["refused"]) == 2 and all(row["code"] for row in told["refused"])


def test_a_lost_slip_is_replaced_at_the_counter(here):
    told = register("停水")
    fresh = Staff(here, "registrar").post(f"/demands/{told.demand_id}/renew-receipt", {"word": "2468"})
    assert fresh.status_code == 201
    anyone = Client(raise_request_exception=False)
    assert post(anyone, {"receipt": fresh.json()["receipt"], "word": "2468"}, "/api/v1/status").json()[
        "texts"
    ] == {"replies": [], "talk": []}
    is_problem(post(anyone, {"receipt": told.receipt}, "/api/v1/status"), 404, "receipt.unknown")


@pytest.mark.parametrize("act", acts.every(), ids=lambda act: f"{act.target}-{act.name}")
def test_an_act_asks_for_exactly_what_its_command_takes(act):
    known = signature(act.command).parameters
    # `seen`: of the page; `code`: six fresh digits, of which the door makes the moment `proved_at` before it acts
    asked = act.fields - ({"seen", "code"} - set(known))
    given = {"by", "at", act.target} | ({"proved_at"} if "code" in act.fields else set())
    needed = {name for name, one in known.items() if one.default is Parameter.empty} - given
    assert asked <= set(known), asked - set(known)
    assert needed <= act.fields, needed - act.fields


def test_every_act_has_its_address_in_the_schema(here):
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    operations = [op["operationId"] for path in paths.values() for op in path.values()]
    assert len(operations) == len(set(operations))
    for act in acts.CASE_ACTS:
        assert f"/api/v1/cases/{{target}}/{act.name}" in paths


# Slips, status and verdicts


def test_unknown_wrong_and_mistyped_codes_are_the_same_bytes(here):
    register()
    anyone = Client(raise_request_exception=False)
    answers = [
        post(anyone, {"receipt": code}, "/api/v1/status")
        for code in ("4829135702641189", "4829135702641180", "", "查询码")
    ]
    assert {answer.content for answer in answers} == {answers[0].content} and answers[0].status_code == 404
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_an_accusation_s_status_reads_like_every_unsorted_one(here):
    anyone = Client(raise_request_exception=False)
    plain, sealed = (
        post(anyone, {"text": "某站长收了钱", "kind": kind}).json() for kind in ("complaint", "report")
    )
    one, two = (
        post(anyone, {"receipt": told["receipt"]}, "/api/v1/status").json() for told in (plain, sealed)
    )
    assert one.pop("verify_no") == plain["verify_no"] and two.pop("verify_no") == sealed["verify_no"]
    assert one == two
    nos = [
        post(anyone, {"receipt": told["receipt"], "solved": "no", "explained": "no"}, "/api/v1/verdicts")
        for told in (plain, sealed)
    ]
    assert nos[0].content == nos[1].content and nos[0].status_code == 409
    backs = [post(anyone, {"receipt": told["receipt"]}, "/api/v1/reopenings") for told in (plain, sealed)]
    assert backs[0].content == backs[1].content and backs[0].status_code == 409


def test_a_word_taken_back_comes_back_with_its_new_clock(here):
    told, anyone = register(), Client(raise_request_exception=False)
    case = casework.accepted(here)
    casework.take_back(here, case, told.demand_id)
    seen = post(anyone, {"receipt": told.receipt}, "/api/v1/status").json()
    assert (seen["state"], seen["acts"]) == ("withdrawn", ["come-back"])
    no = post(anyone, {"receipt": told.receipt, "solved": "no", "explained": "no"}, "/api/v1/verdicts")
    is_problem(no, 409, "verdict.too-early")
    back = post(anyone, {"receipt": told.receipt}, "/api/v1/reopenings")
    assert back.status_code == 201
    assert (back.json()["reopened"], back.json()["state"]) == (1, "accepted")
    assert [clock["key"] for clock in back.json()["clocks"] if clock["key"] == "xf.handle"]
    is_problem(post(anyone, {"receipt": told.receipt}, "/api/v1/reopenings"), 409, "case.nothing-taken-back")


def test_the_slip_is_printed_as_html_or_pdf(here):
    told, anyone = register(), Client(raise_request_exception=False)
    page = post(anyone, {"receipt": told.receipt}, "/api/v1/slips")
    assert page["Content-Type"].startswith("text/html") and told.receipt[:4] in page.content.decode()
    paper = post(anyone, {"receipt": told.receipt}, "/api/v1/slips", Accept="application/pdf")
    assert paper["Content-Type"] == "application/pdf" and paper.content.startswith(b"%PDF")
    is_problem(post(anyone, {"receipt": "1"}, "/api/v1/slips"), 404, "receipt.unknown")


def test_health_says_what_is_behind(here):
    told = Client().get("/healthz").json()
    assert set(told) == {"status", "database", "worker", "queue_age_s", "code_backlog_age_s"}
    assert told["status"] == "degraded" and told["worker"] == {"state": "stopped", "age_s": None}


def test_the_arbiter_of_a_case_not_yet_twice_returned_is_told_why_not(here):
    case_id, _, _ = opened(here)
    water, desk, arbiter = Staff(here, "handler"), Staff(here, "dispatcher"), Staff(here, "arbiter")
    named = {"office_id": str(here.offices["water"]), "reason": "管网归水务。", "basis": "三定方案"}
    for _ in range(2):
        refused = arbiter.post(f"/cases/{case_id}/arbitrate", named)
        is_problem(refused, 409, "case.return-first")
        assert "退回2次以后" in refused.json()["detail"]
        assert "arbitrate" not in {one["act"] for one in arbiter.get(f"/cases/{case_id}").json()["acts"]}
        water.post(f"/cases/{case_id}/object", {"reason": "不归我局。", "basis": "三定方案"})
        desk.post(f"/cases/{case_id}/return")
        desk.post(f"/cases/{case_id}/forward", {"office_id": str(here.offices["water"])})
    assert arbiter.post(f"/cases/{case_id}/arbitrate", named).json()["state"] == "assigned"
