"""Reads of the log: its size, tiles, heads and proofs."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from minqing.kernel.ids import time_of
from minqing.methods import tree
from minqing.methods.tree.hashing import SIZE
from minqing.methods.tree.proofs import Node
from minqing.record.log.models import Beat, Checkpoint, Cosignature, Leaf, Pending, State, Tile
from minqing.record.log.rules import ORIGIN, RELEASED_EVERY, NotInLog


@dataclass(frozen=True)
class Head:
    """A signed head. `note` has the witnesses' lines under the log's own."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str
    witnesses: tuple[tuple[str, datetime], ...] = ()


def size() -> int:
    """How many leaves stand in order."""
    state = State.objects.filter(pk=ORIGIN).first()
    return state.size if state else 0


def waiting() -> int:
    """How many leaves still wait for their place."""
    return Pending.objects.count()


def root_of_state(state: State) -> bytes:
    return tree.Growing(state.size, bytes(state.stack)).root


def newest_head() -> Head | None:
    """The head signed last: what slips are proved against."""
    return _head(Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN).order_by("-size").first())


def released_head(*, at: datetime) -> Head | None:
    """The head that is published at `at`: the last one of the hour before, so that no leaf tells its minute."""
    hour = at.replace(minute=0, second=0, microsecond=0)
    assert RELEASED_EVERY.total_seconds() == 3600
    signed = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN)
    return _head(signed.filter(at__lt=hour).order_by("-size").first() or signed.order_by("size").first())


def head_of(size: int) -> Head | None:
    return _head(Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN, size=size).first())


def _head(row: Checkpoint | None) -> Head | None:
    if row is None:
        return None
    seen = list(Cosignature.objects.filter(origin=row.origin, size=row.size).order_by("at", "name"))
    note = row.note + "".join(f"{one.line}\n" for one in seen)
    return Head(
        row.origin, row.size, bytes(row.root), row.at, note, tuple((one.name, one.at) for one in seen)
    )


def tile(wanted: tree.Tile) -> bytes:
    """The hashes of a tile, as many as its width says. Raises NotInLog when there are fewer."""
    row = Tile.objects.filter(level=wanted.level, number=wanted.number).first()
    octets = SIZE * wanted.width
    if row is None or len(row.hashes) < octets:
        raise NotInLog()
    return bytes(row.hashes[:octets])


def nodes(size: int) -> Node:
    """Full subtrees of the first `size` leaves, for proofs."""
    return tree.nodes_of(tile, size)


def entries(wanted: tree.Tile) -> list[bytes]:
    """The leaves of a tile of level 0."""
    rows = Leaf.objects.filter(idx__gte=wanted.first, idx__lt=wanted.first + wanted.width).order_by("idx")
    found = [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]
    if len(found) != wanted.width:
        raise NotInLog()
    return found


def proof_of(idx: int, head: Head) -> tree.Proof:
    """That leaf `idx` is under the head. Raises NotInLog when the head is older than the leaf."""
    if idx >= head.size:
        raise NotInLog()
    path = tree.inclusion(nodes(head.size), idx, head.size)
    return tree.Proof(idx, tuple(path), head.note)


def beat_age_s(name: str) -> int | None:
    """Seconds since the process of that name last said that it lives; None when it never did."""
    at = Beat.objects.filter(pk=name).values_list("at", flat=True).first()
    return max(0, int((datetime.now(UTC) - at).total_seconds())) if at else None


def pending_age_s() -> int:
    """How long the oldest leaf has been waiting for its place, read from its id; 0 when none waits."""
    oldest = Pending.objects.order_by("id").values_list("id", flat=True).first()
    return max(0, int((datetime.now(UTC) - time_of(oldest)).total_seconds())) if oldest else 0
