"""我要反映: one question a page, everything typed carried along in the page itself, then the slip."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers, patch_cache_control
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from minqing.charter import PUBLIC
from minqing.doors.parts import slips
from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.places import looked_for, with_found
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.text import clean
from minqing.doors.parts.vouchers import voucher_file
from minqing.doors.parts.web import answer, page_and_form
from minqing.doors.public.forms import AnswerForm, PlaceForm, SealedAnswerForm, WhatForm, WhoForm, WordForm
from minqing.ground.law.queries import now, today
from minqing.ground.people.commands import read_phone
from minqing.ground.people.rules import PhoneUnreadable, ReplyBy
from minqing.kernel.errors import Refusal
from minqing.means.files.commands import keep_file, let_go, move_files, pass_on
from minqing.means.files.queries import files_of, held_boxes, held_count, held_names
from minqing.means.files.rules import FileClass
from minqing.methods.codes import grouped
from minqing.work.intake.commands import (
    change_word,
    hold_enclosure,
    hold_what_was_kept,
    register_demand,
)
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind, Registered, Said, alarm_in

STEPS: tuple[type[PlainForm], ...] = (WhatForm, PlaceForm, WhoForm, AnswerForm)
CARRIED = (
    "text",
    "accuses",
    "place",
    "place_words",
    "anonymity",
    "name",
    "phone",
    "reply_by",
    "address",
    "email",
    "word",
)
COOKIE = "slip"
TITLES = (
    gettext_lazy("我要反映"),
    gettext_lazy("在哪里"),
    gettext_lazy("您是谁"),
    gettext_lazy("答复怎么给您"),
)
NEEDS = {ReplyBy.SMS: "phone", ReplyBy.PHONE: "phone", ReplyBy.LETTER: "address", ReplyBy.EMAIL: "email"}
Carried = dict[str, str]


@page_and_form
def report(request: HttpRequest) -> HttpResponse:
    """One step. This browser may keep it for its own Back, which cannot ask again for what was posted; a shared
    machine keeps nothing, and nothing of an accusation is kept anywhere."""
    shown = _step(request)
    if request.method == "GET" or request.COOKIES.get("kiosk") == "1" or request.POST.get("accuses"):
        add_never_cache_headers(shown)
    else:
        patch_cache_control(shown, private=True, no_cache=True)
    return shown


def _step(request: HttpRequest) -> HttpResponse:
    """Every step is one POST of the whole: `step` is the page shown; the button says where the person wants to be."""
    if request.method == "GET":
        return _page(request, 1, WhatForm(), {"form_key": uuid4().hex})
    typed = request.POST.get("step", "1")
    step = min(max(int(typed), 1), len(STEPS)) if typed.isdecimal() and len(typed) < 3 else 1
    carried = {name: clean(request.POST.get(name, "")).text for name in CARRIED} | {
        "form_key": form_key_of(request)
    }
    wrong = _take_files(request, carried) + _changed_mind(carried)
    if "stay" in request.POST or "back" in request.POST or looked_for(request):
        step = max(step - 1, 1) if "back" in request.POST else step
        again = _form(step, carried)(initial=_initial(carried))
        if looked_for(request) and "place" in again.fields:
            with_found(again, looked_for(request))
        return _page(request, step, again, carried, wrong=wrong)
    if "skip" in request.POST:
        return _page(request, step + 1, _form(step + 1, carried)(initial=_initial(carried)), carried)
    form = _form(step, carried)(request.POST, request.FILES)
    if form.is_valid():
        carried |= {name: _as_typed(value) for name, value in form.cleaned_data.items() if name in CARRIED}
        _check_phone(form, carried)
        if step == len(STEPS):
            _check_reach(form, carried)
    if not form.is_valid() or wrong:
        return _page(request, step, form, carried, status=422, wrong=wrong)
    if step == len(STEPS) or "now" in request.POST:
        return _register(request, step, form, carried)
    return _page(request, step + 1, _form(step + 1, carried)(initial=_initial(carried)), carried)


def form_key_of(request: HttpRequest) -> str:
    """The secret of the page that was sent, by which a second press is known; a new one for a new page."""
    try:
        return UUID(request.POST.get("form_key", "")).hex
    except ValueError:
        return uuid4().hex


def _form(step: int, carried: Carried) -> type[PlainForm]:
    step = min(step, len(STEPS))
    return SealedAnswerForm if step == len(STEPS) and carried["accuses"] else STEPS[step - 1]


def _as_typed(value: object) -> str:
    return "1" if value is True else "" if value in (None, False) else str(value)


def _initial(carried: Carried) -> Carried:
    return {name: value for name, value in carried.items() if value}


def _draft(carried: Carried) -> str:
    return slips.draft_of(carried["form_key"])


def _take_files(request: HttpRequest, carried: Carried) -> list[str]:
    """Attachments are kept as soon as they come, so that no later mistake on the page loses them. Says what was not taken.

    Those of an accusation are sealed at once to the key of the only office that may open them.
    """
    given = request.FILES.getlist("files")
    return (seal_each if carried["accuses"] else keep_each)(_draft(carried), given)


def _changed_mind(carried: Carried) -> list[str]:
    """The tick for an accusation was set or taken off while files were there already."""
    draft = _draft(carried)
    if carried["accuses"]:
        hold_what_was_kept(draft=draft)
    elif held_count(draft):
        let_go(draft=draft)
        return [_("您不选举报了：刚才收下的附件已经密封，我们打不开，请重新选一遍。")]
    return []


def keep_each(owner: str, files: Iterable[UploadedFile]) -> list[str]:
    """Keep every file that may be kept; the names of the others, each with its reason."""
    at = now()
    return _each(
        lambda one: keep_file(owner=owner, content=one.chunks(), name=one.name or "", size=one.size, at=at),
        files,
    )


def seal_each(draft: str, files: Iterable[UploadedFile]) -> list[str]:
    """The same for the files of an accusation."""
    return _each(
        lambda one: hold_enclosure(draft=draft, content=one.chunks(), name=one.name or "", size=one.size),
        files,
    )


def _each(keep: Callable[[UploadedFile], object], files: Iterable[UploadedFile]) -> list[str]:
    wrong = []
    for file in files:
        try:
            keep(file)
        except Refusal as refusal:
            wrong.append(_("{name}：{why}").format(name=file.name, why=words_of(refusal)))
    return wrong


def kept_names(owner: str) -> list[str]:
    """What the person handed in, by its own names."""
    kinds = (FileClass.SEALED, FileClass.STAFF)
    return [one.name for one in files_of([owner], classes=kinds) if one.original_id is None]


def _check_phone(form: PlainForm, carried: Carried) -> None:
    try:
        read_phone(carried["phone"])
    except PhoneUnreadable as refusal:
        form.add_error("phone" if "phone" in form.fields else None, words_of(refusal))


def _check_reach(form: PlainForm, carried: Carried) -> None:
    """An answer by telephone needs a number, a letter or a mail an address; all need a person who is not anonymous."""
    way = ReplyBy(carried["reply_by"]) if carried["reply_by"] in ReplyBy.values() else ReplyBy.ONLINE
    if way not in NEEDS:
        return
    if carried["anonymity"] == Anonymity.ANONYMOUS:
        form.add_error(
            "reply_by",
            _("您选了匿名，我们联系不到您。请选“我自己凭查询码看”或“我当面来取”，或按“上一步”改。"),
        )
    elif not carried[NEEDS[way]] and NEEDS[way] == "phone":
        form.add_error("reply_by", _("要打电话或发短信，请按“上一步”留下电话，或者换一种办法。"))
    elif not carried[NEEDS[way]] and NEEDS[way] == "email":
        form.add_error("email", _("要发邮件，请写明发到哪个邮箱，或者换一种办法。"))
    elif not carried[NEEDS[way]]:
        form.add_error("address", _("要寄信，请写明寄到哪里，或者换一种办法。"))


def _page(
    request: HttpRequest,
    step: int,
    form: PlainForm,
    carried: Carried,
    *,
    status: int = 200,
    wrong: Iterable[str] = (),
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    step = min(max(step, 1), len(STEPS))
    hidden = [(name, value) for name, value in carried.items() if value and name not in form.fields]
    return answer(
        request, "public/report.html", status=status, page_title=TITLES[step - 1], form=form, step=step, more=more,
        steps=len(STEPS), hidden=[*hidden, ("step", step)], first=step == 1, last=step == len(STEPS), wrong=wrong,
        alarm=str(alarm_in(carried.get("text", ""))), accuses=bool(carried.get("accuses")), switch_form="ask",
        no_contact=not (carried.get("name") or carried.get("phone")),
        files=kept_names(_draft(carried)) if step == len(STEPS) else [],
        n_sealed=held_count(_draft(carried)) if carried.get("accuses") else 0,
    )  # fmt: skip


def _said(carried: Carried) -> Said:
    chosen = carried["anonymity"] if carried["anonymity"] in Anonymity.values() else Anonymity.NAMED.value
    contact = {name: carried[name] for name in ("name", "phone", "address", "email")}
    anonymity = Anonymity(chosen) if any(contact.values()) else Anonymity.ANONYMOUS
    shown = {} if anonymity is Anonymity.ANONYMOUS else contact
    return Said(
        text=carried["text"], anonymity=anonymity, channel=Channel.WEB,
        kind=Kind.REPORT if carried["accuses"] else Kind.HELP,
        reply_by=ReplyBy(carried["reply_by"]) if carried["reply_by"] in ReplyBy.values() else ReplyBy.ONLINE,
        lang=get_language() or "zh-hans", sender="web", sender_key=slips.sender_of(carried["form_key"]),
        place=carried["place"], place_words=carried["place_words"], word=carried["word"],
        accuses=bool(carried["accuses"]),
        name=shown.get("name", ""), phone=shown.get("phone", ""), address=shown.get("address", ""),
        email=shown.get("email", ""),
    )  # fmt: skip


def _register(request: HttpRequest, step: int, form: PlainForm, carried: Carried) -> HttpResponse:
    try:
        registered, told = _put_in(_said(carried), carried)
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return _page(request, step, form, carried, status=refusal.status)
    if registered.repeated and carried["accuses"]:
        onward = carried | {"form_key": uuid4().hex}
        sent = slips.sent_with(carried["form_key"])
        if n := pass_on(draft=_draft(carried), to=_draft(onward), but=sent):
            return _one_more(request, onward, registered.verify_no, told, n)
    if told is None:
        return answer(
            request, "public/repeated.html", page_title=_("已经登记过了"), verify_no=registered.verify_no
        )
    return _keep(HttpResponseRedirect(reverse("slip"), status=303), request, told)


def _one_more(
    request: HttpRequest, carried: Carried, verify_no: str, told: slips.Told | None, n: int
) -> HttpResponse:
    """Files came with a second press, and the words of the first are sealed: they wait for words of their own."""
    about = _("补充前一封举报，验真号：{verify_no}").format(verify_no=verify_no)
    if about not in carried["text"]:
        carried = carried | {"text": f"{carried['text']}\n\n{about}"}
    more = {"n": n, "verify_no": verify_no, "code": grouped(told.code) if told else ""}
    step = len(STEPS)
    page = _page(
        request, step, _form(step, carried)(initial=_initial(carried)), carried, status=409, more=more
    )
    return _keep(page, request, told) if told else page


def _put_in(said: Said, carried: Carried) -> tuple[Registered, slips.Told | None]:
    """Register, and keep the slip for a second press of the same button. None: it was told longer than ten minutes ago."""
    at = now()
    with transaction.atomic():
        boxes = held_boxes(_draft(carried)) if said.accuses else ()
        registered = register_demand(by=PUBLIC, said=said, at=at, enclosed=boxes)
        if registered.repeated:
            return registered, slips.remembered(carried["form_key"], at=at)
        told = slips.Told.of(registered, word=bool(said.word))
        sent = held_names(_draft(carried)) if said.accuses else ()
        slips.remember(carried["form_key"], told, at=at, sent=sent)
        if said.accuses:
            transaction.on_commit(partial(let_go, draft=_draft(carried)))
        else:
            move_files(old_owner=_draft(carried), new_owner=f"demand:{registered.demand_id}")
    return registered, told


# The slip


def _keep(shown: HttpResponse, request: HttpRequest, told: slips.Told) -> HttpResponse:
    shown.set_cookie(
        COOKIE, slips.sealed(told, at=now()), max_age=int(slips.SHOWN_FOR.total_seconds()), httponly=True,
        samesite="Lax", secure=request.is_secure(), path=reverse("slip"),
    )  # fmt: skip
    return shown


def _opened(request: HttpRequest) -> slips.Told | None:
    return slips.unsealed(request.COOKIES.get(COOKIE, ""), at=now())


def _gone(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("回执已经收起来了。请用抄下的查询码查进度。"))
    return HttpResponseRedirect(reverse("status"), status=303)


@never_cache
@page_and_form
def slip(request: HttpRequest) -> HttpResponse:
    """登记回执 on screen; gone from this browser after ten minutes or when the person is done. POST sets the word."""
    told = _opened(request)
    if told is None:
        return _gone(request)
    staying = "stay" in request.POST
    form = (
        WordForm(request.POST)
        if request.method == "POST" and not staying
        else WordForm(initial={"word": request.POST.get("word", "")})
    )
    if form.is_bound and form.is_valid():
        change_word(receipt=told.code, word="", new_word=form.cleaned_data["word"], at=now())
        return _keep(HttpResponseRedirect(reverse("slip"), status=303), request, replace(told, word=True))
    return answer(
        request, "public/slip.html", status=422 if form.is_bound else 200, page_title=_("登记好了"), slip=slips.on_screen(told),
        voucher=slips.voucher(told), voucher_url=reverse("slip-voucher"),
        today=today(), told=told, form=form, life=Alarm.LIFE, despair=Alarm.DESPAIR, switch_form="" if told.word else "ask",
    )  # fmt: skip


@never_cache
@require_safe
def slip_print(request: HttpRequest) -> HttpResponse:
    """The slip as PDF, large print; `?paper=roll` for a strip."""
    told = _opened(request)
    if told is None:
        return _gone(request)
    pdf = slips.on_paper(told, lang=get_language() or "zh-hans", roll=request.GET.get("paper") == "roll")
    paper = HttpResponse(pdf, content_type="application/pdf")
    paper["Content-Disposition"] = 'attachment; filename="slip.pdf"'
    return paper


@never_cache
@require_safe
def slip_voucher(request: HttpRequest) -> HttpResponse:
    """The slip's file, for verify.py and /log/check."""
    told = _opened(request)
    return _gone(request) if told is None else voucher_file(slips.voucher(told), told.verify_no)


@require_POST
def slip_done(request: HttpRequest) -> HttpResponse:
    done = HttpResponseRedirect("/", status=303)
    done.delete_cookie(COOKIE, path=reverse("slip"))
    done["Clear-Site-Data"] = '"cache", "storage"'
    return done
