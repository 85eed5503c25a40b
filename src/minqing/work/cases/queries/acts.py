"""Which acts are open: one table, read by the desk's buttons and by the API, derived from the machines and the charter."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from minqing.charter import Actor, Verb
from minqing.work.cases.models import Case, ExtensionAsk, Hold, Reply, Supervision
from minqing.work.cases.queries.gate import sits_in, trail_of
from minqing.work.cases.queries.lines import ActLine
from minqing.work.cases.queries.rights import worked_again
from minqing.work.cases.rules import (
    DECIDED,
    FINAL,
    MACHINES,
    RETURN_LIMIT,
    SEEN_BY,
    WORKING,
    CaseState,
    HoldRole,
    HoldState,
    Track,
)

S = CaseState
V = Verb
RESIDENT_MOVES = ("ask-review", "ask-rereview")
MOVES: tuple[tuple[str, Verb, str], ...] = (
    ("accept", V.CASE_ACCEPT, "turn"), ("forward", V.CASE_FORWARD, "desk"), ("assign", V.CASE_ASSIGN, "desk"),
    ("object", V.CASE_OBJECT, "offered"), ("return", V.CASE_RETURN, "decider"), ("uphold", V.CASE_UPHOLD, "decider"),
    ("arbitrate", V.CASE_ARBITRATE, "any"), ("refer-up", V.CASE_REFER_UP, "desk"), ("settle-now", V.CASE_SETTLE_NOW, "turn"),
    ("redirect", V.CASE_REDIRECT, "turn"), ("decline", V.CASE_DECLINE, "turn"), ("no-longer", V.CASE_NO_LONGER, "desk"),
    ("reply", V.CASE_REPLY, "holder"), ("extend", V.CASE_EXTEND, "holder"), ("park", V.CASE_PARK, "holder"),
    ("resume", V.CASE_RESUME, "holder"), ("settle", V.CASE_SETTLE, "holder"), ("serve", V.CASE_SERVE, "any"),
    ("review", V.CASE_REVIEW, "offered"), ("rereview", V.CASE_REREVIEW, "offered"), ("conclude", V.CASE_CONCLUDE, "any"),
    ("ask-review", V.CASE_ASK_REVIEW, "any"), ("ask-rereview", V.CASE_ASK_REREVIEW, "any"),
)  # fmt: skip
"""Acts that move the state, each with whose they are."""

LABELS: dict[str, Any] = {
    "forward": _("转送"), "assign": _("交办"), "object": _("提出异议"), "return": _("同意退回"), "uphold": _("不同意退回"),
    "arbitrate": _("裁定"), "refer-up": _("报请决定"), "redirect": _("引导法定途径"), "decline": _("不予受理"),
    "no-longer": _("不再受理"), "accept": _("受理"), "extend": _("延期"), "park": _("挂账"), "resume": _("恢复办理"),
    "reply": _("答复"), "serve": _("送达"), "settle-now": _("当场解决"), "settle": _("和解"), "conclude": _("办结"),
    "ask-review": _("登记复查申请"), "review": _("作出复查意见"), "ask-rereview": _("登记复核申请"), "rereview": _("作出复核意见"),
    "lapse": _("期满生效"), "reopen": _("重新办理"), "withdraw": _("撤回生效"), "contact": _("联系了本人"),
    "talk": _("给本人留话"), "ask-extension": _("请求延期"), "refuse-extension": _("不同意延期"), "assist": _("请单位协办"),
    "supervise": _("督办"), "answer-supervision": _("反馈督办"), "carry": _("包案"), "appraise": _("鉴定"),
    "link": _("关联以前的事项"), "number": _("填国家系统编号"), "mediate": _("开始调解"),
}  # fmt: skip

BESIDE: tuple[tuple[str, Verb, str], ...] = (
    ("contact", V.CASE_CONTACT, "holder"), ("talk", V.CASE_TALK, "any"), ("ask-extension", V.CASE_ASK_EXTENSION, "holder"),
    ("assist", V.CASE_ASSIST, "any"), ("supervise", V.CASE_SUPERVISE, "any"), ("carry", V.CASE_CARRY, "any"),
    ("appraise", V.CASE_APPRAISE, "holder"), ("link", V.CASE_LINK, "any"), ("number", V.CASE_NUMBER, "any"),
    ("mediate", V.MEDIATION_OPEN, "any"),
)  # fmt: skip
"""Acts beside the state."""


def acts_of(
    case: Case, *, by: Actor, holds: list[Hold], asks: list[ExtensionAsk], letters: list[Supervision]
) -> list[ActLine]:
    """What this actor may do now, in the order of the procedure. A refusal may still follow from what is typed."""
    machine, state = MACHINES[Track(case.track)], S(case.state)
    if case.merged_into_id is not None:
        return []
    whose = _whose(case, by, holds)
    found: list[ActLine] = []
    for act, verb, place in MOVES:
        moves = _may_ask(case, state, holds, act) if act in RESIDENT_MOVES else machine.may(state, act)
        if not moves or not by.may(verb) or not whose(place, verb):
            continue
        if act in {"forward", "assign"} and case.returns >= RETURN_LIMIT:
            continue
        if act == "object" and case.returns >= RETURN_LIMIT:
            continue
        if act == "arbitrate" and case.returns < RETURN_LIMIT:
            continue
        if act == "extend" and case.extended_days:
            continue
        if act in {"review", "rereview"} and _own_answer(case, by):
            continue
        found.append(_line(act, verb))
    asked = any(one.answered_at is None for one in asks)
    if asked and by.may(V.CASE_EXTEND) and whose("holder", V.CASE_EXTEND):
        found.append(_line("refuse-extension", V.CASE_EXTEND))
    helps = any(
        hold.role == HoldRole.ASSIST and sits_in(by, V.CASE_REPLY, hold.office.path)
        for hold in holds
        if _open(hold)
    )
    if helps and all(line.act != "reply" for line in found):
        found.append(ActLine("reply", V.CASE_REPLY.value, str(_("提交协办意见"))))
    if any(
        one.answered_at is None and sits_in(by, V.CASE_ANSWER_SUPERVISION, one.office.path) for one in letters
    ):
        found.append(_line("answer-supervision", V.CASE_ANSWER_SUPERVISION))
    for act, verb, place in BESIDE:
        if not by.may(verb) or not whose(place, verb) or _pointless(act, case, state):
            continue
        found.append(_line(act, verb))
    return found


def _own_answer(case: Case, by: Actor) -> bool:
    """Whether this actor decided what is to be looked at again."""
    decided = Reply.objects.filter(case_id__in=trail_of([case])[case.pk], document_id__isnull=False)
    return decided.filter(by_id=by.account_id).exists()


def _may_ask(case: Case, state: CaseState, holds: list[Hold], act: str) -> bool:
    """A request on paper: also in time but entered late, and from a voice that has its paper before the others."""
    machine = MACHINES[Track(case.track)]
    if state in WORKING:
        return act == "ask-review" and worked_again(case)
    if state is S.CLOSED:
        return (act == "ask-rereview") == any(hold.how == "review" for hold in holds)
    early = case.n_voices > 1 and case.track == Track.PETITION
    return machine.may(state, act) or (early and state in SEEN_BY and machine.may(SEEN_BY[state], act))


def _line(act: str, verb: Verb) -> ActLine:
    return ActLine(act, verb.value, str(LABELS[act]))


def _pointless(act: str, case: Case, state: CaseState) -> bool:
    match act:
        case "contact":
            return state not in WORKING
        case "ask-extension":
            return state is not S.ACCEPTED or case.extended_days > 0
        case "assist" | "mediate":
            return state in FINAL
        case _:
            return False


def _open(hold: Hold) -> bool:
    return hold.state in {HoldState.OFFERED, HoldState.HELD, HoldState.OBJECTED}


def _whose(case: Case, by: Actor, holds: list[Hold]) -> Callable[[str, Verb], bool]:
    offer = next(
        (
            one
            for one in holds
            if one.role == HoldRole.LEAD and one.state in {HoldState.OFFERED, HoldState.OBJECTED}
        ),
        None,
    )

    def whose(place: str, verb: Verb) -> bool:
        match place:
            case "holder":
                return sits_in(by, verb, case.holder_path)
            case "desk":
                return offer is None or offer.state != HoldState.OFFERED
            case "offered":
                return offer is not None and sits_in(by, verb, offer.office.path)
            case "turn":
                return sits_in(by, verb, offer.office.path if offer else case.holder_path)
            case "decider":
                return offer is not None and all(
                    seat.office_id != offer.office_id for seat in by.seats_for(verb)
                )
            case _:
                return True

    return whose


def resident_acts(
    case: Case,
    seen: CaseState,
    *,
    withdrawing: bool,
    asked_to_mediate: bool,
    home: bool,
    review: bool = False,
) -> list[str]:
    """What the holder of a query code may do with this case now; `seen`: the state it has for this voice, `review`:
    their days of review run on although the case is worked on again."""
    machine, state = MACHINES[Track(case.track)], S(case.state)
    found = []
    if state in DECIDED or case.replied_at is not None:
        found.append("verdict")
    if machine.may(state, "reopen"):
        found.append("come-back" if state is S.WITHDRAWN else "reopen")
    if seen in WORKING:
        found += ["ask-review"] if review else []
    elif seen is not S.CLOSED:
        found += [act for act in RESIDENT_MOVES if machine.may(seen, act)]
    found.append("say")
    if withdrawing:
        found.append("undo-withdrawal")
    elif machine.may(state, "withdraw"):
        found.append("withdraw")
    if home:
        found.append("leave")
    if asked_to_mediate:
        found.append("consent")
    return found
