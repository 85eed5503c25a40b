"""How long somebody stays signed in, and what a browser keeps of it: nothing, once they have gone.

Staff: half an hour without a request, twelve hours in all. On a machine that many share (`?kiosk=1` marks it, by a cookie
of its own): five minutes and twenty, for a resident's open case as for an officer. Real time, not the legal clock: pushing
that forward in a demo signs nobody out.

A session that has ended takes nothing away that was being written: the next form is answered by "sign in first" with
every word still there.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers

from minqing.ground.offices.commands import sign_off

SINCE, SEEN = "since", "seen"
ELSEWHERE = ("/api/", "/leave", "/healthz", "/static/", "/log/", "/csp-report")
SIGNED_IN_PAGES = ("/desk/", "/accounts/")
SIGN_OUT = "/accounts/logout/"
NOTED_EVERY_S = 20


@dataclass(frozen=True)
class Stay:
    """Seconds without a request, and seconds in all."""

    idle: int
    whole: int


STAFF, SHARED = Stay(30 * 60, 12 * 3600), Stay(5 * 60, 20 * 60)


class StayMiddleware:
    """After those that know session and account. Costs a visitor without a session nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(ELSEWHERE):
            return self.get_response(request)
        shared, was = is_shared(request), None
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            was = request.user.pk
            limits = SHARED if shared else STAFF if was else None
            if limits and over(request.session, limits, at=time.time()):
                end(request)
        response = self.get_response(request)
        if was or shared or request.path.startswith(SIGNED_IN_PAGES):
            add_never_cache_headers(response)
        if request.session.session_key:
            signed_in = request.user.is_authenticated
            if signed_in or (shared and not request.session.is_empty()):
                note(request.session, at=time.time())
        if was and request.path == SIGN_OUT and not request.user.is_authenticated:
            forget(request, response)
        return response


def is_shared(request: HttpRequest) -> bool:
    """A village computer; the mark only ever makes things stricter, so whoever may set it."""
    return request.COOKIES.get("kiosk") == "1"


def over(session: SessionBase, limits: Stay, *, at: float) -> bool:
    since, seen = (_number(session.get(name), at) for name in (SINCE, SEEN))
    return at - seen > limits.idle or at - since > limits.whole


def _number(kept: object, otherwise: float) -> float:
    return float(kept) if isinstance(kept, int | float) else otherwise


def note(session: SessionBase, *, at: float) -> None:
    """When it began and when it was last used: in the session itself, gone with it."""
    if SINCE not in session:
        session[SINCE] = session[SEEN] = at
    elif at - _number(session.get(SEEN), 0.0) >= NOTED_EVERY_S:
        session[SEEN] = at


def end(request: HttpRequest) -> None:
    """Sign out without being asked; the browser keeps what is being written."""
    if request.user.pk and request.session.session_key:
        sign_off(account_id=request.user.pk, key=request.session.session_key)
    logout(request)


def forget(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The browser forgets that somebody was here, but not that it is a machine many share."""
    kinds = ["cache", "storage"] if is_shared(request) else ["cache", "cookies", "storage"]
    response["Clear-Site-Data"] = ", ".join(f'"{kind}"' for kind in kinds)
    # Pages that a browser keeps for its Back vary with the cookie: without that of the form they are not shown again.
    for name, path in (
        (settings.SESSION_COOKIE_NAME, "/"),
        (settings.CSRF_COOKIE_NAME, "/"),
        ("slip", "/report/slip"),
        ("seat", "/open/receptions/"),
        ("messages", "/"),
    ):
        response.delete_cookie(name, path=path)
    response["Cache-Control"] = "no-store"
    return response
