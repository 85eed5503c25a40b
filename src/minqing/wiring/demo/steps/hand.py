"""Steps that hand a case on, take it up, and give it more time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from minqing.means.documents.rules import DocKind
from minqing.wiring.demo.offices import office as office_named
from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import Walk, id_of, local, reckon
from minqing.wiring.demo.words import Said
from minqing.work.cases.rules import CONTACT, TELL

XF = "《信访工作条例》"


def offer_to(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        before = walk.offer()
        if before:
            before["state"], before["ended_at"] = "passed", step.at
            walk.meet({TELL[walk.track]}, step.at, why="arbitrated")
        to = walk.office(step.to or step.office)
        walk.hold(to, step, kind, words=words.text)
        paper = None
        if walk.petition and kind in ("forward", "assign"):
            ends = {"tell_by": reckon(TELL[walk.track], local(step.at))[0].due_on.isoformat()}
            if kind == "assign":
                ends = {"report_by": (local(step.at) + timedelta(days=30)).isoformat()}
            paper = walk.issue(
                step, DocKind.FORWARD if kind == "forward" else DocKind.ASSIGN, walk.holder, step.office, basis=f"{XF}第二十二条",
                to_office=office_named(step.to or step.office).name, request=walk.story.title, ask=words.text or "请依法办理。", **ends,
            )  # fmt: skip
            walk.paper = None
        told = {"forward": "case.forwarded", "assign": "case.assigned", "arbitrate": "case.arbitrated"}[kind]
        walk.put(told, step, office_id=to, document_id=paper)

    return act


def accept(walk: Walk, step: Step, words: Said) -> None:
    offer, before = walk.offer(), walk.lead()
    if offer:
        if before:
            before["state"], before["ended_at"] = "passed", step.at
        offer["state"], offer["answered_at"] = "held", step.at
        walk.holder, walk.held_since = offer["office_id"], step.at
        walk.path = walk.base.paths[offer["office_id"]]
    walk.accepted_on, walk.handler = local(step.at), walk.account(step)
    if walk.track == "order":
        walk.owe(CONTACT, walk.holder, local(step.at), at=step.at)
    for duty in walk.duties:
        if duty["rule"] == walk.answer and duty["met_at"] is None:
            duty["office_id"] = walk.holder
    paper = None
    if walk.petition:
        due, _ = reckon(walk.answer, local(step.at))
        paper = walk.issue(
            step, DocKind.ACCEPT, walk.holder, step.office, holder=office_named(step.office).name, due_on=due.due_on.isoformat(),
            procedure="调查核实后书面答复您；需要延长的，会写明理由告诉您。", basis=f"{XF}第二十三条、第三十四条",
        )  # fmt: skip
        walk.paper = None
    walk.put(
        "case.accepted",
        step,
        office_id=walk.holder,
        due=reckon(walk.answer, local(step.at))[0].due_on,
        document_id=paper,
    )
    walk.talk(step, "office", words.text)


def contact(walk: Walk, step: Step, words: Said) -> None:
    walk.contacted_at = walk.contacted_at or step.at
    walk.meet({CONTACT}, step.at)
    if walk.story.anonymity == "named" and (looker := walk.account(step)) is not None:
        walk.batch.add(
            "people_look", id=id_of("look", walk.story.item, step.at), person_id=walk.person_id, account_id=looker, office_id=walk.holder,
            role=step.role, purpose="handle", about=f"case:{walk.thread.id}", at=step.at,
        )  # fmt: skip
    walk.put("case.contacted", step, office_id=walk.holder)
    walk.talk(step, "office", words.text)


def talk(walk: Walk, step: Step, words: Said) -> None:
    side = "person" if step.role == "person" else "office"
    walk.talk(step, side, words.text)
    walk.put("case.talked", step, side=side, demand_id=walk.demand.id)


def objected(walk: Walk, step: Step, words: Said) -> None:
    offer = walk.offer()
    if offer:
        offer["state"], offer["reason"], offer["basis"], offer["answered_at"] = (
            "objected",
            words.text,
            "派单目录",
            step.at,
        )
    walk.put("case.objected", step, office_id=walk.office(step.office))


def returned(walk: Walk, step: Step, words: Said) -> None:
    offer = walk.offer()
    if offer:
        offer["state"], offer["ended_at"] = "returned", step.at
        walk.put("case.returned", step, office_id=offer["office_id"], returns=walk.returns + 1)
    walk.returns += 1
    walk.meet({TELL[walk.track]}, step.at, why="returned")


def upheld(walk: Walk, step: Step, words: Said) -> None:
    offer = walk.offer()
    if offer:
        offer["state"], offer["words"] = "offered", words.text
    walk.put("case.upheld", step, office_id=offer["office_id"] if offer else None)


def ask_extension(walk: Walk, step: Step, words: Said) -> None:
    walk.asked = {
        "id": id_of("ask", walk.story.item, step.at), "case_id": walk.thread.id, "days": int(step.settings.get("days", "30")),
        "reason": words.text or "需要再核实。", "asked_by": walk.account(step) or walk.holder, "asked_at": step.at, "answered_by": None,
        "answered_at": None, "granted": None,
    }  # fmt: skip
    walk.put("case.extension-asked", step, days=walk.asked["days"])


def extend(walk: Walk, step: Step, words: Said) -> None:
    days = int(step.settings.get("days", "30"))
    duty = next((d for d in walk.duties if d["rule"] == walk.answer and d["met_at"] is None), None)
    paper = None
    if duty:
        before = duty["due_at"]
        due = walk.year_due(walk.answer, duty["from_on"], days)
        duty["extra"], duty["statutory_on"], duty["due_at"], duty["provisional"] = (
            days,
            due.statutory,
            due.due_at,
            due.provisional,
        )
        paper = walk.issue(
            step, DocKind.EXTEND, walk.holder, step.office, due_on=local(before).isoformat(), reason=words.text or "需要再核实。",
            days=days, extended_to=due.due_on.isoformat(), basis=f"{XF}第三十四条",
        )  # fmt: skip
        walk.paper = None
    walk.extended = days
    if walk.asked and walk.asked["answered_at"] is None:
        walk.asked |= {"answered_by": walk.account(step), "answered_at": step.at, "granted": True}
    walk.put(
        "case.extended",
        step,
        office_id=walk.holder,
        days=days,
        due=duty["due_at"].date() if duty else None,
        document_id=paper,
    )


def assist(walk: Walk, step: Step, words: Said) -> None:
    walk.hold(
        walk.office(step.to or walk.story.helper),
        step,
        "assist",
        role="assist",
        words=words.text or "请协助。",
    )
    walk.owe("xf.assist", walk.office(step.to or walk.story.helper), local(step.at), at=step.at)
    walk.put(
        "case.assisted",
        step,
        office_id=walk.office(step.to or walk.story.helper),
        due=walk.duties[-1]["due_at"],
    )
