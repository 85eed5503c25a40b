"""Migrations in one line, forms that say why they ask, pages that say what the code says."""

import ast
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.db import connection

from fitness.sources import PACKAGE, modules, named, rooms, tree
from minqing.doors.parts import forms


@pytest.mark.django_db(databases=["default", "clues"])
def test_tables_and_migrations_agree() -> None:
    said = StringIO()
    try:
        call_command("makemigrations", check_changes=True, dry_run=True, stdout=said, verbosity=1)
    except SystemExit:
        pytest.fail(said.getvalue())
    assert connection.introspection.table_names()


def test_migrations_of_a_room_stand_in_one_line() -> None:
    for room in rooms():
        files = sorted(path.stem for path in (room / "migrations").glob("[0-9]*.py"))
        numbers = [int(name.partition("_")[0]) for name in files]
        assert numbers == list(range(1, len(files) + 1)), named(room)
        for before, name in pairwise(files):
            source = (room / "migrations" / f"{name}.py").read_text("utf-8")
            assert before in source, f"{named(room)}: {name} does not follow {before}"


def test_migrations_import_nothing_that_may_change() -> None:
    strays = [
        f"{named(path)}: {node.module}"
        for path in sorted(PACKAGE.rglob("migrations/[0-9]*.py"))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("minqing.")
        and ".kernel" not in (node.module or "")
    ]
    assert strays == []


def test_every_field_of_every_form_says_what_for_by_which_article_how_long_and_what_reuses_it() -> None:
    for path in modules(PACKAGE / "doors"):
        if "forms" in path.stem:
            __import__(".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts))
    assert list(forms.undeclared()) == []
