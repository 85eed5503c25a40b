"""A county's public log in small: ordinary chains by their own rules, the sealed side beside them, and a reader who
tries to tell them apart. None of it knows how rules/shapes.py draws.
"""

import heapq
import itertools
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from random import Random
from uuid import UUID

from minqing.methods.clock import CHINA
from minqing.watch.clues.rules import shapes as sh
from minqing.watch.clues.rules import slots as sl
from minqing.watch.clues.rules.shapes import Seen, Shapes

HOURS = (0.2, 0.1, 0.1, 0.1, 0.1, 0.2, 0.6, 1.5, 7, 12, 11, 7, 3, 4, 9, 11, 9, 6, 3, 2.5, 2.5, 2, 1, 0.5)
OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 6, 12, 12, 8, 1, 2, 9, 11, 9, 6, 1, 0.5, 0, 0, 0, 0)
DAYS = (1.25, 1.1, 1.0, 1.0, 0.95, 0.3, 0.25)
START = date(2024, 1, 1)


def workday(day: date, rnd: Random, n: int) -> date:
    """n workdays on; now and then somebody works on a Saturday."""
    while n or (day.weekday() >= 5 and rnd.random() > 0.03):
        day += timedelta(days=1)
        n -= n > 0 and day.weekday() < 5
    return day


def ordinary_chain(handle: str, day: date, hour: int, rnd: Random) -> list[Seen]:
    """A word and what became of it: settled on the spot, answered by telephone, or through the whole procedure."""
    found = [(day, hour, "open")]

    def on(days: int, type_: str = "step") -> None:
        last, at = found[-1][0], found[-1][1]
        then = workday(last, rnd, days)
        hour = rnd.choices(range(24), OFFICE)[0]
        found.append((then, max(hour, at) if then == last else hour, type_))

    way = rnd.random()
    on(rnd.choice((0, 0, 0, 1, 1, 2)))
    if way < 0.35:
        on(rnd.choice((0, 0, 1)), "end")
    elif way < 0.7:
        on(rnd.randint(0, 2))
        on(rnd.randint(2, 9))
        if rnd.random() < 0.6:
            on(rnd.randint(1, 4), "end")
    else:
        on(rnd.randint(1, 8))
        for _ in range(rnd.choice((0, 0, 1, 2, 3))):
            on(rnd.randint(1, 12))
        on(rnd.randint(10, 40))
        on(rnd.randint(0, 3))
        if rnd.random() < 0.2:
            on(rnd.randint(3, 20))
            on(rnd.randint(8, 21))
        if rnd.random() < 0.7:
            on(rnd.randint(20, 23), "end")
    return [Seen(handle, n, type_, on_day, at) for n, (on_day, at, type_) in enumerate(found)]


def ordinary(days: int, a_day: float, rnd: Random, *, start: date = START) -> list[Seen]:
    seen: list[Seen] = []
    for ahead in range(days):
        day = start + timedelta(days=ahead)
        for _ in range(round(rnd.gauss(a_day, a_day**0.5) * DAYS[day.weekday()])):
            seen += ordinary_chain(f"o{len(seen)}", day, rnd.choices(range(24), HOURS)[0], rnd)
    return seen


@dataclass
class Sealed:
    """The sealed side run hour by hour; `clues` come at moments and then have `talk` facts each."""

    shapes: Shapes
    k: int
    seed: int
    seen: list[Seen] = field(default_factory=list)
    real: set[str] = field(default_factory=set)
    filling: set[str] = field(default_factory=set)
    chains: dict[UUID, sl.Chain] = field(default_factory=dict)
    waits: list[timedelta] = field(default_factory=list)
    backlog: list[int] = field(default_factory=list)
    added: int = 0
    """Chains beyond those drawn ahead."""
    late: int = 0
    """Clues whose promise of a day could not be kept."""
    claim: Callable[..., sl.Claim] = sl.claim

    def run(self, days: int, clues: Iterable[datetime], a_week: float, *, start: date) -> None:
        # The course of chains and the lot of clues are different dice: without clues the same chains would come.
        rnd, lot = Random(self.seed), Random(self.seed + 1)
        due: list[tuple[tuple[date, int], int]] = []
        ids, others = itertools.count(1), itertools.count(10**6)
        dice: dict[UUID, Random] = {}
        n_filled = 0
        waiting: dict[UUID, int] = {}
        coming = sorted(clues)
        owed: list[tuple[datetime, UUID]] = []
        planned: dict[UUID, sl.Chain] = {}
        came: dict[UUID, datetime] = {}

        def add(step: sh.Step, number: int) -> UUID:
            one = sl.Chain(UUID(int=number), step)
            dice[one.id] = Random(f"{self.seed}/{number}")
            self.chains[one.id] = planned[one.id] = one
            heapq.heappush(due, ((step.day, step.hour), one.id.int))
            return one.id

        def take(at: datetime, clue: UUID, *, goes_on: bool = False) -> None:
            got = self.claim(at, planned.values(), self.shapes, self.k, lot, goes_on=goes_on)
            chain = got.chain or add(got.due, next(others))
            self.added += got.chain is None
            self.late += got.late
            self.chains[chain] = planned[chain] = replace(self.chains[chain], carries=clue)
            if not goes_on:
                came[chain] = at

        for ahead in range(sl.AHEAD):
            for step in sh.openings(start + timedelta(days=ahead), self.shapes, a_week, rnd):
                add(step, next(ids))
        for ahead in range(days):
            day = start + timedelta(days=ahead)
            for step in sh.openings(day + timedelta(days=sl.AHEAD), self.shapes, a_week, rnd):
                add(step, next(ids))
            n_filled = 0 if day.day == 1 else n_filled
            for hour in range(24):
                begin = datetime.combine(day, time(hour), CHINA)
                while coming and coming[0] < begin + timedelta(hours=1):
                    clue = UUID(int=next(others))
                    moment = coming.pop(0)
                    take(moment, clue)
                    waiting[clue] = 0
                    for _ in range(lot.randint(2, 7)):  # facts of the clue, whenever they happen
                        heapq.heappush(owed, (moment + timedelta(days=lot.expovariate(1 / 25)), clue))
                n = 0
                while owed and owed[0][0] < begin + timedelta(hours=1):
                    at, clue = heapq.heappop(owed)
                    waiting[clue] += 1
                    on = [c for c in self.chains.values() if c.carries == clue and c.due is not None]
                    if not on:
                        take(at, clue, goes_on=True)
                ready = [
                    self.chains[UUID(int=heapq.heappop(due)[1])]
                    for _ in range(sum(1 for key, _ in due if key <= (day, hour)))
                ]
                for slot in sl.slots_of(begin, self.k):
                    n += 1
                    chosen = sl.hand(slot, ready, rnd)
                    if chosen is None:
                        handle = f"f{day:%Y-%m}"
                        self.filling.add(handle)
                        self.seen.append(Seen(handle, n_filled, sl.filling(n_filled), day, hour))
                        n_filled += 1
                        continue
                    chain = self.chains[chosen]
                    ready = [one for one in ready if one.id != chosen]
                    assert chain.due is not None
                    handle = f"s{chain.id.int}"
                    self.seen.append(
                        Seen(handle, chain.due.n, chain.due.type, sl.day_of_leaf(chain, slot), hour)
                    )
                    if chain.carries is not None:
                        self.real.add(handle)
                        waiting[chain.carries] = 0
                        if chain.id in came and chain.due.n == 0:
                            self.waits.append(slot - came[chain.id])
                    planned.pop(chosen, None)
                    later = self.chains[chosen] = sl.after(chain, slot, self.shapes, dice[chosen])
                    if later.due is None:
                        del self.chains[chosen]
                    elif (later.due.day, later.due.hour) <= (day, hour):
                        ready.append(later)
                    else:
                        heapq.heappush(due, ((later.due.day, later.due.hour), chosen.int))
                assert n == self.k
                for one in ready:
                    assert one.due is not None
                    heapq.heappush(due, ((one.due.day, one.due.hour), one.id.int))
                self.backlog.append(len(ready))


# The reader: features of each chain, and a logistic regression with features made even


def features(chain: Sequence[Seen]) -> list[float]:
    days = [leaf.day.toordinal() for leaf in chain]
    gaps = [b - a for a, b in itertools.pairwise(days)] or [0]
    a_day = defaultdict(int)
    for leaf in chain:
        a_day[leaf.day] += 1
    first = chain[0]
    return [
        *(float(first.day.weekday() == n) for n in range(7)),
        *(float(first.hour == n) for n in range(24)),
        math.log(len(chain)), float(len(chain) == 1), float(len(chain) == 2), float(len(chain) > 8),
        math.log1p(gaps[0]), math.log1p(max(gaps)), math.log1p(sum(gaps)), math.log1p(sum(gaps) / len(gaps)),
        float(max(a_day.values())), float(gaps[0] == 0), float(chain[-1].type == "end"),
        sum(leaf.day.weekday() >= 5 for leaf in chain) / len(chain),
        sum(not 8 <= leaf.hour <= 17 for leaf in chain) / len(chain),
        sum(leaf.hour for leaf in chain) / len(chain),
    ]  # fmt: skip


def chains_of(seen: Iterable[Seen]) -> dict[str, list[Seen]]:
    found: dict[str, list[Seen]] = defaultdict(list)
    for leaf in seen:
        found[leaf.handle].append(leaf)
    return {handle: sorted(chain, key=lambda leaf: leaf.n) for handle, chain in found.items()}


def auc(scores: Sequence[float], truth: Sequence[bool]) -> float:
    """The chance that a true one scores higher than a false one; ties count half."""
    ranked = sorted(zip(scores, truth, strict=True))
    total = n_true = 0.0
    i = 0
    while i < len(ranked):
        j = i
        while j < len(ranked) and ranked[j][0] == ranked[i][0]:
            j += 1
        true = sum(t for _, t in ranked[i:j])
        total += true * (i + (j - i - 1) / 2)
        n_true += true
        i = j
    n_false = len(ranked) - n_true
    return (total - n_true * (n_true - 1) / 2) / (n_true * n_false)


def told_apart(
    true: Sequence[Sequence[Seen]], false: Sequence[Sequence[Seen]], rnd: Random, *, rounds: int = 150
) -> float:
    """AUC on the held-out half of a reader trained on the other half."""
    rows = [(features(chain), label) for chains, label in ((true, True), (false, False)) for chain in chains]
    rnd.shuffle(rows)
    width = len(rows[0][0])
    mean = [sum(row[i] for row, _ in rows) / len(rows) for i in range(width)]
    spread = [
        math.sqrt(sum((row[i] - mean[i]) ** 2 for row, _ in rows) / len(rows)) or 1.0 for i in range(width)
    ]
    even = [([(row[i] - mean[i]) / spread[i] for i in range(width)], label) for row, label in rows]
    learn, test = even[: len(even) // 2], even[len(even) // 2 :]
    n_true = sum(label for _, label in learn)
    weight = {True: 0.5 / max(n_true, 1), False: 0.5 / max(len(learn) - n_true, 1)}
    w, bias = [0.0] * width, 0.0
    for _ in range(rounds):
        slope, lift = [0.0] * width, 0.0
        for row, label in learn:
            z = bias + sum(map(float.__mul__, w, row))
            off = (1 / (1 + math.exp(-max(-30.0, min(30.0, z)))) - label) * weight[label]
            lift += off
            for i, x in enumerate(row):
                slope[i] += off * x
        w = [a - (b + 0.002 * a) for a, b in zip(w, slope, strict=True)]
        bias -= lift
    return auc([bias + sum(map(float.__mul__, w, row)) for row, _ in test], [label for _, label in test])


def moments(
    days: int, a_day: float, rnd: Random, *, start: date, hours: Sequence[float], weekdays: Sequence[float]
) -> list[datetime]:
    """When clues come: by hours and weekdays of their own."""
    found = []
    for ahead in range(days):
        day = start + timedelta(days=ahead)
        mean = a_day * weekdays[day.weekday()] / (sum(weekdays) / 7)
        n = 0
        left = mean
        while (left := left - rnd.expovariate(1.0)) > 0:
            n += 1
        for _ in range(n):
            hour = rnd.choices(range(24), hours)[0]
            found.append(datetime.combine(day, time(hour, rnd.randrange(60)), CHINA))
    return found
