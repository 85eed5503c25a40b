"""What everybody may see: the first page, the book of numbers, reception days, the rates, and whether a paper is real."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from minqing.charter import PUBLIC
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.shapes import Door
from minqing.doors.parts.tries import TooManyTries, come_again, guessed_wrong, must_be_open, wait_turn
from minqing.doors.parts.web import answer, page_and_form
from minqing.doors.public import seats
from minqing.doors.public.forms import BookForm, BookingCodeForm, VerifyForm
from minqing.doors.public.report import form_key_of
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import PublicLine, public_lines
from minqing.ground.people.commands import read_phone
from minqing.ground.people.rules import Contact, PhoneUnreadable
from minqing.ground.places.queries import places_below
from minqing.ground.places.rules import Level
from minqing.kernel.errors import NotFound, Refusal
from minqing.kernel.keys import secret
from minqing.means.documents.queries import document_by_verify_no
from minqing.methods import codes
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import booking_state, reception_day, reception_days
from minqing.work.cases.rules import BookingState, DayGone
from minqing.work.intake.queries import slip_day
from minqing.work.judgement.queries import rates

YEAR = timedelta(days=365)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    doors = [
        Door(reverse("report"), _("我要反映"), _("出了什么事，写一句就行"), main=True),
        Door(reverse("status"), _("查进度"), _("凭登记回执上的查询码")),
        Door(reverse("open"), _("看公开"), _("办得怎么样、谁管什么、哪天接访")),
    ]
    return answer(
        request,
        "public/home.html",
        doors=doors,
        call=settings.MINQING_HOTLINE,
        call_line=_("打电话也一样，人工24小时接听"),
    )


@require_safe
def open_page(request: HttpRequest) -> HttpResponse:
    """The people's verdict of the last year, with n and interval; the next reception days; the book of numbers."""
    return answer(
        request, "public/open.html", page_title=_("看公开"), rate=rates(since=now() - YEAR, until=now()),
        days=reception_days(since=today()), book=_book(), today=today(),
    )  # fmt: skip


@dataclass(frozen=True)
class Numbers:
    """The lines of the county or of one township, in the language of the page."""

    place: str
    lines: list[tuple[str, str, str]]


def _book() -> list[Numbers]:
    english = (get_language() or "").startswith("en")
    lines = public_lines(on=today())
    grouped: dict[str, list[PublicLine]] = {}
    for one in lines:
        grouped.setdefault("/".join(one.place_path.split("/")[:3]) + "/", []).append(one)
    towns = {one.path: one for one in places_below("/", level=Level.TOWNSHIP)}
    return [
        Numbers(
            (town.name_en if english and town.name_en else town.name) if (town := towns.get(path)) else _("全县"),
            [
                (one.office_en, one.title_en or one.title, one.line) if english and one.office_en else (one.office, one.title, one.line)
                for one in found
            ],
        )
        for path, found in sorted(grouped.items())
    ]  # fmt: skip


@never_cache
@page_and_form
def book(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Book a reception day without giving a reason; a code is given, nothing else is published."""
    reception = reception_day(day_id)
    shown: dict[str, Any] = {
        "page_title": _("预约接访"),
        "day": reception,
        "form_key": form_key_of(request),
        "switch_form": "ask",
        "back_url": reverse("open"),
    }
    if not reception.published or reception.on < today():
        raise DayGone()
    if request.method == "GET" or "stay" in request.POST:
        return answer(request, "public/book.html", form=BookForm(initial=request.POST.dict()), **shown)
    form = BookForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            phone = read_phone(said["phone"])
            if first := _first_seat(request, day_id, phone=phone, name=said["name"]):
                return answer(
                    request,
                    "public/booked.html",
                    page_title=_("约好了"),
                    day=reception,
                    booked=first,
                    again=True,
                )
            booked = cases.book_day(
                by=PUBLIC,
                day_id=day_id,
                contact=Contact(name=said["name"], phone=phone),
                n_people=said["n_people"] or 1,
                at=now(),
                lang=get_language() or "zh-hans",
                form_key=shown["form_key"],
            )
        except Refusal as refusal:
            form.add_error("phone" if isinstance(refusal, PhoneUnreadable) else None, words_of(refusal))
        else:
            page = answer(request, "public/booked.html", page_title=_("约好了"), day=reception, booked=booked)
            return seats.keep_seat(
                page, request, day_id=day_id, code=booked.code, phone=phone, name=said["name"], at=now()
            )
    return answer(request, "public/book.html", status=422, form=form, **shown)


@dataclass(frozen=True)
class FirstSeat:
    queue_no: int
    code: str


def _first_seat(request: HttpRequest, day_id: UUID, *, phone: str, name: str) -> FirstSeat | None:
    """What this browser booked of the day and still stands. Another browser learns nothing, whatever number it types."""
    kept = seats.kept_here(request, at=now()).get(str(day_id))
    if kept is None or kept.another(phone=phone, name=name):
        return None
    try:
        _on, queue_no, state = booking_of(kept.code)
    except NotFound:
        return None
    return FirstSeat(queue_no, kept.code) if state == BookingState.BOOKED else None


@never_cache
@page_and_form
def booking(request: HttpRequest) -> HttpResponse:
    """One's own seat by the booking code: the day, the number, and a way to give it back. Nobody is asked why."""
    shown: dict[str, Any] = {"page_title": _("查接访预约"), "switch_form": "ask", "back_url": reverse("open")}
    if request.method == "GET" or "stay" in request.POST:
        return answer(
            request, "public/booking.html", form=BookingCodeForm(initial=request.POST.dict()), **shown
        )
    form = BookingCodeForm(request.POST)
    if not form.is_valid():
        return answer(request, "public/booking.html", status=422, form=form, **shown)
    try:
        found = _found(request, form.cleaned_data["code"])
    except (TooManyTries, NotFound) as refusal:
        slow = isinstance(refusal, TooManyTries)
        form.add_error("code", words_of(refusal) if slow else _("没有找到这个预约，请核对预约码。"))
        page = answer(request, "public/booking.html", status=refusal.status, form=form, **shown)
        return come_again(page, refusal)
    return answer(
        request,
        "public/booking.html",
        form=form,
        found=found,
        stands=found[2] == BookingState.BOOKED,
        **shown,
    )


def _found(request: HttpRequest, typed: str) -> tuple[date, int, BookingState]:
    """The seat of a booking code, given back if that is asked; wrong codes are slowed like query codes."""
    wait_turn(request)
    try:
        booking_of(typed)
        must_be_open(request)
        if "cancel" in request.POST:
            cases.cancel_booking(by=PUBLIC, code=typed, at=now())
        return booking_of(typed)
    except NotFound:
        guessed_wrong(request)
        raise


def booking_of(typed: str) -> tuple[date, int, BookingState]:
    try:
        found = booking_state(codes.lookup_key(secret("pepper"), codes.read_code(typed)))
    except codes.BadNumber:
        found = None
    if found is None:
        raise NotFound()
    return found


@never_cache
@page_and_form
def verify(request: HttpRequest) -> HttpResponse:
    """Is this paper or slip real? Title, day and office of a paper, the day of a slip; nothing of what it says."""
    shown: dict[str, Any] = {"page_title": _("文书验真"), "switch_form": "ask"}
    typed = request.POST if request.method == "POST" else {"number": request.GET.get("no", "")}
    if "stay" in typed or not typed.get("number"):
        form = (
            VerifyForm(request.POST)
            if request.method == "POST" and "stay" not in typed
            else VerifyForm(initial=dict(typed.items()))
        )
        return answer(request, "public/verify.html", status=422 if form.is_bound else 200, form=form, **shown)
    form = VerifyForm(typed)
    if not form.is_valid():
        return answer(request, "public/verify.html", status=422, form=form, **shown)
    number = form.cleaned_data["number"]
    paper = slip = None
    try:
        paper = document_by_verify_no(number)
    except NotFound:
        try:
            slip = slip_day(number)
        except NotFound:
            form.add_error("number", _("没有这个号的文书或回执。请核对；还不放心，打服务电话问。"))
            return answer(request, "public/verify.html", status=404, form=form, **shown)
    return answer(request, "public/verify.html", form=form, paper=paper, slip=slip, **shown)


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    return answer(request, "public/privacy.html", page_title=_("您的信息怎么保护"))


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    return answer(request, "public/help.html", page_title=_("怎么用"))
