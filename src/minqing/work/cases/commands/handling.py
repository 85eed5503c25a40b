"""What the holder does: accept, speak with the person, ask for time, answer, park, settle, end."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import office
from minqing.ground.people.commands import open_contact as open_identity
from minqing.ground.people.rules import Contact, Purpose
from minqing.means.documents.rules import DocKind
from minqing.record.facts.commands import record
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    answer_of,
    day_of,
    keep,
    lead_of,
    move_voices,
    offer_of,
    only_holder,
    only_offered,
    put_down,
    reason_in,
    take,
    told_due,
    turn,
    voices,
)
from minqing.work.cases.models import Case, ExtensionAsk, Hold, Link, Talk
from minqing.work.cases.queries.beside import contact_person
from minqing.work.cases.queries.gate import sits_in
from minqing.work.cases.rules import (
    CONTACT,
    EXTEND_DAYS,
    FINAL,
    MACHINES,
    CaseState,
    EndedBefore,
    ExtendedBefore,
    ExtensionTooLong,
    HoldState,
    NothingAsked,
    NotHolder,
    NotYourVoice,
    Side,
    Track,
)
from minqing.work.duties import commands as duties
from minqing.work.duties.queries import duties_about
from minqing.work.duties.rules import DutyLine

S = CaseState


@transaction.atomic
def accept_case(*, by: Actor, case_id: UUID, at: datetime, words: str = "", seen: int | None = None) -> Case:
    """The office takes it: from now on it is the holder, and the days of the answer run (art. 23, 34)."""
    case = take(by, Verb.CASE_ACCEPT, case_id, seen)
    MACHINES[Track(case.track)].after(S(case.state), "accept")
    offer = offer_of(case)
    if offer is None:
        only_holder(by, Verb.CASE_ACCEPT, case)
    else:
        offer = only_offered(by, Verb.CASE_ACCEPT, case)
        take_over(case, offer, at=at)
    case.accepted_on, case.handler_id = day_of(at), by.account_id
    turn(case, "accept", at=at, from_=day_of(at) if case.track == Track.PETITION else at)
    duties.move(about=case.pk, rules=(answer_of(case),), office_id=case.holder_id)
    if case.track == Track.ORDER:
        duties.owe(
            about=case.pk, rule=CONTACT, office_id=case.holder_id, place=case.place_path, from_=at, at=at
        )
    keep(case, "holder", "holder_path", "held_since", "accepted_on", "handler")
    document_id = _accept_notice(case, by=by, at=at) if case.track == Track.PETITION else None
    put_down(
        case,
        "case.accepted",
        by=by,
        at=at,
        office_id=case.holder_id,
        due=told_due(case),
        document_id=document_id,
    )
    if words.strip():
        say_to_all(case, words, by=by, at=at)
    return case


def take_over(case: Case, offer: Hold, *, at: datetime) -> None:
    before = lead_of(case)
    if before is not None:
        before.state, before.ended_at = HoldState.PASSED, at
        before.save(update_fields=["state", "ended_at"])
    offer.state, offer.answered_at = HoldState.HELD, at
    offer.save(update_fields=["state", "answered_at"])
    case.holder_id, case.holder_path, case.held_since = offer.office_id, offer.office.path, at
    move_voices(case)


def _accept_notice(case: Case, *, by: Actor, at: datetime) -> UUID:
    due = law.due(answer_of(case), day_of(at))
    return papers.issue(
        case, DocKind.ACCEPT, by=by, office_id=case.holder_id, at=at, received_on=papers.received_on(case).isoformat(),
        holder=office(case.holder_id).name, due_on=due.due_on.isoformat(), due_why=law.explain(due, "zh-hans"),
        procedure="我们调查核实后书面答复您；需要延长的，会写明理由告诉您。", basis=f"{papers.XF}第二十三条、第三十四条",
        unhappy="对书面答复不服的，可以在收到之日起30日内请求复查；没解决的，凭查询码点“没解决”，这件事重新办理。",
    )  # fmt: skip


@transaction.atomic
def contact_case(*, by: Actor, case_id: UUID, at: datetime, words: str = "", seen: int | None = None) -> Case:
    """The office has spoken with the person for the first time."""
    case = take(by, Verb.CASE_CONTACT, case_id, seen)
    only_holder(by, Verb.CASE_CONTACT, case)
    working(case)
    case.contacted_at = case.contacted_at or at
    duties.meet(about=case.pk, rules=(CONTACT,), at=at)
    keep(case, "contacted_at")
    put_down(case, "case.contacted", by=by, at=at, office_id=case.holder_id)
    if words.strip():
        say_to_all(case, words, by=by, at=at)
    return case


@transaction.atomic
def talk_case(
    *, by: Actor, case_id: UUID, at: datetime, demand_id: UUID, text: str, seen: int | None = None
) -> Case:
    """A message from the office to one person in the case."""
    case = take(by, Verb.CASE_TALK, case_id, seen)
    _one_of_ours(by, Verb.CASE_TALK, case)
    if not Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).exists():
        raise NotYourVoice()
    Talk.objects.create(
        case=case, demand_id=demand_id, side=Side.OFFICE, text=reason_in(text), by_id=by.account_id, at=at
    )
    put_down(case, "case.talked", by=by, at=at, side=Side.OFFICE, demand_id=demand_id)
    return case


def say_to_all(case: Case, words: str, *, by: Actor, at: datetime) -> None:
    for link in voices(case):
        Talk.objects.create(
            case=case,
            demand_id=link.demand_id,
            side=Side.OFFICE,
            text=words.strip(),
            by_id=by.account_id,
            at=at,
        )


def _one_of_ours(by: Actor, verb: Verb, case: Case) -> None:
    """The holder, an office that assists or was offered the case, or the desk that sent it."""
    paths = [case.holder_path, office(case.first_holder_id).path]
    paths += Hold.objects.filter(case=case, state__in=["offered", "held", "objected"]).values_list(
        "office__path", flat=True
    )
    if not any(sits_in(by, verb, path) for path in paths):
        raise NotHolder()


def open_contact(*, by: Actor, case_id: UUID, demand_id: UUID, at: datetime) -> Contact:
    """One click by the assigned office while the case is theirs: written down first, then shown, and told to the person."""
    person_id = contact_person(by, case_id, demand_id)
    office_id = str(by.office_id) if by.office_id else None
    with transaction.atomic():
        record(
            kind="contact.opened",
            about=demand_id,
            by=by.account_id,
            at=at,
            case_id=str(case_id),
            office_id=office_id,
        )
    return open_identity(by=by, person_id=person_id, purpose=Purpose.HANDLE, about=f"case:{case_id}", at=at)


@transaction.atomic
def ask_extension_case(
    *, by: Actor, case_id: UUID, at: datetime, days: int, reason: str, seen: int | None = None
) -> Case:
    """The handler asks the head of the office for time."""
    case = take(by, Verb.CASE_ASK_EXTENSION, case_id, seen)
    only_holder(by, Verb.CASE_ASK_EXTENSION, case)
    _may_extend(case, days)
    assert by.account_id is not None
    ExtensionAsk.objects.filter(case=case, answered_at__isnull=True).delete()
    ExtensionAsk.objects.create(
        case=case, days=days, reason=reason_in(reason), asked_by=by.account_id, asked_at=at
    )
    put_down(case, "case.extension-asked", by=by, at=at, days=days)
    return case


def _may_extend(case: Case, days: int) -> None:
    if case.extended_days > 0 or S(case.state) is S.EXTENDED:
        raise ExtendedBefore()
    MACHINES[Track(case.track)].after(S(case.state), "extend")
    open_duty = next((line for line in duties_open(case) if line.rule == answer_of(case)), None)
    limit = min(EXTEND_DAYS, law.rule(answer_of(case), open_duty.from_on if open_duty else None).extend)
    if not 0 < days <= limit:
        raise ExtensionTooLong(limit=limit)


@transaction.atomic
def extend_case(
    *, by: Actor, case_id: UUID, at: datetime, days: int, reason: str, seen: int | None = None
) -> Case:
    """Only the head of the office, once, by at most thirty days, with a reason the person reads (art. 34)."""
    case = take(by, Verb.CASE_EXTEND, case_id, seen)
    only_holder(by, Verb.CASE_EXTEND, case)
    _may_extend(case, days)
    reason, rule = reason_in(reason), answer_of(case)
    before = next((line.due_at for line in duties_open(case) if line.rule == rule), case.due_at or at)
    turn(case, "extend", at=at)
    line = duties.extend(about=case.pk, rule=rule, days=days, at=at)
    case.extended_days = days
    ExtensionAsk.objects.filter(case=case, answered_at__isnull=True).update(
        answered_by=by.account_id, answered_at=at, granted=True
    )
    keep(case, "extended_days")
    document_id = papers.issue(
        case, DocKind.EXTEND, by=by, office_id=case.holder_id, at=at, received_on=papers.received_on(case).isoformat(),
        due_on=papers.on(before), reason=reason, days=days, extended_to=papers.on(line.due_at),
        basis=f"{papers.XF}第三十四条" if case.track == Track.PETITION else "热线办理期限的规定",
    )  # fmt: skip
    put_down(
        case,
        "case.extended",
        by=by,
        at=at,
        office_id=case.holder_id,
        days=days,
        due=line.due_at,
        document_id=document_id,
    )
    return case


@transaction.atomic
def refuse_extension_case(*, by: Actor, case_id: UUID, at: datetime, seen: int | None = None) -> Case:
    """The head says no: the day stays."""
    case = take(by, Verb.CASE_EXTEND, case_id, seen)
    only_holder(by, Verb.CASE_EXTEND, case)
    asked = ExtensionAsk.objects.filter(case=case, answered_at__isnull=True)
    if not asked.update(answered_by=by.account_id, answered_at=at, granted=False):
        raise NothingAsked()
    put_down(case, "case.extension-refused", by=by, at=at)
    return case


def duties_open(case: Case) -> list[DutyLine]:
    return [line for line in duties_about([case.pk]).get(case.pk, ()) if line.met_at is None]


def working(case: Case) -> None:
    """Refuses when the office is not at work on the case now."""
    if S(case.state) in FINAL:
        raise EndedBefore(state=S(case.state).label)
    MACHINES[Track(case.track)].after(S(case.state), "reply")
