"""The papers an act issues. Bodies hold no identity: known names become placeholders before they are kept."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from minqing.charter import Actor
from minqing.ground.offices.queries import OfficeLine, office
from minqing.ground.people.queries import sealed_contact
from minqing.means.documents.commands import issue_document
from minqing.means.documents.rules import DocKind, scrubbed
from minqing.methods.clock import CHINA
from minqing.work.cases.commands.gate import day_of, organ_above, voices
from minqing.work.cases.models import Case, Reply
from minqing.work.cases.queries.gate import trail_of
from minqing.work.cases.rules import REVIEW_DAYS
from minqing.work.intake.queries import demand_lines

XF = "《信访工作条例》"
NAMES_SCRUBBED = 5
"""Of how many voices the names are looked for; a paper for more is written about the matter, not about people."""
SENTENCE = ("，", "。", "；", ",", ";", "请求", "申请", "日内")
"""What tells a sentence from the name of an organ."""


def about(case: Case) -> str:
    return f"case:{case.pk}"


def trail(case: Case) -> list[UUID]:
    """The case and the joint cases it carries on, newest first."""
    return trail_of([case])[case.pk]


def judged(case: Case) -> str:
    """What a verdict is about: the matter from its first answer on, so that a person's versions stay in one line."""
    return f"case:{trail(case)[-1]}"


def received_on(case: Case) -> date:
    """The day the oldest word of the case arrived."""
    lines = demand_lines(link.demand_id for link in voices(case))
    return min((line.arrived_on for line in lines.values()), default=day_of(case.registered_at))


def issue(case: Case, kind: DocKind, *, by: Actor, office_id: UUID, at: datetime, **parts: Any) -> UUID:
    """Number and keep one paper about the case."""
    here = office(office_id)
    body = {"office_name": here.name, "matter": case.title} | _contact(here, kind) | parts
    body = {key: value for key, value in body.items() if value not in (None, "", [])}
    paper = issue_document(
        by_id=by.account_id,
        kind=kind,
        about=about(case),
        office_id=office_id,
        body=_nameless(case, body),
        at=at,
    )
    return paper.pk


def request_of(case: Case) -> str:
    """What the person asks, for a letter to an office: their own words, cut."""
    lines = list(demand_lines(link.demand_id for link in voices(case)[:1]).values())
    return (lines[0].text[:500] if lines else "") or case.title


def promised(replies: Iterable[tuple[str, str, date]]) -> list[dict[str, str]]:
    return [{"who": who, "what": what, "by": by.isoformat()} for who, what, by in replies]


def opinion(case: Case, reply: Reply, kind: DocKind, *, by: Actor, at: datetime, **more: Any) -> UUID:
    """处理意见书, 复查意见书, 复核意见书: request, facts, reasons, opinion, basis, remedy."""
    parts: dict[str, Any] = {
        "received_on": received_on(case).isoformat(), "request": reply.request, "facts": reply.facts or reply.reasons,
        "reasons": reply.reasons, "opinion": reply.text, "basis": reply.basis,
    }  # fmt: skip
    if kind is not DocKind.REREVIEW:
        parts |= {"remedy_days": REVIEW_DAYS, **_remedy(reply)}
    return issue(case, kind, by=by, office_id=reply.office_id, at=at, **parts, **more)


AS_OFFERED = frozenset({
    "不同意的，收到之日起30日内，可以向{organ}请求复查。", "不同意的，收到之日起30日内，可以向{organ}请求复核。",
    "If you disagree, you may ask {organ} for a review within 30 days of receiving this.",
    "If you disagree, you may ask {organ} for a re-review within 30 days of receiving this.",
})  # fmt: skip
"""The remedy as the desk's form offers it."""


def _remedy(reply: Reply) -> dict[str, str]:
    """To whom one turns: the organ's name goes into the paper's own sentence. Whole sentences stand beside it, and the
    organ is then the one above the office."""
    words = reply.remedy.strip()
    if any(mark in words for mark in SENTENCE):
        above = organ_above(reply.office_id)
        if any(words.replace(name, "{organ}") in AS_OFFERED for name in (above.name, above.name_en) if name):
            return {"remedy_organ": above.name}  # the paper says the same in its own sentence
        return {"remedy_organ": above.name, "remedy_other": words}
    return {"remedy_organ": words}


def _contact(here: OfficeLine, kind: DocKind) -> dict[str, str]:
    to_offices = {DocKind.FORWARD, DocKind.ASSIGN, DocKind.SUPERVISE, DocKind.MEDIATION, DocKind.SETTLEMENT}
    return {"contact": f"{here.name} {here.telephone}"} if here.telephone and kind not in to_offices else {}


def _nameless(case: Case, body: dict[str, Any]) -> dict[str, Any]:
    links = voices(case)
    if len(links) > NAMES_SCRUBBED:
        return body
    for line in demand_lines(link.demand_id for link in links).values():
        contact = sealed_contact(line.person_id)
        if not contact.empty():
            names = {"person": contact.name, "phone": contact.phone, "address": contact.address}
            body = scrubbed(body, {key: value for key, value in names.items() if value})
    return body


def on(at: datetime) -> str:
    return at.astimezone(CHINA).date().isoformat()
