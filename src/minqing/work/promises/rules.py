"""States of a promise. Pure."""

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word


class PromiseState(Word):
    DOING = "doing", "正在兑现"
    WAITING = "waiting", "等条件"
    CLAIMED = "claimed", "单位说已兑现"
    KEPT = "kept", "本人认可已兑现"
    BROKEN = "broken", "未兑现，已公开说明"


PROMISE = Machine(
    name="promise",
    start=PromiseState.DOING,
    moves={
        (PromiseState.DOING, "wait"): PromiseState.WAITING,
        (PromiseState.WAITING, "start"): PromiseState.DOING,
        (PromiseState.DOING, "claim"): PromiseState.CLAIMED,
        (PromiseState.WAITING, "claim"): PromiseState.CLAIMED,
        (PromiseState.CLAIMED, "confirm"): PromiseState.KEPT,
        (PromiseState.CLAIMED, "dispute"): PromiseState.DOING,
        (PromiseState.DOING, "break"): PromiseState.BROKEN,
        (PromiseState.WAITING, "break"): PromiseState.BROKEN,
    },
    acts={
        "wait": "等条件",
        "start": "条件满足",
        "claim": "报兑现",
        "confirm": "认可",
        "dispute": "不认可",
        "break": "说明未兑现",
    },
)

STATE_DUTY: dict[PromiseState, tuple[str, str]] = {
    PromiseState.DOING: ("promise.keep", ""),
    PromiseState.WAITING: ("promise.look-again", "3M"),
    PromiseState.CLAIMED: ("promise.ask", "30D"),
}
"""What is owed in a state, and how soon where the promise itself names no day: a condition is looked at again every
three months, and a claim that is never put to the person is no end."""


class NoExactWords(Refusal):
    code, status, text = "promise.no-words", 422, "请把承诺的原话写下来。"


class NoDate(Refusal):
    code, status, text = (
        "promise.no-date",
        422,
        "承诺要有日期；说不准日子的，写清楚等什么条件、条件满足后几日内办。",
    )


class DateBeforeWords(Refusal):
    code, status, text = "promise.date-before", 422, "兑现的日期不能早于说这话的日子。"


class NoOutcome(Refusal):
    code, status, text = "promise.no-outcome", 422, "请写清楚做了什么，或者为什么没有做到；对方会看到。"
