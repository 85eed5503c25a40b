"""Invented material for the desk's half of the gallery: a township's queue and a county's numbers."""

from datetime import date, timedelta
from typing import Any

from django.utils.translation import pgettext

from minqing.doors.parts import charts, words
from minqing.doors.parts.samples import TODAY, at
from minqing.doors.parts.shapes import Act, Chip, Pager, Plot, Row


def rail() -> list[dict[str, Any]]:
    def queue(
        label: str, count: int | None = None, late: int | None = None, here: bool = False
    ) -> dict[str, Any]:
        return {"label": label, "url": "/gallery/desk", "count": count, "late": late, "here": here}

    return [
        {
            "title": pgettext("gallery", "要我办的"),
            "queues": [
                queue(pgettext("gallery", "待接"), 7),
                queue(pgettext("gallery", "在办"), 41, here=True),
                queue(pgettext("gallery", "已超期"), late=3),
                queue(pgettext("gallery", "等本人回话"), 12),
            ],
        },
        {
            "title": pgettext("gallery", "全单位"),
            "queues": [
                queue(pgettext("gallery", "全部"), 1240),
                queue(pgettext("gallery", "协助别家的"), 5),
                queue(pgettext("gallery", "暂时办不了"), 0),
            ],
        },
    ]


def rows() -> list[Row]:
    upper, lower, town = (
        pgettext("gallery", "青石镇 上湾村"),
        pgettext("gallery", "青石镇 下湾村"),
        pgettext("gallery", "棠川县 城关镇"),
    )
    accept = Act(pgettext("gallery", "接下"), "/gallery/desk", key="a", get=True)
    return [
        Row(
            "1",
            "#row-1",
            upper,
            pgettext("gallery", "自来水断了半个月，四十来户挑水吃"),
            holder=pgettext("gallery", "青石镇"),
            kind=pgettext("gallery", "求决"),
            state=pgettext("gallery", "在办"),
            due=TODAY - timedelta(days=2),
            got=at(2, 28),
        ),
        Row(
            "2",
            "#row-2",
            town,
            pgettext("gallery", "菜市场后门的路灯全灭了，晚上没法走"),
            holder=pgettext("gallery", "城关镇"),
            kind=pgettext("gallery", "求决"),
            state=pgettext("gallery", "待接"),
            due=TODAY,
            got=at(3, 27),
            acts=(accept,),
        ),
        Row(
            "3",
            "#row-3",
            lower,
            pgettext("gallery", "低保停了两个月，不知道为什么"),
            holder=pgettext("gallery", "民政局"),
            kind=pgettext("gallery", "申诉"),
            state=pgettext("gallery", "在办"),
            due=TODAY + timedelta(days=3),
            got=at(3, 9),
            note=pgettext("gallery", "同一件事3人"),
        ),
        Row(
            "4",
            "#row-4",
            upper,
            pgettext(
                "gallery",
                "建议把村口的班车站往南挪两百米，学生过马路太险，早上车多，去年冬天已经擦碰过两回，村里老人也都这样说，请交通部门来看看能不能挪",
            ),
            holder=pgettext("gallery", "交通运输局"),
            kind=pgettext("gallery", "建议"),
            state=pgettext("gallery", "在办"),
            due=TODAY + timedelta(days=26),
            got=at(3, 20),
        ),
        Row(
            "5",
            "#row-5",
            lower,
            pgettext("gallery", "宅基地四至跟邻居说不清"),
            holder=pgettext("gallery", "自然资源局"),
            kind=pgettext("gallery", "求决"),
            state=pgettext("gallery", "等鉴定"),
            due=TODAY + timedelta(days=9),
            got=at(1, 16),
            paused=True,
        ),
    ]


def filters() -> list[Chip]:
    return [
        Chip(pgettext("gallery", "在办"), "?", on=True),
        Chip(pgettext("gallery", "青石镇"), "?", on=True),
        Chip(pgettext("gallery", "3日内到期"), "?", count=9),
        Chip(pgettext("gallery", "已超期"), "?", count=3),
        Chip(pgettext("gallery", "我办的"), "?", count=1240),
    ]


def pager() -> Pager:
    return Pager(shown=5, total=1240, next_url="?after=5")


def weeks() -> dict[str, Any]:
    came = [21, 26, 19, 31, 44, 52, 38, 17, 29, 36, 33, 41, 27]
    ended = [18, 22, 25, 24, 30, 41, 47, 20, 26, 31, 38, 35, 30]
    labels = words.weeks_between(date(2026, 1, 5), date(2026, 3, 30))
    series = [
        charts.Series(pgettext("gallery", "来件"), came),
        charts.Series(pgettext("gallery", "办结"), ended),
    ]
    title = pgettext("gallery", "每周来件和办结")
    lines = [[words.month_day(on), str(a), str(b)] for on, a, b in zip(labels, came, ended, strict=True)]
    return {
        "title": title,
        "svg": charts.weeks(labels, series, title=title),
        "key": charts.key(series),
        "head": [pgettext("gallery", "这一周起"), pgettext("gallery", "来件"), pgettext("gallery", "办结")],
        "lines": lines[::-1],
    }


def spans() -> dict[str, Any]:
    plots = [
        (pgettext("gallery", "青石镇"), 9, 31, 88),
        (pgettext("gallery", "城关镇"), 12, 48, 140),
        (pgettext("gallery", "水利局"), 6, 22, 35),
        (pgettext("gallery", "民政局"), 14, 66, 51),
    ]
    return {
        "title": pgettext("gallery", "多少天答复"),
        "note": pgettext("gallery", "深色：一半的件在这以前答复；浅色：九成；虚线：法定60天。"),
        "head": [
            pgettext("gallery", "单位"),
            pgettext("gallery", "天数"),
            pgettext("gallery", "一半"),
            pgettext("gallery", "九成"),
            pgettext("gallery", "件数"),
        ],
        "plots": [
            Plot(name, charts.span(a, b, top=80, limit=60), (str(a), str(b), str(n)), n=n)
            for name, a, b, n in plots
        ],
    }


def dots() -> dict[str, Any]:
    plots = [
        (pgettext("gallery", "青石镇"), 0.71, 0.60, 0.80, 0.66, 74, True),
        (pgettext("gallery", "白杨镇"), 0.64, 0.52, 0.75, None, 61, False),
        (pgettext("gallery", "柳河乡"), 0.83, 0.69, 0.92, None, 41, False),
        (pgettext("gallery", "石门乡"), None, None, None, None, 12, False),
    ]
    return {
        "title": pgettext("gallery", "本人说解决了的"),
        "note": pgettext("gallery", "只跟同类单位比，按名录排列。圈是本单位去年同期，线是大致范围。"),
        "head": [
            pgettext("gallery", "单位"),
            pgettext("gallery", "0到100%"),
            pgettext("gallery", "比例"),
            pgettext("gallery", "范围"),
            pgettext("gallery", "回答"),
        ],
        "plots": [
            Plot(
                name,
                charts.dot(v, lo, hi, own=own, past=past),
                (
                    words.percent(v),
                    f"{words.percent(lo)}–{words.percent(hi)}" if lo is not None else words.NOTHING,
                    str(n),
                ),
                own=own,
                enough=v is not None,
                n=n,
            )
            for name, v, lo, hi, past, n, own in plots
        ],
    }
