"""A county in which every address of the product has something to act on, and somebody of every role."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from doors.office import seat
from makers import AT, STAFF, VILLAGE, County, register
from minqing.charter import Role
from minqing.ground.offices.commands import give_token
from minqing.ground.people.rules import AccessKind, Contact, ReplyBy
from minqing.work.cases import commands as cases
from minqing.work.cases.models import Supervision
from minqing.work.judgement.models import Callback
from minqing.work.promises.commands import make_promise
from work import casework

MORE_STAFF = (
    ("disciplinary", "government", Role.DISCIPLINE),
    ("organiser", "government", Role.ORGANISATION),
    ("clerk", "congress", Role.NPC),
    ("secadmin", "government", Role.SECADMIN),
    ("auditor", "government", Role.AUDITOR),
    ("other_mediator", "roads", Role.MEDIATOR),
)
WHO: dict[Role, str] = {role: name for name, _, role in (*MORE_STAFF, *reversed(STAFF))}


@dataclass
class World:
    """A county in which every address has something to act on, all of it of the water office."""

    here: County
    ids: dict[str, Any] = field(default_factory=dict)

    def token(self, name: str) -> dict[str, str]:
        return {"Authorization": "Bearer " + give_token(account_id=self.here.accounts[name], at=AT)}


def a_world(here: County) -> World:
    for name, office, role in MORE_STAFF:
        seat(here, name, office, role)
    told = register(name="林小溪", phone="13900000021", place=VILLAGE)
    case = casework.accepted(here, demand_id=told.demand_id)
    cases.supervise_case(
        by=here["leader"],
        case_id=case.pk,
        at=AT,
        ground="群众等水",
        words="请办",
        answer_by=AT.date() + timedelta(9),
    )
    mediated = casework.accepted(here)
    mediation = cases.open_mediation(
        by=here["handler"], case_id=mediated.pk, at=AT, mediator_id=here.accounts["mediator"], other_side="供水站",
        no_violence=True,
    )  # fmt: skip
    promise = make_promise(
        by=here["head"], about=f"case:{case.pk}", words="三日内修好", office_id=here.offices["water"],
        due_on=AT.date() + timedelta(3), made_on=AT.date(), at=AT,
    )  # fmt: skip
    day = cases.plan_day(
        by=here["reception"], at=AT, on=AT.date(), leader_id=here.accounts["leader"], place_words="一楼"
    )
    cases.publish_day(by=here["reception"], day_id=day.pk, at=AT)
    booked = cases.queue_walk_in(by=here["reception"], day_id=day.pk, at=AT, contact=Contact(name="马大爷"))
    leaving = casework.accepted(here)
    withdrawal = cases.ask_withdrawal(
        by=casework.resident(casework.voice(leaving)), case_id=leaving.pk, at=AT
    )
    answered = register(name="周水生", phone="13900000022", reply_by=ReplyBy.PHONE)
    other = casework.served(here, demand_id=answered.demand_id)
    waits = register("路灯坏了")
    asked = cases.ask_access(
        by=here["dispatcher"], case_id=case.pk, demand_id=told.demand_id, at=AT, kind=AccessKind.CONFIDENTIAL, words="要送达", proved_at=AT,
    )  # fmt: skip
    ids = {
        "accesse": asked,
        "case": case.pk, "demand": waits.demand_id, "mediation": mediation.pk, "promise": promise, "reception": day.pk,
        "booking": booked.booking_id, "withdrawal": withdrawal.pk, "callback": Callback.objects.get().pk,
        "other_case": other.pk, "other_demand": answered.demand_id, "word": told.demand_id, "receipt": told.receipt,
        "supervision": Supervision.objects.get().pk,
    }  # fmt: skip
    return World(here, ids)
