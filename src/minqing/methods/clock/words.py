"""Why that day: the steps of a due date as plain sentences, Chinese and English."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from minqing.methods.clock.due import Due, Step
from minqing.methods.clock.festivals import NAMES
from minqing.methods.clock.terms import Moment

WEEKDAYS_ZH = "一二三四五六日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS_ZH = {"D": "日", "WD": "个工作日", "M": "个月", "H": "小时", "MIN": "分钟", "S": "秒"}
UNITS_EN = {"D": "day", "WD": "working day", "M": "month", "H": "hour", "MIN": "minute", "S": "second"}

Params = dict[str, Any]


def explain(due: Due, lang: str = "zh-hans") -> str:
    """The whole explanation in one paragraph."""
    return sentences(due.steps, lang)


def sentences(steps: Sequence[Step], lang: str) -> str:
    if lang.startswith("en"):
        return " ".join(EN[step.code](step.params) for step in steps)
    return "".join(ZH[step.code](step.params) for step in steps)


def term_words(n: int, unit: str, lang: str) -> str:
    """15日 · 5个工作日 · 3个月 / 15 days · 5 working days."""
    if lang.startswith("en"):
        return f"{n} {UNITS_EN[unit]}{'' if n == 1 else 's'}"
    return f"{n}{UNITS_ZH[unit]}"


def moment_words(when: Moment, lang: str) -> str:
    """2026年2月27日（周五）, with the time of day if there is one / Fri 27 Feb 2026."""
    if lang.startswith("en"):
        text = f"{WEEKDAYS_EN[when.weekday()]} {when.day} {MONTHS_EN[when.month - 1]} {when.year}"
        return f"{text}, {_clock(when)}" if isinstance(when, datetime) else text
    text = f"{when.year}年{when.month}月{when.day}日（周{WEEKDAYS_ZH[when.weekday()]}）"
    return f"{text}{_clock(when)}" if isinstance(when, datetime) else text


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}" if at.second else f"{at:%H:%M}"


def _zh(text: str) -> str:
    return moment_words(_read(text), "zh")


def _en(text: str) -> str:
    return moment_words(_read(text), "en")


def _read(text: str) -> Moment:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)


def _short_zh(text: str) -> str:
    day = _read(text)
    return f"{day.month}月{day.day}日"


def _short_en(text: str) -> str:
    day = _read(text)
    return f"{day.day} {MONTHS_EN[day.month - 1]}"


def _span_zh(params: Params) -> str:
    first, last = params["from"], params["to"]
    return _short_zh(first) if first == last else f"{_short_zh(first)}至{_short_zh(last)}"


def _span_en(params: Params) -> str:
    first, last = params["from"], params["to"]
    return _short_en(first) if first == last else f"{_short_en(first)} to {_short_en(last)}"


def _festivals(params: Params, lang: int) -> str:
    return ("、", " and ")[lang].join(NAMES[name][lang] for name in params["festivals"])


def _roll_zh(params: Params) -> str:
    why = "休息日" if params["weekend"] else f"{_festivals(params, 0)}放假"
    return f"这天是{why}，顺延到下一个工作日：{_zh(params['to'])}。"


def _roll_en(params: Params) -> str:
    why = "a weekend" if params["weekend"] else (_festivals(params, 1) or "a public holiday")
    return f"That day falls on {why}, so it moves to the first working day after it: {_en(params['to'])}."


def _back_zh(params: Params) -> str:
    why = "休息日" if params["weekend"] else f"{_festivals(params, 0)}放假"
    return f"这天是{why}，提前到前一个工作日：{_zh(params['to'])}。"


def _back_en(params: Params) -> str:
    why = "a weekend" if params["weekend"] else (_festivals(params, 1) or "a public holiday")
    return f"That day falls on {why}, so it moves to the last working day before it: {_en(params['to'])}."


def _n_en(params: Params, unit: str) -> str:
    return term_words(params["n"], unit, "en")


ZH: dict[str, Callable[[Params], str]] = {
    "start": lambda p: f"从{_zh(p['date'])}的第二天起算，当天不算。",
    "start.before": lambda p: f"从{_zh(p['date'])}往前倒着数，当天不算。",
    "start.moment": lambda p: f"从{_zh(p['at'])}起算。",
    "start.midnight": lambda p: f"没有写明几点，从{_zh(p['date'])}零点起算。",
    "same-day": lambda p: f"{_zh(p['date'])}当天就要办，休息日也不往后推。",
    "same-workday": lambda p: f"{_zh(p['date'])}当天就要办。",
    "count.days": lambda p: f"{p['n']}日，休息日也算在内，数到{_zh(p['to'])}。",
    "count.days-before": lambda p: f"提前{p['n']}日，休息日也算在内，是{_zh(p['to'])}。",
    "count.workdays": lambda p: f"只数工作日，第{p['n']}个工作日是{_zh(p['to'])}。",
    "count.workdays-before": lambda p: f"只数工作日，往前第{p['n']}个工作日是{_zh(p['to'])}。",
    "count.months": lambda p: f"{p['n']}个月后的同一天是{_zh(p['to'])}。",
    "count.months-cut": lambda p: f"{p['n']}个月后的那个月没有对应的日子，按月末算，是{_zh(p['to'])}。",
    "count.months-before": lambda p: f"{p['n']}个月前的同一天是{_zh(p['to'])}。",
    "count.elapsed": lambda p: f"{p['n']}{UNITS_ZH[p['unit']]}，一刻不停地算，休息日也算。",
    "extended": lambda p: f"其中有批准延长的{p['n']}{UNITS_ZH[p['unit']]}。",
    "pause": lambda p: f"{_span_zh(p)}依规定不计算在内，期限相应往后移。",
    "skip.holiday": lambda p: f"{_span_zh(p)}{_festivals(p, 0)}放假，不算。",
    "makeup.counts": lambda p: f"{_zh(p['date'])}调休上班，算一个工作日。",
    "makeup.stays": lambda p: f"{_short_zh(p['date'])}虽是周末，但调休上班，不顺延。",
    "roll": _roll_zh,
    "roll.back": _back_zh,
    "provisional.not-published": lambda p: (
        f"{p['year']}年假日安排未公布，先按周末和法定节日推算；公布后会重新计算，有变化就告诉您。"
    ),
    "provisional.not-loaded": lambda p: f"系统没有收录{p['year']}年的放假安排，按周末和现行法定节日推算。",
    "due": lambda p: f"所以最迟是{_zh(p.get('date') or p['at'])}。",
}
EN: dict[str, Callable[[Params], str]] = {
    "start": lambda p: f"Counting starts the day after {_en(p['date'])}; that day itself does not count.",
    "start.before": lambda p: f"Counted back from {_en(p['date'])}; that day itself does not count.",
    "start.moment": lambda p: f"Counting starts at {_en(p['at'])}.",
    "start.midnight": lambda p: (
        f"No time of day was given, so counting starts at midnight of {_en(p['date'])}."
    ),
    "same-day": lambda p: f"It is due on the same day, {_en(p['date'])}, even on a day off.",
    "same-workday": lambda p: f"It is due on the same day, {_en(p['date'])}.",
    "count.days": lambda p: f"{_n_en(p, 'D')}, days off included, end on {_en(p['to'])}.",
    "count.days-before": lambda p: f"{_n_en(p, 'D')} earlier, days off included, is {_en(p['to'])}.",
    "count.workdays": lambda p: f"Only working days count; number {p['n']} is {_en(p['to'])}.",
    "count.workdays-before": lambda p: f"Only working days count; number {p['n']} back is {_en(p['to'])}.",
    "count.months": lambda p: f"The same day {_n_en(p, 'M')} later is {_en(p['to'])}.",
    "count.months-cut": lambda p: (
        f"{_n_en(p, 'M')} on there is no such day; the month ends on {_en(p['to'])}."
    ),
    "count.months-before": lambda p: f"The same day {_n_en(p, 'M')} earlier is {_en(p['to'])}.",
    "count.elapsed": lambda p: f"{_n_en(p, p['unit'])} run day and night, days off included.",
    "extended": lambda p: f"This includes an approved extension of {_n_en(p, p['unit'])}.",
    "pause": lambda p: f"By rule {_span_en(p)} is not counted, and the end moves on by as much.",
    "skip.holiday": lambda p: (
        f"{_span_en(p)} is a holiday{_in_brackets(_festivals(p, 1))} and does not count."
    ),
    "makeup.counts": lambda p: f"{_en(p['date'])} is worked to make up for a holiday and counts.",
    "makeup.stays": lambda p: (
        f"{_short_en(p['date'])} is a weekend day worked to make up for a holiday, so the date stays."
    ),
    "roll": _roll_en,
    "roll.back": _back_en,
    "provisional.not-published": lambda p: (
        f"The holidays of {p['year']} are not announced yet, so weekends and the fixed holidays are assumed;"
        " the date is worked out again when they are, and you are told if it changes."
    ),
    "provisional.not-loaded": lambda p: (
        f"The holiday notice of {p['year']} is not on file, so weekends and today's fixed holidays are assumed."
    ),
    "due": lambda p: f"So the latest is {_en(p.get('date') or p['at'])}.",
}


def _in_brackets(text: str) -> str:
    return f" ({text})" if text else ""
