"""Nobody's SQL but the sealed side's tells that a clue exists: not its rows, not how many, not how large, not how busy."""

from uuid import UUID, uuid4

import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections

from clue_county import accuse, only_clue, sealed_county, through, work
from minqing.kernel.db import ask
from minqing.watch.clues.models import Access
from minqing.wiring import home, walls
from sealed import named

pytestmark = pytest.mark.django_db(databases=["default", "clues"], transaction=True)
SECRETS = (
    "SELECT count(*) FROM clues_clue",
    "SELECT 1 FROM clues_enclosure",
    "SELECT officer FROM clues_access",
    "SELECT pg_relation_size('clues_clue'::regclass)",
    "SELECT pg_total_relation_size('clues_clue'::regclass)",
    "SELECT n_tup_ins FROM pg_stat_user_tables",
    "SELECT reltuples FROM pg_class WHERE relname = 'clues_clue'",
    "SELECT most_common_vals FROM pg_stats",
    "SELECT tup_inserted FROM pg_stat_database WHERE datname LIKE '%%clues'",
    "SELECT count(*) FROM pg_locks",
)


@pytest.fixture
def clue():
    here = sealed_county()
    accuse()
    work()
    return here, only_clue()


@pytest.mark.parametrize("question", SECRETS)
def test_the_county_cannot_ask_the_clues_database_whether_there_is_one(clue, question):
    assert settings.MINQING_DROP
    with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.UndefinedTable)):
        ask(settings.MINQING_DROP, question)  # type: ignore[arg-type]


def test_the_running_role_of_the_county_cannot_even_enter(clue):
    """Its own database knows as little: nothing of the clues' server is told there either."""
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(named(home.current().app_url(), home.CLUES_DATABASE))
    name = connection.settings_dict["NAME"]
    with psycopg.connect(named(home.current().app_url(), name)) as app:
        for table in ("clues_clue", "clues_access"):
            assert app.execute("SELECT to_regclass(%s)", [table]).fetchone() == (None,)


def test_whoever_has_no_code_gets_nothing_from_the_functions(clue):
    assert ask(settings.MINQING_DROP, "SELECT * FROM clues_slip(%s, %s)", uuid4().bytes, uuid4().bytes) == []
    assert ask(settings.MINQING_DROP, "SELECT clues_verify(%s)", "%") == [(None,)]
    assert ask(settings.MINQING_DROP, "SELECT clues_word(%s, %s, %s, %s)", b"", b"", b"x", b"x") == [(0,)]


def rows_for(setting: str, value: str | UUID, table: str) -> int:
    """How many rows the pages' role sees under one literal."""
    name = connections["clues"].settings_dict["NAME"]
    with psycopg.connect(named(home.current().side_url(home.CLUES), name)) as pages:
        pages.execute(f"SET LOCAL {setting} = '{value}'".encode())
        found = pages.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
        assert found is not None
        return int(found[0])


def test_the_pages_role_sees_nothing_until_somebody_stands_there(clue):
    here, pk = clue
    for table in ("clues_clue", "clues_access", "clues_step", "clues_duty"):
        assert through(home.CLUES, f"SELECT count(*) FROM {table}") == [(0,)]
        assert rows_for("minqing.officer", here.id("handler"), table) == 0, "an official of another office"
        assert rows_for("minqing.officer", here.id("sysadmin"), table) == 0
        assert rows_for("minqing.officer", here.id("clerk"), table) > 0
    assert rows_for("minqing.clue", pk, "clues_clue") == 1
    assert rows_for("minqing.clue", uuid4(), "clues_clue") == 0


def test_a_row_is_gone_the_moment_the_part_ends(clue):
    here, pk = clue
    assert rows_for("minqing.officer", here.id("second"), "clues_clue") == 1
    Access.objects.filter(clue_id=pk, officer=here.id("second")).update(until="2026-06-30T01:00Z")
    assert rows_for("minqing.officer", here.id("second"), "clues_clue") == 0


def test_what_the_setting_said_is_forgotten_with_its_transaction(clue):
    here, _ = clue
    name = connections["clues"].settings_dict["NAME"]
    with psycopg.connect(named(home.current().side_url(home.CLUES), name), autocommit=True) as pages:
        with pages.transaction():
            pages.execute(f"SET LOCAL minqing.officer = '{here.id('clerk')}'".encode())
            assert pages.execute("SELECT count(*) FROM clues_clue").fetchone() == (1,)
        assert pages.execute("SELECT count(*) FROM clues_clue").fetchone() == (0,)


def test_every_table_there_has_its_wall():
    ours = {
        row[0]
        for row in through(home.CLUES_OWNER, "SELECT tablename FROM pg_tables WHERE tablename LIKE 'clues%%'")
    }
    assert ours == set(walls.PAGES)
    forced = through(
        home.CLUES_OWNER,
        "SELECT count(*) FROM pg_class WHERE relname LIKE 'clues%%' AND relkind = 'r' AND relforcerowsecurity",
    )
    assert forced == [(len(ours),)]
