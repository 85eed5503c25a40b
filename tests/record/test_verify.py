"""Whoever owns the database can change any row. None of it stays unseen."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from minqing.kernel.ids import uuid7
from minqing.methods.clock import CHINA
from minqing.record.facts.commands import open_subject, record, relay
from minqing.record.facts.queries import verify
from minqing.record.log.commands import append, log_second_head, sign_head
from minqing.record.log.rules import Entry, leaf_hash
from minqing.wiring import home

pytestmark = pytest.mark.django_db(transaction=True)
AT = datetime(2026, 6, 30, 1, 20, tzinfo=UTC)
CASES, STEPS = 30, 12


@pytest.fixture
def told() -> list[UUID]:
    """Thirty stories of twelve steps, sequenced in rounds, each round with its signed head and one of the second tree."""
    cases = [uuid7() for _ in range(CASES)]
    for case in cases:
        open_subject(case)
    for step in range(STEPS):
        at = (AT + timedelta(hours=step)).astimezone(CHINA if step % 2 else UTC)  # however the door says it
        for case in cases:
            with transaction.atomic():
                record(kind="case.talked", about=case, by=None, at=at, step=step)
        relay({}, at=at)
        sign_head(at=at)
        log_second_head(at=at)
    relay({}, at=AT + timedelta(hours=STEPS))
    sign_head(at=AT + timedelta(hours=STEPS))
    return cases


def attack(*statements: str, **values: Any) -> None:
    """As the tables' owner, with every trigger asleep."""
    with psycopg.connect(home.current().owner_url(), dbname=connection.settings_dict["NAME"]) as owner:
        for statement in statements:
            owner.execute(statement, values)


def found(*, full: bool = True) -> list[tuple[int | None, str, str | None]]:
    return [(one.index, one.kind, one.case) for one in verify(full=full).findings]


def place(case: UUID, n: int) -> int:
    """Where the leaf of the case's step `n` stands; chance put it there."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT idx FROM facts_fact JOIN log_leaf USING (id) WHERE about_id = %s AND n = %s", [case, n]
        )
        return int(cursor.fetchone()[0])


@pytest.mark.parametrize("full", [False, True])
def test_an_honest_log_is_found_whole(told: list[UUID], full: bool) -> None:
    verdict = verify(full=full)
    assert verdict.ok and verdict.size == CASES * STEPS + STEPS
    assert verdict.told()["findings"] == []


def test_a_changed_leaf_is_named(told: list[UUID]) -> None:
    idx, case = place(told[3], 5), str(told[3])
    attack(
        "UPDATE log_leaf SET leaf = replace(convert_from(leaf, 'UTF8'), '2026', '2025')::bytea WHERE idx = %(idx)s",
        idx=idx,
    )
    assert found(full=False) == [(idx, "altered", case)] == found()


def test_a_changed_fact_is_named_though_its_leaf_is_untouched(told: list[UUID]) -> None:
    idx, case = place(told[3], 5), str(told[3])
    attack(
        "UPDATE facts_fact SET body = replace(body, 'step', 'Step') WHERE id = (SELECT id FROM log_leaf WHERE idx = %(idx)s)",
        idx=idx,
    )
    assert found() == [(idx, "altered", case)]
    assert found(full=False) == []  # that is what full is for


def test_an_hour_that_was_moved_is_named(told: list[UUID]) -> None:
    idx, case = place(told[3], 5), str(told[3])
    attack(
        "UPDATE facts_fact SET at = at - interval '1 hour' WHERE id = (SELECT id FROM log_leaf WHERE idx = %(idx)s)",
        idx=idx,
    )
    assert found() == [(idx, "altered", case)]


def test_a_case_that_was_deleted_leaves_holes_where_it_stood(told: list[UUID]) -> None:
    mine = "(SELECT id FROM facts_fact WHERE about_id = %(case)s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT idx FROM log_leaf WHERE id IN {mine} ORDER BY idx", {"case": told[7]})
        holes = [row[0] for row in cursor.fetchall()]
    attack(
        f"DELETE FROM log_leaf WHERE id IN {mine}",
        "DELETE FROM facts_fact WHERE about_id = %(case)s",
        case=told[7],
    )
    assert found(full=False) == [(idx, "deleted", None) for idx in holes] and len(holes) == STEPS
    assert found() == [(idx, "deleted", None) for idx in holes]


def test_a_deleted_fact_is_named_though_its_leaf_stands(told: list[UUID]) -> None:
    idx = place(told[3], STEPS - 1)
    attack("DELETE FROM facts_fact WHERE id = (SELECT id FROM log_leaf WHERE idx = %(idx)s)", idx=idx)
    assert found() == [(idx, "deleted", None)]


def test_two_leaves_that_changed_places_are_both_named(told: list[UUID]) -> None:
    one, other = place(told[3], 1), place(told[8], 6)
    attack(
        "UPDATE log_leaf SET idx = -1 WHERE idx = %(one)s",
        "UPDATE log_leaf SET idx = %(one)s WHERE idx = %(other)s",
        "UPDATE log_leaf SET idx = %(other)s WHERE idx = -1",
        one=one,
        other=other,
    )
    assert found(full=False) == [(one, "swapped", str(told[8])), (other, "swapped", str(told[3]))]


def test_leaves_cut_off_at_the_end_are_missed(told: list[UUID]) -> None:
    attack("DELETE FROM log_leaf WHERE idx >= 360")
    assert {kind for _, kind, _ in found(full=False)} == {"deleted"}


def test_a_database_set_back_with_everything_fitting_is_betrayed_by_the_signer(told: list[UUID]) -> None:
    """What a restore of last week's dump would leave: all tables agree with one another."""
    before = verify().size
    attack(
        "DELETE FROM log_leaf", "DELETE FROM log_tile", "DELETE FROM log_checkpoint", "DELETE FROM log_state",
        "DELETE FROM facts_fact",
    )  # fmt: skip
    assert before and found() == [(0, "deleted", None)]


def rewritten(change: Callable[[bytes], bytes]) -> None:
    """The whole log grown anew over changed leaves, tiles and edges and all; only the signatures cannot be made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, leaf, put_at FROM log_leaf ORDER BY idx")
        entries = [Entry(id, change(bytes(leaf)), at) for id, leaf, at in cursor.fetchall()]
    attack("DELETE FROM log_leaf", "DELETE FROM log_tile", "DELETE FROM log_state")
    with transaction.atomic():
        append(entries)


def test_a_log_grown_anew_is_not_the_one_that_was_signed(told: list[UUID]) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT leaf FROM log_leaf WHERE idx = %s", [place(told[3], 3)])
        old = bytes(cursor.fetchone()[0])
    rewritten(lambda leaf: old.replace(b"2026", b"2025") if leaf == old else leaf)
    # Heads were signed at 30, 61, 92, 123 …: up to the third it still fits, and the fourth step is in the fourth round.
    assert found(full=False) == [(92, "fork", None)]


def test_heads_that_were_thrown_away_with_it_do_not_help(told: list[UUID]) -> None:
    rewritten(lambda leaf: leaf.replace(b"2026", b"2025"))
    attack("DELETE FROM log_checkpoint")
    verdict = verify()
    assert any(one.kind in ("fork", "altered") for one in verdict.findings)


def put(at: datetime, put_at: datetime, **body: Any) -> int:
    """A fact whose own time and whose time of sequencing are these; returns its place."""
    case = uuid7()
    open_subject(case)
    with transaction.atomic():
        record(kind="case.talked", about=case, by=None, at=at, **body)
    relay({}, at=put_at)
    return verify().size - 1


def test_a_time_that_had_not_come_is_named(told: list[UUID]) -> None:
    end = AT + timedelta(hours=STEPS)
    idx = put(end + timedelta(minutes=6), end)
    assert [(one[0], one[1]) for one in found()] == [(idx, "backdated")]


def test_a_time_long_before_the_signed_head_is_named_unless_it_says_so(told: list[UUID]) -> None:
    end = AT + timedelta(hours=STEPS)
    honest = put(end - timedelta(hours=80), end, late=True)
    soon = put(end - timedelta(hours=71), end)
    idx = put(end - timedelta(hours=80), end)
    assert honest < soon < idx and [(one[0], one[1]) for one in found()] == [(idx, "backdated")]


def test_a_step_before_the_one_it_follows_is_named(told: list[UUID]) -> None:
    case = uuid7()
    open_subject(case)
    with transaction.atomic():
        for _ in range(2):
            record(kind="case.talked", about=case, by=None, at=AT + timedelta(hours=STEPS))
    with connection.cursor() as cursor:
        cursor.execute("SELECT id, leaf FROM log_pending ORDER BY id")
        first, second = (
            Entry(id, bytes(leaf), AT + timedelta(hours=STEPS)) for id, leaf in cursor.fetchall()
        )
    attack("DELETE FROM log_pending")
    with transaction.atomic():
        size = append([second, first])
    assert [(one[0], one[1]) for one in found()] == [(size - 2, "backdated")]


def test_a_fact_that_never_came_into_the_log_is_named(told: list[UUID]) -> None:
    case = uuid7()
    open_subject(case)
    with transaction.atomic():
        record(kind="case.talked", about=case, by=None, at=AT)
    assert found() == []  # it waits, that is honest
    attack("DELETE FROM log_pending")
    assert found() == [(None, "missing", str(case))]


def test_a_head_of_the_second_tree_that_does_not_fit_is_named(told: list[UUID]) -> None:
    with transaction.atomic():
        leaf = b'{"d":"2026-06-30","root":"' + b"00" * 32 + b'","size":5,"t":"checkpoint.sm3","v":1}'
        size = append([Entry(uuid7(), leaf, AT)])
    assert leaf_hash(leaf) and found() == [(size - 1, "fork", None)]
