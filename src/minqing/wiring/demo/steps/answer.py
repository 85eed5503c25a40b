"""Steps that answer: replies, papers, second looks, promises, letters of supervision."""

from collections.abc import Callable
from typing import Any

from minqing.means.documents.rules import DocKind
from minqing.wiring.demo.offices import office as office_named
from minqing.wiring.demo.steps.letters import letter_of, next_day, paper_of
from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import REREVIEW_ASK, REVIEW_ASK, Walk, id_of, local
from minqing.wiring.demo.words import Said
from minqing.work.cases.rules import CONTACT

XF = "《信访工作条例》"


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
            **paper_of(words), opinion=words.text or "按上面查清的事实和依据办理。",
            remedy_days=30, remedy_organ=above,
        )  # fmt: skip
    else:
        letter = paper_of(words)
        paper = walk.issue(
            step,
            DocKind.REPLY,
            walk.holder,
            step.office,
            reply=words.text or "已经办理。",
            facts=letter["facts"],
            basis=letter["basis"],
        )
    walk.reply(step, letter_of(words), "opinion" if claim else "answer", words, outcome, paper)
    if words.promise:
        promise(walk, step, words)
    walk.put(
        "case.replied",
        step,
        office_id=walk.holder,
        reply="opinion" if claim else "answer",
        outcome=outcome,
        document_id=paper,
    )


def assist_reply(walk: Walk, step: Step, words: Said) -> None:
    for one in walk.holds:
        if one["role"] == "assist" and one["state"] == "offered":
            one["state"], one["answered_at"], one["ended_at"] = "done", step.at, step.at
    walk.meet({"xf.assist"}, step.at)
    walk.reply(step, letter_of(words), "assist", words, None)
    walk.put("case.replied", step, office_id=walk.office(step.office), reply="assist")


def serve(walk: Walk, step: Step, words: Said) -> None:
    way = {"serve-post": "post", "serve-hand": "by_hand"}.get(step.settings.get("say", ""), "by_hand")
    walk.serve(step, way)
    walk.put(
        "case.terminated" if step.state == "terminated" else "case.served",
        step,
        office_id=walk.holder,
        way=way,
    )
    rule = {"served": REVIEW_ASK, "review_served": REREVIEW_ASK}.get(step.state)
    if rule:
        walk.meet({"xf.serve"}, step.at)


def park(walk: Walk, step: Step, words: Said) -> None:
    walk.meet({CONTACT}, step.at)
    walk.reply(step, letter_of(words), "interim", words, "planned")
    walk.put("case.parked", step, office_id=walk.holder, next_on=next_day(walk, step))


def answered(kind: str, fact: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        walk.replied_at = walk.replied_at or step.at
        if kind == "on_spot":
            walk.accepted_on, walk.contacted_at = (
                walk.accepted_on or local(step.at),
                walk.contacted_at or step.at,
            )
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
            **paper_of(words), **parts,
        )  # fmt: skip
        offer = walk.offer()
        if offer:
            offer["state"], offer["answered_at"], offer["ended_at"] = "done", step.at, step.at
        walk.reply(step, letter_of(words), kind, words, step.settings.get("outcome", "support"), paper)
        walk.put(
            "case.reviewed" if kind == "review" else "case.rereviewed",
            step,
            office_id=walk.office(step.office),
            document_id=paper,
        )

    return act


def ask_second_look(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        above = office_named(office_named(walk.story.lead).superior or "fuban").code
        organ = walk.office(step.to or above)
        walk.hold(organ, step, kind, words=words.text)
        walk.put("case.review-asked" if kind == "review" else "case.rereview-asked", step, office_id=organ)

    return act


def paper_out(kind: DocKind, fact: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        told = words.text or "请按下面的途径办理。"
        parts = {
            DocKind.DECLINE: {"reason": told, "where_to": "县热线可以帮您转接。"},
            DocKind.REDIRECT: {"path": told, "where_to": "办理窗口和电话已写在后面。"},
            DocKind.NO_LONGER: {"ended_by": "原复核意见书", "reason": told},
        }[kind]
        paper = walk.issue(
            step, kind, walk.holder, step.office, basis=f"{XF}第二十二条、第三十一条、第三十六条", **parts
        )
        walk.put(fact, step, office_id=walk.holder, document_id=paper)

    return act


def plain(kind: str) -> Callable[[Walk, Step, Any], None]:
    def act(walk: Walk, step: Step, words: Said) -> None:
        walk.put(kind, step, office_id=walk.holder)

    return act
