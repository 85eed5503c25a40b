"""What it takes to open what one person alone may not open, and to settle a question about looks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.act_forms.fields import INSIDE, chosen, day, line, said, which
from minqing.doors.parts.forms import LineField, PlainForm, field
from minqing.ground.people.rules import AccessKind, OutsideBody

LAW = {
    "basis": _("个人信息保护法第五十一条；信访工作条例第三十条"),
    "retention": _("三年，审计看得到"),
    "reuse": _("审计、告诉本人谁看过"),
}


class DigitsField(LineField):
    """Never drawn again: what was typed is wrong or used."""

    def prepare_value(self, value: Any) -> Any:
        return ""


def factor() -> forms.Field:
    """The six digits of this moment; never kept."""
    made = DigitsField(
        label=_("手机动态口令（六位数）"), required=True, most=20,
        help_text=_("当场再验证一次是您本人。口令不保存。"), attrs={"inputmode": "numeric", "autocomplete": "one-time-code"},
    )  # fmt: skip
    return field(made, purpose=_("确认是本人在操作"), **{**LAW, "retention": _("不保存")})


class AskAccessForm(PlainForm):
    """One form for the three kinds; a page shows the boxes that its kind needs."""

    kind = chosen(_("要看什么"), AccessKind, "确定谁来同意", ask=True)
    demand_id = which(_("哪一个人的诉求"), "只看一个人", required=False)
    body = chosen(_("哪类机关要"), OutsideBody, "写明向谁提供", required=False)
    instrument = line(_("文书编号"), "写明凭哪份文书", most=100)
    article = line(_("依据的条款"), "写明根据哪一条", most=200)
    tell_from = day(_("文书要求保密的，从哪天起可以告诉本人"), "到那天本人看得到")
    words = said(_("为什么要看"), "给同意的人看，审计看得到", required=True, rows=3, readers=INSIDE)
    code = factor()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [kind for kind in AccessKind if kind is not AccessKind.DELAY]
        self.fields["kind"].choices = [("", _("请选择")), *((one.value, _(one.label)) for one in kinds)]  # type: ignore[attr-defined]
        self.fields["tell_from"].help_text = _(
            "空着就是当天告诉本人。每次最多推迟六个月，要再推迟得另外两个人同意。"
        )


class DecideAccessForm(PlainForm):
    words = said(_("给申请人的话"), "写明为什么同意或不同意", rows=2, readers=INSIDE)
    code = factor()


class OpenAccessForm(PlainForm):
    code = factor()


class DelayAccessForm(PlainForm):
    tell_from = day(_("推迟到哪天告诉本人"), "到那天本人看得到", required=True)
    words = said(_("为什么还要推迟"), "给同意的人看，审计看得到", required=True, rows=2, readers=INSIDE)
    code = factor()


class SettleLookForm(PlainForm):
    words = said(_("核实的结果"), "写明问了谁、怎么回事", required=True, rows=2, readers=INSIDE)
