"""The case page; every act on a case is one generic view over the table of acts. The original stands beside each form."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.choices import cases_like, dress
from minqing.doors.desk.frame import desk
from minqing.doors.desk.starts import (
    answering,
    day_or_blank,
    frames,
    looking_again,
    parts_missing,
    sending,
)
from minqing.doors.desk.worklist import row_after, row_of
from minqing.doors.parts.acts import BY_NAME, Act, do
from minqing.doors.parts.attachments import handed_out
from minqing.doors.parts.marks import mark_of
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.shapes import Act as Button
from minqing.doors.parts.shapes import Paper, Tab
from minqing.doors.parts.web import actor_of, answer
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import catalogue, now, today
from minqing.ground.law.rules.catalogue import UnknownMatter
from minqing.ground.people.rules import Purpose
from minqing.kernel.errors import NotAllowed, NotFound, Refusal
from minqing.means.documents.queries import document_row, render_docx, render_html, render_pdf
from minqing.work.cases import queries
from minqing.work.cases.commands import open_contact
from minqing.work.cases.queries import CasePage
from minqing.work.cases.queries.enclosed import open_enclosed
from minqing.work.cases.rules import CaseState, Category, Outcome, Track
from minqing.work.intake.queries import demand_lines
from minqing.work.promises.queries import promises_for

USUAL = (
    "arbitrate", "accept", "reply", "answer-supervision", "serve", "conclude", "extend", "return", "review", "rereview",
    "forward", "assign",
)  # fmt: skip
SORTING = ("arbitrate", "forward", "assign", "settle-now", "accept")
BEHIND = frozenset({
    "redirect", "decline", "no-longer", "refer-up", "settle", "assist", "supervise", "carry", "appraise", "link", "number", "mediate",
    "ask-review", "ask-rereview",
})  # fmt: skip
"""Acts that stand behind 更多: lawful, but not the next step of most days."""
KEYS = {
    "accept": "a", "reply": "r", "assign": "d", "forward": "f", "contact": "c", "serve": "s", "talk": "t", "park": "p",
    "ask-extension": "e", "extend": "e", "object": "o", "return": "b", "uphold": "u", "conclude": "g", "settle-now": "n",
}  # fmt: skip
AGAIN = frozenset({"review", "rereview"})
WHOSE = frozenset({"return", "uphold", "arbitrate"})
"""Acts that decide between what offices said: it stands beside the form."""
TABS = (("", "经过"), ("words", "原文"), ("papers", "文书"), ("links", "关联"))
Buttons = list[Button]


@require_GET
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Title, holder, light, why; the original beside; the acts allowed now as one row of buttons."""
    by = actor_of(request)
    page = queries.case_page(by, case_id)
    if "print" in request.GET:
        return answer(
            request, "desk/case_print.html", page_title=page.line.title, page=page, line=page.line, today=today(), at=now(),
            timeline=list(reversed(page.timeline)), back_url=reverse("case-page", args=[case_id]), **_about(page),
        )  # fmt: skip
    tab = request.GET.get("tab", "")
    near = (
        len(page.promises)
        + len(page.appraisals)
        + len(page.mediations)
        + len(page.supervisions)
        + len(page.parts)
        + len(page.earlier)
        + len(page.continued)
        + bool(page.continues)
    )
    counts = {"words": len(page.voices) + page.n_voices_hidden, "papers": len(page.papers), "links": near}
    tabs = [
        Tab(_(label), f"?tab={key}" if key else "?", here=key == tab, count=counts.get(key))
        for key, label in TABS
    ]
    front, behind = buttons_of(page, by)
    return desk(
        request, "desk/case.html", page_title=page.line.title, page=page, line=page.line, tab=tab, tabs=tabs, buttons=front,
        behind=behind, row=row_of(page.line), timeline=list(reversed(page.timeline)), **_about(page), **_rights(by, page),
    )  # fmt: skip


def _about(page: CasePage) -> dict[str, Any]:
    """The matter of the catalogue and the category, in words."""
    matter = ""
    if page.matter:
        try:
            entry = catalogue(today()).get(page.matter)
        except UnknownMatter:
            matter = page.matter
        else:
            matter = entry.name("en" if in_english() else "zh-hans")
    category = _(Category(page.category).label) if page.line.track is Track.PETITION and page.category else ""
    return {"matter": matter, "category": category, "open_clocks": [one for one in page.clocks if one.met_at is None],
            "past_clocks": [one for one in page.clocks if one.met_at is not None]}  # fmt: skip


def _rights(by: Actor, page: CasePage) -> dict[str, Any]:
    """Which of the smaller acts on this page are this actor's."""
    ids = [one.id for one in page.promises]  # type: ignore[attr-defined]
    ended = page.line.due_at is None and page.line.state not in {CaseState.SERVED}
    return {
        "my_promises": set(promises_for(by).filter(pk__in=ids).values_list("pk", flat=True)) if ids else set(),
        "may_leave": by.may(Verb.CASE_LEAVE) and page.merged_into is None,
        "may_split": by.may(Verb.CASE_SPLIT) and page.merged_into is None and not ended,
        "may_talk": any(line.act == "talk" for line in page.acts),
        "may_promise": by.may(Verb.PROMISE_MAKE) and page.merged_into is None,
        "mediates": by.may(Verb.MEDIATION_AGREE), "contact_ok": by.may(Verb.CONTACT_OPEN),
        "ask_ok": by.may(Verb.ACCESS_ASK) and by.may(Verb.CASE_OPEN), "list_ok": by.may(Verb.CONTACT_OPEN) and page.line.mine,
    }  # fmt: skip


def buttons_of(page: CasePage, by: Actor) -> tuple[Buttons, Buttons]:
    """The acts open now: the next steps, the usual one first and filled; and those behind 更多."""
    usual = (
        SORTING
        if page.line.state in {CaseState.REGISTERED, CaseState.REFERRED_UP} and by.may(Verb.CASE_FORWARD)
        else USUAL
    )
    known = [(line, BY_NAME[line.act]) for line in page.acts if line.act in BY_NAME]
    known.sort(key=lambda pair: usual.index(pair[0].act) if pair[0].act in usual else len(usual))
    front: Buttons = []
    behind: Buttons = []
    for line, act in known:
        url = reverse(f"case-{act.name}", args=[page.line.id])
        direct = act.name in {"accept", "refuse-extension"}
        label = line.label if act.name == "reply" else str(act.label)
        button = Button(
            label, url, main=not front and act.name not in BEHIND and act.name != "talk", hard=act.hard, get=not direct,
            key=KEYS.get(act.name, ""), fields=(("seen", str(page.seen)),) if direct else (),
        )  # fmt: skip
        (behind if act.name in BEHIND else front).append(button)
    return front, behind


@require_http_methods(["GET", "POST"])
def case_act(request: HttpRequest, case_id: UUID, act: Act) -> HttpResponse:
    """GET asks what the act needs beside the original; POST does it. A refusal keeps everything typed."""
    by = actor_of(request)
    page = queries.case_page(by, case_id)
    if request.method == "GET":
        if not any(line.act == act.name for line in page.acts):
            if not by.may(act.verb):
                raise NotAllowed()
            messages.warning(request, _("现在不能“{act}”：这件事已经到了另一步。").format(act=act.label))
            return HttpResponseRedirect(reverse("case-page", args=[case_id]))
        form = act.form(initial={**_initial(request, act, page), "seen": page.seen})
        return _act_page(request, page, act, dress(form, page, by=by, cases=_cases(request, by, act, page)))
    given = request.POST
    if "_more" in given or "_preview" in given:
        return _again(request, page, act, by)
    form = dress(act.form(given, request.FILES), page, by=by, cases=_cases(request, by, act, page))
    try:
        do(act, by=by, at=now(), target=case_id, form=form)
    except Refusal as refusal:
        if request.htmx and not form.errors:  # type: ignore[attr-defined]
            raise
        if refusal.code == "case.changed":
            return _conflict(request, page, act, by)
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _act_page(request, page, act, form, status=refusal.status)
    if request.htmx and given.get("from") != "page":  # type: ignore[attr-defined]
        return row_after(request, by, case_id)
    messages.success(request, _("“{act}”已记下。").format(act=act.label), extra_tags=f"{act.name}-{case_id}")
    return HttpResponseRedirect(_after(request, by, case_id), status=303)


def _cases(request: HttpRequest, by: Actor, act: Act, page: CasePage) -> Any:
    """For linking: older cases found by the words typed above the form, else by the title."""
    if act.name != "link":
        return None
    return cases_like(
        by, request.GET.get("q", "") or request.POST.get("q", "") or page.line.title, but=page.line.id
    )


def _initial(request: HttpRequest, act: Act, page: CasePage) -> dict[str, Any]:
    first: dict[str, Any] = {"on": today()}
    if page.voices and act.name not in {
        "serve",
        "ask-review",
        "ask-rereview",
    }:  # there it is one of many, or all
        first["demand_id"] = page.voices[0].demand_id
    if act.name == "reply":
        first |= answering(page, request.GET.get("frame", ""))
    if act.name in AGAIN:
        first |= looking_again(page, act.name)
    if act.name == "serve" and page.papers:
        first["document_id"] = next(
            (p.id for p in reversed(page.papers) if p.served_on is None), page.papers[-1].id
        )
    if act.name == "extend" and (asked := [one for one in page.asks if one.granted is None]):
        first |= {"days": asked[-1].days, "reason": asked[-1].reason}
    if act.name in {"forward", "assign", "arbitrate"}:
        first |= sending(page, _place(page))
    return first | {name: value for name, value in request.GET.items() if name in act.fields}


def _place(page: CasePage) -> str:
    if not page.voices:
        return ""
    line = demand_lines([page.voices[0].demand_id]).get(page.voices[0].demand_id)
    return line.place_path if line else ""


def _act_page(
    request: HttpRequest, page: CasePage, act: Act, form: forms.Form, *, status: int = 200, **more: Any
) -> HttpResponse:
    hint = sending(page, _place(page)).get("hint") if act.name in {"forward", "assign", "arbitrate"} else None
    return desk(
        request, "desk/case_act.html", status=status, page_title=str(act.label), page=page, line=page.line, act=act, form=form,
        hint=hint, frames=frames() if act.name == "reply" else [], frame=request.GET.get("frame", ""),
        q=request.GET.get("q", page.line.title), searches=act.name == "link",
        none_found=act.name == "link" and not _listed(form), previews=act.name in {"reply", *AGAIN},
        answered=page.replies if act.name in AGAIN else [], passed_on=page.holds if act.name in WHOSE else [], **more,
    )  # fmt: skip


def _listed(form: forms.Form) -> bool:
    """Is there any older case to choose?"""
    return any(value for value, _label in getattr(form.fields["earlier_id"].widget, "choices", ()))


def _again(request: HttpRequest, page: CasePage, act: Act, by: Actor) -> HttpResponse:
    """The form again as typed: with more rows, or with the paper as the person would read it. Nothing is saved."""
    bound = act.form(request.POST)
    typed = {
        name: bound.fields[name].widget.value_from_datadict(request.POST, {}, name) for name in bound.fields
    }
    name = request.POST.get("_more", "")
    if name in typed:
        rows = typed[name] or []
        typed[name] = [*rows, *({} for _n in range(max(1, 4 - len(rows))))]
    form = dress(act.form(initial=typed), page, by=by, cases=_cases(request, by, act, page))
    preview = _preview(page, act, typed) if "_preview" in request.POST else None
    return _act_page(
        request,
        page,
        act,
        form,
        preview=preview,
        missing=parts_missing(typed, page, act.name) if preview else [],
        typed_again=True,
    )


def _preview(page: CasePage, act: Act, typed: dict[str, Any]) -> Paper:
    line = page.line
    labels = (("request", _("您的请求")), ("facts", _("查明的事实")), ("reasons", _("理由")), ("text", _("意见")), ("basis", _("依据")),
              ("remedy", _("不同意怎么办")))  # fmt: skip
    colon = pgettext("after a label", "：")
    paragraphs = [
        f"{label}{colon}{typed[name]}" for name, label in labels if str(typed.get(name) or "").strip()
    ]
    if typed.get("promise_words"):
        paragraphs.append(
            _("我们答应：{words}（{day}前）").format(
                words=typed["promise_words"], day=day_or_blank(typed.get("promise_due"))
            )
        )
    outcome = typed.get("outcome")
    if outcome in Outcome.values():
        paragraphs.insert(0, _("结果：{outcome}").format(outcome=_(Outcome(outcome).label)))
    zh, en = (line.offered_to, line.offered_to_en) if act.name in AGAIN else (line.holder, line.holder_en)
    office = (en or zh) if in_english() else zh
    return Paper(issuer=office, number=_("（发出时编号）"), title=_("关于“{title}”的书面答复").format(title=line.title), to=_("本人"),
                 paragraphs=paragraphs, signed_by=office, day=today())  # fmt: skip


def _conflict(request: HttpRequest, page: CasePage, act: Act, by: Actor) -> HttpResponse:
    """Somebody else acted since this page was opened: what they did and what is typed here, side by side."""
    given = request.POST.copy()
    seen, given["seen"] = request.POST.get("seen", ""), str(page.seen)
    still = any(line.act == act.name for line in page.acts)
    form = dress(act.form(given), page, by=by, cases=_cases(request, by, act, page))
    form.is_valid()
    return _act_page(
        request,
        page,
        act,
        form,
        status=409,
        conflict=True,
        still=still,
        seen=seen,
        written=_as_read(form),
        latest=list(reversed(page.timeline))[:4],
    )


def _as_read(form: forms.Form) -> list[tuple[str, str]]:
    """What is typed in a form, in the words the person saw: the label of a choice, never its key."""
    told = []
    for field in form.visible_fields():
        value = field.value()
        if not value:
            continue
        shown = "✓" if value is True else value
        listed = getattr(field.field, "choices", None) or getattr(field.field.widget, "choices", None) or ()
        for key, label in listed:
            inside = label if isinstance(label, list | tuple) else [(key, label)]
            shown = next((name for one, name in inside if str(one) == str(value)), shown)
        told.append((str(field.label), str(shown)))
    return told


def _after(request: HttpRequest, by: Actor, case_id: UUID) -> str:
    """Back to the list if the act was done from there, else to the case; never to another site."""
    back = request.POST.get("back", "")
    if back.startswith("?"):
        return reverse("worklist") + back
    if not queries.cases_for(by).filter(pk=case_id).exists():  # it went to another office
        return reverse("worklist")
    return reverse("case-page", args=[case_id])


@require_POST
def case_contact_open(request: HttpRequest, case_id: UUID, demand_id: UUID) -> HttpResponse:
    """One click: the look is written down first, then the contact is shown, this once."""
    by = actor_of(request)
    contact = open_contact(by=by, case_id=case_id, demand_id=demand_id, at=now())
    page = queries.case_page(by, case_id)
    may_note = any(line.act == "contact" for line in page.acts)
    shown = desk(request, "desk/contact.html", page_title=_("联系方式"), contact=contact, line=page.line, purpose=Purpose.HANDLE,
                 page=page, may_note=may_note, mark=mark_of(by, at=now()))  # fmt: skip
    shown["Cache-Control"] = "no-store"
    return shown


@require_GET
def case_paper(request: HttpRequest, case_id: UUID, document_id: UUID) -> HttpResponse:
    """A paper of the case without the person's name: to read, print, or take as PDF or DOCX."""
    page = queries.case_page(actor_of(request), case_id)
    if document_id not in {paper.id for paper in page.papers}:
        raise NotFound()
    document, form = document_row(document_id), request.GET.get("form", "")
    if form == "pdf":
        return _download(render_pdf(document), "application/pdf", f"{document.verify_no}.pdf")
    if form == "docx":
        media = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
        return _download(render_docx(document), media, f"{document.verify_no}.docx")
    return desk(
        request,
        "desk/paper.html",
        page_title=document.number,
        html=render_html(document),
        line=page.line,
        document=document,
    )


@require_GET
def case_file(request: HttpRequest, case_id: UUID, demand_id: UUID, blob_id: UUID) -> HttpResponseBase:
    """One file that came with a word of the case, behind the gate of its words."""
    return handed_out(open_enclosed(actor_of(request), case_id, demand_id, blob_id))


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    reply = HttpResponse(content, content_type=media)
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
