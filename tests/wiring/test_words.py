"""Promises of the translations: every text is found, none is translated twice, no placeholder is lost."""

import gettext
from pathlib import Path

import pytest

from minqing.wiring import words


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "work" / "cases").mkdir(parents=True)
    (tmp_path / "templates" / "desk").mkdir(parents=True)
    (tmp_path / "locale" / "en" / "parts").mkdir(parents=True)
    (tmp_path / "work" / "cases" / "rules.py").write_text(
        "class Late(Refusal):\n"
        '    code, status, text = "late", 409, "晚了{days}日。"\n'
        "class Odd(Refusal):\n"
        "    text = (\n"
        '        "写了两行，"\n'
        '        "合成一句。"\n'
        "    )\n"
        "class State(Word):\n"
        '    OPEN = "open", "在办"\n'
        "label = _('请写清楚')\n"
        "many = ngettext('{n}件', '{n}件', 2)\n"
        "other = pgettext('verb', '评价')\n"
        'plain = "不是界面上的话"\n'
    )
    (tmp_path / "templates" / "desk" / "row.html").write_text(
        '{% load i18n %}<p title="{{ _("提示") }}">{% translate "查进度" %}</p>\n'
        "{% blocktranslate trimmed with name=x %}\n  您好，{{ name }}。\n  {{ name }}再见。100%\n{% endblocktranslate %}"
    )
    return tmp_path


def part(package: Path, name: str, *pairs: tuple[str, str]) -> None:
    text = "".join(f'msgid "{chinese}"\nmsgstr "{english}"\n\n' for chinese, english in pairs)
    (package / "locale" / "en" / "parts" / f"{name}.po").write_text(text)


def test_it_finds_calls_tags_refusals_and_labels(package: Path) -> None:
    assert {said.text for said in words.extract(package)} == {
        "晚了{days}日。",
        "写了两行，合成一句。",
        "在办",
        "请写清楚",
        "{n}件",
        "评价",
        "提示",
        "查进度",
        "您好，%(name)s。 %(name)s再见。100%%",
    }


def test_missing_english_is_listed_by_area(package: Path) -> None:
    part(package, "cases", ("在办", "Open"), ("旧话", "Old"))
    report = words.missing(package)
    assert [entry["text"] for entry in report["missing"]["work/cases"]] == [
        "晚了{days}日。",
        "写了两行，合成一句。",
        "请写清楚",
        "{n}件",
        "评价",
    ]
    assert set(report["missing"]) == {"work/cases", "templates/desk"}
    assert report["unused"] == ["旧话"]


def test_the_compiled_file_is_read_by_gettext(package: Path) -> None:
    part(package, "a", ("在办", "Open"))
    part(package, "b", ("在办", "Open"), ("晚了{days}日。", "{days} days late."))
    folder = package / "locale" / "en"
    assert words.compile_all(folder) == 2
    with (folder / "LC_MESSAGES" / "django.mo").open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("晚了{days}日。") == "{days} days late."
    assert words.fresh(folder)


@pytest.mark.parametrize(
    ("pairs", "word"),
    [
        ([("在办", "Open"), ("在办", "In work")], "In work"),
        ([("晚了{days}日。", "Late by {day} days.")], "day"),
        ([("共%(n)s件", "All")], "n"),
    ],
)
def test_a_contradiction_stops_the_compiling(package: Path, pairs: list[tuple[str, str]], word: str) -> None:
    for number, pair in enumerate(pairs):
        part(package, f"part{number}", pair)
    with pytest.raises(words.Conflict, match=word):
        words.compile_all(package / "locale" / "en")


def test_the_real_parts_agree() -> None:
    words.merged(words.parts_of())
