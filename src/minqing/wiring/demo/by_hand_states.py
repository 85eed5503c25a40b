"""States the generated year seldom or never stops in, each with a matter of its own: done once, by the commands.

Days are counted in workdays before the year's last day, so that whatever should still be open is young whenever it ends.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import actor
from minqing.ground.people.queries import askable
from minqing.ground.people.rules import ReplyBy
from minqing.means.notify.commands.senders import Address, ConsoleSender, NotSent, Sender
from minqing.means.notify.jobs import send_due
from minqing.means.notify.models import Message
from minqing.means.notify.queries import Said as Worded
from minqing.means.notify.rules import Channel as Way
from minqing.methods.clock import CHINA
from minqing.record.facts.queries import facts_about
from minqing.wiring.demo import people
from minqing.wiring.demo.base import Base
from minqing.wiring.demo.loader import note, noted
from minqing.wiring.demo.matters_by_hand import JOINT, MATTERS, Matter, Step
from minqing.wiring.demo.walk import local
from minqing.wiring.telling import address, to_people
from minqing.work.cases import commands as cases
from minqing.work.intake.commands import register_demand
from minqing.work.intake.queries import person_of
from minqing.work.intake.rules import Anonymity, Kind, Said
from minqing.work.judgement.commands import spend
from minqing.work.judgement.rules import quarter_of

DONE = "demo/by-hand-states"
ROLE = {
    "forward": "dispatcher", "assign": "dispatcher", "refer_up": "dispatcher", "decline": "dispatcher",
    "redirect": "dispatcher", "extend": "office_head",
}  # fmt: skip
TELL = {
    "case.accepted": ("matter", "holder", "due"),
    "case.extended": ("matter", "due"),
    "case.parked": ("matter", "due"),
    "case.replied": ("matter",),
}


class NoSuchBox:
    """The receiver's server says that nobody has this address."""

    def send(self, message: Message, address: Address, said: Worded, *, at: datetime) -> None:
        raise NotSent("refused by the receiver's server", for_good=True)


class NoAnswer:
    """The gateway took the message and never said what became of it."""

    def send(self, message: Message, address: Address, said: Worded, *, at: datetime) -> None:
        raise TimeoutError


ON_ITS_WAY: dict[str, Sender] = {"failed": NoSuchBox(), "unknown": NoAnswer()}


@dataclass
class Days:
    """The workdays before the last day of the year, the newest first (number 1 is the one before it), and who worked."""

    base: Base
    end: datetime
    back: list[date] = field(default_factory=list)
    known: dict[UUID, Actor] = field(default_factory=dict)

    def __post_init__(self) -> None:
        day, calendar = local(self.end), law.calendar()
        while len(self.back) < 240:
            day -= timedelta(days=1)
            if calendar.is_workday(day):
                self.back.append(day)

    def at(self, ago: int, hour: int) -> datetime:
        """Nine o'clock and some hours; 0 days ago is the hour before the end, whatever day that is."""
        if ago == 0:
            return self.end - timedelta(minutes=50 - 10 * hour)
        return datetime.combine(self.back[ago - 1], time(9 + hour, 5 + 6 * hour), CHINA)

    def last_quarter(self) -> int:
        """The last workday of the quarter before this one."""
        now = quarter_of(local(self.end))
        return next(ago for ago, day in enumerate(self.back, 1) if quarter_of(day) != now)

    def who(self, office: str, role: str) -> Actor:
        """Whoever holds the seat; the hotline has no handlers, its head takes what it handles itself."""
        seats = self.base.by_role
        found = seats.get((office, role)) or seats.get((office, "handler")) or seats[office, "office_head"]
        if found not in self.known:
            self.known[found] = actor(found, on=local(self.end))
        return self.known[found]


@transaction.atomic
def once(base: Base, at: datetime) -> None:
    """All of it or nothing, and never twice."""
    if noted(DONE) is not None:
        return
    days = Days(base, at)
    for matter in MATTERS:
        _walk(days, matter)
    _join_and_leave(days)
    note(DONE, 1)


def _walk(days: Days, matter: Matter) -> None:
    first = days.last_quarter() - 1 if matter.last_quarter else 0
    demand_id = _say(days, matter, first)
    case_id = _open(days, matter, demand_id, first)
    for hour, step in enumerate(matter.steps, 2):
        _take(days, demand_id, case_id, step, days.at(first + step.ago if step.ago else 0, hour))
    for told, state in matter.told:
        _tell(case_id, told, state)


def _say(days: Days, matter: Matter, first: int = 0) -> UUID:
    known = people.resident(matter.person, matter.place, 1)
    at = days.at(first + matter.ago if matter.ago else 0, 0)
    return register_demand(
        by=days.who(matter.desk, "operator" if matter.desk == "hotline" else "registrar"), at=at,
        said=Said(
            text=matter.text, title=matter.title, name=known.name, phone=known.phone, address=known.address,
            email=f"p{matter.person}@mail.invalid" if matter.reply_by is ReplyBy.EMAIL else "", place=matter.place,
            anonymity=Anonymity.NAMED, channel=matter.channel, kind=Kind.HELP, reply_by=matter.reply_by, lang="zh-hans",
            sender="demo", sender_key=f"by-hand/{matter.person}",
        ),
    ).demand_id  # fmt: skip


def _open(days: Days, matter: Matter, demand_id: UUID, first: int = 0) -> UUID:
    at = days.at(first + matter.ago if matter.ago else 0, 1)
    by = days.who(matter.desk, "dispatcher")
    return cases.open_case(by=by, at=at, demand_id=demand_id, title=matter.title, track=matter.track).pk


def _take(days: Days, demand_id: UUID, case_id: UUID, step: Step, at: datetime) -> None:
    more: dict[str, Any] = dict(step.more)
    match step.act:
        case "ask":  # the household is asked about something: one of its four a quarter
            home = askable({person := person_of(demand_id)})[person].household_id
            spend(household_id=home, room="visits", at=at)
        case "take_back":
            asked = cases.ask_withdrawal(by=cases.resident_of(demand_id), case_id=case_id, at=at)
            called = at + timedelta(days=2)
            by = days.who(step.office, "callback")
            cases.confirm_withdrawal(by=by, withdrawal_id=asked.pk, free=True, at=called)
            cases.take_effect(withdrawal_id=asked.pk, at=asked.effective_at + timedelta(minutes=1))
        case _:
            if "to" in more:
                more["office_id"] = days.base.offices[more.pop("to")]
            if "in_days" in more:
                more["next_on"] = local(at) + timedelta(days=more.pop("in_days"))
            by = days.who(step.office, ROLE.get(step.act, "handler"))
            getattr(cases, f"{step.act}_case")(by=by, case_id=case_id, at=at, **more)


def _tell(case_id: UUID, kind: str, state: str) -> None:
    """The message of one step, told as the running house tells it, and what became of it on its way."""
    fact = next(one for one in facts_about(case_id) if one.kind == kind)
    to_people(kind, *TELL[kind])(fact)
    sender = ON_ITS_WAY.get(state, ConsoleSender())
    if state != "pending":
        send_due(address, at=fact.at, senders={Way.EMAIL: sender, Way.SMS: sender}, most=1)


def _join_and_leave(days: Days) -> None:
    """Three words about one matter; one had a case of its own and goes back to it, one goes back to the sorting table."""
    head, with_case, without = JOINT
    words = {matter.person: _say(days, matter) for matter in JOINT}
    case_id = _open(days, head, words[head.person])
    _open(days, with_case, words[with_case.person])
    for hour, matter in enumerate((with_case, without), 2):
        at = days.at(matter.ago, hour)
        by = days.who(head.desk, "dispatcher")
        cases.join_demand(
            by=by, demand_id=words[matter.person], case_id=case_id, at=at, reason="同一段路，同一件事"
        )
    for hour, (matter, why) in enumerate(
        ((with_case, "我要修的是自家门口那一截"), (without, "我想单独要一份答复")), 2
    ):
        own = cases.resident_of(words[matter.person])
        cases.leave_case(
            by=own, demand_id=words[matter.person], case_id=case_id, at=days.at(2, hour), reason=why
        )
