"""Reactions that tell: people in the way they chose, officers in the system, the search what can be found.

Each may run twice: a message is unique for fact, receiver and way; the search keeps one row a subject.
"""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from minqing.charter import Role
from minqing.ground.offices.queries import actor, colleagues, email_of, names_of
from minqing.ground.people.queries import Mask, askable, asker_of, masks_of, may_decide, sealed_contact
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.errors import NotFound
from minqing.means.notify.commands import tell
from minqing.means.notify.rules import BY_PEOPLE, Channel
from minqing.means.search import commands as search
from minqing.methods.clock import CHINA
from minqing.record.facts.rules import Happened
from minqing.work.cases.queries import seat_booked
from minqing.work.cases.queries.telling import Told, told_of
from minqing.work.intake.queries import DemandLine, demand_line
from minqing.work.judgement.commands import spend
from minqing.work.judgement.rules import AskedToStop, BudgetSpent
from minqing.work.promises.queries import PromiseLine, promise_line
from minqing.work.promises.rules import PromiseState

WAYS = {
    ReplyBy.SMS: Channel.SMS,
    ReplyBy.EMAIL: Channel.EMAIL,
    ReplyBy.PHONE: Channel.PHONE,
    ReplyBy.LETTER: Channel.LETTER,
}
QUIET = frozenset({
    "case.forwarded", "case.accepted", "case.joined", "case.split", "case.talked", "demand.registered", "reception.booked",
})  # fmt: skip
"""Steps for which nobody is called or written to by hand: a short message, a mail or the page is enough."""
PROMISED = {"reception": "接待时答应的事"}
"""How a message names a promise that was not made about a case."""
DESK_ROLES = (Role.HANDLER, Role.OFFICE_HEAD, Role.VILLAGE_CADRE, Role.DISPATCHER, Role.ARBITER)
TOLD_ROLES = (Role.OFFICE_HEAD, Role.LEADER, Role.DISPATCHER)
"""Who in a superior office hears that something below is late."""
ASKED_ROLES = (Role.ARBITER, Role.DISCIPLINE)
ALARM_ROLES = (Role.CALLBACK, Role.OPERATOR, Role.DISPATCHER)


def _day(value: Any) -> str:
    """The day of an instant as the person counts it."""
    if isinstance(value, str) and value:
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        value = value.astimezone(CHINA).date()
    return value.isoformat() if isinstance(value, date) else "—"


def _matter(title: str, arrived: str) -> str:
    """How a message names the matter: its title, or the day it came. Never the person's own words."""
    return title[:120] if title else _day(arrived)


def to_people(template: str, *names: str) -> Callable[[Happened], None]:
    """A reaction that tells every word's person in the case; `names` are the template's parameters."""

    def react(fact: Happened) -> None:
        case = told_of(fact.about_id)
        if case is None or fact.body.get("reply") == "assist":
            return
        only = fact.body.get("demand_id")
        for voice in case.voices:
            if only is None or str(voice.demand_id) == only:
                known = _params(case, fact) | {"matter": _matter(voice.title or case.title, voice.arrived)}
                _to_person(fact, voice.person_id, template, known, names)

    react.__name__ = f"people:{template}"
    return react


def _params(case: Told, fact: Happened) -> dict[str, Any]:
    due = fact.body.get("next_on") or fact.body.get("effective") or fact.body.get("due") or case.due_at
    office_id = fact.body.get("office_id")
    holder = names_of({UUID(office_id)}).get(UUID(office_id)) if office_id else None
    return {"due": _day(due), "holder": holder or (case.holder, case.holder_en)}


def way_of(mask: Mask | None, template: str) -> Channel | None:
    """On which way this person hears of this; None where nobody is told and the page must do."""
    channel = WAYS.get(ReplyBy(mask.reply_by)) if mask else None
    return None if template in QUIET and channel in BY_PEOPLE else channel


def _to_person(
    fact: Happened, person_id: UUID, template: str, known: dict[str, Any], names: Iterable[str]
) -> None:
    mask = masks_of({person_id}).get(person_id)
    channel = way_of(mask, template)
    if mask is None or channel is None:
        return
    params = {name: known[name] for name in names}
    for name, value in params.items():
        if isinstance(value, tuple):  # Chinese, English
            params[name] = value[1 if mask.lang == "en" and value[1] else 0]
    tell(
        fact_id=fact.id,
        template=template,
        params=params,
        channel=channel,
        at=fact.at,
        person_id=person_id,
        lang=mask.lang,
    )


def to_office(
    template: str, *names: str, of: str = "office_id", result: str = ""
) -> Callable[[Happened], None]:
    """A reaction that tells the officers of one office: of the fact's `of`, or of the case's `holder`/`first_holder`."""

    def react(fact: Happened) -> None:
        case = told_of(fact.about_id)
        matter, holder, first, due = _of_subject(fact, case)
        office = {"holder": holder, "first_holder": first}.get(of) or fact.body.get(of)
        if office is None:
            return
        late = (fact.at.astimezone(CHINA).date() - date.fromisoformat(due)).days if due != "—" else 0
        known = {"matter": matter, "due": due, "result": result, "late": max(1, late), "left": max(0, -late)}
        _to_office(
            fact,
            UUID(str(office)),
            template,
            {name: known[name] for name in names},
            TOLD_ROLES if of == "told" else DESK_ROLES,
        )

    react.__name__ = f"office:{template}:{of}"
    return react


def _of_subject(fact: Happened, case: Told | None) -> tuple[str, UUID | None, UUID | None, str]:
    if case is not None:
        due = _day(fact.body.get("due") or case.due_at)
        return _matter(case.title, case.registered_at.isoformat()), case.holder_id, case.first_holder_id, due
    line, due = _demand(fact), _day(fact.body.get("due") or "")
    if line is not None:
        return _matter(line.title, line.arrived_on.isoformat()), None, None, due
    promise = promise_line(fact.about_id, today=fact.at.astimezone(CHINA).date())
    return (_promised(promise) if promise else "—"), None, None, due


def _promised(promise: PromiseLine) -> str:
    """The matter in which something was promised; never the words, which may name somebody."""
    case = _case_of(promise)
    if case is not None:
        return _matter(case.title, case.registered_at.isoformat())
    return PROMISED.get(promise.about.partition(":")[0], "答应的事")


def _case_of(promise: PromiseLine) -> Told | None:
    subject, _, row_id = promise.about.partition(":")
    return told_of(UUID(row_id)) if subject == "case" else None


def _to_office(
    fact: Happened, office_id: UUID, template: str, params: dict[str, Any], roles: Iterable[Role]
) -> None:
    wanted = set(roles)
    for role in wanted:
        for one in colleagues(role=role, office_id=office_id, on=fact.at.astimezone(CHINA).date()):
            tell(
                fact_id=fact.id,
                template=template,
                params=params,
                channel=Channel.IN_APP,
                at=fact.at,
                account_id=one.account_id,
            )


def _demand(fact: Happened) -> DemandLine | None:
    try:
        return demand_line(fact.about_id)
    except NotFound:
        return None


def person_registered(fact: Happened) -> None:
    line = _demand(fact)
    if line is not None:
        known = {"matter": _matter(line.title, line.arrived_on.isoformat()), "due": _day(fact.body["due"])}
        desk = colleagues(role=Role.DISPATCHER, on=line.arrived_on)
        known["holder"] = desk[0].office if desk else "—"
        _to_person(fact, line.person_id, "demand.registered", known, ("matter", "holder", "due"))


def person_day_settled(fact: Happened) -> None:
    """The day of a word that is in no case yet was reckoned anew; cases tell their own people."""
    line = _demand(fact)
    if line is not None:
        known = {"matter": _matter(line.title, line.arrived_on.isoformat()), "due": _day(fact.body["due"])}
        _to_person(fact, line.person_id, "case.day-settled", known, ("matter", "due"))


def person_of_demand(template: str) -> Callable[[Happened], None]:
    """Joined and split are facts about the case and about the word; only the word's own fact tells its person."""

    def react(fact: Happened) -> None:
        line = _demand(fact)
        if line is not None:
            known = {"matter": _matter(line.title, line.arrived_on.isoformat())}
            _to_person(fact, line.person_id, template, known, ("matter",))

    react.__name__ = f"person:{template}"
    return react


NEAR_SOON = to_office("desk.soon", "matter", "due", "left")
NEAR_TODAY = to_office("desk.today", "matter")
NEAR_PROMISE = to_office("desk.promise", "matter", "due")


def near(fact: Happened) -> None:
    """The office that owes it hears while there is time: in words of their own for a promise and for the last day."""
    left = (date.fromisoformat(fact.body["due"]) - fact.at.astimezone(CHINA).date()).days
    (NEAR_PROMISE if fact.body["rule"] == "promise.keep" else NEAR_TODAY if left < 1 else NEAR_SOON)(fact)


def promise_due(fact: Happened) -> None:
    """The day has come: who was promised it is asked, on the way they chose, within what their household may be asked."""
    promise = promise_line(fact.about_id, today=fact.at.astimezone(CHINA).date())
    if promise is None or promise.state is not PromiseState.DOING or promise.due_on is None:
        return
    case = _case_of(promise)
    everybody = {voice.person_id for voice in case.voices} if case else set()
    people = {promise.to_person_id} if promise.to_person_id else everybody
    known = {"matter": _promised(promise), "due": promise.due_on.isoformat()}
    masks = masks_of(people)
    for home in sorted(askable(people).values(), key=lambda one: str(one.person_id)):
        if way_of(masks.get(home.person_id), "promise.due") is None:
            continue
        try:
            with transaction.atomic():
                spend(household_id=home.household_id, room="promises", at=fact.at)
        except (AskedToStop, BudgetSpent):
            continue  # left in peace: their page and the call after the office's claim are there
        _to_person(fact, home.person_id, "promise.due", known, ("matter", "due"))


def booked(fact: Happened) -> None:
    """A seat on a reception day, confirmed to who booked it from afar; who stands at the counter has heard it."""
    seat = None if fact.body.get("walk_in") else seat_booked(fact.about_id, fact.body["queue_no"])
    if seat is not None:
        known = {"due": seat.on.isoformat(), "place": (seat.place[:120], seat.place_en[:120])}
        _to_person(fact, seat.person_id, "reception.booked", known, ("due", "place"))


def talk(fact: Happened) -> None:
    """The office wrote to the person, or the person to the office."""
    (TALK_TO_PERSON if fact.body.get("side") == "office" else TALK_TO_OFFICE)(fact)


TALK_TO_PERSON = to_people("case.talked", "matter", "holder")
TALK_TO_OFFICE = to_office("desk.talked", "matter", of="holder")


def alarm(fact: Happened) -> None:
    """Words of danger or despair: a trained caller today, whatever becomes of the matter."""
    if fact.body.get("alarm", "none") == "none":
        return
    for role in ALARM_ROLES:
        for one in colleagues(role=role, on=fact.at.astimezone(CHINA).date()):
            tell(
                fact_id=fact.id,
                template="desk.alarm",
                params={},
                channel=Channel.IN_APP,
                at=fact.at,
                account_id=one.account_id,
            )


def look_alarm(fact: Happened) -> None:
    """A look worth a question: to the security administrator, who asks, and to the auditor, who sees that it is asked."""
    _to_roles(fact, (Role.SECADMIN, Role.AUDITOR), "desk.look-alarm")


def _to_roles(fact: Happened, roles: Iterable[Role], template: str) -> None:
    for role in roles:
        for one in colleagues(role=role, on=fact.at.astimezone(CHINA).date()):
            tell(
                fact_id=fact.id,
                template=template,
                params={},
                channel=Channel.IN_APP,
                at=fact.at,
                account_id=one.account_id,
            )


def access_asked(fact: Happened) -> None:
    """Those outside the line hear that a request waits, who may decide it: it lapses in a day."""
    day = fact.at.astimezone(CHINA).date()
    for role in ASKED_ROLES:
        for one in colleagues(role=role, on=day):
            if may_decide(actor(one.account_id, on=day), fact.about_id, now=fact.at):
                tell(
                    fact_id=fact.id, template="desk.access-asked", params={}, channel=Channel.IN_APP, at=fact.at,
                    account_id=one.account_id,
                )  # fmt: skip


def access_decided(result: str) -> Callable[[Happened], None]:
    """Who asked hears what came of it: the thirty minutes have begun."""

    def react(fact: Happened) -> None:
        asker = asker_of(fact.about_id)
        if asker is not None:
            tell(
                fact_id=fact.id, template="desk.access-decided", params={"result": result}, channel=Channel.IN_APP, at=fact.at,
                account_id=asker,
            )  # fmt: skip

    react.__name__ = f"access:{result}"
    return react


def find_demand(fact: Happened) -> None:
    line = _demand(fact)
    if line is None:
        search.drop([fact.about_id])
        return
    search.put(
        id=line.id, kind="demand", text=line.text, title=line.title, place_path=line.place_path, status=str(line.state),
        created_at=line.registered_at,
    )  # fmt: skip


def address(channel: Channel, person_id: UUID | None, account_id: UUID | None) -> str | None:
    """The address of a message, opened at the moment of sending and kept nowhere."""
    if account_id is not None:
        return email_of(account_id) or None
    if person_id is None:
        return None
    contact = sealed_contact(person_id)
    found = {
        Channel.SMS: contact.phone,
        Channel.PHONE: contact.phone,
        Channel.EMAIL: contact.email,
        Channel.LETTER: contact.address,
    }
    return found.get(channel) or None
