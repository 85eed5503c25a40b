"""小县模式 at a look: what was really done this week is counted, and nobody's empty row stands in the way."""

import re
from pathlib import Path

import pytest
from django.core.cache import cache

from doors.office import signed_in
from makers import AT, County, county
from minqing.charter import Verb
from minqing.doors.desk.others import VERB_OF, acts_in_week
from minqing.ground.law.queries import now
from minqing.ground.offices.rules import WORK_MINUTES
from work import casework

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def test_the_answers_of_the_week_are_counted_as_work(here):
    casework.served(here)
    assert acts_in_week(now())[Verb.CASE_REPLY] == 1
    page = signed_in(here, "leader").get("/desk/small-county/").content.decode()
    assert "写答复" in page


def test_every_kind_of_work_is_counted_by_a_fact_that_the_rooms_put_down():
    told = Path(__file__).parents[2].joinpath("docs/reference/facts.md").read_text("utf-8")
    counted = {VERB_OF.get(kind) for kind in re.findall(r"^\| `([a-z.-]+)`", told, re.MULTILINE)}
    assert {work.verb.value for work in WORK_MINUTES if not work.weekly} - counted == set()


def test_who_has_nothing_to_do_has_no_row(here):
    casework.served(here)
    shown = signed_in(here, "leader").get("/desk/small-county/")
    plan = shown.context["plan"]
    page = shown.content.decode()
    assert plan.n_idle and f"另有{plan.n_idle}人本周没有要办的。" in page
    assert page.count("data-week") == len(plan.people) - plan.n_idle
