"""Which acts are open: one table, read by the desk's buttons and by the API, derived from the machines and the charter."""

from collections.abc import Callable

from django.utils.translation import gettext as _

from minqing.charter import Actor, Verb
from minqing.work.cases.models import Case, ExtensionAsk, Hold, Supervision
from minqing.work.cases.queries.gate import sits_in
from minqing.work.cases.queries.lines import ActLine
from minqing.work.cases.rules import (
    ACTS,
    DECIDED,
    FINAL,
    MACHINES,
    RETURN_LIMIT,
    WORKING,
    CaseState,
    HoldRole,
    HoldState,
    Track,
)

S = CaseState
V = Verb
MOVES: tuple[tuple[str, Verb, str], ...] = (
    ("accept", V.CASE_ACCEPT, "turn"), ("forward", V.CASE_FORWARD, "desk"), ("assign", V.CASE_ASSIGN, "desk"),
    ("object", V.CASE_OBJECT, "offered"), ("return", V.CASE_RETURN, "decider"), ("uphold", V.CASE_UPHOLD, "decider"),
    ("arbitrate", V.CASE_ARBITRATE, "any"), ("refer-up", V.CASE_REFER_UP, "desk"), ("settle-now", V.CASE_SETTLE_NOW, "turn"),
    ("redirect", V.CASE_REDIRECT, "turn"), ("decline", V.CASE_DECLINE, "turn"), ("no-longer", V.CASE_NO_LONGER, "desk"),
    ("reply", V.CASE_REPLY, "holder"), ("extend", V.CASE_EXTEND, "holder"), ("park", V.CASE_PARK, "holder"),
    ("resume", V.CASE_RESUME, "holder"), ("settle", V.CASE_SETTLE, "holder"), ("serve", V.CASE_SERVE, "any"),
    ("review", V.CASE_REVIEW, "offered"), ("rereview", V.CASE_REREVIEW, "offered"), ("conclude", V.CASE_CONCLUDE, "any"),
)  # fmt: skip
"""Acts that move the state, each with whose they are."""

BESIDE: tuple[tuple[str, Verb, str, str], ...] = (
    ("contact", V.CASE_CONTACT, "联系了本人", "holder"),
    ("talk", V.CASE_TALK, "给本人留话", "any"),
    ("ask-extension", V.CASE_ASK_EXTENSION, "请求延期", "holder"),
    ("assist", V.CASE_ASSIST, "请单位协办", "any"),
    ("supervise", V.CASE_SUPERVISE, "督办", "any"),
    ("carry", V.CASE_CARRY, "包案", "any"),
    ("appraise", V.CASE_APPRAISE, "鉴定", "holder"),
    ("link", V.CASE_LINK, "关联以前的事项", "any"),
    ("number", V.CASE_NUMBER, "填国家系统编号", "any"),
    ("mediate", V.MEDIATION_OPEN, "开始调解", "any"),
)
"""Acts beside the state."""


def acts_of(case: Case, *, by: Actor, holds: list[Hold], asks: list[ExtensionAsk], letters: list[Supervision]) -> list[ActLine]:
    """What this actor may do now, in the order of the procedure. A refusal may still follow from what is typed."""
    machine, state = MACHINES[Track(case.track)], S(case.state)
    if case.merged_into_id is not None:
        return []
    whose = _whose(case, by, holds)
    found: list[ActLine] = []
    for act, verb, place in MOVES:
        if not machine.may(state, act) or not by.may(verb) or not whose(place, verb):
            continue
        if act in {"forward", "assign"} and case.returns >= RETURN_LIMIT:
            continue
        if act == "object" and case.returns >= RETURN_LIMIT:
            continue
        if act == "extend" and case.extended_days:
            continue
        found.append(ActLine(act, verb.value, _(ACTS[act])))
    asked = any(one.answered_at is None for one in asks)
    if asked and by.may(V.CASE_EXTEND) and whose("holder", V.CASE_EXTEND):
        found.append(ActLine("refuse-extension", V.CASE_EXTEND.value, _("不同意延期")))
    helps = any(hold.role == HoldRole.ASSIST and sits_in(by, V.CASE_REPLY, hold.office.path) for hold in holds if _open(hold))
    if helps and all(line.act != "reply" for line in found):
        found.append(ActLine("reply", V.CASE_REPLY.value, _("提交协办意见")))
    if any(one.answered_at is None and sits_in(by, V.CASE_ANSWER_SUPERVISION, one.office.path) for one in letters):
        found.append(ActLine("answer-supervision", V.CASE_ANSWER_SUPERVISION.value, _("反馈督办")))
    for act, verb, label, place in BESIDE:
        if not by.may(verb) or not whose(place, verb) or _pointless(act, case, state):
            continue
        found.append(ActLine(act, verb.value, _(label)))
    return found


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
        (one for one in holds if one.role == HoldRole.LEAD and one.state in {HoldState.OFFERED, HoldState.OBJECTED}), None
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
                return offer is not None and all(seat.office_id != offer.office_id for seat in by.seats_for(verb))
            case _:
                return True

    return whose


RESIDENT_MOVES = ("ask-review", "ask-rereview")


def resident_acts(case: Case, *, withdrawing: bool, asked_to_mediate: bool, home: bool) -> list[str]:
    """What the holder of a query code may do with this case now."""
    machine, state = MACHINES[Track(case.track)], S(case.state)
    found = []
    if state in DECIDED or case.replied_at is not None:
        found.append("verdict")
    if machine.may(state, "reopen"):
        found.append("reopen")
    found += [act for act in RESIDENT_MOVES if machine.may(state, act)]
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
