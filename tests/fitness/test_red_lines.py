"""What is never built: check-in, points, ranks of people, tags, and identities outside the one room that keeps them."""

import ast
import re
from pathlib import Path

from django.apps import apps

from fitness.sources import PACKAGE, modules, named

BURDEN = re.compile(
    r"打卡|签到|积分|排行|排名|在线时长|步数|连续\d*天|光荣榜|龙虎榜|末位|点赞数"
    r"|(?<![a-z])(check_?in|streaks?|leaderboard|ranking|online_time|screen_time|badge_count|points_total|geofence|gps_track)(?![a-z])"
)
PERSON_TAGS = re.compile(
    r"重点人员|缠访|闹访|无理访|老上访户|情绪(分|等级|标签)|维稳对象|信用分|风险人员|\b(troublemaker|risk_score|person_score|sentiment)\b"
)
SAID_AS_NOT_BUILT = {
    "src/minqing/templates/public/privacy.html",  # tells residents what is never done with their words
}
TEMPLATES = PACKAGE / "templates"
NAMES_OF_IDENTITY = re.compile(
    r"(^|_)(phone|mobile|telephone|tel|id_no|id_card|idcard|identity_no|address|birth|birthday|bank|card_no|wechat|qq|email|surname"
    r"|full_name|real_name|person_name|petitioner|latitude|longitude|lat|lng|location|ip)(_|$)"
)
CRYPTOGRAPHIC = {"code_tag", "word_tag"}
"""Argon2id over a query code: a tag in the sense of cryptography, nobody's label."""
ALLOWED_COLUMNS = {
    "people_person.mask_phone": "the mask itself: the last two digits",
    "offices_office.telephone": "the public number of an office",
    "offices_account.email": "staff, not residents",
    "places_place.full_name": "of a place",
}


def lines_of(paths: list[Path], pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{named(path)}:{number}: {found[0]}"
        for path in paths
        if named(path) not in SAID_AS_NOT_BUILT
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (found := pattern.search(line))
    ]


def product() -> list[Path]:
    """Models, addresses, rules, pages: everything a county could see or store. Law texts and tests speak freely."""
    code = [path for path in modules() if {"demo", "importing"}.isdisjoint(path.parts)]
    return [*code, *sorted(TEMPLATES.rglob("*.html")), *sorted(PACKAGE.rglob("static/**/*.js"))]


def test_no_check_in_points_or_ranks_anywhere() -> None:
    assert lines_of(product(), BURDEN) == []


def test_no_tag_or_score_of_a_person_anywhere() -> None:
    assert lines_of(product(), PERSON_TAGS) == []


def columns() -> list[str]:
    return [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models()
        if model.__module__.startswith("minqing.")
        for field in model._meta.local_concrete_fields
    ]


def test_identities_of_residents_are_columns_nowhere() -> None:
    """Even the people room holds them as one sealed column; everybody else has masks and a person's id."""
    strays = [
        column
        for column in columns()
        if NAMES_OF_IDENTITY.search(column.partition(".")[2]) and column not in ALLOWED_COLUMNS
    ]
    assert strays == []


def test_no_column_orders_people_or_counts_their_complaints() -> None:
    ordering = re.compile(
        r"(^|_)(rank|score|points?|streak|tags?|label|level_of_risk|complaints?|times_petitioned)(_|$)"
    )
    found = [column for column in columns() if ordering.search(column.partition(".")[2])]
    assert [column for column in found if column.partition(".")[2] not in CRYPTOGRAPHIC] == []


def test_no_query_lists_voices_by_person() -> None:
    """Who joined, who booked, who petitioned most: no read groups or orders by a person."""
    strays = []
    for path in modules(PACKAGE / "work"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in {"values", "order_by", "values_list"}
            ):
                constants = [
                    a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)
                ]
                grouped = (
                    constants
                    and re.search(r"(^|__|-)person(_id)?$", constants[0])
                    and node.func.attr == "order_by"
                )
                if grouped:
                    strays.append(f"{named(path)}:{node.lineno}")
    assert strays == []
