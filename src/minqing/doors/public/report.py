"""我要反映: one question a page, everything typed carried along in the page itself, then the slip."""

import json
import time
from contextlib import suppress
from dataclasses import asdict, replace
from datetime import timedelta
from uuid import uuid4

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import PUBLIC
from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.slips import Told, on_paper, on_screen
from minqing.doors.parts.web import answer
from minqing.doors.public.forms import AnswerForm, PlaceForm, WhatForm, WhoForm, WordForm
from minqing.ground.law.queries import now, today
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.errors import Refusal
from minqing.kernel.keys import secret
from minqing.means.files.commands import keep_file
from minqing.methods import seal
from minqing.work.intake.commands import change_word, register_demand
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind, Said, alarm_in

STEPS: tuple[type[PlainForm], ...] = (WhatForm, PlaceForm, WhoForm, AnswerForm)
CARRIED = ("text", "accuses", "place", "place_words", "anonymity", "name", "phone", "reply_by", "word")
COOKIE, AAD = "slip", b"slip-cookie/v1"
SHOWN_FOR = timedelta(minutes=10)
TITLES = (gettext_lazy("我要反映"), gettext_lazy("在哪里"), gettext_lazy("您是谁"), gettext_lazy("答复怎么给您"))


@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """Every step is one POST of the whole: `step` is the page shown, `go` where the person wants to be."""
    if request.method == "GET":
        return _page(request, 1, WhatForm(), {"form_key": str(uuid4())})
    step = min(max(int(request.POST.get("step", "1") or 1), 1), len(STEPS)) if request.POST.get("step", "1").isdigit() else 1
    carried = {name: request.POST.get(name, "") for name in (*CARRIED, "form_key")}
    if "back" in request.POST:
        return _page(request, step - 1, STEPS[max(step - 2, 0)](initial=carried), carried)
    form = STEPS[step - 1](request.POST, request.FILES)
    if not request.POST.get("skip") and not form.is_valid():
        return _page(request, step, form, carried, status=422)
    if not request.POST.get("skip"):
        carried |= {name: "1" if value is True else "" if value in (None, False) else str(value)
                    for name, value in form.cleaned_data.items() if name in CARRIED}  # fmt: skip
    if step == len(STEPS) or "now" in request.POST:
        return _register(request, step, form, carried)
    return _page(request, step + 1, STEPS[step](initial=_initial(carried)), carried)


def _initial(carried: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in carried.items() if value}


def _page(request: HttpRequest, step: int, form: PlainForm, carried: dict[str, str], *, status: int = 200) -> HttpResponse:
    step = max(step, 1)
    own = set(STEPS[step - 1].base_fields)
    hidden = [(name, value) for name, value in carried.items() if value and name not in own]
    return answer(
        request, "public/report.html", status=status, page_title=TITLES[step - 1], form=form, step=step,
        steps=len(STEPS), hidden=[*hidden, ("step", step)], first=step == 1, last=step == len(STEPS),
        alarm=str(alarm_in(carried.get("text", ""))), accuses=bool(carried.get("accuses")),
    )  # fmt: skip


def _register(request: HttpRequest, step: int, form: PlainForm, carried: dict[str, str]) -> HttpResponse:
    named = bool(carried["name"] or carried["phone"])
    chosen = carried["anonymity"] if carried["anonymity"] in Anonymity.values() else ""
    anonymity = Anonymity(chosen or "named") if named else Anonymity.ANONYMOUS
    anonymous = anonymity is Anonymity.ANONYMOUS
    said = Said(
        text=carried["text"], anonymity=anonymity, channel=Channel.WEB,
        kind=Kind.REPORT if carried["accuses"] else Kind.HELP,
        reply_by=ReplyBy(carried["reply_by"]) if carried["reply_by"] in ReplyBy.values() else ReplyBy.ONLINE,
        lang=get_language() or "zh-hans", sender="web", sender_key=carried["form_key"][:64] or str(uuid4()),
        place=carried["place"], place_words=carried["place_words"], name="" if anonymous else carried["name"],
        phone="" if anonymous else carried["phone"], word=carried["word"], accuses=bool(carried["accuses"]),
    )  # fmt: skip
    try:
        registered = register_demand(by=PUBLIC, said=said, at=now())
    except Refusal as refusal:
        form.errors.setdefault("__all__", form.error_class()).append(_(refusal.text).format(**refusal.data))
        return _page(request, step, form, carried, status=refusal.status)
    kept = 0
    if not registered.repeated and not said.accuses:
        for file in request.FILES.getlist("files"):
            with suppress(Refusal):
                keep_file(owner=f"demand:{registered.demand_id}", content=file.chunks(), name=file.name or "",
                          size=file.size, at=now())  # fmt: skip
                kept += 1
    if registered.repeated:
        return answer(request, "public/repeated.html", page_title=_("已经登记过了"), verify_no=registered.verify_no)
    told = Told.of(registered, word=bool(said.word))
    lost = len(request.FILES.getlist("files")) - kept
    return _keep(HttpResponseRedirect(reverse("slip"), status=303), request, told, lost)


def _sealed(told: Told, lost: int, until: float) -> str:
    """The slip for ten minutes in the person's own browser, unreadable there, so that a refresh does not lose it."""
    kept = json.dumps({"told": asdict(told), "lost": lost, "until": until}).encode()
    return seal.seal(secret("county.key"), AAD, kept).hex()


def opened(request: HttpRequest) -> tuple[Told, int] | None:
    try:
        kept = json.loads(seal.open_(secret("county.key"), AAD, bytes.fromhex(request.COOKIES.get(COOKIE, ""))))
    except ValueError:
        return None
    return (Told(**kept["told"]), kept["lost"]) if kept["until"] > time.time() else None


def _keep(shown: HttpResponse, request: HttpRequest, told: Told, lost: int) -> HttpResponse:
    seconds = int(SHOWN_FOR.total_seconds())
    shown.set_cookie(
        COOKIE, _sealed(told, lost, time.time() + seconds), max_age=seconds, httponly=True, samesite="Lax",
        secure=request.is_secure(), path=reverse("slip"),
    )  # fmt: skip
    return shown


@never_cache
@require_http_methods(["GET", "POST"])
def slip(request: HttpRequest) -> HttpResponse:
    """登记回执 on screen; gone from this browser after ten minutes or when the person is done. POST sets the word."""
    found = opened(request)
    if found is None:
        return HttpResponseRedirect(reverse("report"))
    told, lost = found
    form = WordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        change_word(receipt=told.code, word="", new_word=form.cleaned_data["word"], at=now())
        return _keep(HttpResponseRedirect(reverse("slip"), status=303), request, replace(told, word=True), lost)
    return answer(
        request, "public/slip.html", page_title=_("登记好了"), slip=on_screen(told), today=today(), told=told,
        lost=lost, form=form, life=Alarm.LIFE, despair=Alarm.DESPAIR,
    )  # fmt: skip


@never_cache
@require_GET
def slip_print(request: HttpRequest) -> HttpResponse:
    """The slip as PDF, large print; `?paper=roll` for a strip."""
    found = opened(request)
    if found is None:
        return HttpResponseRedirect(reverse("report"))
    lang = get_language() or "zh-hans"
    pdf = on_paper(found[0], lang=lang, roll=request.GET.get("paper") == "roll")
    paper = HttpResponse(pdf, content_type="application/pdf")
    paper["Content-Disposition"] = 'attachment; filename="slip.pdf"'
    return paper


@require_POST
def slip_done(request: HttpRequest) -> HttpResponse:
    done = HttpResponseRedirect("/", status=303)
    done.delete_cookie(COOKIE, path=reverse("slip"))
    return done
