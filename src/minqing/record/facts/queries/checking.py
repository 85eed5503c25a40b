"""Does the log still say what was put into it? The county's own check; anybody else has verify.py and the tiles.

Quick: leaves against the kept tiles, tiles against every signed head. Full: each leaf again from its fact's row, the
second tree, facts that never came into the log. Whoever holds the database's superuser can change any of it; what they
cannot do is sign, so a head that was signed, printed or witnessed no longer fits.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any
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


@dataclass(frozen=True)
class Row:
    """A fact with what its leaf needs."""

    id: UUID
    about_id: UUID
    kind: str
    n: int
    at: datetime
    body: str
    leaf_hash: bytes
    key: bytes | None
    before_id: UUID | None
    before: bytes | None


ROWS = (
    "SELECT f.id, f.about_id, f.kind, f.n, f.at, f.body, f.leaf_hash, s.key, b.id, b.leaf_hash"
    " FROM unnest(%s::uuid[]) AS wanted (id) JOIN facts_fact f USING (id) JOIN facts_subject s ON s.id = f.about_id"
    " LEFT JOIN facts_fact b ON b.about_id = f.about_id AND b.n = f.n - 1"
)


def verify(*, full: bool = False, progress: Callable[[int, int], None] | None = None) -> Verdict:
    """Check the log as it stands; reads only. The order of findings is that of the leaves."""
    state = log.state()
    check = _Check(state, full=full)
    for start in range(0, state.size, AT_A_TIME):
        stop = min(state.size, start + AT_A_TIME)
        check.part(start, stop)
        if progress:
            progress(stop, state.size)
    check.end()
    found = sorted(set(check.found), key=lambda one: (one.index is None, one.index or 0, one.kind))
    return Verdict(state.size, check.first.root.hex(), found[:MOST], check.erased)


class _Check:
    def __init__(self, state: log.StateLine, *, full: bool) -> None:
        self.state, self.full = state, full
        self.found: list[Finding] = []
        self.first, self.second = Growing(), Growing(h=sm3)
        self.kept = log.high_water()
        self.second_heads = log.second_heads() if full else {}
        self.heads: list[log.Head] = []  # those within the part, and the one before it
        self.fits = 0  # the largest size at which a signed head still fitted
        self.facts = self.erased = 0
        self.gone: dict[int, bytes] = {}  # leaves that are no longer there, with the hash they had
        self.keys: dict[UUID, tuple[bytes, str]] = {}

    def part(self, start: int, stop: int) -> None:
        """Leaves start … stop-1."""
        there = {line.idx: line for line in log.leaves(start, stop)}
        kept = log.kept_hashes(start, stop)
        hashes = dict(zip(there, leaf_hashes([line.leaf for line in there.values()]), strict=True))
        self.heads = [*self.heads[-1:], *log.heads(start, stop)]
        self._differ([n for n in range(start, stop) if hashes.get(n) != kept.get(n)], there, hashes, kept)
        if self.full:
            self._rows(there, hashes)
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

    def _rows(self, there: Mapping[int, log.LeafLine], hashes: Mapping[int, bytes]) -> None:
        """Each leaf written anew from its fact's row; its time against the times around it."""
        facts = {values[0]: Row(*values) for values in read(ROWS, [line.id for line in there.values()])}
        self.facts += len(facts)
        strangers = [line.id for line in there.values() if line.id not in facts]
        handed = log.handed(strangers) if strangers else set()
        places = log.places([row.before_id for row in facts.values() if row.before_id])
        for idx, line in there.items():
            row = facts.get(line.id)
            if row is None:
                if line.id not in handed and not log.without_fact(line):
                    self._say(idx, Kind.DELETED)
                continue
            if row.leaf_hash != hashes[idx] or not self._written(row, line.leaf):
                self._say(idx, Kind.ALTERED, str(row.about_id))
            elif (row.n and not self._follows(row, places, idx)) or self._out_of_time(idx, row, line):
                self._say(idx, Kind.BACKDATED, str(row.about_id))

    @staticmethod
    def _follows(row: Row, places: Mapping[UUID, int], idx: int) -> bool:
        return row.before_id is not None and places.get(row.before_id, idx) < idx

    def _written(self, row: Row, leaf: bytes) -> bool:
        if row.key is None:
            self.erased += 1  # the chain and the tree still hold, the words are gone
            return True
        key, handle = self._open(row.about_id, row.key)
        made = rules.leaf_of(
            key=key, fact_id=row.id, kind=row.kind, n=row.n, at=row.at, body=row.body, previous=row.before, handle=handle
        )  # fmt: skip
        return made == leaf

    def _open(self, about: UUID, wrapped: bytes) -> tuple[bytes, str]:
        """A subject's key and handle, remembered for its other facts."""
        found = self.keys.get(about)
        if found is None:
            if len(self.keys) > MOST_KEYS:
                self.keys.clear()
            key = unwrap(wrapped)
            found = self.keys[about] = key, rules.handle_of(key)
        return found

    def _out_of_time(self, idx: int, row: Row, line: log.LeafLine) -> bool:
        if row.at - line.put_at > EARLY:
            return True
        before = bisect_right(self.heads, idx, key=lambda head: head.size)
        return before > 0 and self.heads[before - 1].at - row.at > LATE and not rules.told_late(row.body)

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
