"""What is written or said at one step of a story, made on demand: the loader asks for what it needs."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import cycle

from minqing.wiring.demo import grammar
from minqing.wiring.demo.days import plain
from minqing.wiring.demo.dice import draws
from minqing.wiring.demo.grammar import Opinion
from minqing.wiring.demo.matters import kind
from minqing.wiring.demo.spoken import Words
from minqing.wiring.demo.story import Step, Story
from minqing.wiring.demo.year import Year

SAYING = 100  # purpose of the dice of step n
REMEDY = {"petition": "petition", "order": "order", "simple": "order", "joined": "petition"}
REVIEWS = {"review": "petition-review", "rereview": "petition-last"}


@dataclass(frozen=True, slots=True)
class Said:
    """The words of a step; for an answer all the parts of a letter; for a promise its words, condition and day."""

    text: str
    opinion: Opinion | None = None
    promise: str = ""
    condition: str = ""
    due_on: date | None = None


def said(year: Year, story: Story, step: Step) -> Said:
    draw = cycle(draws(year.seed, story.item, SAYING + step.number, 2)).__next__
    if step.act == "verdict" and draw() % 3 == 0:
        return Said("")
    words = Words(year, story, step, draw)
    settings = step.settings
    what = kind(story.kind)
    if step.act == "verdict":
        mark = f"{settings['solved']}-{settings['explained']}"
        return Said(grammar.line_of(f"{what.style}-{mark}" if what.style else mark, words, draw))
    out = Said(grammar.line_of(settings["say"], words, draw, what.style) if "say" in settings else "")
    if step.act in ("reply", "assist-reply"):
        remedy = f"remedy.{REMEDY[story.track]}"
        outcome = settings.get("outcome", "support")
        letter = grammar.opinion_of(what, outcome, settings["letter"], remedy, words, draw)
        if out.text:  # the course says what is decided
            letter = replace(letter, facts=words["looked"], opinion=out.text)
        out = Said(letter.opinion, letter)
    elif step.act in REVIEWS:
        request = grammar.line_of("request.request", words, draw)
        remedy = grammar.line_of(f"remedy.{REVIEWS[step.act]}", words, draw)
        found = words["finding"] + "。"
        out = Said(out.text, Opinion(request, found, words["looked"], out.text, what.basis, remedy))
    elif step.act == "park":
        day = step.at.date() + timedelta(days=int(settings["days"]))
        words["due"] = plain(day, step.at.date())
        return Said(grammar.line_of("park", words, draw), due_on=day)
    return _promised(out, step, words, draw) if "promise" in settings or step.act == "promise" else out


def _promised(out: Said, step: Step, words: Words, draw: grammar.Draw) -> Said:
    day = step.at.date() + timedelta(days=20 + draw() % 45)
    words["due"] = plain(day, step.at.date())
    pool = grammar.replies()["promise-paper" if words.style == "paper" else "promise"]
    conditional = "condition" in step.settings
    promise = pool[-1 if conditional else draw() % (len(pool) - 1)].fill(draw, words)
    condition = promise.partition("，")[0] if conditional else ""
    return Said(out.text or promise, out.opinion, promise, condition, day)
