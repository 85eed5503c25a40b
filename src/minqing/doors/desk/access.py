"""看身份的申请: what one person alone may not open. Ask with a reason, another unit agrees, thirty minutes, all logged."""

import csv
import io
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from minqing.charter import Role, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.looks import harmless
from minqing.doors.parts import act_forms as f
from minqing.doors.parts.acts import ACCESS_ACTS, ASK_ACCESS, Act, cleaned, do
from minqing.doors.parts.marks import mark_of
from minqing.doors.parts.proving import prove
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of, page_and_form
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import account_names
from minqing.ground.people import commands as people
from minqing.ground.people.queries import AccessLine, access_line, access_lines, own_access
from minqing.ground.people.rules import AccessKind, AccessState, Contact, Purpose, TooManyAlone, latest_delay
from minqing.kernel.errors import NotFound, Refusal
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import case_page, numbers_of

BY_NAME = {act.name: act for act in ACCESS_ACTS}
NEEDS = {
    AccessKind.CONFIDENTIAL: {"kind", "demand_id", "words", "code"},
    AccessKind.EXPORT: {"kind", "words", "code"},
    AccessKind.OUTSIDE: {"kind", "demand_id", "body", "instrument", "article", "tell_from", "words", "code"},
}
TITLES = {
    AccessKind.CONFIDENTIAL: "申请看要求保密的联系方式", AccessKind.EXPORT: "申请导出名单", AccessKind.OUTSIDE: "外单位调取",
}  # fmt: skip


def must_see(by: Any) -> None:
    """The list is for those who ask, agree or audit; it is empty for anybody else, so it is not theirs."""
    if not any(by.may(verb) for verb in (Verb.ACCESS_ASK, Verb.ACCESS_APPROVE)):
        by.must(Verb.LOOK_VIEW)


@require_GET
def accesses(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    must_see(by)
    lines = access_lines(by, now=now())
    return desk(
        request, "desk/accesses.html", page_title=_("看身份的申请"), lines=_told(lines), n_waiting=sum(line.may_decide for line in lines)
    )  # fmt: skip


def _told(lines: list[AccessLine]) -> list[dict[str, Any]]:
    english, numbers = in_english(), numbers_of({line.about for line in lines})
    names = account_names(
        {pk for line in lines for pk in (line.asked_by, line.decided_by) if pk}, english=english
    )
    roles = {role.value: role.label for role in Role}
    return [
        {
            "line": line, "number": numbers.get(line.about, "—"), "asker": names.get(line.asked_by, "—"),
            "decider": names.get(line.decided_by, "") if line.decided_by else "",
            "office": line.office_en or line.office if english else line.office,
            "decided_office": line.decided_office_en or line.decided_office if english else line.decided_office,
            "role": _(roles[line.role]) if line.role in roles else "—", "state": _state(line),
        }
        for line in lines
    ]  # fmt: skip


def _state(line: AccessLine) -> str:
    if line.stale:
        return _("没有人同意，已作废")
    if line.state is AccessState.APPROVED and (line.kind is AccessKind.DELAY or not is_open(line)):
        return (
            _("同意了") if line.kind is AccessKind.DELAY or line.opened_at else _("同意了，没有打开，已过期")
        )
    return _(line.state.label)


def is_open(line: AccessLine) -> bool:
    used = line.kind is AccessKind.EXPORT and line.opened_at is not None
    return (
        line.open_until is not None
        and now() <= line.open_until
        and not used
        and line.kind is not AccessKind.DELAY
    )


@page_and_form
def access_ask(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """From the page of a case: what, for which word, why, and the six digits."""
    by = actor_of(request)
    by.must(Verb.ACCESS_ASK)
    page = case_page(by, case_id)
    typed = request.POST if request.method == "POST" else request.GET
    try:
        kind = AccessKind(typed.get("kind", ""))
        needs = NEEDS[kind]
    except (ValueError, KeyError):
        raise NotFound() from None
    first = {"kind": kind.value, "demand_id": typed.get("demand_id", "")}
    form = _narrowed(
        f.AskAccessForm(request.POST if request.method == "POST" else None, initial=first), needs
    )
    status = 200
    if request.method == "POST":
        try:
            access_id = do(ASK_ACCESS, by=by, at=now(), form=form, target=case_id)
            messages.success(request, _("申请已交，等另一个单位的人同意。同意后三十分钟内可以打开。"))
            return HttpResponseRedirect(reverse("access-page", args=[access_id]), status=303)
        except Refusal as refusal:
            if not form.errors:
                form.add_error(None, words_of(refusal))
            status = refusal.status
    return desk(
        request, "desk/access_ask.html", status=status, page_title=_(TITLES[kind]), form=form, line=page.line, kind=kind,
        latest=latest_delay(today()),
    )  # fmt: skip


def _narrowed(form: f.AskAccessForm, needs: set[str]) -> f.AskAccessForm:
    """Only the boxes of this kind; what the address already says is not asked again."""
    for name in list(form.fields):
        if name not in needs:
            del form.fields[name]
        elif name in {"kind", "demand_id"}:
            form.fields[name].widget = forms.HiddenInput()
    for name in needs & {"body", "instrument", "article"}:
        form.fields[name].required = True
    if "body" in form.fields:
        listed = form.fields["body"]
        listed.choices = [("", _("请选择")), *(one for one in listed.choices if one[0])]  # type: ignore[attr-defined]
    return form


@require_GET
def access_page(request: HttpRequest, access_id: UUID) -> HttpResponse:
    return _page(request, access_id)


def _page(
    request: HttpRequest, access_id: UUID, *, bad: Any = None, at: str = "", status: int = 200
) -> HttpResponse:
    by = actor_of(request)
    must_see(by)
    line = access_line(by, access_id, now=now())
    delayed = (
        line.mine
        and line.tell_from is not None
        and line.tell_from > today()
        and line.kind is not AccessKind.DELAY
    )
    made = {
        "approve": f.DecideAccessForm() if line.may_decide else None,
        "open": f.OpenAccessForm() if line.mine and is_open(line) else None,
        "delay": f.DelayAccessForm() if delayed and line.state is AccessState.APPROVED else None,
    }
    if bad is not None:
        made["approve" if at == "refuse" else at] = bad
    return desk(
        request, "desk/access.html", status=status, page_title=_(line.kind.label), one=_told([line])[0], line=line,
        latest=latest_delay(today()), **{f"{name}_form": form for name, form in made.items()},
    )  # fmt: skip


@require_POST
def access_act(request: HttpRequest, access_id: UUID, act: Act) -> HttpResponse:
    """Agree, do not agree, ask for a longer delay: each with its own six digits."""
    by, form = actor_of(request), act.form(request.POST)
    try:
        do(act, by=by, at=now(), form=form, target=access_id)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _page(request, access_id, bad=form, at=act.name, status=refusal.status)
    messages.success(request, _("“{act}”已记下。").format(act=act.label), extra_tags=f"access-{act.name}")
    return HttpResponseRedirect(reverse("accesses"), status=303)


@never_cache
@require_POST
def access_open(request: HttpRequest, access_id: UUID) -> HttpResponse:
    """Logged and committed first; then shown, this once, with who looks across it."""
    by, at, form = actor_of(request), now(), f.OpenAccessForm(request.POST)
    own_access(by, access_id)
    try:
        code = cleaned(form)["code"]
        found = people.open_access(by=by, access_id=access_id, at=at, proved_at=prove(by, code, at=at))
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _page(request, access_id, bad=form, at="open", status=refusal.status)
    line = access_line(by, access_id, now=at)
    purpose = Purpose.OUTSIDE if line.kind is AccessKind.OUTSIDE else Purpose.HANDLE
    return _shown(request, list(found.values()), purpose=purpose, about=line.about, later=line.tell_from)


@never_cache
@require_POST
def contacts_open(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Everybody in a joint case, up to twenty, by the office in charge alone."""
    by, at = actor_of(request), now()
    page = case_page(by, case_id)
    try:
        found = cases.open_contacts(by=by, case_id=case_id, at=at)
    except TooManyAlone as refusal:
        messages.warning(request, words_of(refusal))
        where = reverse("access-ask", args=[page.line.id])
        return HttpResponseRedirect(f"{where}?kind=export", status=303)
    return _shown(request, found, purpose=Purpose.HANDLE, about=f"case:{case_id}")


def _shown(
    request: HttpRequest, found: list[Contact], *, purpose: Purpose, about: str, later: Any = None
) -> HttpResponse:
    mark = mark_of(actor_of(request), at=now())
    if request.POST.get("as") == "csv":
        return _sheet(found, [mark.zh, mark.en])
    shown = desk(
        request, "desk/contacts.html", page_title=_("联系方式"), contacts=found, purpose=purpose, later=later, mark=mark,
        number=numbers_of([about]).get(about, "—"),
    )  # fmt: skip
    shown["Cache-Control"] = "no-store"
    return shown


def _sheet(found: list[Contact], mark: list[str]) -> HttpResponse:
    """The same as a table for a spreadsheet; who took it out, and when, stands in its first and last line."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(mark)
    writer.writerow([_("称呼"), _("电话"), _("地址")])
    for one in found:
        writer.writerow([harmless(cell) for cell in (one.name, one.phone, one.address)])
    writer.writerow(mark)
    sheet = HttpResponse("\ufeff" + out.getvalue(), content_type="text/csv; charset=utf-8")
    sheet["Content-Disposition"] = 'attachment; filename="contacts.csv"'
    sheet["Cache-Control"] = "no-store"
    return sheet
