"""Tags and filters of the look: {% load parts %}. Each part's template says at its top what it needs."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.template.context import Context
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from minqing.doors.parts import charts, words

register = template.Library()
for name in (
    "day",
    "short_day",
    "month_day",
    "clock",
    "moment",
    "code4",
    "masked_name",
    "masked_phone",
    "figure",
    "percent",
):
    register.filter(name, getattr(words, name), is_safe=False)
register.filter("until", words.until)
register.filter("ago", words.ago)
register.filter("capped", words.capped)


@register.filter
def iso(value: date | datetime | None) -> str:
    """For <time datetime="…">."""
    return "" if value is None else value.isoformat()


@register.filter
def said(value: object) -> str:
    """A Word's label, or any Chinese text from the database's fixed words, in the language of the page."""
    text = str(getattr(value, "label", value) or "")
    return gettext(text) if text else ""


@register.filter
def tongue(text: object) -> SafeString:
    """lang="zh-Hans" for somebody's own words that stay Chinese on an English page, so that they are read out right."""
    chinese = words.in_english() and words.HAN.search(str(text or ""))
    return format_html(' lang="{}"', "zh-Hans") if chinese else SafeString()


@register.filter
def code_groups(code: object) -> SafeString:
    """The query code as four groups a line may break between; read out digit by digit."""
    groups = words.code4(code).split(" ")
    return format_html_join(" ", "<span>{}</span>", ((group,) for group in groups))


@register.inclusion_tag("parts/stamp.html")
def stamp() -> dict[str, object]:
    return {}


@register.simple_tag(takes_context=True)
def switch(context: Context, name: str, value: str) -> str:
    """The address of this page with ?lang= or ?elder=: {% switch "lang" "en" %}."""
    here = str(context.get("here", "/"))
    return f"{here}{'&' if '?' in here else '?'}{urlencode({name: value})}"


@register.simple_tag
def light(
    due: Any, today: Any, *, met: Any = None, paused: bool = False, pill: bool = False, dated: bool = True
) -> SafeString:
    """● 正常 3月2日 · ◐ 还有2天 … · ▲ 已超2日 … · ✓ 按时 …: {% light case.due_at today %}. Word and shape before colour."""
    if due is None and not met and not paused:
        return _light("ok", "○", gettext("没有期限"), None, pill)
    if met:
        late = (words.days_left(due, met) or 0) < 0
        return _light(
            "met", "✓", gettext("超期办完") if late else gettext("按时"), met if dated else None, pill
        )
    # Past the day of the promised answer it is as late as any other.
    if paused and (words.days_left(due, today) or 0) >= 0:
        return _light("paused", "‖", gettext("再答复"), due if dated else None, pill)
    kind = words.light_of(due, today)
    said_ = gettext("正常") if kind == "ok" else words.until(due, today)
    return _light(kind, MARKS[kind], said_, due if dated else None, pill)


MARKS = {"ok": "●", "soon": "◐", "late": "▲"}


def _light(kind: str, mark: str, said_: str, when: Any, pill: bool) -> SafeString:
    day = words.as_day(when)
    dated = format_html(
        ' <time datetime="{}">{}</time>', day.isoformat() if day else "", words.month_day(day)
    )
    return format_html(
        '<span class="light light-{}{}"><span class="mark" aria-hidden="true">{}</span>{}{}</span>',
        kind,
        " light-pill" if pill else "",
        mark,
        said_,
        dated if day else "",
    )


@register.inclusion_tag("parts/count.html")
def count(
    value: float | None, n: int, *, low: float | None = None, high: float | None = None, name: str = ""
) -> dict[str, object]:
    """A share with its n and its interval; under 30 answers no number is guessed: {% count share n low=l high=h name="…" %}."""
    enough = n >= charts.ENOUGH and value is not None
    spoken = ""
    if enough and low is not None and high is not None:
        spoken = gettext("大致在{low}到{high}之间").format(low=words.percent(low), high=words.percent(high))
    return {
        "name": name,
        "n": n,
        "enough": enough,
        "value": words.percent(value),
        "spoken": spoken,
        "bar": charts.interval_bar(value or 0.0, low or 0.0, high or 0.0) if spoken else "",
        "least": charts.ENOUGH,
    }


@register.filter
def upto(number: int) -> range:
    """1 … number, for the marks of steps."""
    return range(1, int(number or 0) + 1)


@register.filter
def after_label(label: object) -> SafeString:
    """标签： in Chinese, "Label: " in English."""
    return format_html("{}{}", label, pgettext("after a label", "："))
