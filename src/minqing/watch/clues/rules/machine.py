"""What may happen to a clue, to an opening, to a watch and to a repayment, and what is owed meanwhile. Pure."""

from minqing.kernel.states import Machine, every
from minqing.watch.clues.rules.words import ClueClass, ClueState, OpeningState, RepayState, WatchState

S, P, W, R = ClueState, OpeningState, WatchState, RepayState

CLUE = Machine(
    name="clue",
    start=S.ARRIVED,
    acts={
        "open": "拆封", "find-higher": "认定属上一级", "send-up": "报送上一级", "find-other": "认定属别的机关",
        "send-over": "转送有权处理的机关", "tell-not-within": "告知不属受理范围", "merge": "与先前的合并",
        "register": "登记", "hand-over": "交办理人", "take-back": "换人办理", "decide": "作出结论",
        "answer": "反馈结果", "settle": "办结", "dispute": "本人不认可", "reopen": "重新办理",
    },
    moves={
        (S.ARRIVED, "open"): S.OPENED,
        # Who must not read it need not open it: the routing alone can send a sealed one up.
        **every((S.ARRIVED, S.OPENED, S.REGISTERED, S.WITH_HANDLER), "find-higher", S.GOING_UP),
        (S.GOING_UP, "send-up"): S.FORWARDED_UP,
        **every((S.OPENED, S.REGISTERED), "find-other", S.GOING_OVER),
        (S.GOING_OVER, "send-over"): S.SENT_OVER,
        **every((S.OPENED, S.REGISTERED), "tell-not-within", S.NOT_WITHIN),
        **every((S.OPENED, S.REGISTERED, S.WITH_HANDLER), "merge", S.MERGED),
        (S.OPENED, "register"): S.REGISTERED,
        (S.REGISTERED, "hand-over"): S.WITH_HANDLER,
        (S.WITH_HANDLER, "take-back"): S.REGISTERED,
        (S.WITH_HANDLER, "decide"): S.DECIDED,
        (S.DECIDED, "answer"): S.ANSWERED,
        (S.ANSWERED, "dispute"): S.WITH_HANDLER,
        (S.ANSWERED, "settle"): S.SETTLED,
        **every((S.SETTLED, S.NOT_WITHIN, S.MERGED), "reopen", S.REGISTERED),
    },
)  # fmt: skip

GONE_UP = frozenset({S.FORWARDED_UP})
"""The county keeps nothing of these but that one sealed item was forwarded."""
AT_WORK = frozenset({S.OPENED, S.REGISTERED, S.WITH_HANDLER, S.DECIDED})

TELL, RESULT, UP, FORWARD = "jj.tell", "jj.result", "jj.up", "jj.forward"
OPEN_BY, PROGRESS, HEAR = "clue.open", "clue.progress", "clue.hear"

STATE_DUTY: dict[ClueState, tuple[str, str]] = {
    S.ARRIVED: (OPEN_BY, "3WD"),
    S.OPENED: (TELL, ""),
    S.GOING_UP: (UP, ""),
    S.GOING_OVER: (FORWARD, ""),
    S.REGISTERED: (TELL, ""),
    S.WITH_HANDLER: (PROGRESS, "30D"),
    S.DECIDED: (RESULT, ""),
    S.ANSWERED: (HEAR, "15WD"),
}
"""Rule and term owed in a state; an empty term: the days stand in the law's table, else they are the county's own.

The terms of 受理告知 and 结果反馈 are law for named accusations; the others are told on their slips within the same days,
so that no slip tells by its clocks which kind it is."""
FROM_ARRIVAL = frozenset({OPEN_BY, TELL, UP})
"""Counted from the day it came, not from the day the state began: opening late costs days."""


def owed(state: ClueState, *, from_below: bool = False, renewed: bool = False) -> tuple[str, str]:
    """(rule, own term) owed in a state; ("", "") at an end. `from_below`: sent here by the level above to be registered."""
    if state is S.OPENED and from_below:
        return FORWARD, ""
    if state is S.WITH_HANDLER and renewed:
        return PROGRESS, "3M"
    return STATE_DUTY.get(state, ("", ""))


def must_tell(kind: ClueClass) -> bool:
    """Whether the law itself demands that it be told; the others are told because we promise it."""
    return kind is not ClueClass.ANONYMOUS


OPENING = Machine(
    name="opening",
    start=P.ASKED,
    acts={"approve": "批准", "refuse": "不同意", "look": "打开", "close": "看完", "lapse": "过时作废"},
    moves={
        (P.ASKED, "approve"): P.APPROVED,
        (P.ASKED, "refuse"): P.REFUSED,
        (P.APPROVED, "look"): P.OPEN,
        (P.OPEN, "close"): P.OVER,
        **every((P.ASKED, P.APPROVED), "lapse", P.LAPSED),
        (P.OPEN, "lapse"): P.OVER,
    },
)

WATCH = Machine(
    name="retaliation",
    start=W.WATCHING,
    acts={
        "report": "有人为难我", "hold": "暂停不利决定", "clear": "认为无关", "find": "认定打击报复",
        "watch-on": "继续留意", "end": "期满", "reopen": "又有人为难我",
    },
    moves={
        (W.WATCHING, "report"): W.REPORTED,
        **every((W.WATCHING, W.REPORTED), "hold", W.HELD),
        **every((W.REPORTED, W.HELD), "clear", W.CLEARED),
        **every((W.REPORTED, W.HELD), "find", W.FOUND),
        (W.CLEARED, "watch-on"): W.WATCHING,
        (W.CLEARED, "report"): W.REPORTED,
        (W.WATCHING, "end"): W.ENDED,
        # The button stays: who is harmed after the year is heard as well.
        **every((W.ENDED, W.FOUND), "reopen", W.REPORTED),
    },
)  # fmt: skip

WATCH_DUTY: dict[WatchState, tuple[str, str]] = {
    W.WATCHING: ("retaliation.watch", "12M"),
    W.REPORTED: ("retaliation.answer", "1WD"),
    W.HELD: ("retaliation.review", "15WD"),
    W.CLEARED: ("retaliation.explain", "5WD"),
}

REPAY = Machine(
    name="restitution",
    start=R.PROMISED,
    acts={
        "pay": "报已退", "confirm": "收到了", "dispute": "没收到或数目不对", "set-aside": "依法不退",
        "reopen": "又说不对",
    },
    moves={
        **every((R.PROMISED, R.DISPUTED), "pay", R.PAID),
        **every((R.PAID, R.DISPUTED), "confirm", R.RECEIVED),
        (R.PAID, "dispute"): R.DISPUTED,
        **every((R.PROMISED, R.DISPUTED), "set-aside", R.SET_ASIDE),
        (R.RECEIVED, "reopen"): R.DISPUTED,
    },
)  # fmt: skip

REPAY_DUTY: dict[RepayState, tuple[str, str]] = {
    R.PROMISED: ("restitution.pay", ""),
    R.PAID: ("restitution.ask", "30D"),
    R.DISPUTED: ("restitution.settle", "15WD"),
}
"""A promised repayment is due on the day that was named; one that is said to be paid is asked of the household."""
