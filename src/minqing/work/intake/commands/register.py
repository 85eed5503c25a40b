"""Registering one person's word: subject, person, duty, fact, leaf and demand in one prepared statement."""

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, InterfaceError, OperationalError, connection, transaction

from minqing.charter import Actor, Role, Verb
from minqing.ground.offices.queries import office, office_at
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.people.commands import read_phone, sealed_row
from minqing.ground.people.rules import PERSON_SQL, Contact
from minqing.ground.places.queries import PlaceLine, place_now
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.record.facts.commands import new_key
from minqing.record.facts.queries import first_leaf
from minqing.record.facts.rules import CHINA, FACT_SQL, SUBJECT_SQL, canonical, leaf_of
from minqing.record.log.rules import PENDING_SQL, leaf_hash
from minqing.work.duties.rules import DUTY_SQL
from minqing.work.intake import rules
from minqing.work.intake.commands.enclosing import numbered, told_of
from minqing.work.intake.commands.sealing import (
    Sealed,
    clue_leaf,
    sealed_accusation,
    sealed_moment,
    send_away,
)
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import clock_of, moment_of
from minqing.work.intake.rules import (
    DEMAND_SQL,
    Alarm,
    Anonymity,
    Channel,
    ClockLine,
    DemandState,
    OwnOfficeAccused,
    Registered,
    Said,
    text_hash,
)

REGISTER_SQL = (
    f"WITH subject AS ({SUBJECT_SQL}), person AS ({PERSON_SQL}), fact AS ({FACT_SQL}),"
    f" pending AS ({PENDING_SQL}), duty AS ({DUTY_SQL}) {DEMAND_SQL}"
)
REMEMBER_S = 60
ONCE = "intake_demand_sender_once"
GONE = "23503"  # foreign key: a remembered office or place is no longer there


def register_demand(*, by: Actor, said: Said, at: datetime, enclosed: Iterable[bytes] = ()) -> Registered:
    """Keep one person's word and give its receipt; 信访工作条例 art. 22: the clock runs from the day it arrived.

    The same (sender, sender_key) with the same text again is answered from the first row, without the code.
    An accusation goes to the discipline office's key alone: its plain text is in no row, log or message; `enclosed` are
    its files, sealed already (see enclosing). The files of every other word are kept by whoever calls.
    """
    if by.account_id is not None:
        by.must(Verb.DEMAND_REGISTER)
    today = at.astimezone(CHINA).date()
    rules.check(said, today=today)
    if said.channel in (Channel.ON_BEHALF, Channel.OWN_PHONE):
        _not_their_own(by, said)
    if said.accuses:
        return _seal_away(by, said, at, today, enclosed)
    return _put_in(by, said, at, today)


def _put_in(by: Actor, said: Said, at: datetime, today: date) -> Registered:
    """One statement. It is safe to send again on a new connection: the same row can come in only once."""
    arrived = said.arrived_on or today
    clock, code = clock_of(arrived, said.lang), codes.new_code()
    verify_no, alarm = codes.verify_number(uuid4()), rules.alarm_in(said.text)
    contact = contact_of(said)
    place = _place(said.place, today)
    row = _row(by, said, contact, place, at, arrived, clock, code, verify_no, alarm)
    done = Registered(row["subject_id"], code, verify_no, at, (clock,), alarm, leaf=row["leaf_hash"])
    for last in (False, True):
        try:
            _send(row)
            return done
        except IntegrityError as error:
            match constraint_of(error):
                case (state, _) if state == GONE and not last:
                    _remembered.clear()
                    place = _place(said.place, today)
                    row |= {"duty_office": desk_id(), "place": place.code if place else None}
                case (_, name) if name == ONCE:
                    return _repeated(by, said, at, done)
                case _:
                    raise
        except (OperationalError, InterfaceError):
            if last or connection.in_atomic_block:
                raise
            connection.close()
    raise AssertionError("unreachable")


def _send(row: dict[str, Any]) -> None:
    if connection.in_atomic_block:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(REGISTER_SQL, row)
        return
    connection.health_check_done = True  # type: ignore[attr-defined]  # a dead connection shows in the statement itself, which is then sent again
    with connection.cursor() as cursor:
        cursor.execute(REGISTER_SQL, row)


def constraint_of(error: IntegrityError) -> tuple[str, str]:
    """(SQLSTATE, constraint) of a broken promise."""
    diag = getattr(error.__cause__, "diag", None)
    return (str(diag.sqlstate), str(diag.constraint_name)) if diag is not None else ("", "")


def _row(
    by: Actor, said: Said, contact: Contact, place: PlaceLine | None, at: datetime, arrived: date,
    clock: ClockLine, code: str, verify_no: str, alarm: Alarm,
) -> dict[str, Any]:  # fmt: skip
    pepper = secret("pepper")
    demand_id, fact_id = uuid7(), uuid7()
    key, wrapped = new_key()
    spot = place.code if place else None
    row = sealed_row(contact, place=spot, reply_by=said.reply_by, lang=said.lang, at=at)
    if said.anonymity is not Anonymity.NAMED:
        row["mask_name"] = row["mask_phone"] = ""
    state = DemandState.WAITING if said.text.strip() else DemandState.UNREAD
    late = rules.late_class(arrived, at)
    body = canonical({
        "alarm": str(alarm), "arrived": arrived.isoformat(), "channel": str(said.channel), "kind": str(said.kind),
        "due": clock.due.isoformat(), "text": hmac.digest(key, b"text" + said.text.encode(), "sha256").hex(),
    } | ({"place": spot} if spot else {}) | ({"time": str(late)} if late else {}))  # fmt: skip
    leaf = leaf_of(key=key, fact_id=fact_id, kind="demand.registered", n=0, at=at, body=body, previous=None)
    return row | {
        "subject_id": demand_id, "subject_key": wrapped,
        "fact_id": fact_id, "fact_kind": "demand.registered", "by_id": by.account_id, "fact_body": body,
        "leaf": leaf, "leaf_hash": leaf_hash(leaf),
        "duty_id": uuid7(), "duty_rule": clock.key, "duty_rule_from": clock.rule_from, "duty_office": desk_id(),
        "duty_from": arrived, "duty_statutory": clock.statutory, "duty_due": clock.due_at,
        "duty_provisional": clock.provisional,
        "place_path": place.path if place else "", "place_words": said.place_words,
        "text": said.text, "title": said.title, "channel": str(said.channel), "kind": str(said.kind),
        "anonymity": str(said.anonymity), "state": str(state), "alarm": str(alarm), "arrived_on": arrived,
        "code_key": codes.lookup_key(pepper, code),
        "word_key": codes.word_key(pepper, code, said.word) if said.word else None,
        "sender": said.sender, "sender_key": said.sender_key, "verify_no": verify_no,
        "n_people": said.n_people, "text_hash": text_hash(said.text),
        "scan_id": said.scan_id, "original_id": said.original_id,
    }  # fmt: skip


def _repeated(by: Actor, said: Said, at: datetime, mine: Registered) -> Registered:
    """The first row's answer; other words under the same key are a new word, so that nothing typed is lost."""
    first = Demand.objects.get(sender=said.sender, sender_key=said.sender_key)
    if first.pk == mine.demand_id:
        return mine  # it had come in, only the answer was lost on the way
    tail = "+" + text_hash(said.text).hex()[:24]
    if bytes(first.text_hash) != text_hash(said.text) and not said.sender_key.endswith(tail):
        return register_demand(by=by, said=replace(said, sender_key=said.sender_key + tail), at=at)
    clocks = (clock_of(first.arrived_on, first.lang),)
    return Registered(
        first.pk, "", first.verify_no, first.registered_at, clocks, Alarm(first.alarm), repeated=True,
        leaf=first_leaf(first.pk),
    )  # fmt: skip


def _seal_away(by: Actor, said: Said, at: datetime, today: date, enclosed: Iterable[bytes]) -> Registered:
    pepper, code, verify_no = secret("pepper"), codes.new_code(), codes.verify_number(uuid4())
    arrived, place = said.arrived_on or today, _place(said.place, today)
    fast, clocks = codes.lookup_key(pepper, code), (clock_of(arrived, said.lang),)
    leaf, opening = clue_leaf(said.text, at)
    contact_of(said)  # a number nobody can read is refused here as everywhere
    told = {
        **{name: str(value) for name, value in asdict(said).items() if value not in ("", None)},
        "place": place.code if place else "", "at": at.isoformat(), "by": str(by.account_id or ""), "verify_no": verify_no,
    }  # fmt: skip
    boxes = numbered(enclosed)
    first = send_away(
        Sealed(
            id=uuid4(), sealed=sealed_accusation({**told, "files": told_of(boxes), "log": opening}), once=_once(said),
            code_key=fast, code_tag=None, word_key=codes.word_key(pepper, code, said.word) if said.word else None,
            word_tag=None, verify_no=verify_no, arrived_on=arrived, slip=sealed_moment(at, leaf=leaf), lang=said.lang,
        ),
        boxes,
    )  # fmt: skip
    if not first.fresh:
        given, lines = moment_of(first.slip), (clock_of(first.arrived_on, first.lang),)
        return Registered(uuid4(), "", first.verify_no, given.at, lines, repeated=True, leaf=given.promised)
    return Registered(uuid4(), code, verify_no, at, clocks, rules.alarm_in(said.text), leaf=leaf_hash(leaf))


def _once(said: Said) -> bytes:
    words = f"once/v1\n{said.sender}\n{said.sender_key}\n{said.text}".encode()
    return hmac.digest(secret("pepper"), words, "sha256")


def _not_their_own(by: Actor, said: Said) -> None:
    """代录: nobody writes down an accusation against their own village or office."""
    for seat in by.seats:
        here = office(seat.office_id)
        names = (here.name, here.name.removesuffix("村民委员会"), here.name.removesuffix("居民委员会"))
        if seat.role is Role.VILLAGE_CADRE and rules.accuses_own(said, own_names=names):
            raise OwnOfficeAccused(phone="12388")


def contact_of(said: Said) -> Contact:
    return Contact(
        name=said.name.strip(),
        phone=read_phone(said.phone),
        address=said.address.strip(),
        email=said.email.strip(),
    )


_remembered: dict[tuple[str, date | None], tuple[float, Any]] = {}


def _remember(key: str, day: date | None, find: Callable[[], Any]) -> Any:
    """What hardly ever changes, for a minute; a row that went meanwhile shows as a broken foreign key."""
    known = _remembered.get((key, day))
    if known is not None and time.monotonic() - known[0] < REMEMBER_S:
        return known[1]
    if len(_remembered) > 10_000:
        _remembered.clear()
    found = find()
    _remembered[key, day] = (time.monotonic(), found)
    return found


def desk_id() -> UUID:
    """The office that owes the first sorting."""
    found: UUID = _remember("", None, lambda: office_at(OfficeKind.PETITION_DESK).id)
    return found


def place_of(code: str, at: datetime) -> PlaceLine | None:
    return _place(code, at.astimezone(CHINA).date())


def _place(code: str, day: date) -> PlaceLine | None:
    """The place in force today: a code that has ended leads to its successor, if it has one."""
    if not code:
        return None
    found: PlaceLine = _remember(code, day, lambda: place_now(code, on=day))
    return found
