"""To accuse: one address for every step, one page to fill in, and the slip. Nothing is kept but what is closed."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from minqing.doors.parts import slips
from minqing.doors.parts.places import looked_for, typed_again, with_found
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.sealing import sealed_each, told_of
from minqing.doors.parts.vouchers import voucher_file
from minqing.doors.sealed.forms import AccuseForm, WordForm
from minqing.doors.sealed.here import page, sealed, wiped
from minqing.doors.sealed.puzzle import Ticket, new_ticket, read_ticket, wait_for
from minqing.ground.law.queries import now, today
from minqing.kernel.errors import Refusal
from minqing.watch.clues.commands.receiving import Accused, Given, choose_word, receive
from minqing.watch.clues.rules import ClueClass

Wrong = list[str]


@sealed
def accuse(request: HttpRequest) -> HttpResponse:
    """`step`: where the person stands. The address stays the same, so that no history tells what was done here."""
    step = request.POST.get("step", "") if request.method == "POST" else ""
    match step:
        case "write":
            return _write(request, AccuseForm(), new_ticket())
        case "send":
            return _send(request)
        case "slip" | "word" | "paper" | "roll" | "voucher":
            return _slip_again(request, step)
        case "done":
            return wiped()
    return page(
        request, "home.html", page_title=_("检举控告"), higher=getattr(settings, "MINQING_HIGHER", "")
    )


def _write(
    request: HttpRequest, form: AccuseForm, ticket: Ticket, *, status: int = 200, wait: int = 0, wrong: Wrong = (), **more: Any  # type: ignore[assignment]
) -> HttpResponse:  # fmt: skip
    return page(
        request, "write.html", status=status, page_title=_("写举报"), form=form, ticket=ticket, wait=wait, wrong=list(wrong),
        switch_form="ask", **more,
    )  # fmt: skip


def _send(request: HttpRequest) -> HttpResponse:
    ticket = read_ticket(request.POST.get("ticket", ""))
    form = AccuseForm(request.POST, request.FILES)
    if "stay" in request.POST or looked_for(request):
        again = AccuseForm(initial=typed_again(form))
        return _write(request, with_found(again, looked_for(request)), ticket)  # type: ignore[arg-type]
    if not form.is_valid():
        return _write(request, form, ticket, status=422, again=bool(request.FILES))
    if wait := wait_for(request, ticket):
        # Not refused: the words stay on the page, and the next press after the wait goes through.
        held = _write(
            request,
            AccuseForm(initial=typed_again(form)),
            ticket,
            status=202,
            wait=wait,
            again=bool(request.FILES),
        )
        held["Retry-After"] = str(wait)
        return held
    boxes, wrong = sealed_each(form.cleaned_data["files"])
    told, kept = form.cleaned_data, get_language() or "zh-hans"
    at = now()
    said = Accused(
        text=told["text"], stands=_stands(told), lang=kept, form_key=ticket.form_key, place=told["place"], about=told["about"],
        keep_out=told["keep_out"], name=told["name"], phone=told["phone"], word=told["word"], boxes=boxes,
    )  # fmt: skip
    try:
        given = receive(said, at=at)
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return _write(request, form, ticket, status=refusal.status)
    shown = _told(given, said, ticket)
    if shown is None:
        return page(request, "again.html", page_title=_("已经收下了"), verify_no=given.verify_no)
    return _slip(request, shown, wrong=wrong)


def _stands(told: dict[str, Any]) -> ClueClass:
    """Whoever leaves neither name nor telephone is anonymous, whatever was ticked."""
    chosen = ClueClass(told["stands"]) if told["stands"] in ClueClass.values() else ClueClass.ANONYMOUS
    return chosen if told["name"] or told["phone"] else ClueClass.ANONYMOUS


def _told(given: Given, said: Accused, ticket: Ticket) -> slips.Told | None:
    """The slip; of a form sent twice that of the first time, for ten minutes, under a key only this page knows."""
    at = now()
    if not given.code:
        return slips.remembered(ticket.form_key, at=at)
    told = told_of(
        code=given.code, verify_no=given.verify_no, at=given.at, leaf=given.leaf, text=said.text, lang=said.lang,
        word=bool(said.word),
    )  # fmt: skip
    slips.remember(ticket.form_key, told, at=at)
    return told


def _slip(
    request: HttpRequest, told: slips.Told, *, form: WordForm | None = None, wrong: Wrong = (), status: int = 200, done: bool = False, kept: str = ""  # type: ignore[assignment]
) -> HttpResponse:  # fmt: skip
    return page(
        request, "slip.html", status=status, page_title=_("登记好了"), slip=slips.on_screen(told), told=told, today=today(),
        voucher=slips.voucher(told), kept=kept or slips.sealed(told, at=now()), form=form or WordForm(), wrong=list(wrong),
        switch_form="again", word_set=done,
    )  # fmt: skip


def _slip_again(request: HttpRequest, step: str) -> HttpResponse:
    """The slip of this page once more: what it shows travels closed in the page itself, for ten minutes."""
    kept = request.POST.get("kept", "")
    told = slips.unsealed(kept, at=now())
    if told is None:
        return page(request, "gone.html", page_title=_("回执已经收起来了"))
    if step in ("paper", "roll"):
        paper = HttpResponse(
            slips.on_paper(told, lang=get_language() or "zh-hans", roll=step == "roll"),
            content_type="application/pdf",
        )
        paper["Content-Disposition"] = f'attachment; filename="{told.verify_no}.pdf"'
        return paper
    if step == "voucher":
        return voucher_file(slips.voucher(told), told.verify_no)
    if step == "word" and not told.word and "stay" not in request.POST:
        form = WordForm(request.POST)
        if not form.is_valid():
            return _slip(request, told, form=form, status=422, kept=kept)
        choose_word(code=told.code, word=form.cleaned_data["word"])
        return _slip(request, slips.with_word(told), done=True)
    return _slip(request, told, kept=kept)
