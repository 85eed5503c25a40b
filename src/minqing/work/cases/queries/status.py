"""What the holder of a query code sees of their own word: plain words, who has it, until when, why, and what they may do."""

from collections.abc import Iterable, Set
from datetime import datetime
from uuid import UUID

from django.utils.translation import override

from minqing.ground.law import queries as law
from minqing.ground.offices.queries import names_of
from minqing.means.documents.queries import documents_about
from minqing.means.documents.rules import FORMS, DocKind
from minqing.means.documents.rules.forms import To
from minqing.record.facts.queries import facts_about
from minqing.record.facts.rules import Happened
from minqing.work.cases.models import Case, Hold, Link, Mediation, Talk, Withdrawal
from minqing.work.cases.queries.acts import resident_acts
from minqing.work.cases.queries.gate import away_links, trail_of
from minqing.work.cases.queries.lines import ClockLine, Moment, PaperLine, TalkLine
from minqing.work.cases.queries.page import paper, replies_by_case
from minqing.work.cases.queries.rights import review_right
from minqing.work.cases.queries.timeline import Names, clock_lines, gathered, moments
from minqing.work.cases.queries.told import Holder, PartStatus, Status, VerdictLine
from minqing.work.cases.queries.words import STATE_TEXT, name_in
from minqing.work.cases.rules import (
    FINAL,
    REVIEW_ASK,
    SEEN_BY,
    SERVE,
    CaseState,
    HoldState,
    MediationState,
    Side,
    Track,
)
from minqing.work.duties.queries import duties_about
from minqing.work.duties.rules import DutyLine
from minqing.work.intake.queries import DemandLine, demand_line
from minqing.work.judgement.queries import VerdictLine as Version
from minqing.work.judgement.queries import verdicts_of

S = CaseState
BESIDE = frozenset(
    {
        "xf.supervise",
        "xf.assist",
        "xf.assign.report",
        "xf.appraise",
        "xf.withdraw.call",
        "md.consent",
        "md.finish",
    }
)
"""Clocks that are not the person's own day of an answer."""
AGAIN = frozenset({"xf.reopen", "hl.reopen"})

OTHERS = ("case.joined", "case.left", "case.split")
"""Told from the word's own facts only: what becomes of other words is not this person's business."""


def status_of(demand_id: UUID, lang: str = "zh-hans", *, now: datetime | None = None) -> Status:
    """For whoever opened the code. Facts of a case count from the day the word joined it until it left."""
    now = now or law.now()
    with override("en" if lang.startswith("en") else "zh-hans"):
        return _status(demand_id, lang, now)


def _status(demand_id: UUID, lang: str, now: datetime) -> Status:
    demand = demand_line(demand_id)
    links = list(
        Link.objects.filter(demand_id=demand_id)
        .select_related("case__holder", "case__merged_into", "case__split_from")
        .order_by("joined_at", "id")
    )
    here = [link for link in links if link.left_at is None]
    facts = facts_about(demand_id, *(link.case_id for link in links))
    clocks = duties_about([demand_id, *(link.case_id for link in here)])
    own = clocks.get(demand_id, [])
    names = gathered(
        facts, [line for lines in clocks.values() for line in lines], (link.case.holder_id for link in links)
    )
    shared = _Shared(demand, here, facts, links, own, clocks, names, now, lang)
    parts = shared.parts()
    title = demand.title or demand.text.strip()[:40]
    if parts:
        first = parts[0]
        return Status(
            demand_id, title, first.state, first.state_text, first.holder,
            [clock for part in parts for clock in part.clocks],
            shared.timeline(links, ended=all(S(link.case.state) in FINAL for link in here)),
            [one for part in parts for one in part.papers], sorted({act for part in parts for act in part.acts}),
            [one for part in parts for one in part.talks], first.verdicts, parts, demand,
        )  # fmt: skip
    told = clock_lines(own, names=names, now=now, lang=lang)
    waiting = next((line for line in own if line.met_at is None), None)
    state = S.REGISTERED
    desk = (
        name_in(names, waiting.office_id)
        if waiting
        else name_in(names, links[-1].case.holder_id)
        if links
        else ""
    )
    return Status(
        demand_id, title, state.value, str(STATE_TEXT[state]),
        Holder(desk, demand.registered_at, waiting.due_at if waiting else None), told,
        shared.timeline(links, ended=False), [], [], [], [], [], demand,
    )  # fmt: skip


class _Shared:
    """What the parts of one status have in common, read once."""

    def __init__(
        self, demand: DemandLine, here: list[Link], facts: list[Happened], links: list[Link], own: list[DutyLine],
        clocks: dict[UUID, list[DutyLine]], names: Names, now: datetime, lang: str,
    ) -> None:  # fmt: skip
        self.trail = trail_of([link.case for link in here])
        self.away = away_links(links)
        self.trail |= trail_of([link.case for link in self.away])
        ids = [pk for trail in self.trail.values() for pk in trail]
        self.demand_id, self.here, self.facts, self.links = demand.id, here, facts, links
        self.own, self.clocks, self.names, self.now, self.lang = own, clocks, names, now, lang
        self.person_id = demand.person_id
        papers = documents_about([f"case:{pk}" for pk in ids]) if ids else []
        self.papers = [one for one in papers if FORMS[DocKind(one.kind)].to is not To.OFFICE]
        self.replies = replies_by_case(ids)
        self.talks = list(Talk.objects.filter(case_id__in=ids, demand_id=demand.id).order_by("at", "id"))
        self.verdicts = verdicts_of([f"case:{trail[-1]}" for trail in self.trail.values()], demand.id)
        asked_for = [link.case_id for link in here if link.case.state in (S.REVIEWING, S.REREVIEWING)]
        reviews = Hold.objects.filter(
            case_id__in=asked_for, how__in=["review", "rereview"], state=HoldState.OFFERED
        )
        self.reviews = {hold.case_id: hold.office_id for hold in reviews} if asked_for else {}
        pending = Withdrawal.objects.filter(link__in=here, done_at__isnull=True, undone_at__isnull=True)
        self.withdrawing = set(pending.values_list("link_id", flat=True))
        asked = Mediation.objects.filter(
            case_id__in=ids, state=MediationState.OPENED, person_consents__isnull=True
        )
        self.mediating = set(asked.values_list("case_id", flat=True))

    def parts(self) -> list[PartStatus]:
        return [self.part(link) for link in self.here] + [self.left(link) for link in self.away]

    def left(self, link: Link) -> PartStatus:
        """What this word took back from a joint case: as it stood when it left, and the way back."""
        case, gone, trail = link.case, link.left_at, self.trail[link.case_id]
        assert gone is not None
        alone = not self.here and len(self.away) == 1
        replies = [one for pk in reversed(trail) for one in self.replies.get(pk, []) if one.at <= gone]
        verdicts = self.verdicts.get(f"case:{trail[-1]}", [])
        return PartStatus(
            case.pk, case.number, link.part, S.WITHDRAWN.value, str(STATE_TEXT[S.WITHDRAWN]),
            Holder(name_in(self.names, case.holder_id), gone, None),
            clock_lines(self.own if alone else [], names=self.names, now=self.now, lang=self.lang),
            self.timeline([one for one in self.links if one.case_id in trail], ended=True),
            [one for one in self.papers_of(case) if one.issued_at <= gone], replies, self.said_in(trail),
            [verdict_line(one) for one in verdicts], ["come-back"], 0, tuple(trail),
        )  # fmt: skip

    def said_in(self, trail: list[UUID]) -> list[TalkLine]:
        return [
            TalkLine(one.demand_id, Side(one.side), one.text, one.at)
            for one in self.talks
            if one.case_id in trail
        ]

    def part(self, link: Link) -> PartStatus:
        case = link.case
        mine = [line for line in self.own if len(self.here) == 1 or line.rule.startswith("xf.withdraw")]
        seen = self.seen_by_me(case)
        owed = [
            one
            for one in self.clocks.get(case.pk, [])
            if not (one.rule == SERVE and seen is not S(case.state))
        ]
        # Whoever joined those that go on is answered by a day of their own.
        if any(one.rule in AGAIN and one.met_at is None for one in mine):
            owed = [one for one in owed if one.rule not in AGAIN or one.met_at is not None]
        right = review_right(case, self.person_id)
        review = right is not None and right.due_at >= self.now
        if right is not None and review:
            owed = [*(one for one in owed if one.rule != REVIEW_ASK), right]
        # The word's own clock until somebody sorted it is told by the case's, where the case has the same one.
        told = {one.rule for one in owed}
        mine = [one for one in mine if one.met_at is None or one.rule not in told]
        clocks = clock_lines([*owed, *mine], names=self.names, now=self.now, lang=self.lang)
        trail = self.trail[case.pk]
        reviewing = self.reviews.get(case.pk)
        holder = self.names.get(reviewing) if reviewing else None
        if reviewing and holder is None:
            holder = names_of({reviewing}).get(reviewing)
        office = name_in({0: holder}, 0) if holder else name_in(self.names, case.holder_id)
        return PartStatus(
            case.pk, case.number, link.part, seen.value, str(STATE_TEXT[seen]),
            Holder(office, case.held_since, _until(clocks, aside={REVIEW_ASK} if review else frozenset())), clocks,
            self.timeline(
                [one for one in self.links if one.case_id in trail], ended=S(case.state) in FINAL, parked=case.state == S.PARKED
            ),
            self.papers_of(case), [one for pk in reversed(trail) for one in self.replies.get(pk, [])],
            self.said_in(trail),
            [verdict_line(one) for one in self.verdicts.get(f"case:{trail[-1]}", [])],
            resident_acts(
                case, seen, withdrawing=link.pk in self.withdrawing, asked_to_mediate=case.pk in self.mediating,
                home=link.before_id is not None or _has_whole(case) or case.n_voices > 1, review=review,
            ),
            max(0, case.n_voices - 1), tuple(trail),
        )  # fmt: skip

    def papers_of(self, case: Case) -> list[PaperLine]:
        abouts = {f"case:{pk}" for pk in self.trail[case.pk]}
        return [paper(one, self.person_id) for one in self.papers if one.about in abouts]

    def seen_by_me(self, case: Case) -> CaseState:
        """Where the case stands for this voice: it may have the paper while others still wait for theirs."""
        state = S(case.state)
        if state not in SEEN_BY or case.track != Track.PETITION:
            return state
        answer = next(
            (one.document_id for one in reversed(self.replies.get(case.pk, [])) if one.document_id), None
        )
        mine = any(one.id == answer and one.served_on for one in self.papers_of(case))
        return SEEN_BY[state] if mine else state

    def timeline(self, links: Iterable[Link], *, ended: bool, parked: bool = False) -> list[Moment]:
        links = list(links)
        told = [
            fact
            for fact in self.facts
            if any(self.counts(fact, link) for link in links) or fact.about_id == self.demand_id
        ]
        return moments(told, names=self.names, now=self.now, ended=ended, known_waits=parked)

    def counts(self, fact: Happened, link: Link) -> bool:
        """Does a fact of the case belong to this word's story?"""
        if fact.about_id != link.case_id or fact.kind in OTHERS:
            return False
        of = fact.body.get("demand_id")
        if isinstance(of, str) and of != str(self.demand_id):
            return False
        return link.joined_at <= fact.at and (link.left_at is None or fact.at <= link.left_at)


def _has_whole(case: Case) -> bool:
    """Whether a part can go back to the whole it was split from: one that its word left has ended."""
    whole = case.split_from
    return whole is not None and (whole.n_voices > 0 or S(whole.state) is not S.WITHDRAWN)


def verdict_line(one: Version) -> VerdictLine:
    return VerdictLine(one.version, one.solved.value, one.explained.value, one.words, one.at)


def _until(clocks: list[ClockLine], aside: Set[str] = frozenset()) -> datetime | None:
    skip = BESIDE | aside
    return min((one.due_at for one in clocks if one.met_at is None and one.key not in skip), default=None)
