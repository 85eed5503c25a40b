"""Leaves in their order, and both trees over them, in one transaction under one fencing row."""

import os
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models.functions import Now

from minqing.kernel.db import copy_in
from minqing.methods.tree import Growing, leaf_hashes, sha256, sm3
from minqing.methods.tree.hashing import SIZE
from minqing.methods.tree.tiles import HEIGHT, WIDTH
from minqing.record.log.models import Beat, Leaf, Pending, State
from minqing.record.log.rules import BATCH, ORIGIN, SM3_ORIGIN, BrokenTree, Entry, shuffled

AT_A_TIME = 20_000


def hand_in(*, fact_id: UUID, leaf: bytes) -> None:
    """Leave a leaf to be put in order; call inside the transaction of its fact."""
    Pending.objects.create(id=fact_id, leaf=leaf)


@transaction.atomic
def put_in_order(*, at: datetime, batch: int = BATCH) -> list[UUID]:
    """Move at most `batch` pending leaves to dense places under the fencing row; returns their ids in order.

    Two relays at once, or one killed half-way, lose nothing: the queue is the rows' existence. `at` is when they are put.
    """
    with connection.cursor() as cursor:
        _fence(cursor)
        cursor.execute(
            "DELETE FROM log_pending WHERE id IN (SELECT id FROM log_pending ORDER BY id LIMIT %s) RETURNING id, leaf",
            [batch],
        )
        moved = [Entry(id, bytes(leaf), at) for id, leaf in cursor.fetchall()]
    if moved:
        moved = shuffled(moved, chance=os.urandom(16))
        append(moved)
    return [entry.id for entry in moved]


def append(entries: Sequence[Entry]) -> int:
    """Give entries the next places, in this order, and grow both trees; inside the caller's transaction. Returns the size.

    Raises BrokenTree when what is kept of the tree does not fit its leaves: somebody changed it.
    """
    with connection.cursor() as cursor:
        _fence(cursor)
        states = State.objects.in_bulk([ORIGIN, SM3_ORIGIN])
        size = states[ORIGIN].size
        first, second = (_growing(states[name], size, h) for name, h in ((ORIGIN, sha256), (SM3_ORIGIN, sm3)))
        copy_in(
            "log_leaf",
            ("idx", "id", "leaf", "put_at"),
            ((size + n, entry.id, entry.leaf, entry.put_at) for n, entry in enumerate(entries)),
        )
        _grow(first, second, [entry.leaf for entry in entries])
        for name, tree in ((ORIGIN, first), (SM3_ORIGIN, second)):
            cursor.execute(
                "UPDATE log_state SET size = %s, stack = %s WHERE origin = %s", [tree.size, tree.state, name]
            )
    return first.size


@transaction.atomic
def catch_up() -> None:
    """Grow the trees over leaves that were put in order before there were trees; nothing when they fit."""
    append([])


def _fence(cursor) -> None:  # type: ignore[no-untyped-def]
    """From here on only one transaction puts leaves in order; it waits for the one before to end."""
    cursor.execute(
        "INSERT INTO log_state (origin, size, stack) VALUES (%s, 0, ''::bytea), (%s, 0, ''::bytea) ON CONFLICT DO NOTHING",
        [ORIGIN, SM3_ORIGIN],
    )
    cursor.execute("SELECT 1 FROM log_state WHERE origin = %s FOR UPDATE", [ORIGIN])


def _growing(state: State, size: int, h) -> Growing:  # type: ignore[no-untyped-def]
    """The kept edge of a tree. Leaves that were put in order before there was a tree are grown through first."""
    if state.size == size and len(state.stack) == SIZE * size.bit_count():
        return Growing(size, bytes(state.stack), h)
    if state.stack:
        raise BrokenTree(state.origin)
    tree = Growing(h=h)
    for start in range(0, size, AT_A_TIME):
        rows = Leaf.objects.filter(idx__gte=start, idx__lt=min(size, start + AT_A_TIME)).order_by("idx")
        leaves = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
        runs = Runs() if h is sha256 else None
        tree.add(leaf_hashes(leaves, h), runs.hear if runs else None)
        if runs:
            runs.keep()
    if tree.size != size:
        raise BrokenTree(state.origin)
    return tree


def _grow(first: Growing, second: Growing, leaves: Sequence[bytes]) -> None:
    runs = Runs()
    first.add(leaf_hashes(leaves), runs.hear)
    second.add(leaf_hashes(leaves, sm3))
    runs.keep()


class Runs:
    """New full subtrees of the levels that tiles hold, on their way into the tiles."""

    def __init__(self) -> None:
        self.found: list[tuple[int, int, bytes, int]] = []

    def hear(self, level: int, first: int, hashes: Sequence[bytes]) -> None:
        height, inside = divmod(level, HEIGHT)
        if inside:
            return
        at = 0
        while at < len(hashes):
            number, offset = divmod(first + at, WIDTH)
            here = hashes[at : at + WIDTH - offset]
            self.found.append((height, number, b"".join(here), offset * SIZE))
            at += len(here)

    def keep(self) -> None:
        """A tile that is begun grows at its end; one that is whole never changes again."""
        if not self.found:
            return
        with connection.cursor() as cursor:
            cursor.executemany(
                "INSERT INTO log_tile (level, number, hashes) VALUES (%s, %s, %s)"
                " ON CONFLICT (level, number) DO UPDATE SET hashes = log_tile.hashes || EXCLUDED.hashes"
                " WHERE octet_length(log_tile.hashes) = %s",
                self.found,
            )
            if cursor.rowcount != len(self.found):
                raise BrokenTree("tiles")


def beat(name: str) -> None:
    """The process of that name lives now, by the database's own clock."""
    Beat.objects.update_or_create(name=name, defaults={"at": Now()})
