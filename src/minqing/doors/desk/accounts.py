"""账号: the system administrator opens, closes, appoints and helps people back in. What anybody works on is not here."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.offices import name_of, title_of_post
from minqing.doors.parts.forms import LineField, PlainForm, Tick, field
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.shapes import Pager
from minqing.doors.parts.web import actor_of, parsed
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices import commands, queries
from minqing.kernel.errors import NotFound, Refusal

ACCOUNT = {
    "basis": gettext_lazy("网络安全等级保护（身份鉴别）"), "retention": gettext_lazy("停用后留名，口令即失效"),
    "reuse": gettext_lazy("登录、署名、审计"),
}  # fmt: skip


class AccountForm(PlainForm):
    username = field(
        LineField(
            label=gettext_lazy("登录名"), required=True, most=40, attrs={"autocapitalize": "none", "autocomplete": "off", "dir": "ltr"},
            help_text=gettext_lazy("小写字母、数字、点或横线，3到40个。"),
        ),
        purpose=gettext_lazy("登录"), **ACCOUNT,
    )  # fmt: skip
    name = field(
        LineField(label=gettext_lazy("姓名"), required=True, most=60),
        purpose=gettext_lazy("办件署名"),
        **ACCOUNT,
    )
    name_en = field(
        LineField(label=gettext_lazy("英文姓名"), required=False, most=80),
        purpose=gettext_lazy("英文页面"),
        **ACCOUNT,
    )
    email = field(
        forms.EmailField(label=gettext_lazy("工作邮箱"), required=False, max_length=200),
        purpose=gettext_lazy("收工作通知"),
        **ACCOUNT,
    )


def _date(label: Any) -> forms.Field:
    made = forms.DateField(label=label, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}))
    return field(made, purpose=gettext_lazy("按日子算任期"), **ACCOUNT)


class AppointForm(PlainForm):
    post_id = field(
        forms.ChoiceField(label=gettext_lazy("岗位")), purpose=gettext_lazy("决定能办什么事"), **ACCOUNT
    )
    on = _date(gettext_lazy("从哪天起"))
    deputising = field(
        forms.BooleanField(label=gettext_lazy("代理"), required=False, widget=Tick()),
        purpose=gettext_lazy("标明是代理"),
        **ACCOUNT,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offices = {one.id: one for one in queries.offices(on=today())}
        groups: dict[str, list[tuple[str, str]]] = {}
        for post in queries.posts_of(set(offices), on=today()):
            vacant = "" if post.holders else _("（空缺）")
            groups.setdefault(name_of(offices[post.office_id]), []).append(
                (str(post.id), f"{title_of_post(post)} · {_(post.role.label)}{vacant}")
            )
        self.fields["post_id"].choices = list(groups.items())  # type: ignore[attr-defined]


class DismissForm(PlainForm):
    appointment_id = field(
        forms.UUIDField(widget=forms.HiddenInput()), purpose=gettext_lazy("认定哪一项任职"), **ACCOUNT
    )
    on = _date(gettext_lazy("到哪天止"))


class TokenForm(PlainForm):
    days = field(
        forms.IntegerField(label=gettext_lazy("令牌管几天"), min_value=1, max_value=366, initial=30),
        purpose=gettext_lazy("到期自动失效"),
        **ACCOUNT,
    )


@require_GET
def account_list(request: HttpRequest) -> HttpResponse:
    """By sign-in name, with the posts of today and whether a second factor is set."""
    given = request.GET
    words, closed = given.get("q", "").replace("\0", "").strip()[:60], given.get("closed") == "1"
    lines, following = queries.account_lines(
        actor_of(request),
        on=today(),
        words=words,
        closed=closed,
        after=given.get("after", "").replace("\0", "")[:60],
    )
    names = queries.account_names({line.id for line in lines}, english=in_english())
    kept = {"q": words, "closed": "1" if closed else ""}
    next_url = "?" + urlencode({name: value for name, value in {**kept, "after": following}.items() if value})
    return desk(
        request, "desk/accounts.html", page_title=_("账号"), lines=[(line, names[line.id]) for line in lines], find=words, closed=closed,
        pager=Pager(shown=len(lines), next_url=next_url if following else ""),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def account_new(request: HttpRequest) -> HttpResponse:
    """Open an account; its first password is shown once."""
    by = actor_of(request)
    by.must(Verb.ACCOUNT_EDIT)
    form = AccountForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                account_id, password = commands.open_staff_account(by=by, at=now(), **form.cleaned_data)
                return _show(request, account_id, secret=password, what="password", status=201)
            except Refusal as refusal:
                status = refusal.status
                form.add_error("username", words_of(refusal))
    return desk(request, "desk/account_new.html", status=status, page_title=_("开账号"), form=form)


@never_cache
@require_GET
def account_show(request: HttpRequest, account_id: UUID) -> HttpResponse:
    return _show(request, account_id)


def _show(
    request: HttpRequest,
    account_id: UUID,
    *,
    secret: str = "",
    what: str = "",
    status: int = 200,
    **forms_: PlainForm,
) -> HttpResponse:
    by = actor_of(request)
    one = queries.account_page(by, account_id)
    name = queries.account_names({account_id}, english=in_english()).get(account_id, one.name)
    return desk(
        request, "desk/account.html", status=status, page_title=name, account=one, secret=secret, what=what,
        oneself=account_id == by.account_id, appoint=forms_.get("appoint") or AppointForm(initial={"on": today()}),
        dismiss=DismissForm(initial={"on": today()}), token=forms_.get("token") or TokenForm(),
    )  # fmt: skip


def _appoint(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    told = parsed(AppointForm, request)
    commands.appoint_account(
        by=by,
        account_id=account_id,
        post_id=UUID(told["post_id"]),
        on=told["on"],
        deputising=told["deputising"],
        at=at,
    )


def _dismiss(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    commands.dismiss_account(by=by, at=at, **parsed(DismissForm, request))


def _token(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> str:
    return commands.issue_token(by=by, account_id=account_id, days=parsed(TokenForm, request)["days"], at=at)


def _close(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    commands.close_account(by=by, account_id=account_id, at=at)


def _reopen(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    commands.reopen_account(by=by, account_id=account_id, at=at)


def _revoke(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    commands.revoke_tokens(by=by, account_id=account_id, at=at)


def _factor(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> None:
    commands.reset_second_factor(by=by, account_id=account_id, at=at)


def _password(request: HttpRequest, by: Actor, account_id: UUID, at: datetime) -> str:
    return commands.reset_password(by=by, account_id=account_id, at=at)


Doing = Callable[[HttpRequest, Actor, UUID, datetime], str | None]
ACTS: dict[str, tuple[Doing, Any]] = {
    "appoint": (_appoint, gettext_lazy("任命了。")),
    "dismiss": (_dismiss, gettext_lazy("免去了，到那天止。")),
    "close": (_close, gettext_lazy("停用了：已登录的会退出，令牌作废。")),
    "reopen": (_reopen, gettext_lazy("恢复了，岗位要重新核对。")),
    "revoke": (_revoke, gettext_lazy("令牌都作废了。")),
    "second-factor": (_factor, gettext_lazy("第二道验证清除了，下次登录时本人重新设。")),
    "token": (_token, ""),
    "password": (_password, ""),
}


@never_cache
@require_POST
def account_act(request: HttpRequest, account_id: UUID, act: str) -> HttpResponse:
    """One act on another's account. A password or a token is shown on the answer itself, once, and kept nowhere."""
    if act not in ACTS:
        raise NotFound()
    do, said = ACTS[act]
    shown = do(request, actor_of(request), account_id, now())
    if shown:
        return _show(request, account_id, secret=shown, what=act)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("account-page", args=[account_id]), status=303)
