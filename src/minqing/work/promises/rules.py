"""States of a promise. Pure."""

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word


class PromiseState(Word):
    RECORDED = "recorded", "已记下"
    DOING = "doing", "正在兑现"
    WAITING = "waiting", "等条件"
    CLAIMED = "claimed", "单位说已兑现"
    KEPT = "kept", "本人认可已兑现"
    BROKEN = "broken", "未兑现，已公开说明"


PROMISE = Machine(
    name="promise",
    start=PromiseState.RECORDED,
    moves={
        (PromiseState.RECORDED, "start"): PromiseState.DOING,
        (PromiseState.RECORDED, "wait"): PromiseState.WAITING,
        (PromiseState.WAITING, "start"): PromiseState.DOING,
        (PromiseState.RECORDED, "claim"): PromiseState.CLAIMED,
        (PromiseState.DOING, "claim"): PromiseState.CLAIMED,
        (PromiseState.WAITING, "claim"): PromiseState.CLAIMED,
        (PromiseState.CLAIMED, "confirm"): PromiseState.KEPT,
        (PromiseState.CLAIMED, "dispute"): PromiseState.DOING,
        (PromiseState.RECORDED, "break"): PromiseState.BROKEN,
        (PromiseState.DOING, "break"): PromiseState.BROKEN,
        (PromiseState.WAITING, "break"): PromiseState.BROKEN,
    },
    acts={"claim": "报兑现", "confirm": "认可", "dispute": "不认可", "break": "说明未兑现", "start": "开始", "wait": "等条件"},
)


class NoExactWords(Refusal):
    code, status, text = "promise.no-words", 422, "请把承诺的原话写下来。"


class NoDate(Refusal):
    code, status, text = "promise.no-date", 422, "承诺要有日期；说不准日子的，写清楚等什么条件、条件满足后几日内办。"
