"""督办, 包案, 鉴定, earlier cases, the number of the state system, and promises about a case."""

from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import account_names, office
from minqing.kernel.errors import NotFound
from minqing.means.documents.rules import DocKind
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    day_of,
    keep,
    offer_of,
    only_holder,
    put_down,
    reason_in,
    take,
    voices,
)
from minqing.work.cases.models import Appraisal, Case, Supervision
from minqing.work.cases.queries.gate import cases_for, sits_in
from minqing.work.cases.rules import (
    APPRAISE,
    APPRAISE_TELL,
    SUPERVISE,
    LinkRing,
    NotHolder,
    NotYourVoice,
    PastDate,
)
from minqing.work.duties import commands as duties
from minqing.work.intake.queries import person_of
from minqing.work.promises.commands import make_promise


@transaction.atomic
def supervise_case(
    *, by: Actor, case_id: UUID, at: datetime, ground: str, words: str, answer_by: date | None = None,
    seen: int | None = None,
) -> Case:  # fmt: skip
    """督办函 to the office whose turn it is, with a clock of its own (art. 40)."""
    case = take(by, Verb.CASE_SUPERVISE, case_id, seen)
    seat = by.must(Verb.CASE_SUPERVISE)
    if answer_by is not None and answer_by <= day_of(at):
        raise PastDate(after=day_of(at).isoformat())
    offer = offer_of(case)
    to = office(offer.office_id if offer else case.holder_id)
    line = duties.owe(
        about=case.pk, rule=SUPERVISE, office_id=to.id, place=case.place_path, from_=at, at=at,
        term=answer_by.isoformat() if answer_by else None,
    )  # fmt: skip
    document_id = papers.issue(
        case, DocKind.SUPERVISE, by=by, office_id=seat.office_id, at=at, to_office=to.name, finding=reason_in(ground),
        ask=reason_in(words), report_by=papers.on(line.due_at), basis=f"{papers.XF}第四十条",
    )  # fmt: skip
    row = Supervision.objects.create(
        case=case, office_id=to.id, ground=ground.strip(), words=words.strip(), by_id=by.account_id, at=at,
        document_id=document_id,
    )  # fmt: skip
    case.supervised_at = case.supervised_at or at
    keep(case, "supervised_at")
    put_down(
        case, "case.supervised", by=by, at=at, office_id=to.id, supervision_id=row.pk, document_id=document_id,
        due=line.due_at,
    )  # fmt: skip
    return case


@transaction.atomic
def answer_supervision_case(
    *, by: Actor, case_id: UUID, at: datetime, supervision_id: UUID, answer: str, seen: int | None = None
) -> Case:
    """The office answers the letter; the case itself goes on."""
    case = take(by, Verb.CASE_ANSWER_SUPERVISION, case_id, seen)
    row = (
        Supervision.objects.select_related("office")
        .filter(pk=supervision_id, case=case, answered_at__isnull=True)
        .first()
    )
    if row is None:
        raise NotFound()
    if not sits_in(by, Verb.CASE_ANSWER_SUPERVISION, row.office.path):
        raise NotHolder()
    row.answer, row.answered_at = reason_in(answer), at
    row.save(update_fields=["answer", "answered_at"])
    if not Supervision.objects.filter(case=case, office=row.office, answered_at__isnull=True).exists():
        duties.meet(about=case.pk, rules=(SUPERVISE,), at=at, office_id=row.office_id)
    keep(case)
    put_down(case, "case.supervision-answered", by=by, at=at, office_id=row.office_id, supervision_id=row.pk)
    return case


@transaction.atomic
def carry_case(*, by: Actor, case_id: UUID, at: datetime, leader_id: UUID, seen: int | None = None) -> Case:
    """包案: a leader answers for it in person beside the office (art. 18)."""
    case = take(by, Verb.CASE_CARRY, case_id, seen)
    if leader_id not in account_names({leader_id}):
        raise NotFound()
    case.carried_by_id = leader_id
    keep(case, "carried_by")
    put_down(case, "case.carried", by=by, at=at, leader_id=leader_id)
    return case


@transaction.atomic
def appraise_case(
    *, by: Actor, case_id: UUID, at: datetime, body: str = "", subject: str = "", chosen_by: str = "", paid_by: str = "",
    ordered_on: date | None = None, appraisal_id: UUID | None = None, result: str = "", result_on: date | None = None,
    told_on: date | None = None, seen: int | None = None,
) -> Case:  # fmt: skip
    """鉴定: ordered (body, what, chosen and paid by whom), its result, and that the person was told. No clock stops."""
    case = take(by, Verb.CASE_APPRAISE, case_id, seen)
    only_holder(by, Verb.CASE_APPRAISE, case)
    if appraisal_id is None:
        row = Appraisal.objects.create(
            case=case, body=reason_in(body), subject=reason_in(subject), chosen_by=reason_in(chosen_by),
            paid_by=reason_in(paid_by), ordered_on=ordered_on or day_of(at),
        )  # fmt: skip
        duties.owe(
            about=case.pk,
            rule=APPRAISE,
            office_id=case.holder_id,
            place=case.place_path,
            from_=row.ordered_on,
            at=at,
        )
    else:
        found = Appraisal.objects.filter(pk=appraisal_id, case=case).first()
        if found is None:
            raise NotFound()
        row = found
        if result.strip() and not row.result:
            row.result, row.result_on = result.strip(), result_on or day_of(at)
            duties.meet(about=case.pk, rules=(APPRAISE,), at=at)
            duties.owe(
                about=case.pk,
                rule=APPRAISE_TELL,
                office_id=case.holder_id,
                place=case.place_path,
                from_=row.result_on,
                at=at,
            )
        if told_on is not None:
            row.told_on = told_on
            duties.meet(about=case.pk, rules=(APPRAISE_TELL,), at=at)
        row.save(update_fields=["result", "result_on", "told_on"])
    keep(case)
    put_down(
        case, "case.appraised", by=by, at=at, appraisal_id=row.pk, ordered_on=row.ordered_on, result_on=row.result_on,
        told_on=row.told_on,
    )  # fmt: skip
    return case


@transaction.atomic
def link_case(*, by: Actor, case_id: UUID, at: datetime, earlier_id: UUID, seen: int | None = None) -> Case:
    """An older case about the same matter is read together with this one; the older ones behind it come along."""
    case = take(by, Verb.CASE_LINK, case_id, seen)
    if not cases_for(by).filter(pk=earlier_id).exists():
        raise NotFound()
    chain = case
    passed = {case.pk}
    while chain.earlier_id is not None:
        chain = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=chain.earlier_id)
        passed.add(chain.pk)
    if earlier_id in passed or _reaches(earlier_id, case.pk):
        raise LinkRing()
    chain.earlier_id = earlier_id
    chain.save(update_fields=["earlier"])
    put_down(case, "case.linked", by=by, at=at, earlier_id=earlier_id)
    return case


def _reaches(start: UUID, goal: UUID) -> bool:
    at: UUID | None = start
    seen: set[UUID] = set()
    while at is not None and at not in seen:
        if at == goal:
            return True
        seen.add(at)
        at = Case.objects.filter(pk=at).values_list("earlier", flat=True).first()
    return False


@transaction.atomic
def number_case(*, by: Actor, case_id: UUID, at: datetime, external_no: str, seen: int | None = None) -> Case:
    """The state system's number, so that nobody types the case twice."""
    case = take(by, Verb.CASE_NUMBER, case_id, seen)
    case.external_no = external_no.strip()
    keep(case, "external_no")
    put_down(case, "case.numbered", by=by, at=at, external_no=case.external_no)
    return case


@transaction.atomic
def promise_case(
    *, by: Actor, about: str, words: str, office_id: UUID, to_person_id: UUID | None = None, condition: str = "",
    due_on: date | None = None, made_on: date, at: datetime,
) -> UUID:  # fmt: skip
    """A promise said about a case the actor has part in, to everybody in it or to one who is."""
    room, _, pk = about.partition(":")
    try:
        case = take(by, Verb.PROMISE_MAKE, UUID(pk))
    except ValueError:
        raise NotFound() from None
    if room != "case":
        raise NotFound()
    if to_person_id is not None and to_person_id not in {person_of(link.demand_id) for link in voices(case)}:
        raise NotYourVoice()
    return make_promise(
        by=by, about=about, words=words, office_id=office_id, to_person_id=to_person_id, condition=condition,
        due_on=due_on, made_on=made_on, at=at,
    )  # fmt: skip
