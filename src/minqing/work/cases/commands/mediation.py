"""调解: both sides want it, nobody is afraid, the mediator belongs to neither; each thing agreed is a dated promise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import account_names, actor, office, ties_of
from minqing.kernel.errors import NotFound
from minqing.means.documents.rules import DocKind
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.answering import end_by_agreement
from minqing.work.cases.commands.gate import day_of, keep, put_down, reason_in, take, voices
from minqing.work.cases.commands.resident import voice_of
from minqing.work.cases.models import Case, Mediation
from minqing.work.cases.rules import (
    CONSENT,
    FINAL,
    MACHINES,
    MEDIATE,
    CaseState,
    ConsentFirst,
    DutiesNeeded,
    EndedBefore,
    MediationState,
    NoConsent,
    NotNeutral,
    Track,
    ViolenceFirst,
)
from minqing.work.duties import commands as duties
from minqing.work.intake.queries import person_of
from minqing.work.promises.commands import make_promise

S = CaseState


@dataclass(frozen=True)
class Agreed:
    """One thing of an agreement: in whose words, by when, and which office sees to it (None: the mediator's)."""

    words: str
    due_on: date
    who: str = ""
    office_id: UUID | None = None


@transaction.atomic
def open_mediation(
    *, by: Actor, case_id: UUID, mediator_id: UUID, other_side: str, no_violence: bool, at: datetime,
    other_office_id: UUID | None = None, seen: int | None = None,
) -> Mediation:  # fmt: skip
    """Ask both sides. Where there is violence or a threat, protection comes first and nobody mediates."""
    case = take(by, Verb.MEDIATION_OPEN, case_id, seen)
    if S(case.state) in FINAL:
        raise EndedBefore(state=S(case.state).label)
    if not no_violence:
        raise ViolenceFirst()
    must_be_neutral(mediator_id, case, other_office_id, on=day_of(at))
    row = Mediation.objects.create(
        case=case, mediator_id=mediator_id, other_side=reason_in(other_side), other_office_id=other_office_id,
        no_violence=True, opened_at=at,
    )  # fmt: skip
    duties.owe(about=case.pk, rule=CONSENT, office_id=case.holder_id, place=case.place_path, from_=at, at=at)
    keep(case)
    put_down(case, "mediation.opened", by=by, at=at, mediation_id=row.pk)
    return row


def must_be_neutral(mediator_id: UUID, case: Case, other_office_id: UUID | None, *, on: date) -> None:
    """Not of a party's office, not kin of anybody who is, not the one who handles the case."""
    if mediator_id not in account_names({mediator_id}):
        raise NotFound()
    kin_accounts, kin_offices = ties_of(mediator_id)
    own = {seat.office_id for seat in actor(mediator_id, on=on).seats}
    near = own | kin_offices
    for account in kin_accounts:
        near |= {seat.office_id for seat in actor(account, on=on).seats}
    if mediator_id == case.handler_id or (case.handler_id in kin_accounts):
        raise NotNeutral()
    if other_office_id is not None and other_office_id in near:
        raise NotNeutral()


def _mediation(by: Actor, verb: Verb, mediation_id: UUID) -> Mediation:
    """The row, locked, for its own mediator or for a person (whose voice is asked next); to others it does not exist."""
    if by.account_id is not None:
        by.must(verb)
    row = (
        Mediation.objects.select_for_update(of=("self",), no_key=True)
        .select_related("case")
        .filter(pk=mediation_id)
        .first()
    )
    if row is None or by.account_id not in {None, row.mediator_id}:
        raise NotFound()
    return row


@transaction.atomic
def consent_mediation(
    *, by: Actor, mediation_id: UUID, at: datetime, person: bool | None = None, other: bool | None = None
) -> Mediation:
    """The person says yes or no with their code; the mediator puts down what each side said. One no ends it."""
    row = _mediation(by, Verb.MEDIATION_AGREE, mediation_id)
    case = take(by, Verb.CASE_VIEW, row.case_id)
    if by.account_id is None:
        voice_of(by, case)
        other = None
    if row.state not in {MediationState.OPENED, MediationState.CONSENTED}:
        raise ConsentFirst()
    row.person_consents = row.person_consents if person is None else person
    row.other_consents = row.other_consents if other is None else other
    if row.person_consents is False or row.other_consents is False:
        _stop(row, case, MediationState.FAILED, at=at)
    elif row.person_consents and row.other_consents and row.state == MediationState.OPENED:
        row.state = MediationState.CONSENTED
        duties.meet(about=case.pk, rules=(CONSENT,), at=at)
        duties.owe(
            about=case.pk, rule=MEDIATE, office_id=case.holder_id, place=case.place_path, from_=at, at=at
        )
    row.save(update_fields=["person_consents", "other_consents", "state", "ended_at"])
    keep(case)
    put_down(case, "mediation.consented", by=by, at=at, mediation_id=row.pk, state=MediationState(row.state))
    return row


@transaction.atomic
def agree_mediation(
    *,
    by: Actor,
    mediation_id: UUID,
    at: datetime,
    agreement: str,
    parts: Sequence[Agreed],
    ends_case: bool = True,
) -> Mediation:
    """The agreement in writing. Each thing to be done becomes a promise with its day; the case ends by it if it may."""
    row = _mediation(by, Verb.MEDIATION_AGREE, mediation_id)
    case = take(by, Verb.MEDIATION_AGREE, row.case_id)
    if row.state != MediationState.CONSENTED:
        raise NoConsent() if row.state == MediationState.OPENED else ConsentFirst()
    if not parts or any(not part.words.strip() or part.due_on is None for part in parts):
        raise DutiesNeeded()
    seat = by.must(Verb.MEDIATION_AGREE)
    links = voices(case)
    person = person_of(links[0].demand_id) if len(links) == 1 else None
    told = []
    for part in parts:
        watching = part.office_id or seat.office_id
        make_promise(
            by=by, about=papers.about(case), words=part.words.strip(), office_id=watching, to_person_id=person,
            due_on=part.due_on, made_on=day_of(at), at=at,
        )  # fmt: skip
        told.append((part.who.strip() or office(watching).name, part.words.strip(), part.due_on))
    row.state, row.agreement, row.ended_at = MediationState.AGREED, reason_in(agreement), at
    row.document_id = papers.issue(
        case, DocKind.MEDIATION, by=by, office_id=seat.office_id, at=at, facts=row.agreement,
        promises=papers.promised(told), mediator=account_names({row.mediator_id})[row.mediator_id],
        effect="双方签名后生效。一方不做的，另一方可以请调解员督促，也可以依法申请司法确认或者起诉。",
    )  # fmt: skip
    row.save(update_fields=["state", "agreement", "ended_at", "document_id"])
    duties.meet(about=case.pk, rules=(MEDIATE, CONSENT), at=at)
    keep(case)
    put_down(
        case,
        "mediation.agreed",
        by=by,
        at=at,
        mediation_id=row.pk,
        document_id=row.document_id,
        parts=len(parts),
    )
    if ends_case and MACHINES[Track(case.track)].may(S(case.state), "settle"):
        end_by_agreement(case, by=by, at=at, text=row.agreement)
    return row


@transaction.atomic
def end_mediation(
    *, by: Actor, mediation_id: UUID, at: datetime, why: str, violence: bool = False
) -> Mediation:
    """No agreement, or it should not go on; the case itself goes on with its own clock."""
    row = _mediation(by, Verb.MEDIATION_END, mediation_id)
    case = take(by, Verb.MEDIATION_END, row.case_id)
    if row.state not in {MediationState.OPENED, MediationState.CONSENTED}:
        raise ConsentFirst()
    row.agreement = reason_in(why)
    row.no_violence = not violence
    _stop(row, case, MediationState.STOPPED if violence else MediationState.FAILED, at=at)
    row.save(update_fields=["state", "agreement", "ended_at", "no_violence"])
    keep(case)
    put_down(case, "mediation.ended", by=by, at=at, mediation_id=row.pk, state=MediationState(row.state))
    return row


def _stop(row: Mediation, case: Case, state: MediationState, *, at: datetime) -> None:
    row.state, row.ended_at = state, at
    duties.meet(about=case.pk, rules=(CONSENT, MEDIATE), at=at)
