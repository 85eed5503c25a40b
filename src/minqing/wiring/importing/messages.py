"""Old messages with their replies become demands and ended cases, with the clocks of their own day.

Nobody is told anything; dates are the message's own; the law is the version of that day, or the earliest we know.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from minqing.ground.law import queries as law
from minqing.ground.offices.queries import OfficeLine, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.people.commands import sealed_row
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.ground.places import queries as places
from minqing.ground.places.rules import BadPlaceCode, PlaceEnded, UnknownPlace
from minqing.kernel.errors import Refusal
from minqing.methods import codes
from minqing.record.inbox.queries import handed_in, senders_named
from minqing.wiring.importing.reasons import (
    BadReplyTime,
    BadRow,
    BadTime,
    KeyTaken,
    NoKey,
    NoText,
    Reject,
    ReplyAhead,
    ReplyBefore,
    SameKey,
    TextTooLong,
    TimeAhead,
)
from minqing.wiring.importing.sheets import CHINA, EARLIEST, rows_of, time_of
from minqing.wiring.loading import Batch, Behind, take_numbers
from minqing.work.cases.rules import CaseState, DueBy, HoldState, ReplyKind, Track
from minqing.work.intake.rules import TEXT_LIMIT, Anonymity, Channel, DemandState, Kind, alarm_in

WANTED = ("key", "time", "title", "text", "reply", "reply_time", "name", "phone", "place", "place_words")
REQUIRED = ("key", "time", "text")
CLOCKS = ("xf.triage", "xf.tell", "xf.handle")
FILES = "import:"
"""How the name of every sender of a file of messages begins; the name of the file follows."""
BATCH = 1_000
# An enumeration gives its value slowly, a dozen times a row.
ONLINE, IMPORT, HELP = ReplyBy.ONLINE.value, Channel.IMPORT.value, Kind.HELP.value
ANONYMOUS, NAMED = Anonymity.ANONYMOUS.value, Anonymity.NAMED.value
CLOSED, IN_CASE = DemandState.CLOSED.value, DemandState.IN_CASE.value
CONCLUDED, ACCEPTED = CaseState.CONCLUDED.value, CaseState.ACCEPTED.value
DONE, HELD = HoldState.DONE.value, HoldState.HELD.value
HOLDER, NOBODY = DueBy.HOLDER.value, DueBy.NOBODY.value
SIMPLE, ANSWER = Track.SIMPLE.value, ReplyKind.ANSWER.value
TITLE = 60


@dataclass
class Report:
    """What became of a file: `late` counts replies later than each clock of their day."""

    read: int = 0
    added: int = 0
    already: int = 0
    rejects: list[Reject] = field(default_factory=list)
    late: Counter[str] = field(default_factory=Counter)
    open: int = 0
    rule_versions: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, Any]:
        return {
            "read": self.read, "added": self.added, "already": self.already, "rejected": len(self.rejects),
            "late": {key: self.late[key] for key in CLOCKS}, "open": self.open, "rules": dict(self.rule_versions),
        }  # fmt: skip


@dataclass(frozen=True)
class Message:
    key: str
    at: datetime
    title: str
    text: str
    reply: str
    reply_at: datetime | None
    contact: Contact
    place: str | None
    place_path: str
    place_words: str


Line = tuple[int, Mapping[str, str], Message]


def clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def read_message(row: Mapping[str, str], mapping: Mapping[str, str], *, today: date) -> Message:
    """One row as a message; raises BadRow with the reason."""

    def cell(ours: str) -> str:
        return clean(row.get(mapping.get(ours, ""), ""))

    key, text = cell("key"), cell("text")
    if not key:
        raise NoKey()
    if not text:
        raise NoText()
    if len(text) > TEXT_LIMIT:
        raise TextTooLong(n=len(text), most=TEXT_LIMIT)
    at = time_of(cell("time"))
    if at is None:
        raise BadTime(typed=cell("time"), earliest=EARLIEST)
    if at.date() > today:
        raise TimeAhead()
    reply, reply_at = cell("reply"), None
    if reply:
        reply_at = time_of(cell("reply_time"))
        if reply_at is None:
            raise BadReplyTime(typed=cell("reply_time"))
        if reply_at < at:
            raise ReplyBefore()
        if reply_at.date() > today:
            raise ReplyAhead()
    place, path = _place(cell("place"), at.date(), today)
    return Message(
        key=key, at=at, title=cell("title")[:200] or text[:TITLE], text=text, reply=reply, reply_at=reply_at,
        contact=Contact(name=cell("name")[:100], phone=cell("phone")[:30]), place=place, place_path=path,
        place_words=cell("place_words")[:200],
    )  # fmt: skip


@lru_cache(4096)
def _place(typed: str, on: date, today: date) -> tuple[str | None, str]:
    if not typed:
        return None, ""
    try:
        found = places.place_by_code(typed, on=on)
    except PlaceEnded:
        found = places.place_by_code(places.current_code(typed, on=today), on=today)
    return found.code, found.path


@dataclass
class Importer:
    """Makes rows of messages, batch by batch; each batch is there whole or not at all, so a cut-off import is run again."""

    sender: str
    desk: OfficeLine
    report: Report
    today: date
    seen: dict[str, bytes] = field(default_factory=dict)
    at: datetime = field(default_factory=law.now)
    senders: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.senders = {self.sender, *senders_named(FILES)}

    def made(self, lines: list[Line]) -> tuple[Batch, int]:
        """(the rows of what is new, how many messages that is). The numbers of its cases are taken at once.

        A message is known by its number and its words, whatever its file is called now; a known number with other words
        is never passed over in silence.
        """
        known = handed_in(self.senders, [message.key for _, _, message in lines])
        self.at = law.now()
        batch = Batch(put_at=self.at)
        fresh: list[Message] = []
        for number, row, message in lines:
            digest = hashlib.sha256(
                f"{message.at}{message.title}\n{message.text}\n{message.reply}".encode()
            ).digest()
            if message.key in self.seen and self.seen[message.key] != digest:
                self.report.rejects.append((number, SameKey(), row))
            elif message.key in self.seen or digest in known.get(message.key, {}).values():
                self.report.already += 1
            elif self.sender in known.get(message.key, {}):
                self.report.rejects.append((number, KeyTaken(), row))
                continue
            else:
                fresh.append(message)
            self.seen.setdefault(message.key, digest)
        numbers: dict[int, Iterator[int]] = {}
        for year, count in Counter(message.at.year for message in fresh).items():
            first = take_numbers(f"case:{year}", count)
            numbers[year] = iter(range(first, first + count))
        for message in fresh:
            self.story(batch, message, next(numbers[message.at.year]))
        return batch, len(fresh)

    def story(self, batch: Batch, message: Message, number: int) -> None:
        """All rows of one message: person, demand, case, hold, reply, clocks and facts."""
        at, ended = message.at, message.reply_at
        demand, case, desk = batch.subject(at), batch.subject(at), str(self.desk.id)
        person = sealed_row(
            message.contact, place=message.place, reply_by=ReplyBy.ONLINE, lang="zh-hans", at=at
        )
        batch.add(
            "inbox_item", sender=self.sender, key=message.key, hash=self.seen[message.key], act="import.message",
            body=b"", state="done", got_at=self.at,
        )  # fmt: skip
        batch.add(
            "people_person", id=person["person_id"], key=person["person_key"], sealed=person["person_sealed"],
            mask_name=person["mask_name"], mask_phone=person["mask_phone"], place_id=message.place, household_id=None,
            reply_by=ONLINE, lang="zh-hans", created_at=at,
        )  # fmt: skip
        batch.add(
            "intake_demand", id=demand.id, person_id=person["person_id"], text=message.text, title=message.title,
            place_id=message.place, place_path=message.place_path, place_words=message.place_words,
            channel=IMPORT, kind=HELP,
            anonymity=ANONYMOUS if message.contact.empty() else NAMED,
            state=CLOSED if ended else IN_CASE, alarm=alarm_in(message.text).value,
            registered_at=at, arrived_on=at.date(), code_key=None, reply_by=ONLINE, lang="zh-hans",
            sender=self.sender, sender_key=message.key, verify_no=codes.verify_number(uuid4()), written_by_id=None,
            n_people=1, text_hash=hashlib.sha256(message.text.encode()).digest(),
        )  # fmt: skip
        open_dues = self.clocks(batch, message, case.id)
        state = CONCLUDED if ended else ACCEPTED
        nearest = min(open_dues, key=lambda due: due.due_at) if open_dues else None
        batch.add(
            "cases_case", id=case.id, number=f"棠信〔{at.year}〕{number:06d}", external_no=message.key,
            title=message.title, track=SIMPLE, category="claim", way="petition", grade="help", kind="help",
            matter="", state=state, place_id=message.place, place_path=message.place_path, holder_id=self.desk.id,
            holder_path=self.desk.path, held_since=at, first_holder_id=self.desk.id, handler_id=None, registered_at=at,
            accepted_on=at.date(), contacted_at=ended, extended_days=0, replied_at=ended, ended_at=ended,
            due_at=nearest.due_at if nearest else None, due_from=at.date() if nearest else None,
            due_by=HOLDER if nearest else NOBODY, returns=0, reopened=0,
            urgent=False, confidential=False, supervised_at=None, carried_by_id=None, earlier_id=None,
            split_from_id=None, n_voices=1, n_confirmed=0,
        )  # fmt: skip
        batch.add(
            "cases_link", id=batch.new_id(at), case_id=case.id, demand_id=demand.id, part="", joined_at=at, joined_by=None,
            reason="", left_at=None, left_reason=None, confirmed_at=None, before_id=None,
        )  # fmt: skip
        batch.add(
            "cases_hold", id=batch.new_id(at), case_id=case.id, office_id=self.desk.id, role="lead",
            state=DONE if ended else HELD, how="import", basis="", words="", reason="",
            given_by=None, given_at=at, answered_at=at, ended_at=ended,
        )  # fmt: skip
        batch.fact(demand, "demand.registered", at, channel=IMPORT)
        batch.fact(case, "case.opened", at, demand=str(demand.id), office=desk)
        batch.fact(case, "case.accepted", at, office=desk)
        if ended is None:
            self.report.open += 1
            return
        batch.add(
            "cases_reply", id=batch.new_id(ended), case_id=case.id, office_id=self.desk.id, by_id=None,
            kind=ANSWER, outcome=None, text=message.reply, request="", facts="", reasons="", basis="", remedy="",
            document_id=None, at=ended,
        )  # fmt: skip
        batch.fact(case, "case.replied", ended, office=desk, reply=ANSWER)
        batch.fact(case, "case.concluded", ended, office=desk)

    def clocks(self, batch: Batch, message: Message, about: UUID) -> list[Any]:
        """The three clocks from the day of the message; returns those still open."""
        still_open = []
        day = message.at.date()
        for key in CLOCKS:
            due, version = _due(key, day)
            met = message.at if key == "xf.triage" else message.reply_at
            batch.add(
                "duties_duty", id=batch.new_id(message.at), about_id=about, rule=key, rule_from=version.valid_from,
                office_id=self.desk.id, place=message.place_path, from_on=day,
                statutory_on=due.statutory, due_at=due.due_at, provisional=due.provisional, term="",
                extra=0, met_at=met, dropped=None,
            )  # fmt: skip
            if met is None:
                still_open.append(due)
            elif met > due.due_at:
                self.report.late[key] += 1
        mark = "earliest" if version.earliest else "of-the-day"
        self.report.rule_versions[mark] += 1
        return still_open


@lru_cache(8192)
def _due(key: str, day: date) -> tuple[Any, Any]:
    return law.due(key, day, on=day), law.rule(key, day)


class NoDesk(Refusal):
    code, status, text = "import.no-desk", 409, "还没有信访局这样的单位，请先导入单位。"


def petition_desk() -> OfficeLine:
    """Old messages are kept by the office that sorts new ones."""
    found = offices(kinds=[OfficeKind.PETITION_DESK])
    if not found:
        raise NoDesk()
    return found[0]


def import_messages(
    path: Path, mapping: Mapping[str, str], *, sender: str, progress: Any = None, today: date | None = None,
    batch: int = BATCH,
) -> Report:  # fmt: skip
    """Read the file and take every good row once; bad ones stand in the report with their reasons."""
    report = Report()
    day = today or law.now().astimezone(CHINA).date()
    importer = Importer(sender=sender, desk=petition_desk(), report=report, today=day)
    with Behind() as writer:
        for lines in _batches(path, mapping, report, day, progress, batch):
            rows, count = importer.made(lines)
            writer.put_in(rows, then=partial(_added, report, count))
    return report


def _added(report: Report, count: int) -> None:
    report.added += count


def _batches(
    path: Path, mapping: Mapping[str, str], report: Report, day: date, progress: Any, size: int
) -> Iterator[list[Line]]:
    lines: list[Line] = []
    for number, row in rows_of(path):
        report.read += 1
        try:
            lines.append((number, row, read_message(row, mapping, today=day)))
        except (BadRow, UnknownPlace, BadPlaceCode, PlaceEnded) as reason:
            report.rejects.append((number, reason, row))
        if progress:
            progress(1)
        if len(lines) >= size:
            yield lines
            lines = []
    if lines:
        yield lines
