"""Answers of a verdict, states of a callback and the household's budget. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word
from minqing.methods import odds

BUDGET = 4
"""Asks a household may get a quarter, all rooms together."""
TRIES = 3
"""Calls on different days before a person counts as unreached."""
CONTACT_WINDOW = timedelta(hours=48)
"""A verdict changed this soon after the office spoke with the person is marked."""


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
    ANSWERED = "answered", "本人已自己评价"


CALLBACK = Machine(
    name="callback",
    start=CallbackState.WAITING,
    moves={
        (CallbackState.WAITING, "reach"): CallbackState.REACHED,
        (CallbackState.WAITING, "miss"): CallbackState.WAITING,
        (CallbackState.WAITING, "give-up"): CallbackState.UNREACHED,
        (CallbackState.WAITING, "refuse"): CallbackState.REFUSED,
        (CallbackState.WAITING, "skip"): CallbackState.SKIPPED,
        (CallbackState.WAITING, "answer"): CallbackState.ANSWERED,
    },
    acts={
        "reach": "联系上了",
        "miss": "没接",
        "give-up": "不再打",
        "refuse": "不愿被问",
        "skip": "本季不问",
        "answer": "本人自己评价",
    },
)


class BudgetSpent(Refusal):
    code, status, text = "contact.budget-spent", 409, "这一户本季度已经问过{limit}次，不能再打扰。"


class AskedToStop(Refusal):
    code, status, text = "contact.stopped", 409, "这个人说过不要再问，不能再打扰。"


class OwnOffice(Refusal):
    code, status, text = "callback.own-office", 403, "承办单位不能回访自己办的事。"


class TriedToday(Refusal):
    code, status, text = "callback.tried-today", 409, "今天已经打过，没接通。请改天再打。"


class TooEarly(Refusal):
    code, status, text = (
        "callback.too-early",
        409,
        "还不能算联系不上：要在{limit}个不同的日子打过，现在打过{tries}天。",
    )


class AnswerMissing(Refusal):
    code, status, text = "verdict.answer-missing", 422, "两个问题都要答：解决了吗？说清楚了吗？"


@dataclass(frozen=True)
class Rate:
    """What people said. `n` verdicts; of `asked` people `answered` did; solved is "yes" alone, partly stands apart.

    Unreached and refusing people are neither satisfied nor not: they are in `asked` and in no numerator.
    """

    n: int
    asked: int
    answered: int
    solved: int
    partly: int
    explained: int
    low: float
    high: float
    enough: bool
    unreached: int = 0
    refused: int = 0
    skipped: int = 0

    @property
    def unsolved(self) -> int:
        return self.n - self.solved - self.partly

    @property
    def share(self) -> float | None:
        """The share that says solved."""
        return self.solved / self.n if self.n else None

    @property
    def response(self) -> float | None:
        """The share of those asked who answered."""
        return self.answered / self.asked if self.asked else None


@dataclass(frozen=True)
class Counts:
    """The bare sums behind a rate."""

    n: int = 0
    solved: int = 0
    partly: int = 0
    explained: int = 0
    reached: int = 0
    unreached: int = 0
    refused: int = 0
    skipped: int = 0


def rate_of(counts: Counts, *, invited: int | None = None) -> Rate:
    """`invited`: how many people had a result in hand to judge; without it only those called count as asked."""
    found = odds.share(counts.solved, counts.n)
    if invited is None:
        asked, answered = counts.reached + counts.unreached + counts.refused, counts.reached
    else:
        asked, answered = max(invited, counts.n), counts.n
    return Rate(
        counts.n, asked, answered, counts.solved, counts.partly, counts.explained, found.low, found.high,
        found.enough, counts.unreached, counts.refused, counts.skipped,
    )  # fmt: skip


def quarter_of(day: date) -> str:
    """`2026Q1` for a day in the first three months of 2026."""
    return f"{day.year}Q{(day.month + 2) // 3}"


def soon_after(contact_at: datetime | None, at: datetime) -> bool:
    """Whether the office spoke with the person in the 48 hours before."""
    return contact_at is not None and timedelta() <= at - contact_at <= CONTACT_WINDOW
