"""What each act of staff asks for: one form per act, used by the desk and by the API alike."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.forms import LineField, PagesField, PlainForm, TextField, Tick, Willing, field
from minqing.doors.parts.places import PlaceField
from minqing.doors.parts.rows import RowsField
from minqing.kernel.words import Word
from minqing.means.documents.rules import Way
from minqing.work.cases.commands import Agreed, Part
from minqing.work.cases.rules import Category, Grade, Outcome, Path, ReceptionMode, ReplyKind, Track
from minqing.work.intake.rules import Kind

WORK = {
    "basis": "《信访工作条例》第二十二条至第三十六条",
    "retention": "随案卷保存",
    "reuse": "办理、答复本人、监督",
}
ORDER = {"basis": "接诉即办、热线办理规范", "retention": "随案卷保存", "reuse": "办理、答复本人、监督"}


def said(label: Any, why: str, *, required: bool = False, rows: int = 4) -> forms.Field:
    return field(TextField(label=label, required=required, rows=rows), purpose=why, **WORK)


def line(
    label: Any, why: str, *, required: bool = False, most: int = 200, unsaid: bool = False
) -> forms.Field:
    """`unsaid`: left empty means "leave it as it is", not "make it empty"."""
    made = field(LineField(label=label, required=required, most=most), purpose=why, **WORK)
    made.unsaid = unsaid  # type: ignore[attr-defined]
    return made


def chosen(
    label: Any, words: type[Word], why: str, *, required: bool = True, initial: Word | None = None
) -> forms.Field:
    choices = [(value, _(text)) for value, text in words.choices()]
    if not required:
        choices = [("", _("不选")), *choices]
    made = forms.TypedChoiceField(
        label=label, choices=choices, coerce=words, required=required, initial=initial, empty_value=None
    )
    return field(made, purpose=why, **WORK)


def which(label: Any, why: str, *, required: bool = True) -> forms.Field:
    return field(forms.UUIDField(label=label, required=required), purpose=why, **WORK)


def day(label: Any, why: str, *, required: bool = False) -> forms.Field:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    made = forms.DateField(
        label=label, required=required, widget=widget, input_formats=["%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"]
    )
    return field(made, purpose=why, **WORK)


def number(label: Any, why: str, *, low: int, high: int, required: bool = True) -> forms.Field:
    return field(
        forms.IntegerField(label=label, min_value=low, max_value=high, required=required), purpose=why, **WORK
    )


def tick(label: Any, why: str) -> forms.Field:
    return field(forms.BooleanField(label=label, required=False, widget=Tick()), purpose=why, **WORK)


class ActForm(PlainForm):
    """`seen` is the newest fact the page showed: another's change since then is shown, not overwritten."""

    seen = field(
        forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput()),
        purpose="发现两人同时改动", basis="办理规范", retention="不保存", reuse="无",
    )  # fmt: skip


class WordsForm(ActForm):
    words = said(_("说明"), "写进办理经过")


class ReasonForm(ActForm):
    reason = said(_("理由"), "告知本人为什么", required=True)


class TextForm(ActForm):
    text = said(_("内容"), "答复本人", required=True, rows=6)


class ReasonedForm(ReasonForm):
    basis = line(_("依据"), "写明根据哪一条", most=500)


class ForwardForm(ActForm):
    office_id = which(_("转给哪个单位"), "确定谁来办")
    words = said(_("给承办单位的话"), "交代要办什么")
    basis = line(_("职责依据"), "说明为什么归这个单位", most=500)


class AssignForm(ForwardForm):
    report_by = day(_("几时报结果"), "规定反馈期限")


class AssistForm(ActForm):
    office_id = which(_("请哪个单位协办"), "确定谁来协助")
    words = said(_("协办什么"), "交代要办什么", required=True)
    days = number(_("几日内回复"), "给协办单位自己的期限", low=1, high=60, required=False)


class DeclineForm(ReasonedForm):
    where_to = line(_("该找谁"), "告诉本人该找谁")


class RedirectForm(DeclineForm):
    way = chosen(_("该走哪条法定途径"), Path, "告诉本人该找谁")


class ArbitrateForm(ReasonedForm):
    office_id = which(_("裁定由谁办"), "确定谁来办")


class TalkForm(TextForm):
    demand_id = which(_("对谁说"), "把话送到本人")


class ExtendForm(ReasonForm):
    days = number(_("延长几日"), "确定新的最迟日期", low=1, high=30)


class ReplyForm(ActForm):
    kind = chosen(_("哪一种答复"), ReplyKind, "确定文书和期限")
    outcome = chosen(_("结果"), Outcome, "写明支持与否", required=False)
    text = said(_("意见"), "答复本人", required=True, rows=8)
    request = said(_("本人的请求"), "处理意见书必写")
    facts = said(_("查明的事实"), "处理意见书必写")
    reasons = said(_("理由"), "处理意见书必写")
    basis = said(_("依据"), "处理意见书必写")
    remedy = said(_("不服怎么办"), "告知复查的期限和去处")
    promise_words = said(_("承诺的原话"), "记下答应了什么")
    promise_due = day(_("承诺哪天办到"), "到期核对承诺")
    promise_condition = line(_("等什么条件"), "没有日子的要写清条件")


class SecondLookForm(ActForm):
    outcome = chosen(_("结果"), Outcome, "写明支持与否")
    text = said(_("意见"), "答复本人", required=True, rows=8)
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
    authority = line(_("该由谁定"), "告诉本人等谁的决定", required=True)
    next_on = day(_("哪天再答复"), "到那天再答复", required=True)


class SuperviseForm(ActForm):
    ground = line(_("督办事由"), "写明为什么督办", required=True)
    words = said(_("要求"), "写进督办函", required=True)
    answer_by = day(_("几时书面反馈"), "督办函的期限", required=True)


class AnswerSupervisionForm(ActForm):
    supervision_id = which(_("哪份督办函"), "对应督办函")
    answer = said(_("反馈"), "回复督办单位", required=True)


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


class OpenForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事", required=True)
    track = chosen(_("走哪种程序"), Track, "确定程序和期限")
    category = chosen(_("四类中的哪一类"), Category, "确定程序", initial=Category.CLAIM)
    way = chosen(_("申诉求决的途径"), Path, "确定程序", initial=Path.PETITION)
    grade = chosen(_("缓急"), Grade, "确定热线期限", initial=Grade.HELP)
    kind = chosen(_("性质"), Kind, "分办和统计", initial=Kind.HELP)
    matter = line(_("派单目录里的事项"), "对照职责目录")
    holder_id = which(_("首接单位"), "确定首接单位", required=False)


class SortForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事", unsaid=True)
    kind = chosen(_("性质"), Kind, "分办和统计", required=False)
    place = field(PlaceField(label=_("哪个村（社区）")), purpose="确定属地", **WORK)
    place.unsaid = True  # type: ignore[attr-defined]


class TranscribeForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事")
    text = said(_("信的原文"), "把来信录成文字", required=True, rows=10)


class SealForm(ActForm):
    accusation = said(_("检举控告的部分（整封都是就留空）"), "密封移交有权机关")
    rest = said(_("其余要照常办理的部分"), "其余照常办理")
    keep_files = field(
        forms.BooleanField(
            label=_("附件与举报无关，留在这里"), required=False, widget=Tick(),
            help_text=_("不勾就一起密封。来信的扫描件和邮件原件总是一起密封。"),
        ),
        purpose="其余照常办理", **ORDER,
    )  # fmt: skip


class SettleDemandForm(TextForm):
    title = line(_("标题"), "在清单里认出这件事")


class JoinForm(ReasonForm):
    case_id = which(_("并到哪件事"), "一起办理同一件事")


class PartForm(PlainForm):
    title = line(_("标题"), "在清单里认出这件事", required=True)
    office_id = which(_("由谁办"), "确定谁来办", required=False)
    words = said(_("要办什么"), "交代要办什么")


class SplitForm(ReasonForm):
    case_id = which(_("从哪件事里拆"), "确定拆哪一件")
    parts = field(
        RowsField(PartForm, made=Part, label=_("拆成哪几件")), purpose="不同的事由不同的单位各自答复", **WORK
    )


class BulkAssignForm(PlainForm):
    case_ids = field(forms.MultipleChoiceField(label=_("哪几件")), purpose="一次交办多件", **WORK)
    office_id = which(_("交给哪个单位"), "确定谁来办")
    words = said(_("给承办单位的话"), "交代要办什么")

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
    words = said(_("答应做什么"), "记成有日期的承诺", required=True)
    due_on = day(_("哪天前"), "到期核对", required=True)
    who = line(_("谁来做"), "写明由谁做")
    office_id = which(_("由哪个单位跟进"), "确定谁跟进", required=False)


class AgreeForm(PlainForm):
    agreement = said(_("协议"), "写进调解协议书", required=True, rows=8)
    parts = field(
        RowsField(AgreedPartForm, made=Agreed, label=_("各项要做的事")), purpose="每一项都记成承诺", **WORK
    )


class EndMediationForm(PlainForm):
    why = said(_("为什么没有谈成"), "记录经过", required=True)
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
    notes = said(_("谈了什么"), "记下说过的话")
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
    words = said(_("本人的话"), "记下原话")
