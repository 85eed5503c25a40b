"""Who left which number can be asked by who knows the number, and read by nobody: not by any SQL under the app's role."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from minqing.ground.people.commands import forget_contact, index_contacts, keep_person, keeping
from minqing.ground.people.queries import MOST_COMPARED, blind_of, one_number, people_at
from minqing.ground.people.rules import AskedTooOften, BlindKind, Contact, ReplyBy
from minqing.methods import codes
from minqing.wiring import grants, home

VECTOR = json.loads((Path(__file__).parents[1] / "vectors/minqing_trust.json").read_text("utf-8"))[
    "blind_index"
]


def someone(name: str = "林小满", phone: str = "13800138000", **more: Any) -> UUID:
    contact = Contact(name=name, phone=phone, **more)
    return keep_person(contact, place=None, reply_by=ReplyBy.SMS, lang="zh-hans", at=timezone.now())


def test_the_published_vectors() -> None:
    pepper = bytes.fromhex(VECTOR["key"])
    assert (
        codes.blind_mac(pepper, "tel/v1|" + codes.e164("138-0013 8000"))[:16].hex()
        == "4b38778a263ccc63878de36ad7c8451f"
    )
    mac = codes.blind_mac(pepper, "id/v1|" + codes.read_citizen_number("11010519491231002x").number)
    assert mac.hex() == VECTOR["hmac"]
    slow = codes.blind_index(mac, b"bi/v1-county-350124")
    assert slow.hex() == VECTOR["argon2id_t2_m19456_p1_16B_salt_bi/v1-county-350124"]


def test_the_salt_is_the_countys(settings: Any) -> None:
    here = blind_of(BlindKind.PHONE, "13800138000")
    assert len(here) == 16 and here == blind_of(BlindKind.PHONE, "+86 138 0013 8000")
    settings.MINQING_COUNTY = "350124"
    assert blind_of(BlindKind.PHONE, "13800138000") != here


@pytest.mark.parametrize(("typed", "one"), [
    ("13800138000", "+8613800138000"), ("+86 138 0013 8000", "+8613800138000"), ("008613800138000", "+8613800138000"),
    ("8613800138000", "+8613800138000"), ("１３８００１３８０００", "+8613800138000"), ("0571-8888 6666", "+8657188886666"),
    ("+852 2345 6789", "+85223456789"), ("8888 6666", "local:88886666"), ("12345", "local:12345"), ("", ""),
])  # fmt: skip
def test_a_number_has_one_way_of_writing(typed: str, one: str) -> None:
    assert codes.e164(typed) == one


@pytest.mark.django_db
def test_a_lost_slip_is_found_however_the_number_is_typed_and_only_with_the_name() -> None:
    mine = someone(phone="+8613800138000")
    someone(name="周远", phone="13800138000")
    assert people_at("13800138000", "林小满") == [], "not before the worker came by"
    assert index_contacts(50) == 2 and index_contacts(50) == 0
    assert people_at("0086 138 0013 8000", "林 小满") == [mine]
    assert people_at("13800138000", "林") == [] and people_at("13800138001", "林小满") == []


@pytest.mark.django_db
def test_who_left_no_number_is_looked_at_once() -> None:
    someone(phone="")
    assert index_contacts(50) == 1 and index_contacts(50) == 0


@pytest.mark.django_db
def test_an_identity_that_was_forgotten_leaves_the_index_and_cannot_come_back() -> None:
    mine = someone()
    slow = blind_of(BlindKind.PHONE, "13800138000")
    index_contacts(50)
    forget_contact(person_id=mine)
    assert people_at("13800138000", "林小满") == []
    keeping._put_index(mine, BlindKind.PHONE, slow)  # a worker that had begun before
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_sealed_match('tel', %s)", [slow])
        assert cursor.fetchall() == []


READS = [
    "SELECT * FROM people_sealed_blind", "SELECT count(*) FROM people_sealed_blind", "TABLE people_sealed_asked",
    "SELECT person_id FROM people_sealed_blind LIMIT 1", "COPY people_sealed_blind TO STDOUT",
    "UPDATE people_sealed_blind SET kind = kind", "DELETE FROM people_sealed_blind",
    "INSERT INTO people_sealed_blind VALUES (gen_random_uuid(), 'tel', '')",
    "CREATE VIEW pg_temp.v AS SELECT * FROM people_sealed_blind; SELECT * FROM pg_temp.v",
    "CREATE INDEX ON people_sealed_blind (blind)", "ALTER TABLE people_sealed_blind OWNER TO CURRENT_USER",
    "GRANT SELECT ON people_sealed_blind TO CURRENT_USER; SELECT * FROM people_sealed_blind",
    "CREATE OR REPLACE FUNCTION people_sealed_match(what text, slow bytea) RETURNS SETOF uuid LANGUAGE sql AS 'SELECT 1'",
    "SET ROLE {owner}", "SET ROLE {sealed}", "SET SESSION AUTHORIZATION {owner}",
    "SELECT pg_read_file('postgresql.conf')", "SELECT lo_import('/etc/hostname')",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("read", READS)
def test_no_sql_under_the_apps_role_reads_or_changes_the_index(read: str) -> None:
    someone()
    index_contacts(50)
    roles = {"owner": home.OWNER, "sealed": home.SEALED}
    denied = (DatabaseError, psycopg.Error)
    with pytest.raises(denied), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(read.format(**roles))
        raise AssertionError(cursor.fetchall() if cursor.description else read)


@pytest.mark.django_db
def test_nothing_the_statistics_tell_shows_a_value() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_stats WHERE tablename LIKE 'people_sealed%%'")
        assert cursor.fetchone() == (0,)


@pytest.mark.django_db
def test_a_table_of_the_callers_own_does_not_stand_in_for_the_index() -> None:
    """A function that runs as its owner looks in its own schema first, whatever the caller's path says."""
    mine = someone()
    index_contacts(50)
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE people_sealed_blind (person_id uuid, kind text, blind bytea) ON COMMIT DROP"
        )
        cursor.execute("SET LOCAL search_path = pg_temp, public")
        assert people_at("13800138000", "林小满") == [mine]


@pytest.mark.django_db
def test_an_answer_is_bounded_in_number_and_in_the_hour() -> None:
    slow = blind_of(BlindKind.PHONE, "13800138000")
    for _ in range(51):
        keeping._put_index(someone(), BlindKind.PHONE, slow)
    with connection.cursor() as cursor:
        cursor.execute("SELECT people_sealed_match('tel', %s)", [slow])
        assert len(cursor.fetchall()) == 50
        cursor.execute(
            "SELECT FROM generate_series(1, 2000) n, LATERAL people_sealed_match('tel', int4send(n))"
        )
    with pytest.raises(AskedTooOften):
        people_at("13800138000", "林小满")


@pytest.mark.django_db
def test_one_telephone_among_a_days_seats_is_told_without_the_index() -> None:
    first, other, again = (
        someone(),
        someone(phone="13900139000"),
        someone(name="周远", phone="+86 13800138000"),
    )
    nobody, mail = someone(phone=""), someone(phone="", email="a@example.org")
    assert one_number([first, other, again, nobody, mail]) == {first: first, other: other, again: first}
    assert len(one_number([someone() for _ in range(3)] * 200)) == 3 <= MOST_COMPARED


@pytest.mark.django_db
def test_the_app_may_ask_two_functions_and_the_public_none(server: home.Home) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p.oid::regprocedure::text, p.prosecdef, p.proconfig::text,"
            " COALESCE(p.proacl::text LIKE '%%{=X/%%' OR p.proacl::text LIKE '%%,=X/%%', true),"
            " has_function_privilege(p.oid, 'EXECUTE')"
            " FROM pg_proc p WHERE p.proname LIKE 'people_sealed%%' ORDER BY 1"
        )
        found = cursor.fetchall()
    assert len(found) == sum(one.startswith("people_sealed") for one in grants.FUNCTIONS) == 2
    for _, definer, config, public, mine in found:
        assert definer and "pg_temp" in config and not public and mine


@pytest.mark.django_db
def test_the_sealed_role_reads_it() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_table_privilege(%s, 'people_sealed_blind', 'SELECT')", [home.SEALED])
        assert cursor.fetchone() == (True,)
