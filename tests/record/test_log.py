"""The log only grows, proves what is in it, and never signs what contradicts its own signature."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.methods.tree import leaf_hash, leaf_hashes, root_of, sm3
from minqing.record.facts.commands import open_subject, record, relay
from minqing.record.log.commands import append, promise, put_in_order, sign_head
from minqing.record.log.models import Checkpoint, Leaf, Pending, State, Tile
from minqing.record.log.queries import (
    head_of,
    newest_head,
    nodes,
    place_of,
    proof_of,
    released_head,
    signer,
    size,
)
from minqing.record.log.rules import ORIGIN, RELEASE_AFTER, SM3_ORIGIN, BrokenTree, Entry, NotInLog, shuffled

pytestmark = pytest.mark.django_db
AT = datetime(2026, 6, 30, 1, 20, tzinfo=UTC)


def entries(count: int, start: int = 0) -> list[Entry]:
    return [
        Entry(uuid7(), json.dumps({"h": "ab", "n": n, "t": "step", "v": 1}).encode(), AT)
        for n in range(start, start + count)
    ]


def put(count: int, start: int = 0) -> None:
    with transaction.atomic():
        append(entries(count, start))


def in_order() -> list[bytes]:
    return [bytes(leaf) for leaf in Leaf.objects.order_by("idx").values_list("leaf", flat=True)]


@pytest.mark.parametrize("steps", [[1, 1, 1], [255, 1, 1], [700], [256, 256, 90], [3, 600, 1]])
def test_both_trees_stand_over_the_leaves_however_they_come(steps: list[int]) -> None:
    for step in steps:
        put(step, size())
    leaves = in_order()
    for origin, h in ((ORIGIN, tree.sha256), (SM3_ORIGIN, sm3)):
        state = State.objects.get(pk=origin)
        assert state.size == len(leaves)
        assert tree.Growing(state.size, bytes(state.stack), h).root == root_of(leaf_hashes(leaves, h), h)
    assert tree.root_at(nodes(size()), size()) == root_of(leaf_hashes(leaves))
    assert {len(bytes(row.hashes)) // 32 for row in Tile.objects.filter(level=0)} <= {256, len(leaves) % 256}


def test_each_leaf_is_proved_under_the_signed_head() -> None:
    put(300)
    assert sign_head(at=AT)
    head = newest_head()
    assert head is not None and head.size == 300
    note = tree.read_note(head.note)
    tree.verified(note, [tree.log_key(head.origin, signer())])
    for idx in (0, 1, 255, 256, 299):
        proof = proof_of(idx, head)
        tree.check_inclusion(leaf_hash(in_order()[idx]), idx, head.size, proof.path, head.root)
    with pytest.raises(NotInLog):
        proof_of(300, head)


def test_a_leaf_is_found_by_its_hash_along_an_index() -> None:
    put(300)
    leaves = in_order()
    # Leaves of these tests repeat after 300; each of these stands once.
    assert [place_of(leaf_hash(leaves[idx])) for idx in (0, 255, 299)] == [0, 255, 299]
    assert place_of(b"\x00" * 32) is None
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT idx FROM log_leaf WHERE substr(sha256('\\x00'::bytea || leaf), 1, 8) = '\\x00'::bytea"
        )
        assert "log_leaf_hash" in str(cursor.fetchall())


def test_a_head_is_signed_once_a_size_and_kept() -> None:
    put(3)
    assert sign_head(at=AT) and not sign_head(at=AT)
    put(1, 3)
    assert sign_head(at=AT)
    assert list(Checkpoint.objects.order_by("size").values_list("size", flat=True)) == [3, 4]
    with pytest.raises(DatabaseError), transaction.atomic():
        Checkpoint.objects.update(note="another")


def test_a_database_set_back_is_not_signed() -> None:
    put(3)
    point = transaction.savepoint()
    put(2, 3)
    sign_head(at=AT)
    transaction.savepoint_rollback(point)
    with pytest.raises(tree.Refused):
        sign_head(at=AT)
    put(4, 30)  # it grew again, past the size that was signed, but with other leaves
    with pytest.raises(tree.Refused):
        sign_head(at=AT)
    assert head_of(7) is None


def test_a_size_that_is_not_committed_is_not_signed() -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        put(3)
        sign_head(at=AT)


def test_a_tree_that_does_not_fit_its_leaves_takes_no_more() -> None:
    put(300)
    State.objects.filter(pk=ORIGIN).update(stack=b"\x00" * 32)
    with pytest.raises(BrokenTree), transaction.atomic():
        put(1, 300)
    assert size() == 300


def test_a_tile_that_does_not_fit_takes_no_more() -> None:
    put(300)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE log_tile SET hashes = substr(hashes, 33) WHERE level = 0 AND number = 1")
    with pytest.raises(BrokenTree), transaction.atomic():
        put(1, 300)


def test_leaves_from_before_the_tree_are_grown_through() -> None:
    put(700)
    leaves = in_order()
    State.objects.update(stack=b"")
    State.objects.filter(pk=SM3_ORIGIN).update(size=0)
    Tile.objects.all().update(hashes=b"")
    assert sign_head(at=AT) and newest_head().root == root_of(leaf_hashes(leaves))
    put(1, 700)
    leaves = in_order()
    assert tree.root_at(nodes(701), 701) == root_of(leaf_hashes(leaves))
    assert State.objects.get(pk=SM3_ORIGIN).size == 701


def test_what_is_released_is_an_hour_old_and_tells_no_minute() -> None:
    put(2)
    sign_head(at=AT - timedelta(hours=1))
    put(2, 2)
    sign_head(at=AT)
    assert newest_head().size == 4
    assert released_head(at=AT + timedelta(minutes=5)).size == 2
    full_hour = AT + timedelta(minutes=40)
    assert released_head(at=full_hour).size == 2, "what the clues' side hands in on the hour comes first"
    assert released_head(at=full_hour + RELEASE_AFTER).size == 4


def test_chance_orders_a_batch_but_one_subject_keeps_its_order() -> None:
    many = [
        Entry(uuid7(), json.dumps({"h": handle, "n": n, "t": "step", "v": 1}).encode(), AT)
        for n in range(3)
        for handle in ("a", "b", "c", "d", "e", "f")
    ]
    orders = {tuple(entry.id for entry in shuffled(many, chance=bytes([seed]) * 16)) for seed in range(8)}
    assert len(orders) > 1
    for order in orders:
        for handle in "abcdef":
            mine = [entry.id for entry in many if json.loads(entry.leaf)["h"] == handle]
            assert [one for one in order if one in mine] == mine


def test_a_promise_binds_the_leaf_and_the_day() -> None:
    note = tree.read_note(promise(b"\x07" * 32, at=AT))
    tree.verified(note, [tree.log_key(settings.MINQING_LOG_ORIGIN, signer())])
    said = tree.read_promise(note.text)
    assert (said.leaf, said.at, said.within) == (b"\x07" * 32, int(AT.timestamp()), 86_400)


def test_the_relay_grows_the_tree_with_what_happened() -> None:
    subject: UUID = uuid7()
    open_subject(subject)
    for _ in range(5):
        record(kind="case.talked", about=subject, by=None, at=AT)
    assert relay({}, at=AT) == 5 and put_in_order(at=AT) == [] and not Pending.objects.exists()
    assert State.objects.get(pk=ORIGIN).size == 5
    assert set(Leaf.objects.values_list("put_at", flat=True)) == {AT}
    assert not State.objects.exclude(size=F("size")).exists()
