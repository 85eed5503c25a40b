"""Concrete matters that many people speak of: a plant, a road, a main; and small ones of two to four voices."""

from dataclasses import dataclass
from functools import cache

from minqing.wiring.demo.dice import draws
from minqing.wiring.demo.matters import kind, kinds
from minqing.wiring.demo.places import villages

BLOCK = 2000
FIRST = 200

# kind, people, days, the way its case goes, village in the first block ("*": people of the whole county, each a case)
LISTED = """
plant_dust 30 60 carried 990101100200
road_broken 22 75 no_reopen 990101101200
water_supply 26 20 order_reopened 990101001004
loan 40 330 order_parked *
garbage 14 30 order_partly 990101001001
noise_night 10 45 order_objected 990101001002
school_bus 9 25 assigned 990101102200
wage 16 12 late 990101002001
sewage 12 18 order_escalated 990101001002
leak_house 9 50 extended 990101002001
house_cert 18 120 parked_done 990101001004
property 12 40 order_extended 990101001001
bus_line 8 30 partly 990101103200
boar 11 25 order_yes 990101102203
river_dirty 9 40 reviewed_change 990101101201
demolish 8 90 stuck 990101002001
fake_seed 7 20 order_escalated 990101103204
land_fee 7 60 arbitrated 990101100201
crop_flood 12 15 partly 990101101206
street_light 6 30 order_self 990101001003
electricity 10 20 order_reopened 990101103202
clinic 6 60 yes 990101201200
signal 5 50 planned 990101200204
elevator 6 15 order_late 990101001004
"""
SMALL = tuple(2 + n % 3 for n in range(44))  # sizes of the small crowds, drawn anew in every block


@dataclass(frozen=True, slots=True)
class Crowd:
    """Where one member of a crowd stands: who was first (`head`), how many, how long, and how the case goes."""

    key: str
    kind: str
    size: int
    days: int
    course: str
    head: int
    member: int
    villages: tuple[str, ...]
    voices: tuple[int, ...]
    apart: bool
    ends_now: bool


@dataclass(frozen=True, slots=True)
class _Group:
    key: str
    kind: str
    size: int
    days: int
    course: str
    villages: tuple[str, ...]
    first: int


def _fitting(key: str, dice: int) -> str:
    """A village in which such a matter can be."""
    where = kind(key).where
    pool = [v for v in villages() if where == "both" or (where == "town") == v.town]
    return pool[dice % len(pool)].code


@cache
def _groups(seed: int, block: int) -> tuple[_Group, ...]:
    out, place = [], FIRST
    for number, line in enumerate(LISTED.strip().splitlines()):
        key, size, days, course, where = line.split()
        dice = draws(seed, block, 31 + number)
        if where == "*":
            codes = tuple(v.code for v in villages())
        else:
            codes = (where if block == 0 else _fitting(key, dice[0]),)
        out.append(_Group(f"{number}", key, int(size), int(days), course, codes, place))
        place += int(size)
    usual = [k.key for k in kinds() if k.course == "usual" and k.key not in ("mixed_letter",)]
    for number, people in enumerate(SMALL):
        dice = draws(seed, block, 131 + number)
        key = usual[dice[0] % len(usual)]
        out.append(_Group(f"s{number}", key, people, 6 + dice[2] % 40, "", (_fitting(key, dice[3]),), place))
        place += people
    return tuple(out)


@cache
def _by_place(seed: int, block: int) -> dict[int, _Group]:
    return {group.first + n: group for group in _groups(seed, block) for n in range(group.size)}


CROWDED = range(FIRST, FIRST + sum(int(line.split()[1]) for line in LISTED.strip().splitlines()) + sum(SMALL))
"""The positions of a block that belong to crowds."""


def crowd_at(seed: int, block: int, place: int) -> Crowd:
    group = _by_place(seed, block)[place]
    dice = draws(seed, block, 231 + place)
    order = tuple(turn % 6 for turn in dice[:8])
    return Crowd(
        group.key, group.kind, group.size, group.days, group.course, block * BLOCK + group.first, place - group.first,
        group.villages, order, len(group.villages) > 1, block == 0 and group.key == "0",
    )  # fmt: skip
