"""join, leave, split: many words ↔ one case, one word ↔ several cases. Reversible, with a reason, nobody lost.

A word that joins keeps its receipt, its own clock, its verdict and the right to go its own way. The case it came from
waits as a shell (`merged_into`) whose clocks run on, now owed by the office that answers; leaving wakes it unchanged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from minqing.charter import Actor, Verb
from minqing.record.facts.commands import record
from minqing.work.cases.commands.dispatch import forward_case
from minqing.work.cases.commands.gate import (
    answer_of,
    day_of,
    end_empty,
    home_of,
    keep,
    put_down,
    reason_in,
    reclock,
    rule_of,
    step_out,
    take,
)
from minqing.work.cases.commands.opening import start_case
from minqing.work.cases.commands.serving import move_on
from minqing.work.cases.models import Case, Link
from minqing.work.cases.queries.gate import cases_for
from minqing.work.cases.rules import (
    DECIDED,
    FINAL,
    MACHINES,
    AlreadyJoined,
    CannotSplit,
    CaseState,
    Category,
    EndedBefore,
    Grade,
    LastWord,
    NotYourVoice,
    Path,
    Track,
)
from minqing.work.duties import commands as duties
from minqing.work.duties.queries import duties_about
from minqing.work.intake.commands import mark_in_case, mark_waiting
from minqing.work.intake.queries import demand_for, demand_line

S = CaseState
TRIAGE = "xf.triage"


@dataclass(frozen=True)
class Part:
    """One of the things a word asks for: what it is, and whose it is (None: decided later)."""

    title: str
    office_id: UUID | None = None
    words: str = ""


@transaction.atomic
def join_demand(
    *, by: Actor, demand_id: UUID, case_id: UUID, at: datetime, reason: str, seen: int | None = None
) -> Case:
    """并件: another person's word about the same matter joins a case in hand."""
    _in_one_order(by, case_id, demand_id)
    case = take(by, Verb.CASE_JOIN, case_id, seen)
    demand_for(by, Verb.DEMAND_VIEW, demand_id, lock=True)
    reason = reason_in(reason)
    if S(case.state) in FINAL | DECIDED or case.merged_into_id is not None:
        # The answer that was given does not speak of this word: it would wait in there for ever.
        raise EndedBefore(state=S(case.state).label)
    links = list(Link.objects.filter(demand_id=demand_id, left_at__isnull=True).order_by("joined_at", "id"))
    if any(link.case_id == case.pk for link in links):
        raise AlreadyJoined()
    before = links[0] if len(links) == 1 and not links[0].part else None
    former = None
    if before is not None:
        former = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=before.case_id)
        step_out(former, before, reason=f"joined {case.number}", at=at)
        if former.n_voices == 0:
            former.merged_into = case
            duties.move(about=former.pk, rules=(rule_of(former), answer_of(former)), office_id=case.holder_id)
        else:
            own_clock(case, demand_id, from_former=former, at=at)
        keep(former, "n_voices", "n_confirmed", "merged_into")
        put_down(former, "case.joined", by=by, at=at, demand_id=demand_id, into=case.pk, number=case.number)
    elif not links:
        duties.drop(about=demand_id, rules=(TRIAGE,), why="joined", at=at)
        own_clock(case, demand_id, at=at)
    Link.objects.create(
        case=case, demand_id=demand_id, joined_at=at, joined_by=by.account_id, reason=reason,
        before_id=former.pk if former else None,
    )  # fmt: skip
    case.n_voices += 1
    mark_in_case(demand_id)
    keep(case, "n_voices")
    put_down(case, "case.joined", by=by, at=at, demand_id=demand_id, came_from=former.pk if former else None)
    _tell(demand_id, "case.joined", by=by, at=at, case=case)
    return case


def _in_one_order(by: Actor, case_id: UUID, demand_id: UUID) -> None:
    """Lock the case to join and the one to leave in the order of their ids: two joins across each other wait, not die."""
    now_in = Link.objects.filter(demand_id=demand_id, left_at__isnull=True).values("case_id")
    both = cases_for(by, Verb.CASE_JOIN).filter(Q(pk=case_id) | Q(pk__in=now_in))
    list(both.select_for_update(of=("self",), no_key=True).order_by("pk").values_list("pk"))


def own_clock(case: Case, demand_id: UUID, *, from_former: Case | None = None, at: datetime) -> None:
    """A word beside others has its own day: the one it had, or one counted from its joining."""
    lines = (
        [one for one in duties_about([from_former.pk]).get(from_former.pk, ()) if one.met_at is None]
        if from_former
        else []
    )
    answer = answer_of(case)
    old = next((one for one in lines if from_former and one.rule == answer_of(from_former)), None)
    if old is None:
        duties.owe(
            about=demand_id,
            rule=answer,
            office_id=case.holder_id,
            place=case.place_path,
            from_=day_of(at),
            at=at,
        )
    else:
        duties.owe(
            about=demand_id, rule=old.rule, office_id=case.holder_id, place=case.place_path, from_=old.from_on, at=at,
            term=old.term or None,
        )  # fmt: skip


@transaction.atomic
def leave_case(
    *, by: Actor, demand_id: UUID, case_id: UUID, at: datetime, reason: str, seen: int | None = None
) -> Case | None:
    """A word goes its own way: back to the case it came from, or to the sorting table. A right of every person.

    A part of a split word goes back to the whole. Answers the case it is in afterwards; None when it waits for one.
    """
    case = take(by, Verb.CASE_LEAVE, case_id, seen)
    if by.demand_id is not None and by.demand_id != demand_id:
        raise NotYourVoice()
    reason = reason_in(reason)
    link = Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).first()
    if link is None:
        raise NotYourVoice()
    others = Link.objects.filter(demand_id=demand_id, left_at__isnull=True).exclude(pk=link.pk)
    home = home_of(case, link)
    if case.n_voices <= 1 and home is None and not others.exists():
        raise LastWord()
    step_out(case, link, reason=reason, at=at)
    move_on(case, at=at)
    duties.drop(about=demand_id, why="left", at=at)
    back = _come_home(
        home, demand_id, part_of=case if link.before_id is None and case.split_from_id else None, at=at
    )
    if case.n_voices == 0:
        case.merged_into = back
        duties.drop(about=case.pk, why="left", at=at)
    keep(case, "n_voices", "n_confirmed", "merged_into")
    put_down(case, "case.left", by=by, at=at, demand_id=demand_id, to=back.pk if back else None)
    if case.n_voices == 0 and back is None:  # a part nobody speaks for; the word's other parts go on
        end_empty(case, at=at, why="left")
    if back is not None:
        put_down(back, "case.left", by=by, at=at, demand_id=demand_id, came_from=case.pk)
    elif not others.exists():
        back_to_table(demand_id, case, at=at)
    _tell(demand_id, "case.left", by=by, at=at, case=case)
    return back


def _come_home(home: UUID | None, demand_id: UUID, *, part_of: Case | None, at: datetime) -> Case | None:
    """The former case takes its word back as it was: same state, same clocks, same link."""
    if home is None:
        return None
    back = Case.objects.select_for_update(of=("self",), no_key=True).get(pk=home)
    if Link.objects.filter(case=back, demand_id=demand_id, left_at__isnull=True).exists():
        return back
    old = Link.objects.filter(case=back, demand_id=demand_id).order_by("-left_at").first()
    if old is None:
        Link.objects.create(
            case=back,
            demand_id=demand_id,
            joined_at=at,
            reason=f"back from {part_of.number if part_of else ''}",
        )
    else:
        old.left_at = old.left_reason = None
        old.save(update_fields=["left_at", "left_reason"])
    back.n_voices += 1
    back.n_confirmed = Link.objects.filter(
        case=back, left_at__isnull=True, confirmed_at__isnull=False
    ).count()
    if back.merged_into_id is not None:
        back.merged_into = None
        duties.move(about=back.pk, rules=(answer_of(back),), office_id=back.holder_id)
        reclock(back, at=at)
    keep(back, "n_voices", "n_confirmed", "merged_into")
    return back


def back_to_table(demand_id: UUID, case: Case, *, at: datetime) -> None:
    """Its first days run on as before; when they are over by now, new ones begin, for the promise was once kept."""
    line, desk = demand_line(demand_id), case.first_holder_id
    before = [one for one in duties_about([demand_id]).get(demand_id, ()) if one.rule == TRIAGE]
    office_id, place = (before[-1].office_id, before[-1].place) if before else (desk, line.place_path)
    past = bool(before) and before[-1].due_at < at
    duties.owe(
        about=demand_id, rule=TRIAGE, office_id=office_id, place=place, at=at,
        from_=day_of(at) if past else line.arrived_on,
    )  # fmt: skip
    mark_waiting(demand_id)


@transaction.atomic
def split_demand(
    *, by: Actor, demand_id: UUID, case_id: UUID, at: datetime, parts: Sequence[Part], reason: str,
    seen: int | None = None,
) -> list[Case]:  # fmt: skip
    """拆件: one word asks for several things of several offices; each thing is a case with its own clock and owner.

    The first part stays with the case there is; each other part is a case of its own. All of them answer the person.
    """
    case = take(by, Verb.CASE_SPLIT, case_id, seen)
    reason = reason_in(reason)
    link = Link.objects.filter(case=case, demand_id=demand_id, left_at__isnull=True).first()
    if link is None:
        raise NotYourVoice()
    if len(parts) < 2 or any(not part.title.strip() for part in parts):
        raise CannotSplit()
    if S(case.state) in FINAL:
        raise EndedBefore(state=S(case.state).label)
    link.part = parts[0].title.strip()
    link.save(update_fields=["part"])
    made = [case]
    for part in parts[1:]:
        made.append(
            start_case(
                by=by, at=at, demand_id=demand_id, title=part.title, track=Track(case.track),
                category=Category(case.category), way=Path(case.way), grade=Grade(case.grade), kind=case.kind,
                matter="", holder_id=case.first_holder_id, verb=Verb.DEMAND_VIEW, split_from=case, part=part.title.strip(),
            )
        )  # fmt: skip
    put_down(
        case, "case.split", by=by, at=at, demand_id=demand_id, into=[str(one.pk) for one in made], n=len(made)
    )
    _tell(demand_id, "case.split", by=by, at=at, case=case)
    for one, part in zip(made, parts, strict=True):
        may = MACHINES[Track(one.track)].may(S(one.state), "forward")
        if part.office_id and part.office_id != one.holder_id and may:
            forward_case(by=by, case_id=one.pk, at=at, office_id=part.office_id, words=part.words)
            one.refresh_from_db()
    return made


def _tell(demand_id: UUID, kind: str, *, by: Actor, at: datetime, case: Case) -> None:
    record(kind=kind, about=demand_id, by=by.account_id, at=at, case_id=str(case.pk), number=case.number)
