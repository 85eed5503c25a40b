"""How dates, times, numbers and codes are written on a page, in Chinese and in English. Never one inside the other."""

import re
from datetime import date, datetime, timedelta

from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WEEKDAYS = "一二三四五六日"
NOTHING = "—"
HAN = re.compile(r"[\u3400-\u9fff]")
SOON = 3  # calendar days: from here a light turns from 正常 to 3日内
Day = date | datetime | str | None


def in_english() -> bool:
    return (get_language() or "zh-hans").startswith("en")


def as_day(value: Day) -> date | None:
    """The calendar day here; accepts a date, an instant, or ISO text as the API gives it."""
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if len(value) > 10 else date.fromisoformat(value)
    if isinstance(value, datetime):
        return as_moment(value).date()
    return value


def as_moment(value: datetime) -> datetime:
    return timezone.localtime(value) if timezone.is_aware(value) else value


def day(value: Day) -> str:
    """2026年3月2日 · 2 Mar 2026"""
    on = as_day(value)
    if on is None:
        return NOTHING
    if in_english():
        return f"{on.day} {MONTHS[on.month - 1]} {on.year}"
    return f"{on.year}年{on.month}月{on.day}日"


def short_day(value: Day) -> str:
    """3月2日 周一 · Mon 2 Mar"""
    on = as_day(value)
    if on is None:
        return NOTHING
    if in_english():
        return f"{DAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"
    return f"{on.month}月{on.day}日 周{WEEKDAYS[on.weekday()]}"


def month_day(value: Day) -> str:
    """3月2日 · 2 Mar, for axes and dense rows"""
    on = as_day(value)
    if on is None:
        return NOTHING
    return f"{on.day} {MONTHS[on.month - 1]}" if in_english() else f"{on.month}月{on.day}日"


def clock(value: datetime | None) -> str:
    """上午9:05 · 9:05 am"""
    if value is None:
        return NOTHING
    at = as_moment(value)
    hour = at.hour % 12 or 12
    if in_english():
        return f"{hour}:{at.minute:02d} {'am' if at.hour < 12 else 'pm'}"
    part = next(
        word
        for until, word in ((5, "凌晨"), (12, "上午"), (13, "中午"), (18, "下午"), (24, "晚上"))
        if at.hour < until
    )
    return f"{part}{at.hour if at.hour == 0 else hour}:{at.minute:02d}"


def moment(value: datetime | None) -> str:
    """2026年3月2日 上午9:05 · 2 Mar 2026, 9:05 am"""
    if value is None:
        return NOTHING
    return f"{day(value)}{', ' if in_english() else ' '}{clock(value)}"


def days_left(due: Day, today: Day) -> int | None:
    """Calendar days from today to the due day; negative when late."""
    end, start = as_day(due), as_day(today)
    return None if end is None or start is None else (end - start).days


def until(due: Day, today: Day) -> str:
    """还有3天 · 今天到期 · 已超2日"""
    left = days_left(due, today)
    if left is None:
        return NOTHING
    if left == 0:
        return gettext("今天到期")
    if left > 0:
        return ngettext("还有{n}天", "还有{n}天", left).format(n=left)
    return ngettext("已超{n}日", "已超{n}日", -left).format(n=-left)


def ago(value: Day, today: Day) -> str:
    """今天 · 昨天 · 5天前, and the date when it is longer than a month ago."""
    left = days_left(value, today)
    if left is None:
        return NOTHING
    if left == 0:
        return gettext("今天")
    if left == -1:
        return gettext("昨天")
    if -31 < left < 0:
        return ngettext("{n}天前", "{n}天前", -left).format(n=-left)
    return day(value)


def light_of(due: Day, today: Day) -> str:
    """ok, soon or late: only from the dates, the same sum everywhere."""
    left = days_left(due, today)
    if left is None or left > SOON:
        return "ok"
    return "soon" if left >= 0 else "late"


def weeks_between(start: date, end: date) -> list[date]:
    """Mondays from the week of start to the week of end."""
    first = start - timedelta(days=start.weekday())
    return [first + timedelta(weeks=n) for n in range(((end - first).days // 7) + 1)]


def code4(code: object) -> str:
    """1234 5678 9012 3456: the query code in four groups."""
    digits = str(code or "").replace(" ", "")
    return " ".join(digits[n : n + 4] for n in range(0, len(digits), 4))


def masked_name(name: object) -> str:
    """张*: the family name only, two characters of it for the double ones."""
    text = str(name or "").strip()
    if not text:
        return gettext("未留姓名")
    keep = 2 if len(text) > 3 and text[:2] in DOUBLE_NAMES else 1
    return text[:keep] + "*"


DOUBLE_NAMES = frozenset(
    [
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "司徒",
        "司空",
        "夏侯",
        "宇文",
        "长孙",
        "端木",
        "南宫",
    ]
)


def masked_phone(phone: object) -> str:
    """Only the last two digits are shown."""
    digits = "".join(sign for sign in str(phone or "") if sign.isdigit())
    return "•" * max(len(digits) - 2, 0) + digits[-2:] if digits else gettext("未留电话")


def capped(count: int | None, most: int = 999) -> str:
    """999+ above the cap: a list is never counted to its end."""
    if count is None:
        return NOTHING
    return f"{most}+" if count > most else str(count)


def figure(number: float | int | None) -> str:
    """2,816"""
    return NOTHING if number is None else f"{number:,}"


def percent(share: float | None) -> str:
    """0.734 → 73%"""
    return NOTHING if share is None else f"{share * 100:.0f}%"
