"""Items of the first block so placed that every way has been gone and every state has somebody standing in it today."""

from collections.abc import Callable, Iterator

from minqing.wiring.demo.courses import Course, courses
from minqing.wiring.demo.dice import draws
from minqing.wiring.demo.matters import kind, kinds, voices
from minqing.wiring.demo.offices import SEED
from minqing.wiring.demo.places import villages
from minqing.wiring.demo.story import ENDED, Seed, Step

FIRST_PIN = 0
EACH = 2  # items for each open state of each track
PLACES = ("990101100200", "990101101200", "990101001001", "990101001004", "990101102200")
FAMILY_KIND = {
    "three": "long_case", "mixed": "mixed_letter", "mediate": "neighbour", "advice": "suggest", "redirect": "court",
    "answer": "ask_info", "explain": "policy_ask",
}  # fmt: skip
Lay = Callable[[Course, int, int], tuple[Step, ...]]
"""Lays a course on the calendar: course, minute of arrival, item."""


def _open_states() -> Iterator[tuple[str, str]]:
    """(track, state) for every state in which something is still owed."""
    for track in ("petition", "order"):
        states = {
            "registered": None,
            **{leg.state: None for c in courses().values() if c.track == track for leg in c.legs},
        }
        yield from ((track, state) for state in states if state not in ENDED)


def _minute(course: Course, state: str, item: int, now: int, lay: Lay) -> int | None:
    """An arrival by day from which the course stands in the state now; the middle of all that do."""
    fitting: list[int] = []
    hours = [now - 11 * n for n in range(1, 90)]
    days = [(now // 1440 - age) * 1440 + 530 + (item * 37 + 61 * age) % 470 for age in range(1, 362)]
    for minute in (*hours, *days):
        steps = lay(course, minute, item)
        if (steps[-1].state if steps else "registered") == state:
            fitting.append(minute)
        elif len(fitting) > 2 and state not in ENDED:
            break
    return fitting[len(fitting) // 2] if fitting else None


def pins(now: int, lay: Lay) -> Iterator[tuple[int, Seed]]:
    """(item, seed) of each; `now` in minutes of the year."""
    item = FIRST_PIN
    for track, state in _open_states():
        stands = 0
        through = [
            c for c in courses().values()
            if c.track == track and (state == "registered" or state in {leg.state for leg in c.legs})
        ]  # fmt: skip
        for turn in range(max(16, 3 * len(through))):
            if stands == EACH:
                break
            course = through[turn % len(through)]
            minute = _minute(course, state, item, now, lay)
            if minute is not None:
                yield item, _seed(course, minute, item)
                stands, item = stands + 1, item + 1
            elif turn >= len(through):
                item += 1  # other dice
    for course in courses().values():
        if course.track in ("petition", "order", "simple"):
            minute = _minute(course, course.legs[-1].state, item, now, lay)
            if minute is not None:
                yield item, _seed(course, minute, item)
                item += 1


def _seed(course: Course, minute: int, item: int) -> Seed:
    dice = draws(SEED, item, 41)
    family = FAMILY_KIND.get(course.family)
    usual = [k for k in kinds() if k.course == "usual" and k.office not in ("township", "village")]
    if course.kinds:
        what = kind(course.kinds[dice[0] % len(course.kinds)])
    else:
        what = kind(family) if family else usual[dice[0] % len(usual)]
    pool = [v for v in villages() if what.where == "both" or (what.where == "town") == v.town]
    near = [v for v in pool if v.code in PLACES] or pool
    where = near[dice[1] % len(near)]
    voice = voices()[dice[3] % 6]
    return Seed(
        minute, item, where, 1 + dice[2] % len(where.groups), voice, what, item, "", course=course.key
    )
