"""Two sides: the county's, and the sealed one with a database of its own. Which table lives where."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, connections
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase

CLUES = "clues"
SESSIONS = "sessions"
OWN = (CLUES, SESSIONS)


FORWARDED = tuple(
    f"HTTP_{name}"
    for name in (
        "FORWARDED",
        *(f"X_FORWARDED_{of}" for of in ("FOR", "PROTO", "HOST", "PORT", "PREFIX")),
        "X_REAL_IP",
    )
)


class OwnProxy:
    """What a request says of the way it came is believed from a proxy of ours alone; a host that is none of ours is a 400.

    Behind HTTPS the proxy says from whom and how; anybody else could only say it to be somebody else, or to seem safe.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        told = request.META
        if not (settings.BEHIND_HTTPS and told.get("REMOTE_ADDR", "") in settings.MINQING_PROXIES):
            for name in FORWARDED:
                told.pop(name, None)
        if request.path != "/healthz":
            request.get_host()
        return self.get_response(request)


class OneHost:
    """Each process answers its own host only: a page of one side is never served under the other's name.

    421 (RFC 9110 §15.5.20); how a load balancer asks whether we live is the same under any name.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        sealed = settings.MINQING_SEALED_HOST
        if (
            sealed
            and request.path != "/healthz"
            and (request.get_host() == sealed) != (settings.SIDE == "sealed")
        ):
            return HttpResponse(status=421)
        return self.get_response(request)


def alive(request: HttpRequest) -> HttpResponse:
    """GET /healthz of the sealed side: it lives, and both databases answer. Nothing of its queues is told."""
    try:
        for one in connections.all():
            one.ensure_connection()
    except Error:
        return JsonResponse({"status": "down"}, status=503)
    return JsonResponse({"status": "ok"})


class Router:
    """The clues' tables are in their own database; so are the sessions of who signs in on the sealed side."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:
        label = model._meta.app_label
        if label == CLUES or (label == SESSIONS and settings.SIDE == "sealed"):
            return CLUES
        return "default"

    db_for_write = db_for_read

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        if db == CLUES:
            return app_label in OWN
        return app_label != CLUES
