"""The same words from the same writer within minutes: asked once whether it is the same person, instead of two receipts."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.http import HttpRequest

from minqing.doors.parts.slips import SHOWN_FOR
from minqing.work.intake.queries import said_lately
from minqing.work.intake.rules import Said

SAME, OTHER = "same", "other"


@dataclass(frozen=True)
class Twice:
    """What was registered before: shown above the form, with what was typed still in it."""

    verify_no: str
    at: datetime
    minutes: int
    lost: bool


def asked_twice(request: HttpRequest, said: Said, *, at: datetime) -> tuple[Said, Twice | None]:
    """The word to register, and the question to ask first. Of an accusation nothing is kept that could be compared."""
    chosen = request.POST.get("again", "")
    if said.accuses or chosen == OTHER:
        return said, None
    first = said_lately(sender=said.sender, text=said.text, since=at - SHOWN_FOR)
    if first is None or first.sender_key == said.sender_key:  # the same form sent twice shows its slip again
        return said, None
    if chosen == SAME:
        return replace(said, sender_key=first.sender_key), None
    minutes = max(1, (at - first.at) // timedelta(minutes=1))
    return said, Twice(first.verify_no, first.at, minutes, bool(request.FILES))
