"""查进度 on the sealed side: the code shows where it stands, code and word let the person read, speak and answer."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.text import clean
from minqing.doors.parts.web import client_of
from minqing.doors.parts.words import in_english
from minqing.doors.sealed.forms import CodeForm, HarmedForm, MoreForm
from minqing.doors.sealed.here import page, sealed, wiped
from minqing.doors.sealed.words import OWES, READ, why
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import names_of
from minqing.kernel.errors import Refusal
from minqing.kernel.keys import shut, unshut
from minqing.kernel.states import IllegalMove
from minqing.watch.clues.commands import tries
from minqing.watch.clues.commands.talking import Told, add_word, answer_refund, read_slip
from minqing.watch.clues.rules import ClueState, Purpose, RepayState, TalkKind, UnknownSlip

AAD = b"sealed-status/v1"
OPEN_FOR = timedelta(minutes=20)
SAYS = {"more": TalkKind.MORE, "view": TalkKind.VIEW, "harmed": TalkKind.HARMED}


class Wait(Refusal):
    code, status, text = "sealed.wait", 429, "连着输错几次了。请等{seconds}秒再试，您的事不受影响。"


@dataclass(frozen=True)
class Held:
    """Code and word while the page is open: closed in the page itself, in no cookie and no row."""

    code: str
    word: str
    until: datetime

    def __str__(self) -> str:
        kept = {"code": self.code, "word": self.word, "until": self.until.isoformat()}
        return shut(AAD, json.dumps(kept).encode().ljust(160)).hex()

    @classmethod
    def read(cls, typed: str) -> "Held | None":
        try:
            kept = json.loads(unshut(AAD, bytes.fromhex(typed)))
        except ValueError:
            return None
        held = cls(kept["code"], kept["word"], datetime.fromisoformat(kept["until"]))
        return held if held.until > now() else None


@sealed
def status(request: HttpRequest) -> HttpResponse:
    """One address: the question, the answer, and every act of the person."""
    if request.method == "GET":
        return _ask(request, CodeForm())
    if "done" in request.POST:
        return wiped()
    if "kept" in request.POST:
        held = Held.read(request.POST["kept"])
        if held is None:
            return _ask(request, CodeForm(), note=_("这一页开了太久，为了您的安全收起来了。请再输一次。"))
        return _act(request, held)
    form = CodeForm(request.POST)
    if "stay" in request.POST:
        return _ask(request, CodeForm(initial={"receipt": request.POST.get("receipt", "")}))
    if not form.is_valid():
        return _ask(request, form, code=422)
    held = Held(form.cleaned_data["receipt"], form.cleaned_data["word"], now() + OPEN_FOR)
    try:
        told, shut_for = opened(request, held)
    except (UnknownSlip, Wait) as refusal:
        form.add_error("receipt", words_of(refusal))
        asked = _ask(request, form, code=refusal.status)
        if isinstance(refusal, Wait):
            asked["Retry-After"] = str(refusal.data["seconds"])
        return asked
    return _show(request, held, told, wait=shut_for)


def _ask(request: HttpRequest, form: CodeForm, *, code: int = 200, note: str = "") -> HttpResponse:
    return page(
        request,
        "status.html",
        status=code,
        page_title=_("查检举控告的进度"),
        form=form,
        note=note,
        switch_form="ask",
    )


def opened(request: HttpRequest, held: Held) -> tuple[Told, int]:
    """What the slip shows, and the seconds for which its texts are shut after wrong words. A wrong code makes its sender wait."""
    sender = tries.shared("code", client_of(request))
    if wait := tries.shut_for(sender, at=now()):
        raise Wait(seconds=wait)
    try:
        bare = read_slip(code=held.code, word=None, at=now())
    except UnknownSlip:
        tries.count_wrong(sender, at=now())
        raise
    if not held.word:
        return bare, 0
    guessed = tries.own("word", str(bare.shown.clue_id))
    if wait := tries.shut_for(guessed, at=now()):
        return bare, wait
    told = read_slip(code=held.code, word=held.word, at=now())
    if not told.shown.word_ok and told.shown.has_word:
        return bare, tries.count_wrong(guessed, at=now())
    return told, 0


def _act(request: HttpRequest, held: Held) -> HttpResponse:
    step, wrong, said = request.POST.get("step", ""), "", ""
    told, wait = opened(request, held)
    typed = clean(request.POST.get("text", "")).text.strip()[:5000]
    if step in SAYS and "stay" not in request.POST and told.ready and not wait:
        try:
            add_word(
                code=held.code,
                word=held.word,
                text=typed,
                at=now(),
                kind=_kind(step, told),
                once=_once(request),
            )
            said = step
        except Refusal as refusal:
            wrong = words_of(refusal)
    elif step in ("came", "not-came") and told.ready and not wait:
        try:
            answer_refund(
                code=held.code, word=held.word, refund_id=str(_uuid(request.POST.get("refund", ""))), came=step == "came", at=now()
            )  # fmt: skip
            said = step
        except (Refusal, IllegalMove) as refusal:
            wrong = words_of(refusal) if isinstance(refusal, Refusal) else _("这一步现在不能做。")
    if said:
        told, wait = opened(request, held)
    keep = typed if wrong or "stay" in request.POST else ""
    return _show(request, held, told, wait=wait, wrong=wrong, said=said, typed={step: keep} if keep else {})


def _kind(step: str, told: Told) -> TalkKind:
    """Who writes on after a question answers it."""
    last = told.talk[-1] if told.talk else None
    if step == "more" and last is not None and not last.mine and last.kind == TalkKind.QUESTION.value:
        return TalkKind.ANSWER
    return SAYS[step]


def _once(request: HttpRequest) -> UUID:
    return _uuid(request.POST.get("once", ""))


def _uuid(typed: str) -> UUID:
    try:
        return UUID(typed)
    except ValueError:
        return uuid4()


def _show(
    request: HttpRequest, held: Held, told: Told, *, wait: int = 0, wrong: str = "", said: str = "", typed: dict[str, str] | None = None
) -> HttpResponse:  # fmt: skip
    offices = names_of({one.office for one in told.looks})
    at = 1 if in_english() else 0
    words = typed or {}
    context: dict[str, Any] = {
        "forms": {
            "more": MoreForm(initial={"text": words.get("more", "")}, auto_id="more_%s"),
            "view": MoreForm(initial={"text": words.get("view", "")}, auto_id="view_%s"),
            "harmed": HarmedForm(initial={"text": words.get("harmed", "")}, auto_id="harmed_%s"),
        },
        "talk": [{"mine": one.mine, "kind": _label(one.kind), "text": one.text, "at": one.at} for one in told.talk],
        "refunds": [
            {"one": one, "ask": one.state in (RepayState.PAID, RepayState.DISPUTED, RepayState.RECEIVED),
             "yuan": f"{one.fen / 100:,.2f}"}
            for one in told.refunds
        ],
        "looks": [
            {"on": one.on, "office": (offices.get(one.office, ("", ""))[at] or offices.get(one.office, ("", ""))[0]),
             "what": READ.get(one.what, ""), "why": _(Purpose(one.purpose).label) if one.what == "who" and one.purpose in Purpose.values() else ""}
            for one in told.looks
        ],
    }  # fmt: skip
    return page(
        request, "status_page.html", page_title=_("您检举控告的事"), told=told, kept=str(held), once=uuid4(), today=today(),
        why=why(told.rule, told.from_on), owes=OWES.get(told.rule, ""), wait=wait, wrong=wrong, said=said,
        has_word=bool(held.word), disputes=told.state is ClueState.ANSWERED, **context,
    )  # fmt: skip


def _label(kind: str) -> str:
    return _(TalkKind(kind).label) if kind in TalkKind.values() else ""
