"""What the acts on one word ask for: sorting, opening, joining, splitting, sealing."""

from django import forms
from django.utils.translation import gettext_lazy as _

from minqing.doors.parts.act_forms.fields import (
    INSIDE,
    ORDER,
    READ,
    WORK,
    ActForm,
    InsideForm,
    TextForm,
    chosen,
    line,
    said,
    which,
)
from minqing.doors.parts.forms import PlainForm, Tick, field
from minqing.doors.parts.places import PlaceField
from minqing.doors.parts.rows import RowsField
from minqing.work.cases.commands import Part
from minqing.work.cases.rules import Category, Grade, Path, Track
from minqing.work.intake.rules import Kind


class OpenForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事", required=True, readers=READ)
    track = chosen(_("走哪种程序"), Track, "确定程序和期限")
    category = chosen(_("四类中的哪一类"), Category, "确定程序", initial=Category.CLAIM)
    way = chosen(_("申诉求决的途径"), Path, "确定程序", initial=Path.PETITION)
    grade = chosen(_("缓急"), Grade, "确定热线期限", initial=Grade.HELP)
    kind = chosen(_("性质"), Kind, "分办和统计", initial=Kind.HELP)
    matter = line(_("派单目录里的事项"), "对照职责目录")
    holder_id = which(_("首接单位"), "确定首接单位", required=False)


class SortForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事", unsaid=True, readers=READ)
    kind = chosen(_("性质"), Kind, "分办和统计", required=False)
    place = field(PlaceField(label=_("哪个村（社区）")), purpose="确定属地", **WORK)
    place.unsaid = True  # type: ignore[attr-defined]


class TranscribeForm(ActForm):
    title = line(_("标题"), "在清单里认出这件事", readers=READ)
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
    title = line(_("标题"), "在清单里认出这件事", readers=READ)


class JoinForm(InsideForm):
    case_id = which(_("并到哪件事"), "一起办理同一件事")


class PartForm(PlainForm):
    title = line(_("标题"), "在清单里认出这件事", required=True, readers=READ)
    office_id = which(_("由谁办"), "确定谁来办", required=False)
    words = said(_("要办什么"), "交代要办什么", readers=INSIDE)


class SplitForm(InsideForm):
    case_id = which(_("从哪件事里拆"), "确定拆哪一件")
    parts = field(
        RowsField(PartForm, made=Part, label=_("拆成哪几件")), purpose="不同的事由不同的单位各自答复", **WORK
    )
