"""A small town for tests of work: a county, its offices in one superior line, and people to hold them."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from minqing.charter import Actor, Role
from minqing.ground.offices.commands import add_post, appoint, open_account, open_office
from minqing.ground.offices.queries import actor
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.people.commands import keep_person, live_in, open_household
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.ground.places.rules import path_of
from minqing.kernel.ids import uuid7
from minqing.record.facts.commands import open_subject

AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
SINCE = date(2026, 1, 1)


@dataclass(frozen=True)
class Town:
    """Office ids; `paths` by code."""

    county: UUID
    water: UUID
    station: UUID
    desk: UUID


def build_town() -> Town:
    load_places(
        PlaceRow(code=code, name=name)
        for code, name in (("990101", "棠川县"), ("990101101", "青石镇"), ("990101101201", "柳湾村"))
    )
    county = open_one("county", "县政府", OfficeKind.GOVERNMENT, None)
    water = open_one("water", "水利局", OfficeKind.DEPARTMENT, "county")
    station = open_one("station", "青石水管站", OfficeKind.TOWNSHIP, "water", place="990101101000")
    desk = open_one("desk", "信访局", OfficeKind.PETITION_DESK, "county")
    return Town(county, water, station, desk)


def open_one(
    code: str, name: str, kind: OfficeKind, superior: str | None, place: str = "990101000000"
) -> UUID:
    return open_office(
        code=code, name=name, name_en=code.title(), kind=kind, place_code=place, place_path=path_of(place),
        superior=superior, on=SINCE,
    )  # fmt: skip


def somebody(role: Role, office_id: UUID, *, username: str = "") -> Actor:
    """An account with one post in the office."""
    account = open_account(username=username or f"{role}-{uuid4().hex[:8]}", name="林一")
    post = add_post(office_id=office_id, title=role.label, title_en=role.value, role=role)
    appoint(account_id=account, post_id=post, on=SINCE)
    return actor(account, on=AT.date())


def subject() -> UUID:
    """Something that facts and duties can be about."""
    new = uuid7()
    open_subject(new)
    return new


def resident(*, phone: str = "13900000012", household: UUID | None = None) -> UUID:
    person = keep_person(
        Contact(name="张小满", phone=phone), place=None, reply_by=ReplyBy.PHONE, lang="zh-hans", at=AT
    )
    if household:
        live_in(person_id=person, household_id=household)
    return person


def home() -> UUID:
    return open_household(place=None)


def days(n: float) -> timedelta:
    return timedelta(days=n)
