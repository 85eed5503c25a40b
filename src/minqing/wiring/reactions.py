"""What happens next: fact → functions. Read this page to know what follows from an act.

Reactions tell, index and suggest. No state of a case and no legal clock is changed here.
"""

from collections.abc import Callable, Mapping

from minqing.record.facts.rules import Happened
from minqing.wiring import telling as t
from minqing.work.cases import jobs as cases
from minqing.work.promises.jobs import hear_verdict

Function = Callable[[Happened], None]

HANDED_ON: list[tuple[str, Function]] = [
    ("tell.people-forwarded", t.to_people("case.forwarded", "matter", "holder", "due")),
    ("tell.office-assigned", t.to_office("desk.assigned", "matter", "due")),
    ("find.case", cases.put_in_search),
]
ANSWERED: list[tuple[str, Function]] = [
    ("tell.people-replied", t.to_people("case.replied", "matter")),
    ("find.case", cases.put_in_search),
]
TURNED_AWAY: list[tuple[str, Function]] = [
    ("tell.people-declined", t.to_people("case.declined", "matter", "holder")),
    ("find.case", cases.put_in_search),
]
FIND_CASE: list[tuple[str, Function]] = [("find.case", cases.put_in_search)]

FOLLOWS: Mapping[str, list[tuple[str, Function]]] = {
    "demand.registered": [
        ("tell.person-registered", t.person_registered),
        ("tell.alarm", t.alarm),
        ("find.demand", t.find_demand),
    ],
    "demand.transcribed": [("tell.alarm", t.alarm), ("find.demand", t.find_demand)],
    "demand.sorted": [("find.demand", t.find_demand)],
    "demand.moved": [("find.demand", t.find_demand)],
    "case.opened": FIND_CASE,
    "case.forwarded": HANDED_ON,
    "case.assigned": HANDED_ON,
    "case.arbitrated": HANDED_ON,
    "case.assisted": [("tell.office-assigned", t.to_office("desk.assigned", "matter", "due"))],
    "case.objected": [
        ("tell.first-holder-objected", t.to_office("desk.returned", "matter", "result", of="first_holder", result="承办单位提出异议")),
        *FIND_CASE,
    ],
    "case.returned": [
        ("tell.office-returned", t.to_office("desk.returned", "matter", "result", result="同意退回")), *FIND_CASE,
    ],
    "case.upheld": [
        ("tell.office-returned", t.to_office("desk.returned", "matter", "result", result="不同意退回")), *FIND_CASE,
    ],
    "case.accepted": [
        ("tell.people-accepted", t.to_people("case.accepted", "matter", "holder", "due")), *FIND_CASE,
    ],
    "case.declined": TURNED_AWAY,
    "case.redirected": TURNED_AWAY,
    "case.no-longer": TURNED_AWAY,
    "case.extended": [("tell.people-extended", t.to_people("case.extended", "matter", "due")), *FIND_CASE],
    "case.replied": ANSWERED,
    "case.settled-now": ANSWERED,
    "case.reviewed": ANSWERED,
    "case.rereviewed": ANSWERED,
    "case.review-asked": [("tell.office-assigned", t.to_office("desk.assigned", "matter", "due")), *FIND_CASE],
    "case.rereview-asked": [("tell.office-assigned", t.to_office("desk.assigned", "matter", "due")), *FIND_CASE],
    "case.parked": [("tell.people-parked", t.to_people("case.parked", "matter", "due")), *FIND_CASE],
    "case.reopened": [
        ("tell.people-reopened", t.to_people("case.reopened", "matter", "holder", "due")),
        ("tell.office-reopened", t.to_office("desk.reopened", "matter", "due")),
        *FIND_CASE,
    ],
    "case.rejoined": [
        ("tell.people-rejoined", t.to_people("case.rejoined", "matter", "holder", "due")),
        ("tell.office-rejoined", t.to_office("desk.rejoined", "matter", "due")),
        *FIND_CASE,
    ],
    "case.supervised": [("tell.office-supervised", t.to_office("desk.supervised", "matter", "due"))],
    "case.talked": [("tell.talk", t.talk)],
    "case.withdrawal-asked": [("tell.people-withdrawn", t.to_people("case.withdrawn", "matter", "due"))],
    "case.joined": [("tell.person-joined", t.person_of_demand("case.joined")), *FIND_CASE],
    "case.split": [("tell.person-split", t.person_of_demand("case.split")), *FIND_CASE],
    "case.left": FIND_CASE,
    "case.continued": FIND_CASE,
    "case.served": FIND_CASE,
    "case.concluded": FIND_CASE,
    "case.settled": FIND_CASE,
    "case.withdrawn": FIND_CASE,
    "case.lapsed": FIND_CASE,
    "case.resumed": FIND_CASE,
    "duty.neared": [("tell.office-near", t.near)],
    "duty.climbed": [("tell.office-late", t.to_office("desk.late", "matter", "due", "late", of="told"))],
    "duty.recomputed": [
        ("cases.follow-duties", cases.follow_duties),
        ("tell.people-day-settled", t.to_people("case.day-settled", "matter", "due")),
        ("tell.person-day-settled", t.person_day_settled),
    ],
    "promise.fell-due": [("tell.person-promised", t.promise_due)],
    "reception.booked": [("tell.person-booked", t.booked)],
    "look.alarmed": [("tell.look-alarm", t.look_alarm)],
    "access.asked": [("tell.access-asked", t.access_asked)],
    "access.approved": [("tell.access-decided", t.access_decided("同意"))],
    "access.refused": [("tell.access-decided", t.access_decided("不同意"))],
    "verdict.given": [("promises.hear-verdict", hear_verdict)],
}  # fmt: skip

# One name may stand for different words under different facts, so a stored reaction is `name@kind`.
REACTIONS: dict[str, list[str]] = {
    kind: [f"{name}@{kind}" for name, _ in follows] for kind, follows in FOLLOWS.items()
}
FUNCTIONS: dict[str, Function] = {
    f"{name}@{kind}": run for kind, follows in FOLLOWS.items() for name, run in follows
}
