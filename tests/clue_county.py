"""A county with its discipline office, a second unit, and officers who have keys; and a role to look through."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from django.db import connections

import makers
from minqing.charter import Role
from minqing.ground.offices import commands as offices
from minqing.ground.offices.rules import OfficeKind
from minqing.watch.clues.commands import arriving, keys, routing
from minqing.watch.clues.models import Clue
from minqing.wiring import home
from sealed import named

AT = makers.AT
PASSPHRASE = "一句只有自己知道的长话"
STAFF = (
    ("clerk", "discipline", Role.DISCIPLINE),
    ("second", "discipline", Role.DISCIPLINE),
    ("third", "discipline", Role.DISCIPLINE),
    ("organiser", "organisation", Role.ORGANISATION),
)


@dataclass
class Sealed:
    """Accounts by name, and the private halves of those who work on the sealed side."""

    county: makers.County
    private: dict[str, bytes]

    def id(self, name: str) -> UUID:
        return self.county.accounts[name]

    def holds(self, name: str) -> dict[str, Any]:
        """The first arguments of every act: who, with which key, when."""
        return {"officer": self.id(name), "private": self.private[name], "at": AT}


def sealed_county() -> Sealed:
    here = makers.county()
    for code, name, kind in (
        ("discipline", "棠川县纪委监委", OfficeKind.DISCIPLINE),
        ("organisation", "棠川县委组织部", OfficeKind.ORGANISATION),
    ):
        here.offices[code] = offices.open_office(
            code=code, name=name, name_en=code, kind=kind, place_code=makers.COUNTY.ljust(12, "0"),
            place_path=makers.path_of(makers.COUNTY), superior=None, on=makers.DAY,
        )  # fmt: skip
    private = {}
    for name, office, role in STAFF:
        post = offices.add_post(office_id=here.offices[office], title=role.label, title_en=name, role=role)
        here.accounts[name] = offices.open_account(username=name, name=name)
        offices.appoint(account_id=here.accounts[name], post_id=post, on=makers.DAY)
        private[name] = keys.make_pair(officer=here.accounts[name], passphrase=PASSPHRASE, at=AT)
    return Sealed(here, private)


def accuse(text: str = "上湾村支书把征地补偿款扣下了三成。", **more: Any) -> Any:
    return makers.register(text, accuses=True, word="4321", place=makers.VILLAGE.ljust(12, "0"), **more)


def work() -> None:
    """One round of the worker, but for the leaves."""
    arriving.open_arrived()
    arriving.strengthen()
    routing.reroute_all()


def only_clue() -> UUID:
    return Clue.objects.values_list("pk", flat=True).get()


def through(role: str, statement: str, *params: Any) -> list[tuple[Any, ...]]:
    """A statement by another role of the clues' database, in a connection and transaction of its own."""
    name = connections["clues"].settings_dict["NAME"]
    with psycopg.connect(named(home.current().side_url(role), name)) as connection:
        return connection.execute(statement.encode(), params).fetchall()
