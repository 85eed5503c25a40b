"""Promises of the database roles: the running app cannot rewrite what happened."""

import pytest
from django.db import connection

from minqing.wiring import grants, home

TABLES = [*sorted(grants.APPEND_ONLY), "facts_subject"]


@pytest.mark.django_db
def test_tests_themselves_run_as_the_app_role(server: home.Home) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone()[0] == grants.role_of(server.app_url())


@pytest.mark.django_db
@pytest.mark.parametrize("table", TABLES)
def test_the_app_can_neither_change_nor_delete(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege(%s, 'UPDATE'), has_table_privilege(%s, 'DELETE'), has_table_privilege(%s, 'INSERT')",
            [table] * 3,
        )
        assert cursor.fetchone() == (False, False, True)


@pytest.mark.django_db
def test_of_a_subject_only_the_key_can_be_erased() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_column_privilege('facts_subject', 'key', 'UPDATE'), has_column_privilege('facts_subject', 'id', 'UPDATE')"
        )
        assert cursor.fetchone() == (True, False)


@pytest.mark.django_db
def test_a_version_of_a_verdict_can_only_stop_being_the_newest() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT has_table_privilege('judgement_verdict', 'DELETE'),"
            " array_agg(column_name::text) FILTER (WHERE has_column_privilege('judgement_verdict', column_name, 'UPDATE'))"
            " FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = 'judgement_verdict'"
        )
        assert cursor.fetchone() == (False, ["latest"])


@pytest.mark.django_db
def test_only_what_is_meant_to_go_can_be_deleted() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace"
            " AND relkind IN ('r', 'p') AND has_table_privilege(oid, 'DELETE')"
        )
        assert {row[0] for row in cursor.fetchall()} == grants.DELETABLE


@pytest.mark.django_db
def test_the_app_owns_no_table_and_makes_none() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tableowner = current_user"
        )
        assert cursor.fetchone()[0] == 0
        with pytest.raises(Exception, match="permission denied"):
            cursor.execute("CREATE TABLE mine (a int)")


@pytest.mark.django_db
def test_every_table_has_been_spoken_of(server: home.Home) -> None:
    """A table that the app cannot even read was forgotten, or is sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
            " AND NOT has_any_column_privilege(current_schema() || '.' || tablename, 'SELECT')"
        )
        dark = {row[0] for row in cursor.fetchall()}
    assert {table for table in dark if not table.startswith(grants.SEALED_PREFIXES)} == grants.INSERT_ONLY
