"""Loads the demo county: its frame, then the waves of its year. What was loaded stays; a load that was cut off goes on."""

import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from minqing.charter import PUBLIC, Actor
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import actor
from minqing.ground.people.rules import Contact
from minqing.methods.clock import CHINA
from minqing.wiring.demo import by_hand, by_hand_states, enclosures, people
from minqing.wiring.demo.base import Base, settle
from minqing.wiring.demo.crew import hands, together
from minqing.wiring.demo.loader import BATCH, Loader, loaded, note, noted
from minqing.wiring.demo.walk import local
from minqing.wiring.demo.waves import Wave, waves
from minqing.wiring.demo.year import BLOCK
from minqing.work.cases.commands import ask_withdrawal, book_day, plan_day, publish_day
from minqing.work.cases.queries import reception_days
from minqing.work.cases.rules import ReceptionMode
from minqing.work.judgement.commands import open_callback

KEEP = ("django_migrations", "django_content_type")
ENDS = "demo/at"


def load(
    *, scale: int = 1, today: date | None = None, progress: Callable[[int, int, str], None] | None = None,
    items: int | None = None, processes: int | None = None, batch: int = BATCH,
) -> dict[str, Any]:  # fmt: skip
    """About 2,000·scale demands of a year that ends `today` (nine o'clock), or now. Returns what was added.

    A county that was begun keeps the day on which its year ends. `items` loads the first so many only.
    """
    at = year_end(today)
    base = settle(at.date())
    total = BLOCK * scale if items is None else items
    blocks, there = -(-total // BLOCK), loaded()
    before = sum(there.values())

    def told(wave: Wave, count: int) -> None:
        there[wave] = count
        if progress:
            progress(sum(there.values()), total, "示范县")

    count = processes or hands(blocks)
    due = waves(blocks, there, count)
    if count > 1:
        connection.close()
        together(at, due, count, told)
    elif due:
        loader = Loader(at, batch)
        for wave in due:
            for reached in loader.load(wave, min(wave.size, total - wave.first * BLOCK)):
                told(wave, reached)
    finish()
    receptions(base, at)
    by_hand.once(base, at)
    by_hand_states.once(base, at)
    enclosures.once(base, at)
    return {
        "scale": scale,
        "added": sum(there.values()) - before,
        "total": total,
        "today": at.date().isoformat(),
    }


def year_end(today: date | None) -> datetime:
    """When the year ends: as it was begun, else at nine of `today`, else now; kept to the minute."""
    begun = noted(ENDS)
    if begun is None:
        at = datetime.combine(today, time(9), CHINA) if today else law.now()
        begun = int(at.timestamp() // 60)
        note(ENDS, begun)
    return datetime.fromtimestamp(begun * 60, UTC).astimezone(CHINA)


def receptions(base: Base, at: datetime) -> None:
    """Published reception days of the coming weeks, some seats taken; one more held a while ago. Once only."""
    if reception_days(since=local(at) - timedelta(days=90)):
        return
    by = actor(base.accounts["reception"], on=local(at))
    places = (
        ("县群众接待中心一楼", "County Reception Centre, ground floor"),
        ("棠城街道办事处二楼", "Tangcheng Subdistrict Office, first floor"),
        ("县群众接待中心一楼", "County Reception Centre, ground floor"),
        ("石桅镇便民中心", "Shiwei Town Service Centre"),
    )
    modes = (ReceptionMode.OFFICE, ReceptionMode.VISIT, ReceptionMode.OFFICE, ReceptionMode.INVITED)
    for n, ((place, english), mode) in enumerate(zip(places, modes, strict=True)):
        on = local(at) + timedelta(days=3 + 9 * n)
        on += timedelta(
            days=7 - on.weekday() if on.weekday() > 4 else 0
        )  # nobody is asked to come on a Sunday
        day = plan_day(
            by=by, at=at, on=on, leader_id=base.accounts["leader"], place_words=place,
            place_words_en=english, mode=mode, from_hour="9:00", seats=8,
        )  # fmt: skip
        publish_day(by=by, day_id=day.pk, at=at)
        for seat in range(5 - n):
            known = people.resident(40 * n + seat)
            book_day(by=PUBLIC, day_id=day.pk, contact=Contact(name=known.name, phone=known.phone), at=at)
    still_to_ask(at)


def still_to_ask(at: datetime) -> None:
    """What ended lately and nobody has been asked about yet; and two words somebody wants to take back. Once only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.id, l.demand_id, d.person_id, c.holder_id, c.place_path FROM cases_case c JOIN cases_link l ON l.case_id = c.id"
            " JOIN intake_demand d ON d.id = l.demand_id JOIN people_person p ON p.id = d.person_id"
            " WHERE c.ended_at > %s AND c.state = 'concluded' AND l.confirmed_at IS NULL AND p.mask_phone <> '' AND NOT EXISTS"
            " (SELECT 1 FROM judgement_callback k WHERE k.voice_id = l.demand_id) ORDER BY c.ended_at DESC, c.id LIMIT 14",
            [at - timedelta(days=40)],
        )
        for case_id, voice_id, person_id, holder_id, place_path in cursor.fetchall():
            open_callback(
                about=f"case:{case_id}",
                voice_id=voice_id,
                person_id=person_id,
                judged_id=holder_id,
                place_path=place_path,
                at=at,
            )
        cursor.execute(
            "SELECT c.id, l.demand_id FROM cases_case c JOIN cases_link l ON l.case_id = c.id WHERE c.state = 'accepted'"
            " AND c.track = 'petition' AND c.n_voices = 1 ORDER BY c.id LIMIT 2"
        )
        for case_id, demand_id in cursor.fetchall():
            ask_withdrawal(by=Actor(account_id=None, demand_id=demand_id), case_id=case_id, at=at)


def finish() -> None:
    """Voices of joined cases are counted once all of them are there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE cases_case c SET n_voices = k.n, n_confirmed = k.yes FROM (SELECT case_id, count(*) AS n, count(confirmed_at) AS yes"
            " FROM cases_link WHERE left_at IS NULL GROUP BY case_id HAVING count(*) > 1) k WHERE k.case_id = c.id AND c.n_voices <> k.n"
        )


def empty() -> None:
    """Everything but the schema is gone: the owner's act, in the demo only."""
    for one in connections.all():
        _empty(one)
    shutil.rmtree(settings.MINQING_SIGNER, ignore_errors=True)  # a new county has signed nothing yet


def _empty(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND NOT tablename = ANY(%s)",
            [list(KEEP)],
        )
        tables = ", ".join(f'"{row[0]}"' for row in cursor.fetchall())
        cursor.execute(f"TRUNCATE {tables} CASCADE")
