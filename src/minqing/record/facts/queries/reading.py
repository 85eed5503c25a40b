"""Reads of facts."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count

from minqing.kernel.ids import uuid7_at
from minqing.record.facts.models import Fact, Reaction, Subject
from minqing.record.facts.rules import STOP_AFTER, Happened
from minqing.record.log.queries import pending_age_s


def happened(fact: Fact) -> Happened:
    return Happened(fact.id, fact.kind, fact.about_id, fact.n, fact.by_id, fact.at, json.loads(fact.body))


def facts_about(*subjects: UUID) -> list[Happened]:
    """Facts about the subjects, oldest first."""
    rows = Fact.objects.filter(about_id__in=subjects).order_by("at", "id")
    return [happened(row) for row in rows]


def kinds_about(subject: UUID) -> list[str]:
    return list(Fact.objects.filter(about_id=subject).order_by("n").values_list("kind", flat=True))


def first_leaf(subject: UUID) -> bytes:
    """The hash of the leaf with which a subject's story begins; empty when it has none."""
    found = Fact.objects.filter(about_id=subject, n=0).values_list("leaf_hash", flat=True).first()
    return bytes(found) if found is not None else b""


def is_erased(subject: UUID) -> bool:
    """Whether nothing about the subject can be opened any more."""
    return Subject.objects.filter(pk=subject, key__isnull=True).exists()


def moments(fact_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When facts happened, by id; what is no fact of the county is left out."""
    return dict(Fact.objects.filter(pk__in=list(fact_ids)).values_list("pk", "at"))


def abouts(fact_ids: Iterable[UUID]) -> dict[UUID, tuple[str, UUID]]:
    """Fact → what sort of subject it speaks of ("case", "demand" …), and which."""
    rows = Fact.objects.filter(pk__in=list(fact_ids)).values_list("pk", "kind", "about_id")
    return {pk: (kind.partition(".")[0], about_id) for pk, kind, about_id in rows}


def last_n(subjects: Iterable[UUID]) -> dict[UUID, int]:
    """The newest `n` of each subject, for telling whether a page shows an old state."""
    newest: dict[UUID, int] = {}
    for about_id, n in Fact.objects.filter(about_id__in=list(subjects)).values_list("about_id", "n"):
        newest[about_id] = max(n, newest.get(about_id, -1))
    return newest


def kinds_since(since: datetime) -> dict[str, int]:
    """How many facts of each kind were put down since; read along the ids, which carry their time."""
    rows = Fact.objects.filter(pk__gte=uuid7_at(since)).values_list("kind")
    return dict(rows.annotate(Count("id")).order_by())


def stuck() -> list[Reaction]:
    """Reactions that stopped after twelve tries and wait for a person."""
    return list(
        Reaction.objects.filter(tries__gte=STOP_AFTER).select_related("fact").order_by("next_at")[:200]
    )


def queue_age_s() -> int:
    """How far the worker is behind: the oldest leaf without a place or the oldest reaction that is due."""
    due = (
        Reaction.objects.filter(tries__lt=STOP_AFTER)
        .order_by("next_at")
        .values_list("next_at", flat=True)
        .first()
    )
    late = max(0, int((datetime.now(UTC) - due).total_seconds())) if due else 0
    return max(late, pending_age_s())


@dataclass(frozen=True)
class Story:
    """A subject's facts of some kinds in order; `began`: when the word it was opened for was registered, or the opening."""

    about_id: UUID
    began: datetime
    opened: dict[str, Any]
    steps: list[tuple[str, datetime, dict[str, Any]]]
    n_facts: int
    last_n: int


STORIES = """
SELECT o.about_id, least(o.at, r.at), o.body, f.n_facts, f.last_n, f.steps
FROM facts_fact o
LEFT JOIN facts_fact r ON r.about_id = (o.body::jsonb ->> 'demand_id')::uuid AND r.n = 0
CROSS JOIN LATERAL (
  SELECT count(*) AS n_facts, max(n) AS last_n,
    coalesce(json_agg(json_build_array(kind, at, body) ORDER BY n) FILTER (WHERE kind = ANY(%s)), '[]') AS steps
  FROM facts_fact WHERE about_id = o.about_id
) f
WHERE o.kind = %s AND o.id >= %s AND o.at >= %s AND o.at < %s
"""


def stories(*, opened: str, kinds: Iterable[str], since: datetime, before: datetime) -> Iterator[Story]:
    """Of every subject opened by a fact of that kind between the two: its facts of these kinds."""
    from_id = uuid7_at(min(since, datetime.now(UTC)))
    with connection.cursor() as cursor:
        cursor.execute(STORIES, [sorted(kinds), opened, from_id, since, before])
        while rows := cursor.fetchmany(1000):
            for about_id, began, body, n_facts, last_n, steps in rows:
                told = [(kind, datetime.fromisoformat(at), json.loads(text)) for kind, at, text in steps]
                yield Story(about_id, began, json.loads(body), told, n_facts, last_n)
