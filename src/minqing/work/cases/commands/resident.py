"""What the person does with their own query code: judge, reopen, speak, take back; and the calls that ask them."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import offices
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.people.queries import sealed_contact
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.record.facts.queries import facts_about
from minqing.work.cases.commands import papers
from minqing.work.cases.commands.gate import (
    day_of,
    end_shells,
    finish,
    keep,
    put_down,
    reason_in,
    step_out,
    take,
    told_due,
    turn,
    voices,
    wake,
)
from minqing.work.cases.commands.parting import go_on
from minqing.work.cases.commands.serving import move_on
from minqing.work.cases.models import Case, Hold, Link, Talk, Withdrawal
from minqing.work.cases.queries.gate import WITHDRAWN
from minqing.work.cases.rules import (
    DECIDED,
    FINAL,
    MACHINES,
    WITHDRAW_CALL,
    WORKING,
    CaseState,
    EndedBefore,
    HoldRole,
    HoldState,
    NotFree,
    NothingAsked,
    NothingToJudge,
    NotYourVoice,
    OwnOfficeCalls,
    Side,
    Track,
    WithdrawalPending,
)
from minqing.work.duties import commands as duties
from minqing.work.duties.queries import next_due
from minqing.work.intake.commands import mark_closed, mark_in_case
from minqing.work.intake.queries import person_of
from minqing.work.judgement import commands as judgement
from minqing.work.judgement.queries import CallbackLine, callback_for, latest_about
from minqing.work.judgement.rules import Asked, Explained, Solved, soon_after
from minqing.work.promises.commands import judge_promise

S = CaseState
SPOKEN = frozenset({"case.contacted", "case.talked", "contact.opened"})


def voice_of(by: Actor, case: Case) -> Link:
    """The word in the case whose code the actor holds."""
    if by.demand_id is None:
        raise NotYourVoice()
    link = Link.objects.filter(case=case, demand_id=by.demand_id, left_at__isnull=True).first()
    if link is None:
        raise NotYourVoice()
    return link


@transaction.atomic
def give_verdict(
    *,
    by: Actor,
    case_id: UUID,
    at: datetime,
    solved: Solved | str,
    explained: Explained | str,
    words: str = "",
) -> tuple[int, bool]:
    """Solved? Explained? "Not solved" opens the case again with its clock in the same transaction.

    Answers (version of the verdict, reopened).
    """
    case = take(by, Verb.CASE_REOPEN, case_id)
    link = voice_of(by, case)
    if S(case.state) not in DECIDED and case.replied_at is None:
        raise NothingToJudge()
    version = judgement.give_verdict(
        about=papers.judged(case), voice_id=link.demand_id, office_id=case.holder_id, place_path=case.place_path,
        solved=solved, explained=explained, words=words, asked=Asked.SELF, by_id=None, at=at,
        after_contact=_spoken_lately(case, link.demand_id, at),
    )  # fmt: skip
    return version, _judged(case, link, by=by, at=at, solved=Solved(solved))


@transaction.atomic
def work_callback(
    *, by: Actor, callback_id: UUID, at: datetime, act: str, solved: Solved | str | None = None,
    explained: Explained | str | None = None, words: str = "",
) -> tuple[CallbackLine, bool]:  # fmt: skip
    """What came of a call. "Not solved" opens the case again with it; about a promise, only this makes it kept.

    Answers (the callback, reopened).
    """
    asked = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    kind, _sep, subject = asked.about.partition(":")
    case = _case_now(UUID(subject), asked.voice_id) if kind == "case" else None
    lately = _spoken_lately(case, asked.voice_id, at) if case else False
    line = judgement.work_callback(
        by=by,
        callback_id=callback_id,
        at=at,
        act=act,
        solved=solved,
        explained=explained,
        words=words,
        after_contact=lately,
    )
    if act != "reach" or solved is None:
        return line, False
    if kind == "promise":
        judge_promise(
            promise_id=UUID(subject),
            kept=Solved(solved) is Solved.YES,
            at=at,
            by_id=by.account_id,
            asked=Asked.CALLBACK,
        )
        return line, False
    link = Link.objects.filter(case=case, demand_id=asked.voice_id, left_at__isnull=True).first()
    if case is None or link is None:
        return line, False
    return line, _judged(case, link, by=by, at=at, solved=Solved(solved))


def _case_now(first: UUID, demand_id: UUID) -> Case | None:
    """Where the voice that was asked about this case speaks by now: there, or in a case that carries it on."""
    for link in Link.objects.filter(demand_id=demand_id, left_at__isnull=True).select_related("case"):
        if first in papers.trail(link.case):
            return Case.objects.select_for_update(of=("self",), no_key=True).get(pk=link.case_id)
    return None


def _judged(case: Case, link: Link, *, by: Actor, at: datetime, solved: Solved) -> bool:
    link.confirmed_at = at if solved is Solved.YES else None
    link.save(update_fields=["confirmed_at"])
    case.n_confirmed = Link.objects.filter(
        case=case, left_at__isnull=True, confirmed_at__isnull=False
    ).count()
    keep(case, "n_confirmed")
    reopened = solved is Solved.NO and MACHINES[Track(case.track)].may(S(case.state), "reopen")
    if reopened:
        reopen_for(case, link, by=by, at=at)
    return reopened


def reopen_for(case: Case, link: Link, *, by: Actor, at: datetime, back: bool = False) -> Case:
    """Open again for the one who said so (or came `back`): alone in their case, or beside the others, whose answer stands."""
    told = "case.rejoined" if back else "case.reopened"
    onward, _link = go_on(case, link, why="came back" if back else "not-solved", by=by, at=at, together=True)
    if S(onward.state) not in WORKING:
        reopen(onward, by=by, at=at, back=back)
        return onward
    mark_in_case(link.demand_id)
    mine = next_due(link.demand_id)
    put_down(
        onward, told, by=by, at=at, office_id=onward.holder_id, times=onward.reopened,
        due=mine.due_at if mine else onward.due_at, demand_id=link.demand_id,
    )  # fmt: skip
    return onward


def reopen(case: Case, *, by: Actor, at: datetime, back: bool = False) -> None:
    """The same office works on it again; what it had late before stays late."""
    told = "case.rejoined" if back else "case.reopened"
    case.reopened += 1
    case.extended_days = 0
    turn(case, "reopen", at=at, from_=day_of(at) if case.track == Track.PETITION else at)
    case.ended_at = None
    lead = Hold.objects.filter(case=case, role=HoldRole.LEAD, state=HoldState.HELD).exists()
    if not lead:
        Hold.objects.create(
            case=case,
            office_id=case.holder_id,
            state=HoldState.HELD,
            how="reopen",
            given_at=at,
            answered_at=at,
        )
    wake(case)
    keep(case, "reopened", "extended_days")
    put_down(case, told, by=by, at=at, office_id=case.holder_id, times=case.reopened, due=told_due(case))


def _spoken_lately(case: Case, demand_id: UUID, at: datetime) -> bool:
    """Whether the office reached for this person shortly before a verdict is changed."""
    about = papers.judged(case)
    before = latest_about([about]).get(about, {}).get(demand_id)
    if before is None:
        return False
    spoken = [
        fact.at for fact in facts_about(case.pk, demand_id)
        if fact.kind in SPOKEN and fact.body.get("side", Side.OFFICE) == Side.OFFICE
        and fact.body.get("demand_id", str(demand_id)) == str(demand_id) and fact.at >= before.at
    ]  # fmt: skip
    return soon_after(max(spoken, default=None), at)


@transaction.atomic
def say(*, by: Actor, case_id: UUID, text: str, at: datetime) -> None:
    """A message from the person to the office."""
    case = take(by, Verb.CASE_TALK, case_id)
    link = voice_of(by, case)
    Talk.objects.create(case=case, demand_id=link.demand_id, side=Side.PERSON, text=reason_in(text), at=at)
    put_down(case, "case.talked", by=by, at=at, side=Side.PERSON, demand_id=link.demand_id)


@transaction.atomic
def ask_withdrawal(*, by: Actor, case_id: UUID, at: datetime) -> Withdrawal:
    """撤回: in force after seven days and a call by somebody outside the handling office; one word undoes it."""
    case = take(by, Verb.CASE_WITHDRAW, case_id)
    link = voice_of(by, case)
    if not MACHINES[Track(case.track)].may(S(case.state), "withdraw"):
        raise EndedBefore(state=S(case.state).label)
    known = Withdrawal.objects.filter(link=link, done_at__isnull=True, undone_at__isnull=True).first()
    if known is not None:
        return known
    effective = law.due("xf.withdraw", day_of(at)).due_at
    asked = Withdrawal.objects.create(link=link, asked_at=at, effective_at=effective)
    duties.owe(
        about=link.demand_id,
        rule=WITHDRAW_CALL,
        office_id=calling_office(case),
        place=case.place_path,
        from_=at,
        at=at,
    )
    put_down(case, "case.withdrawal-asked", by=by, at=at, demand_id=link.demand_id, effective=effective)
    return asked


def calling_office(case: Case) -> UUID:
    """Who asks whether the person is free: the petition desk, or the hotline when the desk itself handles the case."""
    for kind in (OfficeKind.PETITION_DESK, OfficeKind.HOTLINE, OfficeKind.ARBITER):
        for line in offices(kinds=[kind]):
            if not (line.path.startswith(case.holder_path) or case.holder_path == line.path):
                return line.id
    return case.first_holder_id


@transaction.atomic
def undo_withdrawal(*, by: Actor, case_id: UUID, at: datetime) -> None:
    """The person changes their mind: nothing was ever taken back."""
    case = take(by, Verb.CASE_WITHDRAW, case_id)
    link = voice_of(by, case)
    asked = Withdrawal.objects.filter(link=link, done_at__isnull=True, undone_at__isnull=True)
    if not asked.update(undone_at=at):
        raise NothingAsked()
    duties.drop(about=link.demand_id, rules=(WITHDRAW_CALL,), why="undone", at=at)
    put_down(case, "case.withdrawal-undone", by=by, at=at, demand_id=link.demand_id)


@transaction.atomic
def confirm_withdrawal(*, by: Actor, withdrawal_id: UUID, free: bool, at: datetime) -> Withdrawal:
    """The outsider's call: was it the person's own free wish? If not, the case simply goes on."""
    by.must(Verb.CASE_CONFIRM_WITHDRAWAL)
    row = (
        Withdrawal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("link__case")
        .filter(pk=withdrawal_id)
        .first()
    )
    if row is None:
        raise NotFound()
    case = row.link.case
    seats = list(by.seats_for(Verb.CASE_CONFIRM_WITHDRAWAL))
    if any(
        seat.office_path.startswith(case.holder_path) or seat.office_id == case.holder_id for seat in seats
    ):
        raise OwnOfficeCalls()
    if row.done_at or row.undone_at:
        raise NothingAsked()
    row.called_by, row.called_at, row.free = by.account_id, at, free
    row.undone_at = None if free else at
    row.save(update_fields=["called_by", "called_at", "free", "undone_at"])
    duties.meet(about=row.link.demand_id, rules=(WITHDRAW_CALL,), at=at)
    told = "case.withdrawal-confirmed" if free else "case.withdrawal-undone"
    put_down(case, told, by=by, at=at, demand_id=row.link.demand_id, free=free)
    if free and row.effective_at <= at:
        take_effect(withdrawal_id=row.pk, at=at)
    return row


@transaction.atomic
def take_effect(*, withdrawal_id: UUID, at: datetime) -> Case:
    """Seven days are over and the outsider has called: the word is taken back; other voices of the case go on."""
    row = (
        Withdrawal.objects.select_for_update(of=("self",), no_key=True)
        .select_related("link")
        .get(pk=withdrawal_id)
    )
    if row.done_at or row.undone_at:
        raise NothingAsked()
    if row.effective_at > at or row.called_at is None:
        raise WithdrawalPending(days=7)
    if not row.free:
        raise NotFree()
    case = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=row.link.case_id)
    row.done_at = at
    row.save(update_fields=["done_at"])
    nobody = Actor(account_id=None)
    if len(voices(case)) > 1:
        link = row.link
        step_out(case, link, reason=WITHDRAWN, at=at)
        duties.drop(about=link.demand_id, why=WITHDRAWN, at=at)
        if not Link.objects.filter(demand_id=link.demand_id, left_at__isnull=True).exists():
            mark_closed(link.demand_id)
        keep(case, "n_voices", "n_confirmed")
        move_on(case, at=at)
        end_shells(link.before_id, at=at, why=WITHDRAWN)
    elif MACHINES[Track(case.track)].may(S(case.state), "withdraw"):
        turn(case, "withdraw", at=at, why=WITHDRAWN)
        Hold.objects.filter(case=case, state__in=["offered", "objected"]).update(
            state=HoldState.DONE, ended_at=at
        )
        finish(case, at=at, why=WITHDRAWN)
        keep(case)
        end_shells(row.link.before_id, at=at, why=WITHDRAWN)
    put_down(case, "case.withdrawn", by=nobody, at=at, demand_id=row.link.demand_id)
    return case


@transaction.atomic
def reopen_case(*, by: Actor, case_id: UUID, at: datetime) -> Case:
    """One tap on a case that the person took back or settled, without a verdict: it is worked on again."""
    case = take(by, Verb.CASE_REOPEN, case_id)
    link = voice_of(by, case)
    if S(case.state) not in FINAL:
        raise NotAllowed()
    return reopen_for(case, link, by=by, at=at)


def resident_of(demand_id: UUID) -> Actor:
    """The actor behind a query code, for doors that have opened it."""
    return Actor(account_id=None, demand_id=demand_id)


def abouts_of(by: Actor) -> list[str]:
    """The subjects whose papers the holder of a query code may read: every case their word is or was in."""
    if by.demand_id is None:
        return []
    return [
        f"case:{pk}" for pk in Link.objects.filter(demand_id=by.demand_id).values_list("case_id", flat=True)
    ]


def names_for(by: Actor) -> dict[str, str]:
    """The person's own name and address, to be filled into their own papers."""
    if by.demand_id is None:
        return {}
    contact = sealed_contact(person_of(by.demand_id))
    return {"person": contact.name, "phone": contact.phone, "address": contact.address}
