"""Changing the law's rows: two persons, never backwards in time, never longer than the law allows."""

from datetime import date

from minqing.ground.law.rules.laws import Mark
from minqing.ground.law.rules.table import Rule
from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word
from minqing.methods.clock import Term


class Source(Word):
    """Why a county row stands: its own rule may only be stricter; a changed law may be anything."""

    COUNTY = "county", "本县自定"
    LAW_CHANGED = "law-changed", "法律法规有变"


class SamePerson(Refusal):
    code, status, text = "law.same-person", 422, "提出人不能批准自己的改动，请另一位同志批准。"


class AlreadyApproved(Refusal):
    code, status, text = "law.already-approved", 409, "这项改动已经批准，不能再改。"


class Backdated(Refusal):
    code, status, text = "law.backdated", 422, "新规定最早从{earliest}起生效：旧件按旧规定办。"


class LongerThanLaw(Refusal):
    code, status, text = (
        "law.longer-than-law",
        422,
        "法定期限是{limit}，最多延长{extend}；本县可以更短，不能更长。",
    )


class UnknownScheme(Refusal):
    code, status, text = "law.unknown-scheme", 422, "没有“{scheme}”这套期限方案。"


class CalendarGap(Refusal):
    code, status, text = "law.calendar-gap", 422, "放假安排要一年接一年录入：下一个该录的是{year}年。"


class CalendarOutsideYear(Refusal):
    code, status, text = "law.calendar-outside-year", 422, "{day}不在{year}年内。"


class CalendarLineBroken(Refusal):
    code, status, text = (
        "law.calendar-line-broken",
        422,
        "放假安排第{line}行看不懂，请写成 2027-02-06,2027-02-12,off 这样。",
    )


class CalendarEmpty(Refusal):
    code, status, text = "law.calendar-empty", 422, "放假安排里一天也没有。"


class NotAMakeup(Refusal):
    code, status, text = "law.not-a-makeup", 422, "{day}本来就是工作日，不能记成调休上班。"


class FrozenOutsideDemo(Refusal):
    code, status, text = (
        "law.clock-frozen-outside-demo",
        503,
        "MINQING_NOW 只能在演示和测试中使用，正式系统不能冻结时间。",
    )


class BadNow(Refusal):
    code, status, text = "law.bad-now", 503, "MINQING_NOW 要写成带时区的时间，例如 2026-06-30T09:00+08:00。"


class OnlyForward(Refusal):
    code, status, text = "law.clock-only-forward", 422, "演示时钟只能往后拨，最多拨{limit}天。"


class NotADemo(Refusal):
    code, status, text = "law.not-a-demo", 404, "这里不是演示系统，没有演示时钟。"


def check_rule(
    *, term: Term, extend: int, valid_from: date, today: date, source: Source, standing: Rule | None
) -> None:
    """Refuse a new version that starts before tomorrow, or that gives an office more time than the law does."""
    if valid_from <= today:
        raise Backdated(earliest=date.fromordinal(today.toordinal() + 1).isoformat())
    if standing is None or standing.mark is not Mark.LAW or source is Source.LAW_CHANGED:
        return
    longer = term.unit is not standing.term.unit or abs(term.n) > abs(standing.term.n)
    if longer or extend > standing.extend:
        raise LongerThanLaw(limit=str(standing.term), extend=standing.extend)
