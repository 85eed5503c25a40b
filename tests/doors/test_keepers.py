"""Those who keep the house: system, rules, audit, and offices whose rooms are still empty. They read nothing that people said."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.test import Client

from doors.office import signed_in
from doors.world import WHO, World, a_world
from makers import AT, county
from minqing.charter import MAY, Role, Verb
from minqing.doors.desk import urls as desk
from minqing.means.documents.queries import documents_about
from minqing.means.notify.models import Message
from minqing.wiring.worker import Worker

pytestmark = pytest.mark.django_db
KEEPERS = [role for role in Role if not MAY[role] & {Verb.CASE_VIEW, Verb.DEMAND_VIEW, Verb.CALLBACK_WORK}]
SAID_BY_PEOPLE = ("自来水停了两天", "三组停水", "林小溪", "13900000021", "周水生", "三日内修好", "马大爷")


def pages(world: World) -> Iterator[str]:
    """Every page of the desk and every reading address of the API, with ids that lead to something."""
    ids = {f"{name}_id": value for name, value in world.ids.items()} | {
        "demand_id": world.ids["word"], "day_id": world.ids["reception"], "target": world.ids["case"],
        "document_id": documents_about(f"case:{world.ids['case']}")[0].id, "office_id": world.here.offices["water"],
    }  # fmt: skip
    for one in desk.urlpatterns:
        filled_in = {name: ids.get(name, uuid4()) for name in one.pattern.converters}
        yield "/desk/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda m, to=filled_in: str(to[m[1]]), str(one.pattern))
    for path, ways in Client().get("/api/v1/openapi.json").json()["paths"].items():
        if "get" in ways:
            yield re.sub(r"\{(?:uuid:)?(\w+)\}", lambda m: str(ids.get(m[1], uuid4())), path)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return a_world(county())


@pytest.mark.parametrize("role", KEEPERS, ids=str)
def test_who_keeps_the_house_reads_nothing_of_what_people_said_on_any_page(world: World, role: Role) -> None:
    """Also not where messages that failed and work that stopped are shown: those pages are read to run the machine."""
    Worker().run_until_idle()
    Message.objects.filter(person_id__isnull=False).update(state="failed", error="no answer")
    browser, token = signed_in(world.here, WHO[role]), world.token(WHO[role])
    browser.raise_request_exception = False
    read = 0
    for path in pages(world):
        answer = browser.get(path, headers=token if path.startswith("/api/") else {})
        assert answer.status_code < 500, path
        body = b"".join(answer) if answer.streaming else answer.content
        found = [secret for secret in SAID_BY_PEOPLE if secret in body.decode(errors="replace")]
        assert not found, (path, found)
        read += answer.status_code == 200
    assert read > 3
