"""What is said, on which way, in which words since which day; and what a text message must never hold. Pure.

A text message carries no link and no code, whatever the language: who gets used to them will follow a forged one.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word
from minqing.methods.codes import holds_citizen_number


def _(text: str) -> str:
    """Marks a text for translation; it is translated where it is shown."""
    return text


class Channel(Word):
    IN_APP = "in_app", "系统内消息"
    EMAIL = "email", "电子邮件"
    SMS = "sms", "短信"
    PHONE = "phone", "打电话"
    LETTER = "letter", "寄信"


class MessageState(Word):
    PENDING = "pending", "等待发送"
    SENDING = "sending", "正在发送"
    SENT = "sent", "已发出"
    UNKNOWN = "unknown", "不知是否发出"
    FAILED = "failed", "没有发出"


WHY = {
    "refused by the receiver's server": "对方的邮箱服务器拒收，地址可能写错了",
    "refused by our mail server": "本县的邮件服务器没有接下",
    "no address for this way": "没有留这种联系方式",
    "cut off while sending": "发到一半断了",
    "TimeoutError": "等不到回音",
}
"""What a failure is called on the page; what is not listed shows as it was noted."""


MESSAGE = Machine(
    name="message",
    start=MessageState.PENDING,
    moves={
        (MessageState.PENDING, "take"): MessageState.SENDING,
        (MessageState.PENDING, "hand_over"): MessageState.SENT,
        (MessageState.SENDING, "arrive"): MessageState.SENT,
        (MessageState.SENDING, "put_back"): MessageState.PENDING,
        (MessageState.SENDING, "lose_sight"): MessageState.UNKNOWN,
        (MessageState.SENDING, "fail"): MessageState.FAILED,
        (MessageState.SENT, "bounce"): MessageState.FAILED,
        (MessageState.UNKNOWN, "bounce"): MessageState.FAILED,
        (MessageState.UNKNOWN, "retry"): MessageState.PENDING,
        (MessageState.UNKNOWN, "hand_over"): MessageState.SENT,
        (MessageState.FAILED, "retry"): MessageState.PENDING,
        (MessageState.FAILED, "hand_over"): MessageState.SENT,
    },
    acts={"retry": _("重新发送"), "hand_over": _("改由人转告"), "bounce": _("被退回")},
)

BY_MACHINE: Final = frozenset({Channel.EMAIL, Channel.SMS})
BY_PEOPLE: Final = frozenset({Channel.PHONE, Channel.LETTER})
GIVE_UP_AFTER: Final = 6
STUCK_AFTER: Final = timedelta(minutes=10)


class NotYours(Refusal):
    code, status, text = "message.not-by-people", 409, "这条消息由系统发送，不用人工转告。"


class UnfitMessage(ValueError):
    """A message of ours that must not go out: a mistake in a template or its parameters, not in what a person did."""


@dataclass(frozen=True)
class Template:
    """One thing to say. `text` for the page, mail and letters, `sms` for short messages and the telephone."""

    subject: str
    text: str
    sms: str
    params: frozenset[str] = field(default_factory=frozenset)
    since: date = date(2026, 1, 1)


def _template(subject: str, text: str, sms: str, *params: str, since: date = date(2026, 1, 1)) -> Template:
    return Template(subject, text, sms, frozenset(params), since)


CODE_GOES_HERE: Final = "〔查询码〕"
"""Stands for the query code until a letter goes out by mail: the code is in no row."""
NO_CODES = _("县里不会打电话或发短信索要查询码。")
TEMPLATES: Mapping[str, tuple[Template, ...]] = {
    "demand.registered": (_template(
        _("您反映的事收到了"),
        _("您反映的“{matter}”已经登记。现在由{holder}负责，最迟{due}告诉您由哪个单位办。拿着登记回执上的查询码可以随时查看。"),
        _("您反映的事已登记，由{holder}负责，最迟{due}告诉您由谁办。查看请凭登记回执，或拨打{hotline}。"),
        "matter", "holder", "due", "hotline",
    ),),
    "case.forwarded": (_template(
        _("您反映的事换了单位办"),
        _("您反映的“{matter}”已转给{holder}，最迟{due}告诉您是否受理。在对方接下来以前，原单位仍然负责。"),
        _("您反映的事已转给{holder}，最迟{due}告诉您是否受理。有疑问请拨打{hotline}。"),
        "matter", "holder", "due", "hotline",
    ),),
    "case.accepted": (_template(
        _("您反映的事接下来办了"),
        _("{holder}已经接下您反映的“{matter}”，最迟{due}书面答复您。"),
        _("{holder}已接下您反映的事，最迟{due}答复。有疑问请拨打{hotline}。"),
        "matter", "holder", "due", "hotline",
    ),),
    "case.declined": (_template(
        _("您反映的事不归这里办"),
        _("您反映的“{matter}”不归{holder}办。为什么、该找谁，都写在告知书里，请查看。"),
        _("您反映的事有一份告知书，写明该找谁。请凭登记回执查看，或拨打{hotline}。"),
        "matter", "holder", "hotline",
    ),),
    "case.extended": (_template(
        _("答复要晚一些"),
        _("您反映的“{matter}”还没有办完，最迟日期改为{due}。原因写在延期告知书里。"),
        _("您反映的事答复延到{due}，原因见延期告知书。有疑问请拨打{hotline}。"),
        "matter", "due", "hotline",
    ),),
    "case.replied": (_template(
        _("您反映的事有答复了"),
        _("您反映的“{matter}”已有书面答复，请查看。看完请告诉我们两件事：解决了吗？说清楚了吗？不满意可以请求复查。"),
        _("您反映的事已有答复。请凭登记回执查看，或拨打{hotline}请人读给您听。"),
        "matter", "hotline",
    ),),
    "case.day-settled": (_template(
        _("最迟哪天定下来了"),
        _("放假安排公布了，您反映的“{matter}”重新算过，最迟日期是{due}。"),
        _("放假安排公布了，您反映的事重新算过，最迟日期是{due}。有疑问请拨打{hotline}。"),
        "matter", "due", "hotline",
    ),),
    "case.parked": (_template(
        _("您反映的事暂时办不了"),
        _("您反映的“{matter}”暂时办不了，原因已经写明，{due}前再答复您。"),
        _("您反映的事暂时办不了，{due}前再答复您。原因请凭登记回执查看，或拨打{hotline}。"),
        "matter", "due", "hotline",
    ),),
    "case.reopened": (_template(
        _("您说没解决，我们接着办"),
        _("您说“{matter}”没有解决，这件事已经重新办理，由{holder}负责，最迟{due}答复您。"),
        _("您说没解决，这件事已重新办理，最迟{due}答复您。有疑问请拨打{hotline}。"),
        "matter", "holder", "due", "hotline",
    ),),
    "case.rejoined": (_template(
        _("您改了主意，我们接着办"),
        _("您不撤“{matter}”了，这件事由{holder}接着办，最迟{due}答复您。"),
        _("您不撤了，这件事接着办，最迟{due}答复您。有疑问请拨打{hotline}。"),
        "matter", "holder", "due", "hotline",
    ),),
    "case.joined": (_template(
        _("有人和您反映了同一件事"),
        _("您反映的“{matter}”与别人反映的是同一件事，现在一起办理。您仍有自己的回执、答复和评价；想分开办，随时可以说。"),
        _("您反映的事与同类的事一起办理，您仍会单独收到答复。想分开办请拨打{hotline}。"),
        "matter", "hotline",
    ),),
    "case.split": (_template(
        _("您反映的事分开办理"),
        _("您反映的“{matter}”里有几件事，现在分给不同的单位办，每一件都会答复您。"),
        _("您反映的事已分开办理，每一件都会答复您。有疑问请拨打{hotline}。"),
        "matter", "hotline",
    ),),
    "case.talked": (_template(
        _("{holder}给您留了话"),
        _("关于“{matter}”，{holder}给您留了话，请查看并回复。"),
        _("{holder}就您反映的事给您留了话。请凭登记回执查看，或拨打{hotline}。"),
        "matter", "holder", "hotline",
    ),),
    "case.withdrawn": (_template(
        _("您撤回的事"),
        _("您撤回了“{matter}”，{due}生效。这之前会有别的单位的人打电话向您核实；您说一句“不撤”，就接着办。"),
        _("您撤回的事{due}生效，这之前您可以改主意。若不是您本人意愿，请拨打{hotline}。"),
        "matter", "due", "hotline",
    ),),
    "promise.due": (_template(
        _("答应您的事到日子了"),
        _("答应您的“{matter}”，日子是{due}。办成了没有，请您说一句。"),
        _("答应您的事日子是{due}。办成了没有，请拨打{hotline}说一句。"),
        "matter", "due", "hotline",
    ),),
    "reception.booked": (_template(
        _("接待日预约好了"),
        _("您预约了{due}的接待日，地点：{place}。不用说明理由，到了直接说。"),
        _("您预约了{due}的接待日，地点：{place}。改期请拨打{hotline}。"),
        "due", "place", "hotline",
    ),),
    "mail.slip": (_template(
        _("您的来信收到了（验真号 {verify}）"),
        _("您的来信已经登记。\n谁在办：{holder}（先分清该谁办，再告诉您）\n最迟哪天：{due}前告诉您由哪个单位办\n"
          "不满意怎么办：拿查询码说一声，或打{hotline}，或来接待窗口\n\n查询码：{code}\n凭它查进度，请收好，不要转发给别人。\n"
          "验真号：{verify}\n\n要补充，直接回这封信，标题里的验真号请留着。\n有人正处在危险中，请马上打110、119、120、122，不要等回信。"),
        _("您的来信已经登记，最迟{due}告诉您由哪个单位办。"),
        "holder", "due", "verify", "code", "hotline",
    ),),
    "desk.assigned": (_template(
        _("有新的事要办"), _("“{matter}”交到你单位，最迟{due}告知本人是否受理。"), _("有新的事交到你单位，最迟{due}告知。"), "matter", "due",
    ),),
    "desk.alarm": (_template(
        _("今天就要联系"), _("刚登记的一件事里有危险或绝望的话，请今天就打电话，不要等分办。"), _("有一件事今天就要打电话。"),
    ),),
    "desk.look-alarm": (_template(
        _("有几次查看要问一问"), _("系统从查看记录里看到一条要问一问的，请打开“要问一问的查看”，问了写下结果。"), _("有一条查看要问一问。"),
    ),),
    "desk.access-asked": (_template(
        _("有一份看身份的申请等您看"), _("另一个单位有一份看身份的申请，要您同意或不同意，一天内有效。请打开“看身份的申请”。"),
        _("有一份看身份的申请等您看。"),
    ),),
    "desk.access-decided": (_template(
        _("看身份的申请有结果"), _("您交的看身份的申请：{result}。同意的，三十分钟内可以打开。"), _("看身份的申请有了结果。"), "result",
    ),),
    "desk.soon": (_template(
        _("快到期了"), _("“{matter}”最迟{due}，还有{left}天。"), _("有一件事最迟{due}。"), "matter", "due", "left",
    ),),
    "desk.today": (_template(
        _("今天到期"), _("“{matter}”今天到期。办不完的，请写明原因。"), _("有一件事今天到期。"), "matter",
    ),),
    "desk.promise": (_template(
        _("答应的事快到日子了"), _("“{matter}”里答应的事，日子是{due}。办成了请报兑现；办不成，请把原因写明白。"),
        _("有一项答应的事，日子是{due}。"), "matter", "due",
    ),),
    "desk.late": (_template(
        _("已经超期"), _("“{matter}”应在{due}前办完，已超{late}天。请写明原因。"), _("有一件事已超期{late}天。"), "matter", "due", "late",
    ),),
    "desk.supervised": (_template(
        _("上面在催"), _("“{matter}”已被督办，最迟{due}书面反馈。"), _("有一件事被督办，最迟{due}反馈。"), "matter", "due",
    ),),
    "desk.returned": (_template(
        _("退回的事有结果"), _("“{matter}”的退回异议：{result}。"), _("退回的事有了结果：{result}。"), "matter", "result",
    ),),
    "desk.reopened": (_template(
        _("本人说没解决"), _("“{matter}”本人说没解决，已重新办理，最迟{due}。"), _("有一件事本人说没解决，最迟{due}。"), "matter", "due",
    ),),
    "desk.rejoined": (_template(
        _("撤回的人改了主意"), _("“{matter}”撤回的人改了主意，接着办，最迟{due}。"), _("有一件事撤回的人改了主意，最迟{due}。"),
        "matter", "due",
    ),),
    "desk.talked": (_template(
        _("本人留了话"), _("“{matter}”本人留了话，请查看。"), _("有一件事本人留了话。"), "matter",
    ),),
}  # fmt: skip

_LINK = re.compile(
    r"(?:https?|ftp)\s*:|www\s*\.|(?<![\w@])[\w-]+\.(?:cn|com|net|org|gov|top|xyz|vip|cc|io|me|info|link|site|app|co|hk)\b|://",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d(?:[\s\-—–·]*\d){12,}")  # longer than any telephone number


def pick(versions: tuple[Template, ...], on: date) -> Template:
    """The words in force on a day; before the first version, the first."""
    newest_first = sorted(versions, key=lambda one: one.since, reverse=True)
    return next((one for one in newest_first if one.since <= on), newest_first[-1])


def template_for(key: str, on: date) -> Template:
    return pick(TEMPLATES[key], on)


def check_params(key: str, params: Mapping[str, Any]) -> None:
    """Only the parameters that the template names, short, and no identity among them."""
    if key not in TEMPLATES:
        raise UnfitMessage(f"unknown template {key}")
    unknown = set(params) - frozenset().union(*(one.params for one in TEMPLATES[key]))
    if unknown:
        raise UnfitMessage(f"{key} has no parameter {sorted(unknown)}")
    for name, value in params.items():
        if len(str(value)) > 200 or holds_citizen_number(str(value)):
            raise UnfitMessage(f"{key}: {name} is too long or holds an identity number")


def check_sms(text: str) -> str:
    """A short message as it may go out. Raises when a link or anything like a code stands in it."""
    plain = unicodedata.normalize("NFKC", text)
    if _LINK.search(plain):
        raise UnfitMessage("a text message carries no link")
    if _RUN.search(plain):
        raise UnfitMessage("a text message carries no code and no long number")
    return text


def wait_after(tries: int) -> timedelta:
    return timedelta(minutes=2**tries)
