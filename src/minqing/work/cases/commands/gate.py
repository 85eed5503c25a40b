"""What every act on a case shares: the locked row, the next state, its clock, and the fact."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from minqing.charter import Actor, Verb
from minqing.ground.offices.queries import OfficeLine, office, offices, superiors
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.words import Word
from minqing.methods.clock import CHINA
from minqing.record.facts.commands import record
from minqing.record.facts.queries import last_n
from minqing.work.cases.models import Case, Hold, Link
from minqing.work.cases.queries.gate import case_for, sits_in
from minqing.work.cases.rules import (
    CONTACT,
    FINAL,
    HAND_ON,
    MACHINES,
    MAIN,
    SUPERVISE,
    TELL,
    WORKING,
    CaseState,
    Category,
    Changed,
    Grade,
    HoldRole,
    HoldState,
    NotHolder,
    NotOffered,
    ReasonNeeded,
    Track,
    answer_rule,
    due_by,
    state_rule,
)
from minqing.work.duties import commands as duties
from minqing.work.duties.queries import duties_about, open_duties
from minqing.work.duties.rules import DutyLine
from minqing.work.intake.commands import mark_closed, mark_in_case

S = CaseState
DUE = ("due_at", "due_from", "due_by")


def day_of(at: datetime) -> date:
    return at.astimezone(CHINA).date()


def take(by: Actor, verb: Verb, case_id: UUID, seen: int | None = None) -> Case:
    """The row, locked, if the actor may; refuses when somebody changed the case after the actor's page was made."""
    case = case_for(by, verb, case_id, lock=True)
    if seen is not None and last_n([case.pk]).get(case.pk, -1) != seen:
        raise Changed()
    return case


def offer_of(case: Case) -> Hold | None:
    """The turn that waits for an office's answer."""
    waiting = (HoldState.OFFERED, HoldState.OBJECTED)
    return (
        Hold.objects.select_related("office").filter(case=case, role=HoldRole.LEAD, state__in=waiting).first()
    )


def lead_of(case: Case) -> Hold | None:
    return Hold.objects.filter(case=case, role=HoldRole.LEAD, state=HoldState.HELD).first()


def only_holder(by: Actor, verb: Verb, case: Case) -> None:
    """Handling is for the office that holds the case, however far the actor sees."""
    if not sits_in(by, verb, case.holder_path):
        raise NotHolder()


def only_offered(by: Actor, verb: Verb, case: Case) -> Hold:
    """Answering an offer is for the office to which it was made."""
    offer = offer_of(case)
    if offer is None or not sits_in(by, verb, offer.office.path):
        raise NotOffered()
    return offer


def only_turn(by: Actor, verb: Verb, case: Case) -> OfficeLine:
    """The office whose turn it is: the one offered, else the holder; refuses anybody else."""
    offer = offer_of(case)
    if offer is not None:
        return office(only_offered(by, verb, case).office_id)
    only_holder(by, verb, case)
    return office(case.holder_id)


def reason_in(text: str) -> str:
    if not text.strip():
        raise ReasonNeeded()
    return text.strip()


def organ_above(office_id: UUID) -> OfficeLine:
    """Who reviews what this office decided: its superior, or the joint meeting's office when none is above here."""
    above = superiors(office_id)
    if above:
        return above[0]
    arbiters = offices(kinds=[OfficeKind.ARBITER])
    return arbiters[0] if arbiters else office(office_id)


def arbiter_office(case: Case) -> UUID:
    arbiters = offices(kinds=[OfficeKind.ARBITER])
    return arbiters[0].id if arbiters else organ_above(case.first_holder_id).id


def answer_of(case: Case) -> str:
    return answer_rule(Track(case.track), Grade(case.grade), Category(case.category), again=case.reopened > 0)


def rule_of(case: Case) -> str:
    return state_rule(
        S(case.state), Track(case.track), Grade(case.grade), Category(case.category),
        again=case.reopened > 0, returns=case.returns,
    )  # fmt: skip


def owes(case: Case) -> UUID:
    """The office that owes what the present state asks."""
    offer = offer_of(case)
    match S(case.state):
        case S.FORWARDED | S.ASSIGNED | S.REVIEWING | S.REREVIEWING if offer is not None:
            return offer.office_id
        case S.REGISTERED if case.returns >= 2:
            return arbiter_office(case)
        case S.REFERRED_UP:
            return organ_above(case.holder_id).id
        case S.REPLIED if case.track != Track.PETITION:
            return case.first_holder_id
        case _:
            return case.holder_id


def turn(
    case: Case,
    act: str,
    *,
    at: datetime,
    from_: date | datetime | None = None,
    term: str | None = None,
    why: str = "",
) -> None:
    """Move the state and its clock together. What the new state no longer asks is met, or dropped when `why` is given."""
    case.state = MACHINES[Track(case.track)].after(S(case.state), act)
    reclock(case, at=at, from_=from_, term=term, why=why)


def reclock(
    case: Case, *, at: datetime, from_: date | datetime | None = None, term: str | None = None, why: str = ""
) -> None:
    """End what the state no longer asks, owe what it asks. Orders keep the clock of the answer from registration on."""
    state, wanted = S(case.state), rule_of(case)
    keep = {wanted}
    if case.track != Track.PETITION and state in HAND_ON:
        keep.add(answer_of(case))
    if state is S.OBJECTED:
        keep.add(TELL[Track(case.track)])
    if state in WORKING and case.contacted_at is None:
        keep.add(CONTACT)
    open_now = {line.rule for line in duties_about([case.pk]).get(case.pk, ()) if line.met_at is None}
    ends = open_now - keep
    if ends & MAIN:
        end(case, tuple(sorted(ends & MAIN)), at=at, why=why)
    beside = ends - MAIN - {SUPERVISE}
    if state in FINAL and beside:
        end(case, tuple(sorted(beside)), at=at, why=why or "ended")
    if wanted and wanted not in open_now:
        duties.owe(
            about=case.pk,
            rule=wanted,
            office_id=owes(case),
            place=case.place_path,
            from_=from_ or at,
            at=at,
            term=term,
        )
    elif wanted:
        duties.move(about=case.pk, rules=(wanted,), office_id=owes(case))


def end(case: Case, rules: tuple[str, ...], *, at: datetime, why: str = "") -> None:
    if why:
        duties.drop(about=case.pk, rules=rules, why=why, at=at)
    else:
        duties.meet(about=case.pk, rules=rules, at=at)


def refresh_due(case: Case) -> None:
    """`due_at` is the nearest open duty, always."""
    repeat_due(case, open_duties([case.pk]).get(case.pk, []))


def repeat_due(case: Case, owed: list[DutyLine]) -> bool:
    """Take the day over from the open duties of the case, nearest first; answers whether it was another one."""
    nearest = owed[0] if owed else None
    found = (
        nearest.due_at if nearest else None,
        nearest.from_on if nearest else None,
        due_by([(line.rule, line.office_id) for line in owed], case.holder_id),
    )
    was = (case.due_at, case.due_from, case.due_by)
    case.due_at, case.due_from, case.due_by = found
    return was != found


def told_due(case: Case) -> datetime | None:
    """The day people are told: the end of what the present state owes them. A first call, a report between offices or a
    supervision may fall due earlier (`due_at`), and is no promise of an answer."""
    owed = [
        line.due_at
        for line in duties_about([case.pk]).get(case.pk, ())
        if line.met_at is None and line.rule == rule_of(case)
    ]
    return min(owed, default=case.due_at)


def keep(case: Case, *fields: str) -> Case:
    """Save the named fields beside the state and the nearest clock."""
    refresh_due(case)
    if S(case.state) not in FINAL:
        case.ended_at = None
    case.save(update_fields=["state", *DUE, "ended_at", *fields])
    return case


def put_down(case: Case, kind: str, *, by: Actor, at: datetime, **body: Any) -> None:
    record(
        kind=kind,
        about=case.pk,
        by=by.account_id,
        at=at,
        **{key: _plain(value) for key, value in body.items()},
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Word):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def voices(case: Case) -> list[Link]:
    """The words that speak in this case now, oldest first."""
    return list(Link.objects.filter(case=case, left_at__isnull=True).order_by("joined_at", "id"))


def finish(case: Case, *, at: datetime, why: str = "") -> None:
    """A final state was reached: own clocks of joined words end with the answer (or are dropped when `why` is given); words
    without another case are closed."""
    case.ended_at = at
    links = voices(case)
    end_voices(case, at=at, why=why)
    demand_ids = [link.demand_id for link in links]
    busy = set(
        Link.objects.filter(demand_id__in=demand_ids, left_at__isnull=True)
        .exclude(case=case)
        .exclude(case__state__in=FINAL)
        .values_list("demand_id", flat=True)
    )
    for demand_id in demand_ids:
        if demand_id not in busy:
            mark_closed(demand_id)


def end_voices(case: Case, *, at: datetime, why: str = "") -> None:
    """The answer reached every word in the case: their own clocks, and those of cases merged into it, are met."""
    shells = list(Case.objects.filter(merged_into=case))
    for about in (*(link.demand_id for link in voices(case)), *(shell.pk for shell in shells)):
        if why:
            duties.drop(about=about, why=why, at=at)
        else:
            duties.meet(about=about, at=at)
    for shell in shells:
        refresh_due(shell)
        shell.save(update_fields=DUE)


def step_out(case: Case, link: Link, *, reason: str, at: datetime) -> None:
    """One voice goes; what it had said stays with it."""
    link.left_at, link.left_reason = at, reason
    link.save(update_fields=["left_at", "left_reason"])
    case.n_voices -= 1
    case.n_confirmed = Link.objects.filter(
        case=case, left_at__isnull=True, confirmed_at__isnull=False
    ).count()


def is_empty(case: Case) -> bool:
    """Taken back by its last voice: it owes nothing, and nobody comes home to it."""
    return case.n_voices == 0 and S(case.state) is S.WITHDRAWN


def home_of(case: Case, link: Link) -> UUID | None:
    """Where a voice that leaves goes: the case it came from, or the whole whose part this is, unless that has ended empty."""
    home = link.before_id or case.split_from_id
    gone = home and any(is_empty(one) for one in Case.objects.filter(pk=home))
    return None if gone else home


def end_empty(case: Case, *, at: datetime, why: str) -> None:
    """A case without a voice has nobody to answer: it ends, and nothing is owed for it any more."""
    machine = MACHINES[Track(case.track)]
    if machine.may(S(case.state), "withdraw"):
        turn(case, "withdraw", at=at, why=why)
    duties.drop(about=case.pk, why=why, at=at)
    waits = (HoldState.OFFERED, HoldState.OBJECTED)
    Hold.objects.filter(case=case, state__in=waits).update(state=HoldState.DONE, ended_at=at)
    case.ended_at = case.ended_at or at
    keep(case)


def end_shells(case_id: UUID | None, *, at: datetime, why: str) -> None:
    """The word that would have come home to this case was taken back. While another may, its clocks run on for that one."""
    shells = Case.objects.select_for_update(of=("self",), no_key=True)
    shell = shells.filter(pk=case_id, n_voices=0, merged_into__isnull=False).first() if case_id else None
    if shell is None or is_empty(shell):
        return
    away = Link.objects.filter(before_id=shell.pk, left_at__isnull=True).exclude(case__state=S.WITHDRAWN)
    inner = list(
        Case.objects.filter(merged_into=shell).exclude(state=S.WITHDRAWN).values_list("pk", flat=True)
    )
    for pk in inner:
        end_shells(pk, at=at, why=why)
    if away.exists() or Case.objects.filter(pk__in=inner).exclude(state__in=FINAL).exists():
        return
    end_empty(shell, at=at, why=why)
    put_down(shell, "case.withdrawn", by=Actor(account_id=None), at=at)


def wake(case: Case) -> None:
    """The words of a case that is worked on again are in hand again."""
    for link in voices(case):
        mark_in_case(link.demand_id)


def move_voices(case: Case) -> None:
    """The new holder owes every word in the case, also those of cases merged into it."""
    for link in voices(case):
        duties.move(about=link.demand_id, office_id=case.holder_id)
    for shell in Case.objects.filter(merged_into=case):
        duties.move(about=shell.pk, rules=(rule_of(shell), answer_of(shell)), office_id=case.holder_id)
