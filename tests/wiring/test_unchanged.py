"""Promises of a second start: it does nothing over again, and misses nothing that has changed."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from django.db import connection

from minqing.wiring import grants, home
from minqing.wiring.unchanged import keep, mark, unchanged

pytestmark = pytest.mark.django_db


@pytest.fixture
def here(server: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> home.Home:
    """A home whose database is that of the tests."""
    monkeypatch.setenv("MINQING_OWNER_URL", _of_tests(server.owner_url()))
    monkeypatch.setenv("DATABASE_URL", _of_tests(server.app_url()))
    made = home.at(tmp_path / "home")
    made.run.mkdir(parents=True)
    return made


def _of_tests(url: str) -> str:
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()


def test_a_home_that_was_never_made_ready_is_made_ready(here: home.Home) -> None:
    assert not unchanged(here)


def test_what_was_made_ready_is_not_made_ready_again(here: home.Home) -> None:
    keep(here)
    assert unchanged(here)


def test_a_right_given_by_hand_is_noticed(here: home.Home) -> None:
    keep(here)
    app = grants.role_of(here.app_url())
    with psycopg.connect(here.owner_url(), autocommit=True) as owner:
        owner.execute(f'GRANT UPDATE (body) ON facts_fact TO "{app}"')
        try:
            assert not unchanged(here)
        finally:
            owner.execute(f'REVOKE UPDATE (body) ON facts_fact FROM "{app}"')


def test_a_database_that_does_not_answer_is_no_reason_to_leave_anything_out(
    here: home.Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(here)
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:9/none")
    keep(here)
    assert not unchanged(here)


def test_a_file_of_the_product_that_is_new_or_another_is_noticed(here: home.Home, tmp_path: Path) -> None:
    package = tmp_path / "package"
    (package / "migrations" / "__pycache__").mkdir(parents=True)
    (package / "migrations" / "0001.py").write_text("first")
    marks = [mark(here, package)]
    (package / "migrations" / "__pycache__" / "0001.pyc").write_text("compiled")
    assert mark(here, package) == marks[0]
    (package / "migrations" / "0002.py").write_text("second")
    marks.append(mark(here, package))
    os.utime(package / "migrations" / "0001.py", (1, 1))
    marks.append(mark(here, package))
    assert len(set(marks)) == 3
