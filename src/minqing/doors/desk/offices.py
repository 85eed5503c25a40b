"""单位和岗位: superior lines, posts and who holds them, what is vacant, who deputises; and everybody's own declaration of kin."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from minqing.charter import Role, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.notices import uuid_or_none
from minqing.doors.parts.forms import LineField, PlainForm, field
from minqing.doors.parts.shapes import Chip
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices import commands, queries
from minqing.ground.offices.queries import OfficeLine, PostLine
from minqing.ground.offices.rules import OfficeKind
from minqing.kernel.errors import Refusal

STAFF = {
    "basis": gettext_lazy("机构编制规定"),
    "retention": gettext_lazy("岗位存续期间"),
    "reuse": gettext_lazy("决定谁能办什么事"),
}
RECUSAL = {
    "basis": gettext_lazy("公务员法第七十四条、第七十六条"), "retention": gettext_lazy("在职期间"), "reuse": gettext_lazy("只用来提示回避"),
}  # fmt: skip


class PostForm(PlainForm):
    title = field(
        LineField(label=gettext_lazy("岗位名称"), required=True, most=60),
        purpose=gettext_lazy("让人知道找谁"),
        **STAFF,
    )
    title_en = field(
        LineField(label=gettext_lazy("英文名称"), required=False, most=80),
        purpose=gettext_lazy("英文页面"),
        **STAFF,
    )
    role = field(forms.ChoiceField(label=gettext_lazy("能做什么")), purpose=gettext_lazy("决定权限"), **STAFF)
    public_line = field(
        LineField(label=gettext_lazy("公开的电话"), required=False, most=40, attrs={"inputmode": "tel"}),
        purpose=gettext_lazy("公布在民情簿"), **STAFF,
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role.value, _(role.label)) for role in Role]  # type: ignore[attr-defined]


class KinForm(PlainForm):
    relation = field(
        LineField(label=gettext_lazy("什么关系"), required=True, most=40, help_text=gettext_lazy("例如：配偶、父母、子女、兄弟姐妹、姻亲。")),
        purpose=gettext_lazy("提示回避"), **RECUSAL,
    )  # fmt: skip
    other = field(
        LineField(label=gettext_lazy("对方的登录名"), required=False, most=60, help_text=gettext_lazy("对方也在本系统工作时填。")),
        purpose=gettext_lazy("提示回避"), **RECUSAL,
    )  # fmt: skip
    office_id = field(
        forms.ChoiceField(label=gettext_lazy("或者有关的单位"), required=False),
        purpose=gettext_lazy("提示回避"),
        **RECUSAL,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office_id"].choices = [  # type: ignore[attr-defined]
            ("", _("不选")),
            *((str(one.id), name_of(one)) for one in queries.offices(on=today())),
        ]


def name_of(one: OfficeLine) -> str:
    return one.name_en or one.name if in_english() else one.name


def title_of_post(post: PostLine) -> str:
    return post.title_en or post.title if in_english() else post.title


@require_GET
def office_list(request: HttpRequest) -> HttpResponse:
    """One kind of office at a time: superior, posts, how many are empty, how many are held by a deputy."""
    kind = request.GET.get("kind", OfficeKind.DEPARTMENT.value)
    kinds = [one for one in OfficeKind if one.value == kind] or [OfficeKind.DEPARTMENT]
    everyone = {one.id: one for one in queries.offices(on=today())}
    shown = [one for one in everyone.values() if one.kind in {k.value for k in kinds}]
    posts: dict[UUID, list[PostLine]] = {}
    for post in queries.posts_of({one.id for one in shown}, on=today()):
        posts.setdefault(post.office_id, []).append(post)
    lines = [
        {
            "id": one.id, "name": name_of(one), "telephone": one.telephone, "n": len(posts.get(one.id, [])),
            "above": name_of(everyone[one.superior_id]) if one.superior_id in everyone else "",
            "vacant": sum(not post.holders for post in posts.get(one.id, [])),
            "deputised": sum(any(deputy for _name, deputy in post.holders) for post in posts.get(one.id, [])),
        }
        for one in shown
    ]  # fmt: skip
    present = {one.kind for one in everyone.values()}
    chips = [
        Chip(_(one.label), f"?kind={one.value}", on=one in kinds)
        for one in OfficeKind
        if one.value in present
    ]
    return desk(request, "desk/offices.html", page_title=_("单位和岗位"), lines=lines, chips=chips)


@require_http_methods(["GET", "POST"])
def office_page(request: HttpRequest, office_id: UUID) -> HttpResponse:
    """One office: its line upward, its posts and who holds them today. The system administrator adds a post."""
    by, office = actor_of(request), queries.office(office_id)
    may_edit = by.may(Verb.ACCOUNT_EDIT)
    form = PostForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            commands.add_staff_post(
                by=by, office_id=office_id, at=now(), **{**told, "role": Role(told["role"])}
            )
            messages.success(request, _("岗位加好了，现在空缺；到账号页任命。"))
            return HttpResponseRedirect(reverse("office-page", args=[office_id]), status=303)
    posts = [
        {"title": title_of_post(post), "role": post.role, "line": post.public_line, "holders": post.holders}
        for post in queries.posts_of({office_id}, on=today())
    ]
    return desk(
        request, "desk/office.html", status=status, page_title=name_of(office), office=office, posts=posts, form=form,
        line_up=[name_of(one) for one in queries.superiors(office_id)], may_edit=may_edit,
        kind=_(OfficeKind(office.kind).label),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def kin(request: HttpRequest) -> HttpResponse:
    """Everybody declares for themselves and sees only their own list."""
    by = actor_of(request)
    form = KinForm(request.POST or None) if "remove" not in request.POST else KinForm()
    status = 200
    if request.method == "POST" and "remove" in request.POST:
        kin_id = uuid_or_none(request.POST["remove"])
        if kin_id is not None:
            commands.withdraw_own_kin(by=by, kin_id=kin_id)
        return HttpResponseRedirect(reverse("kin"), status=303)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            try:
                commands.declare_own_kin(
                    by=by,
                    relation=told["relation"],
                    other=told["other"],
                    office_id=uuid_or_none(told["office_id"]),
                    on=today(),
                )
                messages.success(request, _("记下了。以后遇到有关的事，会提示您回避。"))
                return HttpResponseRedirect(reverse("kin"), status=303)
            except Refusal as refusal:
                status = refusal.status
                form.add_error(None, _(refusal.text).format(**refusal.data))
    return desk(
        request,
        "desk/kin.html",
        status=status,
        page_title=_("申报亲属关系"),
        form=form,
        lines=queries.own_kin(by),
    )
