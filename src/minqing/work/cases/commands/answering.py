"""Answers: replies and opinions, solved on the spot, parked, settled, concluded."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import office
from minqing.kernel.errors import NotAllowed
from minqing.means.documents.rules import DocKind
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    day_of,
    end,
    end_voices,
    finish,
    keep,
    offer_of,
    only_holder,
    only_offered,
    put_down,
    reason_in,
    take,
    turn,
    voices,
)
from minqing.work.cases.commands.handling import say_to_all, take_over, working
from minqing.work.cases.commands.opening import start_case
from minqing.work.cases.models import Case, Hold, Reply
from minqing.work.cases.queries.gate import sits_in
from minqing.work.cases.rules import (
    ASSIST,
    CONTACT,
    REPORT,
    CaseState,
    Category,
    Grade,
    HoldRole,
    HoldState,
    NoNextDate,
    NotOffered,
    Outcome,
    Path,
    ReplyKind,
    Track,
    opinion_lacks,
)
from minqing.work.duties import commands as duties
from minqing.work.intake.queries import demand_line, person_of
from minqing.work.judgement.commands import open_callback
from minqing.work.judgement.queries import latest_about
from minqing.work.promises.commands import make_promise

S = CaseState


@transaction.atomic
def reply_case(
    *, by: Actor, case_id: UUID, at: datetime, kind: ReplyKind | str, outcome: Outcome | str | None = None, text: str,
    request: str = "", facts: str = "", reasons: str = "", basis: str = "", remedy: str = "", promise_words: str = "",
    promise_due: date | None = None, promise_condition: str = "", seen: int | None = None,
) -> Case:  # fmt: skip
    """Answer. A petition's claim ends with a complete 处理意见书 (art. 32); an interim or assisting word ends nothing."""
    case = take(by, Verb.CASE_REPLY, case_id, seen)
    kind, text = ReplyKind(kind), reason_in(text)
    decided = Outcome(outcome) if outcome else None
    if kind is ReplyKind.ASSIST:
        return _assist_reply(case, by=by, at=at, text=text, outcome=decided)
    only_holder(by, Verb.CASE_REPLY, case)
    if kind in {ReplyKind.ON_SPOT, ReplyKind.REVIEW, ReplyKind.REREVIEW}:
        raise NotAllowed()
    if kind is ReplyKind.ANSWER and case.track == Track.PETITION and case.category == Category.CLAIM:
        kind = ReplyKind.OPINION
    said = {"request": request, "facts": facts, "reasons": reasons, "basis": basis, "remedy": remedy}
    if kind is ReplyKind.OPINION:
        opinion_lacks(outcome=decided, **said)
    if kind is not ReplyKind.INTERIM:
        turn(case, "reply", at=at)
        case.replied_at = at
        end(case, (CONTACT, REPORT), at=at)
        end_voices(case, at=at)
    else:
        working(case)
    reply = Reply.objects.create(
        case=case, office_id=case.holder_id, by_id=by.account_id, kind=kind, outcome=decided, text=text, at=at,
        **{name: value.strip() for name, value in said.items()},
    )  # fmt: skip
    if promise_words.strip():
        _promise(case, by=by, at=at, words=promise_words, due_on=promise_due, condition=promise_condition)
    reply.document_id = _reply_paper(case, reply, by=by, at=at, promise=(promise_words.strip(), promise_due))
    reply.save(update_fields=["document_id"])
    keep(case, "replied_at")
    put_down(
        case, "case.replied", by=by, at=at, office_id=case.holder_id, reply=kind, outcome=decided, reply_id=reply.pk,
        document_id=reply.document_id, due=case.due_at,
    )  # fmt: skip
    return case


def _reply_paper(
    case: Case, reply: Reply, *, by: Actor, at: datetime, promise: tuple[str, date | None]
) -> UUID | None:
    if reply.kind in {ReplyKind.INTERIM, ReplyKind.ASSIST}:
        return None
    words, due_on = promise
    duties_told = papers.promised([(office(case.holder_id).name, words, due_on)]) if words and due_on else []
    if reply.kind == ReplyKind.OPINION:
        accepted = (case.accepted_on or day_of(case.registered_at)).isoformat()
        return papers.opinion(
            case, reply, DocKind.OPINION, by=by, at=at, accepted_on=accepted, promises=duties_told
        )
    return papers.issue(
        case, DocKind.REPLY, by=by, office_id=case.holder_id, at=at, received_on=papers.received_on(case).isoformat(),
        reply=reply.text, facts=reply.facts, basis=reply.basis, promises=duties_told,
        unhappy="没解决的，凭查询码点“没解决”，这件事重新办理。",
    )  # fmt: skip


def _promise(
    case: Case, *, by: Actor, at: datetime, words: str, due_on: date | None, condition: str = ""
) -> UUID:
    links = voices(case)
    return make_promise(
        by=by, about=papers.about(case), words=words.strip(), office_id=case.holder_id, due_on=due_on, condition=condition,
        to_person_id=person_of(links[0].demand_id) if len(links) == 1 else None, made_on=day_of(at), at=at,
    )  # fmt: skip


def _assist_reply(case: Case, *, by: Actor, at: datetime, text: str, outcome: Outcome | None) -> Case:
    holds = Hold.objects.select_related("office").filter(
        case=case, role=HoldRole.ASSIST, state__in=["offered", "held"]
    )
    hold = next((one for one in holds if sits_in(by, Verb.CASE_REPLY, one.office.path)), None)
    if hold is None:
        raise NotOffered()
    Reply.objects.create(
        case=case,
        office_id=hold.office_id,
        by_id=by.account_id,
        kind=ReplyKind.ASSIST,
        outcome=outcome,
        text=text,
        at=at,
    )
    hold.state, hold.answered_at, hold.ended_at = HoldState.DONE, at, at
    hold.save(update_fields=["state", "answered_at", "ended_at"])
    duties.meet(about=case.pk, rules=(ASSIST,), at=at, office_id=hold.office_id)
    keep(case)
    put_down(
        case, "case.replied", by=by, at=at, office_id=hold.office_id, reply=ReplyKind.ASSIST, due=case.due_at
    )
    return case


@transaction.atomic
def settle_now_case(*, by: Actor, case_id: UUID, at: datetime, text: str, seen: int | None = None) -> Case:
    """当场解决: one line from registered to ended. That it is solved only the person says."""
    case = take(by, Verb.CASE_SETTLE_NOW, case_id, seen)
    if offer_of(case) is None:
        only_holder(by, Verb.CASE_SETTLE_NOW, case)
    else:
        take_over(case, only_offered(by, Verb.CASE_SETTLE_NOW, case), at=at)
    return _settle_now(case, by=by, at=at, text=text)


@transaction.atomic
def settle_demand_now(*, by: Actor, demand_id: UUID, at: datetime, text: str, title: str = "") -> Case:
    """At the telephone or the counter: the word is a simple case and answered in the same act."""
    seat = by.must(Verb.CASE_SETTLE_NOW)
    case = start_case(
        by=by, at=at, demand_id=demand_id, title=title, track=Track.SIMPLE, category=Category.CLAIM, way=Path.PETITION,
        grade=Grade.ASK, kind="", matter="", holder_id=seat.office_id, verb=Verb.DEMAND_VIEW,
    )  # fmt: skip
    return _settle_now(case, by=by, at=at, text=text)


def _settle_now(case: Case, *, by: Actor, at: datetime, text: str) -> Case:
    text = reason_in(text)
    turn(case, "settle-now", at=at)
    case.accepted_on = case.accepted_on or day_of(at)
    case.contacted_at, case.replied_at = case.contacted_at or at, at
    case.handler_id = by.account_id
    reply = Reply.objects.create(
        case=case, office_id=case.holder_id, by_id=by.account_id, kind=ReplyKind.ON_SPOT, text=text, at=at
    )
    finish(case, at=at)
    keep(case, "accepted_on", "contacted_at", "replied_at", "handler", "holder", "holder_path", "held_since")
    put_down(case, "case.settled-now", by=by, at=at, office_id=case.holder_id, reply_id=reply.pk)
    ask_each(case, at=at)
    return case


@transaction.atomic
def park_case(
    *, by: Actor, case_id: UUID, at: datetime, reason: str, authority: str, next_on: date | None,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """挂账: cannot be done now, said honestly: why, who could decide it, and the day of the next answer."""
    case = take(by, Verb.CASE_PARK, case_id, seen)
    only_holder(by, Verb.CASE_PARK, case)
    if not reason.strip() or not authority.strip() or next_on is None or next_on <= day_of(at):
        raise NoNextDate()
    turn(case, "park", at=at, term=next_on.isoformat(), why="parked")
    end(case, (CONTACT,), at=at)
    reply = Reply.objects.create(
        case=case, office_id=case.holder_id, by_id=by.account_id, kind=ReplyKind.INTERIM, outcome=Outcome.PLANNED,
        text=reason.strip(), reasons=authority.strip(), at=at,
    )  # fmt: skip
    keep(case)
    put_down(case, "case.parked", by=by, at=at, office_id=case.holder_id, next_on=next_on, reply_id=reply.pk)
    return case


@transaction.atomic
def resume_case(*, by: Actor, case_id: UUID, at: datetime, words: str = "", seen: int | None = None) -> Case:
    """What stood in the way is gone: the clock of the answer runs anew from today."""
    case = take(by, Verb.CASE_RESUME, case_id, seen)
    only_holder(by, Verb.CASE_RESUME, case)
    turn(case, "resume", at=at, from_=day_of(at) if case.track == Track.PETITION else at)
    keep(case)
    put_down(case, "case.resumed", by=by, at=at, office_id=case.holder_id, due=case.due_at)
    if words.strip():
        say_to_all(case, words, by=by, at=at)
    return case


@transaction.atomic
def settle_case(*, by: Actor, case_id: UUID, at: datetime, text: str, seen: int | None = None) -> Case:
    """和解: both sides agreed by themselves (art. 33)."""
    case = take(by, Verb.CASE_SETTLE, case_id, seen)
    only_holder(by, Verb.CASE_SETTLE, case)
    return end_by_agreement(case, by=by, at=at, text=reason_in(text))


def end_by_agreement(case: Case, *, by: Actor, at: datetime, text: str) -> Case:
    turn(case, "settle", at=at)
    Reply.objects.create(
        case=case, office_id=case.holder_id, by_id=by.account_id, kind=ReplyKind.ANSWER, text=text, at=at
    )
    case.replied_at = at
    finish(case, at=at)
    keep(case, "replied_at")
    put_down(case, "case.settled", by=by, at=at, office_id=case.holder_id)
    ask_each(case, at=at)
    return case


@transaction.atomic
def conclude_case(
    *, by: Actor, case_id: UUID, at: datetime, words: str = "", seen: int | None = None
) -> Case:
    """办结 of an order: a legal end, and no more than that; whether it is solved only the person says."""
    case = take(by, Verb.CASE_CONCLUDE, case_id, seen)
    if not sits_in(by, Verb.CASE_CONCLUDE, office(case.first_holder_id).path):  # else the desk that sent it
        only_holder(by, Verb.CASE_CONCLUDE, case)
    turn(case, "conclude", at=at)
    finish(case, at=at)
    keep(case)
    put_down(case, "case.concluded", by=by, at=at, office_id=case.holder_id)
    if words.strip():
        say_to_all(case, words, by=by, at=at)
    ask_each(case, at=at)
    return case


def ask_each(case: Case, *, at: datetime) -> None:
    """Everybody who left a telephone is called by somebody else than the office and asked two things.

    Who has judged this answer already is not asked again.
    """
    about = papers.judged(case)
    said = latest_about([about]).get(about, {})
    for link in voices(case):
        before = said.get(link.demand_id)
        if before is not None and case.replied_at is not None and before.at >= case.replied_at:
            continue
        line = demand_line(link.demand_id)
        if line.mask_phone or line.anonymity == "confidential":
            open_callback(
                about=about, voice_id=link.demand_id, person_id=line.person_id, judged_id=case.holder_id,
                place_path=case.place_path, at=at,
            )  # fmt: skip
