"""What follows from a fact happens once, whoever is killed and whoever competes."""

import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.cache import cache
from django.db import connection, transaction

from makers import AT, VILLAGE, County, county, register
from minqing.ground.law.queries import now
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.ids import uuid7
from minqing.record.facts.commands import open_subject, react_once, record, relay
from minqing.record.log.queries import beat_age_s
from minqing.wiring.reactions import FOLLOWS, FUNCTIONS, REACTIONS
from minqing.wiring.timetable import DAY, HOUR, TIMETABLE, Timed, run_slot, slot_of, start_minute
from minqing.wiring.worker import Worker
from minqing.work.cases import commands as cases
from minqing.work.intake.commands import seal_demand


@pytest.fixture
def here(db: None, monkeypatch: pytest.MonkeyPatch) -> County:
    monkeypatch.setenv("MINQING_NOW", AT.isoformat())
    cache.clear()
    return county()


def rows(sql: str) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchall()


def effects() -> list[tuple]:
    """Everything a reaction may leave behind."""
    return sorted(
        rows(
            "SELECT 'message', fact_id::text, coalesce(person_id, account_id)::text, channel, template FROM notify_message"
        )
        + rows("SELECT 'doc', id::text, kind, status, text FROM search_doc")
    )


def a_year_of_facts(here: County) -> UUID:
    """One case on its way, with a person who wants a short message, so that the reactions have something to say."""
    told = register(
        name="张三", phone="13800138000", reply_by=ReplyBy.SMS, place=VILLAGE, text="停水了，活不下去了"
    )
    case = cases.open_case(
        by=here["dispatcher"], at=AT, demand_id=told.demand_id, title="三组停水", track="petition"
    )
    cases.forward_case(by=here["dispatcher"], case_id=case.pk, at=AT, office_id=here.offices["water"])
    cases.accept_case(by=here["handler"], case_id=case.pk, at=AT)
    cases.talk_case(by=here["handler"], case_id=case.pk, at=AT, demand_id=told.demand_id, text="明天来看")
    cases.extend_case(by=here["head"], case_id=case.pk, at=AT, days=10, reason="等配件")
    cases.park_case(
        by=here["handler"],
        case_id=case.pk,
        at=AT,
        reason="等批",
        authority="县政府",
        next_on=AT.date() + timedelta(20),
    )
    return case.pk


def finish(functions=FUNCTIONS) -> int:
    relay(REACTIONS)
    done = 0
    while react_once(functions):
        done += 1
    return done


def test_an_act_tells_its_people_its_office_and_the_search(here):
    case_id = a_year_of_facts(here)
    assert finish() > 0
    assert rows("SELECT count(*) FROM facts_reaction") == [(0,)], rows(
        "SELECT name, error FROM facts_reaction"
    )
    told = {row[4] for row in effects() if row[0] == "message"}
    assert told >= {
        "demand.registered", "desk.alarm", "case.forwarded", "desk.assigned", "case.accepted", "case.talked", "case.extended",
        "case.parked",
    }  # fmt: skip
    assert ("doc", str(case_id), "case", "parked") == next(
        row[:4] for row in effects() if row[1] == str(case_id)
    )


def test_every_reaction_run_twice_is_once(here):
    a_year_of_facts(here)
    relay(REACTIONS)
    finish()
    once = effects()
    for fact_id, kind in rows("SELECT id, kind FROM facts_fact"):
        for name in REACTIONS.get(kind, ()):
            with connection.cursor() as cursor:
                cursor.execute(
                    "INSERT INTO facts_reaction (fact_id, name, tries, next_at, error) VALUES (%s, %s, 0, now(), '')",
                    [fact_id, name],
                )
    assert finish() > 0
    assert effects() == once


def test_every_reaction_killed_half_way_is_done_later_and_once(here):
    a_year_of_facts(here)

    class Killed(BaseException):
        pass

    def dying(run):
        def act(fact):
            run(fact)
            raise Killed

        return act

    relay(REACTIONS)
    owed = rows("SELECT count(*) FROM facts_reaction")
    fatal = {name: dying(run) for name, run in FUNCTIONS.items()}
    for _ in range(3):
        with pytest.raises(Killed), transaction.atomic():
            react_once(fatal)
    assert rows("SELECT count(*) FROM facts_reaction") == owed and effects() == []
    finish()
    first = effects()
    assert first and len(first) == len(set(first))


def test_a_broken_reaction_waits_longer_each_time_and_stops_no_other(here):
    a_year_of_facts(here)
    relay(REACTIONS)

    def broken(fact):
        raise ValueError("no")

    def some(name):
        return broken if name.startswith("find.") else FUNCTIONS[name]

    finish({name: some(name) for name in FUNCTIONS})
    left = rows("SELECT name, tries, error, next_at > clock_timestamp() FROM facts_reaction")
    assert left and all(
        name.startswith("find.") and tries == 1 and error.startswith("ValueError") and later
        for name, tries, error, later in left
    )


def test_what_was_sealed_is_found_no_more(here):
    told = register("某站长收了钱")
    finish()
    assert [row for row in effects() if row[1] == str(told.demand_id)]
    seal_demand(by=here["dispatcher"], demand_id=told.demand_id, at=AT)
    finish()
    assert not [row for row in effects() if row[0] == "doc"]


def test_every_reaction_has_a_name_of_its_own():
    for kind, follows in FOLLOWS.items():
        assert len({name for name, _ in follows}) == len(follows), kind
    assert set(FUNCTIONS) == {name for names in REACTIONS.values() for name in names}


# The timetable


def test_a_slot_is_done_once_and_a_failed_one_again(here):
    ran = []
    timed = Timed("x", HOUR, ran.append)
    assert run_slot(timed, at=AT) and not run_slot(timed, at=AT)
    assert run_slot(timed, at=AT + HOUR) and len(ran) == 2

    def fail(at):
        raise ValueError

    with pytest.raises(ValueError):
        run_slot(Timed("y", HOUR, fail), at=AT)
    assert run_slot(Timed("y", HOUR, ran.append), at=AT)


def test_slots_begin_at_the_county_s_own_minute():
    early = AT.replace(hour=0, minute=0) + timedelta(minutes=start_minute())
    daily = Timed("d", DAY, print, from_hour=3)
    assert slot_of(daily, early + timedelta(hours=3)) == "2026-06-30"
    assert slot_of(daily, early + timedelta(hours=3, seconds=-1)) == "2026-06-29"
    assert slot_of(Timed("h", HOUR, print), early) == "2026-06-30T00"


def test_the_whole_timetable_runs_on_an_empty_and_on_a_full_county(here):
    a_year_of_facts(here)
    for timed in TIMETABLE:
        assert run_slot(timed, at=AT + timedelta(days=200))


# The process


def test_the_worker_does_all_there_is_and_beats(here):
    a_year_of_facts(here)
    Worker().run_until_idle()
    assert rows("SELECT count(*) FROM log_pending") == [(0,)] and rows(
        "SELECT count(*) FROM facts_reaction"
    ) == [(0,)]
    assert rows("SELECT count(*) FROM intake_demand WHERE code_key IS NOT NULL") == [(0,)]
    age = beat_age_s("worker")
    assert age is not None and age < 60


@pytest.mark.django_db(transaction=True)
def test_a_database_that_restarts_is_waited_for():
    """The server ends our session in the middle of a timed work; the worker waits, comes again, and does it."""
    died, waits = [], []

    def die(at):
        if not died:
            died.append(at)
            rows("SELECT pg_terminate_backend(pg_backend_pid())")

    timetable = [Timed("die", HOUR, die), Timed("stop", HOUR, lambda at: worker.stop.set())]
    worker = Worker(timetable=timetable, wait=waits.append, pace=0)
    worker.run()
    assert died and waits[0] == 0.5
    assert rows("SELECT name FROM wiring_timetablerun ORDER BY name") == [("die",), ("stop",)]


@pytest.mark.django_db(transaction=True)
def test_two_relays_competing_lose_nothing_and_leave_no_gap():
    ids = [uuid7() for _ in range(4)]
    for subject in ids:
        open_subject(subject)
    stop, failed = threading.Event(), []

    def relays():
        try:
            while not stop.is_set():
                relay({"case.accepted": ["x"]})
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=relays) for _ in range(2)]
    for thread in threads:
        thread.start()
    for n in range(120):
        with transaction.atomic():
            record(kind="case.accepted", about=ids[n % 4], by=None, at=datetime.now(UTC), n=n)
    deadline = time.monotonic() + 20
    while rows("SELECT count(*) FROM log_pending") != [(0,)] and time.monotonic() < deadline:
        time.sleep(0.02)
    stop.set()
    for thread in threads:
        thread.join(10)
    assert not failed
    assert rows("SELECT count(*), min(idx), max(idx) FROM log_leaf") == [(120, 0, 119)]
    assert rows("SELECT count(*) FROM facts_reaction") == [(120,)]


def wait_until(true, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true() and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing():
    cache.clear()
    county()
    for n in range(60):
        register(f"第{n}件：停水", at=now(), name="张三", phone="13800138000", reply_by=ReplyBy.SMS)
    address = connection.settings_dict
    url = f"postgresql://{address['USER']}:{address['PASSWORD']}@/{address['NAME']}?host={address['HOST']}&port={address['PORT']}"
    env = os.environ | {"DATABASE_URL": url, "PYTHONPATH": "src"}
    command = [
        sys.executable,
        "-c",
        "from minqing.wiring.cli import main; raise SystemExit(main(['worker']))",
    ]
    for done in (5, 20, 35):  # killed when that many are found, that is in the middle of the work
        worker = subprocess.Popen(command, env=env)
        wait_until(lambda done=done: rows("SELECT count(*) FROM search_doc")[0][0] >= done)
        worker.send_signal(signal.SIGKILL)
        worker.wait(10)
    started = datetime.now(UTC)
    worker = subprocess.Popen(command, env=env)
    # Besides these the log keeps a leaf about itself, once an hour, which has no fact.
    query = "SELECT (SELECT count(*) FROM log_pending JOIN facts_fact USING (id)), (SELECT count(*) FROM facts_reaction)"
    wait_until(lambda: rows(query) == [(0, 0)] and rows("SELECT at FROM log_beat")[0][0] > started)
    worker.terminate()
    assert worker.wait(15) == 0
    left = rows(query)
    assert left == [(0, 0)], rows("SELECT name, error FROM facts_reaction LIMIT 3")
    assert rows("SELECT count(*) FROM log_leaf JOIN facts_fact USING (id)") == [(60,)]
    assert rows("SELECT min(idx), count(DISTINCT idx) = max(idx) + 1 FROM log_leaf") == [(0, True)]
    assert rows("SELECT count(*) FROM search_doc") == [(60,)]
    assert rows(
        "SELECT count(*), count(DISTINCT fact_id) FROM notify_message WHERE template = 'demand.registered'"
    ) == [(60, 60)]
