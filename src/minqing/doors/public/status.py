"""查进度: the code by POST, never in an address; then the resident's own page and everything they may do on it."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Actor
from minqing.doors.parts.shapes import Event
from minqing.doors.parts.web import answer, client_of, parsed
from minqing.doors.public.forms import CodeForm, ReasonForm, SayForm, VerdictForm
from minqing.ground.law.queries import now, today
from minqing.ground.people import commands as people
from minqing.kernel.errors import NotFound, Refusal
from minqing.means.documents.queries import document_row, render_pdf
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import looks_at, status_of
from minqing.work.intake.queries import clock_of, demand_by_receipt, demand_line
from minqing.work.intake.rules import UnknownReceipt, WordNeeded
from minqing.work.judgement.rules import Explained, Solved

OPEN_FOR = timedelta(minutes=20)
KEY = "opened"
FREE_TRIES = 5


class TooFast(Refusal):
    code, status, text = "receipt.too-fast", 429, "连着输错几次了。请等{seconds}秒再试，或打电话、到接待窗口查。"


@dataclass(frozen=True)
class Opening:
    """What this browser has opened: one demand for twenty minutes. `word`: texts may be shown."""

    demand_id: UUID | None
    word: bool
    has_word: bool
    arrived_on: str
    verify_no: str

    @property
    def by(self) -> Actor:
        if self.demand_id is None:
            raise NotFound()
        return Actor(account_id=None, demand_id=self.demand_id)


def opening_of(request: HttpRequest) -> Opening | None:
    kept = request.session.get(KEY)
    if not kept or kept["until"] < now().timestamp():
        return None
    demand_id = UUID(kept["demand"]) if kept["demand"] else None
    return Opening(demand_id, kept["word"], kept["has_word"], kept["arrived_on"], kept["verify_no"])


def must_be_open(request: HttpRequest) -> Opening:
    opening = opening_of(request)
    if opening is None:
        raise UnknownReceipt()
    return opening


@never_cache
@require_http_methods(["GET", "POST"])
def status(request: HttpRequest) -> HttpResponse:
    """The form for the code. Unknown, wrong and mistyped codes are one answer after the same work."""
    if request.method == "GET":
        return answer(request, "public/status.html", page_title=_("查进度"), form=CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return answer(request, "public/status.html", status=422, page_title=_("查进度"), form=form)
    wrong_key = f"wrong-codes:{client_of(request)}"
    _slow_down(wrong_key)
    try:
        opened = demand_by_receipt(form.cleaned_data["receipt"], form.cleaned_data["word"] or None)
    except UnknownReceipt as refusal:
        cache.set(wrong_key, (cache.get(wrong_key, (0, 0))[0] + 1, now().timestamp()), 3600)
        form.add_error("receipt", _(refusal.text))
        return answer(request, "public/status.html", status=404, page_title=_("查进度"), form=form)
    request.session.cycle_key()
    request.session[KEY] = {
        "demand": str(opened.demand_id or ""), "word": opened.word_ok, "has_word": opened.has_word,
        "arrived_on": opened.arrived_on.isoformat(), "verify_no": opened.verify_no,
        "until": (now() + OPEN_FOR).timestamp(),
    }  # fmt: skip
    return HttpResponseRedirect(reverse("status-page"), status=303)


def _slow_down(key: str) -> None:
    wrong, last = cache.get(key, (0, 0.0))
    wait = min(2 ** (wrong - FREE_TRIES), 300) if wrong >= FREE_TRIES else 0
    left = int(last + wait - now().timestamp())
    if left > 0:
        raise TooFast(seconds=left)


@never_cache
@require_GET
def status_page(request: HttpRequest) -> HttpResponse:
    """Three lines first, then what happened, papers, talk and verdict; who looked at the foot."""
    opening = opening_of(request)
    if opening is None:
        return HttpResponseRedirect(reverse("status"))
    if opening.demand_id is None:
        return _sealed_page(request, opening)
    found = status_of(opening.demand_id, get_language() or "zh-hans")
    return answer(
        request, "public/status_page.html", page_title=found.title or _("您反映的事"), status_=found,
        parts=found.parts, opening=opening, today=today(), demand=demand_line(opening.demand_id),
        events=[_event(moment) for moment in found.timeline], looks=looks_at(opening.by),
        say=SayForm(), reason=ReasonForm(),
    )  # fmt: skip


def _event(moment: Any) -> Event:
    return Event(at=moment.at, text=moment.text, kind="kept" if moment.key == "verdict.given" else "")


def _sealed_page(request: HttpRequest, opening: Opening) -> HttpResponse:
    """An accusation's slip looks like any other: received, with whom, until when."""
    clock = clock_of(date.fromisoformat(opening.arrived_on), get_language() or "zh-hans")
    return answer(
        request, "public/status_sealed.html", page_title=_("您反映的事"), clock=clock, opening=opening, today=today()
    )


def _act(request: HttpRequest, done: str) -> HttpResponse:
    request.session["said"] = done
    return HttpResponseRedirect(reverse("status-page"), status=303)


def _texts_only(opening: Opening) -> None:
    if not opening.word:
        raise WordNeeded()


@require_POST
def status_verdict(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Two questions; 没解决 reopens the case with a new clock in the same moment."""
    opening = must_be_open(request)
    said = parsed(VerdictForm, request)
    _version, reopened = cases.give_verdict(
        by=opening.by, case_id=case_id, at=now(), solved=Solved(said["solved"]), explained=Explained(said["explained"]),
        words=said["words"],
    )  # fmt: skip
    return _act(request, "reopened" if reopened else "judged")


@require_POST
def status_say(request: HttpRequest, case_id: UUID) -> HttpResponse:
    opening = must_be_open(request)
    cases.say(by=opening.by, case_id=case_id, at=now(), text=parsed(SayForm, request)["text"])
    return _act(request, "said")


@require_POST
def status_review(request: HttpRequest, case_id: UUID) -> HttpResponse:
    opening = must_be_open(request)
    reason = parsed(ReasonForm, request)["reason"]
    if request.POST.get("act") == "ask-rereview":
        cases.ask_rereview(by=opening.by, case_id=case_id, at=now(), reason=reason)
    else:
        cases.ask_review(by=opening.by, case_id=case_id, at=now(), reason=reason)
    return _act(request, "asked")


@require_POST
def status_withdraw(request: HttpRequest, case_id: UUID) -> HttpResponse:
    opening = must_be_open(request)
    if request.POST.get("act") == "undo":
        cases.undo_withdrawal(by=opening.by, case_id=case_id, at=now())
        return _act(request, "undone")
    cases.ask_withdrawal(by=opening.by, case_id=case_id, at=now())
    return _act(request, "withdrawing")


@require_POST
def status_leave(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Split off: the person's word goes back to a case of its own."""
    opening = must_be_open(request)
    reason = parsed(SayForm, request)["text"]
    cases.leave_case(by=opening.by, demand_id=opening.by.demand_id, case_id=case_id, at=now(), reason=reason)
    return _act(request, "left")


@require_POST
def status_quiet(request: HttpRequest) -> HttpResponse:
    """Please do not ask me any more; or: you may ask again."""
    opening = must_be_open(request)
    person_id = demand_line(opening.by.demand_id).person_id  # type: ignore[arg-type]
    people.stop_asking(person_id=person_id, at=None if request.POST.get("again") else now())
    return _act(request, "quiet")


@require_POST
def status_close(request: HttpRequest) -> HttpResponse:
    """Done here: this browser forgets the case."""
    request.session.flush()
    gone = HttpResponseRedirect("/", status=303)
    gone["Clear-Site-Data"] = '"cache", "storage"'
    return gone


@never_cache
@require_GET
def status_paper(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One of the person's own papers, with their name in it, as PDF."""
    opening = must_be_open(request)
    _texts_only(opening)
    document = document_row(document_id, about=cases.abouts_of(opening.by))
    paper = HttpResponse(render_pdf(document, names=cases.names_for(opening.by)), content_type="application/pdf")
    paper["Content-Disposition"] = f'inline; filename="{document.verify_no}.pdf"'
    return paper
