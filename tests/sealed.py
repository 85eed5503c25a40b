"""What only the discipline office could do: read the rows as the tables' owner, and open them with the private key."""

import json
from typing import Any

import psycopg
from django.conf import settings
from django.db import connection

from minqing.methods import seal
from minqing.wiring import home
from minqing.work.intake.commands.register import ACCUSATION_AAD
from minqing.work.intake.rules import FILE_AAD, unboxed


def private_key() -> bytes:
    return (settings.HOME.keys / "discipline.key").read_bytes()


def as_owner(statement: str) -> list[tuple[Any, ...]]:
    """What was committed, read by the owner of the tables: the app may not."""
    name = connection.settings_dict["NAME"]
    with psycopg.connect(home.current().owner_url(), dbname=name) as owner:
        return owner.execute(statement).fetchall()


def opened_words() -> list[dict[str, Any]]:
    """The accusations, in clear, oldest first by nothing: there is one in most tests."""
    return [
        json.loads(seal.open_with(private_key(), ACCUSATION_AAD, bytes(row[0])))
        for row in as_owner("SELECT sealed FROM intake_accusation")
    ]


def boxes() -> dict[str, bytes]:
    return {str(pk): bytes(box) for pk, box in as_owner("SELECT id, box FROM intake_enclosure")}


def opened(box: bytes) -> tuple[dict[str, Any], bytes]:
    """(head, content) of one file of an accusation."""
    return unboxed(seal.open_with(private_key(), FILE_AAD, box))
