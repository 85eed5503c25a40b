"""Helpers on constraints and on loading many rows. The only kernel file that knows Django."""

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from struct import Struct
from typing import Any, LiteralString

import psycopg
from django.db import connection
from django.db.models import CheckConstraint, Q
from psycopg import sql
from psycopg.adapt import Dumper
from psycopg.postgres import types as pg_types
from psycopg.pq import Format

from minqing.kernel.words import Word

TWO_BYTES, FOUR_BYTES = Struct("!h").pack, Struct("!i").pack
INT2, INT4 = pg_types["int2"].oid, pg_types["int4"].oid


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


class Number(Dumper):
    """An integer that does not fit its column is refused; the driver's own writer would cut it."""

    format, oid = Format.BINARY, INT4

    def dump(self, obj: int) -> bytes:
        return FOUR_BYTES(obj)


class Small(Dumper):
    """The same for smallint."""

    format, oid = Format.BINARY, INT2

    def dump(self, obj: int) -> bytes:
        return TWO_BYTES(obj)


_beside = threading.local()


def ask(url: str, query: LiteralString, *params: Any) -> list[tuple[Any, ...]]:
    """One statement to a database beside the county's, kept at once and whatever becomes of the transaction here.

    Each thread has a connection of its own; one that has died is opened again, once. Raises psycopg.OperationalError
    when nobody answers.
    """
    for last in (False, True):
        known = getattr(_beside, "connections", None)
        if known is None:
            known = _beside.connections = {}
        try:
            if url not in known or known[url].closed:
                known[url] = psycopg.connect(url, autocommit=True, connect_timeout=5)
            found: list[tuple[Any, ...]] = known[url].execute(query, params, prepare=True).fetchall()
            return found
        except psycopg.OperationalError:
            gone = known.pop(url, None)
            if gone is not None:
                gone.close()
            if last or gone is None:
                raise
    raise AssertionError("unreachable")


def hang_up() -> None:
    """End this thread's connections to databases beside the county's."""
    for one in getattr(_beside, "connections", {}).values():
        one.close()


def read(query: LiteralString, *params: Any) -> list[tuple[Any, ...]]:
    """Many rows at once, told in binary: neither side writes or reads text."""
    connection.ensure_connection()
    with connection.connection.cursor(binary=True) as cursor:
        found: list[tuple[Any, ...]] = cursor.execute(query, params).fetchall()
        return found


def copy_in(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY rows into a table inside the caller's transaction; any constraint broken refuses them all.

    In binary: neither side writes or reads text. Every value must therefore be of its column's type: a UUID as UUID,
    a jsonb as Jsonb; nothing is read out of text on the way.
    """
    connection.ensure_connection()
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    types = types_of(table)
    with connection.connection.cursor() as cursor:
        cursor.adapters.register_dumper(int, Small)
        cursor.adapters.register_dumper(int, Number)
        with cursor.copy(statement) as copy:
            copy.set_types([types[column] for column in columns])
            for row in rows:
                copy.write_row(row)


@cache
def types_of(table: str) -> dict[str, int]:
    """Column → the number of its type; built-in types have the same everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attname, atttypid FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0", [table]
        )
        return {name: int(number) for name, number in cursor.fetchall()}
