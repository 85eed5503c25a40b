"""What the person says of it: verdict, reopening, callback, withdrawal."""

from datetime import timedelta

from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import Walk, id_of, local, reckon
from minqing.wiring.demo.words import Said


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
    walk.batch.fact(
        walk.demand,
        "verdict.given",
        step.at,
        None,
        case_id=str(walk.thread.id),
        solved=solved,
        explained=explained,
    )


def reopen(walk: Walk, step: Step, words: Said) -> None:
    walk.reopened += 1
    walk.extended, walk.ended_at = 0, None
    if walk.holds:
        lead = next(
            (h for h in reversed(walk.holds) if h["role"] == "lead" and h["office_id"] == walk.holder), None
        )
        if lead:
            lead["state"], lead["ended_at"] = "held", None
    due, _ = reckon(walk.answer, local(step.at))
    walk.put("case.reopened", step, office_id=walk.holder, times=walk.reopened, due=due.due_at)


def callback(walk: Walk, step: Step, words: Said) -> None:
    state = {"yes": "reached", "no": "unreached", "refused": "refused"}.get(
        step.settings.get("reached", ""), "waiting"
    )
    done = None if state == "waiting" else step.at
    walk.batch.add(
        "judgement_callback", id=id_of(f"callback/{step.number}", walk.story.item, step.at), about=f"case:{walk.thread.id}",
        voice_id=walk.demand.id, person_id=walk.person_id, judged_id=walk.holder, place_path=walk.place_path, state=state,
        tries={"reached": 1, "unreached": 3}.get(state, 0), tried_on=local(step.at) if done else None, opened_at=step.at, done_at=done,
        by_id=walk.account(step) if done else None,
    )  # fmt: skip
    walk.meet({"hl.callback"}, step.at)


def ask_withdrawal(walk: Walk, step: Step, words: Said) -> None:
    walk.withdrawal = {
        "id": id_of("withdrawal", walk.story.item, step.at), "link_id": walk.link_id, "asked_at": step.at,
        "effective_at": step.at + timedelta(days=7), "called_by": None, "called_at": None, "free": None, "done_at": None, "undone_at": None,
    }  # fmt: skip
    walk.put(
        "case.withdrawal-asked", step, demand_id=walk.demand.id, effective=walk.withdrawal["effective_at"]
    )


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
