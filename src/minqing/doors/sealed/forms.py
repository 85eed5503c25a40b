"""What is asked on the sealed side. One field is required of who accuses; each says why it is there."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.forms import (
    Choices,
    LineField,
    PagesField,
    PlainForm,
    TextField,
    Tick,
    field,
)
from minqing.doors.parts.places import PlaceField
from minqing.methods import codes
from minqing.watch.clues.rules import MOST_NAMED, ClueClass, Finding, Purpose, TalkKind

RULES = _("纪检监察机关处理检举控告工作规则")
KEPT = _("由纪检机关决定")
ONCE = _("只用于这一件事")
OWN = _("监察法第七十四条（保密）")


def word_of(typed: str) -> str:
    """Four digits however they were typed; nothing when nothing was typed."""
    if not typed:
        return ""
    try:
        return codes.read_word(typed)
    except codes.BadNumber:
        raise forms.ValidationError(_("口令应是4位数字。")) from None


def said(words: Any) -> list[tuple[str, Any]]:
    return [(value, _(label)) for value, label in words.choices()]


class AccuseForm(PlainForm):
    """The whole of it on one page: the first box alone must be filled."""

    text = field(
        TextField(
            label=_("什么人做了什么事？"), help_text=_("时间、地点、钱数、谁还知道，想到什么写什么。不要写国家秘密。"), rows=9, required=True
        ),
        purpose=_("知道您检举的是什么"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    place = field(
        PlaceField(label=_("哪个乡镇、哪个村的事？")),
        purpose=_("让当地有牵连的人先都不能经手"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    about = field(
        LineField(label=_("说的是谁？"), required=False, most=500, help_text=_("姓名、单位、职务，知道多少写多少。")),
        purpose=_("这个人、他的单位和下属、亲属都不能经手"), basis=_("监察法第六十七条（回避）"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    keep_out = field(
        TextField(
            label=_("还有谁不能经手？"), required=False, rows=3, most=500,
            help_text=_("写全名，一行一个，最多5个。一收下就把他们挡在外面，不问您理由。"),
        ),
        purpose=_("您不放心的人看不到"), basis=_("监察法第六十七条（回避）"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    stands = field(
        forms.ChoiceField(
            label=_("您愿意留名吗？"), choices=said(ClueClass), initial=ClueClass.ANONYMOUS.value, required=False,
            widget=Choices(hints={
                "named": _("姓名电话单独封存，要两个单位的人同意才打得开；15个工作日内告诉您收没收、怎么办"),
                "confidential": _("同样封存，只在万不得已要找您时才打开"),
                "anonymous": _("谁也不查您是谁。下面写了姓名电话也不会收"),
            }),
        ),
        purpose=_("按您的意思保护您"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    name = field(
        LineField(label=_("姓名"), required=False, most=100, attrs={"autocomplete": "off"}),
        purpose=_("实名的要当面核实"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    phone = field(
        LineField(label=_("电话"), required=False, most=30, attrs={"inputmode": "tel", "autocomplete": "off"}),
        purpose=_("万不得已时找您"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    word = field(
        LineField(
            label=_("设一个4位数字口令"), required=False, most=40, attrs={"inputmode": "numeric", "autocomplete": "off"},
            help_text=_("看回话、接着说都要用它，和查询码分开记。"),
        ),
        purpose=_("别人捡到回执也看不到内容"), basis=_("个人信息保护法第五十一条"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    files = field(  # type: ignore[assignment]
        PagesField(
            label=_("照片或文件"), required=False, help_text=_("可以一次选多个，最多20个。原样密封，作证据用，我们自己也打不开。"),
        ),
        purpose=_("把事情说清楚"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip

    def clean_word(self) -> str:
        return word_of(self.cleaned_data["word"])

    def clean_keep_out(self) -> list[str]:
        lines = (
            self.cleaned_data["keep_out"]
            .replace("、", "\n")
            .replace("，", "\n")
            .replace(",", "\n")
            .split("\n")
        )
        names = [one.strip() for one in lines if one.strip()]
        if len(names) > MOST_NAMED:
            raise forms.ValidationError(_("最多写5个人，其余的请写在上面的话里。"))
        return names


class WordForm(PlainForm):
    word = field(
        LineField(
            label=_("设一个4位数字口令"), required=True, most=40, attrs={"inputmode": "numeric", "autocomplete": "off"},
            help_text=_("看回话、接着说都要用它，和查询码分开记。"),
        ),
        purpose=_("别人捡到回执也看不到内容"), basis=_("个人信息保护法第五十一条"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip

    def clean_word(self) -> str:
        return word_of(self.cleaned_data["word"])


class CodeForm(PlainForm):
    receipt = field(
        LineField(
            label=_("查询码"), most=1000, required=True, help_text=_("登记回执上的16位数字，空格有没有都行。"),
            attrs={"inputmode": "numeric", "autocomplete": "off", "class": "code-input"},
        ),
        purpose=_("找到您的这件事"), basis=RULES, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
    word = field(
        LineField(
            label=_("4位口令"), most=1000, required=False, help_text=_("不填只能看办到哪一步，看不到内容。"),
            attrs={"inputmode": "numeric", "autocomplete": "off"},
        ),
        purpose=_("看内容、接着说"), basis=_("个人信息保护法第五十一条"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


class MoreForm(PlainForm):
    text = field(
        TextField(label=_("我有话说"), rows=4, most=5000, required=True),
        purpose=_("和办的人说话，不用见面"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip


class HarmedForm(PlainForm):
    text = field(
        TextField(label=_("谁怎么为难您了？"), rows=4, most=5000, required=True, help_text=_("停了补助、上门威胁、调了岗位，都算。")),
        purpose=_("按打击报复查"), basis=_("监察法第七十三条"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip


# Officers


class SignInForm(PlainForm):
    username = field(
        LineField(label=_("用户名"), required=True, attrs={"autocomplete": "username", "autocapitalize": "none"}),
        purpose=_("知道是谁在看"), basis=OWN, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
    password = field(
        forms.CharField(
            label=_("密码"), strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
        ),
        purpose=_("知道是谁在看"), basis=OWN, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
    code = field(
        LineField(
            label=_("动态验证码"), required=True, most=20, help_text=_("手机验证器上的6位数字。"),
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"},
        ),
        purpose=_("知道是谁在看"), basis=OWN, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


def passphrase(label: Any, help_text: Any = "") -> forms.Field:
    return field(
        forms.CharField(
            label=label, help_text=help_text, strip=False, max_length=1000, widget=forms.PasswordInput(attrs={"autocomplete": "off"})
        ),
        purpose=_("打开您自己的钥匙"), basis=OWN, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


class UnlockForm(PlainForm):
    password = passphrase(_("您的口令"))


class NewKeyForm(PlainForm):
    password = passphrase(
        _("想一句只有自己知道的话作口令"), _("至少10个字。它不存在任何地方，忘了谁也找不回。")
    )
    password_again = passphrase(_("再写一遍"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") != cleaned.get("password_again"):
            self.add_error("password_again", _("两遍不一样。"))
        return cleaned


class RegisterForm(PlainForm):
    """`accused`, `units` and `named` are ids carried by tick boxes beside the form."""

    restated = field(
        TextField(
            label=_("转述"), rows=8, required=True, help_text=_("用自己的话写事情，不写是谁说的、怎么知道的。往下交的只有这一段。"),
        ),
        purpose=_("办的人看不出是谁举报的"), basis=_("信访工作条例第三十条"), retention=KEPT, reuse=_("办理人")
    )  # fmt: skip
    unknown = field(
        forms.BooleanField(label=_("还不知道具体是谁，整个单位都回避"), required=False, widget=Tick()),
        purpose=_("宁可多回避"), basis=_("监察法第六十七条（回避）"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    connivance = field(
        forms.BooleanField(label=_("说到了上级包庇，上级也回避"), required=False, widget=Tick()),
        purpose=_("宁可多回避"), basis=_("监察法第六十七条（回避）"), retention=KEPT, reuse=ONCE,
    )  # fmt: skip


class HandlerForm(PlainForm):
    handler = field(
        forms.ChoiceField(label=_("交给谁办"), choices=[], widget=Choices()),
        purpose=_("定由谁办"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip


class ReasonForm(PlainForm):
    text = field(
        TextField(label=_("理由"), rows=3, most=2000, required=True, help_text=_("本人在查询页上看得到。")),
        purpose=_("本人要知道为什么"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip


class SayForm(PlainForm):
    kind = field(
        forms.ChoiceField(
            label=_("这是什么话"), widget=Choices(row=True), initial=TalkKind.QUESTION.value,
            choices=[(str(one), _(one.label)) for one in (TalkKind.TAKEN, TalkKind.QUESTION, TalkKind.PROGRESS, TalkKind.SAFE)],
        ),
        purpose=_("本人一看就明白"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip
    text = field(
        TextField(label=_("写给本人"), rows=3, most=5000, required=True),
        purpose=_("和本人说话，不用知道是谁"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip


class DecideForm(PlainForm):
    finding = field(
        forms.ChoiceField(label=_("结论"), choices=said(Finding), widget=Choices()),
        purpose=_("说清楚查没查实"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip
    text = field(
        TextField(label=_("查了什么、怎么处理"), rows=4, most=5000, required=True),
        purpose=_("说清楚查没查实"), basis=RULES, retention=KEPT, reuse=ONCE,
    )  # fmt: skip


class AnswerForm(PlainForm):
    text = field(
        TextField(label=_("写给本人的结果"), rows=4, most=5000, required=True),
        purpose=_("把结果告诉本人"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip


class RefundForm(PlainForm):
    household = field(
        LineField(label=_("退给哪一户"), required=True, most=100),
        purpose=_("一户一户退到手"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip
    yuan = field(
        forms.DecimalField(label=_("多少元"), min_value=0, max_digits=12, decimal_places=2),
        purpose=_("一户一户退到手"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip
    due_on = field(
        forms.DateField(label=_("最迟哪天退到"), widget=forms.DateInput(attrs={"type": "date"})),
        purpose=_("一户一户退到手"), basis=RULES, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip


class FactorForm(PlainForm):
    code = field(
        LineField(
            label=_("动态验证码"), required=False, most=20, help_text=_("五分钟内验证过的可以不填。"),
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code"},
        ),
        purpose=_("确认现在坐在这里的是您"), basis=OWN, retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip


class AskForm(FactorForm):
    purpose = field(
        forms.ChoiceField(label=_("为什么要看是谁"), choices=said(Purpose), widget=Choices()),
        purpose=_("本人以后看得到"), basis=OWN, retention=KEPT, reuse=_("本人的查询页"),
    )  # fmt: skip
    why = field(
        TextField(label=_("具体说一句"), rows=2, most=500, required=True),
        purpose=_("另一个单位的人据此决定同不同意"), basis=OWN, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    instrument = field(
        LineField(label=_("调取文书的编号和条款"), required=False, most=200, help_text=_("只有外单位依法调取才要填。")),
        purpose=_("没有文书不给看"), basis=OWN, retention=KEPT, reuse=ONCE,
    )  # fmt: skip
    field_order = ("purpose", "why", "instrument", "code")


class FindForm(PlainForm):
    """Not a form of its own: the box beside the restatement in which people and offices are looked for."""

    find = field(
        LineField(label=_("找人、找单位"), required=False, most=60, help_text=_("姓名、职务或单位里的几个字。")),
        purpose=_("定谁要回避"), basis=_("监察法第六十七条（回避）"), retention=_("不保存"), reuse=ONCE,
    )  # fmt: skip
