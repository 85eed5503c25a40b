"""Invented material for the gallery and its tests: one water pipe in an invented county."""

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import pgettext, pgettext_lazy

from minqing.doors.parts.forms import Choices, LineField, ManyChoices, PlainForm, TextField, Tick, field
from minqing.doors.parts.shapes import Event, Paper, Slip, Step, Version

HERE = ZoneInfo("Asia/Shanghai")
TODAY = date(2026, 3, 30)
SHOWN = {"purpose": "gallery", "basis": "none: nothing is kept", "retention": "0", "reuse": "none"}


def at(month: int, day: int, hour: int = 9, minute: int = 5) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=HERE)


class QuestionForm(PlainForm):
    text = field(
        TextField(
            label=pgettext_lazy("gallery", "出了什么事？在哪里？"),
            help_text=pgettext_lazy("gallery", "想到哪儿说到哪儿，不用写格式。"),
            rows=7,
        ),
        **SHOWN,
    )


class ReplyByForm(PlainForm):
    reply_by = field(
        forms.ChoiceField(
            label=pgettext_lazy("gallery", "办好了怎么告诉您？"),
            widget=Choices(
                hints={
                    "sms": pgettext_lazy("gallery", "只说有答复了，不写内容"),
                    "letter": pgettext_lazy("gallery", "要留地址"),
                    "self": pgettext_lazy("gallery", "不用留任何联系方式"),
                }
            ),
            choices=[
                ("sms", pgettext_lazy("gallery", "发短信")),
                ("call", pgettext_lazy("gallery", "打电话念给我听")),
                ("letter", pgettext_lazy("gallery", "寄信")),
                ("self", pgettext_lazy("gallery", "我自己来查")),
            ],
        ),
        **SHOWN,
    )


class SampleForm(PlainForm):
    text = field(
        TextField(
            label=pgettext_lazy("gallery", "出了什么事"),
            help_text=pgettext_lazy("gallery", "想到哪儿说到哪儿，不用写格式。"),
            rows=4,
        ),
        **SHOWN,
    )
    place = field(LineField(label=pgettext_lazy("gallery", "在哪里"), required=False), **SHOWN)
    day = field(
        forms.DateField(
            label=pgettext_lazy("gallery", "哪天的事"),
            required=False,
            widget=forms.DateInput(attrs={"type": "date", "size": "12"}),
        ),
        **SHOWN,
    )
    kind = field(
        forms.ChoiceField(
            label=pgettext_lazy("gallery", "哪一类"),
            choices=[
                ("", pgettext_lazy("gallery", "说不准")),
                ("water", pgettext_lazy("gallery", "供水")),
                ("road", pgettext_lazy("gallery", "修路")),
            ],
            required=False,
        ),
        **SHOWN,
    )
    reply_by = field(
        forms.ChoiceField(
            label=pgettext_lazy("gallery", "怎么告诉您"),
            widget=Choices(row=True),
            choices=[
                ("sms", pgettext_lazy("gallery", "发短信")),
                ("call", pgettext_lazy("gallery", "打电话")),
                ("self", pgettext_lazy("gallery", "自己来查")),
            ],
        ),
        **SHOWN,
    )
    about = field(
        forms.MultipleChoiceField(
            label=pgettext_lazy("gallery", "可以让谁看见"),
            required=False,
            widget=ManyChoices(),
            choices=[
                ("office", pgettext_lazy("gallery", "办事的单位")),
                ("village", pgettext_lazy("gallery", "村里")),
            ],
        ),
        **SHOWN,
    )
    photo = field(
        forms.FileField(
            label=pgettext_lazy("gallery", "照片"),
            required=False,
            help_text=pgettext_lazy("gallery", "最多5张，每张不超过10兆。"),
        ),
        **SHOWN,
    )
    read_out = field(
        forms.BooleanField(
            label=pgettext_lazy("gallery", "不要打印，念给我听"), required=False, widget=Tick()
        ),
        **SHOWN,
    )


class BadSampleForm(SampleForm):
    """The same form, answered with errors."""


def wrong_post() -> dict[str, Any]:
    return {
        "text": "",
        "place": pgettext("gallery", "棠川县青石镇上湾村三组"),
        "day": "2026-02-31",
        "kind": "water",
        "reply_by": "",
    }


def slip(*, qr: str = "") -> Slip:
    return Slip(
        holder=pgettext("gallery", "青石镇人民政府"),
        holder_note=pgettext("gallery", "3月2日接下来办"),
        due=date(2026, 4, 30),
        unhappy=pgettext("gallery", "回到这里点“没解决”，或者打12345"),
        code="4829135702641189",
        verify_no="7Q4K-M2XD",
        registered_at=at(2, 28, 15, 20),
        qr=qr,
    )


def slip_without_code() -> Slip:
    return Slip(
        holder=pgettext("gallery", "还没有分出去，县信访局拿着"),
        due=date(2026, 4, 2),
        unhappy=pgettext("gallery", "打12345，说“重新办”"),
        registered_at=at(3, 30, 0, 10),
    )


def slip_long(*, qr: str = "") -> Slip:
    return Slip(
        holder=pgettext(
            "gallery", "棠川县农业农村和水利事务服务中心（牵头），青石镇人民政府、县供水总站协助"
        ),
        due=date(2027, 3, 2),
        provisional=True,
        holder_note=pgettext("gallery", "三家一起办，各有各的期限，最晚的是这一天"),
        unhappy=pgettext(
            "gallery", "30日内可以请棠川县人民政府再看一次；信寄到县政府办公室，或者回到这里点“请上级再看”"
        ),
        code="4829135702641189",
        registered_at=at(2, 28, 15, 20),
        qr=qr,
    )


def lights() -> list[dict[str, Any]]:
    return [
        {"due": TODAY + timedelta(days=20)},
        {"due": TODAY + timedelta(days=2)},
        {"due": TODAY},
        {"due": TODAY - timedelta(days=2)},
        {"due": TODAY + timedelta(days=20), "met": TODAY},
        {"due": TODAY - timedelta(days=20), "met": TODAY},
        {"due": TODAY, "paused": True},
        {"due": None},
    ]


def steps() -> list[Step]:
    return [
        Step(
            pgettext("gallery", "2026年3月2日接下来办，当天不算。"),
            pgettext("gallery", "依据：信访事项办理期限的规定"),
        ),
        Step(pgettext("gallery", "从3月3日数起，60日到5月1日。")),
        Step(
            pgettext("gallery", "5月1日到5日放假，顺延到放假后的第一个工作日。"),
            pgettext("gallery", "依据：当年的放假安排"),
        ),
        Step(pgettext("gallery", "所以最迟是2026年5月6日。")),
    ]


def events() -> list[Event]:
    return [
        Event(at(3, 28, 16, 40), pgettext("gallery", "您说解决了"), kind="kept"),
        Event(
            at(3, 26, 10, 30),
            pgettext("gallery", "书面答复交到您手上"),
            by=pgettext("gallery", "青石镇人民政府"),
            more=pgettext("gallery", "主管道换了60米，3月25日晚上恢复供水。"),
            gap_days=23,
        ),
        Event(
            at(3, 3),
            pgettext("gallery", "接下来办了"),
            by=pgettext("gallery", "青石镇人民政府"),
            more=pgettext("gallery", "镇水管站派人看过，要换管子。"),
        ),
        Event(
            at(3, 2, 12, 15),
            pgettext("gallery", "过了说好的日子，上面在催"),
            by=pgettext("gallery", "县信访局"),
            kind="late",
        ),
        Event(at(2, 28, 15, 20), pgettext("gallery", "登记了")),
    ]


def events_long() -> list[Event]:
    return [
        Event(
            at(3, 26),
            pgettext("gallery", "书面答复交到您手上"),
            by=pgettext("gallery", "棠川县农业农村和水利事务服务中心"),
            more=original() * 2,
        )
    ]


def original() -> str:
    return pgettext(
        "gallery",
        "上湾村三组的自来水从正月十二就断断续续，这几天干脆没有了。三组四十来户，要到两里外的井里挑水，"
        "家里有老人的实在挑不动。去村里问过两回，说是镇上的管子坏了，也没说哪天修好。\n\n求你们派人看看，给个准日子。",
    )


def mine() -> Version:
    return Version(
        title=pgettext("gallery", "您写的"),
        text=pgettext("gallery", "4月10日前换好上湾段主管道，每天用水车送水两次。"),
    )


def theirs() -> Version:
    return Version(
        title=pgettext("gallery", "现在存着的"),
        text=pgettext("gallery", "4月20日前换好上湾段主管道。"),
        by=pgettext("gallery", "周经办"),
        at=at(3, 30, 9, 2),
    )


def refusal() -> dict[str, Any]:
    return {
        "title": pgettext("gallery", "现在不能这样办"),
        "words": pgettext("gallery", "延期不得超过30日。"),
        "rule": pgettext("gallery", "办理期限的规定"),
        "then": pgettext("gallery", "写明理由，请单位负责人同意后延30日以内。"),
        "code": "case.extension-too-long",
    }


def refusal_typed() -> dict[str, Any]:
    return {
        "title": pgettext("gallery", "系统暂时不可用"),
        "words": pgettext("gallery", "系统暂时连不上数据库，请稍等一会儿。"),
        "action": "/gallery",
        "typed": [
            {"name": "text", "label": pgettext("gallery", "出了什么事"), "value": original(), "hidden": False}
        ],
        "code": "database.gone",
    }


def paper() -> Paper:
    return Paper(
        issuer=pgettext("gallery", "棠川县青石镇人民政府"),
        number=pgettext("gallery", "青政信复〔2026〕12号"),
        title=pgettext("gallery", "信访事项处理意见书"),
        to=pgettext("gallery", "上湾村三组有关村民"),
        paragraphs=(
            pgettext("gallery", "您反映的上湾村三组停水一事，我单位已于2026年3月2日接下来办，现答复如下。"),
            pgettext("gallery", "一、您提的要求：恢复供水，说明停水原因，给出修好的日期。"),
            pgettext("gallery", "二、查明的情况：上湾段主管道使用多年，2月下旬冻裂两处，漏水后水压不足。"),
            pgettext("gallery", "三、处理意见：更换主管道60米，3月25日前恢复供水；修好以前每天送水两次。"),
            pgettext("gallery", "四、依据：县供水管理的有关规定。"),
            pgettext("gallery", "不服本意见的，可以在收到之日起30日内，向棠川县人民政府请求复查。"),
        ),
        signed_by=pgettext("gallery", "青石镇人民政府"),
        day=date(2026, 3, 16),
        verify_no="7Q4K-M2XD",
        copies=pgettext("gallery", "共2页"),
    )
