"""查进度: the code by POST, never in an address; then the resident's own page."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.tries import TooManyTries, come_again, opened_by
from minqing.doors.parts.vouchers import voucher_file, voucher_of
from minqing.doors.parts.web import answer, page_and_form
from minqing.doors.public import acts
from minqing.doors.public.forms import CodeForm
from minqing.doors.public.opening import Opening, open_for, opening_of
from minqing.doors.public.report import kept_names
from minqing.ground.law.queries import today
from minqing.ground.people.queries import askable, looks_of
from minqing.ground.people.rules import ReplyBy
from minqing.means.documents.queries import document_row, render_pdf
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import Status, status_of
from minqing.work.cases.queries.sealed import status_of_sealed
from minqing.work.intake.rules import UnknownReceipt, WordNeeded


@never_cache
@page_and_form
def status(request: HttpRequest) -> HttpResponse:
    """The form for the code. Unknown, wrong and mistyped codes are one answer after the same work."""
    kept = acts.kept_in(request)
    if request.method == "GET":
        return _ask(request, CodeForm(), kept)
    if "stay" in request.POST:
        return _ask(request, CodeForm(initial=request.POST.dict()), kept)
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _ask(request, form, kept, code=422)
    typed = form.cleaned_data["word"]
    try:
        opened, shut = opened_by(request, form.cleaned_data["receipt"], typed)
    except (TooManyTries, UnknownReceipt) as refusal:
        form.add_error("receipt", words_of(refusal))
        return come_again(_ask(request, form, kept, code=refusal.status), refusal)
    if shut:
        messages.warning(
            request, _("口令连着输错几次了，答复内容要等{seconds}秒才能看。").format(seconds=shut)
        )
    elif typed and opened.has_word and not opened.word_ok:
        messages.warning(request, _("口令不对，所以只显示办到哪一步。"))
    opening = open_for(request, opened)
    if kept is not None and opening.demand_id is not None:
        return acts.resume(request, opening, kept)
    return HttpResponseRedirect(reverse("status-page"), status=303)


def _ask(request: HttpRequest, form: CodeForm, kept: acts.Kept | None, *, code: int = 200) -> HttpResponse:
    return answer(
        request,
        "public/status.html",
        status=code,
        page_title=_("查进度"),
        form=form,
        kept=kept,
        switch_form="ask",
    )


@never_cache
@require_safe
def status_page(request: HttpRequest) -> HttpResponse:
    """Three lines first, then papers, verdict, what happened, talk; who looked at the foot. Sealed words look unsorted."""
    opening = opening_of(request)
    if opening is None:
        return HttpResponseRedirect(reverse("status"))
    found = _status(opening)
    more: dict[str, Any] = {"looks": [], "demand": None}
    if found.parts and (demand := found.demand) is not None:
        asked = askable({demand.person_id})[demand.person_id]
        more = {
            "demand": demand, "looks": looks_of(demand.person_id), "files": kept_names(f"demand:{demand.id}"),
            "stopped": asked.stopped, "reply_by": ReplyBy(asked.reply_by),
        }  # fmt: skip
    title = found.title if opening.word and found.parts else ""
    judged_inline = len(found.parts) == 1 and "verdict" in found.parts[0].acts
    return answer(
        request, "public/status_page.html", page_title=title or _("您反映的事"), found=found, opening=opening, today=today(),
        cards=[{"part": part, "moves": acts.moves(part), "told": part.timeline[::-1]} for part in found.parts],
        told=found.timeline[::-1], switch_form="verdict" if judged_inline else "",
        voucher=voucher_of(opening.leaf, opening.registered_at), voucher_url=reverse("status-voucher"), **more,
    )  # fmt: skip


def _status(opening: Opening) -> Status:
    lang = get_language() or "zh-hans"
    if opening.demand_id is None:
        return status_of_sealed(registered_at=opening.registered_at, arrived_on=opening.arrived_on, lang=lang)
    return status_of(opening.demand_id, lang)


@never_cache
@require_safe
def status_voucher(request: HttpRequest) -> HttpResponse:
    """The slip's file, for verify.py and /log/check; the code alone is enough, it says nothing of the matter."""
    opening = opening_of(request)
    if opening is None:
        return HttpResponseRedirect(reverse("status"))
    return voucher_file(voucher_of(opening.leaf, opening.registered_at), opening.verify_no)


@require_POST
def status_close(request: HttpRequest) -> HttpResponse:
    """Done here: this browser forgets the case."""
    request.session.flush()
    gone = HttpResponseRedirect("/", status=303)
    gone["Clear-Site-Data"] = '"cache", "storage"'
    return gone


@never_cache
@require_safe
def status_paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One of the person's own papers, with their name in it, as PDF."""
    opening = opening_of(request)
    if opening is None:
        return HttpResponseRedirect(reverse("status"))
    if not opening.word:
        raise WordNeeded()
    document = document_row(document_id, about=cases.abouts_of(opening.by))
    paper = HttpResponse(
        render_pdf(document, names=cases.names_for(opening.by)), content_type="application/pdf"
    )
    paper["Content-Disposition"] = f'inline; filename="{document.verify_no}.pdf"'
    return paper
