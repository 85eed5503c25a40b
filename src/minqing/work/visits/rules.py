"""What a pairing is and who may end it. Pure.

A pairing owes nothing to anybody above: no visit is counted, no cadre is compared.
"""

import re
from datetime import date
from enum import StrEnum

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

ITEMS_MOST = 20
TEXT_MOST = 500
SHOWN_BACK = 365
"""Days for which a pairing that is over still stands on its cadre's page."""


class PairKind(Word):
    HARDSHIP = "hardship", "困难户"
    STUDENT = "student", "学生"
    PETITIONER = "petitioner", "信访户"
    MEMBER = "member", "党员户"


class Kept(StrEnum):
    """What became of one line of a list."""

    ADDED = "added"
    CHANGED = "changed"
    KNOWN = "known"


class DaysBackwards(Refusal):
    code, status, text = "pair.days-backwards", 422, "结束的日子（{to_on}）不能早于结对的日子（{from_on}）。"


class AlreadyPaired(Refusal):
    code, status, text = (
        "pair.already",
        409,
        "这户在{from_on}已经有人这样结对，还没有结束；一户同一种结对只有一个人，免得几个人都上门。",
    )


class HouseholdRefused(Refusal):
    code, status, text = (
        "pair.household-refused",
        409,
        "这户在{on}说过不要结对。只有这户自己又提出来，才能再结。",
    )


class PairOver(Refusal):
    code, status, text = "pair.over", 409, "这个结对已经结束了。"


def items_in(typed: str) -> list[str]:
    """What was agreed, one thing a line or between semicolons."""
    return [part.strip()[:TEXT_MOST] for part in re.split(r"[;；|\n]", typed) if part.strip()][:ITEMS_MOST]


def in_force(from_on: date, to_on: date | None, refused_on: date | None, day: date) -> bool:
    """Both days count; a refusal ends it the same moment."""
    return refused_on is None and from_on <= day and (to_on is None or day <= to_on)
