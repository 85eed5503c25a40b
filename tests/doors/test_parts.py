"""The look: what the parts promise about dates, forms, pages and drawings, without a database."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django import forms
from django.http import HttpResponse, QueryDict
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from minqing.doors.parts import charts, language, text, words
from minqing.doors.parts.forms import REGISTER, LineField, PlainForm, TextField, field, label_of, undeclared
from minqing.wiring import words as translations

PARTS = Path(words.__file__).parent
TODAY = date(2026, 3, 2)
CHINESE = re.compile(r"[\u3400-\u9fff]")
pytestmark = pytest.mark.urls("minqing.doors.parts.urls")
PAGES = ("/gallery", "/gallery/desk", "/gallery/paper")


@pytest.fixture(autouse=True)
def _in_chinese():
    with translation.override("zh-hans"):
        yield


def shown(source: str, **context: object) -> str:
    return Template("{% load parts %}" + source).render(Context(context))


class WaterForm(PlainForm):
    text = field(
        TextField(label="出了什么事"), purpose="记事", basis="第十七条", retention="三年", reuse="无"
    )
    place = field(
        LineField(label="在哪里", required=False),
        purpose="派办",
        basis="第十七条",
        retention="三年",
        reuse="无",
    )


# dates and numbers


@pytest.mark.parametrize(
    ("tongue", "day", "short", "moment"),
    [
        ("zh-hans", "2026年3月2日", "3月2日 周一", "2026年3月2日 上午9:05"),
        ("en", "2 Mar 2026", "Mon 2 Mar", "2 Mar 2026, 9:05 am"),
    ],
)
def test_dates_are_written_in_the_language_of_the_page(tongue, day, short, moment):
    at = datetime(2026, 3, 2, 1, 5, tzinfo=UTC)  # 9:05 in the county
    with translation.override(tongue):
        assert (words.day(at), words.short_day(at), words.moment(at)) == (day, short, moment)


@pytest.mark.parametrize(
    ("hour", "said"),
    [(0, "凌晨0:05"), (5, "上午5:05"), (12, "中午12:05"), (13, "下午1:05"), (18, "晚上6:05")],
)
def test_hours_have_their_part_of_the_day(hour, said):
    assert words.clock(datetime(2026, 3, 2, hour, 5)) == said  # noqa: DTZ001  a local time as forms give it


def test_iso_text_is_read_as_the_api_writes_it():
    assert words.day("2026-03-02") == words.day("2026-03-02T09:05:00+08:00") == "2026年3月2日"


def test_the_evening_of_utc_is_the_next_day_here():
    assert words.day(datetime(2026, 3, 1, 17, 0, tzinfo=UTC)) == "2026年3月2日"


@pytest.mark.parametrize(
    ("due", "kind", "said"),
    [
        (date(2026, 3, 6), "ok", "还有4天"),
        (date(2026, 3, 5), "soon", "还有3天"),
        (date(2026, 3, 2), "soon", "今天到期"),
        (date(2026, 2, 28), "late", "已超2日"),
    ],
)
def test_a_light_says_state_by_word_shape_and_date(due, kind, said):
    assert words.light_of(due, TODAY) == kind
    assert words.until(due, TODAY) == said
    drawn = shown("{% light due today %}", due=due, today=TODAY)
    assert f"light-{kind}" in drawn and {"ok": "●", "soon": "◐", "late": "▲"}[kind] in drawn
    assert ("正常" if kind == "ok" else said) in drawn and words.month_day(due) in drawn


def test_a_met_duty_says_whether_it_was_in_time():
    in_time = shown("{% light due today met=due %}", due=TODAY, today=TODAY)
    too_late = shown("{% light due today met=today %}", due=date(2026, 2, 1), today=TODAY)
    assert "按时" in in_time and "超期办完" in too_late


@pytest.mark.parametrize(("count", "said"), [(7, "7"), (999, "999"), (1000, "999+"), (None, "—")])
def test_counts_stop_at_999(count, said):
    assert words.capped(count) == said


def test_the_code_stands_in_four_groups():
    assert words.code4("4829135702641189") == "4829 1357 0264 1189"
    assert shown("{{ code|code_groups }}", code="4829135702641189").count("<span>") == 4


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("欧阳小明", "欧阳*"), ("", "未留姓名"), (None, "未留姓名")]
)
def test_names_are_masked(name, masked):
    assert words.masked_name(name) == masked


def test_a_masked_phone_keeps_two_digits():
    assert words.masked_phone("138 0013 8047") == "•" * 9 + "47"


# text and forms


@given(st.text(alphabet=st.characters(codec=None, categories=None), max_size=200))
def test_cleaned_text_can_always_be_stored(raw):
    cleaned = text.clean(raw)
    cleaned.text.encode("utf-8")
    assert "\x00" not in cleaned.text
    assert text.clean(cleaned.text) == text.Cleaned(cleaned.text)


def test_cleaning_keeps_emoji_and_right_to_left_and_joins_halves():
    assert text.clean("水💧 مياه \ud83d\ude00").text == "水💧 مياه 😀"
    assert text.clean("a\x00b\ud800c") == text.Cleaned("ab�c", removed=1, replaced=1)


def test_a_form_says_what_it_took_out_and_goes_on():
    form = WaterForm({"text": "没水\x00了", "place": "上湾村\n三组"})
    assert form.is_valid()
    assert form.cleaned_data == {"text": "没水了", "place": "上湾村 三组"}
    assert form.notices() == ["去掉了1个看不见的控制符。"]


def test_too_long_a_text_is_refused_in_words_and_stays_whole():
    long = "水" * 20_001
    form = WaterForm({"text": long})
    assert not form.is_valid()
    assert "20,000" in str(form.errors["text"]) and "20,001" in str(form.errors["text"])
    assert long in str(form)
    assert "maxlength" not in str(form)


def test_twenty_thousand_characters_pass():
    assert WaterForm({"text": "水" * 20_000}).is_valid()


def test_an_error_is_tied_to_its_field_and_listed_above():
    form = WaterForm(QueryDict("place=x"))
    html = str(form)
    assert 'href="#id_text"' in html and 'aria-invalid="true"' in html
    assert 'aria-describedby="id_text_error"' in html and 'id="id_text_error"' in html
    assert "这里还没有填。" in html


def test_words_of_a_form_win_over_the_common_ones():
    class Own(PlainForm):
        when = field(
            forms.DateField(error_messages={"required": "说个日子。"}),
            purpose="p",
            basis="b",
            retention="r",
            reuse="u",
        )

    assert Own({}).errors["when"] == ["说个日子。"]


def test_a_field_without_declaration_is_found():
    class Careless(PlainForm):
        shoe_size = forms.IntegerField()

    try:
        assert any(name.endswith("Careless.shoe_size") for name in undeclared())
        assert not any("WaterForm" in name for name in undeclared())
    finally:
        REGISTER.remove(Careless)


def test_a_posted_name_finds_its_label():
    assert label_of("text") in {"出了什么事", "出了什么事？在哪里？"} or label_of("text") != "text"
    assert label_of("never_asked") == "never_asked"


# pages


@pytest.mark.parametrize("page", PAGES)
def test_gallery_pages_stand_without_a_database_and_hold_no_inline_code(page):
    answer = Client().get(page)
    html = answer.content.decode()
    assert answer.status_code == 200
    assert " style=" not in html and "<style" not in html
    assert not re.search(r"\son\w+=", html) and "javascript:" not in html
    assert len(answer.content) < 60_000


@pytest.mark.parametrize("page", PAGES)
def test_an_english_page_holds_no_chinese(page):
    if not translations.fresh():
        translations.compile_all()
    translation.trans_real.reset_cache(setting="LANGUAGES", enter=True)
    translation.trans_real._translations.clear()
    client = Client()
    client.cookies["lang"] = "en"
    html = client.get(page).content.decode()
    html = re.sub(r'<a [^>]*lang="zh-Hans".*?</a>', "", html)
    assert CHINESE.findall(html) == []
    assert 'lang="en"' in html


@pytest.mark.parametrize("page", PAGES)
def test_ids_of_a_page_are_unique(page):
    ids = re.findall(r'\sid="([^"]+)"', Client().get(page).content.decode())
    repeated = {name for name in ids if ids.count(name) > 1}
    # The gallery shows the same form several times; one of each stands on a real page.
    assert all(name.startswith(("id_", "slip-title", "mine", "find", "bulk", "verdict")) for name in repeated)


def test_everything_the_parts_say_has_english():
    files = (
        "charts",
        "forms",
        "gallery",
        "refusals",
        "samples",
        "samples_desk",
        "words",
        "templatetags/parts",
    )
    mine = (*(f"doors/parts/{name}.py" for name in files), "templates/parts/", "templates/base")
    lacking = [
        entry["text"]
        for entries in translations.missing()["missing"].values()
        for entry in entries
        if entry["at"].startswith(mine)
    ]
    assert lacking == []


def test_a_switch_link_sets_its_cookie_and_comes_back_to_the_clean_address():
    answer = Client().get("/gallery?lang=en&q=%E6%B0%B4")
    assert answer.status_code == 302 and answer.headers["Location"] == "/gallery?q=%E6%B0%B4"
    assert answer.cookies["lang"].value == "en"
    assert Client().get("/gallery?elder=1").cookies["elder"].value == "1"


def test_a_switch_link_never_leads_to_another_site():
    request = RequestFactory().get("/", {"lang": "en"})
    request.path = "//evil.example/"
    answer = language.LanguageMiddleware(lambda _: HttpResponse())(request)
    assert answer.headers["Location"] == "/evil.example/"


@pytest.mark.parametrize(
    ("cookie", "header", "tongue"),
    [
        ("", "", "zh-Hans"),
        ("", "en-GB,en;q=0.9", "en"),
        ("", "fr,zh;q=0.5,en;q=0.4", "zh-Hans"),
        ("zh", "en", "zh-Hans"),
        ("en", "zh", "en"),
        ("xx", "", "zh-Hans"),
    ],
)
def test_the_language_is_the_cookie_then_the_browser_then_chinese(cookie, header, tongue):
    client = Client(headers={"accept-language": header})
    if cookie:
        client.cookies["lang"] = cookie
    answer = client.get("/gallery/paper")
    assert answer.headers["Content-Language"] == tongue
    assert f'<html lang="{tongue}"' in answer.content.decode()


def test_elder_mode_marks_the_page():
    client = Client()
    client.cookies["elder"] = "1"
    assert "data-elder" in client.get("/gallery").content.decode()[:200]


def test_leaving_quickly_clears_and_goes_elsewhere():
    answer = Client().get("/leave")
    assert answer.status_code == 302 and answer.headers["Location"].startswith("https://")
    assert "storage" in answer.headers["Clear-Site-Data"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_the_look_is_small():
    size = {path.name: path.stat().st_size for path in (PARTS / "static/parts").iterdir()}
    resident = size["tokens.css"] + size["parts.css"] + size.get("public.css", 0)
    assert resident < 40_000, "a resident's page"
    assert size["tokens.css"] + size["parts.css"] + size["desk.css"] < 50_000, "a page of the desk"
    checking = size.pop("check.js")  # on its own page alone: a whole check of a slip, run in the browser
    assert checking < 9_000
    assert sum(bytes_ for name, bytes_ in size.items() if name.endswith(".js")) < 16_000


# drawings


def test_a_rate_of_few_answers_is_not_given():
    few = shown("{% count 0.5 29 low=0.3 high=0.7 %}")
    enough = shown("{% count 0.5 30 low=0.3 high=0.7 %}")
    assert "样本不足" in few and "50%" not in few and "<svg" not in few
    assert "50%" in enough and "30人回答" in enough and "<svg" in enough


def test_a_weekly_chart_leaves_a_gap_where_there_is_no_number():
    labels = words.weeks_between(date(2026, 1, 5), date(2026, 1, 26))
    drawn = charts.weeks(labels, [charts.Series("来件", [1, None, 3, 4])], title="每周")
    assert drawn.count('class="curve') == 1 and re.search(r'curve s0" d="M[^"]*M', drawn)
    assert "每周" in drawn and "style" not in drawn


@given(
    st.lists(
        st.one_of(st.none(), st.floats(min_value=0, max_value=1e7, allow_nan=False)), min_size=2, max_size=60
    )
)
def test_no_number_leaves_the_chart(values):
    labels = words.weeks_between(date(2025, 1, 6), date(2026, 3, 30))[: len(values)]
    drawn = charts.weeks(labels, [charts.Series("a", values)], title="t", area=False)
    path = re.search(r'curve s0" d="([^"]*)"', drawn)
    assert path is not None
    assert all(-0.1 <= float(number) <= 1000.1 for number in re.findall(r"[\d.]+", path[1]))


@given(st.floats(min_value=0.001, max_value=1e9))
def test_the_top_of_a_chart_is_at_or_above_the_highest(highest):
    assert highest <= charts.nice_top(highest) <= max(2, highest * 2.0001)


def test_labels_in_a_drawing_are_escaped():
    assert "<b>" not in charts.key([charts.Series("<b>", [1])])


# signing in


@pytest.mark.urls("minqing.wiring.urls")
def test_staff_sign_in_stands_in_our_frame_and_opens_no_accounts():
    html = Client().get("/accounts/login/").content.decode()
    assert "棠川县" in html and 'name="login"' in html and 'autocomplete="current-password"' in html
    assert "signup" not in html and "password/reset" not in html
