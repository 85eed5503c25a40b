"""Does the log still say what was put into it? The county's own check; anybody else has verify.py and the tiles.

Quick: leaves against the kept tiles, tiles against every signed head. Full: each leaf again from its fact's row, the
second tree, facts that never came into the log. Whoever holds the database's superuser can change any of it; what they
cannot do is sign, so a head that was signed, printed or witnessed no longer fits.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.utils import timezone

from minqing.kernel.db import read
from minqing.kernel.keys import unwrap
from minqing.kernel.words import Word
from minqing.methods.tree import Growing, leaf_hashes, sm3
from minqing.methods.tree.hashing import SIZE
from minqing.record.facts import rules
from minqing.record.facts.models import Fact
from minqing.record.log import queries as log
from minqing.record.log.rules import LEAVES

AT_A_TIME = 8192
EARLY = timedelta(minutes=5)
LATE = timedelta(hours=72)
WITHIN = timedelta(hours=24)
MOST = 10_000  # findings that are told one by one
MOST_KEYS = 200_000


class Kind(Word):
    ALTERED = "altered", "被改过"
    DELETED = "deleted", "被删去"
    SWAPPED = "swapped", "被调换"
    BACKDATED = "backdated", "时间倒填"
    MISSING = "missing", "没有进册"
    FORK = "fork", "与签过字的不是同一本"


@dataclass(frozen=True)
class Finding:
    """`index`: the leaf's place, None for what has no place; `case`: the subject its fact is about, if that is known."""

    index: int | None
    kind: str
    case: str | None = None


@dataclass
class Verdict:
    size: int
    root: str
    findings: list[Finding] = field(default_factory=list)
    erased: int = 0

    @property
    def ok(self) -> bool:
        return not self.findings

    def told(self) -> dict[str, Any]:
        return {
            "size": self.size,
            "root": self.root,
            "ok": self.ok,
            "findings": [asdict(one) for one in self.findings],
            "erased": self.erased,
        }


class Row(NamedTuple):
    """A leaf, its fact with what the leaf is made of, and the place of the subject's leaf before."""

    idx: int
    id: UUID
    leaf: bytes
    put_at: datetime
    about: str | None
    kind: str
    n: int
    at: datetime
    body: str
    leaf_hash: bytes
    key: bytes | None
    before: bytes | None
    before_idx: int | None


COLUMNS = "l.idx, l.id, l.leaf, l.put_at, f.about_id::text, f.kind, f.n, f.at, f.body, f.leaf_hash, s.key, b.leaf_hash, p.idx"
ROWS = " ".join((
    "SELECT", COLUMNS, "FROM", LEAVES, "l LEFT JOIN facts_fact f ON f.id = l.id LEFT JOIN facts_subject s ON s.id = f.about_id",
    "LEFT JOIN facts_fact b ON b.about_id = f.about_id AND b.n = f.n - 1 LEFT JOIN", LEAVES, "p ON p.id = b.id",
    "WHERE l.idx >= %s AND l.idx < %s ORDER BY l.idx",
))  # fmt: skip


Part = tuple[int, int]


@dataclass
class Rows:
    """What became of the leaves of one part held against their facts' rows."""

    found: list[Finding] = field(default_factory=list)
    facts: int = 0
    erased: int = 0


def verify(
    *,
    full: bool = False,
    progress: Callable[[int, int], None] | None = None,
    rows: Callable[[Iterable[Part]], Iterator[Rows]] | None = None,
) -> Verdict:
    """Check the log as it stands; reads only. The order of findings is that of the leaves.

    `rows` checks parts against their rows, in order; who has more than one core lets other processes run `rows_of`.
    """
    state = log.state()
    parts = [(start, min(state.size, start + AT_A_TIME)) for start in range(0, state.size, AT_A_TIME)]
    check = _Check(state, full=full, rows=(rows or _one_by_one)(parts) if full else iter(()))
    for start, stop in parts:
        check.part(start, stop)
        if progress:
            progress(stop, state.size)
    check.end()
    found = sorted(set(check.found), key=lambda one: (one.index is None, one.index or 0, one.kind))
    return Verdict(state.size, check.first.root.hex(), found[:MOST], check.erased)


def rows_of(part: Part) -> Rows:
    """Each leaf of a part written anew from its fact's row; its time against the times around it."""
    start, stop = part
    told, heads = Rows(), [*log.head_at(start), *log.heads(start, stop)]
    sizes = [head.size for head in heads]
    rows = [Row(*values) for values in read(ROWS, start, stop)]
    handed = log.handed(row.id for row in rows if row.about is None)
    for row, digest in zip(rows, leaf_hashes([row.leaf for row in rows]), strict=True):
        before = bisect_right(sizes, row.idx)
        kind = _wrong(row, digest, heads[before - 1].at if before else None, handed)
        if kind is not None and len(told.found) < MOST:
            told.found.append(Finding(row.idx, kind, row.about))
        told.facts += row.about is not None
        told.erased += row.about is not None and row.key is None
    return told


def _wrong(row: Row, digest: bytes, head_at: datetime | None, handed: set[UUID]) -> Kind | None:
    if row.about is None:
        return None if row.id in handed or log.without_fact(row.leaf) else Kind.DELETED
    if row.leaf_hash != digest or not _written(row):
        return Kind.ALTERED
    if row.n and (row.before is None or (row.before_idx is not None and row.before_idx >= row.idx)):
        return Kind.BACKDATED
    if row.at - row.put_at > EARLY:
        return Kind.BACKDATED
    if head_at is not None and head_at - row.at > LATE and not rules.told_late(row.body):
        return Kind.BACKDATED
    return None


def _written(row: Row) -> bool:
    """Whether the row still makes this leaf. An erased one cannot say: its hash, chain and tree hold, the words are gone."""
    if row.key is None:
        return True
    key, handle = _open(str(row.about), row.key)
    made = rules.leaf_of(
        key=key, fact_id=row.id, kind=row.kind, n=row.n, at=row.at, body=row.body, previous=row.before, handle=handle
    )  # fmt: skip
    return made == row.leaf


_keys: dict[str, tuple[bytes, str]] = {}


def _open(about: str, wrapped: bytes) -> tuple[bytes, str]:
    """A subject's key and handle, remembered for its other facts."""
    found = _keys.get(about)
    if found is None:
        if len(_keys) > MOST_KEYS:
            _keys.clear()
        key = unwrap(wrapped)
        found = _keys[about] = key, rules.handle_of(key)
    return found


def _one_by_one(parts: Iterable[Part]) -> Iterator[Rows]:
    return map(rows_of, parts)


class _Check:
    def __init__(self, state: log.StateLine, *, full: bool, rows: Iterator[Rows]) -> None:
        self.state, self.full, self.rows = state, full, rows
        self.found: list[Finding] = []
        self.first, self.second = Growing(), Growing(h=sm3)
        self.kept = log.high_water()
        self.second_heads = log.second_heads() if full else {}
        self.heads: list[log.Head] = []  # those within the part, and the one before it
        self.fits = 0  # the largest size at which a signed head still fitted
        self.facts = self.erased = 0
        self.gone: dict[int, bytes] = {}  # leaves that are no longer there, with the hash they had

    def part(self, start: int, stop: int) -> None:
        """Leaves start … stop-1."""
        there = {line.idx: line for line in log.leaves(start, stop)}
        kept = log.kept_hashes(start, stop)
        hashes = dict(zip(there, leaf_hashes([line.leaf for line in there.values()]), strict=True))
        self.heads = [*self.heads[-1:], *log.heads(start, stop)]
        self._differ([n for n in range(start, stop) if hashes.get(n) != kept.get(n)], there, hashes, kept)
        if self.full:
            against = next(self.rows)
            self.found += against.found[: MOST - len(self.found)]
            self.facts, self.erased = self.facts + against.facts, self.erased + against.erased
        grown = [hashes.get(n) or kept.get(n) or bytes(SIZE) for n in range(start, stop)]
        heads = {head.size: head for head in self.heads if head.size > start}
        kept_size = {self.kept.size: self.kept} if self.kept else {}
        for upto in self._grow(self.first, grown, start, stop, kept_size | heads):
            if upto in heads:
                self._head(heads[upto])
            if upto in kept_size and kept_size[upto].root != self.first.root and not self._explained(upto):
                self._say(self.fits, Kind.FORK)
        if self.full:
            second = leaf_hashes([there[n].leaf if n in there else b"" for n in range(start, stop)], sm3)
            for upto in self._grow(self.second, second, start, stop, self.second_heads):
                wrong = [idx for idx, root in self.second_heads[upto] if root != self.second.root]
                if not self._explained(upto):
                    for idx in wrong:
                        self._say(idx, Kind.FORK)

    @staticmethod
    def _grow(
        tree: Growing, run: list[bytes], start: int, stop: int, heads: Mapping[int, Any]
    ) -> Iterator[int]:
        """Grow the tree through the part, stopping at each size at which something was said about it."""
        for size in sorted(size for size in heads if start < size <= stop):
            tree.add(run[tree.size - start : size - start])
            yield size
        tree.add(run[tree.size - start :])

    def _differ(
        self,
        wrong: Sequence[int],
        there: Mapping[int, log.LeafLine],
        hashes: Mapping[int, bytes],
        kept: Mapping[int, bytes],
    ) -> None:
        """Leaves that are not what their tile says: gone, changed places, or changed."""
        places = {kept[idx]: idx for idx in wrong if idx in kept}
        cases = dict(
            Fact.objects.filter(pk__in=[there[idx].id for idx in wrong if idx in there]).values_list(
                "pk", "about_id"
            )
        )
        for idx in wrong:
            if idx not in there:
                self.gone[idx] = kept.get(idx, b"")
                continue
            case = cases.get(there[idx].id)
            kind = Kind.SWAPPED if places.get(hashes[idx], idx) != idx else Kind.ALTERED
            self._say(idx, kind, str(case) if case else None)

    def _say(self, idx: int | None, kind: Kind, case: str | None = None) -> None:
        if len(self.found) < MOST:
            self.found.append(Finding(idx, kind, case))

    def _head(self, head: log.Head) -> None:
        if log.signed(head) and head.root == self.first.root:
            self.fits = head.size
        elif not self._explained(head.size):
            # Leaves, tiles and rows agree with one another, but not with what was signed: all were changed together.
            self._say(self.fits, Kind.FORK)

    def _explained(self, size: int) -> bool:
        """Whether a leaf among the first `size` is known to be wrong, so that no root over it can be right."""
        return any(idx < size for idx in self.gone) or any(
            one.index is not None and one.index < size for one in self.found
        )

    def end(self) -> None:
        known = {}
        if self.gone:
            hashes = [one for one in list(self.gone.values())[:MOST] if one]
            rows = Fact.objects.filter(leaf_hash__in=hashes).values_list("leaf_hash", "about_id")
            known = {bytes(digest): str(about) for digest, about in rows}
        for idx, digest in self.gone.items():
            self._say(idx, Kind.DELETED, known.get(digest))
        newest = max(self.kept.size if self.kept else 0, log.largest_head())
        if newest > self.state.size:  # leaves that were signed are no longer there at all
            self._say(self.state.size, Kind.DELETED)
        if self.first.root != self.state.root and not self.found:
            self._say(self.fits, Kind.FORK)
        if self.full and self.second.root != self.state.second_root and not self.found:
            self._say(self.fits, Kind.FORK)
        if self.full:
            for about in self._unlogged():
                self._say(None, Kind.MISSING, str(about))

    def _unlogged(self) -> list[UUID]:
        """Subjects of facts whose leaf neither stands in the log nor waits for it, at most a day."""
        late = log.waiting_since(timezone.now() - WITHIN)
        missing = list(Fact.objects.filter(pk__in=late).values_list("about_id", flat=True))
        if Fact.objects.count() <= self.facts + log.waiting():
            return missing
        last: UUID | None = None
        while True:
            after = Fact.objects.filter(pk__gt=last) if last else Fact.objects.all()
            rows = dict(after.order_by("pk").values_list("pk", "about_id")[:AT_A_TIME])
            if not rows:
                return missing
            last = max(rows)
            missing += [rows[pk] for pk in rows.keys() - log.places(rows).keys() - log.among_waiting(rows)]
