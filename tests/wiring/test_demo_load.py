"""The loaded county stands as if its people had done it all by hand."""

import json
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby
from typing import Any

import pytest

from minqing.ground.offices.queries import account_by_username, actor
from minqing.methods.clock import CHINA
from minqing.record.facts.models import Fact
from minqing.record.log.models import Leaf, Pending
from minqing.record.log.rules import leaf_hash
from minqing.work.cases.models import Case, Link
from minqing.work.cases.queries import Filters, case_page, cases_for, status_of, worklist
from minqing.work.cases.rules import FINAL, CaseState, due_by
from minqing.work.duties.models import Duty
from minqing.work.judgement.models import Verdict
from minqing.work.visits.queries import pair_lines
from minqing.work.visits.rules import PairKind
from wiring.counties import TODAY, fill, taken_back

pytestmark = pytest.mark.django_db
AT = datetime.combine(TODAY, time(9), CHINA)


@pytest.fixture(scope="module", autouse=True)
def county(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with taken_back(django_db_blocker, fill):
        yield


def test_every_open_case_owes_something_and_shows_the_nearest_of_it() -> None:
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


def test_the_desk_and_the_resident_can_read_every_state_of_it() -> None:
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
    account = account_by_username("village_cadre")
    assert account is not None
    lines = pair_lines(actor(account, on=TODAY), today=TODAY)
    assert [line.now for line in lines] == [True] * 5 + [False]
    assert all(len(line.names) == 1 and line.names[0].endswith("*") for line in lines)
    assert {line.kind for line in lines} == set(PairKind)
