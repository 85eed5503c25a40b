"""Every address × every role × something of somebody else: it answers like something that never was, byte for byte.

The addresses are read from the resolver and the schema: a new one is in here by itself. What of it a role may open is
told by the answer for the foreign thing: anything but "yes" must be the same as for an id that leads nowhere.
"""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from asking import post
from doors.office import seat, signed_in
from doors.test_every_verb import addresses as api_addresses
from doors.test_every_verb import filled
from doors.world import World, a_world
from makers import AT, county
from minqing.charter import MAY, REACH, Reach, Role, Verb
from minqing.means.documents.queries import documents_about

pytestmark = pytest.mark.django_db
MARKS = re.compile(r'csrfmiddlewaretoken" value="[^"]*"|nonce="[^"]*"|data-now="[^"]*"')
ID = re.compile(r"<uuid:(\w+)>")
# To whom the water office's matters are foreign: everybody who does not work for the whole county, at another office.
STRANGERS: dict[str, tuple[str, Role]] = {
    f"stranger-{role.value}": ("village" if role is Role.VILLAGE_CADRE else "roads", role)
    for role in Role
    if REACH[role] is not Reach.COUNTY
}
# Requests to see an identity are agreed to by another unit, and audited: to those who may, they are not foreign.
THEIRS = {
    name: ("/desk/access/",)
    for name, (_, role) in STRANGERS.items()
    if {Verb.ACCESS_APPROVE, Verb.LOOK_VIEW} & set(MAY[role])
}


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    made = a_world(county())
    for name, (office, role) in STRANGERS.items():
        seat(made.here, name, office, role)
    return made


def with_ids(patterns: Any = None, before: str = "") -> list[str]:
    """Every address of pages with an id in it, as its route."""
    found: list[str] = []
    for one in get_resolver().url_patterns if patterns is None else patterns:
        route = one.pattern._route if isinstance(one.pattern, RoutePattern) else ""
        if isinstance(one, URLResolver) and not (before + route).startswith("api/"):
            found += with_ids(one.url_patterns, before + route)
        elif isinstance(one, URLPattern) and ID.search(before + route):
            found.append("/" + before + route)
    return found


def kinds(world: World) -> dict[str, UUID]:
    """Parameter of a route → an id of the water office that is really there."""
    ids = world.ids
    paper = documents_about(f"case:{ids['other_case']}")[0].id
    return {
        "case_id": ids["case"], "demand_id": ids["word"], "callback_id": ids["callback"], "day_id": ids["reception"],
        "booking_id": ids["booking"], "withdrawal_id": ids["withdrawal"], "promise_id": ids["promise"],
        "mediation_id": ids["mediation"], "access_id": ids["accesse"], "document_id": paper, "paper_id": paper,
        "supervision_id": ids["supervision"],
    }  # fmt: skip


def address(route: str, ids: dict[str, UUID]) -> str:
    there = ID.sub(lambda m: str(ids[m[1]]), route)
    return re.sub(r"<(?:(\w+):)?\w+>", lambda m: "1" if m[1] == "int" else "reply", there)


def bare(answer: Any, path: str) -> tuple[int, str]:
    text = answer.content.decode(errors="replace")
    for one in re.findall(r"[0-9a-f]{8}-[0-9a-f-]{27}", path):
        text = text.replace(one, "·")
    return answer.status_code, MARKS.sub("", text)


def test_the_matrix_knows_every_kind_of_id(world: World) -> None:
    """An id of a new kind is an error here until something of that kind stands in the world, or nobody else's can be."""
    asked = {name for route in with_ids() for name in ID.findall(route)}
    assert asked - set(kinds(world)) <= NOT_A_MATTER, asked - set(kinds(world)) - NOT_A_MATTER
    assert len(with_ids()) > 40


# Accounts, offices, offers of the demo and files have gates of their own that tests beside this one hold.
NOT_A_MATTER = {
    "account_id", "office_id", "file_id", "alarm_id", "pair_id", "scan_id", "kin_id", "row_id", "erasure_id", "blob_id",
    "change_id", "message_id",
}  # fmt: skip


FOR_EVERYBODY = ("/open/",)  # published days: whoever likes may book


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_a_page_of_others_answers_like_one_that_never_was(world: World, name: str) -> None:
    client = signed_in(world.here, name)
    client.raise_request_exception = False
    real, tried, told = kinds(world), 0, []
    for route in with_ids():
        if route.startswith(FOR_EVERYBODY + THEIRS.get(name, ())) or not set(ID.findall(route)) <= set(real):
            continue
        nowhere = {kind: uuid4() for kind in real}
        for way in (client.get, client.post):
            there, missing = address(route, real), address(route, nowhere)
            one, other = way(there), way(missing)
            closed = one.status_code in {302, 303, 401, 403, 404, 405, 410}
            if bare(one, there) != bare(other, missing) or not closed:
                told.append((way.__name__, route, one.status_code, other.status_code))
            tried += 1
    assert not told, told
    assert tried > 50


@pytest.mark.parametrize("name", sorted(STRANGERS))
def test_an_address_of_the_api_answers_like_one_that_never_was(world: World, name: str) -> None:
    client, token, tried = Client(raise_request_exception=False), world.token(name), 0
    for one in api_addresses():
        if "{" not in one.path:
            continue
        kind = one.path.split("/")[3].removesuffix("s")
        there, missing = world.ids.get(kind), uuid4()
        if there is None:
            continue
        here, gone = (post(client, {}, filled(one, target), **token) for target in (there, missing))
        assert (here.status_code, here.content) == (gone.status_code, gone.content), (
            one.path,
            here.content.decode(),
        )
        tried += 1
    for path in ("cases/{}", "demands/{}", "cases/{}/files", "cases/{}/documents"):
        here, gone = (
            client.get("/api/v1/" + path.format(target), headers=token)
            for target in (world.ids["case"], uuid4())
        )
        assert here.status_code in {403, 404, 405}, (path, here.status_code)
        assert (here.status_code, here.content) == (gone.status_code, gone.content), path
    assert tried > 30
