"""What of a person is shown, and why an identity may be opened. Pure."""

import re
from dataclasses import dataclass

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

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
