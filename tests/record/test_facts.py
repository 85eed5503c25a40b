"""Facts keep their order, their chain and their secret."""

import hashlib
import json
from datetime import UTC, datetime
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import rfc8785
from django.db import DatabaseError, transaction
from hypothesis import example, given
from hypothesis import strategies as st

from minqing.kernel.ids import uuid7
from minqing.record.facts.commands import open_subject, react_once, record, relay
from minqing.record.facts.models import Fact, Reaction
from minqing.record.facts.queries import facts_about, kinds_about
from minqing.record.facts.rules import canonical, commitment, leaf_of, salt_of
from minqing.record.log.models import Leaf, Pending
from minqing.record.log.rules import leaf_hash

AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)


@pytest.fixture
def subject(db: None) -> UUID:
    subject_id = uuid7()
    open_subject(subject_id)
    return subject_id


def test_an_id_is_as_good_as_one_that_was_checked() -> None:
    made = uuid7(1_750_000_000_000)
    checked = UUID(str(made))
    assert (made, hash(made), made.version, made.variant, made.is_safe) == (
        checked, hash(checked), 7, checked.variant, checked.is_safe,
    )  # fmt: skip


def test_the_hand_written_leaf_is_exact_canonical_json() -> None:
    for previous in (None, b"\x01" * 32):
        leaf = leaf_of(
            key=b"k" * 32, fact_id=uuid4(), kind="case.accepted", n=3, at=AT, body="{}", previous=previous
        )
        assert rfc8785.dumps(json.loads(leaf)) == leaf


def test_a_moment_is_committed_to_in_chinas_time_whatever_zone_it_came_in() -> None:
    """Also in the hour that a summer time ends twice, whose moments are equal to Python."""
    shanghai = ZoneInfo("Asia/Shanghai")
    twice = datetime(1988, 9, 11, 1, 30, tzinfo=shanghai)
    for at in (AT.astimezone(shanghai), AT.astimezone(UTC), twice, twice.replace(fold=1)):
        fact_id = uuid4()
        digest = hashlib.sha256(b"{}").hexdigest()
        inside = f'{{"at":"{at.astimezone(shanghai).isoformat()}","body":"{digest}","id":"{fact_id}","kind":"case.talked"}}'
        leaf = leaf_of(
            key=b"k" * 32, fact_id=fact_id, kind="case.talked", n=1, at=at, body="{}", previous=None
        )
        assert json.loads(leaf)["c"] == commitment(salt_of(b"k" * 32, fact_id), inside)
        assert json.loads(leaf)["d"] == at.astimezone(shanghai).date().isoformat()


plain = (
    st.none()
    | st.booleans()
    | st.integers(1 - 2**53, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"]))
)
names = st.text(min_size=1, max_size=6)


@given(
    st.dictionaries(
        names,
        plain | st.lists(plain, max_size=3) | st.dictionaries(names, plain, max_size=3) | st.floats(-9, 9),
    )
)
@example({"late": True, "by": "住户“张”\n", "again": False})
def test_a_body_is_written_exactly_as_rfc_8785_says(body: dict[str, object]) -> None:
    assert canonical(body).encode() == rfc8785.dumps(body)


def test_a_leaf_shows_the_day_and_never_the_kind_or_the_hour() -> None:
    leaf = leaf_of(
        key=b"k" * 32, fact_id=uuid4(), kind="case.accepted", n=3, at=AT, body='{"a":1}', previous=None
    )
    shown = json.loads(leaf)
    assert shown["d"] == "2026-06-30"
    assert shown["t"] == "step"
    assert set(shown) == {"c", "d", "h", "n", "t", "v"}


def test_facts_of_a_subject_are_numbered_without_gaps_and_chained(subject: UUID) -> None:
    for kind in ("case.opened", "case.assigned", "case.accepted"):
        record(kind=kind, about=subject, by=None, at=AT, office="x")
    rows = list(Fact.objects.filter(about_id=subject).order_by("n"))
    assert [row.n for row in rows] == [0, 1, 2]
    leaves = [bytes(Pending.objects.get(pk=row.pk).leaf) for row in rows]
    assert json.loads(leaves[1])["p"] == leaf_hash(leaves[0]).hex()
    assert json.loads(leaves[2])["p"] == leaf_hash(leaves[1]).hex()
    assert kinds_about(subject) == ["case.opened", "case.assigned", "case.accepted"]


def test_the_app_role_can_neither_change_nor_delete_a_fact(subject: UUID) -> None:
    record(kind="case.opened", about=subject, by=None, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(about_id=subject).update(kind="case.buried")
    with pytest.raises(DatabaseError), transaction.atomic():
        Fact.objects.filter(about_id=subject)._raw_delete("default")
    assert kinds_about(subject) == ["case.opened"]


def test_the_relay_gives_dense_places_and_owes_each_listed_reaction_once(subject: UUID) -> None:
    for _ in range(5):
        record(kind="case.talked", about=subject, by=None, at=AT)
    assert relay({"case.talked": ["tell"]}) == 5
    assert relay({"case.talked": ["tell"]}) == 0
    assert sorted(Leaf.objects.values_list("idx", flat=True)) == list(range(5))
    assert Pending.objects.count() == 0
    assert Reaction.objects.count() == 5


def test_nothing_reacts_to_a_fact_that_is_not_in_the_log(subject: UUID) -> None:
    unlogged = record(kind="case.talked", about=subject, by=None, at=AT)
    Pending.objects.filter(pk=unlogged).delete()  # as if its leaf had never been handed in
    done = record(kind="case.talked", about=subject, by=None, at=AT)
    assert relay({"case.talked": ["tell"]}) == 1
    assert react_once({"tell": lambda fact: None})
    later = record(kind="case.talked", about=subject, by=None, at=AT)
    assert relay({"case.talked": ["tell"]}) == 1
    assert list(Reaction.objects.values_list("fact_id", flat=True)) == [later]
    assert not Leaf.objects.filter(id=unlogged).exists() and Leaf.objects.filter(id=done).exists()


def test_a_broken_reaction_waits_is_counted_and_does_not_stop_the_others(subject: UUID) -> None:
    record(kind="case.talked", about=subject, by=None, at=AT)
    relay({"case.talked": ["breaks", "works"]})
    done: list[str] = []

    def breaks(fact: object) -> None:
        raise RuntimeError("printer on fire")

    functions = {"breaks": breaks, "works": lambda fact: done.append(fact.kind)}
    while react_once(functions):
        pass
    assert done == ["case.talked"]
    row = Reaction.objects.get(name="breaks")
    assert row.tries == 1
    assert row.error.startswith("RuntimeError") and "printer on fire" not in row.error, (
        "its words may quote a person's"
    )


def test_a_fact_reads_back_as_it_was_written(subject: UUID) -> None:
    record(kind="case.extended", about=subject, by=None, at=AT, days=30, nothing=None)
    (fact,) = facts_about(subject)
    assert dict(fact.body) == {"days": 30}
