"""Reads of the log: its size, tiles, heads and proofs."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import connection
from django.db.models import F

from minqing.kernel.db import read
from minqing.kernel.ids import time_of, uuid7_at
from minqing.kernel.keys import secret
from minqing.methods import tree
from minqing.methods.tree.hashing import SIZE, Hash
from minqing.methods.tree.proofs import Node
from minqing.methods.tree.tiles import WIDTH
from minqing.record.log.models import (
    Beat,
    Checkpoint,
    Cosignature,
    Handed,
    HashHead,
    Leaf,
    Pending,
    State,
    Tile,
    Witness,
)
from minqing.record.log.rules import (
    HIGH_WATER,
    KEY,
    OF_THE_LOG,
    ORIGIN,
    RELEASE_AFTER,
    SM3_LEAF,
    SM3_ORIGIN,
    BadPolicy,
    BrokenTree,
    NotInLog,
    leaf_hash,
)


@dataclass(frozen=True)
class Head:
    """A signed head. `note` has the witnesses' lines under the log's own."""

    origin: str
    size: int
    root: bytes
    at: datetime
    note: str
    witnesses: tuple[tuple[str, datetime], ...] = ()

    @property
    def short(self) -> str:
        """The first 16 hex digits of the root, as they stand on paper."""
        return self.root.hex()[:16]


def size() -> int:
    """How many leaves stand in order."""
    state = State.objects.filter(pk=ORIGIN).first()
    return state.size if state else 0


def waiting() -> int:
    """How many leaves still wait for their place."""
    return Pending.objects.count()


def waiting_since(moment: datetime) -> list[UUID]:
    """Ids of leaves that have been waiting since before `moment`, by the time their id carries."""
    return list(Pending.objects.filter(pk__lt=uuid7_at(moment)).values_list("pk", flat=True))


def among_waiting(ids: Iterable[UUID]) -> set[UUID]:
    return set(Pending.objects.filter(pk__in=list(ids)).values_list("pk", flat=True))


@dataclass(frozen=True)
class StateLine:
    size: int
    root: bytes
    second_root: bytes


def state() -> StateLine:
    """How large the log is, and the roots of both its trees as they are kept."""
    rows = State.objects.in_bulk([ORIGIN, SM3_ORIGIN])
    first, second = rows.get(ORIGIN, State(size=0, stack=b"")), rows.get(SM3_ORIGIN, State(size=0, stack=b""))
    return StateLine(first.size, root_of_state(first), root_of_state(second, tree.sm3))


@dataclass(frozen=True)
class LeafLine:
    idx: int
    id: UUID
    leaf: bytes
    put_at: datetime


def leaves(start: int, stop: int) -> list[LeafLine]:
    """Leaves start … stop-1 in order, those that are there."""
    rows = read(
        "SELECT idx, id, leaf, put_at FROM log_leaf WHERE idx >= %s AND idx < %s ORDER BY idx", start, stop
    )
    return [LeafLine(*row) for row in rows]


def places(ids: Iterable[UUID]) -> dict[UUID, int]:
    """Where leaves stand, by the id of their fact; those that stand."""
    return dict(read("SELECT id, idx FROM log_leaf WHERE id = ANY(%s::uuid[])", list(ids)))


def place_of(digest: bytes) -> int | None:
    """Where the leaf of this hash (32 octets) stands; None when it has no place yet."""
    rows = Leaf.objects.annotate(head=HashHead(F("leaf"))).filter(head=digest[:8]).values_list("idx", "leaf")
    return next((idx for idx, leaf in rows if leaf_hash(bytes(leaf)) == digest), None)


def kept_hashes(start: int, stop: int) -> dict[int, bytes]:
    """The leaf hashes that the tiles keep, by place; `start` begins a tile."""
    rows = Tile.objects.filter(level=0, number__gte=start // WIDTH, number__lte=(stop - 1) // WIDTH)
    found = {}
    for number, hashes in rows.values_list("number", "hashes"):
        data = bytes(hashes)
        for at in range(0, len(data), SIZE):
            found[number * WIDTH + at // SIZE] = data[at : at + SIZE]
    return {idx: one for idx, one in found.items() if start <= idx < stop}


def without_fact(leaf: bytes) -> bool:
    """Leaves of the log about itself have no fact."""
    told = json.loads(leaf)
    return isinstance(told, dict) and told.get("t") in OF_THE_LOG


def handed(ids: Iterable[UUID]) -> set[UUID]:
    """Which of these leaves came from the clues' side: each at a moment of its grid, so many an hour and no more."""
    rows = Handed.objects.filter(leaf_id__in=list(ids)).values_list("leaf_id", "at")
    return {pk for pk, at in rows if at.timestamp() % (3600 / settings.MINQING_LEAVES) == 0}


def second_heads() -> dict[int, list[tuple[int, bytes]]]:
    """What the log says of its second tree: size → (place of the leaf, root)."""
    found: dict[int, list[tuple[int, bytes]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idx, leaf FROM log_leaf WHERE position(%s::bytea IN leaf) > 0 ORDER BY idx",
            [f'"t":"{SM3_LEAF}"'.encode()],
        )
        for idx, leaf in cursor.fetchall():
            told = json.loads(bytes(leaf))
            found.setdefault(told["size"], []).append((idx, bytes.fromhex(told["root"])))
    return found


def heads(after: int, upto: int) -> list[Head]:
    """The signed heads of more than `after` and at most `upto` leaves, by size; without witnesses."""
    rows = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN, size__gt=after, size__lte=upto)
    return [
        Head(row.origin, row.size, bytes(row.root), row.at, row.note)
        for row in rows.order_by("size").iterator()
    ]


def head_at(size: int) -> list[Head]:
    """The newest signed head of at most so many leaves, if there is one; without witnesses."""
    rows = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN, size__lte=size).order_by("-size")[:1]
    return [Head(row.origin, row.size, bytes(row.root), row.at, row.note) for row in rows]


def largest_head() -> int:
    found = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN).order_by("-size")
    return found.values_list("size", flat=True).first() or 0


def signed(head: Head) -> bool:
    """Whether the county's own key signed exactly this."""
    try:
        note = tree.read_note(head.note)
        tree.verified(note, [key()])
        told = tree.read_checkpoint(note.text)
    except tree.BadNote:
        return False
    return (told.origin, told.size, told.root) == (head.origin, head.size, head.root)


def signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret(KEY))


def key() -> tree.Key:
    """The public key by which the county's heads and promises are checked."""
    return tree.log_key(settings.MINQING_LOG_ORIGIN, signer())


def policy() -> tree.Policy:
    """Whose signatures count: the county's own key, its witnesses, and how many of these. Raises BadPolicy."""
    return replace(_policy(), logs=(key(),), urls={})


def _policy() -> tree.Policy:
    """The county's own file, which also says where its witnesses are asked. No file: no witness."""
    try:
        return tree.read_policy(Path(settings.MINQING_LOG_POLICY).read_text("utf-8"))
    except FileNotFoundError:
        return tree.Policy()
    except tree.BadNote as fault:
        raise BadPolicy(why=str(fault)) from None
    except (OSError, UnicodeDecodeError) as fault:
        raise BadPolicy(why=fault.__class__.__name__) from None


def high_water() -> tree.Checkpoint | None:
    """The largest head the signer of this machine ever signed, from its own file, which no database can set back."""
    try:
        return tree.read_checkpoint((Path(settings.MINQING_SIGNER) / HIGH_WATER).read_text())
    except FileNotFoundError:
        return None


def root_of_state(state: State, h: Hash = tree.sha256) -> bytes:
    """Raises BrokenTree when the kept edge does not fit the size."""
    try:
        return tree.Growing(state.size, bytes(state.stack), h).root
    except ValueError:
        raise BrokenTree(state.origin) from None


def newest_head() -> Head | None:
    """The head signed last: what slips are proved against."""
    return _head(Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN).order_by("-size").first())


def released_head(*, at: datetime) -> Head | None:
    """The head that is published at `at`: the last one of the hour before, so that no leaf tells its minute."""
    hour = (at - RELEASE_AFTER).replace(minute=0, second=0, microsecond=0)
    signed = Checkpoint.objects.filter(origin=settings.MINQING_LOG_ORIGIN)
    return _head(
        signed.filter(at__lt=hour + RELEASE_AFTER).order_by("-size").first()
        or signed.order_by("size").first()
    )


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


@dataclass(frozen=True)
class WitnessLine:
    """A witness of the policy: the largest size it has signed for us and when (its own second), and how asking went."""

    name: str
    url: str
    size: int | None = None
    at: datetime | None = None
    age_s: int | None = None
    known: int = 0
    tried_at: datetime | None = None
    failures: int = 0
    error: str = ""


@dataclass(frozen=True)
class Witnessed:
    """Whether as many have signed as the policy asks: the head that slips are proved against, the one that is published."""

    lines: tuple[WitnessLine, ...]
    newest: bool
    released: bool


def witnesses(*, at: datetime) -> Witnessed | None:
    """None when the county has named no witness. `at` is the legal now; ages are told by the real clock. Raises BadPolicy."""
    found = _policy()
    if not found.witnesses:
        return None
    asked = Witness.objects.in_bulk(list(found.witnesses))
    lines = tuple(_witness(name, key, found, asked.get(name)) for name, key in found.witnesses.items())
    return Witnessed(lines, _met(found, newest_head()), _met(found, released_head(at=at)))


def _witness(name: str, key: tree.Key, policy: tree.Policy, asked: Witness | None) -> WitnessLine:
    url = policy.urls.get(name, "")
    seen = Cosignature.objects.filter(origin=settings.MINQING_LOG_ORIGIN, name=name).order_by("-size").first()
    if seen is not None and tree.read_signature(seen.line).key_id != key.id:
        seen = None  # of the key before this one
    line = WitnessLine(name, url)
    if asked is not None:
        line = replace(
            line, known=asked.known, tried_at=asked.tried_at, failures=asked.failures, error=asked.error
        )
    if seen is not None:
        age = max(0, int((datetime.now(UTC) - seen.at).total_seconds()))
        line = replace(line, size=seen.size, at=seen.at, age_s=age)
    return line


def _met(policy: tree.Policy, head: Head | None) -> bool:
    if head is None:
        return False
    try:
        found = tree.verified(tree.read_note(head.note), policy.witnesses.values())
    except tree.BadNote:
        found = []
    return policy.met(one.key for one in found)


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


def export(put: Callable[[str, bytes], None], progress: Callable[[int, int], None]) -> dict[str, Any]:
    """Give `put(path, octets)` every file of the newest signed head's tree (C2SP tlog-tiles); `progress(done, of)` leaves.

    Raises NotInLog when nothing has been signed yet. Returns {"size", "root", "files"}.
    """
    head = newest_head()
    if head is None:
        raise NotInLog()
    files, done = 1, 0
    for wanted in tree.tiles_of(head.size):
        put(wanted.path, tile(wanted))
        files += 1
        if wanted.level == 0:
            put(wanted.entries, tree.bundle(entries(wanted)))
            files, done = files + 1, done + wanted.width
            progress(done, head.size)
    put("checkpoint", head.note.encode())
    return {"size": head.size, "root": head.root.hex(), "files": files}
