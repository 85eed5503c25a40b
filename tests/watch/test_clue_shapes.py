"""What the public log sees of the sealed side: the same number every hour, and chains like everybody's."""

import itertools
import json
from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from random import Random
from uuid import UUID

import pytest

from minqing.methods.clock import CHINA
from minqing.record.facts import rules as facts
from minqing.watch.clues.rules import shapes as sh
from minqing.watch.clues.rules import slots as sl
from minqing.watch.clues.rules.shapes import Seen, Shapes, Step, Type
from watch.log_world import DAYS, HOURS, START, Sealed, chains_of, moments, ordinary, told_apart

CHANCE = 0.06
LEARN, RUN, K = 360, 720, 12
BEGIN = START + timedelta(days=LEARN)
WHOLE = BEGIN + timedelta(days=RUN - 120)
EVENINGS = ((0,) * 6 + (1,) * 2 + (0.5,) * 10 + (4,) * 6, (1,) * 7)


@cache
def shapes() -> Shapes:
    return sh.learn(ordinary(LEARN, 24, Random(7)), until=BEGIN)


@cache
def others() -> list[list[Seen]]:
    """Ordinary chains of the same days, none of which was learnt from; only those that had time to end."""
    chains = chains_of(ordinary(RUN, 12, Random(8), start=BEGIN)).values()
    return [chain for chain in chains if chain[0].day < WHOLE]


def world(
    *, hours: Iterable[float] = HOURS, weekdays: Iterable[float] = DAYS, claim: object = sl.claim
) -> Sealed:
    sealed = Sealed(shapes(), K, 12, claim=claim)  # type: ignore[arg-type]
    clues = moments(RUN, 0.45, Random(9), start=BEGIN, hours=tuple(hours), weekdays=tuple(weekdays))
    sealed.run(RUN, clues, sh.a_week_for(shapes(), K), start=BEGIN)
    return sealed


@cache
def usual() -> Sealed:
    return world()


def real_and_decoy(sealed: Sealed) -> tuple[list[list[Seen]], list[list[Seen]]]:
    real, decoy = [], []
    for handle, chain in chains_of(sealed.seen).items():
        if handle not in sealed.filling and chain[0].day < WHOLE:
            (real if handle in sealed.real else decoy).append(chain)
    return real, decoy


def sample(chains: list[list[Seen]], n: int) -> list[list[Seen]]:
    return Random(5).sample(chains, min(n, len(chains)))


def read(true: list[list[Seen]], false: list[list[Seen]]) -> float:
    found = told_apart(true, sample(false, 3 * len(true)), Random(1), rounds=100)
    print(f"AUC {found:.3f} ({len(true)} against {min(len(false), 3 * len(true))})")
    return found


def test_a_reader_of_the_log_cannot_tell_clues_from_ordinary_chains() -> None:
    real, decoy = real_and_decoy(usual())
    assert len(real) > 400
    assert abs(read(real, others()) - 0.5) <= CHANCE
    # nor from everything else that is there, in the proportions in which it is there
    filling = [chain for handle, chain in chains_of(usual().seen).items() if handle in usual().filling]
    everything = [*others(), *decoy, *filling]
    assert abs(read(real, sample(everything, 4 * len(real))) - 0.5) <= CHANCE


def test_who_knows_which_leaves_are_the_sealed_sides_cannot_tell_clues_from_decoys() -> None:
    assert abs(read(*real_and_decoy(usual())) - 0.5) <= CHANCE


def test_clues_that_come_in_the_evenings_of_any_day_hardly_tell() -> None:
    """Their writers keep no office hours; the day that is promised bounds what can be hidden of it."""
    hours, weekdays = EVENINGS
    assert abs(read(*real_and_decoy(world(hours=hours, weekdays=weekdays))) - 0.5) <= CHANCE + 0.02


def test_a_hand_over_at_once_without_decoys_is_told_apart() -> None:
    """The canary: if the reader saw nothing here, the tests above would prove nothing."""
    rnd = Random(4)
    naive: list[list[Seen]] = []
    for n, moment in enumerate(
        moments(RUN - 150, 0.45, rnd, start=BEGIN, hours=EVENINGS[0], weekdays=EVENINGS[1])
    ):
        at = [
            moment,
            *sorted(moment + timedelta(days=rnd.expovariate(1 / 25)) for _ in range(rnd.randint(2, 7))),
        ]
        naive.append(
            [Seen(f"n{n}", i, "step" if i else "open", one.date(), one.hour) for i, one in enumerate(at)]
        )
    assert read(naive, others()) > 0.8


def by_hour(hour_of):  # type: ignore[no-untyped-def]
    """A new clue's opening in an hour of its own instead of one that was drawn ahead."""

    def claim(at, planned, shapes, k, rnd, *, goes_on=False):  # type: ignore[no-untyped-def]
        if goes_on:
            return sl.claim(at, planned, shapes, k, rnd, goes_on=True)
        return sl.Claim(hour_of(at, shapes, rnd))

    hours, weekdays = EVENINGS
    return read(*real_and_decoy(world(hours=hours, weekdays=weekdays, claim=claim)))


def test_an_opening_in_an_hour_drawn_by_lot_tells_nothing_of_the_evening_in_which_it_was_written() -> None:
    assert abs(by_hour(sl.lot_hour) - 0.5) <= CHANCE


def test_an_opening_in_the_very_hour_is_told_apart() -> None:
    """The second canary: decoys alone do not hide somebody who writes at night."""
    assert by_hour(lambda at, shapes, rnd: Step(*sl.key_of(at))) > 0.62


def test_every_hour_of_every_day_has_exactly_k_leaves() -> None:
    hours = Counter((leaf.day, leaf.hour) for leaf in usual().seen)
    late = Counter(leaf.day for leaf in usual().seen)
    assert len(usual().seen) == RUN * 24 * K
    assert set(late.values()) == {24 * K}  # no leaf bears another day than that of its slot
    assert set(hours.values()) == {K}


def test_a_chain_is_numbered_without_a_gap_and_opens_once() -> None:
    for chain in chains_of(usual().seen).values():
        assert [leaf.n for leaf in chain] == list(range(len(chain)))
        assert [leaf.type == "open" for leaf in chain] == [leaf.n == 0 for leaf in chain]


def test_every_clue_opens_within_its_day_and_nothing_piles_up() -> None:
    sealed = usual()
    assert sealed.late == 0
    assert len(sealed.waits) > 200 and max(sealed.waits) <= timedelta(hours=24)
    assert min(sealed.waits) > timedelta(0)
    assert max(sealed.backlog) < K
    assert sealed.added / len(sealed.real) < 0.03


def test_the_log_is_the_same_with_clues_and_without() -> None:
    """A clue never moves, adds or drops a leaf: chains are drawn before anybody knows who will ride in them."""
    logs = []
    for a_day in (0.0, 0.4):
        sealed = Sealed(shapes(), 24, 3)
        clues = moments(80, a_day, Random(2), start=BEGIN, hours=HOURS, weekdays=(1, 1, 1, 1, 1, 0, 0))
        sealed.run(80, clues, sh.a_week_for(shapes(), 24), start=BEGIN)
        logs.append(sealed)
    without, with_ = logs
    assert len(with_.real) > 20 and not without.real and with_.added == 0
    assert with_.seen == without.seen


def test_a_flood_of_clues_is_worked_off_and_steps_go_on_meanwhile() -> None:
    sealed = Sealed(shapes(), K, 5)
    flood = [datetime.combine(BEGIN + timedelta(days=3), time(9), CHINA)] * 300
    sealed.run(40, flood, sh.a_week_for(shapes(), K), start=BEGIN)
    assert sealed.late > 0
    assert max(sealed.waits) < timedelta(days=5)
    assert max(sealed.backlog) < len(flood)
    assert max(sealed.backlog[14 * 24 :]) < K
    days = Counter(leaf.day for leaf in sealed.seen if leaf.n and leaf.handle not in sealed.filling)
    assert sum(days[BEGIN + timedelta(days=n)] for n in range(3, 10)) > 5 * K


def test_the_room_left_for_a_promise_shrinks_with_every_clue_and_warns_before_it_is_gone() -> None:
    at = datetime.combine(BEGIN, time(9), CHINA)
    chains: list[sl.Chain] = []
    rooms = []
    while (left := sl.room(at, chains, K)) and len(chains) < 1000:
        rooms.append(left)
        got = sl.claim(at, chains, shapes(), K, Random(len(chains)))
        assert not got.late and got.chain is None
        number = UUID(int=len(chains) + 1)
        chains.append(sl.Chain(number, got.due, carries=number))
    assert rooms == sorted(rooms, reverse=True) and len(rooms) == sl.OPEN_WITHIN * K // 2
    assert sl.claim(at, chains, shapes(), K, Random(0)).late


def test_nothing_ordinary_is_copied_whole() -> None:
    """A chain of some length with the very days and hours of an ordinary one would be a twin, and twins are found."""

    def form(chain: list[Seen]) -> tuple[object, ...]:
        return tuple(((leaf.day - chain[0].day).days, leaf.hour, leaf.type) for leaf in chain)

    known = {form(chain) for chain in chains_of(ordinary(LEARN, 24, Random(7))).values() if len(chain) >= 6}
    fresh = {form(chain) for chain in others() if len(chain) >= 6}
    made = [form(chain) for chains in real_and_decoy(usual()) for chain in chains if len(chain) >= 6]
    assert len(made) > 200
    assert sum(one in known for one in made) <= max(3, len(known & fresh))


def test_only_old_leaves_tell_what_follows() -> None:
    """A young chain has not had the time to go on; it must not teach that chains end early."""
    young = [Seen(f"y{n}", 0, "open", BEGIN, 9) for n in range(500)]
    old = [leaf for leaf in ordinary(200, 20, Random(3)) if leaf.day < BEGIN]
    learnt = sh.learn([*old, *young], until=BEGIN + timedelta(days=1))
    assert learnt.nexts == sh.learn(old, until=BEGIN + timedelta(days=1)).nexts


def test_a_window_of_the_log_teaches_no_beginnings_it_did_not_see() -> None:
    whole = ordinary(300, 20, Random(6))
    cut = START + timedelta(days=150)
    window = [leaf for leaf in whole if leaf.day >= cut]
    begun = [leaf for leaf in window if leaf.handle in {one.handle for one in window if one.n == 0}]
    assert len(begun) < len(window)
    learnt, clean = (sh.learn(seen, until=START + timedelta(days=300)) for seen in (window, begun))
    assert learnt.begins == clean.begins and learnt.leaves == clean.leaves
    with pytest.raises(ValueError, match="nothing"):
        sh.learn([leaf for leaf in whole if leaf.n], until=START + timedelta(days=300))


def test_a_holiday_in_the_week_is_no_workday_of_a_chain() -> None:
    holiday = date(2026, 10, 1)
    kind = lambda day: 7 if holiday <= day < holiday + timedelta(days=7) else day.weekday()  # noqa: E731
    steps = [
        sh.follow(Step(date(2026, 9, 30), 10, Type.STEP, 1), shapes(), Random(n), kind_of=kind)
        for n in range(400)
    ]
    inside = [step for step in steps if step is not None and kind(step.day) == 7]
    assert len(inside) < 20


def test_no_leaf_is_due_before_the_one_it_follows() -> None:
    for n in range(2000):
        now = Step(date(2026, 3, 2), 15, Type.STEP if n % 3 else Type.OPEN, n % 3)
        then = sh.follow(now, shapes(), Random(n))
        assert then is None or (then.day, then.hour, then.n) >= (now.day, now.hour, now.n + 1)


def test_a_leaf_has_the_octets_of_every_other_leaf() -> None:
    key, number = bytes(range(32)), UUID(int=7)
    at = datetime(2026, 3, 2, 8, 15, 30, tzinfo=UTC)
    body = '{"text":"00"}'
    for n, previous, kind, type_ in (
        (0, None, "clue.registered", Type.OPEN),
        (4, b"\7" * 32, "clue.answered", Type.STEP),
        (9, b"\1" * 32, "case.concluded", Type.END),
    ):
        theirs = facts.leaf_of(key=key, fact_id=number, kind=kind, n=n, at=at, body=body, previous=previous)
        ours = sl.leaf_of(
            key=key, fact_id=number, kind=kind, at=at, body=body, n=n, type_=type_, day=date(2026, 3, 2),
            previous=previous,
        )  # fmt: skip
        assert ours == theirs


def test_a_decoy_differs_from_a_real_leaf_in_its_commitment_alone() -> None:
    at, key = datetime(2026, 3, 2, 8, 15, tzinfo=UTC), b"k" * 32
    common = {
        "key": key,
        "at": at,
        "n": 3,
        "type_": Type.STEP,
        "day": date(2026, 3, 2),
        "previous": b"p" * 32,
    }
    real = json.loads(sl.leaf_of(fact_id=UUID(int=1), kind="clue.answered", body="{}", **common))  # type: ignore[arg-type]
    decoy = json.loads(sl.decoy_of(fact_id=UUID(int=2), **common))  # type: ignore[arg-type]
    assert real.pop("c") != decoy.pop("c") and real == decoy
    assert set(decoy) == {"d", "h", "n", "p", "t", "v"}
    assert b"clue" not in sl.leaf_of(fact_id=UUID(int=1), kind="clue.answered", body="{}", **common)  # type: ignore[arg-type]


def test_an_opening_keeps_the_day_of_its_slip_even_when_the_house_was_dark() -> None:
    chain = sl.Chain(UUID(int=1), Step(date(2026, 3, 2), 23))
    late = datetime(2026, 3, 3, 2, tzinfo=CHINA)
    assert sl.hand(late, [chain], Random(0)) == chain.id
    assert sl.day_of_leaf(chain, late) == date(2026, 3, 2)
    step = sl.Chain(UUID(int=2), Step(date(2026, 3, 2), 23, Type.STEP, 1))
    assert sl.day_of_leaf(step, late) == date(2026, 3, 3)
    old = sl.Chain(UUID(int=3), Step(date(2026, 2, 27), 9, Type.STEP, 1))
    for n in range(8):  # its hash is promised within a day, theirs are not
        assert sl.hand(late, [old, step, chain], Random(n)) == chain.id
        assert sl.hand(late, [step, old], Random(n)) == old.id
    assert sl.hand(datetime(2026, 3, 2, 22, tzinfo=CHINA), [step, chain], Random(0)) is None


@pytest.mark.parametrize("k", [1, 4, 12, 60])
def test_the_slots_of_an_hour_are_always_the_same_moments(k: int) -> None:
    hour = datetime(2026, 3, 2, 5, 17, tzinfo=CHINA)
    found = sl.slots_of(hour, k)
    assert len(found) == k == len(set(found))
    assert {one.hour for one in found} == {5}
    again = [*found, *sl.slots_of(hour + timedelta(hours=1), k)]
    apart = [(b - a).total_seconds() for a, b in itertools.pairwise(again)]
    assert max(abs(one - 3600 / k) for one in apart) < 0.001
