"""The two procedures as tables: petition (信访工作条例 arts. 22–36) and order (hotline and simple matters)."""

from minqing.kernel.states import Machine, every
from minqing.work.cases.rules.words import CaseState, Track

S = CaseState

ACTS = {
    "forward": "转送", "assign": "交办", "object": "提出异议", "return": "同意退回", "uphold": "不同意退回",
    "arbitrate": "裁定", "refer-up": "报请决定", "redirect": "引导法定途径", "decline": "不予受理",
    "no-longer": "不再受理", "accept": "受理", "extend": "延期", "park": "挂账", "resume": "恢复办理",
    "reply": "答复", "serve": "送达", "settle-now": "当场解决", "settle": "和解", "conclude": "办结",
    "ask-review": "申请复查", "review": "复查", "ask-rereview": "申请复核", "rereview": "复核", "lapse": "期满生效",
    "reopen": "重新办理", "withdraw": "撤回生效",
}  # fmt: skip

WORKING = (S.ACCEPTED, S.EXTENDED, S.PARKED)
BEFORE = (S.REGISTERED, S.FORWARDED, S.ASSIGNED, S.REFERRED_UP)
OPEN = (*BEFORE, S.OBJECTED, *WORKING, S.REPLIED)
SORTING = {
    (S.REGISTERED, "forward"): S.FORWARDED,
    (S.REGISTERED, "assign"): S.ASSIGNED,
    (S.REFERRED_UP, "forward"): S.FORWARDED,
    (S.REFERRED_UP, "assign"): S.ASSIGNED,
    (S.REGISTERED, "refer-up"): S.REFERRED_UP,
    **every((S.FORWARDED, S.ASSIGNED), "object", S.OBJECTED),
    (S.OBJECTED, "return"): S.REGISTERED,
    (S.OBJECTED, "uphold"): S.ASSIGNED,
    # Only a case returned twice: it stands at the desk, is before the county, or where an arbiter has put it before.
    **every((S.REGISTERED, S.REFERRED_UP, S.ASSIGNED), "arbitrate", S.ASSIGNED),
    **every((S.REGISTERED, S.FORWARDED, S.ASSIGNED), "redirect", S.REDIRECTED),
    **every((S.REGISTERED, S.FORWARDED, S.ASSIGNED), "decline", S.DECLINED),
    **every((S.REGISTERED, S.FORWARDED, S.ASSIGNED), "accept", S.ACCEPTED),
    **every((S.REGISTERED, S.FORWARDED, S.ASSIGNED, S.ACCEPTED, S.EXTENDED), "settle-now", S.CONCLUDED),
    (S.ACCEPTED, "extend"): S.EXTENDED,
    **every((S.ACCEPTED, S.EXTENDED), "park", S.PARKED),
    (S.PARKED, "resume"): S.ACCEPTED,
    **every(WORKING, "reply", S.REPLIED),
    **every(WORKING, "settle", S.SETTLED),
    **every(OPEN, "withdraw", S.WITHDRAWN),
    **every((S.WITHDRAWN, S.SETTLED, S.CONCLUDED, S.REPLIED), "reopen", S.ACCEPTED),
}

PETITION = Machine(
    name="petition",
    start=S.REGISTERED,
    acts=ACTS,
    moves={
        **SORTING,
        **every((S.REGISTERED, S.FORWARDED, S.ASSIGNED), "no-longer", S.NO_LONGER),
        (S.REPLIED, "serve"): S.SERVED,
        (S.SERVED, "ask-review"): S.REVIEWING,
        (S.REVIEWING, "review"): S.REVIEWED,
        (S.REVIEWED, "serve"): S.REVIEW_SERVED,
        (S.REVIEW_SERVED, "ask-rereview"): S.REREVIEWING,
        (S.REREVIEWING, "rereview"): S.REREVIEWED,
        (S.REREVIEWED, "serve"): S.TERMINATED,
        **every((S.SERVED, S.REVIEW_SERVED), "lapse", S.CLOSED),
        **every((S.SERVED, S.CLOSED), "reopen", S.ACCEPTED),
        # "Not solved" costs nobody the review: the days from service run on while the office works again.
        **every(WORKING, "ask-review", S.REVIEWING),
        # A request that arrived in time may be entered after the last day: the letter lay over the weekend.
        (S.CLOSED, "ask-review"): S.REVIEWING,
        (S.CLOSED, "ask-rereview"): S.REREVIEWING,
        **every((S.SERVED, S.REVIEWING), "withdraw", S.WITHDRAWN),
    },
)

ORDER = Machine(
    name="order",
    start=S.REGISTERED,
    acts=ACTS,
    moves={**SORTING, (S.REPLIED, "conclude"): S.CONCLUDED},
)

MACHINES = {Track.PETITION: PETITION, Track.ORDER: ORDER, Track.SIMPLE: ORDER}

RETURN_LIMIT = 2
REPRESENTATIVES = 5
EXTEND_DAYS = 30
REVIEW_DAYS = 30
HAND_ON = frozenset({S.REGISTERED, S.FORWARDED, S.ASSIGNED, S.OBJECTED, S.REFERRED_UP})
"""States in which nobody but the first holder answers for the case."""
DECIDED = frozenset({
    S.REPLIED, S.SERVED, S.REVIEWING, S.REVIEWED, S.REVIEW_SERVED, S.REREVIEWING, S.REREVIEWED, S.TERMINATED,
    S.CLOSED, S.CONCLUDED, S.SETTLED,
})  # fmt: skip
"""States in which the person has an answer to judge."""
SEEN_BY = {S.REPLIED: S.SERVED, S.REVIEWED: S.REVIEW_SERVED}
"""How a petition stands for a voice that has the paper in hand while others of the same case still wait for theirs."""
FINAL = PETITION.final() | ORDER.final() | {S.CLOSED, S.CONCLUDED, S.SETTLED, S.WITHDRAWN}
"""Nothing is owed in these; only the person's own word opens some of them again."""
