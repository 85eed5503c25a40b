"""Items of the first block so placed that every way has been gone and every state has somebody standing in it today."""

from collections.abc import Callable, Iterator

from minqing.wiring.demo.courses import Course, courses
from minqing.wiring.demo.dice import draws
from minqing.wiring.demo.matters import kind, kinds, voices
from minqing.wiring.demo.offices import SEED
from minqing.wiring.demo.places import villages
from minqing.wiring.demo.story import ENDED, Seed, Step

FIRST_PIN, ROOM = 0, 190
EACH = 2  # items for each open state of each track
PLACES = ("990101100200", "990101101200", "990101001001", "990101001004", "990101102200")
FAMILY_KIND = {
    "three": "long_case", "mixed": "mixed_letter", "mediate": "neighbour", "advice": "suggest", "redirect": "court",
    "answer": "ask_info", "explain": "policy_ask",
}  # fmt: skip
Lay = Callable[[Course, int, int], tuple[Step, ...]]
"""Lays a course on the calendar: course, minute of arrival, item."""


def _wanted() -> Iterator[tuple[Course, str]]:
    """(course, open state it shall stand in today): a few courses for each state, different ones first."""
    seen: dict[tuple[str, str], int] = {}
    for turn in range(EACH):
        for course in courses().values():
            if course.track not in ("petition", "order"):
                continue
            for leg in course.legs:
                key = (course.track, leg.state)
                if leg.state not in ENDED and leg.state != "registered" and seen.get(key, 0) <= turn:
                    seen[key] = seen.get(key, 0) + 1
                    yield course, leg.state
    for course in courses().values():
        if course.track in ("petition", "order", "simple"):
            yield course, course.legs[-1].state


def _minute(course: Course, state: str, item: int, now: int, lay: Lay) -> int | None:
    """An arrival from which the course stands in the state today; the middle of all that do."""
    fitting = []
    for age in (*range(1, 60), *range(60, 362, 2)):
        minute = (now // 1440 - age) * 1440 + 530 + (item * 37) % 470
        steps = lay(course, minute, item)
        if steps and steps[-1].state == state:
            fitting.append(minute)
        elif fitting and state not in ENDED:
            break
    return fitting[len(fitting) // 2] if fitting else None


def pins(now: int, lay: Lay) -> Iterator[tuple[int, Seed]]:
    """(item, seed) of each; `now` in minutes of the year."""
    item = FIRST_PIN
    usual = [k for k in kinds() if k.course == "usual" and k.office not in ("township", "village")]
    for course, state in _wanted():
        minute = _minute(course, state, item, now, lay)
        if minute is None or item >= ROOM:
            continue
        dice = draws(SEED, item, 41)
        family = FAMILY_KIND.get(course.family)
        what = (
            kind(family or course.kinds[dice[0] % len(course.kinds)])
            if family or course.kinds
            else usual[dice[0] % len(usual)]
        )
        pool = [v for v in villages() if what.where == "both" or (what.where == "town") == v.town]
        near = [v for v in pool if v.code in PLACES] or pool
        where = near[dice[1] % len(near)]
        group = 1 + dice[2] % len(where.groups)
        voice = voices()[dice[3] % 6]
        yield item, Seed(minute, item, where, group, voice, what, item, "", course=course.key)
        item += 1
