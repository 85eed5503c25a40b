"""Answers of a verdict, states of a callback and the household's budget. Pure."""

from datetime import date

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word

BUDGET = 4
"""Asks a household may get a quarter, all rooms together."""


class Solved(Word):
    YES = "yes", "解决了"
    PARTLY = "partly", "解决了一部分"
    NO = "no", "没解决"


class Explained(Word):
    YES = "yes", "说清楚了"
    NO = "no", "没说清楚"


class Asked(Word):
    """Who asked for the verdict."""

    SELF = "self", "本人自己评价"
    CALLBACK = "callback", "回访时评价"
    SAMPLE = "sample", "抽查时评价"


class CallbackState(Word):
    WAITING = "waiting", "待回访"
    REACHED = "reached", "已联系上"
    UNREACHED = "unreached", "没联系上"
    REFUSED = "refused", "不愿再被打扰"
    SKIPPED = "skipped", "本季已问满"


CALLBACK = Machine(
    name="callback",
    start=CallbackState.WAITING,
    moves={
        (CallbackState.WAITING, "reach"): CallbackState.REACHED,
        (CallbackState.WAITING, "miss"): CallbackState.WAITING,
        (CallbackState.WAITING, "give-up"): CallbackState.UNREACHED,
        (CallbackState.WAITING, "refuse"): CallbackState.REFUSED,
        (CallbackState.WAITING, "skip"): CallbackState.SKIPPED,
    },
)
TRIES = 3


class BudgetSpent(Refusal):
    code, status, text = "contact.budget-spent", 409, "这一户本季度已经问过{limit}次，不能再打扰。"


class AskedToStop(Refusal):
    code, status, text = "contact.stopped", 409, "这个人说过不要再问，不能再打扰。"


class OwnOffice(Refusal):
    code, status, text = "callback.own-office", 403, "承办单位不能回访自己办的事。"


def quarter_of(day: date) -> str:
    """`2026Q1` for a day in the first three months of 2026."""
    return f"{day.year}Q{(day.month + 2) // 3}"
