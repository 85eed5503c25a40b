"""The forms: which parts each kind of paper has, in which order and words. Pure data.

Titles and parts after 信访工作条例 art. 22 to 36 and 40. Texts speak to the person first, the article stands behind.
`{name}` in an opening or sentence is the part of that name; `{{person}}` in a body is filled at rendering.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from minqing.kernel.words import Word


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is shown."""
    return text


class DocKind(Word):
    SLIP = "slip", "登记回执"
    ACCEPT = "accept_notice", "受理告知书"
    DECLINE = "decline_notice", "不予受理告知书"
    NO_LONGER = "no_longer_notice", "不再受理告知书"
    REDIRECT = "redirect_notice", "法定途径告知书"
    FORWARD = "forward_letter", "转送函"
    ASSIGN = "assign_letter", "交办函"
    EXTEND = "extend_notice", "延期告知书"
    REPLY = "reply", "答复函"
    OPINION = "opinion", "处理意见书"
    REVIEW = "review_opinion", "复查意见书"
    REREVIEW = "rereview_opinion", "复核意见书"
    SUPERVISE = "supervise_letter", "督办函"
    MEDIATION = "mediation_agreement", "调解协议书"
    SETTLEMENT = "settlement_agreement", "和解协议书"
    HEARING = "hearing_record", "听证笔录"
    CLOSING = "closing_report", "办结报告"


class To(Word):
    PERSON = "person", "本人"
    OFFICE = "office", "单位"
    FILE = "file", "存档"


class PartForm(Word):
    TEXT = "text", "文字"
    DATE = "date", "日期"
    COUNT = "count", "数"
    ITEMS = "items", "逐条"
    DUTIES = "duties", "各方要做的事"


DUTY_COLUMNS = {"who": _("谁来做"), "what": _("做什么"), "by": _("最迟哪天")}


def _is_date(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


@dataclass(frozen=True)
class Part:
    """One part of a form. `shown=False`: only used inside sentences; `sentence`: how the section reads."""

    key: str
    label: str
    form: PartForm = PartForm.TEXT
    required: bool = True
    shown: bool = True
    sentence: str = ""

    def fault(self, value: Any) -> str:
        """Why this value does not fit, or nothing."""
        match self.form:
            case PartForm.TEXT:
                return "" if isinstance(value, str) else _("要写成文字。")
            case PartForm.DATE:
                return "" if _is_date(value) else _("要写成 2026-03-02 这样的日期。")
            case PartForm.COUNT:
                fits = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 10_000
                return "" if fits else _("要写成正整数。")
            case PartForm.ITEMS:
                fits = isinstance(value, list) and all(
                    isinstance(item, str) and item.strip() for item in value
                )
                return "" if fits else _("要逐条写成文字。")
            case _:
                fits = isinstance(value, list) and all(
                    isinstance(duty, Mapping)
                    and set(duty) == set(DUTY_COLUMNS)
                    and all(isinstance(text, str) and text.strip() for text in duty.values())
                    and _is_date(duty["by"])
                    for duty in value
                )
                return "" if fits else _("每一件都要写明谁来做、做什么、最迟哪天。")


@dataclass(frozen=True)
class Form:
    """`word` is the kind's sign in its number: 棠信处〔2026〕17号."""

    word: str
    title: str
    to: To
    opening: str
    parts: tuple[Part, ...]
    closing: str = ""
    by_key: Mapping[str, Part] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_key", {part.key: part for part in self.parts})


def _hidden(key: str, label: str, form: PartForm = PartForm.TEXT, *, required: bool = True) -> Part:
    return Part(key, label, form, required=required, shown=False)


OFFICE = _hidden("office_name", _("出具单位"))
MATTER = _hidden("matter", _("反映的事情"))
RECEIVED = _hidden("received_on", _("收到日期"), PartForm.DATE)
TO_OFFICE = _hidden("to_office", _("主送单位"))
CONTACT = Part("contact", _("怎么联系我们"), required=False)
BASIS = Part("basis", _("依据"))
ATTACHED = Part("attached", _("附件"), PartForm.ITEMS, required=False)
REMEDY = (
    _hidden("remedy_days", _("几日内提出"), PartForm.COUNT),
    Part(
        "remedy_organ",
        _("不服怎么办"),
        sentence=_(
            "您如果不服，可以自本文书送达之日起{remedy_days}日内，向{remedy_organ}书面请求{remedy_act}。"
            "逾期没有提出的，按本文书的意见办。"
        ),
    ),
    Part("remedy_other", _("其他途径"), required=False),
)

FORMS: Mapping[DocKind, Form] = {
    DocKind.ACCEPT: Form(
        "受", "受理告知书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，我们已经收到，经查属于本单位办理的范围，现决定受理。"),
        (OFFICE, MATTER, RECEIVED, Part("holder", _("谁在办")), Part("procedure", _("怎么办理")),
         Part("due_on", _("最迟哪天答复您"), PartForm.DATE, sentence=_("最迟{due_on}书面答复您。{due_why}")),
         _hidden("due_why", _("为什么是这一天"), required=False), BASIS,
         Part("unhappy", _("不满意怎么办"), required=False), CONTACT),
        _("特此告知。"),
    ),
    DocKind.DECLINE: Form(
        "不受", "不予受理告知书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，我们认真看过，这件事按规定不归本单位受理。"),
        (OFFICE, MATTER, RECEIVED, Part("reason", _("为什么")), BASIS, Part("where_to", _("该找谁")), CONTACT),
        _("特此告知。"),
    ),
    DocKind.NO_LONGER: Form(
        "终", "不再受理告知书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，已经过办理、复查、复核，程序已经走完。您这次仍以同一事实和理由提出，按规定不再受理。"),
        (OFFICE, MATTER, RECEIVED, Part("ended_by", _("终结文书")), Part("reason", _("说明")), BASIS,
         Part("care", _("我们还能为您做什么"), required=False), CONTACT),
        _("如果有新的事实和理由，您可以重新提出。特此告知。"),
    ),
    DocKind.REDIRECT: Form(
        "导", "法定途径告知书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，依法应当通过下面的途径解决。"),
        (OFFICE, MATTER, RECEIVED, Part("path", _("什么途径")), Part("where_to", _("该找谁")), BASIS,
         Part("time_limit", _("要在多久内提出"), required=False), CONTACT),
        _("特此告知。"),
    ),
    DocKind.FORWARD: Form(
        "转", "转送函", To.OFFICE,
        _("现将{received_on}收到的“{matter}”转给你单位办理。"),
        (OFFICE, TO_OFFICE, MATTER, RECEIVED, Part("request", _("本人的请求")),
         Part("ask", _("办理要求")),
         Part("tell_by", _("告知时限"), PartForm.DATE,
              sentence=_("请最迟于{tell_by}将是否受理书面告知本人；认为不属于你单位职责的，请自收到之日起5个工作日内说明理由退回。")),
         BASIS, ATTACHED),
        _("请予办理。"),
    ),
    DocKind.ASSIGN: Form(
        "交", "交办函", To.OFFICE,
        _("现将{received_on}收到的“{matter}”交你单位办理，并请按期反馈结果。"),
        (OFFICE, TO_OFFICE, MATTER, RECEIVED, Part("request", _("本人的请求")), Part("ask", _("办理要求")),
         Part("report_by", _("反馈时限"), PartForm.DATE, sentence=_("请最迟于{report_by}反馈办理结果，并提交办结报告。")),
         BASIS, ATTACHED),
        _("请予办理。"),
    ),
    DocKind.EXTEND: Form(
        "延", "延期告知书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，正在办理。因为下面的原因，不能在{due_on}以前办完，经本单位负责人批准，需要延长。"),
        (OFFICE, MATTER, RECEIVED, _hidden("due_on", _("原定最迟日期"), PartForm.DATE), Part("reason", _("为什么延长")),
         _hidden("days", _("延长天数"), PartForm.COUNT),
         Part("extended_to", _("新的最迟日期"), PartForm.DATE, sentence=_("延长{days}日，最迟{extended_to}书面答复您。")),
         Part("done_so_far", _("已经做了什么"), required=False), BASIS, CONTACT),
        _("给您带来不便，请谅解。特此告知。"),
    ),
    DocKind.REPLY: Form(
        "复", "答复函", To.PERSON,
        _("您于{received_on}反映的“{matter}”，现答复如下。"),
        (OFFICE, MATTER, RECEIVED, Part("facts", _("查清的情况"), required=False), Part("reply", _("答复")),
         Part("basis", _("依据"), required=False), Part("promises", _("接下来做什么"), PartForm.DUTIES, required=False),
         Part("unhappy", _("不满意怎么办"), required=False), CONTACT),
        _("感谢您的反映。"),
    ),
    DocKind.OPINION: Form(
        "处", "处理意见书", To.PERSON,
        _("您于{received_on}反映的“{matter}”，本单位于{accepted_on}受理，现已办理完毕，提出如下处理意见。"),
        (OFFICE, MATTER, RECEIVED, _hidden("accepted_on", _("受理日期"), PartForm.DATE),
         Part("request", _("您的请求")), Part("facts", _("查清的事实")), Part("reasons", _("理由")),
         Part("opinion", _("处理意见")), BASIS,
         Part("promises", _("接下来做什么"), PartForm.DUTIES, required=False), *REMEDY, CONTACT),
    ),
    DocKind.REVIEW: Form(
        "查", "复查意见书", To.PERSON,
        _("您不服“{matter}”的处理意见（{original_no}），于{received_on}请求复查。经复查，提出如下意见。"),
        (OFFICE, MATTER, RECEIVED, _hidden("original_no", _("原意见书文号")),
         Part("request", _("您的请求")), Part("facts", _("查清的事实")), Part("reasons", _("理由")),
         Part("opinion", _("复查意见")), BASIS, *REMEDY, CONTACT),
    ),
    DocKind.REREVIEW: Form(
        "核", "复核意见书", To.PERSON,
        _("您不服“{matter}”的复查意见（{original_no}），于{received_on}请求复核。经复核，提出如下意见。"),
        (OFFICE, MATTER, RECEIVED, _hidden("original_no", _("复查意见书文号")),
         Part("request", _("您的请求")), Part("facts", _("查清的事实")), Part("reasons", _("理由")),
         Part("opinion", _("复核意见")), BASIS,
         Part("final", _("这份意见的效力"), sentence="{final}"), Part("remedy_other", _("其他途径"), required=False), CONTACT),
    ),
    DocKind.SUPERVISE: Form(
        "督", "督办函", To.OFFICE,
        _("你单位办理的“{matter}”，经查存在下面的问题，现予督办。"),
        (OFFICE, TO_OFFICE, MATTER, Part("finding", _("发现的问题")), Part("ask", _("要求")),
         Part("report_by", _("反馈时限"), PartForm.DATE, sentence=_("请最迟于{report_by}书面反馈。")), BASIS, ATTACHED),
        _("请认真办理。"),
    ),
    DocKind.MEDIATION: Form(
        "调", "调解协议书", To.FILE,
        _("当事人{{person}}与{{other}}因“{matter}”发生争议，双方自愿接受调解，达成协议如下。"),
        (OFFICE, MATTER, Part("facts", _("争议的事实")), Part("promises", _("约定的事"), PartForm.DUTIES),
         Part("cost", _("费用"), required=False), Part("mediator", _("调解人")),
         Part("effect", _("协议的效力")), Part("copies", _("份数"), required=False)),
        _("双方签名："),
    ),
    DocKind.SETTLEMENT: Form(
        "和", "和解协议书", To.FILE,
        _("当事人{{person}}与{{other}}就“{matter}”自愿和解，约定如下。"),
        (OFFICE, MATTER, Part("facts", _("争议的事实")), Part("promises", _("约定的事"), PartForm.DUTIES),
         Part("effect", _("协议的效力")), Part("copies", _("份数"), required=False)),
        _("双方签名："),
    ),
    DocKind.HEARING: Form(
        "听", "听证笔录", To.FILE,
        _("{held_on}，就“{matter}”在{place}举行听证。"),
        (OFFICE, MATTER, _hidden("held_on", _("听证日期"), PartForm.DATE), _hidden("place", _("听证地点")),
         Part("chair", _("主持人")), Part("present", _("到场的人"), PartForm.ITEMS), Part("record", _("经过")),
         Part("conclusion", _("听证结论"))),
        _("到场的人核对签名："),
    ),
    DocKind.CLOSING: Form(
        "结", "办结报告", To.OFFICE,
        _("你单位交办的“{matter}”已办理完毕，现报告如下。"),
        (OFFICE, TO_OFFICE, MATTER, Part("done", _("做了什么")), Part("result", _("结果")),
         Part("served_on", _("交到本人手上的日期"), PartForm.DATE, required=False, sentence="{served_on}"),
         Part("verdict", _("本人怎么说"), required=False), BASIS, ATTACHED),
        _("特此报告。"),
    ),
}  # fmt: skip

REMEDY_ACT: Mapping[DocKind, str] = {DocKind.OPINION: _("复查"), DocKind.REVIEW: _("复核")}
