"""/demo: four doors with a tour each, one click to sign in as any role, a clock to push forward, and a fresh start."""

import contextlib
import subprocess
import sys
from datetime import date

from django.contrib.auth import get_user_model, login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from minqing.charter import Role
from minqing.doors.parts.shapes import Door
from minqing.doors.parts.web import answer
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import account_by_username
from minqing.kernel.errors import BadField, NotFound
from minqing.record.facts.rules import CHINA
from minqing.wiring import home
from minqing.wiring.demo import clock, known
from minqing.wiring.demo import offices as invented
from minqing.wiring.demo.tours import TOURS

MOST_DAYS = 3660
BACKEND = "django.contrib.auth.backends.ModelBackend"


@never_cache
@require_GET
def demo(request: HttpRequest) -> HttpResponse:
    doors = [
        Door(reverse("demo-tour", args=[key]), str(tour.title), str(tour.line)) for key, tour in TOURS.items()
    ]
    english = {one.name: one.name_en for one in invented.offices()} if in_english() else {}
    roles = [
        (one["role"], _(Role(one["role"]).label), one, english.get(one["office"]) or one["office"])
        for one in known.accounts()
    ]
    return answer(
        request, "demo/demo.html", page_title=_("示范县"), doors=doors, roles=roles, at=now(), wide=True
    )


@never_cache
@require_GET
def demo_tour(request: HttpRequest, door: str) -> HttpResponse:
    if door not in TOURS:
        raise NotFound()
    return answer(
        request, "demo/tour.html", page_title=TOURS[door].title, tour=TOURS[door], back_url=reverse("demo")
    )


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Become a role without its password; this page does not exist outside the demo."""
    role = request.POST.get("role", "")
    account_id = account_by_username(role) if role in {one["role"] for one in known.accounts()} else None
    if account_id is None:
        raise NotFound()
    logout(request)
    login(request, get_user_model().objects.get(pk=account_id), backend=BACKEND)
    return HttpResponseRedirect(reverse("desk"), status=303)


@require_POST
def demo_clock(request: HttpRequest) -> HttpResponse:
    """拨快15天 · 到年底."""
    here = now().astimezone(CHINA)
    typed = request.POST.get("days", "15")
    if not typed.isdecimal() or not 0 < int(typed[:5]) <= MOST_DAYS:
        raise BadField(fields={"days": ["请从列出的里面选一个。"]})
    with contextlib.suppress(ValueError, clock.ClockBack):  # it does not go back
        clock.advance(date(here.year, 12, 31) if request.POST.get("to") == "year-end" else int(typed))
    return HttpResponseRedirect(reverse("demo"), status=303)


@require_POST
def demo_reset(request: HttpRequest) -> HttpResponse:
    """Start anew in a process of its own; the page says when it is ready."""
    logout(request)
    log = open(home.current().run / "demo-reset.log", "w")  # noqa: SIM115 the child writes to it
    subprocess.Popen(
        [sys.executable, "-m", "minqing.wiring.cli", "demo", "--reset"],
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    return answer(request, "demo/resetting.html", page_title=_("正在恢复示范县"))
