"""Guesses are counted by the database: for all processes together, none lost, and nobody can read whose they are."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection

from minqing.record.inbox.commands import count_wrong, forget_tallies, use
from minqing.record.inbox.models import Tally
from minqing.record.inbox.queries import shut_for, tally_key
from minqing.record.inbox.rules import FREE_TRIES

AT = datetime(2026, 6, 30, 1, 0, tzinfo=UTC)
WHO = "wrong-codes:10.0.0.1"


def later(seconds: float) -> datetime:
    return AT + timedelta(seconds=seconds)


@pytest.mark.django_db
def test_five_are_free_and_each_one_after_doubles_the_wait_up_to_five_minutes():
    assert [count_wrong(WHO, at=AT) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES
    at, waits = AT, []
    for _ in range(11):
        waits.append(shut_for(WHO, at=at))
        assert count_wrong(WHO, at=at) == waits[-1], "a guess while shut is neither counted nor told"
        at += timedelta(seconds=waits[-1])
        assert shut_for(WHO, at=at) == 0 and count_wrong(WHO, at=at) == 0
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]
    assert shut_for("wrong-codes:10.0.0.2", at=at) == 0


@pytest.mark.django_db
def test_an_hour_without_a_wrong_guess_forgets_them_all():
    for _ in range(FREE_TRIES - 1):
        count_wrong(WHO, at=AT)
    assert [count_wrong(WHO, at=later(3600)) for _ in range(FREE_TRIES)] == [0] * FREE_TRIES
    assert shut_for(WHO, at=later(3600)) == 1
    assert forget_tallies(at=later(3600 + 2 * 3600)) == 0 and forget_tallies(at=later(3 * 3600 + 2)) == 1


@pytest.mark.django_db
def test_a_clock_that_is_turned_back_shuts_nobody_for_days():
    for _ in range(FREE_TRIES):
        count_wrong(WHO, at=later(15 * 86400))
    assert shut_for(WHO, at=AT) == 0 and count_wrong(WHO, at=AT) == 0


@pytest.mark.django_db
def test_a_tally_tells_nobody_whose_it_is_and_is_not_logged():
    count_wrong(WHO, at=AT)
    (row,) = Tally.objects.all()
    assert bytes(row.pk) == tally_key(WHO) and b"10.0.0.1" not in bytes(row.pk)
    with connection.cursor() as cursor:
        cursor.execute("SELECT relpersistence FROM pg_class WHERE oid = 'inbox_tally'::regclass")
        assert cursor.fetchone() == ("u",)


@pytest.mark.django_db
def test_so_many_uses_in_a_period_and_then_not_before_it_ends():
    hour = timedelta(hours=1)
    assert [use("find:1", at=later(n), most=3, per=hour) for n in range(3)] == [0, 0, 0]
    assert use("find:1", at=later(600), most=3, per=hour) == 3000
    assert use("find:2", at=later(600), most=3, per=hour) == 0
    assert [use("find:1", at=later(3600 + n), most=3, per=hour) for n in range(4)] == [0, 0, 0, 3597]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "count", [lambda: count_wrong(WHO, at=AT), lambda: use(WHO, at=AT, most=5, per=timedelta(hours=1))]
)
def test_guesses_on_many_connections_at_once_are_all_counted(count):
    start = Barrier(12)

    def guess(_: int) -> int:
        start.wait()
        try:
            return count()
        finally:
            connection.close()

    with ThreadPoolExecutor(12) as crowd:
        told = list(crowd.map(guess, range(12)))
    assert told.count(0) == 5 and all(wait > 0 for wait in told if wait), told
