"""The monitor of time limits: every breach is told from facts alone, numbers under five are not, and it keeps what it said."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.cache import cache
from django.test import Client

import makers
from makers import AT, County
from minqing.kernel.ids import uuid7
from minqing.record.facts.commands import record
from minqing.record.facts.models import Fact
from minqing.work.cases.models import Case
from minqing.work.monitor.commands import keep_report
from minqing.work.monitor.models import Report
from minqing.work.monitor.queries import Found, monitor
from minqing.work.monitor.rules import Breach, Extension, Matter, breaches
from work import casework

ID = uuid7()
LATER = AT + timedelta(days=200)


def judged(at: datetime = LATER, **more: Any) -> set[str]:
    whole: dict[str, Any] = {
        "told_at": AT + timedelta(days=3), "answered_at": AT + timedelta(days=40), "noticed_at": AT + timedelta(days=3),
        "ended_at": AT + timedelta(days=80), "facts": 9, "last_n": 8,
    }  # fmt: skip
    return {str(one) for one in breaches(Matter(ID, AT, **(whole | more)), at=at)}


@pytest.mark.parametrize(
    ("more", "found"),
    [
        ({}, set()),
        ({"told_at": AT + timedelta(days=15)}, set()),
        ({"told_at": AT + timedelta(days=16)}, {"late-notice"}),
        ({"answered_at": AT + timedelta(days=60)}, set()),
        ({"answered_at": AT + timedelta(days=61)}, {"late-end"}),
        ({"answered_at": AT + timedelta(days=90), "extensions": (Extension(30, True),)}, set()),
        ({"answered_at": AT + timedelta(days=91), "extensions": (Extension(30, True),)}, {"late-end"}),
        ({"answered_at": AT + timedelta(days=70), "parked": 10}, set()),
        ({"extensions": (Extension(30, False),)}, {"extended-without-reason"}),
        ({"extensions": (Extension(31, True),)}, {"extended-too-long"}),
        ({"extensions": (Extension(10, True), Extension(10, True))}, {"extended-twice"}),
        ({"noticed_at": None}, {"untold"}),
        ({"noticed_at": AT + timedelta(days=81)}, {"untold"}),
        ({"facts": 8}, {"gap"}),
        (
            {"told_at": None, "answered_at": None, "ended_at": None, "noticed_at": None},
            {"late-notice", "late-end"},
        ),
    ],
)
def test_each_limit_is_held_to_the_day(more: dict[str, Any], found: set[str]) -> None:
    assert judged(**more) == found


def test_what_is_young_is_not_late() -> None:
    fresh = Matter(ID, AT)
    assert breaches(fresh, at=AT + timedelta(days=15)) == []
    assert breaches(fresh, at=AT + timedelta(days=16)) == [Breach.LATE_NOTICE]


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return makers.county()


def of(found: Found, case: UUID) -> set[str]:
    return {one.kind for one in found.findings if one.case == str(case)}


@pytest.mark.django_db
def test_a_case_is_judged_by_its_facts_whatever_its_row_says(here: County) -> None:
    late = casework.accepted(here)
    done = casework.served(here)
    Case.objects.filter(pk=late.pk).update(due_at=LATER, replied_at=AT, ended_at=AT)
    found = monitor(at=AT + timedelta(days=70))
    assert of(found, late.pk) == {"late-end"}
    assert of(found, done.pk) == set()
    assert (found.county.n, found.county.open_60) == (2, 1)


@pytest.mark.django_db
def test_closed_without_notice_a_gap_and_an_extension_without_reason_are_found(here: County) -> None:
    closed, stretched, torn = (casework.opened(here).pk for _ in range(3))
    record(kind="case.concluded", about=closed, by=None, at=AT)
    for case in (stretched, torn):
        record(kind="case.accepted", about=case, by=None, at=AT)
    record(kind="case.extended", about=stretched, by=None, at=AT, days=30)
    Fact.objects.create(id=uuid7(), kind="case.talked", about_id=torn, n=9, at=AT, body="{}", leaf_hash=b"")
    found = monitor(at=AT + timedelta(days=1))
    assert of(found, closed) == {"untold"}
    assert of(found, stretched) == {"extended-without-reason"}
    assert of(found, torn) == {"gap"}


@pytest.mark.django_db
def test_numbers_under_five_are_not_published_and_the_page_shows_the_rest(
    here: County, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        casework.accepted(here)
    at = AT + timedelta(days=70)
    few = keep_report(at=at)
    assert (few.told()["county"], few.told()["offices"]) == (None, [])
    assert "期限守没守住" in Client().get("/log").content.decode()
    for _ in range(2):
        casework.accepted(here)
    again = keep_report(at=at)
    assert Report.objects.count() == 1
    assert Report.objects.get().told["county"] is None
    assert again.told()["county"]["n"] == 6
    (line,) = again.told()["offices"]
    assert (line["office"], line["n"]) == (str(here.offices["water"]), 6)
    keep_report(at=at + timedelta(days=1))
    page = Client().get("/log").content.decode()
    assert "60日内（延期另计）没有办出结果" in page
    assert json.dumps(again.told())
