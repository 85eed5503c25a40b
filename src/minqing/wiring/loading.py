"""Many finished stories at once: rows for every table, put in by COPY in one transaction a batch.

Used by the import of old messages and by the demo county. The rows are those the commands would have written; the
same constraints judge them. No reaction is owed to a loaded fact, so nobody is told anything.
"""

import gc
import io
import os
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from operator import itemgetter
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from minqing.kernel.db import copy_in
from minqing.kernel.ids import RANDOM, VERSION_7, of_number
from minqing.kernel.keys import wrap
from minqing.record.facts import rules as facts
from minqing.record.log.commands import append
from minqing.record.log.rules import Entry, leaf_hash

TABLES: dict[str, tuple[str, ...]] = {
    "facts_subject": ("id", "key"),
    "inbox_item": ("sender", "key", "hash", "act", "body", "state", "got_at"),
    "people_household": ("id", "place_id"),
    "people_person": (
        "id", "key", "sealed", "mask_name", "mask_phone", "place_id", "household_id", "reply_by", "lang", "created_at",
    ),
    "intake_demand": (
        "id", "person_id", "text", "title", "place_id", "place_path", "place_words", "channel", "kind", "anonymity",
        "state", "alarm", "registered_at", "arrived_on", "code_key", "reply_by", "lang", "sender", "sender_key",
        "verify_no", "written_by_id", "n_people", "text_hash",
    ),
    "intake_accusation": (
        "id", "sealed", "once", "code_key", "code_tag", "word_key", "word_tag", "verify_no", "arrived_on", "slip", "lang",
    ),
    "cases_case": (
        "id", "number", "external_no", "title", "track", "category", "way", "grade", "kind", "matter", "state",
        "place_id", "place_path", "holder_id", "holder_path", "held_since", "first_holder_id", "handler_id",
        "registered_at", "accepted_on", "contacted_at", "extended_days", "replied_at", "ended_at", "due_at", "due_from", "due_by",
        "returns", "reopened", "urgent", "confidential", "supervised_at", "carried_by_id", "earlier_id", "split_from_id",
        "n_voices", "n_confirmed",
    ),
    "cases_link": (
        "id", "case_id", "demand_id", "part", "joined_at", "joined_by", "reason", "left_at", "left_reason",
        "confirmed_at", "before_id",
    ),
    "cases_hold": (
        "id", "case_id", "office_id", "role", "state", "how", "basis", "words", "reason", "given_by", "given_at",
        "answered_at", "ended_at",
    ),
    "cases_reply": (
        "id", "case_id", "office_id", "by_id", "kind", "outcome", "text", "request", "facts", "reasons", "basis", "remedy",
        "document_id", "at",
    ),
    "cases_talk": ("id", "case_id", "demand_id", "side", "text", "by_id", "at"),
    "cases_withdrawal": (
        "id", "link_id", "asked_at", "effective_at", "called_by", "called_at", "free", "done_at", "undone_at",
    ),
    "cases_supervision": ("id", "case_id", "office_id", "ground", "words", "by_id", "at", "answered_at", "answer", "document_id"),
    "cases_appraisal": (
        "id", "case_id", "body", "subject", "chosen_by", "paid_by", "ordered_on", "result", "result_on", "told_on",
    ),
    "cases_mediation": (
        "id", "case_id", "mediator_id", "other_side", "no_violence", "person_consents", "other_consents", "state",
        "agreement", "opened_at", "ended_at", "other_office_id", "document_id",
    ),
    "cases_extensionask": (
        "id", "case_id", "days", "reason", "asked_by", "asked_at", "answered_by", "answered_at", "granted",
    ),
    "duties_duty": (
        "id", "about_id", "rule", "rule_from", "office_id", "place", "from_on", "statutory_on", "due_at",
        "provisional", "term", "extra", "met_at", "dropped",
    ),
    "judgement_verdict": (
        "id", "about", "voice_id", "version", "office_id", "place_path", "solved", "explained", "words", "asked",
        "by_id", "at", "after_contact", "latest",
    ),
    "judgement_callback": (
        "id", "about", "voice_id", "person_id", "judged_id", "place_path", "state", "tries", "tried_on", "opened_at", "done_at", "by_id",
    ),
    "promises_promise": (
        "id", "about", "words", "condition", "by_account_id", "office_id", "to_person_id", "made_on", "due_on",
        "state", "outcome", "recorded_at",
    ),
    "people_look": ("id", "person_id", "account_id", "office_id", "role", "purpose", "about", "at"),
    "facts_fact": ("id", "kind", "about_id", "n", "by_id", "at", "put_at", "body", "leaf_hash"),
    "documents_document": (
        "id", "number", "kind", "about", "body", "office_id", "by_id", "issued_at", "verify_no", "lang", "sha256",
    ),
    "documents_service": ("id", "document_id", "to_id", "way", "on", "by_id", "consent", "receipt", "put_at"),
}  # fmt: skip

IN_ORDER = {table: itemgetter(*columns) for table, columns in TABLES.items()}
DRAWN = 8192  # bytes of chance drawn at once: a call for each id costs more than the id


@dataclass(slots=True)
class Thread:
    """One subject's facts while they are being written: its key, its next number, its last leaf."""

    id: UUID
    key: bytes
    handle: str
    n: int = 0
    previous: bytes | None = None
    last: UUID | None = None


@dataclass
class Batch:
    """Rows of stories until `put_in`; `put_at` None means that facts were put down when they happened (demo)."""

    put_at: datetime | None = None
    rows: dict[str, list[tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(list))
    leaves: list[Entry] = field(default_factory=list)
    chance: io.BytesIO = field(default_factory=io.BytesIO, repr=False)
    at: datetime | None = None
    stamp: int = 0

    def draw(self, size: int) -> bytes:
        drawn = self.chance.read(size)
        if len(drawn) < size:
            self.chance = io.BytesIO(os.urandom(DRAWN))
            drawn = self.chance.read(size)
        return drawn

    def new_id(self, at: datetime) -> UUID:
        """A version 7 UUID that sorts at `at`; what is older than such ids can say stands at their beginning."""
        if at is not self.at:  # rows of one moment come one after another
            self.at, self.stamp = at, max(0, int(at.timestamp() * 1000)) << 80 | VERSION_7
        return of_number(self.stamp | int.from_bytes(self.draw(10), "big") & RANDOM)

    def add(self, table: str, **values: Any) -> None:
        """One row; every column of the table must be given, unknown ones are a KeyError."""
        if len(values) != len(TABLES[table]):
            raise KeyError(f"{table}: {set(values) ^ set(TABLES[table])}")
        self.rows[table].append(IN_ORDER[table](values))

    def subject(self, at: datetime, subject_id: UUID | None = None) -> Thread:
        key = os.urandom(32)
        thread = Thread(subject_id or self.new_id(at), key, facts.handle_of(key))
        self.rows["facts_subject"].append((thread.id, wrap(thread.key)))
        return thread

    def fact(self, thread: Thread, kind: str, at: datetime, by: UUID | None = None, **body: Any) -> None:
        fact_id = self.new_id(at)
        while thread.last is not None and fact_id <= thread.last:
            fact_id = UUID(int=thread.last.int + (1 << 20))
        if self.put_at is not None and self.put_at - at > facts.LATE_AFTER:
            body[facts.LATE] = True
        text = facts.canonical({k: v for k, v in body.items() if v is not None}) if body else "{}"
        leaf = facts.leaf_of(
            key=thread.key, fact_id=fact_id, kind=kind, n=thread.n, at=at, body=text, previous=thread.previous, handle=thread.handle
        )  # fmt: skip
        digest = leaf_hash(leaf)
        self.rows["facts_fact"].append(
            (fact_id, kind, thread.id, thread.n, by, at, self.put_at or at, text, digest)
        )
        self.leaves.append(Entry(fact_id, leaf, self.put_at or at))
        thread.n, thread.previous, thread.last = thread.n + 1, digest, fact_id

    @transaction.atomic
    def put_in(self, late: Callable[["Batch"], None] | None = None) -> None:
        """All tables in one transaction, then forget the rows; a batch is there whole or not at all.

        `late` adds rows that need a lock which others wait for too; like the log's it is taken at the very end.
        """
        self._copy()
        if late is not None:
            late(self)
            self._copy()
        if self.leaves:
            self.leaves.sort(key=lambda entry: (entry.put_at, entry.id.int))
            append(self.leaves)
        self.leaves.clear()

    def _copy(self) -> None:
        for table, columns in TABLES.items():
            if rows := self.rows.pop(table, None):
                copy_in(table, columns, rows)


def _close() -> None:
    """The connection of the thread that calls it."""
    connection.close()


class Behind:
    """Puts batches in on a thread and connection of its own, one at a time, while the next one is being made.

    Inside a caller's transaction it does so at once, on the caller's connection. While it is open nothing looks for
    rings of garbage: rows make none, and looking through a hundred thousand of them takes longer than making them.
    """

    def __enter__(self) -> "Behind":
        self.alone = connection.in_atomic_block
        self.thread = ThreadPoolExecutor(1)
        self.waiting: Future[None] | None = None
        gc.disable()
        return self

    def put_in(self, batch: Batch, *, then: Callable[[], None]) -> None:
        """Waits for the batch before; `then` is called once this one is there. Raises what went wrong with either."""
        if self.alone:
            batch.put_in()
            then()
            return
        self._done()
        self.waiting, self.then = self.thread.submit(batch.put_in), then

    def _done(self) -> None:
        if self.waiting is not None:
            waiting, self.waiting = self.waiting, None
            waiting.result()
            self.then()

    def __exit__(self, *_: object) -> None:
        try:
            self._done()
        finally:
            self.thread.submit(_close).result()
            self.thread.shutdown()
            gc.enable()


def take_numbers(series: str, count: int) -> int:
    """Reserve `count` numbers of a series; returns the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_counter (name, last) VALUES (%s, %s)"
            " ON CONFLICT (name) DO UPDATE SET last = cases_counter.last + EXCLUDED.last RETURNING last",
            [series, count],
        )
        return int(cursor.fetchone()[0]) - count + 1
