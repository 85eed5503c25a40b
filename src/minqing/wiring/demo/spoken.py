"""The words an office has at hand at one step of a story: the story's own, and those made when a line asks for them."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import cycle

from minqing.ground.law.rules import due_by, shipped_book
from minqing.methods.clock import Calendar
from minqing.wiring.demo import grammar
from minqing.wiring.demo.days import HOURS, day_words, plain
from minqing.wiring.demo.dice import draws
from minqing.wiring.demo.matters import kind
from minqing.wiring.demo.offices import office
from minqing.wiring.demo.story import Step, Story
from minqing.wiring.demo.year import Year
from minqing.work.cases.rules import Category, Grade, Track, answer_rule

FOUND = 90  # purpose of the dice of what the office found
ROUTE = {
    "petition": "信访程序",
    "order": "12345热线的办法",
    "simple": "简单事快办的办法",
    "joined": "信访程序",
}
REASONS = (
    "第三方检测报告还没有出来", "要和另一个单位一起到现场", "旧档案正在调取", "雨水多，现场一直测不成",
    "涉及的几户还没有都问到", "材料里有两处对不上，正在重新核对", "外地的协查函还没有回",
)  # fmt: skip


class Words(dict[str, str]):
    """The story's own words, with those of the office that speaks; what is seldom said is made when it is asked for."""

    year: Year
    story: Story
    step: Step
    draw: grammar.Draw
    came: date
    today: date
    style: str

    def __init__(self, year: Year, story: Story, step: Step, draw: grammar.Draw) -> None:
        super().__init__(_told(year, story.item, story.lead))
        self.year, self.story, self.step, self.draw = year, story, step, draw
        self.came, self.today = story.received_at.date(), step.at.date()
        self.style = kind(story.kind).style
        self["today"] = plain(self.today, self.today)

    def __missing__(self, name: str) -> str:
        value = self[name] = MADE[name](self)
        return value

    def near(self, texts: str) -> str:
        pool = getattr(day_words(self.today), texts)
        return str(pool[self.draw() % len(pool)])

    def one_of(self, *texts: str) -> str:
        return texts[self.draw() % len(texts)]

    def ago(self, days: int) -> str:
        """A day up to so many back, but not before the word came in."""
        back = self.draw() % (min((self.today - self.came).days, days) + 1)
        return plain(self.today - timedelta(days=back), self.today)

    def line(self, marks: str, otherwise: str) -> str:
        found = grammar.matter_line(kind(self.story.kind), marks, self, self.draw)
        return found.removesuffix("。") or otherwise

    def right_office(self) -> str:
        """Whom an office means when it says the matter is not its own: never itself."""
        mine = self.step.act == "object" and self.step.office == self.story.lead
        return self.story.helper if mine else self.story.lead

    def first(self) -> Story | None:
        item = self.story.joins if self.story.joins is not None else self.story.repeats
        return None if item is None else self.year.kept_story(item)

    def found(self) -> str:
        """What the office found is the same in every paper of the story."""
        same = cycle(draws(self.year.seed, self.story.item, FOUND)).__next__
        looked = plain(min(self.came + timedelta(days=1 + same() % 6), self.today), self.today)
        kept = {name: self.pop(name, None) for name in ("day2", "off")}
        self["day2"], self["off"] = looked, self["right"]
        line = grammar.matter_line(kind(self.story.kind), "S", self, same)
        for name, text in kept.items():
            del self[name]
            if text is not None:
                self[name] = text
        return line.removesuffix("。") or f"{looked}到{self['spot']}核实，情况与反映一致"


MADE: dict[str, Callable[[Words], str]] = {
    "off": lambda w: office(w.step.office or w.story.lead).short,
    "right": lambda w: office(w.right_office()).short,
    "to": lambda w: office(w.step.to or w.story.lead).short,
    "helper": lambda w: office(w.story.helper).short,
    "superior": lambda w: _above(office(w.step.office or w.story.lead).superior),
    "organ": lambda w: _above(office(w.story.lead).superior),
    "title": lambda w: w.story.title,
    "thing2": lambda w: kind(w.story.kind).zh,
    "route": lambda w: ROUTE.get(w.story.track, ""),
    "due": lambda w: plain(answer_due(w.year, w.story, w.step), w.today),
    "law": lambda w: _law(w.story.kind),
    "days": lambda w: w.step.settings.get("days", "30"),
    "reason": lambda w: w.one_of(*REASONS),
    "said": lambda w: plain(w.came, w.today),
    "day2": lambda w: w.ago(9),
    "day3": lambda w: w.near("later"),
    "term2": lambda w: w.near("promised"),
    "hr": lambda w: HOURS[7 + w.draw() % 14],
    "rel2": lambda w: w.one_of("本人", "家里人", "老人", "邻居"),
    "room": lambda w: w.one_of("承办科", "业务科", "群众工作室", "综合科"),
    "first": lambda w: (w.first() or w.story).title,
    "firstday": lambda w: plain((w.first() or w.story).received_at.date(), w.today),
    "finding": lambda w: w.found(),
    "looked": lambda w: grammar.line_of("looked", w, w.draw),
    "doing": lambda w: w.line("DP", "重新安排办理"),
    "why": lambda w: w.line("XPD", "眼下条件不够"),
}


@lru_cache(maxsize=64)
def _told(year: Year, item: int, lead: str) -> dict[str, str]:
    own = cycle(draws(year.seed, item, 4, 5)).__next__
    base = year.telling(year.seed_of(item), lead, own).words
    return {name: text for name, text in base.items() if name not in ("day3", "hr", "off")}


def answer_due(year: Year, story: Story, step: Step) -> date:
    """The day by which the answer is owed at this step, by the county's own rules."""
    track = (
        Track.PETITION
        if story.track == "joined"
        else Track(story.track)
        if story.track in ROUTE
        else Track.SIMPLE
    )
    reopened = [s for s in story.steps if s.act == "reopen" and s.number < step.number]
    rule = answer_rule(track, Grade(story.grade), Category(story.category), again=bool(reopened))
    start = story.received_at
    if reopened:
        start = reopened[-1].at
    elif track is Track.PETITION:
        start = next((s.at for s in story.steps if s.act == "accept" and s.number <= step.number), step.at)
    extended = next((s for s in story.steps if s.act == "extend" and s.number <= step.number), None)
    return _due(rule, start, int(extended.settings["days"]) if extended else 0, year.calendar)


def _due(rule: str, start: datetime, extra: int, calendar: Calendar) -> date:
    if shipped_book().find(rule, start.date()).term.unit.elapsed is not None:
        return due_by(shipped_book().find(rule, start.date()), start, calendar).due_on
    return _due_on(rule, start.date(), extra, calendar)


@lru_cache(maxsize=8192)
def _due_on(rule: str, start: date, extra: int, calendar: Calendar) -> date:
    return due_by(shipped_book().find(rule, start), start, calendar, extra=extra).due_on


def _above(code: str | None) -> str:
    if code is None:
        return "上一级机关"
    return "县人民政府" if code == "fuban" else office(code).name


def _law(key: str) -> str:
    basis = kind(key).basis
    return f"《{basis[0].law}》{basis[0].article}" if basis else "有关规定"
