"""Finding texts. The caller passes its reach as kinds and place; what is found is exact and newest first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from minqing.means.search import rules

MOST_ROUNDS = 12


class Hit(NamedTuple):
    id: UUID
    kind: str
    created_at: datetime


class Found(NamedTuple):
    """`after` goes into the next call; None at the end."""

    hits: list[Hit]
    after: tuple[datetime, UUID] | None


def find(
    q: str,
    *,
    kinds: Sequence[str] = (),
    place: str = "",
    status: Sequence[str] | str = (),
    after: tuple[datetime, UUID] | None = None,
    limit: int = rules.PAGE,
) -> Found:
    """Texts that hold every word of `q`, newest first: candidates by their pairs, then the text itself.

    Two stages on purpose: asked at once, the planner multiplies selectivities and rechecks everything.
    """
    terms = rules.terms_of(q)
    grams = rules.grams_asked(terms)
    if not grams:
        return Found([], None)
    wanted = [status] if isinstance(status, str) and status else list(status)
    hits: list[Hit] = []
    look = max(rules.FIRST_LOOK, limit * 2)
    for _ in range(MOST_ROUNDS):
        rows = _candidates(grams, terms, kinds=kinds, place=place, status=wanted, after=after, look=look)
        for doc_id, kind, created_at, holds in rows:
            after = (created_at, doc_id)
            if holds:
                hits.append(Hit(doc_id, kind, created_at))
                if len(hits) == limit:
                    return Found(hits, after)
        if len(rows) < look:
            return Found(hits, None)
        look = min(look * 2, 2000)
    return Found(hits, after)


def _candidates(
    grams: list[int],
    terms: list[str],
    *,
    kinds: Sequence[str],
    place: str,
    status: list[str],
    after: tuple[datetime, UUID] | None,
    look: int,
) -> list[tuple[UUID, str, datetime, bool]]:
    where: list[str] = ["grams @> %s::int[]"]
    values: list[Any] = [grams]
    for clause, value in (("kind = ANY(%s)", list(kinds)), ("status = ANY(%s)", status)):
        if value:
            where.append(clause)
            values.append(value)
    if place:
        where.append("starts_with(place_path, %s)")
        values.append(place)
    if after is not None:
        where.append("(created_at, id) < (%s, %s)")
        values += after
    holds = " AND ".join(["text LIKE %s"] * len(terms))
    sql = (
        f"WITH c AS MATERIALIZED (SELECT id FROM search_doc WHERE {' AND '.join(where)}"  # noqa: S608 own words
        f" ORDER BY created_at DESC, id DESC LIMIT %s)"
        f" SELECT d.id, d.kind, d.created_at, {holds} FROM c JOIN search_doc d USING (id)"
        f" ORDER BY d.created_at DESC, d.id DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [*values, look, *(rules.like(term) for term in terms)])
        return cursor.fetchall()
