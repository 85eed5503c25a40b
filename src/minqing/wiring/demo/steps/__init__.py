"""What each step of a course leaves behind: one function an act, the fact last."""

from collections.abc import Callable
from typing import Any

from minqing.means.documents.rules import DocKind
from minqing.wiring.demo.steps.answer import (
    answer_supervision,
    answered,
    ask_second_look,
    assist_reply,
    paper_out,
    park,
    plain,
    promise,
    reply,
    second_look,
    serve,
    supervise,
)
from minqing.wiring.demo.steps.beside import appraise, appraise_result, carry, mediation, mediation_step
from minqing.wiring.demo.steps.hand import (
    accept,
    ask_extension,
    assist,
    contact,
    extend,
    objected,
    offer_to,
    returned,
    talk,
    upheld,
)
from minqing.wiring.demo.steps.letters import next_day
from minqing.wiring.demo.steps.person import (
    ask_withdrawal,
    callback,
    confirm_withdrawal,
    reopen,
    verdict,
    withdraw,
)
from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import Walk
from minqing.wiring.demo.words import said
from minqing.work.cases.rules import FINAL, CaseState

S = CaseState


def tell(walk: Walk) -> None:
    """Every step in turn: the act, then the state it leads to, then the clock that state asks for."""
    for step in walk.story.steps:
        act = ACTS.get(step.act)
        if act is not None:
            act(walk, step, said(walk.year, walk.story, step))
        if step.state:
            walk.state = S(step.state)
            if walk.state in FINAL and walk.ended_at is None:
                walk.end(step)
            elif walk.state not in FINAL:
                walk.ended_at = None
            walk.clock(step.at, **_owner(walk, step))


def _owner(walk: Walk, step: Step) -> dict[str, Any]:
    offer = walk.offer()
    match walk.state:
        case S.FORWARDED | S.ASSIGNED | S.REVIEWING | S.REREVIEWING if offer:
            return {"owner": offer["office_id"]}
        case S.REGISTERED if walk.returns >= 2:
            return {"owner": walk.office("lianxi")}
        case S.REFERRED_UP:
            return {"owner": walk.office("fuban")}
        case S.REPLIED if not walk.petition:
            return {"owner": walk.first}
        case S.PARKED:
            return {"term": next_day(walk, step).isoformat()}
        case _:
            return {}


ACTS: dict[str, Callable[[Walk, Step, Any], None]] = {
    "forward": offer_to("forward"), "assign": offer_to("assign"), "arbitrate": offer_to("arbitrate"), "accept": accept,
    "contact": contact, "talk": talk, "ask": talk, "object": objected, "return": returned, "uphold": upheld,
    "ask-extension": ask_extension, "extend": extend, "reply": reply, "promise": promise, "serve": serve, "park": park,
    "resume": plain("case.resumed"), "settle-now": answered("on_spot", "case.settled-now"), "settle": answered("answer", "case.settled"),
    "conclude": plain("case.concluded"), "lapse": plain("case.lapsed"), "refer-up": plain("case.referred-up"),
    "redirect": paper_out(DocKind.REDIRECT, "case.redirected"), "decline": paper_out(DocKind.DECLINE, "case.declined"),
    "no-longer": paper_out(DocKind.NO_LONGER, "case.no-longer"), "ask-review": ask_second_look("review"), "review": second_look("review"),
    "ask-rereview": ask_second_look("rereview"), "rereview": second_look("rereview"), "verdict": verdict, "reopen": reopen,
    "callback": callback, "supervise": supervise, "answer-supervision": answer_supervision, "carry": carry, "appraise": appraise,
    "appraise-result": appraise_result, "assist": assist, "assist-reply": assist_reply, "open-mediation": mediation,
    "consent-mediation": mediation_step("consented", "mediation.consented"), "agree-mediation": mediation_step("agreed", "mediation.agreed"),
    "end-mediation": mediation_step("failed", "mediation.ended"), "ask-withdrawal": ask_withdrawal,
    "confirm-withdrawal": confirm_withdrawal, "withdraw": withdraw,
}  # fmt: skip
