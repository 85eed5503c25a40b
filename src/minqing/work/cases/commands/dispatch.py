"""Opening a case and finding whose it is: forward, assign, object, return, arbitrate, and the lawful ways out."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import OfficeLine, office
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.errors import NotAllowed, NotFound, Refusal
from minqing.means.documents.rules import DocKind
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    day_of,
    finish,
    keep,
    offer_of,
    only_offered,
    only_turn,
    put_down,
    reason_in,
    take,
    told_due,
    turn,
)
from minqing.work.cases.models import Case, Hold
from minqing.work.cases.rules import (
    ASSIST,
    MACHINES,
    OBJECT,
    REPORT,
    RETURN_LIMIT,
    TELL,
    CaseState,
    HoldRole,
    HoldState,
    MatterNeeded,
    ObjectedBefore,
    ObjectionLate,
    PastDate,
    Path,
    PushedDown,
    ReturnedTooOften,
    ReturnFirst,
    SameOffice,
    Track,
)
from minqing.work.duties import commands as duties

S = CaseState
ASK = "请依法办理，书面答复本人，并告知我们结果。"


@dataclass(frozen=True)
class Bulk:
    """What became of each case of a bulk act."""

    done: list[UUID] = field(default_factory=list)
    refused: list[tuple[UUID, Refusal]] = field(default_factory=list)


@transaction.atomic
def forward_case(
    *,
    by: Actor,
    case_id: UUID,
    at: datetime,
    office_id: UUID,
    words: str = "",
    basis: str = "",
    seen: int | None = None,
) -> Case:
    """转送: the office is asked to take it; until it accepts, the first holder still answers for the case (art. 22)."""
    case = take(by, Verb.CASE_FORWARD, case_id, seen)
    return _offer(case, "forward", by=by, at=at, office_id=office_id, words=words, basis=basis)


@transaction.atomic
def assign_case(
    *, by: Actor, case_id: UUID, at: datetime, office_id: UUID, words: str = "", basis: str = "",
    report_by: date | None = None, seen: int | None = None,
) -> Case:  # fmt: skip
    """交办: as forwarding, with a result to be reported by a day (art. 22)."""
    case = take(by, Verb.CASE_ASSIGN, case_id, seen)
    if report_by is not None and report_by < day_of(at):
        raise PastDate(after=day_of(at).isoformat())
    return _offer(
        case, "assign", by=by, at=at, office_id=office_id, words=words, basis=basis, report_by=report_by
    )


def _offer(
    case: Case, act: str, *, by: Actor, at: datetime, office_id: UUID, words: str, basis: str,
    report_by: date | None = None, how: str = "",
) -> Case:  # fmt: skip
    to = office(office_id)
    if act != "arbitrate" and case.returns >= RETURN_LIMIT:
        raise ReturnedTooOften(limit=RETURN_LIMIT)
    if office_id == case.holder_id:
        raise SameOffice(office=to.name)
    check_catalogue(case, to, at)
    MACHINES[Track(case.track)].after(S(case.state), act)
    Hold.objects.create(
        case=case, office_id=office_id, how=how or act, words=words.strip(), basis=basis.strip(),
        given_by=by.account_id, given_at=at,
    )  # fmt: skip
    turn(case, act, at=at)
    if act == "assign":
        duties.owe(
            about=case.pk, rule=REPORT, office_id=office_id, place=case.place_path, from_=at, at=at,
            term=report_by.isoformat() if report_by else None,
        )  # fmt: skip
    keep(case)
    told = {"forward": "case.forwarded", "assign": "case.assigned", "arbitrate": "case.arbitrated"}[act]
    document_id = _letter(case, act, by=by, at=at, to=to, words=words, basis=basis, report_by=report_by)
    put_down(case, told, by=by, at=at, office_id=office_id, document_id=document_id, due=told_due(case))
    return case


def _letter(
    case: Case,
    act: str,
    *,
    by: Actor,
    at: datetime,
    to: OfficeLine,
    words: str,
    basis: str,
    report_by: date | None,
) -> UUID | None:
    """Only petitions travel with letters (转送函, 交办函); an order is its own paper."""
    if case.track != Track.PETITION:
        return None
    day = day_of(at)
    parts = {
        "to_office": to.name, "received_on": papers.received_on(case).isoformat(), "request": papers.request_of(case),
        "ask": words.strip() or ASK, "basis": basis.strip() or f"{papers.XF}第二十二条",
    }  # fmt: skip
    if act == "forward":
        kind, parts = (
            DocKind.FORWARD,
            parts | {"tell_by": law.due(TELL[Track(case.track)], day).due_on.isoformat()},
        )
    else:
        until = report_by or law.due(REPORT, day).due_on
        kind, parts = DocKind.ASSIGN, parts | {"report_by": until.isoformat()}
    return papers.issue(case, kind, by=by, office_id=case.holder_id, at=at, **parts)


def check_catalogue(case: Case, to: OfficeLine, at: datetime, *, assisting: bool = False) -> None:
    """What the law gives to a department is not handed down to a village (国办函〔2025〕66号)."""
    if to.kind != OfficeKind.VILLAGE:
        return
    if not case.matter:
        raise MatterNeeded()
    entry = law.catalogue(day_of(at)).get(case.matter)
    if not entry.may_go_to("village", assisting=assisting):
        raise PushedDown(matter=entry.name_zh, basis=entry.cited() or "派单目录")


@transaction.atomic
def assist_case(
    *, by: Actor, case_id: UUID, at: datetime, office_id: UUID, words: str, days: int | None = None,
    term: str | None = None, seen: int | None = None,
) -> Case:  # fmt: skip
    """Ask another office to help, with a clock of its own beside the holder's."""
    case = take(by, Verb.CASE_ASSIST, case_id, seen)
    to = office(office_id)
    reason_in(words)
    if S(case.state) in MACHINES[Track(case.track)].final() or office_id == case.holder_id:
        raise SameOffice(office=to.name) if office_id == case.holder_id else NotAllowed()
    if Hold.objects.filter(
        case=case, office_id=office_id, role=HoldRole.ASSIST, state__in=["offered", "held"]
    ).exists():
        raise SameOffice(office=to.name)
    check_catalogue(case, to, at, assisting=True)
    Hold.objects.create(
        case=case,
        office_id=office_id,
        role=HoldRole.ASSIST,
        how="assist",
        words=words,
        given_by=by.account_id,
        given_at=at,
    )
    length = term or (f"{days}D" if days else None)
    line = duties.owe(
        about=case.pk, rule=ASSIST, office_id=office_id, place=case.place_path, from_=at, at=at, term=length
    )
    keep(case)
    put_down(case, "case.assisted", by=by, at=at, office_id=office_id, due=line.due_at)
    return case


@transaction.atomic
def refer_up_case(*, by: Actor, case_id: UUID, at: datetime, reason: str, seen: int | None = None) -> Case:
    """报请决定: grave and urgent matters go to the county the same day (art. 25)."""
    case = take(by, Verb.CASE_REFER_UP, case_id, seen)
    reason_in(reason)
    turn(case, "refer-up", at=at)
    keep(case)
    put_down(case, "case.referred-up", by=by, at=at, due=case.due_at)
    return case


@transaction.atomic
def redirect_case(
    *, by: Actor, case_id: UUID, at: datetime, way: Path | str, reason: str, basis: str, where_to: str = "",
    seen: int | None = None,
) -> Case:  # fmt: skip
    """引导法定途径: court, arbitration, an administrative procedure; said in writing, with where to go (art. 31)."""
    case = take(by, Verb.CASE_REDIRECT, case_id, seen)
    here, way = only_turn(by, Verb.CASE_REDIRECT, case), Path(way)
    reason_in(reason)
    reason_in(basis)
    case.way = way
    _leave_hands(case, "redirect", at=at)
    document_id = papers.issue(
        case, DocKind.REDIRECT, by=by, office_id=here.id, at=at, received_on=papers.received_on(case).isoformat(),
        path=f"{way.label}：{reason.strip()}", where_to=where_to.strip() or reason.strip(), basis=basis.strip(),
    )  # fmt: skip
    keep(case, "way")
    put_down(case, "case.redirected", by=by, at=at, office_id=here.id, way=way, document_id=document_id)
    return case


@transaction.atomic
def decline_case(
    *,
    by: Actor,
    case_id: UUID,
    at: datetime,
    reason: str,
    basis: str,
    where_to: str = "",
    seen: int | None = None,
) -> Case:
    """不予受理, told in writing with the reason and whom to ask instead (art. 19, 22)."""
    case = take(by, Verb.CASE_DECLINE, case_id, seen)
    here = only_turn(by, Verb.CASE_DECLINE, case)
    reason_in(reason)
    reason_in(basis)
    _leave_hands(case, "decline", at=at)
    document_id = papers.issue(
        case, DocKind.DECLINE, by=by, office_id=here.id, at=at, received_on=papers.received_on(case).isoformat(),
        reason=reason.strip(), basis=basis.strip(), where_to=where_to.strip() or "您可以拨打县里的热线，请人帮您找到该办的单位。",
    )  # fmt: skip
    keep(case)
    put_down(case, "case.declined", by=by, at=at, office_id=here.id, document_id=document_id)
    return case


@transaction.atomic
def no_longer_case(*, by: Actor, case_id: UUID, at: datetime, reason: str, seen: int | None = None) -> Case:
    """不再受理: the same facts after all three stages (art. 36). Help and care by the home office go on (art. 37)."""
    case = take(by, Verb.CASE_NO_LONGER, case_id, seen)
    reason_in(reason)
    ended = case.earlier.number if case.earlier else ""
    _leave_hands(case, "no-longer", at=at)
    document_id = papers.issue(
        case, DocKind.NO_LONGER, by=by, office_id=case.holder_id, at=at, received_on=papers.received_on(case).isoformat(),
        ended_by=f"原事项编号 {ended}" if ended else reason.strip(), reason=reason.strip(), basis=f"{papers.XF}第三十六条",
    )  # fmt: skip
    keep(case)
    put_down(case, "case.no-longer", by=by, at=at, document_id=document_id)
    return case


def _leave_hands(case: Case, act: str, *, at: datetime) -> None:
    turn(case, act, at=at)
    Hold.objects.filter(case=case, state__in=["offered", "held", "objected"]).update(
        state=HoldState.DONE, ended_at=at
    )
    finish(case, at=at)


@transaction.atomic
def object_case(
    *, by: Actor, case_id: UUID, at: datetime, reason: str, basis: str, seen: int | None = None
) -> Case:
    """退回异议, within five workdays of receipt, with reason and basis (art. 23). Twice returned, only the arbiter."""
    case = take(by, Verb.CASE_OBJECT, case_id, seen)
    offer = only_offered(by, Verb.CASE_OBJECT, case)
    if case.returns >= RETURN_LIMIT or offer.how == "arbitrate":
        raise ReturnedTooOften(limit=RETURN_LIMIT)
    if offer.answered_at is not None and S(case.state) is not S.OBJECTED:
        raise ObjectedBefore()
    until = law.due(OBJECT[Track(case.track)], offer.given_at)
    if at > until.due_at:
        raise ObjectionLate(until=until.due_on.isoformat())
    turn(case, "object", at=at)
    offer.state, offer.reason, offer.basis, offer.answered_at = (
        HoldState.OBJECTED,
        reason_in(reason),
        reason_in(basis),
        at,
    )
    offer.save(update_fields=["state", "reason", "basis", "answered_at"])
    keep(case)
    put_down(case, "case.objected", by=by, at=at, office_id=offer.office_id, due=case.due_at)
    return case


@transaction.atomic
def return_case(*, by: Actor, case_id: UUID, at: datetime, words: str = "", seen: int | None = None) -> Case:
    """The objection is right: back to the first holder, to be sent elsewhere. The second time it is the arbiter's."""
    case, offer = _objection(by, Verb.CASE_RETURN, case_id, seen)
    offer.state, offer.ended_at, offer.words = HoldState.RETURNED, at, words or offer.words
    offer.save(update_fields=["state", "ended_at", "words"])
    case.returns += 1
    duties.drop(about=case.pk, rules=(TELL[Track(case.track)], REPORT), why="returned", at=at)
    turn(case, "return", at=at)
    keep(case, "returns")
    put_down(
        case, "case.returned", by=by, at=at, office_id=offer.office_id, returns=case.returns, due=case.due_at
    )
    return case


@transaction.atomic
def uphold_case(*, by: Actor, case_id: UUID, at: datetime, words: str, seen: int | None = None) -> Case:
    """The objection is not right: the office keeps it and the clock it had."""
    case, offer = _objection(by, Verb.CASE_UPHOLD, case_id, seen)
    offer.state, offer.words = HoldState.OFFERED, reason_in(words)
    offer.save(update_fields=["state", "words"])
    turn(case, "uphold", at=at)
    keep(case)
    put_down(case, "case.upheld", by=by, at=at, office_id=offer.office_id, due=case.due_at)
    return case


def _objection(by: Actor, verb: Verb, case_id: UUID, seen: int | None) -> tuple[Case, Hold]:
    """An objection is decided by whoever sent the case, never by the office that objects."""
    case = take(by, verb, case_id, seen)
    offer = offer_of(case)
    if offer is None:
        raise NotFound()
    if any(seat.office_id == offer.office_id for seat in by.seats_for(verb)):
        raise NotAllowed()
    return case, offer


@transaction.atomic
def arbitrate_case(
    *,
    by: Actor,
    case_id: UUID,
    at: datetime,
    office_id: UUID,
    reason: str,
    basis: str,
    seen: int | None = None,
) -> Case:
    """After two returns the arbiter names the office (art. 24). It cannot be returned any more."""
    case = take(by, Verb.CASE_ARBITRATE, case_id, seen)
    if case.returns < RETURN_LIMIT:
        raise ReturnFirst(limit=RETURN_LIMIT, returns=case.returns)
    MACHINES[Track(case.track)].after(S(case.state), "arbitrate")
    reason_in(reason)
    reason_in(basis)
    offer = offer_of(case)
    if offer is not None:
        offer.state, offer.ended_at = HoldState.PASSED, at
        offer.save(update_fields=["state", "ended_at"])
        duties.drop(about=case.pk, rules=(TELL[Track(case.track)], REPORT), why="arbitrated", at=at)
    return _offer(case, "arbitrate", by=by, at=at, office_id=office_id, words=reason, basis=basis)


def bulk_assign(*, by: Actor, case_ids: Iterable[UUID], office_id: UUID, words: str, at: datetime) -> Bulk:
    """The same office for many cases; what cannot go there is named, the others go."""
    by.must(Verb.CASE_ASSIGN)
    result = Bulk()
    for case_id in case_ids:
        try:
            assign_case(by=by, case_id=case_id, at=at, office_id=office_id, words=words)
        except Refusal as refusal:
            result.refused.append((case_id, refusal))
        else:
            result.done.append(case_id)
    return result
