"""What an officer does on a clue's page: one press, one command, and the page again."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.refusals import words_of
from minqing.doors.sealed import forms
from minqing.doors.sealed.desk import handler_form, ids, show
from minqing.doors.sealed.signing import Officer, officers, prove_again
from minqing.kernel.errors import NotFound, Refusal
from minqing.watch.clues.commands import handling, opening
from minqing.watch.clues.rules import Finding, Purpose, TalkKind

Act = Callable[[HttpRequest, Officer, UUID, dict[str, Any]], None]
ELSEWHERE = ("find-other", "send-over", "find-higher", "send-up", "tell-not-within")


@officers
def clue(request: HttpRequest, officer: Officer, clue_id: UUID) -> HttpResponse:
    """GET shows it; POST does `act`. What is not there and what is not theirs is the same answer."""
    if request.method == "GET":
        return show(request, officer, clue_id)
    act = request.POST.get("act", "")
    if act == "words":
        return show(request, officer, clue_id, words=True)
    if act == "register":
        return _register(request, officer, clue_id)
    if act not in ACTS:
        return show(request, officer, clue_id, wrong=_("这一步现在不能做。"), status=422)
    name, kind, run = ACTS[act]
    form = (
        handler_form(officer, clue_id, request.POST)
        if act == "hand-over"
        else kind(request.POST, auto_id=f"{name}_%s")
    )
    if not form.is_valid():
        return show(request, officer, clue_id, bad={name: form}, status=422)
    try:
        run(request, officer, clue_id, form.cleaned_data)
    except NotFound:
        raise
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return show(
            request, officer, clue_id, bad={name: form}, wrong=words_of(refusal), status=refusal.status
        )
    return HttpResponseRedirect(reverse("sealed-clue", args=[clue_id]), status=303)


def _register(request: HttpRequest, officer: Officer, clue_id: UUID) -> HttpResponse:
    """Restatement and who is meant, beside the words. The button that looks for people changes nothing."""
    form = forms.RegisterForm(request.POST)
    find = forms.FindForm(request.POST)
    if "look" in request.POST or "stay" in request.POST:
        kept = forms.RegisterForm(
            initial={
                "restated": request.POST.get("restated", ""), "unknown": "unknown" in request.POST,
                "connivance": "connivance" in request.POST,
            }
        )  # fmt: skip
        return show(request, officer, clue_id, words=True, bad={"register": kept, "find": find})
    if form.is_valid():
        told = form.cleaned_data
        try:
            handling.register_clue(
                clue_id=clue_id, restated=told["restated"], accused=ids(request, "accused"), units=ids(request, "units"),
                named=ids(request, "named"), unknown=told["unknown"], connivance=told["connivance"], **officer.holds(),
            )  # fmt: skip
            return HttpResponseRedirect(reverse("sealed-clue", args=[clue_id]), status=303)
        except NotFound:
            raise
        except Refusal as refusal:
            form.add_error("restated", words_of(refusal))
    return show(request, officer, clue_id, words=True, bad={"register": form, "find": find}, status=422)


def _hand_over(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.hand_over(clue_id=clue_id, handler=UUID(told["handler"]), **officer.holds())


def _take_back(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.take_back(clue_id=clue_id, why=told["text"], **officer.holds())


def _say(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.say(clue_id=clue_id, text=told["text"], kind=TalkKind(told["kind"]), **officer.holds())


def _decide(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.decide(clue_id=clue_id, finding=Finding(told["finding"]), result=told["text"], **officer.holds())


def _answer(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.answer(clue_id=clue_id, text=told["text"], **officer.holds())


def _settle(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.settle(clue_id=clue_id, **officer.holds())


def _elsewhere(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.send_elsewhere(clue_id=clue_id, act=request.POST["act"], why=told["text"], **officer.holds())


def _refund(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.owe_refund(
        clue_id=clue_id,
        household=told["household"],
        fen=int(told["yuan"] * 100),
        due_on=told["due_on"],
        **officer.holds(),
    )


def _paid(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.pay_refund(clue_id=clue_id, refund_id=_refund_id(request), **officer.holds())


def _set_aside(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    handling.set_aside_refund(
        clue_id=clue_id, refund_id=_refund_id(request), why=told["text"], **officer.holds()
    )


def _refund_id(request: HttpRequest) -> UUID:
    return next(iter(ids(request, "refund")), UUID(int=0))


def _ask(request: HttpRequest, officer: Officer, clue_id: UUID, told: dict[str, Any]) -> None:
    proved = prove_again(officer, told["code"])
    opening.ask_opening(
        clue_id=clue_id, factor_at=proved.factor_at, purpose=Purpose(told["purpose"]), why=told["why"],
        instrument=told["instrument"], **officer.holds(),
    )  # fmt: skip


class SureForm(PlainForm):
    """Nothing to type: one press."""


ACTS: dict[str, tuple[str, type[PlainForm], Act]] = {
    "hand-over": ("handler", forms.HandlerForm, _hand_over),
    "take-back": ("reason", forms.ReasonForm, _take_back),
    "say": ("say", forms.SayForm, _say),
    "decide": ("decide", forms.DecideForm, _decide),
    "answer": ("answer", forms.AnswerForm, _answer),
    "settle": ("sure", SureForm, _settle),
    "refund": ("refund", forms.RefundForm, _refund),
    "refund-paid": ("sure", SureForm, _paid),
    "refund-set-aside": ("reason", forms.ReasonForm, _set_aside),
    "ask-opening": ("ask", forms.AskForm, _ask),
    **dict.fromkeys(ELSEWHERE, ("reason", forms.ReasonForm, _elsewhere)),
}
