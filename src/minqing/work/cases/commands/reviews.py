"""The two further stages that service opens: review and re-review, thirty days each (arts. 35, 36)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.means.documents.queries import document_row
from minqing.means.documents.rules import DocKind
from minqing.means.files.commands import keep_file
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    answer_of,
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
    wake,
)
from minqing.work.cases.commands.parting import go_on
from minqing.work.cases.commands.resident import voice_of
from minqing.work.cases.commands.serving import has_answer
from minqing.work.cases.models import Case, Hold, Link, Reply
from minqing.work.cases.queries.rights import review_right
from minqing.work.cases.rules import (
    MACHINES,
    REREVIEW_ASK,
    REVIEW_ASK,
    WORKING,
    BadArrival,
    CaseState,
    EndedBefore,
    HoldState,
    NotServed,
    NotYourVoice,
    Outcome,
    OwnAnswer,
    ReplyKind,
    ReviewLate,
    Track,
    opinion_lacks,
)
from minqing.work.duties import commands as duties
from minqing.work.duties.queries import duties_about
from minqing.work.intake.queries import person_of

S = CaseState
FINAL_STAGE = (
    "本意见是信访程序的最后意见。同一事实和理由再次提出的，不再受理；有新的事实和理由，可以重新反映。"
)


@dataclass(frozen=True)
class Stage:
    """One of the two requests: the act, its turn, within which days, and the state in which the paper is not served yet."""

    act: str
    how: str
    window: str
    unserved: CaseState


REVIEW = Stage("ask-review", "review", REVIEW_ASK, S.REPLIED)
REREVIEW = Stage("ask-rereview", "rereview", REREVIEW_ASK, S.REVIEWED)


class Page(Protocol):
    """One page of a paper as a door hands it in."""

    name: str | None
    size: int | None

    def chunks(self) -> Iterable[bytes]: ...


@transaction.atomic
def ask_review(*, by: Actor, case_id: UUID, at: datetime, reason: str) -> Case:
    """复查: within thirty days of service, to the organ above the one that decided (art. 35)."""
    case = take(by, Verb.CASE_ASK_REVIEW, case_id)
    return _ask(REVIEW, case, voice_of(by, case), by=by, at=at, arrived=day_of(at), reason=reason)


@transaction.atomic
def ask_rereview(*, by: Actor, case_id: UUID, at: datetime, reason: str) -> Case:
    """复核: within thirty days of service of the review, to the organ above that one (art. 36)."""
    case = take(by, Verb.CASE_ASK_REREVIEW, case_id)
    return _ask(REREVIEW, case, voice_of(by, case), by=by, at=at, arrived=day_of(at), reason=reason)


@transaction.atomic
def ask_review_case(
    *, by: Actor, case_id: UUID, at: datetime, demand_id: UUID, on: date, reason: str, scan: Sequence[Page] = (),
    seen: int | None = None,
) -> Case:  # fmt: skip
    """A request for review that came by letter or at the counter; its days run from the day it arrived."""
    case = take(by, Verb.CASE_ASK_REVIEW, case_id, seen)
    return _on_paper(REVIEW, case, by=by, at=at, demand_id=demand_id, on=on, reason=reason, scan=scan)


@transaction.atomic
def ask_rereview_case(
    *, by: Actor, case_id: UUID, at: datetime, demand_id: UUID, on: date, reason: str, scan: Sequence[Page] = (),
    seen: int | None = None,
) -> Case:  # fmt: skip
    """A request for re-review that came by letter or at the counter; its days run from the day it arrived."""
    case = take(by, Verb.CASE_ASK_REREVIEW, case_id, seen)
    return _on_paper(REREVIEW, case, by=by, at=at, demand_id=demand_id, on=on, reason=reason, scan=scan)


def _on_paper(
    stage: Stage, case: Case, *, by: Actor, at: datetime, demand_id: UUID, on: date, reason: str, scan: Sequence[Page],
) -> Case:  # fmt: skip
    link = Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).first()
    if link is None:
        raise NotYourVoice()
    first = day_of(case.replied_at or case.registered_at)
    if not first <= on <= day_of(at):
        raise BadArrival(first=first.isoformat())
    asked = _ask(stage, case, link, by=by, at=at, arrived=on, reason=reason)
    for page in scan:
        keep_file(
            owner=f"demand:{demand_id}", content=page.chunks(), name=page.name or "", size=page.size, at=at
        )
    return asked


def _ask(
    stage: Stage, case: Case, link: Link, *, by: Actor, at: datetime, arrived: date, reason: str
) -> Case:
    """One gate for both ways. Who asks steps out of a joint case; the others' answer stands."""
    state, reason = S(case.state), reason_in(reason)
    if state is stage.unserved and not has_answer(case, link):
        raise NotServed()
    again = stage is REVIEW and state in WORKING
    if again:
        right = review_right(case, person_of(link.demand_id))
        if right is None:
            raise NotServed()
        window = [right]
    else:
        window = [line for line in duties_about([case.pk]).get(case.pk, ()) if line.rule == stage.window]
    if state is S.CLOSED and not window:
        raise EndedBefore(state=state.label)
    if window and day_of(window[-1].due_at) < arrived:
        raise ReviewLate(until=day_of(window[-1].due_at).isoformat())
    if state is S.CLOSED and stage is REVIEW and Hold.objects.filter(case=case, how="review").exists():
        raise EndedBefore(state=state.label)
    if state is not stage.unserved:
        MACHINES[Track(case.track)].after(state, stage.act)
    before = case
    case, link = go_on(case, link, why=stage.how, by=by, at=at)
    if case.pk == before.pk and S(case.state) is stage.unserved:
        raise NotServed()
    reviewed = Hold.objects.filter(case__in=[before, case], how="review").order_by("-given_at").first()
    decided = reviewed.office_id if stage is REREVIEW and reviewed else case.holder_id
    organ = organ_above(decided)
    Hold.objects.create(
        case=case, office_id=organ.id, how=stage.how, words=reason, given_by=by.account_id, given_at=at
    )
    # The organ above has it now: what the office owed for working on it again is dropped, not done.
    turn(case, stage.act, at=at, from_=arrived, why=stage.how if again else "")
    if again:
        duties.drop(about=link.demand_id, rules=(answer_of(case),), why=stage.how, at=at)
    wake(case)
    keep(case)
    told = "case.review-asked" if stage is REVIEW else "case.rereview-asked"
    put_down(
        case, told, by=by, at=at, office_id=organ.id, due=case.due_at, on=arrived, demand_id=link.demand_id
    )
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
    paper = DocKind.REVIEW if kind is ReplyKind.REVIEW else DocKind.REREVIEW
    opinion_lacks(
        outcome=decided, paper=paper.label, request=request, reasons=reasons, basis=basis, remedy=remedy
    )
    known = Reply.objects.filter(case__in=papers.trail(case), document_id__isnull=False)
    if known.filter(by_id=by.account_id).exists():  # nobody looks again at what they decided themselves
        raise OwnAnswer()
    before = known.order_by("-at", "-id").first()
    reply = Reply.objects.create(
        case=case, office_id=turn_of.office_id, by_id=by.account_id, kind=kind, outcome=decided, text=reason_in(text),
        request=request, facts=facts, reasons=reasons, basis=basis, remedy=remedy, at=at,
    )  # fmt: skip
    more = {"final": FINAL_STAGE} if kind is ReplyKind.REREVIEW else {}
    reply.document_id = papers.opinion(
        case, reply, paper, by=by, at=at,
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
