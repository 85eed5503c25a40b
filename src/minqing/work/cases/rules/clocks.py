"""Which rule of the law's table is owed in which state, by whom. Pure; the days themselves live in ground/law."""

from collections.abc import Sequence
from uuid import UUID

from minqing.work.cases.rules.words import CaseState, Category, DueBy, Grade, Track
from minqing.work.duties.rules import RIGHTS

S = CaseState

GRADE_RULE: dict[Grade, str] = {
    Grade.ASK: "hl.consult",
    Grade.HELP: "hl.help",
    Grade.COMPLAINT: "hl.complain",
    Grade.URGENT: "hl.danger",
    Grade.UTILITY: "hl.utility",
}
"""Orders run on one clock from registration to the answer, by grade and the county's own limits."""

TELL = {Track.PETITION: "xf.tell", Track.ORDER: "hl.sign", Track.SIMPLE: "hl.sign"}
"""The offered office says whether it takes the case: art. 23 for petitions, signing for orders."""

OBJECT = {Track.PETITION: "xf.object", Track.ORDER: "hl.object", Track.SIMPLE: "hl.object"}
"""Until when it may object: a right, not a duty."""

OBJECT_ANSWER = {
    Track.PETITION: "xf.object.answer",
    Track.ORDER: "hl.object.answer",
    Track.SIMPLE: "hl.object.answer",
}
TRIAGE, ARBITRATE, URGENT, REPORT = "xf.triage", "xf.arbitrate", "xf.urgent", "xf.assign.report"
ASSIST, PARK, SERVE, CONTACT = "xf.assist", "xf.park", "xf.serve", "hl.contact"
REVIEW_ASK, REVIEW, REREVIEW_ASK, REREVIEW = "xf.review.ask", "xf.review", "xf.rereview.ask", "xf.rereview"
CALLBACK, SUPERVISE, APPRAISE, APPRAISE_TELL = (
    "hl.callback",
    "xf.supervise",
    "xf.appraise",
    "xf.appraise.tell",
)
WITHDRAW_CALL, CONSENT, MEDIATE, FOLLOW = "xf.withdraw.call", "md.consent", "md.finish", "rc.follow"
MAIN = frozenset({
    TRIAGE, ARBITRATE, URGENT, PARK, SERVE, CONTACT, REVIEW_ASK, REVIEW, REREVIEW_ASK, REREVIEW, CALLBACK,
    *TELL.values(), *OBJECT_ANSWER.values(), *GRADE_RULE.values(), "xf.simple", "xf.handle", "xf.advice",
    "xf.reopen", "hl.reopen",
})  # fmt: skip
"""Rules that follow the state of a case. The others (assist, supervise, appraise, report) run beside it."""


def answer_rule(track: Track, grade: Grade, category: Category, *, again: bool) -> str:
    """The clock of the answer itself; `again`: the person said it is not solved."""
    if track is Track.PETITION:
        return "xf.reopen" if again else "xf.advice" if category is Category.SUGGESTION else "xf.handle"
    if again:
        return "hl.reopen"
    return "xf.simple" if track is Track.SIMPLE else GRADE_RULE[grade]


def state_rule(
    state: CaseState, track: Track, grade: Grade, category: Category, *, again: bool, returns: int
) -> str:
    """What is owed while a case stands in a state; "" in a final one."""
    answer = answer_rule(track, grade, category, again=again)
    petition = track is Track.PETITION
    match state:
        case S.REGISTERED:
            return ARBITRATE if returns >= 2 else TRIAGE if petition else answer
        case S.FORWARDED | S.ASSIGNED:
            return TELL[track]
        case S.OBJECTED:
            return OBJECT_ANSWER[track]
        case S.REFERRED_UP:
            return URGENT
        case S.ACCEPTED | S.EXTENDED:
            return answer
        case S.PARKED:
            return PARK
        case S.REPLIED:
            return SERVE if petition else CALLBACK
        case S.SERVED:
            return REVIEW_ASK
        case S.REVIEWING:
            return REVIEW
        case S.REVIEWED | S.REREVIEWED:
            return SERVE
        case S.REVIEW_SERVED:
            return REREVIEW_ASK
        case S.REREVIEWING:
            return REREVIEW
        case _:
            return ""


def due_by(owed: Sequence[tuple[str, UUID]], holder_id: UUID) -> DueBy:
    """Whose the nearest of these open clocks (rule, office) is: a right of somebody is nobody's."""
    if not any(rule not in RIGHTS for rule, _ in owed):
        return DueBy.NOBODY
    rule, office_id = owed[0]
    return DueBy.HOLDER if office_id == holder_id and rule not in RIGHTS else DueBy.OTHER
