"""Every address of the API, posted to by everybody: who lacks the verb, or sits in another office, changes nothing."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django import forms
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from asking import post
from doors.office import signed_in
from doors.world import WHO, World, a_world
from makers import AT, VILLAGE, county
from minqing.charter import MAY, REACH, Reach, Role, Verb
from minqing.doors.parts import acts
from minqing.doors.parts.rows import RowsField
from minqing.means.documents.queries import documents_about

pytestmark = pytest.mark.django_db
WRITES = re.compile(r"\bINSERT INTO\b|\bUPDATE \S+ SET\b|\bDELETE FROM\b|^COPY ", re.IGNORECASE)
OPEN_TO_ALL = {"demand-register", "slip-print", "status-view", "verdict-give", "reopening-ask",
               "erasure-ask", "erasure-take-back"}  # fmt: skip
BY_HAND = {
    "callback-work": Verb.CALLBACK_WORK,
    "callback-contact": Verb.CALLBACK_WORK,
    "demand-find": Verb.DEMAND_FIND,
    "contact-open": Verb.CONTACT_OPEN,
    "receipt-renew": Verb.DEMAND_FIND,
    "contacts-open": Verb.CONTACT_OPEN,
    "access-open": Verb.ACCESS_OPEN,
    "reception-walk-in": Verb.RECEPTION_BOOK,
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return a_world(county())


# Every address, with a body that is right in itself


@dataclass(frozen=True)
class Address:
    operation: str
    path: str
    verb: Verb | None
    form: type[forms.Form] | None = None


def addresses() -> list[Address]:
    """As the published schema lists them; the verb of each by the table of acts."""
    paths = Client().get("/api/v1/openapi.json").json()["paths"]
    known = {(act.command.__name__): act for act in acts.every()}
    found = []
    for path, ways in paths.items():
        if "post" not in ways:
            continue
        operation = ways["post"]["operationId"]
        act = known.get(ways["post"].get("summary", "").partition(": ")[2])
        verb = act.verb if act else BY_HAND.get(operation)
        found.append(Address(operation, path, verb, act.form if act else None))
    return found


def body_of(address: Address, world: World, case_id: UUID, demand_id: UUID) -> dict[str, Any]:
    """What the address asks for, filled in sensibly; so a no is the gate's, never the form's."""
    here, ids = world.here, world.ids
    by_hand: dict[str, dict[str, Any]] = {
        "callback-work": {"act": "miss"}, "contact-open": {"demand_id": str(demand_id)}, "receipt-renew": {},
        "access-open": {"code": "123456"},
        "reception-walk-in": {"name": "马大爷"}, "demand-find": {"name": "林小溪", "phone": "13900000021"},
    }  # fmt: skip
    if address.form is None:
        return by_hand.get(address.operation, {})
    named = {
        "office_id": here.offices["water"], "demand_id": demand_id, "case_id": case_id, "leader_id": here.accounts["leader"],
        "mediator_id": here.accounts["mediator"], "supervision_id": ids["supervision"], "earlier_id": ids["other_case"],
        "case_ids": [case_id], "about": f"case:{case_id}", "from_hour": "9:00", "place": VILLAGE,
    }  # fmt: skip
    body: dict[str, Any] = {}
    for name, one in address.form().fields.items():
        if name in named and (one.required or name == "demand_id"):
            body[name] = named[name]
        elif one.required:
            body[name] = _some(one)
    return {name: _plain(value) for name, value in body.items()}


def _some(one: forms.Field) -> Any:
    match one:
        case RowsField():
            return [{"title": "一", "words": "修", "due_on": "2026-07-20"}] * 2
        case forms.IntegerField():
            return 5
        case forms.UUIDField():
            return uuid4()
        case forms.DateField():
            return "2026-06-30"
        case forms.ChoiceField():
            return next(str(value) for value, _ in one.choices if value != "")
        case _:
            return "写几个字"


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    return value if isinstance(value, int | str | bool) else str(value)


PARAMETER = re.compile(r"\{(?:uuid:)?(\w+)\}")


def filled(address: Address, target: UUID) -> str:
    return PARAMETER.sub(str(target), address.path)


def target_of(address: Address, world: World) -> UUID:
    kind = address.path.split("/")[3].removesuffix("s")
    found: UUID = world.ids.get(kind) or uuid4()
    return found


def written(context: CaptureQueriesContext) -> list[str]:
    return [query["sql"] for query in context.captured_queries if WRITES.search(query["sql"])]


def asked(
    client: Client, address: Address, target: UUID, body: dict[str, Any], **headers: str
) -> tuple[Any, list[str]]:
    with CaptureQueriesContext(connection) as seen:
        answer = post(client, body, filled(address, target), **headers)
    return answer, written(seen)


def test_every_address_belongs_to_a_verb_or_is_open_to_all() -> None:
    without = {one.operation for one in addresses() if one.verb is None}
    assert without == OPEN_TO_ALL


def test_nobody_gets_anywhere_without_a_token_and_a_desk_session_is_none(world: World) -> None:
    browser = signed_in(world.here, "dispatcher")
    browser.raise_request_exception = False
    for address in addresses():
        if address.operation in OPEN_TO_ALL:
            continue
        for client in (Client(raise_request_exception=False), browser):
            answer, wrote = asked(client, address, target_of(address, world), {})
            assert answer.status_code == 401, address.path
            assert wrote == [], address.path


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_a_role_without_the_verb_changes_nothing(world: World, role: Role) -> None:
    client, token = Client(raise_request_exception=False), world.token(WHO[role])
    asked_for = 0
    for address in addresses():
        if address.verb is None or address.verb in MAY[role]:
            continue
        body = body_of(address, world, world.ids["case"], world.ids["word"])
        answer, wrote = asked(client, address, target_of(address, world), body, **token)
        assert answer.status_code in {403, 404}, (address.path, answer.content.decode())
        assert answer["Content-Type"] == "application/problem+json"
        assert wrote == [], (address.path, wrote)
        asked_for += 1
    assert asked_for > 0


STRANGERS = ("other_handler", "other_head", "cadre", "other_mediator")


@pytest.mark.parametrize("name", STRANGERS)
def test_an_office_that_has_no_part_in_it_finds_nothing_and_learns_nothing(world: World, name: str) -> None:
    """The verb alone is not enough: the ids of another office answer like ids that never were."""
    by, token = world.here[name], world.token(name)
    client = Client(raise_request_exception=False)
    tried = 0
    for address in addresses():
        if address.verb is None or not by.may(address.verb) or not PARAMETER.search(address.path):
            continue
        body = body_of(address, world, world.ids["case"], world.ids["word"])
        there, wrote = asked(client, address, target_of(address, world), body, **token)
        nowhere, _ = asked(client, address, uuid4(), body, **token)
        assert there.status_code in {403, 404}, (address.path, there.content.decode())
        assert (there.status_code, there.content) == (nowhere.status_code, nowhere.content), address.path
        assert wrote == [], (address.path, wrote)
        tried += 1
    assert tried > 0


def everything() -> dict[str, str]:
    """All that is stored, table by table."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE n.nspname = 'public' AND c.relkind = 'r' AND has_table_privilege(c.oid, 'SELECT') ORDER BY 1"
        )
        names = [row[0] for row in cursor.fetchall()]
        found = {}
        for name in names:
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '')) FROM \"{name}\" t"
            )
            found[name] = cursor.fetchone()[0]
    return found


def foreign_bodies(world: World) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Acts on a case of one's own, with somebody else's id in the body."""
    here, ids = world.here, world.ids
    own, foreign = f"/cases/{ids['case']}", ids["other_demand"]
    paper = documents_about(f"case:{ids['other_case']}")[0].id
    yield "handler", f"{own}/talk", {"demand_id": str(foreign), "text": "明天来"}
    yield "handler", f"{own}/open-contact", {"demand_id": str(foreign)}
    yield "handler", f"{own}/serve", {"way": "by_hand", "on": "2026-06-30", "document_id": str(paper)}
    yield "handler", f"{own}/answer-supervision", {"supervision_id": str(uuid4()), "answer": "已办"}
    yield "handler", f"{own}/appraise", {"appraisal_id": str(uuid4()), "result": "合格"}
    yield "handler", f"{own}/mediate", {"mediator_id": str(uuid4()), "other_side": "站", "no_violence": True}
    yield "dispatcher", f"{own}/forward", {"office_id": str(uuid4())}
    yield "dispatcher", f"{own}/carry", {"leader_id": str(uuid4())}
    yield "dispatcher", f"{own}/link", {"earlier_id": str(uuid4())}
    yield "dispatcher", f"/demands/{foreign}/leave", {"case_id": str(ids["case"]), "reason": "不是他的"}
    yield "dispatcher", f"/demands/{ids['demand']}/join", {"case_id": str(uuid4()), "reason": "同一件"}
    yield (
        "dispatcher",
        f"/demands/{ids['demand']}/open",
        {"title": "路灯", "track": "petition", "holder_id": str(uuid4())},
    )
    yield "other_handler", "/promises", {
        "about": f"case:{ids['case']}", "words": "修", "office_id": str(here.offices["roads"]), "due_on": "2026-07-09",
        "made_on": "2026-06-30",
    }  # fmt: skip
    yield "handler", "/promises", {
        "about": f"case:{ids['case']}", "words": "修", "office_id": str(here.offices["roads"]), "due_on": "2026-07-09",
        "made_on": "2026-06-30",
    }  # fmt: skip
    yield "handler", "/promises", {
        "about": f"case:{ids['case']}", "words": "修", "office_id": str(here.offices["water"]), "due_on": "2026-07-09",
        "made_on": "2026-06-30", "to_person_id": str(uuid4()),
    }  # fmt: skip


def test_the_id_of_another_in_the_body_of_ones_own_act_is_refused_and_nothing_is_kept(world: World) -> None:
    client = Client(raise_request_exception=False)
    for name, path, body in foreign_bodies(world):
        before, token = everything(), world.token(name)
        after_token = everything()
        answer = post(client, body, "/api/v1" + path, **token)
        assert answer.status_code in {403, 404, 409, 422}, (path, body, answer.content.decode())
        changed = {table for table, was in after_token.items() if everything()[table] != was}
        assert changed == set(), (path, body)
        assert before.keys() == after_token.keys()


@pytest.mark.parametrize(
    "name", ["handler", "dispatcher", "head", "leader", "callback", "reception", "arbiter"]
)
def test_who_may_is_answered_by_a_rule_or_a_result_and_never_by_a_bug(world: World, name: str) -> None:
    client, token, by = Client(raise_request_exception=False), world.token(name), world.here[name]
    for address in addresses():
        if address.verb is None or not by.may(address.verb):
            continue
        for target in (target_of(address, world), uuid4()):
            body = body_of(address, world, world.ids["case"], world.ids["word"])
            answer = post(client, body, filled(address, target), **token)
            assert answer.status_code < 500, (address.path, answer.content.decode())


ABSURD_DAYS = ("0001-01-01", "1948-12-31", "9999-12-31", "2026-02-30", "昨天")


@pytest.mark.parametrize("day", ABSURD_DAYS)
def test_no_day_however_far_away_is_a_bug(world: World, day: str) -> None:
    """Dates before 1949 or past every calendar: a reason, or a provisional day; never a 500."""
    client, tokens = Client(raise_request_exception=False), {}
    tried = 0
    for address in addresses():
        if address.form is None or address.verb is None:
            continue
        days = [name for name, one in address.form().fields.items() if isinstance(one, forms.DateField)]
        if not days:
            continue
        name = next(
            who for role, who in WHO.items() if address.verb in MAY[role] and REACH[role] is not Reach.NONE
        )
        token = tokens.setdefault(name, world.token(name))
        body = body_of(address, world, world.ids["case"], world.ids["word"]) | dict.fromkeys(days, day)
        answer = post(client, body, filled(address, target_of(address, world)), **token)
        assert answer.status_code < 500, (address.path, answer.content.decode())
        tried += 1
    assert tried >= 8
