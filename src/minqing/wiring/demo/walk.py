"""The case of one story while it is told: its clocks, turns and papers, kept by the same rules as the commands keep.

Ids follow from the item and its time, so that a load that was cut off goes on, and one story can point to another.
"""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from minqing.ground.law import queries as law
from minqing.ground.places.rules import path_of
from minqing.kernel.ids import RANDOM, VERSION_7
from minqing.means.documents.rules import DocKind, check_body
from minqing.methods import codes
from minqing.methods.clock import CHINA
from minqing.wiring.demo.base import Base
from minqing.wiring.demo.offices import office as office_named
from minqing.wiring.demo.papers import Papers
from minqing.wiring.demo.story import Step, Story
from minqing.wiring.demo.words import Said
from minqing.wiring.demo.year import Year
from minqing.wiring.loading import Batch, Thread
from minqing.work.cases.rules import (
    CONTACT,
    FINAL,
    HAND_ON,
    MAIN,
    SUPERVISE,
    TELL,
    WORKING,
    CaseState,
    Category,
    Grade,
    Track,
    answer_rule,
    due_by,
    state_rule,
)

S = CaseState
SENDER = "demo"
REVIEW_ASK, REREVIEW_ASK = "xf.review.ask", "xf.rereview.ask"


def id_of(purpose: str, item: int, at: datetime) -> UUID:
    """A version 7 UUID that is the same whenever the same item is loaded."""
    digest = int.from_bytes(hashlib.sha256(f"demo/{purpose}/{item}".encode()).digest()[:10], "big")
    return UUID(int=(int(at.timestamp() * 1000) & 0xFFFFFFFFFFFF) << 80 | digest & RANDOM | VERSION_7)


def secret_code(item: int) -> str:
    """The query code of a demo item, so that a tour can open it; a real one is drawn by chance."""
    body = f"{int.from_bytes(hashlib.sha256(f'demo/code/{item}'.encode()).digest()[:8], 'big') % 10**15:015d}"
    return body + codes.luhn_digit(body)


@lru_cache(65536)
def reckon(key: str, day: date) -> tuple[Any, date]:
    due = law.due(key, day, on=day)
    return due, law.rule(key, day).valid_from


def local(at: datetime) -> date:
    return at.astimezone(CHINA).date()


@dataclass
class Walk:
    """The case while its story is told; `close` writes it down."""

    batch: Batch
    base: Base
    papers: Papers
    year: Year
    story: Story
    thread: Thread
    demand: Thread
    person_id: UUID
    holder: UUID
    state: CaseState = S.REGISTERED
    path: str = ""
    first: UUID | None = None
    held_since: datetime | None = None
    handler: UUID | None = None
    accepted_on: date | None = None
    contacted_at: datetime | None = None
    extended: int = 0
    replied_at: datetime | None = None
    ended_at: datetime | None = None
    returns: int = 0
    reopened: int = 0
    supervised_at: datetime | None = None
    carried_by: UUID | None = None
    confirmed_at: datetime | None = None
    versions: int = 0
    holds: list[dict[str, Any]] = field(default_factory=list)
    duties: list[dict[str, Any]] = field(default_factory=list)
    verdicts: list[dict[str, Any]] = field(default_factory=list)
    asked: dict[str, Any] | None = None
    withdrawal: dict[str, Any] | None = None
    mediation: dict[str, Any] | None = None
    supervision: dict[str, Any] | None = None
    appraisal: dict[str, Any] | None = None
    paper: UUID | None = None
    link_id: UUID | None = None
    opened_at: datetime | None = None

    def __post_init__(self) -> None:
        story = self.story
        self.track, self.grade, self.category = (
            Track(story.track),
            Grade(story.grade),
            Category(story.category),
        )
        self.petition = self.track is Track.PETITION
        self.place_path = path_of(story.place) if story.place else ""

    # Clocks

    def owe(self, rule: str, office_id: UUID, day: date, *, at: datetime, term: str = "") -> None:
        if any(
            d["rule"] == rule and d["met_at"] is None and d["office_id"] == office_id for d in self.duties
        ):
            return
        if term:
            end = date.fromisoformat(term)
            statutory, due_at, provisional, rule_from = (
                end,
                datetime.combine(end, datetime.max.time(), CHINA).replace(microsecond=0),
                False,
                None,
            )
        else:
            due, rule_from = reckon(rule, day)
            statutory = due.statutory.date() if isinstance(due.statutory, datetime) else due.statutory
            due_at, provisional = due.due_at, due.provisional
        self.duties.append({
            "id": id_of(f"duty/{rule}/{len(self.duties)}", self.story.item, at), "about_id": self.thread.id, "rule": rule,
            "rule_from": rule_from, "office_id": office_id, "place": self.place_path, "from_on": day,
            "statutory_on": statutory, "due_at": due_at, "provisional": provisional, "term": term, "extra": 0,
            "met_at": None, "dropped": None,
        })  # fmt: skip

    def meet(self, rules: set[str] | None, at: datetime, why: str | None = None) -> None:
        for duty in self.duties:
            if duty["met_at"] is None and (rules is None or duty["rule"] in rules):
                duty["met_at"], duty["dropped"] = at, why

    @property
    def answer(self) -> str:
        return answer_rule(self.track, self.grade, self.category, again=self.reopened > 0)

    def clock(
        self, at: datetime, *, day: date | None = None, term: str = "", owner: UUID | None = None
    ) -> None:
        """What the state no longer asks is met; what it asks is owed: the same rule as of the commands."""
        wanted = state_rule(
            self.state, self.track, self.grade, self.category, again=self.reopened > 0, returns=self.returns
        )
        keep = {wanted}
        if not self.petition and self.state in HAND_ON:
            keep.add(self.answer)
        if self.state is S.OBJECTED:
            keep.add(TELL[self.track])
        if self.state in WORKING and self.contacted_at is None:
            keep.add(CONTACT)
        open_now = {duty["rule"] for duty in self.duties if duty["met_at"] is None}
        ends = open_now - keep
        ends = ends - {SUPERVISE} if self.state in FINAL else ends & MAIN
        self.meet(ends, at)
        office_id = owner or self.holder
        if wanted and wanted not in open_now:
            self.owe(wanted, office_id, day or local(at), at=at, term=term)
        elif wanted:
            for duty in self.duties:
                if duty["rule"] == wanted and duty["met_at"] is None:
                    duty["office_id"] = office_id

    # Small helpers

    def office(self, code: str) -> UUID:
        return self.base.offices[code]

    def account(self, step: Step) -> UUID | None:
        return self.base.by_role.get((step.office, step.role))

    def put(self, kind: str, step: Step, **body: Any) -> None:
        plain = {
            k: v.isoformat() if isinstance(v, date) else str(v) if isinstance(v, UUID) else v
            for k, v in body.items()
            if v is not None
        }
        self.batch.fact(self.thread, kind, step.at, self.account(step), **plain)

    def offer(self) -> dict[str, Any] | None:
        return next(
            (h for h in self.holds if h["role"] == "lead" and h["state"] in ("offered", "objected")), None
        )

    def lead(self) -> dict[str, Any] | None:
        return next((h for h in self.holds if h["role"] == "lead" and h["state"] == "held"), None)

    def hold(
        self,
        office_id: UUID,
        step: Step,
        how: str,
        *,
        role: str = "lead",
        state: str = "offered",
        words: str = "",
    ) -> None:
        self.holds.append({
            "id": id_of(f"hold/{len(self.holds)}", self.story.item, step.at), "case_id": self.thread.id, "office_id": office_id,
            "role": role, "state": state, "how": how, "basis": "", "words": words, "reason": "", "given_by": self.account(step),
            "given_at": step.at, "answered_at": None, "ended_at": None,
        })  # fmt: skip

    def talk(self, step: Step, side: str, text: str) -> None:
        if text:
            self.batch.add(
                "cases_talk", id=id_of(f"talk/{step.number}", self.story.item, step.at), case_id=self.thread.id,
                demand_id=self.demand.id, side=side, text=text, by_id=self.account(step) if side == "office" else None, at=step.at,
            )  # fmt: skip

    def reply(
        self,
        step: Step,
        letter: dict[str, str],
        kind: str,
        words: Said,
        outcome: str | None,
        document_id: UUID | None = None,
    ) -> None:
        self.batch.add(
            "cases_reply", id=id_of(f"reply/{step.number}", self.story.item, step.at), case_id=self.thread.id,
            office_id=self.office(step.office), by_id=self.account(step), kind=kind, outcome=outcome or None, text=words.text,
            document_id=document_id, at=step.at, **letter,
        )  # fmt: skip

    def issue(self, step: Step, kind: DocKind, office_id: UUID, office: str, **parts: Any) -> UUID:
        received = local(self.story.received_at).isoformat()
        body = {
            "office_name": office_named(office).name,
            "matter": self.story.title,
            "received_on": received,
            **parts,
        }
        kept = check_body(kind, {key: value for key, value in body.items() if value not in (None, "", [])})
        document_id = id_of(f"paper/{step.number}", self.story.item, step.at)
        about = f"case:{self.thread.id}"
        self.papers.add(
            document_id, kind, local(step.at).year, about, kept, office_id, self.account(step), step.at
        )
        self.paper = document_id
        return document_id

    def serve(self, step: Step, way: str) -> None:
        if self.paper is not None:
            self.papers.serve(self.paper, self.person_id, way, local(step.at), self.account(step), step.at)

    def end(self, step: Step) -> None:
        self.ended_at = step.at
        for one in self.holds:
            if one["state"] in ("offered", "held", "objected"):
                one["state"], one["ended_at"] = "done", step.at

    def year_due(self, rule: str, day: date, extra: int) -> Any:
        return law.due(rule, day, on=day, extra=extra)

    def close(self, title: str, number: str) -> None:
        """Write down the case, its link, turns, clocks and everything that hangs on it."""
        story, batch = self.story, self.batch
        owed = sorted((d for d in self.duties if d["met_at"] is None), key=lambda d: (d["due_at"], d["id"]))
        nearest = owed[0] if owed else None
        batch.add(
            "cases_case", id=self.thread.id, number=number, external_no="", title=title, track=story.track,
            category=story.category, way=story.way, grade=story.grade, kind=story.type, matter=story.matter, state=self.state.value,
            place_id=story.place or None, place_path=self.place_path, holder_id=self.holder, holder_path=self.path,
            held_since=self.held_since, first_holder_id=self.first, handler_id=self.handler, registered_at=self.opened_at,
            accepted_on=self.accepted_on, contacted_at=self.contacted_at, extended_days=self.extended, replied_at=self.replied_at,
            ended_at=self.ended_at if self.state in FINAL else None, due_at=nearest["due_at"] if nearest else None,
            due_from=nearest["from_on"] if nearest else None,
            due_by=due_by([(d["rule"], d["office_id"]) for d in owed], self.holder).value,
            returns=self.returns, reopened=self.reopened, urgent=story.urgent,
            confidential=story.anonymity != "named", supervised_at=self.supervised_at, carried_by_id=self.carried_by, earlier_id=None,
            split_from_id=None, n_voices=1, n_confirmed=1 if self.confirmed_at else 0,
        )  # fmt: skip
        batch.add(
            "cases_link", id=self.link_id, case_id=self.thread.id, demand_id=self.demand.id, part="", joined_at=self.opened_at,
            joined_by=None, reason="", left_at=None, left_reason=None, confirmed_at=self.confirmed_at, before_id=None,
        )  # fmt: skip
        rows: dict[str, list[dict[str, Any] | None]] = {
            "cases_hold": [*self.holds], "duties_duty": [*self.duties], "judgement_verdict": [*self.verdicts],
            "cases_extensionask": [self.asked], "cases_withdrawal": [self.withdrawal], "cases_mediation": [self.mediation],
            "cases_supervision": [self.supervision], "cases_appraisal": [self.appraisal],
        }  # fmt: skip
        for table, lines in rows.items():
            for line in lines:
                if line is not None:
                    batch.add(table, **line)
