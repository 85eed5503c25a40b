"""One leaf a slot to the county's log, day and night, whatever has happened here.

A clue's opening leaf was hashed for its slip when it came: it takes the next slot, and an opening that was drawn ahead for
nobody is taken back for it. Everything later rides in leaves that were due anyway. What a slot hands over is written here
first and there second, under the slot's own moment: a crash between hands over the same leaf again.
"""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from hashlib import sha256
from random import Random, SystemRandom
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from minqing.ground.law import queries as law
from minqing.kernel.ids import uuid7
from minqing.kernel.keys import secret
from minqing.methods import seal
from minqing.methods.clock import CHINA
from minqing.methods.tree import leaf_hash
from minqing.watch.clues import rules
from minqing.watch.clues.commands.keys import Keys, read_field
from minqing.watch.clues.models import Chain, Clue, Slot, Step
from minqing.watch.clues.queries import DATABASE
from minqing.watch.clues.rules import Seen, Shapes, Type

CHANCE = SystemRandom()
BACK = timedelta(hours=48)
"""After standing still, slots of this long are made good; older hours stay short, whoever spoke in them."""
LEARN_FROM = 60_000
KIND = "clue.went-on"
LEAVES = (
    "SELECT l.leaf, l.put_at FROM log_leaf l LEFT JOIN log_handed h ON h.leaf_id = l.id"
    " WHERE h.leaf_id IS NULL AND l.put_at > %s AND position(%s::bytea IN l.leaf) > 0 LIMIT %s"
)
PAST = timedelta(days=420)
HAND = (
    "WITH mine AS (INSERT INTO log_handed (at, leaf_id) VALUES (%s, %s) ON CONFLICT DO NOTHING RETURNING leaf_id)"
    " INSERT INTO log_pending (id, leaf) SELECT leaf_id, %s FROM mine"
)


def hand_over() -> int:
    """Fill every slot that has come since the last one; how many."""
    now, k = law.now(), settings.MINQING_LEAVES
    _again()
    last = Slot.objects.order_by("-at").values_list("at", flat=True).first()
    todo = list(_slots(max(last or now - timedelta(hours=1), now - BACK), now, k))
    if not todo:
        return 0
    shapes = shapes_of(now.astimezone(CHINA).date())
    plan(shapes, k=k, now=now)
    for at in todo:
        _fill(at, shapes)
        _again()
    return len(todo)


def _slots(after: datetime, until: datetime, k: int) -> Iterator[datetime]:
    hour = after.astimezone(CHINA).replace(minute=0, second=0, microsecond=0)
    while hour <= until:
        yield from (at for at in rules.slots_of(hour, k) if after < at <= until)
        hour += timedelta(hours=1)


def _again() -> None:
    """Give the county what was written here and not yet, or not surely, there."""
    for slot in list(Slot.objects.filter(handed=False).order_by("at")):
        with connection.cursor() as cursor:
            cursor.execute(HAND, [slot.at, slot.leaf_id, bytes(slot.leaf)])
        Slot.objects.filter(pk=slot.pk).update(handed=True)


# Courses


@lru_cache(maxsize=2)
def shapes_of(day: date) -> Shapes:
    """How ordinary chains look in this county, learnt once a day from its public leaves; a new county's from a plain guess."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(idx), 0) FROM log_leaf")
        (size,) = cursor.fetchone()
        digits = next(
            n for n in range(9) if size < LEARN_FROM * 16**n
        )  # whole chains, one in 16 for each digit
        cursor.execute(LEAVES, [law.now() - PAST, f'"h":"{"0" * digits}'.encode(), LEARN_FROM * 2])
        rows = cursor.fetchall()
    seen = [one for leaf, put_at in rows if (one := _seen(bytes(leaf), put_at)) is not None]
    old = day - timedelta(days=rules.QUIET)
    known = [one for one in seen if one.day <= day]
    if sum(one.day <= old for one in known) < rules.ENOUGH * 4:
        known = list(guessed(day))
    return rules.learn(known, until=day, kind_of=kind_of)


def _seen(leaf: bytes, put_at: datetime) -> Seen | None:
    told = json.loads(leaf)
    if "h" not in told:
        return None
    return Seen(told["h"], told["n"], told["t"], date.fromisoformat(told["d"]), put_at.astimezone(CHINA).hour)


def kind_of(day: date) -> int:
    works = law.calendar().is_workday(day)
    weekend = day.weekday() >= 5
    return (8 if works else day.weekday()) if weekend else (day.weekday() if works else 7)


def guessed(day: date) -> Iterator[Seen]:
    """A county that has no past yet: words come by day, go on after a day, a week and three weeks, and end."""
    rnd = Random(1)
    for n in range(400):
        start, hour = day - timedelta(days=rnd.randint(121, 400)), rnd.randint(8, 18)
        steps = [
            (0, "open"),
            (0, "step"),
            (1, "step"),
            (rnd.randint(3, 9), "step"),
            (rnd.randint(15, 50), "end"),
        ]
        for i, (after, kind) in enumerate(steps[: rnd.randint(2, 5)]):
            yield Seen(f"{n:032x}", i, kind, start + timedelta(days=after), hour)


def plan(shapes: Shapes, *, k: int, now: datetime) -> None:
    """Draw ahead, for nobody, the chains that begin today and tomorrow."""
    today = now.astimezone(CHINA).date()
    for day in (today + timedelta(days=ahead) for ahead in range(rules.AHEAD)):
        if Chain.objects.filter(drawn_for=day).exists():
            continue
        drawn = rules.openings(day, shapes, rules.a_week_for(shapes, k), CHANCE, kind_of=kind_of)
        first = Chain(
            id=uuid4(), key=seal.new_key(), course={}, drawn_for=day
        )  # the day is drawn, even if for none
        Chain.objects.bulk_create([first, *(_planned(one) for one in drawn if _moment(one) > now)])


def _planned(step: rules.Step) -> Chain:
    return Chain(
        id=uuid4(), key=seal.new_key(), course=_kept(step), next_at=_moment(step), drawn_for=step.day
    )


def _moment(step: rules.Step) -> datetime:
    return datetime(step.day.year, step.day.month, step.day.day, step.hour, tzinfo=CHINA)


def _kept(step: rules.Step | None) -> dict[str, Any]:
    if step is None:
        return {}
    return {
        "day": step.day.isoformat(),
        "hour": step.hour,
        "type": str(step.type),
        "n": step.n,
        "gap": step.gap,
    }


def _read(course: dict[str, Any]) -> rules.Step:
    return rules.Step(
        date.fromisoformat(course["day"]), course["hour"], Type(course["type"]), course["n"], course["gap"]
    )


# One slot


def _fill(at: datetime, shapes: Shapes) -> None:
    with transaction.atomic(using=DATABASE):
        if Slot.objects.filter(pk=at).exists():
            return
        day, hour = rules.key_of(at)
        waiting = Clue.objects.select_for_update(skip_locked=True).filter(
            desk__isnull=False, chain__isnull=True
        )
        for clue in waiting.order_by("arrived_on", "id"):
            if (opened := _opening(clue, at, shapes)) is not None:
                _write(at, *opened)
                return
        due = Chain.objects.filter(next_at__lte=at).order_by("next_at")
        lines = [rules.Chain(one.pk, _read(one.course), one.clue_id) for one in due]
        chosen = rules.hand(at, lines, CHANCE)
        chain = Chain.objects.select_for_update().get(pk=chosen) if chosen else _filling(day)
        step = _read(chain.course) if chain.course else rules.Step(day, hour, rules.filling(chain.n), chain.n)
        _write(at, chain, *_leaf(chain, step, at, day))
        if chain.course:
            _go_on(chain, step, at, shapes)


def _opening(clue: Clue, at: datetime, shapes: Shapes) -> tuple[Chain, UUID, bytes] | None:
    """The leaf that a slip has promised; one whose word stood in the log already gets a chain that nobody has."""
    keys = Keys.opened_by(secret("discipline.key"), clue.desk)
    told = read_field(keys.words, clue.pk, "words", clue.words).get("log") or {}
    clue.chain = b"1"
    clue.save(update_fields=["chain"])
    if "leaf" not in told or _too_old(told["leaf"], at):
        _claim(clue.pk, at, shapes)
        return None
    planned = _free(at).order_by("next_at").first()
    if planned is not None:
        planned.delete()
    chain = Chain.objects.create(id=uuid4(), key=bytes.fromhex(told["key"]), clue=clue, course={})
    leaf, (day, hour) = str(told["leaf"]).encode(), rules.key_of(at)
    _put(chain, leaf)
    _go_on(chain, rules.Step(day, hour), at, shapes)
    return chain, UUID(told["id"]), leaf


def _too_old(leaf: str, at: datetime) -> bool:
    """Its day is long gone (boxes that waited elsewhere, a loaded past): among today's leaves it would stand out."""
    return date.fromisoformat(json.loads(leaf)["d"]) < rules.key_of(at)[0] - timedelta(days=1)


def _leaf(chain: Chain, step: rules.Step, at: datetime, day: date) -> tuple[UUID, bytes]:
    """What rides in this leaf: the steps of the clue that no leaf has told yet, or nothing."""
    fact_id, common = uuid7(), {"n": chain.n, "type_": step.type, "day": day, "previous": _last(chain)}
    steps = (
        list(Step.objects.filter(clue_id=chain.clue_id, leaf__isnull=True).order_by("n"))
        if chain.clue_id
        else []
    )
    if steps:
        body = json.dumps(
            {"steps": [sha256(bytes(one.body)).hexdigest() for one in steps]}, separators=(",", ":")
        )
        leaf = rules.leaf_of(key=bytes(chain.key), fact_id=fact_id, kind=KIND, at=at, body=body, **common)  # type: ignore[arg-type]
        Step.objects.filter(pk__in=[one.pk for one in steps]).update(leaf=leaf_hash(leaf))
    else:
        leaf = rules.decoy_of(key=bytes(chain.key), fact_id=fact_id, at=at, **common)  # type: ignore[arg-type]
    _put(chain, leaf)
    return fact_id, leaf


def _last(chain: Chain) -> bytes | None:
    return bytes(chain.last) if chain.last is not None else None


def _put(chain: Chain, leaf: bytes) -> None:
    chain.n, chain.last = chain.n + 1, leaf_hash(leaf)
    chain.save(update_fields=["n", "last"])


def _go_on(chain: Chain, step: rules.Step, at: datetime, shapes: Shapes) -> None:
    """When its next leaf is due; a clue whose chain ends goes on in one that nobody has."""
    line = rules.after(rules.Chain(chain.pk, step, chain.clue_id), at, shapes, CHANCE, kind_of=kind_of)
    chain.course, chain.next_at = _kept(line.due), max(_moment(line.due), at) if line.due else None
    chain.save(update_fields=["course", "next_at"])
    if line.due is None and chain.clue_id is not None:
        _claim(chain.clue_id, at, shapes)


def _free(at: datetime) -> QuerySet[Chain]:
    """Openings that were drawn ahead and that nobody has."""
    return Chain.objects.select_for_update().filter(clue__isnull=True, n=0, next_at__gt=at)


def _claim(clue_id: UUID, at: datetime, shapes: Shapes) -> None:
    """A chain for what was promised no leaf: one by lot of those drawn ahead, else one more in a likely hour."""
    lines = [rules.Chain(one.pk, _read(one.course), None) for one in _free(at)]
    found = rules.claim(at, lines, shapes, settings.MINQING_LEAVES, CHANCE, goes_on=True, kind_of=kind_of)
    if found.chain is not None:
        Chain.objects.filter(pk=found.chain).update(clue_id=clue_id)
    else:
        chain = _planned(found.due)
        chain.clue_id = clue_id
        chain.save(force_insert=True)


def _filling(day: date) -> Chain:
    """The chain of the month that fills what no other needs: known to be nobody's, and may be."""
    first = day.replace(day=1)
    known = Chain.objects.select_for_update().filter(fills=first).first()
    return known or Chain.objects.create(id=uuid4(), key=seal.new_key(), course={}, fills=first)


def _write(at: datetime, chain: Chain, fact_id: UUID, leaf: bytes) -> None:
    Slot.objects.create(at=at, leaf_id=fact_id, leaf=leaf, chain=chain)
