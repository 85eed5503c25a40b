"""删除我的个人信息: asked for and taken back with the code; what is behind a sealed slip is answered like an open matter."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import answer, page_and_form
from minqing.doors.public.opening import Opening, opening_of
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.work.erasing import commands as erasing
from minqing.work.erasing.queries import Standing, standing_of
from minqing.work.erasing.rules import StillOpen


def standing(opening: Opening) -> Standing:
    return Standing(open=True) if opening.demand_id is None else standing_of(opening.demand_id)


@never_cache
@page_and_form
def erase(request: HttpRequest) -> HttpResponse:
    """What goes, what stays, how long it takes; then one button. The same page takes it back."""
    opening = opening_of(request)
    if opening is None:
        return HttpResponseRedirect(reverse("status"))
    shown: dict[str, Any] = {"page_title": _("删除我的个人信息"), "back_url": reverse("status-page")}
    if request.method == "GET" or "stay" in request.POST:
        return answer(request, "public/erase.html", standing=standing(opening), **shown)
    try:
        if opening.demand_id is None:
            raise StillOpen()
        if "take-back" in request.POST:
            erasing.take_back_erasure(by=opening.by, at=now())
            messages.success(request, _("不删了，都还留着。"))
        else:
            row = erasing.ask_erasure(by=opening.by, at=now())
            messages.success(
                request, _("记下了。{until}以前随时可以反悔。").format(until=row.wait_until.isoformat())
            )
    except Refusal as refusal:
        messages.error(request, words_of(refusal))
        return answer(
            request, "public/erase.html", status=refusal.status, standing=standing(opening), **shown
        )  # fmt: skip
    return HttpResponseRedirect(reverse("status-page"), status=303)
