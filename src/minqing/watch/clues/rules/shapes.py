"""How ordinary chains of leaves look in the public log, learnt from it, so that sealed ones can look the same. Pure.

    shapes = learn(seen, until=today)                 from leaves of others, never from our own
    dues = openings(day, shapes, a_week, rnd)         when chains begin on a day, whoever may need them
    step = follow(step, shapes, rnd)                  when the next leaf of a chain is due, and of which type; or None

Nothing is copied whole: a twin of an ordinary chain would be found. Each next leaf is drawn by what came before it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from random import Random

QUIET = 120
"""A chain that has been silent for so many days is held to be over."""
ENOUGH = 25
DEEP = 8
OFF = frozenset({5, 6, 7})
HOURS = range(24)
BUCKETS = (0, 1, 3, 7, 14, 30, 60)
PARTS = (8, 9, 11, 14, 16, 17, 18)

KindOf = Callable[[date], int]
"""0–6: the weekday; 7: a day off in the week (a holiday); 8: a weekend day that is worked."""
Key = tuple[object, ...]
Next = tuple[int, int, str, bool] | None
"""(days on, hour, type, whether that was a day off); None: there was no next."""


class Type(StrEnum):
    OPEN = "open"
    STEP = "step"
    END = "end"


@dataclass(frozen=True)
class Seen:
    """A leaf as the public sees it: its chain, its number in it, type, date, and the hour in which it was published."""

    handle: str
    n: int
    type: str
    day: date
    hour: int


@dataclass(frozen=True)
class Step:
    """Where a chain stands: its last leaf, or (`n` 0) the one that will open it."""

    day: date
    hour: int
    type: Type = Type.OPEN
    n: int = 0
    gap: int = 0
    """Days between the leaf before and this one."""


@dataclass(frozen=True)
class Shapes:
    """`begins[kind of day][hour]`: chains opened in such an hour of such a day; `nexts`: what followed what."""

    begins: Mapping[int, tuple[float, ...]]
    nexts: Mapping[Key, tuple[Next, ...]] = field(repr=False)
    leaves: float = 1.0
    """Leaves a chain, on average."""
    peak: float = 1.0
    """The share of a week's leaves that the busiest hour of a week has."""

    @property
    def a_week(self) -> float:
        return sum(sum(self.begins_on(kind)) for kind in range(7))

    def begins_on(self, kind: int) -> tuple[float, ...]:
        """An unseen kind of day is like a Sunday when off, like a Monday when worked."""
        return self.begins.get(kind) or self.begins.get(6 if kind in OFF else 0) or (0.0,) * 24


def weekday(day: date) -> int:
    return day.weekday()


def learn(seen: Iterable[Seen], *, until: date, quiet: int = QUIET, kind_of: KindOf = weekday) -> Shapes:
    """What ordinary chains look like; only leaves at least `quiet` days old tell what follows, or that nothing does."""
    chains: dict[str, list[Seen]] = defaultdict(list)
    for leaf in seen:
        chains[leaf.handle].append(leaf)
    begins: dict[int, list[float]] = defaultdict(lambda: [0.0] * 24)
    weekly: dict[tuple[int, int], int] = defaultdict(int)
    nexts: dict[Key, list[Next]] = defaultdict(list)
    # Of a window of the log the first days hold ends of chains that began before it: these tell what follows, not beginnings.
    opened = [leaf.day for chain in chains.values() for leaf in chain if leaf.n == 0]
    if not opened:
        raise ValueError("nothing to learn from")
    first, last = min(opened), until
    days: dict[int, int] = defaultdict(int)
    for ahead in range((last - first).days + 1):
        days[kind_of(first + timedelta(days=ahead))] += 1
    old = until - timedelta(days=quiet)
    n_whole = n_leaves = 0
    for chain in chains.values():
        chain.sort(key=lambda leaf: leaf.n)
        whole = chain[0].n == 0
        begins[kind_of(chain[0].day)][chain[0].hour] += whole
        for leaf in chain:
            weekly[leaf.day.weekday(), leaf.hour] += 1
        if whole and chain[0].day <= old:
            n_whole, n_leaves = n_whole + 1, n_leaves + len(chain)
        before = 0
        for leaf, then in zip(chain, [*chain[1:], None], strict=True):
            if leaf.day > old:
                break
            for key in _keys(leaf.n, kind_of(leaf.day), leaf.hour, before, leaf.type):
                nexts[key].append(_next(leaf, then, kind_of))
            before = (then.day - leaf.day).days if then else 0
    rates = {kind: tuple(n / max(days[kind], 1) for n in hours) for kind, hours in begins.items()}
    return Shapes(
        rates, {key: tuple(found) for key, found in nexts.items()},
        n_leaves / max(n_whole, 1) or 1.0, max(weekly.values()) / max(sum(weekly.values()), 1),
    )  # fmt: skip


def _next(leaf: Seen, then: Seen | None, kind_of: KindOf) -> Next:
    if then is None:
        return None
    gap = max((then.day - leaf.day).days, 0)
    return gap, then.hour, then.type, kind_of(then.day) in OFF


def _keys(n: int, kind: int, hour: int, gap: int, last: str) -> tuple[Key, ...]:
    """From the closest to the widest: where there is too little to go by, the next one is asked."""
    deep, wide, part = min(n, DEEP), sum(gap > edge for edge in BUCKETS), sum(hour >= edge for edge in PARTS)
    return (
        (deep, kind, wide, part, last), (deep, kind, part, last), (deep, kind, last), (deep, kind in OFF, last),
        (last,),
    )  # fmt: skip


def openings(
    day: date, shapes: Shapes, a_week: float, rnd: Random, *, kind_of: KindOf = weekday
) -> list[Step]:
    """The chains that begin on a day, `a_week` in an ordinary week: drawn ahead, by the county's hours, for nobody."""
    scale = a_week / (shapes.a_week or 1.0)
    rates = shapes.begins_on(kind_of(day))
    return [Step(day, hour) for hour in HOURS for _ in range(_poisson(rates[hour] * scale, rnd))]


def a_week_for(shapes: Shapes, k: int, *, load: float = 0.5) -> float:
    """How many chains may begin in a week so that the busiest hour needs `load` of its K leaves."""
    return load * k / (shapes.leaves * shapes.peak)


def follow(step: Step, shapes: Shapes, rnd: Random, *, kind_of: KindOf = weekday) -> Step | None:
    """The next leaf of a chain, drawn from what followed such a leaf in ordinary chains; None: it was the last."""
    for key in _keys(step.n, kind_of(step.day), step.hour, step.gap, step.type):
        found = shapes.nexts.get(key, ())
        if len(found) >= ENOUGH or (found and len(key) == 1):
            then = rnd.choice(found)
            break
    else:
        return None
    if then is None:
        return None
    gap, hour, type_, off = then
    if gap == 0:
        return Step(step.day, max(step.hour, hour), Type(type_), step.n + 1, 0)
    day = step.day + timedelta(days=gap)
    for _ in range(10):
        if off or kind_of(day) not in OFF:
            break
        day += timedelta(days=1)  # an ordinary office did not work on this holiday either
    return Step(day, hour, Type(type_), step.n + 1, (day - step.day).days)


def _poisson(mean: float, rnd: Random) -> int:
    """How often something happens that happens `mean` times on average (Knuth; means here are small)."""
    n, left = 0, mean
    while left > 0:
        left -= rnd.expovariate(1.0)
        n += left > 0
    return n
