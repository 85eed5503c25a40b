"""Everything that writes facts."""

import os
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from minqing.kernel.errors import kind_of
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import unwrap, wrap
from minqing.record.facts import rules
from minqing.record.facts.models import Fact, Reaction, Subject
from minqing.record.facts.queries import happened
from minqing.record.facts.rules import Happened
from minqing.record.log.commands import hand_in, put_in_order
from minqing.record.log.rules import leaf_hash


def new_key() -> tuple[bytes, bytes]:
    """A fresh subject key and the same key wrapped for storage."""
    key = os.urandom(32)
    return key, wrap(key)


def open_subject(subject_id: UUID) -> None:
    """Start the story of a subject (a case, a promise, a reception day …) inside the caller's transaction."""
    Subject.objects.create(id=subject_id, key=new_key()[1])


def erase_subject(subject_id: UUID, *, at: datetime) -> None:
    """The key dies, and with it every salt: leaf, tree and proofs stand, what the leaves commit to cannot be shown again."""
    Subject.objects.filter(pk=subject_id, key__isnull=False).update(key=None, erased_at=at)


def record(*, kind: str, about: UUID, by: UUID | None, at: datetime, **body: Any) -> UUID:
    """Put down what happened, with its leaf, inside the caller's transaction. `body` holds no identity.

    The subject's row lock keeps `n` dense; the fact's id is newer than the one before it.
    """
    subject = Subject.objects.select_for_update(no_key=True).get(pk=about)
    before = Fact.objects.filter(about=subject).order_by("-n").only("n", "leaf_hash", "id").first()
    n = before.n + 1 if before else 0
    fact_id = uuid7()
    while before and fact_id <= before.id:
        fact_id = uuid7()
    text = rules.canonical({k: v for k, v in body.items() if v is not None})
    key = unwrap(bytes(subject.key)) if subject.key else b"erased"
    leaf = rules.leaf_of(
        key=key, fact_id=fact_id, kind=kind, n=n, at=at, body=text,
        previous=bytes(before.leaf_hash) if before else None,
    )  # fmt: skip
    Fact.objects.create(
        id=fact_id, kind=kind, about=subject, n=n, by_id=by, at=at, body=text, leaf_hash=leaf_hash(leaf)
    )
    hand_in(fact_id=fact_id, leaf=leaf)
    return fact_id


@transaction.atomic
def relay(reactions: Mapping[str, list[str]], *, at: datetime | None = None) -> int:
    """Put pending leaves in order at `at` (now if None), owe each fact its reactions; returns how many leaves moved."""
    now = timezone.now()
    moved = put_in_order(at=at or now)
    if moved:
        kinds = dict(Fact.objects.filter(pk__in=moved).values_list("id", "kind"))
        owed = [
            Reaction(fact_id=fact_id, name=name, next_at=now)
            for fact_id, kind in kinds.items()
            for name in reactions.get(kind, ())
        ]
        Reaction.objects.bulk_create(owed, ignore_conflicts=True)
    return len(moved)


def react_once(functions: Mapping[str, Callable[[Happened], None]]) -> bool:
    """Claim one due reaction, act, and forget it in the same commit; False when none is due.

    A failure is written down by its kind (its words may quote a person's) and tried again after 2^tries seconds; at twelve it stands still.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT fact_id, name, tries FROM facts_reaction WHERE next_at <= clock_timestamp() AND tries < %s"
                " ORDER BY next_at, fact_id LIMIT 1 FOR UPDATE SKIP LOCKED",
                [rules.STOP_AFTER],
            )
            row = cursor.fetchone()
        if row is None:
            return False
        fact_id, name, tries = row
        owed = Reaction.objects.filter(fact_id=fact_id, name=name)
        try:
            with transaction.atomic():
                functions[name](happened(Fact.objects.get(pk=fact_id)))
        except Exception as error:
            owed.update(
                tries=tries + 1,
                next_at=timezone.now() + rules.wait_after(tries + 1),
                error=kind_of(error)[:500],
            )
        else:
            owed.delete()
        return True


def try_again(*, fact_id: UUID, name: str) -> None:
    """Give a stopped reaction a fresh start."""
    Reaction.objects.filter(fact_id=fact_id, name=name).update(tries=0, next_at=timezone.now())
