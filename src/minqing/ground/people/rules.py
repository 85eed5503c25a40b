"""What of a person is shown, and why an identity may be opened. Pure."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from minqing.kernel.errors import Refusal
from minqing.kernel.states import Machine
from minqing.kernel.words import Word
from minqing.methods.clock import CHINA

AAD = b"person/v1"

PERSON_SQL = (
    "INSERT INTO people_person (id, key, sealed, mask_name, mask_phone, place_id, reply_by, lang, created_at)"
    " VALUES (%(person_id)s, %(person_key)s, %(person_sealed)s, %(mask_name)s, %(mask_phone)s, %(place)s,"
    " %(reply_by)s, %(lang)s, %(at)s)"
)


class ReplyBy(Word):
    """How the answer should reach the person."""

    ONLINE = "online", "我自己凭查询码看"
    SMS = "sms", "短信告诉我有答复了"
    EMAIL = "email", "发邮件告诉我有答复了"
    PHONE = "phone", "打电话念给我听"
    LETTER = "letter", "寄信给我"
    IN_PERSON = "in_person", "我当面来取"


MAIL_ADDRESS = re.compile(
    r"[^@\s<>\",;:()\[\]\\]{1,64}@[^@\s<>\",;:()\[\]\\.]+(?:\.[^@\s<>\",;:()\[\]\\.]+)+"
)


def is_mail_address(typed: str) -> bool:
    """One address somebody can be written to: a name, an @, and a domain of at least two parts."""
    return len(typed) <= 200 and MAIL_ADDRESS.fullmatch(typed) is not None


class Purpose(Word):
    """Why an identity is opened; written down and shown to the person."""

    HANDLE = "handle", "办理您反映的事"
    CALLBACK = "callback", "回访您对结果的看法"
    SERVE = "serve", "把答复交到您手上"
    WITHDRAWAL = "withdrawal", "核实您要撤回"
    RECEPTION = "reception", "安排您约见"
    LOST_SLIP = "lost_slip", "帮您找回丢了的回执"
    OUTSIDE = "outside", "外单位依法调取"


class LookKind(Word):
    """What was done with an identity."""

    OPENED = "opened", "打开看了"
    EXPORTED = "exported", "导出了名单"
    FOUND = "found", "按姓名和电话找到"


class AccessKind(Word):
    """What one person alone may not open."""

    CONFIDENTIAL = "confidential", "本人要求保密的联系方式"
    EXPORT = "export", "二十人以上的名单"
    OUTSIDE = "outside", "外单位调取"
    DELAY = "delay", "推迟告诉本人"


class OutsideBody(Word):
    POLICE = "police", "公安机关"
    COURT = "court", "人民法院"
    PROCURATORATE = "procuratorate", "人民检察院"
    SUPERVISION = "supervision", "监察机关"
    SUPERIOR = "superior", "上级机关"


class AccessState(Word):
    ASKED = "asked", "等另一个单位的人同意"
    APPROVED = "approved", "同意了，三十分钟内可以打开"
    REFUSED = "refused", "没有同意"


ACCESS = Machine(
    name="access",
    start=AccessState.ASKED,
    moves={
        (AccessState.ASKED, "approve"): AccessState.APPROVED,
        (AccessState.ASKED, "refuse"): AccessState.REFUSED,
    },
    acts={"approve": "同意", "refuse": "不同意"},
)
OPEN_FOR = timedelta(minutes=30)
ASKED_FOR = timedelta(hours=24)
FACTOR_FOR = timedelta(minutes=5)
MOST_ALONE = 20
"""How many identities one person may take out, or open in a day, before a second one looks."""
LONGEST_LIST = 2000
LONGEST_DELAY_MONTHS = 6


class AlarmKind(Word):
    """Why looks are worth a question. Not an accusation, never a score."""

    VOLUME = "volume", "一天打开二十人以上"
    HOURS = "hours", "在工作时间以外打开"
    NEAR = "near", "打开的是自己村、或亲属任职地方的人"
    NO_TASK = "no_task", "事情已经办结，还打开"


DAY_BEGINS, DAY_ENDS = 7, 21


def off_hours(at: datetime, *, workday: bool) -> bool:
    """Before seven, after nine in the evening, or on a day that the calendar gives off; by the clock of China."""
    return not workday or not DAY_BEGINS <= at.astimezone(CHINA).hour < DAY_ENDS


def same_unit(asker_path: str, approver_path: str, *, stands_apart: bool = False) -> bool:
    """One office, or an approver who is under the asker's: neither is a second pair of eyes. A superior office is, and so
    is discipline, which stands apart from the line.
    """
    return asker_path == approver_path if stands_apart else approver_path.startswith(asker_path)


def latest_delay(today: date) -> date:
    month = today.month - 1 + LONGEST_DELAY_MONTHS
    year, month = today.year + month // 12, month % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


class FactorNeeded(Refusal):
    code, status, text = "access.factor-needed", 403, "这一步要当场再验证一次：请输入手机动态口令上的六位数。"


class FactorWrong(Refusal):
    code, status, text = "access.factor-wrong", 403, "动态口令不对，或者刚刚用过。请等下一个六位数再输。"


class AccessNeeded(Refusal):
    code, status, text = "access.needed", 403, "本人要求保密。要看，请先写明理由，由另一个单位的人同意。"


class TooManyAlone(Refusal):
    code, status, text = (
        "access.too-many",
        403,
        "这份名单有{n}人，超过{limit}人。请先写明理由，由另一个单位的人同意。",
    )


class ApproverIsAsker(Refusal):
    code, status, text = "access.approver-is-asker", 403, "申请的人不能自己同意，请另一个单位的人来看。"


class SameUnit(Refusal):
    code, status, text = "access.same-unit", 403, "您和申请人是同一个单位的，请另一个单位的人来看。"


class SeatGone(Refusal):
    code, status, text = "access.seat-gone", 403, "申请时的岗位现在不是您的了，这份同意不能再用。"


class AccessDecided(Refusal):
    code, status, text = (
        "access.decided",
        409,
        "这份申请已经有结果了（{state}），不能再改。要再看，请重新申请。",
    )


class NotApproved(Refusal):
    code, status, text = "access.not-approved", 409, "还没有人同意，打不开。"


class AccessExpired(Refusal):
    code, status, text = "access.expired", 409, "同意后的{minutes}分钟过了，打不开了。还要看，请重新申请。"


class AccessUsed(Refusal):
    code, status, text = "access.used", 409, "这份名单已经导出过一次。还要，请重新申请。"


class AskOld(Refusal):
    code, status, text = "access.ask-old", 409, "申请超过{hours}小时没有人同意，已经作废。请重新申请。"


class ReasonNeeded(Refusal):
    code, status, text = "access.reason-needed", 422, "请写明为什么要看。这句话会留下来，审计看得到。"


class InstrumentNeeded(Refusal):
    code, status, text = (
        "access.instrument-needed",
        422,
        "外单位调取，要写明是哪类机关、文书编号和依据的条款。",
    )


class OnePerson(Refusal):
    code, status, text = "access.one-person", 422, "外单位调取，一份文书只能看一个人，不能成批。"


class DelayWrong(Refusal):
    code, status, text = (
        "access.delay-wrong",
        422,
        "推迟告诉本人，只在文书要求时可以，日子要在明天以后、{latest}以前（每次最多{months}个月）。",
    )


class NothingToTell(Refusal):
    code, status, text = "access.nothing-delayed", 409, "这一件没有推迟告诉本人，用不着展期。"


class AlarmSettled(Refusal):
    code, status, text = "look.settled", 409, "这一条已经有人核实过了。"


@dataclass(frozen=True)
class Contact:
    """The opened identity of one person; every field may be empty."""

    name: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""

    def empty(self) -> bool:
        return not (self.name or self.phone or self.address or self.email)


class BlindKind(Word):
    """What an index hides."""

    PHONE = "tel", "电话"
    CITIZEN = "id", "身份证号"


class AskedTooOften(Refusal):
    code, status, text = (
        "person.asked-too-often",
        429,
        "这一小时里，全县按电话找人的次数太多，已暂停。请过一小时再找。",
    )


class NoContact(Refusal):
    code, status, text = "person.no-contact", 404, "这个人没有留下联系方式。"


class PhoneUnreadable(Refusal):
    code, status, text = "person.bad-phone", 422, "电话“{typed}”看着不像电话号码。可以改一下，也可以不留。"
