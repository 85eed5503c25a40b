"""The shape of a fact, its leaf and its salt. Pure."""

import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import rfc8785

CHINA = ZoneInfo("Asia/Shanghai")
STOP_AFTER = 12
SAFE = (1 << 53) - 1

SUBJECT_SQL = "INSERT INTO facts_subject (id, key) VALUES (%(subject_id)s, %(subject_key)s)"
FACT_SQL = (
    "INSERT INTO facts_fact (id, kind, about_id, n, by_id, at, body, leaf_hash)"
    " VALUES (%(fact_id)s, %(fact_kind)s, %(subject_id)s, 0, %(by_id)s, %(at)s, %(fact_body)s, %(leaf_hash)s)"
)
LATE = "late"
LATE_AFTER = timedelta(hours=72)
END_KINDS = frozenset({"case.concluded", "demand.withdrawn", "case.terminated"})


@dataclass(frozen=True)
class Happened:
    """A fact as reactions and timelines receive it."""

    id: UUID
    kind: str
    about_id: UUID
    n: int
    by_id: UUID | None
    at: datetime
    body: Mapping[str, Any]


def canonical(body: Mapping[str, Any]) -> str:
    """RFC 8785 text of a mapping of strings, integers, booleans, lists, mappings and None.

    For such values under ASCII keys the standard writer gives the same text, ten times as fast, and its quoting alone
    does for strings and booleans; others go the long way.
    """
    if all((type(value) is str or type(value) is bool) and key.isascii() for key, value in body.items()):
        return "{" + ",".join([f"{_quoted(key)}:{_plain(body[key])}" for key in sorted(body)]) + "}"
    if _simple(body):
        return _write(body)
    return rfc8785.dumps(dict(body)).decode()


_quoted = json.encoder.encode_basestring


def _plain(value: str | bool) -> str:
    return ("true" if value else "false") if type(value) is bool else _quoted(value)


_write = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), check_circular=False
).encode


def _simple(value: Any) -> bool:
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return bool(-SAFE <= value <= SAFE)
    if kind is dict:
        return all(type(key) is str and key.isascii() and _simple(inner) for key, inner in value.items())
    return kind is list and all(map(_simple, value))


def told_late(body: str) -> bool:
    """Whether a fact says of itself that it was written down more than three days after it happened."""
    return f'"{LATE}":true' in body


def salt_of(key: bytes, fact_id: UUID) -> bytes:
    return hmac.digest(key, b"salt" + fact_id.bytes, "sha256")


def handle_of(key: bytes) -> str:
    """The subject's opaque public handle, 32 hex characters."""
    return hmac.digest(key, b"handle", "sha256")[:16].hex()


def commitment(salt: bytes, body: str) -> str:
    """HMAC-SHA256(salt, "commit/v1\\n" ‖ body), hex (trust specification §1.10)."""
    return hmac.digest(salt, b"commit/v1\n" + body.encode(), "sha256").hex()


def leaf_of(
    *,
    key: bytes,
    fact_id: UUID,
    kind: str,
    n: int,
    at: datetime,
    body: str,
    previous: bytes | None,
    handle: str = "",
) -> bytes:
    """The one public shape: date only, open/step/end, handle, n, the previous leaf's hash, commitment.

    Written out by hand in RFC 8785 order (every value is ASCII): four times as fast as the general writer. Who
    writes many facts of one subject may give its `handle`.
    """
    digest = sha256(body.encode()).hexdigest()
    moment, day = _moment(at, at.fold)
    inside = f'{{"at":"{moment}","body":"{digest}","id":"{fact_id}","kind":"{kind}"}}'
    step = "open" if n == 0 else "end" if kind in END_KINDS else "step"
    before = "" if previous is None else f'"p":"{previous.hex()}",'
    return (
        f'{{"c":"{commitment(salt_of(key, fact_id), inside)}","d":"{day}",'
        f'"h":"{handle or handle_of(key)}","n":{n},{before}"t":"{step}","v":1}}'
    ).encode()


@lru_cache(1024)
def _moment(at: datetime, _fold: int) -> tuple[str, str]:
    """(the moment in China's time, its day there): one way of writing, so that the row alone can tell it again.

    Two moments of the hour that ended a summer time twice are equal but for their fold.
    """
    local = at.astimezone(CHINA)
    return local.isoformat(), local.date().isoformat()


def wait_after(tries: int) -> timedelta:
    """The pause before the next try of a failed reaction: 2^tries seconds."""
    return timedelta(seconds=2**tries)
