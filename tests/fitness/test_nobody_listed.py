"""Scenario 15: who petitioned most, who booked for tomorrow, who joined, who began it, where they are. Nothing gives it.

Read over models, addresses, the API's own description, queries, pages and whatever leaves as a table.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import models
from django.urls import URLPattern, URLResolver, get_resolver

from fitness.sources import PACKAGE, modules, named, part_of, rooms, tree
from fitness.test_red_lines import columns, lines_of, product
from minqing.doors.api.urls import api

SOMEBODY = re.compile(
    r"(^|[_./-])(persons?|residents?|petitioners?|complainants?|writers?|voices?|joiners?|participants?|households?)([_./-]|$)"
)
BEGAN_IT = re.compile(
    r"(?<![a-z])(organi[sz]ers?|initiators?|ringleaders?|instigators?|coordinators?)(?![a-z])"
    r"|组织者|牵头人|带头人|挑头|串联人|骨干分子|领头的|幕后"
)
WHERE_THEY_ARE = re.compile(
    r"geolocation|getCurrentPosition|watchPosition|\bGeoIP|geoip|REMOTE_HOST|exif_?gps|GPSInfo|轨迹|定位到|手机定位|行踪"
)
FORESEEN = re.compile(
    r"(?<![a-z])(forecasts?|predict(s|ed|ion|ions)?|propensity|likely_to|will_petition|early_warning)(?![a-z])"
    r"|预测|可能再访|再次上访的可能|预警名单"
)
COUNTED = re.compile(r"^(n|count|counts|times|total|how_many|frequency|n_.*|.*_count|.*_times|.*_total)$")
OF_A_PERSON = {
    "person",
    "person_id",
    "persons",
    "who",
    "mask_name",
    "household",
    "household_id",
    "petitioner",
}
BY_PERSON = re.compile(r"(^|__|-)(person|household|petitioner|account_of_person)(_id)?(__|$)")
COUNTS = {"annotate", "aggregate", "alias"}

KNOWN_COUNTS = {
    "src/minqing/work/judgement/queries.py": "how often a household was asked this quarter: bounds us, shown to nobody else",
}
KNOWN_TABLES = {
    "src/minqing/doors/desk/access.py": "one matter's contacts for an outside request: instrument, article, two persons, told",
    "src/minqing/doors/desk/looks.py": "what the audit administrator reads: which member of staff looked, never at whom",
    "src/minqing/wiring/importing/sheets.py": "reads tables, writes none",
    "src/minqing/wiring/reference/promised.py": "reads the list of promises of this documentation; nothing of a county",
    "src/minqing/wiring/reference/walls.py": "reads the list of walls of this documentation; nothing of a county",
}
"""Every module that touches a table format, with why. A new one has to say here what it lets out."""


# Addresses and the API


@dataclass(frozen=True)
class Address:
    path: str
    name: str
    keys: tuple[str, ...]


def addresses(patterns: list[Any] | None = None, before: str = "") -> Iterator[Address]:
    for one in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(one, URLResolver):
            yield from addresses(one.url_patterns, before + str(one.pattern))
        elif isinstance(one, URLPattern):
            yield Address(before + str(one.pattern), one.name or "", tuple(one.pattern.converters))


def test_no_address_is_that_of_a_person_or_a_list_of_persons() -> None:
    found = list(addresses())
    assert len(found) > 100
    strays = [
        one
        for one in found
        if any(map(SOMEBODY.search, (one.name, *one.keys, re.sub(r"<[^>]+>", "", one.path))))
    ]
    assert strays == []


def _resolved(schema: Any, book: dict[str, Any], seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The names of all properties that a schema may hold, however deep."""
    if isinstance(schema, list):
        for one in schema:
            yield from _resolved(one, book, seen)
    elif isinstance(schema, dict):
        ref = schema.get("$ref", "").rpartition("/")[2]
        if ref and ref not in seen:
            yield from _resolved(book[ref], book, seen | {ref})
        properties = schema.get("properties", {})
        yield from properties
        for key in ("items", "anyOf", "allOf", "oneOf", "additionalProperties", "schema", "content"):
            yield from _resolved(schema.get(key), book, seen)
        yield from _resolved(list(properties.values()), book, seen)
        if "application/json" in schema:
            yield from _resolved(schema["application/json"], book, seen)


def operations() -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    told = api.get_openapi_schema()
    book = told.get("components", {}).get("schemas", {})
    for path, methods in told["paths"].items():
        for method, operation in methods.items():
            if isinstance(operation, dict) and "responses" in operation:
                yield f"{method.upper()} {path}", operation, book


def test_no_answer_of_the_api_names_somebody() -> None:
    n = 0
    strays = []
    for where, operation, book in operations():
        answers = set(_resolved([one.get("content") for one in operation["responses"].values()], book))
        n += len(answers)
        strays += [
            f"{where}: {name}" for name in sorted(answers) if SOMEBODY.search(name) or BEGAN_IT.search(name)
        ]
    assert n > 20, "the description of the API could not be read"
    assert strays == []


def test_no_answer_that_the_doors_put_together_by_hand_names_somebody() -> None:
    """Most answers are dictionaries: their keys, wherever the doors write them."""
    known = {
        "desk/beside.py: person": "which side of a mediation agreed: a yes or a no, on the case's own page"
    }
    strays = []
    for path in modules(PACKAGE / "doors"):
        for node in ast.walk(tree(path)):
            for key in node.keys if isinstance(node, ast.Dict) else ():
                if (
                    isinstance(key, ast.Constant)
                    and isinstance(key.value, str)
                    and SOMEBODY.search(key.value)
                ):
                    strays.append(f"{path.parent.name}/{path.name}: {key.value}")
    assert set(strays) - set(known) == set()


def test_no_list_of_the_api_can_be_asked_by_person_or_put_in_order_by_them() -> None:
    strays = []
    for where, operation, _ in operations():
        for parameter in operation.get("parameters", []):
            name = parameter["name"]
            if parameter["in"] != "header" and (
                SOMEBODY.search(name)
                or name in {"sort", "order", "order_by", "ordering", "group_by", "phone"}
            ):
                strays.append(f"{where}: {name}")
    assert strays == []


# Tables and columns


def test_no_number_stands_beside_a_person_or_a_household() -> None:
    """Not how often, not how many, not how likely: nothing on these two tables could be put in order."""
    numbers = (models.IntegerField, models.FloatField, models.DecimalField, models.DurationField)
    strays = [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model._meta.db_table in {"people_person", "people_household"}
        for field in model._meta.local_concrete_fields
        if isinstance(field, numbers) or not isinstance(field, models.Field)
    ]
    assert strays == []
    assert {"people_person", "people_household"} <= {model._meta.db_table for model in apps.get_models()}


def test_no_column_says_who_began_a_matter_or_where_somebody_is() -> None:
    names = re.compile(
        r"(^|_)(organi[sz]er|initiator|ringleader|instigator|began_by|led_by|joined_by|lat|lng|lon|latitude|longitude"
        r"|coordinates|geom|geometry|geo_point|gps|position_at|track|whereabouts)(_|$)"
    )
    strays = [column for column in columns() if names.search(column.partition(".")[2])]
    known = {
        "cases_case.track": "the procedure, not a path on a map",
        "cases_link.joined_by": "the member of staff who put two words together",
    }
    assert set(strays) - set(known) == set()


# Queries


def calls_in_chain(node: ast.Call) -> Iterator[tuple[str, ast.Call]]:
    """rows.values("a").annotate(…).order_by("b"): every call of the chain, the last first."""
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        yield node.func.attr, node
        if not isinstance(node.func.value, ast.Call):
            return
        node = node.func.value


def words_of(call: ast.Call) -> list[str]:
    nodes = [*call.args, *(keyword.value for keyword in call.keywords)]
    return [
        part.value
        for node in nodes
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    ]


def houses() -> Iterator[Any]:
    for path in modules():
        if {"demo", "importing"}.isdisjoint(path.parts):
            yield path


def test_no_query_counts_by_person() -> None:
    strays = set()
    for path in houses():
        for node in ast.walk(tree(path)):
            chain = list(calls_in_chain(node)) if isinstance(node, ast.Call) else []
            grouped = any(
                name in {"values", "values_list"} and any(map(BY_PERSON.search, words_of(call)))
                for name, call in chain
            )
            counted = any(name in COUNTS for name, _ in chain)
            if grouped and counted:
                strays.add(named(path))
    assert strays == set(KNOWN_COUNTS)


def test_no_query_puts_rows_in_order_by_person_or_by_how_often_they_came() -> None:
    often = re.compile(r"^-?(n_demands|n_cases|n_clues|n_petitions|demands_count|times)$")
    strays = []
    for path in houses():
        for node in ast.walk(tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "order_by"
            ):
                first = next(iter(words_of(node)), "")
                # within one request for access, its few persons in a fixed order
                by_person = BY_PERSON.search(first) and not named(path).endswith("people/commands/access.py")
                if by_person or any(map(often.search, words_of(node))):
                    strays.append(f"{named(path)}:{node.lineno}")
    assert strays == []


def test_no_sql_of_ours_groups_by_person() -> None:
    grouping = re.compile(
        r"(GROUP|PARTITION|ORDER)\s+BY[^;)]{0,80}\b(person|household)(_id)?\b|DISTINCT\s+ON\s*\(\s*\w*\.?person",
        re.I,
    )
    known = {
        "src/minqing/ground/people/migrations/0005_sealed_index.py": "who left that very number: fifty ids in a fixed order"
    }
    strays = {
        named(path)
        for path in (*houses(), *sorted(PACKAGE.rglob("migrations/*.py")))
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and grouping.search(node.value)
    }
    assert strays - set(known) == set()


def test_no_line_of_any_list_holds_a_person_beside_a_count() -> None:
    strays = []
    for room in rooms():
        for part in ("queries", "rules"):
            for path in part_of(room, part):
                for node in tree(path).body:
                    if not isinstance(node, ast.ClassDef):
                        continue
                    fields = {
                        item.target.id
                        for item in node.body
                        if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
                    }
                    # n_people: how many signed one letter, as they wrote it themselves
                    if fields & OF_A_PERSON and any(map(COUNTED.search, fields - {"n_people"})):
                        strays.append(f"{named(path)}: {node.name}")
    assert strays == []


# Pages, words, tables that leave


@pytest.mark.parametrize(
    "pattern",
    [BEGAN_IT, WHERE_THEY_ARE, FORESEEN],
    ids=["who began it", "where they are", "what they will do"],
)
def test_nothing_in_the_product_speaks_of(pattern: re.Pattern[str]) -> None:
    assert lines_of(product(), pattern) == []


def test_every_table_that_can_leave_the_house_is_known_and_says_why() -> None:
    formats = {"csv", "openpyxl", "xlsxwriter", "pandas", "odf"}
    found = set()
    for path in houses():
        for node in ast.walk(tree(path)):
            names = (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
            if {name.partition(".")[0] for name in names} & formats:
                found.add(named(path))
    importing = {"src/minqing/wiring/importing/sheets.py"}
    data = {path for path in found if "/ground/law/" in path}  # reads the law's own tables
    assert found - data <= set(KNOWN_TABLES)
    assert set(KNOWN_TABLES) - importing <= found


def test_the_checks_themselves_see_what_they_look_for() -> None:
    """Each pattern on what it must find and on what it must let pass."""
    for name in ("person_id", "voice-list", "desk/residents/", "to_person", "household"):
        assert SOMEBODY.search(name), name
    for name in ("personal", "invoice", "case-leave", "demand_id"):
        assert not SOMEBODY.search(name), name
    for words in ("organiser", "the ringleader of", "牵头人"):
        assert BEGAN_IT.search(words), words
    assert not BEGAN_IT.search("organisation") and not FORESEEN.search("unpredictable")
    assert FORESEEN.search("forecast") and WHERE_THEY_ARE.search("navigator.geolocation")
    chain = ast.parse("rows.values('person_id').annotate(n=Count('id')).order_by('-n')").body[0]
    assert isinstance(chain, ast.Expr) and isinstance(chain.value, ast.Call)
    assert [name for name, _ in calls_in_chain(chain.value)] == ["order_by", "annotate", "values"]
    assert BY_PERSON.search("demand__person_id") and not BY_PERSON.search("person_words")
