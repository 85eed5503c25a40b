"""Putting texts where they can be found. Called by reactions in the worker, never at intake."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from minqing.means.search import rules
from minqing.means.search.models import SearchDoc


@dataclass(frozen=True)
class Findable:
    id: UUID
    kind: str
    text: str
    created_at: datetime
    title: str = ""
    place_path: str = ""
    status: str = ""


def put_many(texts: Iterable[Findable]) -> None:
    """Put texts in, or put them in again; later values win."""
    rows = [
        SearchDoc(
            id=one.id, kind=one.kind, place_path=one.place_path, status=one.status, created_at=one.created_at,
            text=rules.normal(f"{one.title}\n{one.text}")[: rules.LONGEST_TEXT],
            grams=rules.grams_of(one.text, one.title),
        )
        for one in {one.id: one for one in texts}.values()
    ]  # fmt: skip
    SearchDoc.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["id"],
        update_fields=["kind", "place_path", "status", "created_at", "text", "grams"], batch_size=500,
    )  # fmt: skip


def put(
    *,
    id: UUID,
    kind: str,
    text: str,
    created_at: datetime,
    title: str = "",
    place_path: str = "",
    status: str = "",
) -> None:
    put_many([Findable(id, kind, text, created_at, title, place_path, status)])


def drop(ids: Iterable[UUID]) -> None:
    SearchDoc.objects.filter(pk__in=list(ids)).delete()
