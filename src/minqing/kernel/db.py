"""Helpers on constraints and on loading many rows. The only kernel file that knows Django."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.db.models import CheckConstraint, Q
from psycopg import sql

from minqing.kernel.words import Word


def both_or_neither(a: str, b: str, *, name: str) -> CheckConstraint:
    empty = Q(**{f"{a}__isnull": True, f"{b}__isnull": True})
    full = Q(**{f"{a}__isnull": False, f"{b}__isnull": False})
    return CheckConstraint(condition=empty | full, name=name)


def known(field: str, words: type[Word], *, name: str) -> CheckConstraint:
    """The column holds only values of the enumeration."""
    return CheckConstraint(condition=Q(**{f"{field}__in": words.values()}), name=name)


@contextmanager
def planned_for_values() -> Iterator[None]:
    """Plan each statement inside for its own values, not once for all: a list's filter may fit one row or half of all.

    Statements are prepared, and after five runs the server keeps one plan that knows no values. After an error the
    mode simply stays: it costs time, never a wrong row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET plan_cache_mode = force_custom_plan")
        yield
        cursor.execute("SET plan_cache_mode = auto")


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table inside the caller's transaction; any constraint broken refuses them all."""
    connection.ensure_connection()
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with connection.connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)
