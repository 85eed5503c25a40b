"""The gallery: every part in all its forms, to look at, to test, and to copy the call from. Invented words only."""

from datetime import date
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import pgettext

from minqing.doors.parts import samples, samples_desk
from minqing.doors.parts.samples import TODAY, BadSampleForm, SampleForm
from minqing.doors.parts.shapes import Act, Chip, Door, Tab


def _qr() -> SafeString:
    return SafeString(
        segno.make("https://tangchuan.example/verify", error="m").svg_inline(border=0, omitsize=True)
    )


def _frame(name: str) -> list[Tab]:
    views = (
        ("gallery", "/gallery", pgettext("gallery", "居民看的")),
        ("desk", "/gallery/desk", pgettext("gallery", "单位看的")),
        ("paper", "/gallery/paper", pgettext("gallery", "打印的")),
    )
    return [Tab(label=label, url=url, here=key == name) for key, url, label in views]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    blank, wrong = SampleForm(), BadSampleForm(samples.wrong_post())
    wrong.is_valid()
    told: dict[str, Any] = {
        "page_title": pgettext("gallery", "部件一览"),
        "frames": _frame("gallery"),
        "today": TODAY,
        "wide": True,
        "doors": [
            Door(
                "/gallery",
                pgettext("gallery", "我要反映"),
                pgettext("gallery", "说一件事，或者提个建议"),
                main=True,
            ),
            Door("/gallery", pgettext("gallery", "查进度"), pgettext("gallery", "凭登记回执上的查询码")),
            Door("/gallery", pgettext("gallery", "看公开"), pgettext("gallery", "各村各单位办得怎么样")),
        ],
        "slip": samples.slip(qr=_qr()),
        "slip_bare": samples.slip_without_code(),
        "slip_long": samples.slip_long(qr=_qr()),
        "lights": samples.lights(),
        "steps": samples.steps(),
        "events": samples.events(),
        "events_long": samples.events_long(),
        "blank": blank,
        "wrong": wrong,
        "question": samples.QuestionForm(),
        "choice_question": samples.ReplyByForm(),
        "verdict_errors": {"solved": pgettext("gallery", "这里还没有选。")},
        "mine": samples.mine(),
        "theirs": samples.theirs(),
        "acts": [
            Act(pgettext("gallery", "接下来办"), "/gallery", main=True, get=True),
            Act(pgettext("gallery", "转给能办的单位"), "/gallery", get=True),
            Act(pgettext("gallery", "不归这里办"), "/gallery", hard=True, get=True),
        ],
        "chips": [
            Chip(pgettext("gallery", "没解决"), "?", on=True),
            Chip(pgettext("gallery", "供水"), "?", count=12),
            Chip(pgettext("gallery", "修路"), "?", count=1840),
        ],
        "tabs": [
            Tab(pgettext("gallery", "经过"), "?", here=True),
            Tab(pgettext("gallery", "原文"), "?"),
            Tab(pgettext("gallery", "文书"), "?", count=3),
            Tab(pgettext("gallery", "关联"), "?", count=1200),
        ],
        "refusal": samples.refusal(),
        "refusal_typed": samples.refusal_typed(),
        "read_again": [Act(pgettext("gallery", "去反映"), "/gallery", get=True)],
    }
    return render(request, "parts/gallery.html", told)


@login_not_required
def gallery_desk(request: HttpRequest) -> HttpResponse:
    told: dict[str, Any] = {
        "page_title": pgettext("gallery", "部件一览"),
        "frames": _frame("desk"),
        "today": TODAY,
        "rail": samples_desk.rail(),
        "due_today": {"due": 12, "url": "/gallery/desk", "late": 3, "late_url": "/gallery/desk"},
        "me": {
            "name": pgettext("gallery", "陈经办"),
            "post": pgettext("gallery", "承办人"),
            "office": pgettext("gallery", "棠川县水利局"),
            "places": [],
        },
        "rows": samples_desk.rows(),
        "pager": samples_desk.pager(),
        "chips": samples_desk.filters(),
        "find_url": "/gallery/desk",
        "bulk": {
            "url": "/gallery/desk",
            "label": pgettext("gallery", "一起交办"),
            "offices": [("1", pgettext("gallery", "水利局")), ("2", pgettext("gallery", "交通运输局"))],
        },
        "no_rows": {
            "title": pgettext("gallery", "这里没有要办的"),
            "line": pgettext("gallery", "新的来件会出现在这里。"),
            "acts": [Act(pgettext("gallery", "看全部"), "/gallery/desk", get=True)],
        },
        "case": samples_desk.rows()[1],
        "case_steps": samples.steps(),
        "events": samples.events(),
        "original": samples.original(),
        "case_acts": [
            Act(pgettext("gallery", "接下来办"), "/gallery/desk", main=True, get=True, key="a"),
            Act(pgettext("gallery", "退回，说明理由"), "/gallery/desk", get=True, key="r"),
            Act(pgettext("gallery", "要求延期"), "/gallery/desk", get=True),
            Act(pgettext("gallery", "请单位协办"), "/gallery/desk", get=True),
            Act(pgettext("gallery", "给本人留话"), "/gallery/desk", get=True),
            Act(pgettext("gallery", "开始调解"), "/gallery/desk", get=True),
            Act(pgettext("gallery", "不归这里办"), "/gallery/desk", hard=True, get=True),
        ],
        "tabs": [
            Tab(pgettext("gallery", "经过"), "?", here=True),
            Tab(pgettext("gallery", "原文"), "?"),
            Tab(pgettext("gallery", "文书"), "?", count=3),
            Tab(pgettext("gallery", "关联"), "?", count=1),
        ],
        "weeks": samples_desk.weeks(),
        "spans": samples_desk.spans(),
        "dots": samples_desk.dots(),
        "sentence": pgettext("gallery", "今天有12件到期，3件已超期，最久的超9日。"),
        "refusal": samples.refusal(),
        "mine": samples.mine(),
        "theirs": samples.theirs(),
    }
    return render(request, "parts/gallery_desk.html", told)


@login_not_required
def gallery_paper(request: HttpRequest) -> HttpResponse:
    told = {
        "page_title": pgettext("gallery", "部件一览"),
        "frames": _frame("paper"),
        "slip": samples.slip(qr=_qr()),
        "paper": samples.paper(),
        "today": date(2026, 3, 2),
    }
    return render(request, "parts/gallery_paper.html", told)
