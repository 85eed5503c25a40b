"""A small invented county for tests: two villages, a desk, a department, a hotline, and whoever sits there."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from minqing.charter import PUBLIC, Actor, Role
from minqing.ground.offices import commands as offices
from minqing.ground.offices.queries import actor
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.people.rules import ReplyBy
from minqing.ground.places.commands import PlaceRow, load_places
from minqing.ground.places.rules import path_of
from minqing.work.intake.commands import register_demand
from minqing.work.intake.rules import Anonymity, Channel, Kind, Registered, Said

CHINA = ZoneInfo("Asia/Shanghai")
AT = datetime(2026, 6, 30, 9, 0, tzinfo=CHINA)
DAY = date(2020, 1, 1)
COUNTY, TOWN, VILLAGE, OTHER_VILLAGE = "990101", "990101101", "990101101201", "990101101202"
ENDED = "990101101203"


@dataclass
class County:
    """Offices by code and actors by role."""

    offices: dict[str, UUID] = field(default_factory=dict)
    accounts: dict[str, UUID] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Actor:
        return actor(self.accounts[name], on=AT.date())


STAFF: tuple[tuple[str, str, Role], ...] = (
    ("dispatcher", "desk", Role.DISPATCHER),
    ("registrar", "desk", Role.REGISTRAR),
    ("operator", "hotline", Role.OPERATOR),
    ("callback", "hotline", Role.CALLBACK),
    ("handler", "water", Role.HANDLER),
    ("head", "water", Role.OFFICE_HEAD),
    ("other_handler", "roads", Role.HANDLER),
    ("other_head", "roads", Role.OFFICE_HEAD),
    ("mediator", "town", Role.MEDIATOR),
    ("reception", "desk", Role.RECEPTION),
    ("arbiter", "joint", Role.ARBITER),
    ("leader", "government", Role.LEADER),
    ("cadre", "village", Role.VILLAGE_CADRE),
    ("deputy", "congress", Role.DEPUTY),
    ("sysadmin", "government", Role.SYSADMIN),
)


def county() -> County:
    """Places, offices, posts and accounts; call once in a test."""
    load_places([
        PlaceRow(COUNTY, "棠川县", "Tangchuan County"),
        PlaceRow(TOWN, "青石镇", "Qingshi Town"),
        PlaceRow(VILLAGE, "上湾村", "Shangwan Village"),
        PlaceRow(OTHER_VILLAGE, "下湾村", "Xiawan Village"),
        PlaceRow(ENDED, "老湾村", "Laowan Village", valid_to=date(2025, 12, 31), successor=VILLAGE),
        PlaceRow("990101101204", "旧渡村", "Jiudu Village", valid_to=date(2025, 12, 31)),
    ])  # fmt: skip
    made = County()
    for code, name, kind, place, above in (
        ("government", "棠川县人民政府", OfficeKind.GOVERNMENT, COUNTY, None),
        ("desk", "棠川县信访局", OfficeKind.PETITION_DESK, COUNTY, "government"),
        ("hotline", "棠川县热线中心", OfficeKind.HOTLINE, COUNTY, "government"),
        ("joint", "棠川县联席会议办公室", OfficeKind.ARBITER, COUNTY, "government"),
        ("water", "棠川县水务局", OfficeKind.DEPARTMENT, COUNTY, "government"),
        ("roads", "棠川县交通局", OfficeKind.DEPARTMENT, COUNTY, "government"),
        ("congress", "棠川县人大办公室", OfficeKind.CONGRESS, COUNTY, None),
        ("town", "青石镇人民政府", OfficeKind.TOWNSHIP, TOWN, "government"),
        ("village", "上湾村村民委员会", OfficeKind.VILLAGE, VILLAGE, "town"),
    ):
        made.offices[code] = offices.open_office(
            code=code, name=name, name_en=code, kind=kind, place_code=place.ljust(12, "0"), place_path=path_of(place),
            superior=above, on=DAY,
        )  # fmt: skip
    for name, office, role in STAFF:
        post = offices.add_post(office_id=made.offices[office], title=role.label, title_en=name, role=role)
        made.accounts[name] = offices.open_account(username=name, name=name)
        offices.appoint(account_id=made.accounts[name], post_id=post, on=DAY)
    return made


def said(text: str = "上湾村三组的自来水停了两天。", **more: Any) -> Said:
    values: dict[str, Any] = {
        "text": text, "anonymity": Anonymity.NAMED, "channel": Channel.WEB, "kind": Kind.HELP,
        "reply_by": ReplyBy.ONLINE, "lang": "zh-hans", "sender": "test", "sender_key": uuid4().hex,
    }  # fmt: skip
    return Said(**values | more)


def register(
    text: str = "上湾村三组的自来水停了两天。", *, by: Actor = PUBLIC, at: datetime = AT, **more: Any
) -> Registered:
    return register_demand(by=by, said=said(text, **more), at=at)
