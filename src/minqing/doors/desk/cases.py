"""The worklist and the case page; every act on a case is one generic view over the table of acts."""

from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.doors.desk.choices import dress
from minqing.doors.desk.frame import desk
from minqing.doors.parts.acts import BULK_ASSIGN, BY_NAME, Act, do
from minqing.doors.parts.shapes import Act as Button
from minqing.doors.parts.shapes import Chip, Pager, Row, Tab
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.people.rules import Purpose
from minqing.kernel.errors import NotFound, Refusal
from minqing.means.documents.queries import document_row, render_docx, render_html, render_pdf
from minqing.work.cases import queries
from minqing.work.cases.commands import open_contact
from minqing.work.cases.queries import CaseLine, CasePage, Filters
from minqing.work.cases.rules import CaseState, Track
from minqing.work.duties.rules import Light
from minqing.work.intake.rules import Kind

FIELDS = ("state", "office", "place", "before", "light", "kind", "track", "grade", "mine", "supervised", "queue", "q")
USUAL = ("accept", "reply", "serve", "assign", "return", "review", "rereview", "answer-supervision", "conclude")
KEYS = {"accept": "a", "reply": "r", "assign": "d", "forward": "f", "contact": "c", "serve": "s", "talk": "t", "park": "p"}


def filters_of(request: HttpRequest) -> Filters:
    """Filters from the address; what cannot be read is left out."""
    given = request.GET
    office, before = given.get("office", ""), given.get("before", "")
    return Filters(
        state=given.get("state", ""), office=_uuid(office), place=given.get("place", ""), before=_day(before),
        light=given.get("light", ""), kind=given.get("kind", ""), track=given.get("track", ""), grade=given.get("grade", ""),
        mine=given.get("mine") == "1", supervised=given.get("supervised") == "1", queue=given.get("queue", ""),
        q=given.get("q", "").replace("\0", "").strip()[:100],
    )  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """One role's list: filters in the address as chips, keyset paging, the nearest date first."""
    by, filters = actor_of(request), filters_of(request)
    page = queries.worklist(by, filters, after=request.GET.get("after") or None)
    kept = {name: value for name, value in request.GET.items() if name in FIELDS and value}
    next_url = f"?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    return desk(
        request, "desk/worklist.html", page_title=_title(filters), rows=[row_of(line, kept) for line in page.rows],
        chips=_chips(kept), pager=Pager(shown=len(page.rows), total=page.n, next_url=next_url),
        find=filters.q, find_url=reverse("worklist"), find_keep=[(k, v) for k, v in kept.items() if k != "q"],
        empty={"title": _("这里没有要办的"), "line": _("新的来件会出现在这里。"), "acts": []},
    )  # fmt: skip


def _title(filters: Filters) -> str:
    names = {"offered": _("等我接收"), "late": _("已超期"), "mine": _("我经办的")}
    return names.get(filters.queue, _("事项"))


def _chips(kept: dict[str, str]) -> list[Chip]:
    """Filters that are on come first (a click takes them off), then a few that are often wanted."""

    def url(**changes: str) -> str:
        both = {**kept, **changes}
        return "?" + urlencode({name: value for name, value in both.items() if value})

    labels: dict[str, dict[str, Any]] = {
        "light": {word.value: word.label for word in Light}, "track": {word.value: word.label for word in Track},
        "state": {word.value: word.label for word in CaseState} | {"open": _("在办"), "ended": _("已了结"), "all": _("全部")},
        "kind": {word.value: word.label for word in Kind}, "mine": {"1": _("我经办的")}, "supervised": {"1": _("上面在催的")},
    }  # fmt: skip
    on = [
        Chip(_(labels.get(name, {}).get(value, value)), url(**{name: ""}), on=True)
        for name, value in kept.items() if name not in {"queue", "q"}
    ]  # fmt: skip
    offered = [("light", "red"), ("light", "orange"), ("supervised", "1"), ("mine", "1"), ("kind", "complaint"), ("state", "ended")]
    off = [Chip(_(labels[name][value]), url(**{name: value})) for name, value in offered if name not in kept]
    return [*on, *off]


def row_of(line: CaseLine, kept: dict[str, str] | None = None) -> Row:
    english = in_english()
    notes = [
        line.number,
        *([_("上面在催")] if line.supervised else []), *([_("领导包案")] if line.carried else []),
        *([_("紧急")] if line.urgent else []),
        *([_("又来了{n}人").format(n=line.n_voices - 1)] if line.n_voices > 1 else []),
    ]  # fmt: skip
    quick = [Button(_("接下来办"), reverse("case-accept", args=[line.id]), key="a")] if line.waits_for_us else []
    return Row(
        id=str(line.id), url=reverse("case-page", args=[line.id]), place=(line.place_en or line.place) if english else line.place,
        title=line.title, holder=(line.holder_en or line.holder) if english else line.holder, kind=_(Kind(line.kind).label),
        state=_(line.state.label), due=line.due_at, got=line.registered_at, paused=line.state is CaseState.PARKED,
        note=" · ".join(notes), acts=quick,
    )  # fmt: skip


TABS = (("", "经过"), ("words", "原文"), ("papers", "文书"), ("links", "关联"))


@require_GET
def case_page(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Title, holder, light, why; the original beside; the acts allowed now as one row of buttons."""
    page = queries.case_page(actor_of(request), case_id)
    tab = request.GET.get("tab", "")
    tabs = [Tab(_(label), f"?tab={key}" if key else "?", here=key == tab) for key, label in TABS]
    return desk(
        request, "desk/case.html", page_title=page.line.title, page=page, line=page.line, tab=tab, tabs=tabs,
        buttons=buttons_of(page), row=row_of(page.line),
    )  # fmt: skip


def buttons_of(page: CasePage) -> list[Button]:
    """The acts open now, the usual one first and filled."""
    known = [(act, BY_NAME[act.act]) for act in page.acts if act.act in BY_NAME]
    known.sort(key=lambda pair: USUAL.index(pair[0].act) if pair[0].act in USUAL else len(USUAL))
    made = []
    for n, (_line, act) in enumerate(known):
        url = reverse(f"case-{act.name}", args=[page.line.id])
        asks = any(bound.required for name, bound in act.form.base_fields.items() if name != "seen")
        direct = not asks and act.name in {"accept", "contact"}
        made.append(
            Button(str(act.label), url, main=n == 0, hard=act.hard, get=not direct, key=KEYS.get(act.name, ""),
                   fields=(("seen", str(page.seen)),) if direct else ())
        )  # fmt: skip
    return made


@require_http_methods(["GET", "POST"])
def case_act(request: HttpRequest, case_id: UUID, act: Act) -> HttpResponse:
    """GET asks what the act needs beside the original; POST does it. A refusal keeps everything typed."""
    by = actor_of(request)
    page = queries.case_page(by, case_id)
    if request.method == "GET":
        if not any(line.act == act.name for line in page.acts):
            raise NotFound()
        form = act.form(initial={**_initial(request, act, page), "seen": page.seen})
        return _act_page(request, page, act, dress(form, page))
    form = dress(act.form(request.POST), page)
    try:
        do(act, by=by, at=now(), target=case_id, form=form)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, _(refusal.text).format(**refusal.data))
        return _act_page(request, page, act, form, status=refusal.status)
    return HttpResponseRedirect(_after(request, case_id), status=303)


def _initial(request: HttpRequest, act: Act, page: CasePage) -> dict[str, Any]:
    first: dict[str, Any] = {"demand_id": page.voices[0].demand_id if page.voices else None, "on": today()}
    if act.name == "reply":
        petition = page.line.track is Track.PETITION
        first |= {"kind": "opinion" if petition else "answer", "request": page.voices[0].title or page.line.title if page.voices else ""}
        first["remedy"] = page.review_organ if petition else ""
    if act.name == "serve" and page.papers:
        first["document_id"] = next((p.id for p in reversed(page.papers) if p.served_on is None), page.papers[-1].id)
    if act.name == "answer-supervision" and page.supervisions:
        first["supervision_id"] = page.supervisions[-1].id
    return first | {name: value for name, value in request.GET.items() if name in act.fields}


def _act_page(request: HttpRequest, page: CasePage, act: Act, form: forms.Form, *, status: int = 200) -> HttpResponse:
    return desk(
        request, "desk/case_act.html", status=status, page_title=str(act.label), page=page, line=page.line, act=act, form=form,
    )  # fmt: skip


def _after(request: HttpRequest, case_id: UUID) -> str:
    """Back to the list if the act was done from there, else to the case; never to another site."""
    back = request.POST.get("back", "")
    return reverse("worklist") + back if back.startswith("?") else reverse("case-page", args=[case_id])


@require_POST
def bulk_assign(request: HttpRequest) -> HttpResponse:
    given = request.POST.copy()
    given.setlist("case_ids", request.POST.getlist("id") or request.POST.getlist("case_ids"))
    given["office_id"] = request.POST.get("office", request.POST.get("office_id", ""))
    do(BULK_ASSIGN, by=actor_of(request), at=now(), form=BULK_ASSIGN.form(given))
    return HttpResponseRedirect(reverse("worklist"), status=303)


@require_POST
def case_contact_open(request: HttpRequest, case_id: UUID, demand_id: UUID) -> HttpResponse:
    """One click: the look is written down first, then the contact is shown, this once."""
    by = actor_of(request)
    contact = open_contact(by=by, case_id=case_id, demand_id=demand_id, at=now())
    page = queries.case_page(by, case_id)
    return desk(request, "desk/contact.html", page_title=_("联系方式"), contact=contact, line=page.line, purpose=Purpose.HANDLE)


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
    return desk(request, "desk/paper.html", page_title=document.number, html=render_html(document), line=page.line, document=document)


def _download(content: bytes, media: str, name: str) -> HttpResponse:
    reply = HttpResponse(content, content_type=media)
    reply["Content-Disposition"] = f'attachment; filename="{name}"'
    return reply
