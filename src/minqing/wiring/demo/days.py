"""How people and offices name days, seen from one day: long lists made once and drawn from."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from minqing.wiring.demo.dice import listed
from minqing.wiring.demo.matters import chinese

WEEK = "一二三四五六日"
HOURS = listed(
    "早上五点多 早上六点半 早上七点 早上七点四十 上午八点多 上午九点 上午九点半 上午十点 上午十点多 上午十一点 快到中午 中午十二点 "
    "中午一点 下午两点 下午两点半 下午三点 下午三点多 下午四点 下午四点半 下午五点 傍晚六点 天擦黑 晚上七点 晚上七点半 晚上八点 晚上八点多"
)
NIGHTS = listed(
    "晚上九点多 晚上十点 夜里十点半 夜里十一点 夜里十一点半 半夜十二点 半夜一点 后半夜 凌晨两点 凌晨三点多 凌晨四点 天没亮"
)


@dataclass(frozen=True, slots=True)
class DayWords:
    """`past` days, `since` when, `months` back, wished `terms`, `later` days, an office's `recent` days and `promised` ones."""

    past: tuple[str, ...]
    since: tuple[str, ...]
    still: tuple[str, ...]
    months: tuple[str, ...]
    terms: tuple[str, ...]
    later: tuple[str, ...]
    recent: tuple[str, ...]
    promised: tuple[str, ...]


def plain(day: date, today: date) -> str:
    year = "" if day.year == today.year else "去年" if day.year == today.year - 1 else "明年"
    return f"{year}{day.month}月{day.day}日"


def third(day: date) -> str:
    return f"{day.month}月{'上中下'[min(2, (day.day - 1) // 10)]}旬"


@lru_cache(maxsize=2048)
def day_words(today: date) -> DayWords:
    def ago(n: int) -> date:
        return today - timedelta(days=n)

    def ahead(n: int) -> date:
        return today + timedelta(days=n)

    past = [plain(ago(n), today) for n in range(2, 75)] + [
        plain(ago(n), today).replace("日", "号") for n in range(2, 60)
    ]
    past += [f"上周{WEEK[n]}" for n in range(7)] + ["前天", "昨天", "大前天"]
    since = [plain(ago(n), today) + "起" for n in range(9, 160, 2)] + [
        f"从{third(ago(n))}开始" for n in range(12, 170, 10)
    ]
    since += [f"这{n}来天" for n in range(20, 90, 10)] + [f"近{chinese(n)}个月" for n in range(2, 12)]
    since += [
        f"{'今年' if ago(n).year == today.year else '去年'}{ago(n).month}月以来" for n in range(30, 330, 30)
    ]
    since += [f"连着{chinese(n)}个礼拜" for n in range(2, 9)] + [f"前后{n}天" for n in range(11, 70, 3)]
    still = [f"这{n}天" for n in range(8, 90)] + [f"从{third(ago(n))}到现在" for n in range(10, 200, 9)]
    still += [f"这{chinese(n)}个月" for n in range(2, 11)] + [
        f"{ago(n).month}月到现在" for n in range(40, 330, 30)
    ]
    still += [f"近{n}天" for n in range(12, 60)]
    months = [plain(ago(n), today) for n in range(80, 200, 3)]
    terms = [f"{ahead(n).month}月{ahead(n).day}号" for n in range(6, 50)] + [
        f"{ahead(n).month}月底" for n in (0, 30, 60)
    ]
    terms += [f"{ahead(n).month}月中旬" for n in (20, 50)] + [
        "这个月底",
        "下个月初",
        "下个月十号",
        "下个月二十号",
        "这个季度完",
    ]
    later = [plain(ahead(n), today).replace("日", "号") for n in range(2, 26)]
    later += [f"下周{WEEK[n]}" for n in range(7)] + ["这个周末", "后天", "大后天", "下个赶场天", "月底"]
    recent = [plain(ago(n), today) for n in range(1, 13)]
    promised = [plain(ahead(n), today) for n in range(8, 90)] + [
        f"{ahead(n).month}月底" for n in (25, 55, 85)
    ]
    lists = (past, since, still, months, terms, later, recent, promised)
    return DayWords(*(tuple(texts) for texts in lists))
