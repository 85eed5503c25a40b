"""What happens to a demand on the sorting table, before and beside a case."""

import hmac
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.people.commands import forget_contact
from minqing.ground.people.queries import sealed_contact
from minqing.kernel.keys import secret
from minqing.methods import codes
from minqing.record.facts.commands import record
from minqing.record.facts.queries import first_leaf
from minqing.work.duties.commands import drop
from minqing.work.intake import rules
from minqing.work.intake.commands.enclosing import enclose_originals, told_of
from minqing.work.intake.commands.register import place_of
from minqing.work.intake.commands.sealing import (
    Sealed,
    clue_leaf,
    sealed_accusation,
    sealed_moment,
    send_away,
)
from minqing.work.intake.models import Demand
from minqing.work.intake.queries import demand_for
from minqing.work.intake.rules import (
    AlreadyRead,
    Channel,
    DemandState,
    InAnotherState,
    Kind,
    NothingSaid,
    TooLong,
    text_hash,
)

TODO = (DemandState.WAITING, DemandState.UNREAD)
WRITTEN = (Channel.LETTER, Channel.EMAIL)
"""Ways on which what came with a word is the sheet it is written on."""


@transaction.atomic
def transcribe_demand(*, by: Actor, demand_id: UUID, text: str, title: str = "", at: datetime) -> Demand:
    """Put a scanned letter into words. The clock has run since the arrival stamp, not since this moment."""
    demand = demand_for(by, Verb.DEMAND_TRANSCRIBE, demand_id, lock=True)
    if demand.state != DemandState.UNREAD:
        raise AlreadyRead()
    if not text.strip():
        raise NothingSaid()
    if len(text) > rules.TEXT_LIMIT:
        raise TooLong(n=len(text), limit=rules.TEXT_LIMIT)
    demand.text, demand.title, demand.text_hash = text, title, text_hash(text)
    demand.state, demand.alarm = DemandState.WAITING.value, str(rules.alarm_in(text))
    demand.save(update_fields=["text", "title", "text_hash", "state", "alarm"])
    record(kind="demand.transcribed", about=demand.pk, by=by.account_id, at=at, alarm=demand.alarm)
    return demand


@transaction.atomic
def sort_demand(
    *,
    by: Actor,
    demand_id: UUID,
    at: datetime,
    title: str | None = None,
    kind: Kind | None = None,
    place: str | None = None,
) -> Demand:
    """Set right what the form guessed: title, kind and place. The person's words stay as they are."""
    demand = demand_for(by, Verb.DEMAND_SORT, demand_id, lock=True)
    if title is not None:
        demand.title = title
    if kind is not None:
        demand.kind = str(kind)
    if place is not None:
        spot = place_of(place, at)
        demand.place_id, demand.place_path = (spot.code, spot.path) if spot else (None, "")
    demand.save(update_fields=["title", "kind", "place_id", "place_path"])
    record(
        kind="demand.sorted",
        about=demand.pk,
        by=by.account_id,
        at=at,
        what=demand.kind,
        place=demand.place_id,
    )
    return demand


@transaction.atomic
def seal_demand(
    *,
    by: Actor,
    demand_id: UUID,
    at: datetime,
    accusation: str = "",
    rest: str = "",
    keep_files: bool = False,
) -> None:
    """An accusation found while sorting goes to the discipline office's key and leaves this county's desk.

    A mixed letter is split: `accusation` is sealed, `rest` stays a demand with the slip the person holds. Without
    `rest` the whole letter is sealed with its contact; its slip goes on working and shows what every slip shows.
    What came with it is sealed too; `keep_files` leaves photos that have nothing to do with the accusation with the
    rest, never the sheet or the mail on which the accusation itself is written.
    """
    demand = demand_for(by, Verb.DEMAND_SORT, demand_id, lock=True)
    if demand.state not in TODO:
        raise InAnotherState()
    whole = not rest.strip()
    stays = keep_files and not whole and demand.channel not in WRITTEN
    contact = sealed_contact(demand.person_id)
    told: dict[str, Any] = {
        **{name: str(value) for name, value in asdict(contact).items() if value},
        "text": accusation.strip() or demand.text, "title": demand.title, "place": demand.place_id or "",
        "place_words": demand.place_words, "at": demand.registered_at.isoformat(), "channel": demand.channel,
        "anonymity": demand.anonymity, "verify_no": demand.verify_no, "sealed_by": str(by.account_id or ""),
    }  # fmt: skip
    if whole:
        slip = sealed_moment(demand.registered_at, promised=first_leaf(demand.pk))
    else:
        leaf, told["log"] = clue_leaf(told["text"], demand.registered_at)
        slip = sealed_moment(demand.registered_at, leaf=leaf)
    boxes = [] if stays else enclose_originals(f"demand:{demand.pk}")
    send_away(
        Sealed(
            id=uuid4(), sealed=sealed_accusation({**told, "files": told_of(boxes)}), once=_once(demand, told["text"]),
            code_key=demand.code_key if whole else None, code_tag=demand.code_tag if whole else None,
            word_key=demand.word_key if whole else None, word_tag=demand.word_tag if whole else None,
            verify_no=demand.verify_no if whole else codes.verify_number(uuid4()),
            arrived_on=demand.arrived_on, slip=slip, lang=demand.lang,
        ),
        boxes,
    )  # fmt: skip
    # The reason is not among the facts: whoever reads the desk's timeline learns nothing of an accusation.
    record(kind="demand.moved", about=demand.pk, by=by.account_id, at=at)
    if whole:
        drop(about=demand.pk, why="moved", at=at)
        Demand.objects.filter(pk=demand.pk).delete()
        forget_contact(person_id=demand.person_id)
    else:
        demand.text, demand.text_hash, demand.title = rest, text_hash(rest), ""
        demand.state, demand.alarm = DemandState.WAITING.value, str(rules.alarm_in(rest))
        demand.scan_id = demand.scan_id if stays else None
        demand.save(update_fields=["text", "text_hash", "title", "state", "alarm", "scan_id"])


def _once(demand: Demand, text: str) -> bytes:
    """It leaves before this transaction ends: tried again after a crash, it is the same one."""
    return hmac.digest(secret("pepper"), b"sorted/v1\n" + demand.pk.bytes + text.encode(), "sha256")


def mark_in_case(demand_id: UUID) -> None:
    """For the room cases: somebody handles it now."""
    Demand.objects.filter(pk=demand_id).update(state=DemandState.IN_CASE.value)


def mark_waiting(demand_id: UUID) -> None:
    """For the room cases: it is back on the sorting table."""
    Demand.objects.filter(pk=demand_id).update(state=DemandState.WAITING.value)


def mark_closed(demand_id: UUID) -> None:
    """For the room cases: every case of this word has ended."""
    Demand.objects.filter(pk=demand_id).update(state=DemandState.CLOSED.value)


def erase_words(*, demand_id: UUID) -> None:
    """For the room erasing: away with what was said; the row stays as the skeleton, and its code still says so."""
    Demand.objects.filter(pk=demand_id).update(
        text="", title="", place_words="", text_hash=b"", sender="erased", sender_key=str(demand_id),
        word_key=None, word_tag=None, alarm=rules.Alarm.NONE.value,
    )  # fmt: skip
