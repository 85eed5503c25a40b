"""A year of the county's life that ends now: item i is one demand and the whole way it goes.

What item i says, where, and how it goes depends on the seed, on i and on the day the year ends, never on the scale;
scale s is the items 0 … 2000·s. A block of 2,000 items holds concrete matters told by many people (`crowds.py`);
the first block also holds items so placed that every state of both procedures has somebody standing in it today.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import cache, lru_cache
from itertools import cycle

from minqing.methods.clock import Calendar
from minqing.wiring.demo import grammar, people
from minqing.wiring.demo.courses import Course, course_wheel, courses
from minqing.wiring.demo.crowds import BLOCK, CROWDED, Crowd, crowd_at
from minqing.wiring.demo.days import day_words
from minqing.wiring.demo.dice import draws, number, wheel
from minqing.wiring.demo.frame import DAYS, HOURS, Frame, places_of
from minqing.wiring.demo.matters import Kind, kind, kinds, voices
from minqing.wiring.demo.offices import SEED, office
from minqing.wiring.demo.pins import pins
from minqing.wiring.demo.places import Village, village
from minqing.wiring.demo.story import Seed, Step, Story

ONCE = range(650, 950)  # positions of a block where nobody speaks twice,
REPEATS_FROM = 950  # and those from which one of them may speak again
AT_DESK = range(9, 18)
CHANNELS = {
    "farmer": "in_person 26 phone 34 letter 16 own_phone 12 field 7 deputy 5",
    "migrant": "phone 62 web 20 own_phone 10 email 4 api 4",
    "parent": "web 52 phone 30 api 8 email 6 in_person 4",
    "shop": "phone 46 web 26 in_person 12 api 8 deputy 8",
    "student": "web 70 email 18 phone 12",
    "teacher": "web 40 letter 20 email 18 phone 14 deputy 8",
    "cadre": "on_behalf 70 field 30",
}
NEEDS_DESK = frozenset({"in_person", "letter", "deputy", "field"})
AFTER_HOURS = {"farmer": "phone", "shop": "phone", "cadre": "on_behalf"}
ORDER_SHARE = {
    "phone": 92,
    "web": 48,
    "own_phone": 66,
    "api": 88,
    "email": 30,
    "on_behalf": 44,
    "in_person": 14,
}
REPLY_BY = {
    "farmer": "phone", "migrant": "sms", "parent": "online", "shop": "sms", "student": "online", "teacher": "letter",
    "cadre": "in_person",
}  # fmt: skip
OWN_TYPE = {
    "ask": "ask",
    "help": "help",
    "complaint": "complaint",
    "advice": "suggestion",
    "report": "report",
}
GRADES = {"ask": "ask", "help": "help", "suggestion": "help", "complaint": "complaint", "report": "complaint"}
UTILITIES = frozenset({"gongshui", "dianli"})
HURRY = {"utility": 1, "urgent": 2}
WRONG = ("fagai", "shuili", "nongye", "chengguan", "zhujian", "jiaotong", "minzheng", "huanbao", "caizheng")
BOTH_TRACKS = frozenset({"usual", "mediate", "advice", "redirect"})
SPOKEN = frozenset({"in_person", "own_phone", "on_behalf", "field", "deputy"})
MERGED_INTO, OLD_NAME = "990101101200", "柴埠洲村"


@cache
def _kinds(town: bool, month: int) -> tuple[Kind, ...]:
    fitting = [k for k in kinds() if k.where == "both" or (k.where == "town") == town]
    return wheel([(k, k.weight * k.months[month - 1]) for k in fitting], 2048)


@cache
def _channels(voice: str) -> tuple[str, ...]:
    words = CHANNELS[voice].split()
    return wheel([(name, float(weight)) for name, weight in zip(words[::2], words[1::2], strict=True)], 256)


class Year(Frame):
    """The stories of one year ending at `now`. Cheap to make; holds no more than its calendar and small caches."""

    def __init__(self, now: datetime, calendar: Calendar | None = None, seed: int = SEED) -> None:
        super().__init__(now, calendar, seed)
        self.seed_of = lru_cache(maxsize=4096)(self._seed_of)
        self.kept_story = lru_cache(maxsize=4096)(self.story)
        self._pins: dict[int, Seed] = {}
        nowhere = places_of("jiaotong", "caizheng", "shuili", "xfj")
        self._pins = dict(pins(self.now_minute, lambda course, at, item: self.lay(course, at, item, nowhere)))

    def stories(self, scale: int = 1, start: int = 0) -> Iterator[Story]:
        """All stories of a scale by number; `start` resumes."""
        return (self.story(item) for item in range(start, BLOCK * scale))

    def in_order(self, scale: int = 1) -> list[int]:
        """The items of a scale in the order in which they were said."""
        return sorted(range(BLOCK * scale), key=lambda item: (self.seed_of(item).minute, item))

    def received(self, item: int) -> int:
        """The minute of the year in which the item is said."""
        return self.seed_of(item).minute

    # When, who and what: the few choices that other items may ask for

    def _seed_of(self, item: int) -> Seed:
        pin = self._pins.get(item)
        if pin is not None:
            return pin
        dice = draws(self.seed, item, 1)
        block, place = divmod(item, BLOCK)
        if place in CROWDED:
            return self._in_crowd(item, crowd_at(self.seed, block, place), block, dice)
        if place >= REPEATS_FROM and dice[20] % 1000 < 110:
            again = self._again(item, block, dice)
            if again is not None:
                return again
        minute = self.usual_minute(dice)
        where, group, voice = people.home(people.person_dice(item))
        what = _kinds(where.town, self.day(minute).month)
        return Seed(minute, item, where, group, voice, what[dice[7] % len(what)], item, "")

    def _in_crowd(self, item: int, crowd: Crowd, block: int, dice: tuple[int, ...]) -> Seed:
        """A member of a crowd: one after another over its days; the head came first."""
        voice = voices()[crowd.voices[crowd.member % len(crowd.voices)]]
        where = village(crowd.villages[crowd.member % len(crowd.villages)])
        thing = item if crowd.apart else crowd.head
        room = DAYS - crowd.days - 3
        start = room if crowd.ends_now else number(self.seed, crowd.head, 2) % room
        if crowd.member == 0:
            minute = start * 1440 + 390 + dice[5] % 30
        else:
            slot = crowd.days * 1440 // crowd.size
            day = start + (crowd.member * slot + dice[8] % slot) // 1440
            minute = max(day * 1440 + HOURS[dice[4] % len(HOURS)] * 60 + dice[5] % 60, start * 1440 + 450)
        minute = min(minute, self.now_minute - 30 - crowd.member)
        group = 1 + dice[6] % len(where.groups)
        return Seed(
            minute, item, where, group, voice, kind(crowd.kind), thing, f"{block}-{crowd.key}", crowd=crowd
        )

    def _again(self, item: int, block: int, dice: tuple[int, ...]) -> Seed | None:
        """The same person once more: about the same matter (half of them) or another."""
        earlier = block * BLOCK + ONCE[dice[21] % len(ONCE)]
        before = self.seed_of(earlier)
        minute = before.minute + (9 + dice[22] % 80) * 1440 + dice[23] % 300 - 150
        if minute > self.now_minute:
            return None
        if dice[24] & 1 and before.kind.course not in ("clue", "answer", "mixed", "three"):
            return before._replace(minute=minute, repeats=earlier)
        what = _kinds(before.where.town, self.day(minute).month)
        return before._replace(minute=minute, kind=what[dice[7] % len(what)], thing=item)

    # The whole story

    def story(self, item: int) -> Story:
        seed = self.seed_of(item)
        dice = draws(self.seed, item, 3)
        where, what = seed.where, seed.kind
        channel = self._channel(seed, dice)
        lead = _office_code(what.office, where)
        helper = _office_code(what.helpers[0], where) if what.helpers else "fagai"
        own = OWN_TYPE[what.type]
        pressing = what.grade == "urgent" and dice[10] % 4 == 0 and not seed.course
        grade = "urgent" if pressing else "utility" if lead in UTILITIES else GRADES[own]
        track, course, joins = self._course(seed, channel, grade, dice)
        if course.key == "emergency":
            grade = "urgent"
        draw = cycle(draws(self.seed, item, 4, 5)).__next__
        telling = self.telling(seed, lead, draw)
        alarm, aside = _alarm(course, dice)
        title = grammar.title_of(telling, draw)
        text = grammar.body_of(telling, draw, terse=dice[9] % 9 == 0, aside=aside)
        wrong = next(code for code in WRONG[dice[14] % 6 :] if code not in (lead, helper))
        desk = "hotline" if track in ("order", "simple") and channel != "in_person" else "xfj"
        hurry = HURRY.get(grade, 0) if track == "order" and not (seed.course or course.late) else 0
        steps = self.lay(course, seed.minute, item, places_of(lead, helper, wrong, desk), hurry)
        if joins is not None and not any(step.act == "leave" for step in steps):
            steps += self._joined_verdict(joins, steps[-1].minute if steps else self.now_minute, dice)
        anonymity = _anonymity(seed, channel, dice[11] % 100)
        together = channel == "in_person" and dice[12] % 9 == 0
        begins = "registered" if track in ("petition", "order", "simple") else ""
        return Story(
            item=item, received_at=self.moment(seed.minute), minute=seed.minute, channel=channel, kind=what.key, type=own,
            matter=what.settings.get("matter", ""), same=seed.matter, thing=seed.thing, place=where.code,
            group=seed.group, place_words=OLD_NAME if where.code == MERGED_INTO and dice[15] % 12 == 0 else "",
            track=track, course=course.key, category=_category(course, own), way=course.way or "petition", grade=grade,
            lead=lead, helper=helper, wrong=wrong, desk=desk, anonymity=anonymity,
            person=None if anonymity == "anonymous" else seed.person, voice=seed.voice.key,
            written_by=where.code if channel == "on_behalf" else None, reply_by=REPLY_BY[seed.voice.key],
            n_people=2 + dice[13] % 4 if together else 1, urgent=grade == "urgent", alarm=alarm, sealed=track == "clue",
            joins=joins, repeats=seed.repeats, title=title, text=text, steps=steps,
            state=steps[-1].state if steps else begins,
        )  # fmt: skip

    def telling(self, seed: Seed, lead: str, draw: grammar.Draw) -> grammar.Telling:
        """What the story is told with; the things of a shared matter come from dice that all its people share."""
        turn = cycle(draws(self.seed, seed.thing, 5)).__next__
        near = day_words(self.day(seed.minute))
        spots = seed.where.spots
        spot = spots[turn() % len(spots)]
        shared = 1 + turn() % len(seed.where.groups)
        group = shared if seed.matter else seed.group
        words = grammar.words_of(seed.where, group, spot, seed.voice.key, near, office(lead).short, draw)
        words["spot2"] = grammar.STREETS[turn() % len(grammar.STREETS)]
        grammar.things_of(seed.kind, words, turn)
        return grammar.Telling(seed.kind, seed.voice, words, near, spots, seed.where.town)

    def _channel(self, seed: Seed, dice: tuple[int, ...]) -> str:
        pool = _channels(seed.voice.key)
        channel = pool[dice[1] % len(pool)]
        day, minute = divmod(seed.minute, 1440)
        if channel in NEEDS_DESK and not (self.works[day] and minute // 60 in AT_DESK):
            return AFTER_HOURS.get(seed.voice.key, "web")
        return channel

    def _course(
        self, seed: Seed, channel: str, grade: str, dice: tuple[int, ...]
    ) -> tuple[str, Course, int | None]:
        """(track, course, the item it joins)."""
        if seed.course:
            return courses()[seed.course].track, courses()[seed.course], None
        crowd = seed.crowd
        if crowd is not None and crowd.member and not crowd.apart:
            return "joined", courses()["joined_left" if crowd.member % 19 == 18 else "joined"], crowd.head
        if crowd is not None and crowd.course:
            return courses()[crowd.course].track, courses()[crowd.course], None
        family = seed.kind.course
        if seed.repeats is not None:
            before = self.kept_story(seed.repeats)
            if any(s.state == "terminated" and s.minute < seed.minute for s in before.steps):
                return "petition", courses()["no_longer"], None
            if before.track in ("petition", "order") and not _over(before, seed.minute):
                return "joined", courses()["repeat"], seed.repeats
        track = "order" if dice[2] % 100 < ORDER_SHARE.get(channel, 12) else "petition"
        if track == "order" and family == "usual" and "light" in seed.kind.settings:
            track = "light"
        pool = course_wheel(family, track if family in BOTH_TRACKS else "", seed.kind.key)
        course = pool[dice[5] % len(pool)]
        if grade in HURRY and course.key == "order_extended":
            course = courses()["order_yes"]  # a clock of hours cannot be extended
        return course.track, course, None

    def _joined_verdict(self, joins: int, minute: int, dice: tuple[int, ...]) -> tuple[Step, ...]:
        """What somebody who speaks in another's case says of its answer. A "no" would open the case: see `courses/`."""
        answer = next((s for s in self.kept_story(joins).steps if s.act == "reply"), None)
        if answer is None or dice[16] % 100 >= 58:
            return ()
        at = max(answer.minute, minute) + (1 + dice[17] % 16) * 1440 + dice[18] % 300
        if at > self.now_minute:
            return ()
        solved = "partly" if dice[19] % 100 < 36 else "yes"
        settings = {"solved": solved, "explained": "no" if dice[20] % 5 == 0 else "yes"}
        return (Step(90, "verdict", at, self.moment(at), "person", "", "", "", settings),)


def _over(story: Story, minute: int) -> bool:
    """Whether the case had ended by then."""
    return story.ended and story.steps[-1].minute < minute


def _office_code(code: str, where: Village) -> str:
    return where.township_code if code == "township" else where.code if code == "village" else code


def _alarm(course: Course, dice: tuple[int, ...]) -> tuple[str, tuple[str, ...]]:
    if course.key == "emergency":
        return "life", grammar.DANGER
    return ("despair", grammar.DESPAIR) if dice[8] % 700 == 0 else ("none", ())


def _anonymity(seed: Seed, channel: str, turn: int) -> str:
    if seed.repeats is not None:
        return "confidential" if turn < 18 else "named"
    if seed.kind.course in ("clue", "mixed"):
        return "anonymous" if turn < 42 else "confidential" if turn < 86 else "named"
    if channel in SPOKEN:
        return "confidential" if turn < 12 else "named"
    return "anonymous" if turn < 11 else "confidential" if turn < 30 else "named"


def _category(course: Course, own: str) -> str:
    if course.category:
        return course.category
    return "accusation" if course.track == "clue" else "suggestion" if own == "suggestion" else "claim"
