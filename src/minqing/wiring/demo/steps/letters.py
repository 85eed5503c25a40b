"""The parts of a letter and the next day of what cannot be done yet."""

from datetime import date, timedelta

from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import Walk, local
from minqing.wiring.demo.words import Said

XF = "《信访工作条例》"


def letter_of(words: Said) -> dict[str, str]:
    """The parts of a letter, as a paper and as a reply keep them."""
    letter = words.opinion
    if letter is None:
        return dict.fromkeys(("request", "facts", "reasons", "basis", "remedy"), "")
    basis = "；".join(str(one) for one in letter.basis) or f"{XF}第三十二条"
    return {
        "request": letter.request,
        "facts": letter.facts,
        "reasons": letter.reasons,
        "basis": basis,
        "remedy": letter.remedy,
    }


def paper_of(words: Said) -> dict[str, str]:
    """Without the remedy: a paper has its own words for it."""
    return {name: text for name, text in letter_of(words).items() if name != "remedy"}


def next_day(walk: Walk, step: Step) -> date:
    """The day of the next answer to what cannot be done yet; most offices have kept the earlier ones."""
    pause = timedelta(days=int(step.settings.get("days", "90")))
    day = local(step.at) + pause
    while day < walk.year.today and walk.story.item % 11:
        day += pause
    return day
