"""What each step of a course leaves behind: one function an act, the fact last."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from minqing.means.documents.rules import DocKind
from minqing.wiring.demo.offices import office as office_named
from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import REREVIEW_ASK, REVIEW_ASK, Walk, id_of, local, reckon
from minqing.wiring.demo.words import Said, said
from minqing.work.cases.rules import CONTACT, FINAL, TELL, CaseState

S = CaseState
XF = "《信访工作条例》"


def tell(walk: Walk) -> None:
    """Every step in turn: the act, then the state it leads to, then the clock that state asks for."""
    for step in walk.story.steps:
        act = ACTS.get(step.act)
        if act is not None:
            act(walk, step, said(walk.year, walk.story, step))
        if step.state:
            walk.state = S(step.state)
            if walk.state in FINAL and walk.ended_at is None:
                walk.end(step)
            elif walk.state not in FINAL:
                walk.ended_at = None
            walk.clock(step.at, **_owner(walk, step))


def _owner(walk: Walk, step: Step) -> dict[str, Any]:
    offer = walk.offer()
    match walk.state:
        case S.FORWARDED | S.ASSIGNED | S.REVIEWING | S.REREVIEWING if offer:
            return {"owner": offer["office_id"]}
        case S.REGISTERED if walk.returns >= 2:
            return {"owner": walk.office("lianxi")}
        case S.REFERRED_UP:
            return {"owner": walk.office("fuban")}
        case S.REPLIED if not walk.petition:
            return {"owner": walk.first}
        case S.PARKED:
            return {"term": next_day(walk, step).isoformat()}
        case _:
            return {}


def letter_of(words: Said) -> dict[str, str]:
    """The parts of a letter, as a paper and as a reply keep them."""
    letter = words.opinion
    if letter is None:
        return dict.fromkeys(("request", "facts", "reasons", "basis", "remedy"), "")
    basis = "；".join(str(one) for one in letter.basis) or f"{XF}第三十二条"
    return {"request": letter.request, "facts": letter.facts, "reasons": letter.reasons, "basis": basis, "remedy": letter.remedy}


def _paper(words: Said) -> dict[str, str]:
    """Without the remedy: a paper has its own words for it."""
    return {name: text for name, text in letter_of(words).items() if name != "remedy"}


def next_day(walk: Walk, step: Step) -> date:
    """The day of the next answer to what cannot be done yet; most offices have kept the earlier ones."""
    pause = timedelta(days=int(step.settings.get("days", "90")))
    day = local(step.at) + pause
    while day < walk.year.today and walk.story.item % 11:
        day += pause
    return day


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
    walk.put("case.accepted", step, office_id=walk.holder, due=reckon(walk.answer, local(step.at))[0].due_on, document_id=paper)
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
        offer["state"], offer["reason"], offer["basis"], offer["answered_at"] = "objected", words.text, "派单目录", step.at
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
    walk.put("case.upheld", step)


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
        duty["extra"], duty["statutory_on"], duty["due_at"], duty["provisional"] = days, due.statutory, due.due_at, due.provisional
        paper = walk.issue(
            step, DocKind.EXTEND, walk.holder, step.office, due_on=local(before).isoformat(), reason=words.text or "需要再核实。",
            days=days, extended_to=due.due_on.isoformat(), basis=f"{XF}第三十四条",
        )  # fmt: skip
        walk.paper = None
    walk.extended = days
    if walk.asked and walk.asked["answered_at"] is None:
        walk.asked |= {"answered_by": walk.account(step), "answered_at": step.at, "granted": True}
    walk.put("case.extended", step, office_id=walk.holder, days=days, due=duty["due_at"].date() if duty else None, document_id=paper)


def reply(walk: Walk, step: Step, words: Said) -> None:
    outcome = step.settings.get("outcome", "support")
    claim = walk.petition and walk.story.category == "claim"
    walk.replied_at = step.at
    walk.meet({CONTACT, "xf.assign.report"}, step.at)
    if walk.supervision and walk.supervision["answered_at"] is None and walk.story.item % 9:
        answer_supervision(walk, step, Said("已经答复本人，结果见答复。"))
    if claim:
        above = office_named(office_named(step.office).superior or "fuban").name
        paper = walk.issue(
            step, DocKind.OPINION, walk.holder, step.office, accepted_on=(walk.accepted_on or local(step.at)).isoformat(),
            **_paper(words), opinion=words.text or "按上面查清的事实和依据办理。",
            remedy_days=30, remedy_organ=above,
        )  # fmt: skip
    else:
        letter = _paper(words)
        paper = walk.issue(
            step, DocKind.REPLY, walk.holder, step.office, reply=words.text or "已经办理。", facts=letter["facts"], basis=letter["basis"]
        )
    walk.reply(step, letter_of(words), "opinion" if claim else "answer", words, outcome, paper)
    if words.promise:
        promise(walk, step, words)
    walk.put("case.replied", step, office_id=walk.holder, reply="opinion" if claim else "answer", outcome=outcome, document_id=paper)


def promise(walk: Walk, step: Step, words: Said) -> None:
    text, due_on, condition = words.promise or words.text, words.due_on, words.condition
    if not text or (due_on is None and not condition):
        return
    thread = walk.batch.subject(step.at, id_of(f"promise/{step.number}", walk.story.item, step.at))
    state, past = "doing", due_on is not None and due_on < walk.year.today
    if past:
        state = ("kept", "claimed", "broken", "kept")[walk.story.item % 4]
    elif condition:
        state = "waiting"
    walk.batch.add(
        "promises_promise", id=thread.id, about=f"case:{walk.thread.id}", words=text, condition=condition,
        by_account_id=walk.account(step), office_id=walk.holder, to_person_id=walk.person_id, made_on=local(step.at), due_on=due_on,
        state=state, outcome="" if state in ("doing", "waiting") else "已按说的办了。" if state != "broken" else "没有按期办到，原因已公开说明。",
        recorded_at=step.at,
    )  # fmt: skip
    walk.batch.fact(thread, "promise.made", step.at, walk.account(step), about=f"case:{walk.thread.id}")


def serve(walk: Walk, step: Step, words: Said) -> None:
    way = {"serve-post": "post", "serve-hand": "by_hand"}.get(step.settings.get("say", ""), "by_hand")
    walk.serve(step, way)
    walk.put("case.terminated" if step.state == "terminated" else "case.served", step, office_id=walk.holder, way=way)
    rule = {"served": REVIEW_ASK, "review_served": REREVIEW_ASK}.get(step.state)
    if rule:
        walk.meet({"xf.serve"}, step.at)


def plain(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        walk.put(kind, step, office_id=walk.holder)

    return act


def park(walk: Walk, step: Step, words: Said) -> None:
    walk.meet({CONTACT}, step.at)
    walk.reply(step, letter_of(words), "interim", words, "planned")
    walk.put("case.parked", step, office_id=walk.holder, next_on=next_day(walk, step))


def answered(kind: str, fact: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        walk.replied_at = walk.replied_at or step.at
        if kind == "on_spot":
            walk.accepted_on, walk.contacted_at = walk.accepted_on or local(step.at), walk.contacted_at or step.at
            walk.handler = walk.account(step)
        walk.reply(step, letter_of(words), kind, words, step.settings.get("outcome"))
        walk.put(fact, step, office_id=walk.holder)

    return act


def second_look(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        above = office_named(office_named(step.office).superior or "fuban").name
        last = {"final": "这是最后一次复核，程序到此结束；生活上的困难仍可以找乡镇。"}
        parts = {"remedy_days": 30, "remedy_organ": above} if kind == "review" else last
        doc = DocKind.REVIEW if kind == "review" else DocKind.REREVIEW
        paper = walk.issue(
            step, doc, walk.office(step.office), step.office, original_no="见原件", opinion=words.text or "见理由。",
            **_paper(words), **parts,
        )  # fmt: skip
        offer = walk.offer()
        if offer:
            offer["state"], offer["answered_at"], offer["ended_at"] = "done", step.at, step.at
        walk.reply(step, letter_of(words), kind, words, step.settings.get("outcome", "support"), paper)
        walk.put("case.reviewed" if kind == "review" else "case.rereviewed", step, office_id=walk.office(step.office), document_id=paper)

    return act


def ask_second_look(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        above = office_named(office_named(walk.story.lead).superior or "fuban").code
        walk.hold(walk.office(step.to or above), step, kind, words=words.text)
        walk.put("case.review-asked" if kind == "review" else "case.rereview-asked", step)

    return act


def verdict(walk: Walk, step: Step, words: Said) -> None:
    solved, explained = step.settings.get("solved", "yes"), step.settings.get("explained", "yes")
    for before in walk.verdicts:
        before["latest"] = False
    walk.versions += 1
    asked = step.settings.get("asked", "self")
    walk.verdicts.append({
        "id": id_of(f"verdict/{step.number}", walk.story.item, step.at), "about": f"case:{walk.thread.id}", "voice_id": walk.demand.id,
        "version": walk.versions, "office_id": walk.holder, "place_path": walk.place_path, "solved": solved, "explained": explained,
        "words": words.text, "asked": asked, "by_id": None, "at": step.at, "after_contact": False, "latest": True,
    })  # fmt: skip
    walk.confirmed_at = step.at if solved == "yes" else None
    walk.batch.fact(walk.demand, "verdict.given", step.at, None, case_id=str(walk.thread.id), solved=solved, explained=explained)


def reopen(walk: Walk, step: Step, words: Said) -> None:
    walk.reopened += 1
    walk.extended, walk.ended_at = 0, None
    if walk.holds:
        lead = next((h for h in reversed(walk.holds) if h["role"] == "lead" and h["office_id"] == walk.holder), None)
        if lead:
            lead["state"], lead["ended_at"] = "held", None
    walk.put("case.reopened", step, office_id=walk.holder)


def callback(walk: Walk, step: Step, words: Said) -> None:
    state = {"yes": "reached", "no": "unreached", "refused": "refused"}.get(step.settings.get("reached", ""), "waiting")
    done = None if state == "waiting" else step.at
    walk.batch.add(
        "judgement_callback", id=id_of(f"callback/{step.number}", walk.story.item, step.at), about=f"case:{walk.thread.id}",
        voice_id=walk.demand.id, person_id=walk.person_id, judged_id=walk.holder, place_path=walk.place_path, state=state,
        tries={"reached": 1, "unreached": 3}.get(state, 0), tried_on=local(step.at) if done else None, opened_at=step.at, done_at=done,
        by_id=walk.account(step) if done else None,
    )  # fmt: skip
    walk.meet({"hl.callback"}, step.at)


def supervise(walk: Walk, step: Step, words: Said) -> None:
    walk.supervised_at = step.at
    walk.supervision = {
        "id": id_of("supervision", walk.story.item, step.at), "case_id": walk.thread.id, "office_id": walk.holder,
        "ground": "推诿拖延", "words": words.text or "请在期限内书面反馈。", "by_id": walk.account(step), "at": step.at, "answered_at": None,
        "answer": "", "document_id": None,
    }  # fmt: skip
    walk.owe("xf.supervise", walk.holder, local(step.at), at=step.at)
    walk.put("case.supervised", step, office_id=walk.holder, due=walk.duties[-1]["due_at"])


def answer_supervision(walk: Walk, step: Step, words: Said) -> None:
    if walk.supervision:
        walk.supervision |= {"answered_at": step.at, "answer": words.text or "已经办理。"}
    walk.meet({"xf.supervise"}, step.at)
    walk.put("case.supervision-answered", step, office_id=walk.holder)


def carry(walk: Walk, step: Step, words: Said) -> None:
    walk.carried_by = walk.base.accounts.get("leader")
    walk.put("case.carried", step)


def appraise(walk: Walk, step: Step, words: Said) -> None:
    walk.appraisal = {
        "id": id_of("appraisal", walk.story.item, step.at), "case_id": walk.thread.id, "body": "县司法鉴定所", "subject": walk.story.title,
        "chosen_by": "双方共同选定", "paid_by": office_named(step.office).name, "ordered_on": local(step.at), "result": "", "result_on": None,
        "told_on": None,
    }  # fmt: skip
    walk.put("case.appraised", step)


def appraise_result(walk: Walk, step: Step, words: Said) -> None:
    if walk.appraisal:
        walk.appraisal |= {"result": words.text or "见鉴定意见书。", "result_on": local(step.at), "told_on": local(step.at)}
    walk.put("case.appraised", step, told=True)


def assist(walk: Walk, step: Step, words: Said) -> None:
    walk.hold(walk.office(step.to or walk.story.helper), step, "assist", role="assist", words=words.text or "请协助。")
    walk.owe("xf.assist", walk.office(step.to or walk.story.helper), local(step.at), at=step.at)
    walk.put("case.assisted", step, office_id=walk.office(step.to or walk.story.helper), due=walk.duties[-1]["due_at"])


def assist_reply(walk: Walk, step: Step, words: Said) -> None:
    for one in walk.holds:
        if one["role"] == "assist" and one["state"] == "offered":
            one["state"], one["answered_at"], one["ended_at"] = "done", step.at, step.at
    walk.meet({"xf.assist"}, step.at)
    walk.reply(step, letter_of(words), "assist", words, None)
    walk.put("case.replied", step, office_id=walk.office(step.office), reply="assist")


def mediation(walk: Walk, step: Step, words: Said) -> None:
    mediator = walk.base.by_role.get((step.office, "mediator")) or walk.base.accounts.get("mediator")
    walk.mediation = {
        "id": id_of("mediation", walk.story.item, step.at), "case_id": walk.thread.id, "mediator_id": mediator, "other_side": "另一方当事人",
        "no_violence": True, "person_consents": None, "other_consents": None, "state": "opened", "agreement": "", "opened_at": step.at,
        "ended_at": None, "other_office_id": None, "document_id": None,
    }  # fmt: skip
    walk.put("mediation.opened", step)


def mediation_step(state: str, fact: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        if walk.mediation is None:
            return
        if state == "consented":
            walk.mediation |= {"state": state, "person_consents": True, "other_consents": True}
        elif state == "agreed":
            walk.mediation |= {"state": state, "agreement": words.text or "双方各退一步。", "ended_at": step.at}
            if words.promise:
                promise(walk, step, words)
        else:
            violent = step.settings.get("violence") == "1"
            walk.mediation |= {"state": "stopped" if violent else "failed", "no_violence": not violent, "ended_at": step.at}
        walk.put(fact, step)

    return act


def ask_withdrawal(walk: Walk, step: Step, words: Said) -> None:
    walk.withdrawal = {
        "id": id_of("withdrawal", walk.story.item, step.at), "link_id": walk.link_id, "asked_at": step.at,
        "effective_at": step.at + timedelta(days=7), "called_by": None, "called_at": None, "free": None, "done_at": None, "undone_at": None,
    }  # fmt: skip
    walk.put("case.withdrawal-asked", step, demand_id=walk.demand.id)


def confirm_withdrawal(walk: Walk, step: Step, words: Said) -> None:
    if walk.withdrawal:
        free = step.settings.get("free", "yes") in ("yes", "1")
        walk.withdrawal |= {"called_by": walk.account(step), "called_at": step.at, "free": free}
        if not free:
            walk.withdrawal["undone_at"] = step.at


def withdraw(walk: Walk, step: Step, words: Said) -> None:
    if walk.withdrawal:
        walk.withdrawal["done_at"] = step.at
    walk.put("case.withdrawn", step, demand_id=walk.demand.id)


def paper_out(kind: DocKind, fact: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        told = words.text or "请按下面的途径办理。"
        parts = {
            DocKind.DECLINE: {"reason": told, "where_to": "县热线可以帮您转接。"},
            DocKind.REDIRECT: {"path": told, "where_to": "办理窗口和电话已写在后面。"},
            DocKind.NO_LONGER: {"ended_by": "原复核意见书", "reason": told},
        }[kind]
        paper = walk.issue(step, kind, walk.holder, step.office, basis=f"{XF}第二十二条、第三十一条、第三十六条", **parts)
        walk.put(fact, step, office_id=walk.holder, document_id=paper)

    return act


ACTS: dict[str, Callable[[Walk, Step, Any], None]] = {
    "forward": offer_to("forward"), "assign": offer_to("assign"), "arbitrate": offer_to("arbitrate"), "accept": accept,
    "contact": contact, "talk": talk, "ask": talk, "object": objected, "return": returned, "uphold": upheld,
    "ask-extension": ask_extension, "extend": extend, "reply": reply, "promise": promise, "serve": serve, "park": park,
    "resume": plain("case.resumed"), "settle-now": answered("on_spot", "case.settled-now"), "settle": answered("answer", "case.settled"),
    "conclude": plain("case.concluded"), "lapse": plain("case.lapsed"), "refer-up": plain("case.referred-up"),
    "redirect": paper_out(DocKind.REDIRECT, "case.redirected"), "decline": paper_out(DocKind.DECLINE, "case.declined"),
    "no-longer": paper_out(DocKind.NO_LONGER, "case.no-longer"), "ask-review": ask_second_look("review"), "review": second_look("review"),
    "ask-rereview": ask_second_look("rereview"), "rereview": second_look("rereview"), "verdict": verdict, "reopen": reopen,
    "callback": callback, "supervise": supervise, "answer-supervision": answer_supervision, "carry": carry, "appraise": appraise,
    "appraise-result": appraise_result, "assist": assist, "assist-reply": assist_reply, "open-mediation": mediation,
    "consent-mediation": mediation_step("consented", "mediation.consented"), "agree-mediation": mediation_step("agreed", "mediation.agreed"),
    "end-mediation": mediation_step("failed", "mediation.ended"), "ask-withdrawal": ask_withdrawal,
    "confirm-withdrawal": confirm_withdrawal, "withdraw": withdraw,
}  # fmt: skip
