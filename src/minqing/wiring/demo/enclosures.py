"""What people of the demo handed in with their words, by the door everybody uses: pictures, a list as PDF, scanned letters.

A few only, so that the first start stays short. Every one is drawn by `sketches`; the originals are sealed like any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection, transaction

from minqing.ground.offices.queries import actor
from minqing.ground.people.rules import ReplyBy
from minqing.means.files.commands import keep_file, move_files
from minqing.wiring.demo import people, sketches
from minqing.wiring.demo.base import Base
from minqing.wiring.demo.loader import note, noted
from minqing.wiring.demo.walk import SENDER, local
from minqing.wiring.demo.year import BLOCK
from minqing.work.intake.commands import register_demand
from minqing.work.intake.rules import Anonymity, Channel, Kind, Said

DONE = "demo/enclosures"
TITLES = (
    ("hole", "路.{0,8}(塌|坏|烂|坑)", "路上的坑", 3),
    ("pipe", "停水|爆管|漏水|管子|水小", "漏水的水管", 3),
    ("lamps", "路灯", "天黑以后", 2),
    ("bins", "垃圾没人拉|垃圾.{0,6}(堆|满)", "垃圾桶", 2),
    ("bill", "药费|水费|电费|报不上", "缴费单", 2),
)
"""(sketch, what the title says, name of the file, how many of the newest words)"""

BY_HAND = {
    "by-hand/811": (("hole", "门口挖开的路"),),
    "by-hand/1640": (("pipe", "楼上漏下来的水"), ("lamps", "楼道外头的灯")),
}
WORKED = "by-hand/1207"
LETTERS = 4


@dataclass(frozen=True)
class Letter:
    """One that nobody has typed yet: the clock runs by its stamp."""

    person: int
    ago: int
    pages: tuple[str, ...]


UNREAD = (
    Letter(2210, 6, (
        "我家在水库下面，屋后的排水沟去年秋天垮了一段，石头堵在沟里，一下雨水就从后门进来。\n"
        "我今年七十三，搬不动石头。村里来看过，说要等项目。我想问两句：项目哪天定，定之前能不能先来两个人把沟通开。\n"
        "电话耳朵听不清，请写信给我。",
    )),
    Letter(2345, 2, (
        "我是做豆腐的，用的是自家的井。上个月起井水有一股油味，磨出来的豆腐卖不掉，亏了两锅黄豆。\n"
        "井离新开的修车铺有四十来步，我没有证据说是他家，只想请人来把水化验一下。",
        "化验要多少钱，该我出还是不该我出，请写清楚。水样我留了两瓶，放在阴凉的地方。\n"
        "化验单出来请给我一份，我好拿给村里别的人家看，他们也吃这一片的井水。",
    )),
)  # fmt: skip


@transaction.atomic
def once(base: Base, at: datetime) -> None:
    """All of it or nothing, and never twice."""
    if noted(DONE) is not None:
        return
    for seed, (what, title, name, most) in enumerate(TITLES):
        for n, (pk, said_at) in enumerate(_spoken(title, most)):
            _hand_in(pk, sketches.picture(what, 100 * seed + n), f"{name}.jpg", said_at)
    for key, pictures in BY_HAND.items():
        for pk, said_at in _keyed(key):
            for n, (what, name) in enumerate(pictures):
                _hand_in(pk, sketches.picture(what, 900 + n), f"{name}.jpg", said_at)
    for pk, said_at in _keyed(WORKED):
        _hand_in(pk, sketches.sheet("修渠记工单", _days_worked(said_at)), "修渠记工单.pdf", said_at)
    for pk, said_at, text in _letters():
        _hand_in(pk, _scan(text, said_at), "来信第1页.jpg", said_at)
    for unread in UNREAD:
        _arrive(base, unread, at)
    note(DONE, 1)


def _hand_in(demand_id: UUID, content: bytes, name: str, at: datetime) -> None:
    keep_file(owner=f"demand:{demand_id}", content=[content], name=name, at=at)


def _scan(text: str, at: datetime, page: int = 1) -> bytes:
    return sketches.letter(text, came=local(at).isoformat(), greets=page == 1)


def _spoken(title: str, most: int) -> Iterator[tuple[UUID, datetime]]:
    """The newest words of the first block that somebody could have sent a picture with."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, registered_at FROM intake_demand WHERE sender = %s AND sender_key = ANY(%s) AND title ~ %s"
            " AND channel IN ('web', 'in_person', 'own_phone') ORDER BY (state = 'in_case') DESC, registered_at DESC, id LIMIT %s",
            [SENDER, _first_block(), title, most],
        )
        yield from cursor.fetchall()


def _letters() -> Iterator[tuple[UUID, datetime, str]]:
    """The newest letters that were put into words; one of them by somebody who stays unnamed, so that the hand stays hidden."""
    with connection.cursor() as cursor:
        cursor.execute(
            "(SELECT id, registered_at, text FROM intake_demand WHERE sender = %(sender)s AND sender_key = ANY(%(keys)s)"
            " AND channel = 'letter' AND anonymity = 'named' ORDER BY (state = 'in_case') DESC, registered_at DESC, id LIMIT %(most)s)"
            " UNION ALL (SELECT id, registered_at, text FROM intake_demand WHERE sender = %(sender)s AND sender_key = ANY(%(keys)s)"
            " AND channel = 'letter' AND anonymity <> 'named' ORDER BY (state = 'in_case') DESC, registered_at DESC, id LIMIT 1)",
            {"sender": SENDER, "keys": _first_block(), "most": LETTERS - 1},
        )
        yield from cursor.fetchall()


def _first_block() -> list[str]:
    return [str(item) for item in range(BLOCK)]


def _keyed(key: str) -> Iterator[tuple[UUID, datetime]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, registered_at FROM intake_demand WHERE sender = %s AND sender_key = %s", [SENDER, key]
        )
        yield from cursor.fetchall()


def _days_worked(said_at: datetime) -> list[tuple[str, str, str]]:
    """Nineteen days of work, as the word says; the half that was paid stands beside."""
    days = [local(said_at) - timedelta(days=60 - 2 * n) for n in range(19)]
    rows = [(day.isoformat(), "1个工", "已结" if n < 9 else "未结") for n, day in enumerate(days)]
    return [("日期", "做工", "工钱"), *rows, ("合计", "19个工", "未结10个工")]


def _arrive(base: Base, letter: Letter, end: datetime) -> None:
    """A letter from the scanner, as the desk registers it: the pages first, then the word that is still to be read."""
    at, known = end - timedelta(days=letter.ago), people.resident(letter.person)
    draft = f"draft:demo-letter/{letter.person}"
    kept = [
        keep_file(owner=draft, content=[_scan(page, at, n)], name=f"来信第{n}页.jpg", at=at)
        for n, page in enumerate(letter.pages, 1)
    ]
    registered = register_demand(
        by=actor(base.accounts["dispatcher"], on=local(at)), at=at,
        said=Said(
            text="", scan_id=kept[0].pk, anonymity=Anonymity.NAMED, channel=Channel.LETTER, kind=Kind.HELP, reply_by=ReplyBy.LETTER,
            lang="zh-hans", sender=SENDER, sender_key=f"letter/{letter.person}", name=known.name, address=known.address,
            arrived_on=local(at),
        ),
    )  # fmt: skip
    move_files(old_owner=draft, new_owner=f"demand:{registered.demand_id}")
