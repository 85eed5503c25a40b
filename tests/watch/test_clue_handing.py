"""What the county's log gets from the clues' side: as many leaves an hour as ever, whatever has happened there."""

import psycopg
import pytest
from django.db import connection
from django.db.utils import ProgrammingError

from clue_county import accuse, only_clue, sealed_county, work
from minqing.ground.law import queries as law
from minqing.methods.tree import leaf_hash
from minqing.record.facts.commands import relay
from minqing.record.facts.queries import verify
from minqing.record.log.commands import sign_head
from minqing.record.log.models import Handed, Leaf, Pending
from minqing.watch.clues.commands import handing
from minqing.watch.clues.models import Chain, Slot, Step
from minqing.wiring import home
from minqing.work.intake.queries import moment_of
from sealed import as_owner, named

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=True)


@pytest.fixture
def clock(monkeypatch):
    def set_(minute: int, hour: int = 10) -> None:
        monkeypatch.setenv("MINQING_NOW", f"2026-06-30T{hour:02}:{minute:02}:30+08:00")

    handing.shapes_of.cache_clear()
    set_(0)
    return set_


def hours() -> dict[object, int]:
    found: dict[object, int] = {}
    for at in Handed.objects.values_list("at", flat=True):
        hour = at.replace(minute=0)
        found[hour] = found.get(hour, 0) + 1
    return found


def test_every_hour_gets_the_same_number_with_a_clue_and_without(clock, as_courier, settings):
    here = sealed_county()
    accuse()
    work()
    with as_courier():
        handing.hand_over()
        for hour in range(11, 15):
            clock(0, hour)
            handing.hand_over()
            handing.hand_over()
    whole = [n for _, n in sorted(hours().items())][1:-1]
    assert here and whole and set(whole) == {settings.MINQING_LEAVES}


def test_the_leaf_that_the_slip_has_promised_takes_the_next_slot(clock, as_courier):
    sealed_county()
    told = accuse()
    work()
    clock(20)
    with as_courier():
        handing.hand_over()
    ((slip,),) = as_owner("SELECT slip FROM clues_clue")
    assert told.leaf == moment_of(bytes(slip)).promised
    relay({}, at=law.now())
    leaves = [bytes(leaf) for leaf in Leaf.objects.values_list("leaf", flat=True)]
    assert told.leaf in {leaf_hash(leaf) for leaf in leaves}


def test_a_step_rides_in_a_leaf_that_was_due_anyway(clock, as_courier):
    sealed_county()
    accuse()
    work()
    with as_courier():
        handing.hand_over()
        chain = Chain.objects.get(clue_id=only_clue())
        Chain.objects.filter(pk=chain.pk).update(
            next_at=law.now(), course={"day": "2026-06-30", "hour": 10, "type": "step", "n": 1, "gap": 0}
        )
        clock(30, 16)  # openings go before steps: wait until the busiest hours are over
        handing.hand_over()
    assert Step.objects.filter(clue_id=only_clue(), leaf__isnull=True).count() == 0


def test_a_crash_between_the_two_databases_hands_over_once(clock, as_courier):
    sealed_county()
    with as_courier():
        handing.hand_over()
        before = Handed.objects.count()
        Slot.objects.update(handed=False)
        clock(1)
        handing.hand_over()
    assert Handed.objects.count() == before == Pending.objects.count()


def test_verification_knows_what_was_handed_in_and_no_more(clock, as_courier):
    sealed_county()
    with as_courier():
        handing.hand_over()
    relay({}, at=law.now())
    sign_head(at=law.now())
    assert verify(full=True).ok
    name = connection.settings_dict["NAME"]
    with psycopg.connect(named(home.current().owner_url(), name)) as owner:
        owner.execute(
            "UPDATE log_handed SET at = at + interval '7 seconds' WHERE at = (SELECT max(at) FROM log_handed)"
        )
    found = verify(full=True).findings
    assert [one.kind for one in found] == ["deleted"], "a leaf outside the grid is nobody's"


def test_the_courier_may_hand_in_and_read_offices_and_nothing_else(clock, as_courier):
    sealed_county()
    with as_courier(), connection.cursor() as cursor:
        for table in ("intake_demand", "people_person", "cases_case", "facts_fact", "notify_message"):
            with pytest.raises(ProgrammingError, match="permission denied"):
                cursor.execute(f"SELECT 1 FROM {table}")
