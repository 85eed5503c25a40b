"""The loaded county stands as if its people had done it all by hand, and loading goes on where it stopped."""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import Any

import pytest
from django.db import connection, transaction

from minqing.ground.offices.queries import account_by_username, actor
from minqing.methods.clock import CHINA
from minqing.record.facts.models import Fact
from minqing.record.log.models import Leaf, Pending
from minqing.record.log.rules import leaf_hash
from minqing.wiring.demo.load import load
from minqing.work.cases.models import Case, Link
from minqing.work.cases.queries import Filters, case_page, cases_for, status_of, worklist
from minqing.work.cases.rules import FINAL, CaseState, due_by
from minqing.work.duties.models import Duty
from minqing.work.intake.models import Demand
from minqing.work.judgement.models import Verdict
from minqing.work.visits.queries import pair_lines
from minqing.work.visits.rules import PairKind

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 30)
AT = datetime.combine(TODAY, time(9), CHINA)
ITEMS = 150
KEPT = {
    "cases_case": "id, number, state, holder_id, due_at, due_from, ended_at, n_voices, n_confirmed",
    "cases_link": "id, case_id, demand_id, left_at, confirmed_at",
    "cases_hold": "id, case_id, office_id, role, state",
    "cases_reply": "id, case_id, text",
    "intake_demand": "id, text, state",
    "duties_duty": "id, about_id, rule, due_at, met_at",
    "documents_document": "id, number, body::text",
    "judgement_verdict": "id, solved, words",
    "promises_promise": "id, words, state",
    "facts_fact": "about_id, n, kind, at, body",
}


class CutOff(Exception):
    """The load stops here, as by kill -9."""


def fill(**options: Any) -> dict[str, Any]:
    return load(today=TODAY, items=ITEMS, processes=1, **options)


def everything() -> dict[str, list[Any]]:
    """What a county holds, without what is drawn by chance (keys, seals, verify numbers)."""
    found = {}
    with connection.cursor() as cursor:
        for table, columns in KEPT.items():
            cursor.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2")
            found[table] = cursor.fetchall()
    return found


def test_every_open_case_owes_something_and_shows_the_nearest_of_it() -> None:
    fill()
    open_duties = defaultdict(list)
    for duty in Duty.objects.filter(met_at=None).order_by("due_at", "id"):
        open_duties[duty.about_id].append(duty)
    states = set()
    for case in Case.objects.all():
        states.add(case.state)
        if CaseState(case.state) not in FINAL:
            assert open_duties[case.pk], f"{case.number} {case.state} owes nothing"
        owed = open_duties[case.pk]
        assert case.due_at == (owed[0].due_at if owed else None), case.number
        whose = due_by([(duty.rule, duty.office_id) for duty in owed], case.holder_id)
        assert case.due_by == whose, (case.number, whose)
        assert (case.ended_at is not None) == (CaseState(case.state) in FINAL), case.number
    assert len(states) > 15


def test_its_facts_are_chained_and_its_log_has_no_gap() -> None:
    fill()
    leaves = {leaf.pk: leaf for leaf in Leaf.objects.order_by("pk")}
    assert list(leaves) == list(range(len(leaves)))
    of_fact = {leaf.id: bytes(leaf.leaf) for leaf in [*leaves.values(), *Pending.objects.all()]}
    facts = Fact.objects.order_by("about_id", "n")
    assert {fact.pk for fact in facts} == set(of_fact)
    for _, chain in groupby(facts, key=lambda fact: fact.about_id):
        previous = None
        last = None
        for n, fact in enumerate(chain):
            leaf = of_fact[fact.pk]
            assert (fact.n, bytes(fact.leaf_hash)) == (n, leaf_hash(leaf))
            assert json.loads(leaf).get("p") == (previous.hex() if previous else None)
            assert last is None or fact.pk > last
            previous, last = leaf_hash(leaf), fact.pk


def test_loading_again_adds_nothing_and_a_cut_off_load_comes_to_the_same_end() -> None:
    load(today=TODAY, items=0)  # the frame and what is done by hand; their ids are drawn by chance
    frame = Demand.objects.count()
    with transaction.atomic():
        assert fill()["added"] == ITEMS
        whole = everything()
        assert fill()["added"] == 0
        assert everything() == whole
        transaction.set_rollback(True)
    assert Demand.objects.count() == frame

    def stop(done: int, total: int, what: str) -> None:
        if done == 100:
            raise CutOff

    with pytest.raises(CutOff):
        fill(batch=50, progress=stop)
    assert fill(batch=50)["added"] == ITEMS - 100
    again = everything()
    assert {name: len(rows) for name, rows in again.items()} == {
        name: len(rows) for name, rows in whole.items()
    }
    for name, rows in whole.items():
        assert not [(one, other) for one, other in zip(rows, again[name], strict=True) if one != other][:3], (
            name
        )


def test_the_desk_and_the_resident_can_read_every_state_of_it() -> None:
    fill()
    now = Case.objects.latest("registered_at").registered_at + timedelta(hours=1)
    account = account_by_username("dispatcher")
    assert account is not None
    by = actor(account, on=TODAY)
    one_of = {}
    for case in cases_for(by).order_by("id"):
        one_of.setdefault((case.track, case.state), case)
    assert len(one_of) > 20
    for track, state in one_of:
        assert worklist(by, Filters(state=CaseState(state)), now=now).rows, (track, state)
    for case in one_of.values():
        assert case_page(by, case.pk, now=now).line.id == case.pk
        for link in case.links.all():
            for lang in ("zh-hans", "en"):
                told = status_of(link.demand_id, lang, now=now)
                assert told.state_text
                assert told.timeline


def test_some_words_are_answered_by_three_owners_and_one_of_them_is_said_not_to_be_solved() -> None:
    fill()
    split = defaultdict(list)
    for link in Link.objects.exclude(part="").select_related("case"):
        split[link.demand_id].append(link.case)
    assert [len(cases) for cases in split.values()] == [3, 3, 3]
    for demand_id, cases in split.items():
        offices = {status.holder for status in status_of(demand_id, "zh-hans").parts}
        assert len(offices) == 3, "three answers, three owners"
        assert len({case.number for case in cases}) == 3
    judged = Verdict.objects.filter(voice_id__in=split, latest=True)
    assert {"yes", "partly", "no"} <= set(judged.values_list("solved", flat=True))
    answered = [case for cases in split.values() for case in cases if case.replied_at]
    assert answered and all(
        Duty.objects.filter(about_id=case.pk, due_at__lt=AT, met_at=None).count() == 0 for case in answered
    )


def test_the_village_cadre_of_the_demo_has_households_and_one_that_said_no() -> None:
    fill()
    account = account_by_username("village_cadre")
    assert account is not None
    lines = pair_lines(actor(account, on=TODAY), today=TODAY)
    assert [line.now for line in lines] == [True] * 5 + [False]
    assert all(len(line.names) == 1 and line.names[0].endswith("*") for line in lines)
    assert {line.kind for line in lines} == set(PairKind)
