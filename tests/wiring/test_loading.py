"""Rows loaded by the thousand stand in the table exactly as they were given, or none of them does."""

import json
import struct
from datetime import date, datetime
from uuid import uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection, transaction
from psycopg.types.json import Jsonb

from minqing.kernel.db import copy_in

CHINA = ZoneInfo("Asia/Shanghai")
COLUMNS = {
    "id": "uuid", "words": "text", "short": "varchar(4)", "at": "timestamptz", "day": "date", "raw": "bytea", "n": "integer",
    "small": "smallint", "yes": "boolean", "body": "jsonb",
}  # fmt: skip
AT = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=CHINA)


@pytest.fixture
def table(db: None) -> str:
    with connection.cursor() as cursor:
        inside = ", ".join(f"{name} {kind}" for name, kind in COLUMNS.items())
        cursor.execute(f"CREATE TEMPORARY TABLE loaded_{uuid4().hex} ({inside}) ON COMMIT DROP")
        cursor.execute("SELECT relname FROM pg_class WHERE relname LIKE 'loaded\\_%%'")
        return str(cursor.fetchone()[0])


def row(**other: object) -> tuple[object, ...]:
    usual: dict[str, object] = {
        "id": uuid4(), "words": "水", "short": "短", "at": AT, "day": date(2026, 3, 2), "raw": b"\x00\xff\\", "n": 1, "small": 2,
        "yes": True, "body": Jsonb({"话": ["\t", 1]}),
    }  # fmt: skip
    return tuple((usual | other).values())


def there(table: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT {", ".join(COLUMNS)} FROM "{table}"')
        return [(*one[:-1], json.loads(one[-1])) for one in cursor.fetchall()]


def test_what_is_loaded_comes_back_as_it_was_given(table: str) -> None:
    odd = [
        row(words="\\N"), row(words="\t\n\r\\.\\t"), row(words="👵🏽水\u202e"), row(words=""), row(words=None),
        row(at=datetime(1949, 10, 1, 0, 0, 0, 1, tzinfo=CHINA)), row(at=datetime(1900, 1, 1, tzinfo=CHINA)), row(yes=None),
        row(n=-2_147_483_648, small=32_767), row(day=date(1, 1, 1)), row(day=date(9999, 12, 31)), row(raw=b""),
    ]  # fmt: skip
    copy_in(table, list(COLUMNS), odd)
    assert there(table) == [(*one[:-1], {"话": ["\t", 1]}) for one in odd]


@pytest.mark.parametrize(
    "bad",
    [{"words": "a\0b"}, {"short": "五个字太长"}, {"n": 2_147_483_648}, {"small": -32_769}, {"id": "no-uuid"}],
)
def test_one_row_that_does_not_fit_refuses_all(table: str, bad: dict[str, object]) -> None:
    with pytest.raises((psycopg.Error, struct.error, AttributeError)), transaction.atomic():
        copy_in(table, list(COLUMNS), [row(), row(**bad), row()])
    assert there(table) == []
