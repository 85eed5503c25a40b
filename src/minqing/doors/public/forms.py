"""What residents are asked. One field is required; each says why it is there."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.forms import Choices, LineField, PlainForm, TextField, Tick, field
from minqing.doors.parts.places import PlaceField
from minqing.ground.people.rules import ReplyBy, is_mail_address
from minqing.kernel.words import Word
from minqing.methods import codes
from minqing.work.intake.rules import Anonymity
from minqing.work.judgement.rules import Explained, Solved

REGISTER = _("信访工作条例第十九条（登记）")
WHILE = _("与这件事的档案同期（一般10年）")
ONCE = _("只用于这一件事")


def said(words: type[Word]) -> list[tuple[str, Any]]:
    """The choices of a fixed list, in the language of the page."""
    return [(value, _(label)) for value, label in words.choices()]


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files at once. What may be kept is decided by the room of files, one by one: a bad one spoils no other."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFiles(attrs={"accept": "image/*,application/pdf"}))
        super().__init__(required=False, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given = data if isinstance(data, list | tuple) else [data]
        return [one for one in given if one]


def photos(help_text: Any) -> forms.Field:
    return field(
        FilesField(label=_("照片或文件"), help_text=help_text),
        purpose=_("把事情说清楚"), basis=REGISTER, retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


def mailbox() -> forms.Field:
    """Where a mail is sent to, for who chose that; an address nobody could write to is said at once."""
    return field(
        MailField(label=_("发到哪个邮箱"), help_text=_("选了发邮件才要填。")),
        purpose=_("告诉您有答复了"), basis=_("信访工作条例第三十四条"), retention=WHILE, reuse=_("送达"),
    )  # fmt: skip


class MailField(LineField):
    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "email", "autocomplete": "email", "autocapitalize": "none", "dir": "ltr"}
        super().__init__(required=False, attrs=attrs, **kwargs)

    def validate(self, value: str) -> None:
        super().validate(value)
        if value and not is_mail_address(value):
            raise forms.ValidationError(_("这不像一个邮箱地址，请核对。"), code="mail")


class WhatForm(PlainForm):
    """The only question that must be answered."""

    keep = "report"
    text = field(
        TextField(
            label=_("出了什么事？在哪里？"),
            help_text=_("想到什么写什么，写一句也行。不要写国家秘密。"),
            rows=8,
            required=True,
        ),
        purpose=_("知道您反映的是什么"), basis=REGISTER, retention=WHILE, reuse=_("承办单位、您的查询页"),
    )  # fmt: skip
    accuses = field(
        forms.BooleanField(label=_("我要举报干部或单位违纪违法"), required=False, widget=Tick()),
        purpose=_("只交给纪检机关，别的人看不到"), basis=_("信访工作条例第三十条"), retention=_("由纪检机关决定"),
        reuse=ONCE,
    )  # fmt: skip


class PlaceForm(PlainForm):
    place = field(
        PlaceField(label=_("哪个乡镇、哪个村？")),
        purpose=_("交给管这个地方的单位"), basis=REGISTER, retention=WHILE, reuse=_("承办单位、按地方的统计"),
    )  # fmt: skip
    place_words = field(
        LineField(label=_("再说细一点"), help_text=_("路名、小区、几组、门口有什么。"), required=False),
        purpose=_("让人找得到地方"), basis=REGISTER, retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


class WhoForm(PlainForm):
    anonymity = field(
        forms.ChoiceField(
            label=_("您愿意让谁知道是您？"), choices=said(Anonymity), initial=Anonymity.NAMED.value, required=False,
            widget=Choices(hints={
                "named": _("办事的单位能联系您，办得快一些"),
                "confidential": _("只有登记的人知道，办事的单位看不到"),
                "anonymous": _("谁也不知道。查询码丢了就找不回来了"),
            }),
        ),
        purpose=_("按您的意思保护您"), basis=_("信访工作条例第三十条、个人信息保护法"), retention=WHILE, reuse=ONCE,
    )  # fmt: skip
    name = field(
        LineField(label=_("怎么称呼您"), required=False, most=100, attrs={"autocomplete": "name"}),
        purpose=_("答复时写给谁"), basis=REGISTER, retention=WHILE, reuse=_("书面答复的抬头"),
    )  # fmt: skip
    phone = field(
        LineField(label=_("电话"), required=False, most=30, attrs={"inputmode": "tel", "autocomplete": "tel"}),
        purpose=_("有事问您、告诉您有答复了"), basis=REGISTER, retention=WHILE, reuse=_("联系、回访；丢了查询码回拨核对"),
    )  # fmt: skip


class AnswerForm(PlainForm):
    reply_by = field(
        forms.ChoiceField(
            label=_("答复怎么给您？"), choices=said(ReplyBy), initial=ReplyBy.ONLINE.value, required=False, widget=Choices()
        ),
        purpose=_("用您方便的办法送到"), basis=_("信访工作条例第三十四条"), retention=WHILE, reuse=_("送达"),
    )  # fmt: skip
    address = field(
        LineField(
            label=_("寄到哪里"), required=False, help_text=_("选了寄信才要填。"), attrs={"autocomplete": "street-address"}
        ),
        purpose=_("把书面答复寄给您"), basis=_("信访工作条例第三十四条"), retention=WHILE, reuse=_("送达"),
    )  # fmt: skip
    email = mailbox()
    word = field(
        LineField(
            label=_("设一个4位数字口令"), required=False, most=40,
            help_text=_("在网上看答复内容要用它。不设也行：答复可以念给您听、寄给您或当面取。"),
            attrs={"inputmode": "numeric", "autocomplete": "off"},
        ),
        purpose=_("别人捡到回执也看不到内容"), basis=_("个人信息保护法第五十一条"), retention=WHILE, reuse=ONCE,
    )  # fmt: skip
    files = photos(  # type: ignore[assignment]
        _("可以一次选多个，最多20个。照片里的位置信息会去掉；原件封存，只有办事的人能看。")
    )

    def clean_word(self) -> str:
        return read_word(self.cleaned_data["word"])


class SealedAnswerForm(AnswerForm):
    """For who reports an official: what is handed in is sealed as it comes, with everything that makes it evidence."""

    files = field(
        FilesField(
            label=_("照片或文件"),
            help_text=_("可以一次选多个，最多20个。一收下就密封，只有纪检机关能打开；原样保存，作证据用。"),
        ),
        purpose=_("把事情说清楚"), basis=_("信访工作条例第三十条"), retention=_("由纪检机关决定"), reuse=ONCE,
    )  # fmt: skip


def read_word(typed: str) -> str:
    """Four digits however they were typed; nothing when nothing was typed."""
    if not typed:
        return ""
    try:
        return codes.read_word(typed)
    except codes.BadNumber:
        raise forms.ValidationError(_("口令应是4位数字。")) from None


class WordForm(PlainForm):
    word = field(
        LineField(
            label=_("设一个4位数字口令"), most=40, required=True, help_text=_("有了口令，凭查询码和口令就能在网上看答复内容。"),
            attrs={"inputmode": "numeric", "autocomplete": "off"},
        ),
        purpose=_("别人捡到回执也看不到内容"), basis=_("个人信息保护法第五十一条"), retention=WHILE, reuse=ONCE,
    )  # fmt: skip

    def clean_word(self) -> str:
        return read_word(self.cleaned_data["word"])


class CodeForm(PlainForm):
    receipt = field(
        LineField(
            label=_("查询码"), most=1000, required=True, help_text=_("登记回执上的16位数字，空格有没有都行。"),
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-input", "data-code": "1"},
        ),
        purpose=_("找到您的这件事"), basis=_("信访工作条例第二十一条（查询）"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
    word = field(
        LineField(
            label=_("4位口令"), most=1000, required=False, help_text=_("登记时设过的才要填。不填也能看办到哪一步。"),
            attrs={"inputmode": "numeric", "autocomplete": "off"},
        ),
        purpose=_("看答复内容"), basis=_("个人信息保护法第五十一条"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


class VerdictForm(PlainForm):
    solved = field(
        forms.ChoiceField(label=_("解决了吗？"), choices=said(Solved), widget=Choices(row=True)),
        purpose=_("事情办得好不好由您说了算"), basis=_("信访工作条例第二十一条（评价）"), retention=WHILE, reuse=_("统计，不带您的身份"),
    )  # fmt: skip
    explained = field(
        forms.ChoiceField(label=_("说清楚了吗？"), choices=said(Explained), widget=Choices(row=True)),
        purpose=_("事情办得好不好由您说了算"), basis=_("信访工作条例第二十一条（评价）"), retention=WHILE, reuse=_("统计，不带您的身份"),
    )  # fmt: skip
    words = field(
        TextField(label=_("还有话要说"), required=False, rows=3, most=2000),
        purpose=_("告诉我们哪里没办好"), basis=_("信访工作条例第二十一条（评价）"), retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


class SayForm(PlainForm):
    keep = "say"
    text = field(
        TextField(label=_("我有话说"), rows=4, most=5000, required=True),
        purpose=_("和办事的单位说话"), basis=_("信访工作条例第二十七条"), retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


class ReasonForm(PlainForm):
    keep = "reason"
    reason = field(
        TextField(label=_("为什么不服"), rows=4, most=5000, required=True),
        purpose=_("让上一级知道您的理由"), basis=_("信访工作条例第三十五条、第三十六条"), retention=WHILE, reuse=_("复查、复核机关"),
    )  # fmt: skip


class LeaveForm(PlainForm):
    keep = "leave"
    reason = field(
        TextField(label=_("为什么要分开办"), rows=3, most=2000, required=True, help_text=_("比如：我家的情况不一样。")),
        purpose=_("让单位知道要单独办什么"), basis=_("信访工作条例第二十七条"), retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


class BackForm(LeaveForm):
    keep = "back"
    reason = field(
        TextField(label=_("为什么不分开了"), rows=3, most=2000, required=True, help_text=_("比如：其实是同一件事。")),
        purpose=_("让单位知道要一起办"), basis=_("信访工作条例第二十七条"), retention=WHILE, reuse=_("承办单位"),
    )  # fmt: skip


class FilesForm(PlainForm):
    files = photos(  # type: ignore[assignment]
        _("可以一次选多个，一件事最多20个。照片里的位置信息会去掉；原件封存，只有办事的人能看。")
    )

    def clean_files(self) -> list[UploadedFile]:
        given: list[UploadedFile] = self.cleaned_data["files"]
        if not given:
            raise forms.ValidationError(_("还没有选照片或文件。"))
        return given


class ReplyByForm(PlainForm):
    """`reachable`: the ways for which the person left what is needed; others are not offered."""

    reply_by = field(
        forms.ChoiceField(label=_("答复怎么给您？"), choices=said(ReplyBy), widget=Choices()),
        purpose=_("用您方便的办法送到"), basis=_("信访工作条例第三十四条"), retention=WHILE, reuse=_("送达"),
    )  # fmt: skip
    email = mailbox()


class ConsentForm(PlainForm):
    consent = field(
        forms.ChoiceField(
            label=_("您的意思"), choices=[("yes", _("愿意")), ("no", _("不愿意，接着办"))], widget=Choices(row=True)
        ),
        purpose=_("双方都愿意才调解"), basis=_("信访工作条例第三十三条"), retention=WHILE, reuse=_("调解员"),
    )  # fmt: skip


class SureForm(PlainForm):
    """Nothing to type: one press."""


class BookingCodeForm(PlainForm):
    code = field(
        LineField(
            label=_("预约码"), most=1000, required=True, help_text=_("预约时给您的16位数字。"),
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-input"},
        ),
        purpose=_("找到您的预约"), basis=_("信访工作条例第十八条"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


class BookForm(PlainForm):
    name = field(
        LineField(label=_("怎么称呼您"), required=False, most=100),
        purpose=_("当天叫到您"), basis=_("信访工作条例第十八条"), retention=_("接待日后一年"), reuse=ONCE,
    )  # fmt: skip
    phone = field(
        LineField(label=_("电话"), required=False, most=30, attrs={"inputmode": "tel"}),
        purpose=_("日子变了告诉您"), basis=_("信访工作条例第十八条"), retention=_("接待日后一年"), reuse=ONCE,
    )  # fmt: skip
    n_people = field(
        forms.IntegerField(label=_("来几个人"), initial=1, min_value=1, max_value=5, required=False),
        purpose=_("多人共同的事，代表不超过5人"), basis=_("信访工作条例第二十条"), retention=_("接待日后一年"), reuse=ONCE,
    )  # fmt: skip


class VerifyForm(PlainForm):
    number = field(
        LineField(label=_("验真号"), most=40, required=True, attrs={"autocomplete": "off"}),
        purpose=_("看文书是不是真的"), basis=_("信访工作条例第三十四条"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
