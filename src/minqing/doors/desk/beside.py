"""Beside a case: mediation with its consents and dated duties, and promises with what became of them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minqing.charter import Verb
from minqing.doors.desk.choices import dress
from minqing.doors.desk.frame import desk
from minqing.doors.parts.acts import Act, do
from minqing.doors.parts.forms import LineField, PlainForm, TextField, field
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now, today
from minqing.kernel.errors import NotFound, Refusal
from minqing.work.cases import queries
from minqing.work.cases.queries import CasePage
from minqing.work.intake.queries import person_of
from minqing.work.promises.commands import make_promise

WORK = {
    "basis": gettext_lazy("《信访工作条例》第三十三条"),
    "retention": gettext_lazy("随案卷保存"),
    "reuse": gettext_lazy("到期核对、本人认可"),
}


class PromiseHereForm(PlainForm):
    """A promise said about this case: in the exact words, with a day or a condition."""

    words = field(
        TextField(label=gettext_lazy("承诺的原话"), rows=3), purpose=gettext_lazy("原话不改"), **WORK
    )
    office_id = field(
        forms.UUIDField(label=gettext_lazy("由谁兑现")), purpose=gettext_lazy("确定谁来兑现"), **WORK
    )
    due_on = field(forms.DateField(label=gettext_lazy("哪天办到"), required=False, widget=forms.DateInput(attrs={"type": "date"})),
                   purpose=gettext_lazy("到期核对"), **WORK)  # fmt: skip
    condition = field(
        LineField(label=gettext_lazy("等什么条件"), required=False),
        purpose=gettext_lazy("没有日子的要写清条件"),
        **WORK,
    )
    made_on = field(forms.DateField(label=gettext_lazy("哪天答应的"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")),
                    purpose=gettext_lazy("记录时间"), **WORK)  # fmt: skip


@require_http_methods(["GET", "POST"])
def mediation_act(request: HttpRequest, case_id: UUID, mediation_id: UUID, act: Act) -> HttpResponse:
    """Consent, agreement, end: only the mediator named for it."""
    by = actor_of(request)
    page = queries.case_page(by, case_id)
    row = next((one for one in page.mediations if one.id == mediation_id), None)
    if row is None:
        raise NotFound()
    by.must(act.verb)
    first = {"person": row.person_consents, "other": row.other_consents}
    return _one_form(
        request,
        page,
        act,
        target=mediation_id,
        initial=first,
        title=str(act.label),
        note=row.other_side,
        told=_("另一方"),
    )


@require_http_methods(["GET", "POST"])
def promise_act(request: HttpRequest, case_id: UUID, promise_id: UUID, act: Act) -> HttpResponse:
    """The condition came, it is done, or openly not done: by the office that promised."""
    by = actor_of(request)
    page = queries.case_page(by, case_id)
    row: Any = next((one for one in page.promises if one.id == promise_id), None)  # type: ignore[attr-defined]
    if row is None:
        raise NotFound()
    by.must(act.verb)
    return _one_form(request, page, act, target=promise_id, initial={}, title=str(act.label), note=row.words,
                     told=_("承诺的原话"))  # fmt: skip


def _one_form(
    request: HttpRequest,
    page: CasePage,
    act: Act,
    *,
    target: UUID,
    initial: dict[str, Any],
    title: str,
    note: str,
    told: str,
) -> HttpResponse:
    by, status = actor_of(request), 200
    if request.method == "GET":
        form = dress(act.form(initial=initial))
    elif "_more" in request.POST:
        bound = act.form(request.POST)
        typed = {
            name: bound.fields[name].widget.value_from_datadict(request.POST, {}, name)
            for name in bound.fields
        }
        rows = typed.get(request.POST["_more"]) or []
        typed[request.POST["_more"]] = [*rows, *({} for _n in range(max(1, 4 - len(rows))))]
        form = dress(act.form(initial=typed))
    else:
        form = dress(act.form(request.POST))
        try:
            do(act, by=by, at=now(), target=target, form=form)
        except Refusal as refusal:
            if not form.errors:
                form.add_error(None, words_of(refusal))
            status = refusal.status
        else:
            messages.success(
                request, _("“{act}”已记下。").format(act=act.label), extra_tags=f"{act.name}-{page.line.id}"
            )
            return _back(page)
    return desk(
        request,
        "desk/case_act.html",
        status=status,
        page_title=title,
        page=page,
        line=page.line,
        act=act,
        form=form,
        note=note,
        note_label=told,
    )


def _back(page: CasePage) -> HttpResponse:
    return HttpResponseRedirect(reverse("case-page", args=[page.line.id]) + "?tab=links", status=303)


@require_http_methods(["GET", "POST"])
def promise_make(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """记下承诺: who is promised is the one voice of the case; with several it is promised to all."""
    by = actor_of(request)
    by.must(Verb.PROMISE_MAKE)
    page, status = queries.case_page(by, case_id), 200
    form = dress(
        PromiseHereForm(request.POST or None, initial={"made_on": today(), "office_id": page.line.holder_id})
    )
    if request.method == "POST" and form.is_valid():
        alone = page.voices[0].demand_id if len(page.voices) == 1 and not page.n_voices_hidden else None
        try:
            make_promise(
                by=by,
                about=f"case:{case_id}",
                to_person_id=person_of(alone) if alone else None,
                at=now(),
                **form.cleaned_data,
            )
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            status = refusal.status
        else:
            messages.success(request, _("承诺记下了，到期会提醒。"), extra_tags=f"promise-{case_id}")
            return _back(page)
    elif request.method == "POST":
        status = 422
    return desk(request, "desk/case_act.html", status=status, page_title=_("记下承诺"), page=page, line=page.line, form=form,
                act={"label": _("记下承诺"), "name": "promise"})  # fmt: skip
