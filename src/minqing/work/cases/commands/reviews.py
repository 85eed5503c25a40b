"""Service, and the two further stages it opens: review and re-review, thirty days each (arts. 35, 36)."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import office
from minqing.kernel.errors import NotFound
from minqing.means.documents.commands import serve_document
from minqing.means.documents.queries import document_row, documents_about
from minqing.means.documents.rules import DocKind, Way
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.answering import ask_each
from minqing.work.cases.commands.gate import (
    day_of,
    finish,
    keep,
    offer_of,
    only_offered,
    organ_above,
    put_down,
    reason_in,
    take,
    turn,
    voices,
)
from minqing.work.cases.models import Case, Hold, Reply
from minqing.work.cases.queries.gate import sits_in
from minqing.work.cases.rules import (
    MACHINES,
    REREVIEW_ASK,
    REVIEW_ASK,
    CaseState,
    HoldState,
    NotHolder,
    NotServed,
    Outcome,
    ReplyKind,
    ReviewLate,
    Track,
    opinion_lacks,
)
from minqing.work.duties.queries import duties_about
from minqing.work.intake.queries import person_of

S = CaseState
FINAL_STAGE = (
    "本意见是信访程序的最后意见。同一事实和理由再次提出的，不再受理；有新的事实和理由，可以重新反映。"
)


@transaction.atomic
def serve_case(
    *, by: Actor, case_id: UUID, at: datetime, way: Way | str, on: date, document_id: UUID | None = None,
    consent: bool = False, receipt: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """送达: the paper came into the person's hands on a day. Only from then do the days of review run.

    Without `document_id` it is the newest answer. Every voice of the case gets it; reading aloud is a courtesy only.
    """
    case = take(by, Verb.CASE_SERVE, case_id, seen)
    paths = [case.holder_path, office(case.first_holder_id).path]
    paths += Hold.objects.filter(case=case, how__in=["review", "rereview"]).values_list(
        "office__path", flat=True
    )
    if not any(sits_in(by, Verb.CASE_SERVE, path) for path in paths):
        raise NotHolder()
    answer = Reply.objects.filter(case=case, document_id__isnull=False).order_by("-at", "-id").first()
    if document_id is None and answer is None:
        raise NotFound()
    paper = document_id or (answer.document_id if answer else None)
    assert paper is not None
    if paper not in {line.id for line in documents_about(papers.about(case))}:
        raise NotFound()
    for link in voices(case):
        serve_document(
            by_id=by.account_id, document_id=paper, way=Way(way), on=on, at=at, consent=consent,
            to_id=person_of(link.demand_id), receipt=receipt,
        )  # fmt: skip
    if (
        answer is not None
        and paper == answer.document_id
        and MACHINES[Track(case.track)].may(S(case.state), "serve")
    ):
        turn(case, "serve", at=at, from_=on)
        if S(case.state) is S.TERMINATED:
            finish(case, at=at)
        keep(case)
        ask_each(case, at=at)
    put_down(case, "case.served", by=by, at=at, document_id=paper, way=Way(way), on=on, due=case.due_at)
    if S(case.state) is S.TERMINATED and answer is not None and paper == answer.document_id:
        put_down(case, "case.terminated", by=by, at=at)
    return case


@transaction.atomic
def ask_review(*, by: Actor, case_id: UUID, at: datetime, reason: str) -> Case:
    """复查: within thirty days of service, to the organ above the one that decided (art. 35)."""
    return _ask(
        by, Verb.CASE_ASK_REVIEW, case_id, at, reason, act="ask-review", window=REVIEW_ASK, how="review"
    )


@transaction.atomic
def ask_rereview(*, by: Actor, case_id: UUID, at: datetime, reason: str) -> Case:
    """复核: within thirty days of service of the review, to the organ above that one (art. 36)."""
    return _ask(
        by,
        Verb.CASE_ASK_REREVIEW,
        case_id,
        at,
        reason,
        act="ask-rereview",
        window=REREVIEW_ASK,
        how="rereview",
    )


def _ask(
    by: Actor, verb: Verb, case_id: UUID, at: datetime, reason: str, *, act: str, window: str, how: str
) -> Case:
    case = take(by, verb, case_id)
    if S(case.state) in {S.REPLIED, S.REVIEWED}:
        raise NotServed()
    until = [line for line in duties_about([case.pk]).get(case.pk, ()) if line.rule == window]
    if (until and S(case.state) is S.CLOSED) or (until and until[-1].due_at < at):
        raise ReviewLate(until=day_of(until[-1].due_at).isoformat())
    MACHINES[Track(case.track)].after(S(case.state), act)
    decided = case.holder_id
    if how == "rereview":
        reviewed = Hold.objects.filter(case=case, how="review").order_by("-given_at").first()
        decided = reviewed.office_id if reviewed else decided
    Hold.objects.create(
        case=case,
        office_id=organ_above(decided).id,
        how=how,
        words=reason_in(reason),
        given_by=by.account_id,
        given_at=at,
    )
    turn(case, act, at=at, from_=day_of(at))
    keep(case)
    asked = "case.review-asked" if how == "review" else "case.rereview-asked"
    put_down(case, asked, by=by, at=at, office_id=organ_above(decided).id, due=case.due_at)
    return case


@transaction.atomic
def review_case(
    *, by: Actor, case_id: UUID, at: datetime, outcome: Outcome | str, text: str, reasons: str, basis: str, remedy: str,
    request: str = "", facts: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """复查意见 of the organ above, thirty days after the request (art. 35)."""
    case = take(by, Verb.CASE_REVIEW, case_id, seen)
    return _decide(
        case, by=by, verb=Verb.CASE_REVIEW, at=at, kind=ReplyKind.REVIEW, act="review", outcome=outcome, text=text,
        request=request, facts=facts, reasons=reasons, basis=basis, remedy=remedy,
    )  # fmt: skip


@transaction.atomic
def rereview_case(
    *, by: Actor, case_id: UUID, at: datetime, outcome: Outcome | str, text: str, reasons: str, basis: str,
    request: str = "", facts: str = "", remedy: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """复核意见: the last word of the petition procedure (art. 36)."""
    case = take(by, Verb.CASE_REREVIEW, case_id, seen)
    return _decide(
        case, by=by, verb=Verb.CASE_REREVIEW, at=at, kind=ReplyKind.REREVIEW, act="rereview", outcome=outcome, text=text,
        request=request, facts=facts, reasons=reasons, basis=basis, remedy=remedy or FINAL_STAGE,
    )  # fmt: skip


def _decide(
    case: Case, *, by: Actor, verb: Verb, at: datetime, kind: ReplyKind, act: str, outcome: Outcome | str, text: str,
    request: str, facts: str, reasons: str, basis: str, remedy: str,
) -> Case:  # fmt: skip
    MACHINES[Track(case.track)].after(S(case.state), act)
    turn_of = only_offered(by, verb, case)
    request = request.strip() or turn_of.words
    decided = Outcome(outcome)
    opinion_lacks(outcome=decided, request=request, reasons=reasons, basis=basis, remedy=remedy)
    before = Reply.objects.filter(case=case, document_id__isnull=False).order_by("-at", "-id").first()
    reply = Reply.objects.create(
        case=case, office_id=turn_of.office_id, by_id=by.account_id, kind=kind, outcome=decided, text=reason_in(text),
        request=request, facts=facts, reasons=reasons, basis=basis, remedy=remedy, at=at,
    )  # fmt: skip
    more = {"final": FINAL_STAGE} if kind is ReplyKind.REREVIEW else {}
    reply.document_id = papers.opinion(
        case, reply, DocKind.REVIEW if kind is ReplyKind.REVIEW else DocKind.REREVIEW, by=by, at=at,
        original_no=document_row(before.document_id).number if before and before.document_id else case.number, **more,
    )  # fmt: skip
    reply.save(update_fields=["document_id"])
    turn_of.state, turn_of.answered_at, turn_of.ended_at = HoldState.DONE, at, at
    turn_of.save(update_fields=["state", "answered_at", "ended_at"])
    turn(case, act, at=at)
    keep(case)
    done = "case.reviewed" if kind is ReplyKind.REVIEW else "case.rereviewed"
    put_down(
        case, done, by=by, at=at, office_id=turn_of.office_id, outcome=decided, reply_id=reply.pk,
        document_id=reply.document_id, due=case.due_at,
    )  # fmt: skip
    return case


def lapse_case(*, case_id: UUID, at: datetime) -> bool:
    """Thirty days after service without a request: the answer stands, silently (期满生效)."""
    with transaction.atomic():
        case = Case.objects.select_for_update(of=("self",), no_key=True).filter(pk=case_id).first()
        if (
            case is None
            or not MACHINES[Track(case.track)].may(S(case.state), "lapse")
            or offer_of(case) is not None
        ):
            return False
        window = [
            line for line in duties_about([case.pk]).get(case.pk, ())
            if line.met_at is None and line.rule in {REVIEW_ASK, REREVIEW_ASK}
        ]  # fmt: skip
        if any(line.due_at >= at for line in window):
            return False
        ended = max((line.due_at for line in window), default=at)
        turn(case, "lapse", at=ended)
        finish(case, at=ended)
        keep(case)
        put_down(case, "case.lapsed", by=Actor(account_id=None), at=at)
        return True
