"""The way of an accusation out of the county's database: closed to a key that is elsewhere, into the clues' own.

The county reaches that database as a role that may call three functions and read no table (watch/clues). Where it does
not answer, or a county has none, the closed box waits in this one until the clues' side fetches it: nothing is refused.
"""

import hmac
import os
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, LiteralString
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import IntegrityError, transaction

from minqing.kernel.db import ask
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import secret, shut
from minqing.methods import seal
from minqing.methods.letters import ACCUSATION_AAD, CLUE_KIND, DROP, SLIP_AAD, Moment, padded
from minqing.record.facts.rules import canonical, leaf_of
from minqing.record.log.rules import leaf_hash
from minqing.work.intake.commands.enclosing import Boxes
from minqing.work.intake.models import Accusation, Enclosure

Octets = bytes | memoryview | None
KEEP: LiteralString = f"SELECT verify_no, arrived_on, lang, slip, fresh FROM {DROP}"  # noqa: S608  a constant


@dataclass(frozen=True)
class Sealed:
    """An accusation as it leaves: its box, how it is known again (`once`), and what answers its slip."""

    id: UUID
    sealed: bytes
    once: bytes
    code_key: Octets
    code_tag: Octets
    word_key: Octets
    word_tag: Octets
    verify_no: str
    arrived_on: date
    slip: bytes
    lang: str


@dataclass(frozen=True)
class First:
    """The slip under which it is kept; not `fresh`: it was there already."""

    verify_no: str
    arrived_on: date
    lang: str
    slip: bytes
    fresh: bool


def sealed_accusation(told: dict[str, Any]) -> bytes:
    """Padded to whole blocks, so that its length says little, then closed to a key whose private half is elsewhere."""
    return seal.seal_to(secret("discipline.pub"), ACCUSATION_AAD, padded(told))


def clue_leaf(text: str, at: datetime) -> tuple[bytes, dict[str, str]]:
    """The leaf under which an accusation will stand in the log, of the shape of all leaves, and what opens it.

    The clues side hands it in among exactly as many each hour; leaf and opening lie with the sealed words alone.
    """
    key, fact_id = os.urandom(32), uuid7()
    body = canonical({"text": hmac.digest(key, b"text" + text.encode(), "sha256").hex()})
    leaf = leaf_of(key=key, fact_id=fact_id, kind=CLUE_KIND, n=0, at=at, body=body, previous=None)
    return leaf, {
        "key": key.hex(),
        "id": str(fact_id),
        "kind": CLUE_KIND,
        "body": body,
        "leaf": leaf.decode(),
    }


def sealed_moment(at: datetime, *, leaf: bytes = b"", promised: bytes = b"") -> bytes:
    """The hour of a slip and what it promises, a leaf still to be logged or one `promised` already: for its holder, not
    for who reads the tables."""
    return shut(SLIP_AAD, bytes(Moment(at, promised or leaf_hash(leaf), leaf)))


def send_away(row: Sealed, boxes: Boxes) -> First:
    """Keep a sealed accusation for good, whatever becomes of the caller's transaction; the same one again is one."""
    if settings.MINQING_DROP:
        try:
            (found,) = ask(
                settings.MINQING_DROP, KEEP, row.id, row.sealed, row.once, row.code_key, row.code_tag, row.word_key,
                row.word_tag, row.verify_no, row.arrived_on, row.slip, row.lang, [pk for pk, _ in boxes],
                [box for _, box in boxes],
            )  # fmt: skip
            return First(*found)
        except psycopg.OperationalError:
            pass
    return _wait_here(row, boxes)


def _wait_here(row: Sealed, boxes: Boxes) -> First:
    try:
        with transaction.atomic():
            Enclosure.objects.bulk_create([Enclosure(id=pk, box=box) for pk, box in boxes])
            Accusation.objects.bulk_create([Accusation(**vars(row))])
    except IntegrityError as error:
        diag = getattr(error.__cause__, "diag", None)
        if diag is None or diag.constraint_name != "intake_accusation_once_key":
            raise
        first = Accusation.objects.only("verify_no", "arrived_on", "lang", "slip").get(once=row.once)
        return First(first.verify_no, first.arrived_on, first.lang, bytes(first.slip), fresh=False)
    return First(row.verify_no, row.arrived_on, row.lang, row.slip, fresh=True)
