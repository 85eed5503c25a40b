"""Who may do what: every role, every verb, and the Actor who carries them. One pure page."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from minqing.kernel.errors import NotAllowed
from minqing.kernel.words import Word


class Reach(StrEnum):
    """How far a seat sees: the whole county, its own office and those below, or its own place and those below."""

    COUNTY = "county"
    OFFICE = "office"
    PLACE = "place"
    NONE = "none"


class Role(Word):
    OPERATOR = "operator", "话务员"
    REGISTRAR = "registrar", "登记员"
    DISPATCHER = "dispatcher", "派办员"
    HANDLER = "handler", "承办人"
    OFFICE_HEAD = "office_head", "单位负责人"
    ARBITER = "arbiter", "裁定人"
    LEADER = "leader", "县领导"
    VILLAGE_CADRE = "village_cadre", "村干部"
    CALLBACK = "callback", "回访员"
    MEDIATOR = "mediator", "调解员"
    RECEPTION = "reception", "接待员"
    DISCIPLINE = "discipline", "纪检干部"
    ORGANISATION = "organisation", "组织干部"
    NPC = "npc", "人大工作人员"
    DEPUTY = "deputy", "人大代表"
    SYSADMIN = "sysadmin", "系统管理员"
    SECADMIN = "secadmin", "安全管理员"
    AUDITOR = "auditor", "审计管理员"


class Verb(StrEnum):
    DEMAND_REGISTER = "demand.register"
    DEMAND_VIEW = "demand.view"
    DEMAND_TRANSCRIBE = "demand.transcribe"
    DEMAND_FIND = "demand.find"
    DEMAND_SORT = "demand.sort"
    CASE_VIEW = "case.view"
    CASE_OPEN = "case.open"
    CASE_JOIN = "case.join"
    CASE_LEAVE = "case.leave"
    CASE_SPLIT = "case.split"
    CASE_FORWARD = "case.forward"
    CASE_ASSIGN = "case.assign"
    CASE_ASSIST = "case.assist"
    CASE_REFER_UP = "case.refer-up"
    CASE_REDIRECT = "case.redirect"
    CASE_DECLINE = "case.decline"
    CASE_OBJECT = "case.object"
    CASE_RETURN = "case.return"
    CASE_UPHOLD = "case.uphold"
    CASE_NO_LONGER = "case.no-longer"
    CASE_ARBITRATE = "case.arbitrate"
    CASE_ACCEPT = "case.accept"
    CASE_CONTACT = "case.contact"
    CASE_TALK = "case.talk"
    CASE_ASK_EXTENSION = "case.ask-extension"
    CASE_EXTEND = "case.extend"
    CASE_REPLY = "case.reply"
    CASE_SETTLE_NOW = "case.settle-now"
    CASE_SERVE = "case.serve"
    CASE_PARK = "case.park"
    CASE_RESUME = "case.resume"
    CASE_REVIEW = "case.review"
    CASE_REREVIEW = "case.rereview"
    CASE_CONCLUDE = "case.conclude"
    CASE_WITHDRAW = "case.withdraw"
    CASE_CONFIRM_WITHDRAWAL = "case.confirm-withdrawal"
    CASE_REOPEN = "case.reopen"
    CASE_ASK_REVIEW = "case.ask-review"
    CASE_ASK_REREVIEW = "case.ask-rereview"
    CASE_SETTLE = "case.settle"
    CASE_ANSWER_SUPERVISION = "case.answer-supervision"
    CASE_SUPERVISE = "case.supervise"
    CASE_CARRY = "case.carry"
    CASE_APPRAISE = "case.appraise"
    CASE_LINK = "case.link"
    CASE_NUMBER = "case.number"
    MEDIATION_OPEN = "mediation.open"
    MEDIATION_AGREE = "mediation.agree"
    MEDIATION_END = "mediation.end"
    PROMISE_MAKE = "promise.make"
    PROMISE_CLAIM = "promise.claim"
    PAIR_VIEW = "pair.view"
    PAIR_REFUSE = "pair.refuse"
    CALLBACK_WORK = "callback.work"
    RECEPTION_PLAN = "reception.plan"
    RECEPTION_BOOK = "reception.book"
    RECEPTION_HOLD = "reception.hold"
    CONTACT_OPEN = "contact.open"
    FAILURE_VIEW = "failure.view"
    LATE_VIEW = "late.view"
    LAW_PROPOSE = "law.propose"
    LAW_APPROVE = "law.approve"
    LAW_DROP = "law.drop"
    CALENDAR_LOAD = "calendar.load"
    ACCOUNT_EDIT = "account.edit"
    LOOK_VIEW = "look.view"
    LOOK_SETTLE = "look.settle"
    ACCESS_ASK = "access.ask"
    ACCESS_APPROVE = "access.approve"
    ACCESS_REFUSE = "access.refuse"
    ACCESS_OPEN = "access.open"
    ACCESS_DELAY = "access.delay"
    ERASURE_ASK = "erasure.ask"
    ERASURE_TAKE_BACK = "erasure.take-back"
    ERASURE_AGREE = "erasure.agree"


V = Verb
SEE = frozenset({V.DEMAND_VIEW, V.CASE_VIEW})
WRITE_DOWN = frozenset({V.DEMAND_REGISTER, V.DEMAND_FIND, V.RECEPTION_BOOK})
ASK = frozenset({V.ACCESS_ASK, V.ACCESS_OPEN, V.ACCESS_DELAY})
AGREE = frozenset({V.ACCESS_APPROVE, V.ACCESS_REFUSE})
HANDLE = SEE | {
    V.CASE_ACCEPT, V.CASE_OBJECT, V.CASE_CONTACT, V.CASE_TALK, V.CASE_ASK_EXTENSION, V.CASE_REPLY,
    V.CASE_SETTLE_NOW, V.CASE_SERVE, V.CASE_PARK, V.CASE_RESUME, V.CASE_APPRAISE, V.CASE_NUMBER,
    V.CASE_ASK_REVIEW, V.CASE_ASK_REREVIEW,
    V.CASE_REDIRECT, V.CASE_DECLINE, V.CASE_SETTLE, V.CASE_ANSWER_SUPERVISION,
    V.PROMISE_MAKE, V.PROMISE_CLAIM, V.CONTACT_OPEN, V.DEMAND_REGISTER, V.MEDIATION_OPEN, V.PAIR_VIEW, V.PAIR_REFUSE,
}  # fmt: skip
SORT = SEE | WRITE_DOWN | {
    V.DEMAND_TRANSCRIBE, V.DEMAND_SORT, V.CASE_OPEN, V.CASE_JOIN, V.CASE_LEAVE, V.CASE_SPLIT, V.CASE_FORWARD,
    V.CASE_ASSIGN, V.CASE_ASSIST, V.CASE_REFER_UP, V.CASE_REDIRECT, V.CASE_DECLINE, V.CASE_RETURN,
    V.CASE_UPHOLD, V.CASE_NO_LONGER, V.CASE_ACCEPT, V.CASE_CARRY, V.CASE_TALK, V.CASE_SERVE, V.CASE_SUPERVISE, V.CASE_LINK,
    V.CASE_NUMBER, V.CASE_SETTLE_NOW, V.CASE_ASK_REVIEW, V.CASE_ASK_REREVIEW,
    V.CASE_CONCLUDE, V.CONTACT_OPEN, V.FAILURE_VIEW, V.LATE_VIEW, V.CASE_WITHDRAW, V.MEDIATION_OPEN,
}  # fmt: skip

MAY: dict[Role, frozenset[Verb]] = {
    Role.OPERATOR: WRITE_DOWN | {V.DEMAND_VIEW, V.CASE_SETTLE_NOW, V.CASE_VIEW, V.CASE_TALK, V.CASE_ASK_REVIEW,
                                V.CASE_ASK_REREVIEW},
    Role.REGISTRAR: WRITE_DOWN | {V.DEMAND_VIEW, V.DEMAND_TRANSCRIBE},
    Role.DISPATCHER: SORT | ASK | {V.LAW_PROPOSE, V.LAW_DROP, V.CALENDAR_LOAD},
    Role.HANDLER: HANDLE | ASK,
    Role.OFFICE_HEAD: HANDLE | ASK | AGREE | {V.CASE_EXTEND, V.CASE_REVIEW, V.CASE_REREVIEW, V.LATE_VIEW, V.CASE_CONCLUDE},
    Role.ARBITER: SEE | AGREE | {V.CASE_ARBITRATE, V.CASE_RETURN, V.CASE_UPHOLD, V.CASE_ASSIST, V.CASE_SUPERVISE, V.LATE_VIEW,
                         V.CASE_REVIEW, V.CASE_REREVIEW, V.LAW_APPROVE},
    Role.LEADER: SEE | {V.LATE_VIEW, V.CASE_SUPERVISE, V.CASE_CARRY, V.PROMISE_MAKE, V.RECEPTION_HOLD,
                        V.CASE_REVIEW, V.CASE_REREVIEW, V.DEMAND_REGISTER, V.PAIR_VIEW, V.PAIR_REFUSE},
    Role.VILLAGE_CADRE: frozenset({V.DEMAND_REGISTER}) | (HANDLE - {V.CONTACT_OPEN}),
    Role.CALLBACK: frozenset({V.CALLBACK_WORK, V.CASE_CONFIRM_WITHDRAWAL, V.CONTACT_OPEN}),
    Role.MEDIATOR: SEE | {V.MEDIATION_AGREE, V.MEDIATION_END, V.PROMISE_MAKE},
    Role.RECEPTION: WRITE_DOWN | {V.RECEPTION_PLAN, V.RECEPTION_HOLD, V.DEMAND_VIEW},
    Role.DISCIPLINE: AGREE,
    Role.ORGANISATION: frozenset(),
    Role.NPC: frozenset(),
    Role.DEPUTY: frozenset({V.DEMAND_REGISTER}),
    Role.SYSADMIN: frozenset({V.ACCOUNT_EDIT, V.FAILURE_VIEW}),
    Role.SECADMIN: frozenset({V.LOOK_SETTLE, V.LAW_PROPOSE, V.LAW_APPROVE, V.LAW_DROP, V.CALENDAR_LOAD, V.ERASURE_AGREE}),
    Role.AUDITOR: frozenset({V.LOOK_VIEW, V.ERASURE_AGREE}),
}  # fmt: skip

RESIDENT_MAY = frozenset(
    {
        V.DEMAND_VIEW,
        V.CASE_TALK,
        V.CASE_REOPEN,
        V.CASE_WITHDRAW,
        V.CASE_ASK_REVIEW,
        V.CASE_ASK_REREVIEW,
        V.CASE_LEAVE,
        V.ERASURE_ASK,
        V.ERASURE_TAKE_BACK,
    }
)
"""What the holder of a query code may do, with their own demand only."""

REACH: dict[Role, Reach] = {
    Role.OPERATOR: Reach.COUNTY, Role.REGISTRAR: Reach.COUNTY, Role.DISPATCHER: Reach.COUNTY,
    Role.HANDLER: Reach.OFFICE, Role.OFFICE_HEAD: Reach.OFFICE, Role.ARBITER: Reach.COUNTY,
    Role.LEADER: Reach.COUNTY, Role.VILLAGE_CADRE: Reach.OFFICE, Role.CALLBACK: Reach.COUNTY,
    Role.MEDIATOR: Reach.OFFICE, Role.RECEPTION: Reach.COUNTY, Role.DISCIPLINE: Reach.NONE,
    Role.ORGANISATION: Reach.NONE, Role.NPC: Reach.NONE, Role.DEPUTY: Reach.PLACE,
    Role.SYSADMIN: Reach.NONE, Role.SECADMIN: Reach.NONE, Role.AUDITOR: Reach.NONE,
}  # fmt: skip


@dataclass(frozen=True)
class Seat:
    """One appointment in force: the role, its office and where both stand in their trees."""

    role: Role
    office_id: UUID
    office_path: str
    place_path: str
    deputising: bool = False


@dataclass(frozen=True)
class Actor:
    """Who acts. Staff have an account and seats; a resident with a query code has the demand it opened."""

    account_id: UUID | None
    seats: tuple[Seat, ...] = ()
    demand_id: UUID | None = None

    def seats_for(self, verb: Verb) -> Iterator[Seat]:
        return (seat for seat in self.seats if verb in MAY[seat.role])

    def may(self, verb: Verb) -> bool:
        return any(True for _ in self.seats_for(verb))

    def must(self, verb: Verb, *, office_path: str | None = None) -> Seat:
        """The first seat that carries the verb (over that office, if one is named); refuses when there is none."""
        for seat in self.seats_for(verb):
            if (
                REACH[seat.role] is Reach.COUNTY
                or office_path is None
                or office_path.startswith(seat.office_path)
            ):
                return seat
        raise NotAllowed()

    @property
    def roles(self) -> frozenset[Role]:
        return frozenset(seat.role for seat in self.seats)

    @property
    def office_id(self) -> UUID | None:
        return self.seats[0].office_id if self.seats else None


PUBLIC = Actor(account_id=None)
