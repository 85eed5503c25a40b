"""What only the clues' side could do: read the boxes as the owner of its tables, and open them with the private key."""

import json
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.conf import settings
from django.db import connections

from minqing.methods import seal
from minqing.methods.letters import ACCUSATION_AAD, FILE_AAD, unboxed
from minqing.wiring import home

TABLES = (
    "clues_slot, clues_chain, clues_refund, clues_look, clues_opening, clues_duty, clues_step, clues_talk, clues_access,"
    " clues_officer, clues_enclosure, clues_try, clues_clue"
)


def private_key() -> bytes:
    return (settings.HOME.keys / "discipline.key").read_bytes()


def named(url: str, database: str) -> str:
    """The same address with another database."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


@cache
def _owner() -> psycopg.Connection[tuple[Any, ...]]:
    name = connections["clues"].settings_dict["NAME"]
    return psycopg.connect(named(home.current().side_url(home.CLUES_OWNER), name), autocommit=True)


def as_owner(statement: str) -> list[tuple[Any, ...]]:
    """What was committed in the clues' database, read by the owner of its tables: no page's role may."""
    return _owner().execute(statement).fetchall()


def as_owner_do(statement: str) -> None:
    _owner().execute(statement.encode())


def hang_up() -> None:
    _owner().close()
    _owner.cache_clear()


def verify_numbers() -> list[str]:
    return [row[0] for row in as_owner("SELECT verify_no FROM clues_clue")]


def empty() -> None:
    held = (
        _owner()
        .execute("SELECT EXISTS (SELECT FROM clues_clue) OR EXISTS (SELECT FROM clues_chain)")
        .fetchone()
    )
    if held and held[0]:
        _owner().execute(f"TRUNCATE {TABLES}".encode())


def opened_words() -> list[dict[str, Any]]:
    """The accusations, in clear, oldest first by nothing: there is one in most tests."""
    return [
        json.loads(seal.open_with(private_key(), ACCUSATION_AAD, bytes(row[0])))
        for row in as_owner("SELECT box FROM clues_clue WHERE box IS NOT NULL")
    ]


def boxes() -> dict[str, bytes]:
    return {str(pk): bytes(box) for pk, box in as_owner("SELECT id, box FROM clues_enclosure")}


def opened(box: bytes) -> tuple[dict[str, Any], bytes]:
    """(head, content) of one file of an accusation."""
    return unboxed(seal.open_with(private_key(), FILE_AAD, box))
