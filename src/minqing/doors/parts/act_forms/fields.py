"""The boxes acts are made of, who reads what is typed into them, and the forms several acts share."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.forms import LineField, PlainForm, TextField, Tick, field
from minqing.kernel.words import Word

WORK = {
    "basis": "《信访工作条例》第二十二条至第三十六条",
    "retention": "随案卷保存",
    "reuse": "办理、答复本人、监督",
}
ORDER = {"basis": "接诉即办、热线办理规范", "retention": "随案卷保存", "reuse": "办理、答复本人、监督"}
READ = _("本人看得到，原话照登。")
INSIDE = _("只有工作人员看得到。")
ANSWER = _("本人看得到，原话照登；只有“协办意见”是给承办单位看的。")


def said(label: Any, why: str, *, required: bool = False, rows: int = 4, readers: Any = "") -> forms.Field:
    """`readers`: READ or INSIDE, said beside the box wherever somebody could be mistaken about it."""
    return field(TextField(label=label, required=required, rows=rows, help_text=readers), purpose=why, **WORK)


def line(
    label: Any, why: str, *, required: bool = False, most: int = 200, unsaid: bool = False, readers: Any = ""
) -> forms.Field:
    """`unsaid`: left empty means "leave it as it is", not "make it empty"."""
    made = field(LineField(label=label, required=required, most=most, help_text=readers), purpose=why, **WORK)
    made.unsaid = unsaid  # type: ignore[attr-defined]
    return made


def chosen(
    label: Any,
    words: type[Word],
    why: str,
    *,
    required: bool = True,
    initial: Word | None = None,
    ask: bool = False,
) -> forms.Field:
    """`ask`: nothing stands chosen before somebody chose."""
    choices = [(value, _(text)) for value, text in words.choices()]
    if ask or not required:
        choices = [("", _("请选择") if required else _("不选")), *choices]
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
    """Between offices."""

    words = said(_("给对方单位的话"), "写进办理经过", readers=INSIDE)


class TellForm(ActForm):
    """Said to everybody in the case."""

    words = said(_("对本人说的话"), "送到本人", readers=READ)


class ReasonForm(ActForm):
    """Written into what the person gets."""

    reason = said(_("理由"), "告知本人为什么", required=True, readers=READ)


class InsideForm(ActForm):
    """Kept in the file and read by the offices."""

    reason = said(_("理由"), "写进办理经过", required=True, readers=INSIDE)


class TextForm(ActForm):
    text = said(_("内容"), "答复本人", required=True, rows=6, readers=READ)


class ReasonedForm(ReasonForm):
    basis = line(_("依据"), "写明根据哪一条", required=True, most=500, readers=READ)


class InsideReasonedForm(InsideForm):
    basis = line(_("依据"), "写明根据哪一条", required=True, most=500, readers=INSIDE)
