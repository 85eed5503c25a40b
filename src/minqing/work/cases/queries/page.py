"""One case page: everything it shows, in a fixed number of queries, however many voices, turns and papers there are."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import get_language

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import account_names, offices, superiors
from minqing.ground.offices.rules import OfficeKind
from minqing.means.documents.queries import DocumentLine, documents_about
from minqing.methods.clock import CHINA
from minqing.record.facts.queries import facts_about, last_n
from minqing.work.cases.models import (
    Appraisal,
    Case,
    ExtensionAsk,
    Hold,
    Link,
    Mediation,
    Reply,
    Supervision,
    Talk,
    Withdrawal,
)
from minqing.work.cases.queries import lines as shapes
from minqing.work.cases.queries.acts import acts_of
from minqing.work.cases.queries.enclosed import Enclosed, enclosed_in
from minqing.work.cases.queries.gate import case_for, trail_of
from minqing.work.cases.queries.timeline import clock_lines, gathered, moments
from minqing.work.cases.queries.worklist import line_of, own_paths
from minqing.work.cases.rules import (
    FINAL,
    CaseState,
    HoldRole,
    HoldState,
    MediationState,
    Outcome,
    ReplyKind,
    Side,
)
from minqing.work.duties.queries import duties_about, next_own
from minqing.work.duties.rules import DutyLine
from minqing.work.intake.queries import DemandLine, demand_lines
from minqing.work.judgement.queries import VerdictLine, latest_about
from minqing.work.promises.queries import promises_about

S = CaseState
VOICES_SHOWN = 30
CHAIN = 20
"""So many older cases are followed back at most."""


def case_page(by: Actor, case_id: UUID, *, now: datetime | None = None) -> shapes.CasePage:
    """For whoever may see the case. Names are nowhere in it; a contact is opened by an act of its own."""
    now = now or law.now()
    case = case_for(by, Verb.CASE_VIEW, case_id)
    lang = get_language() or "zh-hans"
    english = lang.startswith("en")
    trail = trail_of([case])[case.pk]
    about, judged = f"case:{case.pk}", f"case:{trail[-1]}"
    holds = list(Hold.objects.filter(case=case).select_related("office").order_by("given_at", "id"))
    links = list(Link.objects.filter(case=case, left_at__isnull=True).order_by("joined_at", "id"))
    facts, shown = facts_about(case.pk), links[:VOICES_SHOWN]
    clocks = duties_about([case.pk, *(link.demand_id for link in shown)])
    own = clocks.get(case.pk, [])
    names = gathered(facts, [*own], [case.holder_id, case.first_holder_id])
    people = account_names({pk for pk in (case.handler_id, case.carried_by_id) if pk}, english=english)
    demands, verdicts = demand_lines(link.demand_id for link in shown), latest_about([judged]).get(judged, {})
    enclosed = enclosed_in(by, demands)
    asks = list(ExtensionAsk.objects.filter(case=case).order_by("asked_at", "id"))
    letters = list(Supervision.objects.filter(case=case).select_related("office").order_by("at", "id"))
    first = names.get(case.first_holder_id, ("", ""))
    return shapes.CasePage(
        line=_line(case, holds, by=by, now=now),
        seen=last_n([case.pk]).get(case.pk, -1),
        category=case.category, way=case.way, matter=case.matter, accepted_on=case.accepted_on,
        contacted_at=case.contacted_at, extended_days=case.extended_days, first_holder=first[0], first_holder_en=first[1],
        handler=people.get(case.handler_id, "") if case.handler_id else "",
        carried_by=people.get(case.carried_by_id, "") if case.carried_by_id else "",
        voices=[_voice(link, demands, verdicts, clocks, enclosed, alone=len(links) == 1) for link in shown if link.demand_id in demands],
        n_voices_hidden=max(0, len(links) - VOICES_SHOWN),
        holds=[_hold(hold) for hold in holds],
        replies=replies_of(trail),
        talks=[_talk(row) for row in Talk.objects.filter(case=case).order_by("at", "id")],
        papers=[paper(line) for line in documents_about(f"case:{pk}" for pk in trail)],
        clocks=clock_lines(own, names=names, now=now, lang=lang, staff=True),
        timeline=moments(
            facts, names=names, now=now, staff=True, ended=S(case.state) in FINAL, known_waits=case.state == S.PARKED
        ),
        asks=[shapes.AskLine(one.pk, one.days, one.reason, one.asked_at, one.granted) for one in asks],
        supervisions=[_letter(one, english) for one in letters],
        appraisals=[_appraisal(one) for one in Appraisal.objects.filter(case=case).order_by("ordered_on", "id")],
        mediations=_mediations(case, english), withdrawals=withdrawals_in([link.pk for link in links], case),
        promises=list(promises_about(about, today=now.astimezone(CHINA).date())),
        **_around(case), review_organ=_organ(case, holds, english),
        acts=acts_of(case, by=by, holds=holds, asks=asks, letters=letters),
    )  # fmt: skip


def _line(case: Case, holds: list[Hold], *, by: Actor, now: datetime) -> shapes.CaseLine:
    open_offers = [one for one in holds if one.state in {HoldState.OFFERED, HoldState.OBJECTED}]
    offer = next((one for one in open_offers if one.role == HoldRole.LEAD), None)
    sits = tuple(seat.office_path for seat in by.seats)
    waits = any(
        one.state == HoldState.OFFERED and sits and one.office.path.startswith(sits) for one in open_offers
    )
    paths = own_paths(by)
    own = next_own([case.pk], paths) if paths is not None else None
    return line_of(case, offer, waits, by=by, now=now, own=own)


def _voice(
    link: Link, demands: dict[UUID, DemandLine], verdicts: dict[UUID, VerdictLine], clocks: dict[UUID, list[DutyLine]],
    enclosed: dict[UUID, Enclosed], *, alone: bool,
) -> shapes.VoiceLine:  # fmt: skip
    said, judged = demands[link.demand_id], verdicts.get(link.demand_id)
    return shapes.VoiceLine(
        link_id=link.pk, demand_id=link.demand_id, text=said.text, title=said.title, part=link.part, place=said.place_name, place_en=said.place_en,
        place_words=said.place_words, channel=said.channel.value, kind=said.kind.value, anonymity=said.anonymity.value,
        reply_by=said.reply_by, who=f"{said.mask_name} {said.mask_phone}".strip() if alone else "",
        reachable=said.anonymity.value == "named" and bool(said.mask_name or said.mask_phone), arrived_on=said.arrived_on,
        joined_at=link.joined_at, confirmed_at=link.confirmed_at, solved=judged.solved.value if judged else "",
        explained=judged.explained.value if judged else "", verdict_words=judged.words if judged else "",
        clocks=[one for one in clocks.get(link.demand_id, []) if one.met_at is None],
        files=enclosed[link.demand_id].files, hand_hidden=enclosed[link.demand_id].hand_hidden,
    )  # fmt: skip


def _hold(row: Hold) -> shapes.HoldLine:
    return shapes.HoldLine(
        row.pk, row.office_id, row.office.name, row.office.name_en, HoldRole(row.role), HoldState(row.state), row.how,
        row.words, row.basis, row.reason, row.given_at, row.answered_at, row.ended_at,
    )  # fmt: skip


def replies_of(case_ids: list[UUID]) -> list[shapes.ReplyLine]:
    rows = Reply.objects.filter(case_id__in=case_ids).select_related("office").order_by("at", "id")
    return [_reply(row) for row in rows]


def replies_by_case(case_ids: list[UUID]) -> dict[UUID, list[shapes.ReplyLine]]:
    """What each case answered to the person; words between offices stay there."""
    found: dict[UUID, list[shapes.ReplyLine]] = {}
    rows = Reply.objects.filter(case_id__in=case_ids).exclude(kind=ReplyKind.ASSIST).select_related("office")
    for row in rows.order_by("at", "id"):
        found.setdefault(row.case_id, []).append(_reply(row))
    return found


def _reply(row: Reply) -> shapes.ReplyLine:
    return shapes.ReplyLine(
        row.pk, row.office.name, row.office.name_en, ReplyKind(row.kind), Outcome(row.outcome) if row.outcome else None,
        row.text, row.request, row.facts, row.reasons, row.basis, row.remedy, row.document_id, row.at,
    )  # fmt: skip


def _talk(row: Talk) -> shapes.TalkLine:
    return shapes.TalkLine(row.demand_id, Side(row.side), row.text, row.at)


def paper(line: DocumentLine, to_id: UUID | None = None) -> shapes.PaperLine:
    """A document as a line; with `to_id`, served means served to that person."""
    served = next((one for one in line.served if to_id is None or one.to_id == to_id), None)
    return shapes.PaperLine(
        line.id, line.kind.value, line.title, line.number, line.verify_no, line.issued_at, served.on if served else None,
        served.way.value if served else "",
    )  # fmt: skip


def _letter(row: Supervision, english: bool) -> shapes.SupervisionLine:
    name = row.office.name_en if english and row.office.name_en else row.office.name
    return shapes.SupervisionLine(
        row.pk, name, row.ground, row.words, row.at, row.answered_at, row.answer, row.document_id
    )


def _appraisal(row: Appraisal) -> shapes.AppraisalLine:
    return shapes.AppraisalLine(
        row.pk,
        row.body,
        row.subject,
        row.chosen_by,
        row.paid_by,
        row.ordered_on,
        row.result,
        row.result_on,
        row.told_on,
    )


def _mediations(case: Case, english: bool) -> list[shapes.MediationLine]:
    rows = Mediation.objects.filter(case=case).select_related("mediator").order_by("opened_at", "id")
    return [
        shapes.MediationLine(
            one.pk, (one.mediator.name_en if english else "") or one.mediator.name, one.other_side,
            MediationState(one.state), one.person_consents, one.other_consents,
            one.agreement, one.opened_at, one.ended_at, one.document_id,
        )
        for one in rows
    ]  # fmt: skip


def withdrawals_in(link_ids: list[UUID], case: Case) -> list[shapes.WithdrawalLine]:
    rows = Withdrawal.objects.filter(link_id__in=link_ids, done_at__isnull=True, undone_at__isnull=True)
    return [withdrawal(row, case) for row in rows.select_related("link").order_by("asked_at", "id")]


def withdrawal(row: Withdrawal, case: Case) -> shapes.WithdrawalLine:
    return shapes.WithdrawalLine(
        row.pk,
        case.pk,
        row.link.demand_id,
        case.number,
        case.title,
        row.asked_at,
        row.effective_at,
        row.called_at,
        row.free,
    )


def other(case: Case, part: str = "") -> shapes.OtherCase:
    return shapes.OtherCase(
        case.pk,
        case.number,
        case.title,
        S(case.state),
        part,
        case.holder.name,
        case.holder.name_en,
        case.due_at,
    )


def _around(case: Case) -> dict[str, Any]:
    """Older cases of the same matter, the parts of a split word, the whole, and the case this one was merged into."""
    ids = [pk for pk in (case.earlier_id, case.split_from_id, case.merged_into_id, case.continues_id) if pk]
    near = {one.pk: one for one in Case.objects.filter(pk__in=ids).select_related("holder")}
    around = Case.objects.filter(Q(split_from=case, merged_into__isnull=True) | Q(continues=case))
    around_now = list(around.select_related("holder").order_by("id"))
    parts = [one for one in around_now if one.continues_id is None]
    named = dict(Link.objects.filter(case__in=parts, left_at__isnull=True).values_list("case_id", "part"))
    earlier: list[shapes.OtherCase] = []
    at = near.get(case.earlier_id) if case.earlier_id else None
    while at is not None and len(earlier) < CHAIN:
        earlier.append(other(at))
        at = Case.objects.select_related("holder").filter(pk=at.earlier_id).first() if at.earlier_id else None
    whole, merged = near.get(case.split_from_id or case.pk), near.get(case.merged_into_id or case.pk)
    before = near.get(case.continues_id or case.pk)
    return {
        "earlier": earlier, "parts": [other(one, named.get(one.pk, "")) for one in parts],
        "whole": other(whole) if case.split_from_id and whole else None,
        "merged_into": other(merged) if case.merged_into_id and merged else None,
        "continues": other(before) if case.continues_id and before else None,
        "continued": [other(one) for one in around_now if one.continues_id == case.pk],
    }  # fmt: skip


def _organ(case: Case, holds: list[Hold], english: bool) -> str:
    """Who may be asked after the paper written now: the organ above the office that writes it."""
    reviewing = (one.office_id for one in holds if one.how == "review" and one.state == HoldState.OFFERED)
    above = superiors(next(reviewing, case.holder_id)) or offices(kinds=[OfficeKind.ARBITER])
    if not above:
        return ""
    return above[0].name_en if english and above[0].name_en else above[0].name
