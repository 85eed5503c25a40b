"""The gallery: every part in all its forms, to look at, to test, and to copy the call from. Invented words only."""

from datetime import date
from typing import Any

import segno
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from minqing.doors.parts import samples
from minqing.doors.parts.samples import TODAY, BadSampleForm, SampleForm
from minqing.doors.parts.shapes import Act, Chip, Door, Tab


def _qr() -> SafeString:
    return SafeString(segno.make("https://tangchuan.example/verify", error="m").svg_inline(border=0, omitsize=True))


def _frame(name: str) -> list[Tab]:
    views = (("gallery", "/gallery", _("居民看的")), ("desk", "/gallery/desk", _("单位看的")), ("paper", "/gallery/paper", _("打印的")))
    return [Tab(label=label, url=url, here=key == name) for key, url, label in views]


@login_not_required
def gallery(request: HttpRequest) -> HttpResponse:
    blank, wrong = SampleForm(), BadSampleForm(samples.wrong_post())
    wrong.is_valid()
    told: dict[str, Any] = {
        "page_title": _("部件一览"), "frames": _frame("gallery"), "today": TODAY, "wide": True,
        "doors": [
            Door("/gallery", _("我要反映"), _("说一件事，或者提个建议"), main=True),
            Door("/gallery", _("查进度"), _("凭登记回执上的查询码")),
            Door("/gallery", _("看公开"), _("各村各单位办得怎么样")),
        ],
        "slip": samples.slip(qr=_qr()), "slip_bare": samples.slip_without_code(), "slip_long": samples.slip_long(qr=_qr()),
        "lights": samples.lights(), "steps": samples.steps(), "events": samples.events(), "events_long": samples.events_long(),
        "blank": blank, "wrong": wrong, "question": samples.QuestionForm(), "choice_question": samples.ReplyByForm(),
        "verdict_errors": {"solved": _("这里还没有选。")}, "mine": samples.mine(), "theirs": samples.theirs(),
        "acts": [
            Act(_("接下来办"), "/gallery", main=True, get=True), Act(_("转给能办的单位"), "/gallery", get=True),
            Act(_("不归这里办"), "/gallery", hard=True, get=True),
        ],
        "chips": [Chip(_("没解决"), "?", on=True), Chip(_("供水"), "?", count=12), Chip(_("修路"), "?", count=1840)],
        "tabs": [Tab(_("经过"), "?", here=True), Tab(_("原文"), "?"), Tab(_("文书"), "?", count=3), Tab(_("关联"), "?", count=1200)],
        "refusal": samples.refusal(), "refusal_typed": samples.refusal_typed(),
        "read_again": [Act(_("去反映"), "/gallery", get=True)],
    }
    return render(request, "parts/gallery.html", told)


@login_not_required
def gallery_desk(request: HttpRequest) -> HttpResponse:
    told: dict[str, Any] = {
        "page_title": _("部件一览"), "frames": _frame("desk"), "today": TODAY,
        "rail": samples.rail(), "due_today": {"due": 12, "late": 3, "url": "/gallery/desk"},
        "me": {"name": _("陈经办"), "post": _("承办人"), "office": _("棠川县水利局"), "places": []},
        "rows": samples.rows(), "pager": samples.pager(), "chips": samples.filters(),
        "find_url": "/gallery/desk",
        "bulk": {"url": "/gallery/desk", "label": _("一起交办"), "offices": [("1", _("水利局")), ("2", _("交通运输局"))]},
        "no_rows": {"title": _("这里没有要办的"), "line": _("新的来件会出现在这里。"), "acts": [Act(_("看全部"), "/gallery/desk", get=True)]},
        "case": samples.rows()[1], "case_steps": samples.steps(), "events": samples.events(), "original": samples.original(),
        "case_acts": [
            Act(_("接下来办"), "/gallery/desk", main=True, get=True, key="a"), Act(_("退回，说明理由"), "/gallery/desk", get=True, key="r"),
            Act(_("要求延期"), "/gallery/desk", get=True),
        ],
        "tabs": [Tab(_("经过"), "?", here=True), Tab(_("原文"), "?"), Tab(_("文书"), "?", count=3), Tab(_("关联"), "?", count=1)],
        "weeks": samples.weeks(), "spans": samples.spans(), "dots": samples.dots(),
        "sentence": _("今天有12件到期，3件已超期，最久的超9日。"),
        "refusal": samples.refusal(), "mine": samples.mine(), "theirs": samples.theirs(),
    }
    return render(request, "parts/gallery_desk.html", told)


@login_not_required
def gallery_paper(request: HttpRequest) -> HttpResponse:
    told = {"page_title": _("部件一览"), "frames": _frame("paper"), "slip": samples.slip(qr=_qr()), "paper": samples.paper(), "today": date(2026, 3, 2)}
    return render(request, "parts/gallery_paper.html", told)
