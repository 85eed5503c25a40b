"""What the worker does with an accusation that has come: opens the box, seals it anew in three parts, makes its slip slow.

Only here is the discipline office's private key used; no page's process has it in hand.
"""

import json
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, connections, transaction

from minqing.ground.law import queries as law
from minqing.ground.offices.queries.history import offices_around
from minqing.ground.places.queries import place_now
from minqing.kernel.keys import secret
from minqing.methods import codes, seal
from minqing.methods.letters import ACCUSATION_AAD, DROP, FILE_AAD
from minqing.watch.clues.commands.keys import Keys, field, unwrapped
from minqing.watch.clues.commands.steps import owe, step
from minqing.watch.clues.models import Clue, Enclosure
from minqing.watch.clues.queries import AT_ONCE, DATABASE, aad
from minqing.watch.clues.rules import MOST_NAMED, ClueState

WHO = ("name", "phone", "address", "email")
TAKE = (
    "DELETE FROM intake_accusation WHERE id IN (SELECT id FROM intake_accusation LIMIT %s) RETURNING"
    " id, sealed, once, code_key, code_tag, word_key, word_tag, verify_no, arrived_on, slip, lang"
)
TAKE_FILES = (
    "DELETE FROM intake_enclosure WHERE id IN (SELECT id FROM intake_enclosure LIMIT %s) RETURNING id, box"
)
KEEP = f"SELECT fresh FROM {DROP}"  # noqa: S608  a constant


def fetch(limit: int = 20) -> int:
    """Boxes that had to wait in the county's database come over. Kept here first: a crash between brings them again."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE_FILES, [limit])
        boxes = cursor.fetchall()
        cursor.execute(TAKE, [limit])
        rows = cursor.fetchall()
        with transaction.atomic(using=DATABASE), connections[DATABASE].cursor() as beside:
            Enclosure.objects.bulk_create(
                [Enclosure(id=pk, box=bytes(box)) for pk, box in boxes], ignore_conflicts=True
            )
            for row in rows:
                beside.execute(KEEP, [*row, [], []])
    return len(rows) + len(boxes)


def open_arrived(limit: int = 5) -> int:
    """Open the boxes that have come, oldest first; each is its own transaction. How many."""
    todo = (
        Clue.objects.filter(box__isnull=False)
        .order_by("arrived_on", "id")
        .values_list("pk", flat=True)[:limit]
    )
    return sum(_open(pk) for pk in list(todo))


def _open(pk: UUID) -> int:
    with transaction.atomic(using=DATABASE):
        row = Clue.objects.select_for_update(skip_locked=True).filter(pk=pk, box__isnull=False).first()
        if row is None or row.box is None:
            return 0
        at = law.now()
        told = json.loads(seal.open_with(secret("discipline.key"), ACCUSATION_AAD, bytes(row.box)))
        files = told.pop("files", [])
        who = {name: told.pop(name) for name in WHO if name in told}
        keys = Keys.new()
        row.words = field(keys.words, pk, "words", told | {"files": files})
        row.who = field(keys.who, pk, "who", who)
        row.told = field(keys.told, pk, "told", {})
        row.matter = field(keys.words, pk, "matter", first_matter(told, law.today()))
        row.desk, row.box = keys.closed_to(secret("discipline.pub")), None
        row.save(update_fields=["words", "who", "told", "matter", "desk", "box"])
        for one in files:
            _reseal(UUID(one["id"]), row, keys.words)
        step(row, act="arrive", by=None, at=at, key=keys.told)
        owe(row, ClueState.ARRIVED, at=at)
    return 1


def first_matter(told: dict[str, Any], day: date) -> dict[str, Any]:
    """Before anybody has read it: nobody knows who is accused, so every office around the place is kept out, and whoever
    bears a name that its writer gave."""
    place = str(told.get("place") or "")
    units = offices_around(place_now(place, on=day).path) if place else []
    return {
        "accused": list(told.get("accused", [])),
        "units": [str(one) for one in units],
        "named": list(told.get("named", []))[:MOST_NAMED],
        "unknown": True,
        "connivance": False,
    }


def _reseal(file_id: UUID, clue: Clue, key: bytes) -> None:
    row = Enclosure.objects.select_for_update().filter(pk=file_id, clue__isnull=True).first()
    if row is not None:
        plain = seal.open_with(secret("discipline.key"), FILE_AAD, bytes(row.box))
        row.box, row.clue = seal.seal(key, aad(clue.pk, f"file|{file_id}"), plain), clue
        row.save(update_fields=["box", "clue"])


def strengthen(limit: int = 4) -> int:
    """Fast codes become slow tags, and the slip gets its own way to what is told. How many were done."""
    todo = Clue.objects.filter(desk__isnull=False, code_key__isnull=False).order_by("arrived_on", "id")
    for pk in list(Clue.objects.filter(asked__isnull=False).values_list("pk", flat=True)[:limit]):
        _let_in(pk)
    return sum(_strengthen(pk) for pk in list(todo.values_list("pk", flat=True)[:limit]))


def _let_in(pk: UUID) -> None:
    """A slip whose code was slow already when its word came here: its holder left the half that only they have."""
    with transaction.atomic(using=DATABASE):
        row = Clue.objects.select_for_update().get(pk=pk)
        if row.asked is None or row.desk is None:
            return
        inner = unwrapped(secret("discipline.key"), row.asked)
        row.slip_key = seal.seal(
            inner, aad(pk, "slip"), Keys.opened_by(secret("discipline.key"), row.desk).told
        )
        row.asked = None
        row.save(update_fields=["slip_key", "asked"])


def _strengthen(pk: UUID) -> int:
    with transaction.atomic(using=DATABASE):
        row = Clue.objects.select_for_update(skip_locked=True).filter(pk=pk, code_key__isnull=False).first()
        if row is None or row.code_key is None or row.desk is None:
            return 0
        with AT_ONCE:
            slow = codes.slow_keys(secret("pepper"), bytes(row.code_key))
        keys = Keys.opened_by(secret("discipline.key"), row.desk)
        row.word_tag = (
            codes.slow_word(slow.inner, bytes(row.word_key)) if row.word_key is not None else row.word_tag
        )
        row.code_tag, row.code_key, row.word_key = slow.tag, None, None
        row.slip_key = seal.seal(slow.inner, aad(pk, "slip"), keys.told)
        row.save(update_fields=["word_tag", "code_tag", "code_key", "word_key", "slip_key"])
    return 1
