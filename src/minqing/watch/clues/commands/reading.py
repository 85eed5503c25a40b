"""What an officer reads of a clue they hold: written down first, committed, and only then opened with their key."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from minqing.methods import seal
from minqing.methods.letters import unboxed
from minqing.watch.clues import queries
from minqing.watch.clues.commands.handling import look, still_here
from minqing.watch.clues.commands.keys import read_field, unwrapped
from minqing.watch.clues.commands.routing import CLERK
from minqing.watch.clues.models import Enclosure, Opening, Talk
from minqing.watch.clues.queries import aad, seen_as
from minqing.watch.clues.rules import ClueState, NotEligible, RepayState


@dataclass(frozen=True)
class Said:
    mine: bool
    kind: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Done:
    act: str
    by: UUID | None
    at: datetime
    told: dict[str, Any]


@dataclass(frozen=True)
class Owed:
    rule: str
    from_on: date
    due_at: datetime
    provisional: bool
    done_at: datetime | None


@dataclass(frozen=True)
class Back:
    id: UUID
    household: str
    fen: int
    state: RepayState
    due_on: date
    paid_on: date | None


@dataclass(frozen=True)
class Ask:
    """One request to open who it was. `why` is in clear for who holds the key of what is told."""

    id: UUID
    clue_id: UUID
    asker: UUID
    asker_office: UUID
    purpose: str
    why: str
    instrument: str
    asked_at: datetime
    approver_office: UUID | None
    until: datetime | None
    refused_at: datetime | None
    shown_at: datetime | None


@dataclass(frozen=True)
class Case:
    id: UUID
    state: ClueState
    part: str
    arrived_on: date
    verify_no: str
    restated: str
    talk: list[Said]
    steps: list[Done]
    duties: list[Owed]
    refunds: list[Back]
    asks: list[Ask]
    looks: list[tuple[datetime, UUID, str, str]]
    files: bool


def read_case(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime) -> Case:
    """Everything but the words as they were said and who said them."""
    look(officer=officer, clue_id=clue_id, what="told", at=at)
    with seen_as(officer=officer):
        row = queries.access(officer, clue_id)
        clue = queries.clue(clue_id)
        still_here(clue)
        key = unwrapped(private, row.told_key)
        told = read_field(key, clue_id, "told", clue.told)
        said = [_said(key, one) for one in queries.talk(clue_id)]
        Talk.objects.filter(clue_id=clue_id, mine=True, read_at__isnull=True).update(read_at=at)
        return Case(
            clue.pk, ClueState(clue.state), row.part, clue.arrived_on, clue.verify_no, str(told.get("text", "")), said,
            [
                Done(one.act, one.by, one.at, read_field(key, clue_id, f"step|{one.pk}", one.body))
                for one in queries.steps(clue_id)
            ],
            [
                Owed(one.rule, one.from_on, one.due_at, one.provisional, one.done_at)
                for one in queries.duties(clue_id)
            ],
            [
                Back(
                    one.pk,
                    str(read_field(key, clue_id, f"refund|{one.pk}", one.household).get("household", "")),
                    one.fen, RepayState(one.state), one.due_on, one.paid_on,
                )
                for one in queries.refunds(clue_id)
            ],
            [_ask(key, one) for one in queries.openings(clue_id)],
            [(one.at, one.office, one.what, one.purpose) for one in queries.looks(clue_id)],
            Enclosure.objects.filter(clue_id=clue_id).exists(),
        )  # fmt: skip


def _said(key: bytes, one: Talk) -> Said:
    told = read_field(key, one.clue_id, f"talk|{one.pk}", one.text)
    return Said(one.mine, str(told.get("kind", "")), str(told.get("text", "")), one.at)


def _ask(key: bytes, one: Opening) -> Ask:
    told = read_field(key, one.clue_id, f"why|{one.pk}", one.why)
    return Ask(
        one.pk, one.clue_id, one.asker, one.asker_office, one.purpose, str(told.get("why", "")),
        str(told.get("instrument", "")), one.asked_at, one.approver_office, one.until, one.refused_at, one.shown_at,
    )  # fmt: skip


def read_asks(*, officer: UUID, private: bytes) -> list[Ask]:
    """Requests in the clues this officer holds a part of, the newest first: theirs, and those they may allow."""
    with seen_as(officer=officer):
        held = {row.clue_id: row for row in queries.parts_of(officer)}
        rows = Opening.objects.filter(clue_id__in=held).order_by("-asked_at")[:100]
        return [_ask(unwrapped(private, held[one.clue_id].told_key), one) for one in rows]


def read_file(
    *, officer: UUID, clue_id: UUID, file_id: UUID, private: bytes, at: datetime
) -> tuple[dict[str, Any], bytes]:
    """(name, kind and digest; content) of what came with the words, for whoever may read those."""
    look(officer=officer, clue_id=clue_id, what="file", at=at)
    with seen_as(officer=officer):
        row = queries.access(officer, clue_id)
        found = Enclosure.objects.filter(pk=file_id, clue_id=clue_id).first()
        if row.part != CLERK or found is None:
            raise NotEligible()
        still_here(queries.clue(clue_id))
        key = unwrapped(private, row.words_key)
        return unboxed(seal.open_(key, aad(clue_id, f"file|{file_id}"), bytes(found.box)))


def handlers_for(*, officer: UUID, clue_id: UUID, private: bytes, on: date) -> list[UUID]:
    """To whom this clerk may give it today."""
    with seen_as(officer=officer):
        row = queries.access(officer, clue_id)
        if row.part != CLERK:
            raise NotEligible()
        clue = queries.clue(clue_id)
        kept = read_field(unwrapped(private, row.words_key), clue_id, "matter", clue.matter)
    return queries.may_handle(queries.matter_of(kept), on)
