"""What everybody may see: the first page, the book of numbers, reception days, the rates, and whether a paper is real."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from minqing.charter import PUBLIC
from minqing.doors.parts.shapes import Door
from minqing.doors.parts.web import answer
from minqing.doors.public.forms import BookForm, VerifyForm
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import public_lines
from minqing.ground.people.rules import Contact
from minqing.kernel.errors import Refusal
from minqing.means.documents.queries import document_by_verify_no
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import reception_day, reception_days
from minqing.work.judgement.queries import rates

YEAR = timedelta(days=365)


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    doors = [
        Door(reverse("report"), _("我要反映"), _("出了什么事，写一句就行"), main=True),
        Door(reverse("status"), _("查进度"), _("凭登记回执上的查询码")),
        Door(reverse("open"), _("看公开"), _("办得怎么样、谁管什么、哪天接访")),
    ]
    return answer(
        request, "public/home.html", doors=doors, call=settings.MINQING_HOTLINE, call_line=_("打电话也一样，人工24小时接听")
    )


@require_GET
def open_page(request: HttpRequest) -> HttpResponse:
    """The people's verdict of the last year, with n and interval; the book of numbers; the next reception days."""
    return answer(
        request, "public/open.html", page_title=_("看公开"), rate=rates(since=now() - YEAR, until=now()),
        days=reception_days(since=today()), numbers=public_lines(on=today()), wide=True, today=today(),
    )  # fmt: skip


@never_cache
@require_http_methods(["GET", "POST"])
def book(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Book a reception day without giving a reason; a code is given, nothing else is published."""
    day = reception_day(day_id)
    if request.method == "GET":
        return answer(request, "public/book.html", page_title=_("预约接访"), day=day, form=BookForm())
    form = BookForm(request.POST)
    if not form.is_valid():
        return answer(request, "public/book.html", status=422, page_title=_("预约接访"), day=day, form=form)
    said = form.cleaned_data
    booked = cases.book_day(
        by=PUBLIC, day_id=day_id, contact=Contact(name=said["name"], phone=said["phone"]), n_people=said["n_people"] or 1,
        at=now(), lang=get_language() or "zh-hans",
    )
    return answer(request, "public/booked.html", page_title=_("约好了"), day=day, booked=booked)


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Is this paper real? Title, day and office of a verify number; nothing of what it says."""
    if request.method == "GET":
        return answer(request, "public/verify.html", page_title=_("文书验真"), form=VerifyForm(initial={"number": request.GET.get("no", "")[:40]}))
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return answer(request, "public/verify.html", status=422, page_title=_("文书验真"), form=form)
    try:
        found = document_by_verify_no(form.cleaned_data["number"])
    except Refusal as refusal:
        form.add_error("number", _(refusal.text))
        return answer(request, "public/verify.html", status=404, page_title=_("文书验真"), form=form)
    return answer(request, "public/verify.html", page_title=_("文书验真"), form=form, found=found)


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    return answer(request, "public/privacy.html", page_title=_("您的信息怎么保护"))


@require_GET
def help_page(request: HttpRequest) -> HttpResponse:
    return answer(request, "public/help.html", page_title=_("怎么用"))
