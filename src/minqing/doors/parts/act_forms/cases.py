"""What the acts on a case ask for."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.act_forms.fields import (
    ANSWER,
    INSIDE,
    READ,
    WORK,
    ActForm,
    InsideForm,
    InsideReasonedForm,
    ReasonedForm,
    ReasonForm,
    TextForm,
    chosen,
    day,
    line,
    number,
    said,
    tick,
    which,
)
from minqing.doors.parts.forms import PagesField, PlainForm, field
from minqing.means.documents.rules import Way
from minqing.work.cases.rules import Outcome, Path, ReplyKind


class ForwardForm(ActForm):
    office_id = which(_("转给哪个单位"), "确定谁来办")
    words = said(_("给承办单位的话"), "交代要办什么", readers=INSIDE)
    basis = line(_("职责依据"), "说明为什么归这个单位", most=500)


class AssignForm(ForwardForm):
    report_by = day(_("几时报结果"), "规定反馈期限")


class AssistForm(ActForm):
    office_id = which(_("请哪个单位协办"), "确定谁来协助")
    words = said(_("协办什么"), "交代要办什么", required=True, readers=INSIDE)
    days = number(_("几日内回复"), "给协办单位自己的期限", low=1, high=60, required=False)


class DeclineForm(ReasonedForm):
    where_to = line(_("该找谁"), "告诉本人该找谁", readers=READ)


class RedirectForm(DeclineForm):
    way = chosen(_("该走哪条法定途径"), Path, "告诉本人该找谁")


class ArbitrateForm(InsideReasonedForm):
    field_order = ["office_id"]
    office_id = which(_("裁定由谁办"), "确定谁来办")


class TalkForm(TextForm):
    demand_id = which(_("对谁说"), "把话送到本人")


class ExtendForm(ReasonForm):
    days = number(_("延长几日"), "确定新的最迟日期", low=1, high=30)


class AskExtensionForm(InsideForm):
    days = number(_("延长几日"), "请批新的最迟日期", low=1, high=30)


class ReplyForm(ActForm):
    kind = chosen(_("哪一种答复"), ReplyKind, "确定文书和期限")
    outcome = chosen(_("结果"), Outcome, "写明支持与否", required=False)
    text = said(_("意见"), "答复本人", required=True, rows=8, readers=ANSWER)
    request = said(_("本人的请求"), "处理意见书必写")
    facts = said(_("查明的事实"), "处理意见书必写")
    reasons = said(_("理由"), "处理意见书必写")
    basis = said(_("依据"), "处理意见书必写")
    remedy = said(_("不服怎么办"), "告知复查的期限和去处")
    promise_words = said(_("承诺的原话"), "记下答应了什么", readers=READ)
    promise_due = day(_("承诺哪天办到"), "到期核对承诺")
    promise_condition = line(_("等什么条件"), "没有日子的要写清条件")


class SecondLookForm(ActForm):
    outcome = chosen(_("结果"), Outcome, "写明支持与否", ask=True)
    text = said(_("意见"), "答复本人", required=True, rows=8, readers=READ)
    request = said(_("本人的请求"), "复查、复核意见书必写")
    facts = said(_("查明的事实"), "复查、复核意见书必写")
    reasons = said(_("理由"), "复查、复核意见书必写", required=True)
    basis = said(_("依据"), "复查、复核意见书必写", required=True)
    remedy = said(_("不服怎么办"), "告知还能找谁")


class AskReviewForm(ActForm):
    demand_id = which(_("谁申请的"), "记到申请人自己的事上")
    on = day(_("哪天收到的"), "期限从收到那天起算", required=True)
    reason = said(_("申请人的理由（照原话录）"), "让上一级知道为什么不服", required=True, rows=6)
    scan = field(
        PagesField(label=_("申请书扫描件"), required=False, help_text=_("图片或PDF；几页一次选全，按页码排好。")),
        purpose="保存原件", **WORK,
    )  # fmt: skip


class ServeForm(ActForm):
    demand_id = which(_("交给谁"), "每个人的复查期限从自己收到那天起算", required=False)
    document_id = which(_("哪份文书"), "确定送达的是什么", required=False)
    way = chosen(_("怎么交到本人手上"), Way, "复查期限从送达起算")
    on = day(_("哪天送到"), "复查期限从这天起算", required=True)
    consent = tick(_("本人同意电子送达"), "电子送达须本人同意")
    receipt = line(_("签收或邮件号"), "证明送到了")


class ParkForm(ReasonForm):
    authority = line(_("该由谁定"), "告诉本人等谁的决定", required=True, readers=READ)
    next_on = day(_("哪天再答复"), "到那天再答复", required=True)


class SuperviseForm(ActForm):
    ground = line(_("督办事由"), "写明为什么督办", required=True, readers=INSIDE)
    words = said(_("要求"), "写进督办函", required=True, readers=INSIDE)
    answer_by = day(_("几时书面反馈"), "督办函的期限", required=True)


class AnswerSupervisionForm(ActForm):
    supervision_id = which(_("哪份督办函"), "对应督办函")
    answer = said(_("反馈"), "回复督办单位", required=True, readers=INSIDE)


class CarryForm(ActForm):
    leader_id = which(_("由哪位领导包案"), "确定包案领导")


class AppraiseForm(ActForm):
    appraisal_id = which(_("哪次鉴定"), "登记已委托鉴定的结果", required=False)
    body = line(_("鉴定机构"), "写明谁鉴定")
    subject = line(_("鉴定什么"), "写明鉴定事项")
    chosen_by = line(_("谁选的机构"), "公开机构是谁选的")
    paid_by = line(_("谁付费"), "公开费用谁出")
    ordered_on = day(_("委托日期"), "记录时间")
    result = said(_("鉴定结果"), "告知本人结果")
    result_on = day(_("结果日期"), "记录时间")
    told_on = day(_("告知本人的日期"), "确认本人已知道")


class LinkForm(ActForm):
    earlier_id = which(_("以前的哪件事"), "连到以前办过的同一件事")


class NumberForm(ActForm):
    external_no = line(_("国家信访系统编号"), "与上级系统对应", required=True, most=60)


class BulkAssignForm(PlainForm):
    case_ids = field(forms.MultipleChoiceField(label=_("哪几件")), purpose="一次交办多件", **WORK)
    office_id = which(_("交给哪个单位"), "确定谁来办")
    words = said(_("给承办单位的话"), "交代要办什么", readers=INSIDE)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["case_ids"] = IdsField(label=self.fields["case_ids"].label)


class IdsField(forms.Field):
    """Ids of the ticked rows."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[Any]:
        ids = value if isinstance(value, list) else [value] if value else []
        if not 1 <= len(ids) <= 200:
            raise ValidationError(_("请选1到200件。"), code="required")
        return [forms.UUIDField().clean(one) for one in ids]
