"""What mediation, promises, pairs, reception days and callbacks ask for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.act_forms.fields import (
    INSIDE,
    ORDER,
    READ,
    WORK,
    ActForm,
    chosen,
    day,
    line,
    number,
    said,
    tick,
    which,
)
from minqing.doors.parts.forms import LineField, PlainForm, Willing, field
from minqing.doors.parts.rows import RowsField
from minqing.work.cases.commands import Agreed
from minqing.work.cases.rules import ReceptionMode


class MediateForm(ActForm):
    mediator_id = which(_("调解员"), "确定中立的调解员")
    other_side = line(_("另一方"), "确定和谁调解", required=True)
    other_office_id = which(_("另一方是哪个单位"), "回避有利害关系的调解员", required=False)
    no_violence = tick(_("已问过：没有家庭暴力和人身威胁"), "有暴力的不能先调解")


def willing(label: Any) -> forms.Field:
    made = forms.NullBooleanField(label=label, required=False, widget=Willing())
    return field(made, purpose="双方自愿才能调解", **WORK)


class ConsentForm(PlainForm):
    person = willing(_("本人同意调解"))
    other = willing(_("另一方同意调解"))


class AgreedPartForm(PlainForm):
    words = said(_("答应做什么"), "记成有日期的承诺", required=True, readers=READ)
    due_on = day(_("哪天前"), "到期核对", required=True)
    who = line(_("谁来做"), "写明由谁做")
    office_id = which(_("由哪个单位跟进"), "确定谁跟进", required=False)


class AgreeForm(PlainForm):
    agreement = said(_("协议"), "写进调解协议书", required=True, rows=8, readers=READ)
    parts = field(
        RowsField(AgreedPartForm, made=Agreed, label=_("各项要做的事")), purpose="每一项都记成承诺", **WORK
    )


class EndMediationForm(PlainForm):
    why = said(_("为什么没有谈成"), "记录经过", required=True, readers=INSIDE)
    violence = tick(_("问出有家庭暴力或人身威胁"), "有暴力的停止调解")


class ConfirmWithdrawalForm(PlainForm):
    free = tick(_("本人说是自愿撤回的"), "撤回须由承办单位以外的人核实")


class PromiseForm(PlainForm):
    about = line(_("关于哪件事"), "对应事项", required=True)
    words = said(_("承诺的原话"), "原话不改", required=True)
    office_id = which(_("由谁兑现"), "确定谁来兑现")
    to_person_id = which(_("答应谁"), "让本人来认可", required=False)
    condition = line(_("等什么条件"), "没有日子的要写清条件")
    due_on = day(_("哪天办到"), "到期核对")
    made_on = day(_("哪天答应的"), "记录时间", required=True)


class StartPromiseForm(PlainForm):
    due_on = day(_("哪天办到"), "到期核对")


class ClaimPromiseForm(PlainForm):
    outcome = said(_("怎么兑现的"), "请本人认可", required=True)


class BreakPromiseForm(PlainForm):
    reason = said(_("为什么没有兑现"), "公开说明", required=True)


PAIRING = {"basis": "结对由本县安排，住户自愿", "retention": "结对结束后三年", "reuse": "不用于考核"}


class RefusePairsForm(PlainForm):
    name = field(
        LineField(label=_("姓名"), required=True, most=100, attrs={"autocomplete": "off"}),
        purpose="找到是哪一户", **PAIRING,
    )  # fmt: skip
    phone = field(
        LineField(label=_("电话"), required=True, most=30, attrs={"inputmode": "tel", "autocomplete": "off"}),
        purpose="找到是哪一户", **PAIRING,
    )  # fmt: skip


class PlanDayForm(PlainForm):
    on = day(_("哪天"), "公布接待日", required=True)
    leader_id = which(_("哪位领导"), "公布谁接待")
    place_words = line(_("在哪里"), "告诉群众到哪里", required=True)
    place_words_en = line(_("在哪里（英文）"), "英文页面上告诉群众到哪里")
    mode = chosen(_("形式"), ReceptionMode, "接访、下访或约访", required=False)
    from_hour = line(_("几点开始"), "告诉群众几点来")
    seats = number(_("几个号"), "安排时间", low=1, high=200, required=False)


class HearForm(PlainForm):
    notes = said(_("谈了什么"), "记下说过的话", required=True)
    demand_id = which(_("对应哪件诉求"), "接着办", required=False)
    promise_words = said(_("承诺的原话"), "记下答应了什么")
    promise_due = day(_("承诺哪天办到"), "到期核对承诺")
    promise_office_id = which(_("由谁兑现"), "确定谁来兑现", required=False)
    promise_condition = line(_("等什么条件"), "没有日子的要写清条件")


class CallbackForm(PlainForm):
    act = field(forms.ChoiceField(label=_("结果"), choices=[
        ("reach", _("联系上了")), ("miss", _("这次没联系上")), ("give-up", _("三次都没联系上")), ("refuse", _("本人不愿再被打扰")),
    ]), purpose="记录回访结果", **ORDER)  # fmt: skip
    solved = field(forms.ChoiceField(label=_("解决了吗"), required=False, choices=[
        ("", _("没有说")), ("yes", _("解决了")), ("partly", _("解决了一部分")), ("no", _("没解决")),
    ]), purpose="听本人的评价", **ORDER)  # fmt: skip
    explained = field(forms.ChoiceField(label=_("说清楚了吗"), required=False, choices=[
        ("", _("没有说")), ("yes", _("说清楚了")), ("no", _("没说清楚")),
    ]), purpose="听本人的评价", **ORDER)  # fmt: skip
    words = said(_("本人的话"), "记下原话", readers=READ)
