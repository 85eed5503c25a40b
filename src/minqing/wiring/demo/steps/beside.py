"""What runs beside the procedure: carrying, appraisal, mediation."""

from collections.abc import Callable
from typing import Any

from minqing.wiring.demo.offices import office as office_named
from minqing.wiring.demo.steps.answer import promise
from minqing.wiring.demo.story import Step
from minqing.wiring.demo.walk import Walk, id_of, local
from minqing.wiring.demo.words import Said


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
        walk.appraisal |= {
            "result": words.text or "见鉴定意见书。",
            "result_on": local(step.at),
            "told_on": local(step.at),
        }
    walk.put("case.appraised", step, told=True)


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
            walk.mediation |= {
                "state": state,
                "agreement": words.text or "双方各退一步。",
                "ended_at": step.at,
            }
            if words.promise:
                promise(walk, step, words)
        else:
            violent = step.settings.get("violence") == "1"
            walk.mediation |= {
                "state": "stopped" if violent else "failed",
                "no_violence": not violent,
                "ended_at": step.at,
            }
        walk.put(fact, step)

    return act
