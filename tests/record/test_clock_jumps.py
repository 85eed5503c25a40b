"""A server whose clock jumps an hour back and a year on: order is the place in the log, a term runs from the day written down."""

from datetime import datetime, timedelta

import pytest

from makers import AT, county, register
from minqing.ground.law.queries import due
from minqing.methods import tree
from minqing.record.facts.models import Fact
from minqing.record.facts.queries import verify
from minqing.record.log.commands import put_in_order, sign_head
from minqing.record.log.models import Checkpoint, Leaf
from minqing.record.log.queries import nodes, size
from minqing.work.duties.models import Duty
from minqing.work.intake.models import Demand

pytestmark = pytest.mark.django_db
CLOCKS = [
    AT + jump for jump in (timedelta(0), -timedelta(hours=1), timedelta(days=365), timedelta(minutes=1))
]


def say(at: datetime) -> None:
    """A word comes, gets its place, a head is signed: each by the clock of that moment."""
    register(f"停水，{at}", at=at)
    put_in_order(at=at)
    sign_head(at=at)


def test_t21_order_is_the_place_and_never_the_hour() -> None:
    county()
    for at in CLOCKS:
        say(at)
    lines = list(Leaf.objects.order_by("idx"))
    assert [line.idx for line in lines] == list(range(len(lines)))
    kinds = dict(Fact.objects.values_list("pk", "at"))
    order = [kinds[line.id] for line in lines]
    assert list(dict.fromkeys(order)) == CLOCKS, "as they came, whatever the clock said"
    assert order != sorted(order)
    heads = list(Checkpoint.objects.order_by("size"))
    assert [head.at for head in heads] == CLOCKS
    assert all(tree.root_at(nodes(size()), head.size) == bytes(head.root) for head in heads)
    found = verify(full=True).findings
    assert {one.kind for one in found} <= {"backdated"}, "the log is whole; only the hours are doubted"
    assert all(kinds[lines[one.index].id] in CLOCKS[1:] for one in found if one.index is not None)


def test_t21_a_term_runs_from_the_server_s_own_day_by_the_calendar() -> None:
    county()
    for at in CLOCKS:
        say(at)
    duties = Duty.objects.order_by("pk")
    arrived = dict(Demand.objects.values_list("pk", "arrived_on"))
    assert [duty.from_on for duty in duties] == [arrived[duty.about_id] for duty in duties]
    assert {duty.from_on for duty in duties} == {at.date() for at in CLOCKS}
    for duty in duties:
        wanted = due(duty.rule, duty.from_on)
        assert (duty.statutory_on, duty.provisional) == (wanted.statutory, wanted.provisional)


def test_t21_a_clock_set_back_never_makes_a_head_that_was_signed_unsaid() -> None:
    county()
    say(CLOCKS[2])
    before = Checkpoint.objects.get()
    say(CLOCKS[1])
    assert Checkpoint.objects.filter(size=before.size, root=before.root).exists()
    assert Checkpoint.objects.count() == 2
