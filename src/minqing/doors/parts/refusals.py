"""How a no reaches a person: one middleware turns a Refusal into a page, an htmx fragment or problem+json.

Also the answers for a page that is not there, for a bug, and for a database that is gone. What was typed is shown again
each time, so that nothing is lost.
"""

import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_lazy

from minqing.doors.parts import context, forms
from minqing.kernel.errors import NotAllowed, NotFound, NotSignedIn, Refusal

GONE = (OperationalError, InterfaceError)
# SQLSTATE classes that mean "the server is not there": 08 connection, 57P shut down, 53 out of resources.
GONE_STATES = ("08", "57P", "53")
SECRET = frozenset({"csrfmiddlewaretoken", "code", "otp", "pin", "secret", "word"})  # besides every password
CROSSED_STATES = ("40001", "40P01")  # two acts stood in each other's way and the database undid this one
AGAIN_AFTER_S = 10
PROBLEM = "application/problem+json"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Typed:
    """One posted value shown again: `hidden` ones are only carried along."""

    name: str
    label: str
    value: str
    hidden: bool = False


class RefusalMiddleware:
    """Last in the list of middlewares, so that every view and template is inside."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # No form of ours puts a NUL into an address, and no column can hold one.
        if "%00" in request.META.get("QUERY_STRING", ""):
            return bad_request(request)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refusal):
            return refused(request, exception)
        if database_gone(exception):
            log.error("database gone: %s", type(exception).__name__)
            return unavailable(request)
        if getattr(exception.__cause__, "sqlstate", None) in CROSSED_STATES:
            return refused(request, Crossed())
        if isinstance(exception, RequestDataTooBig):
            return refused(request, TooMuch())
        if isinstance(exception, PermissionDenied) and wants_json(request):
            return refused(request, NotAllowed())
        if isinstance(exception, Http404) and wants_json(request):
            return refused(request, NotFound())
        return None


class TooMuch(Refusal):
    code, status, text = (
        "request.too-large",
        413,
        "一次发来的内容太大，没有收下。请分几次发，或者去掉大的附件。",
    )


class Crossed(Refusal):
    code, status, text = "request.crossed", 409, "同一时间有人在办同一件事，这一步没有记下。请再交一次。"


class Failure:
    """Not a no but a fault of ours: answered in the same form, never raised."""

    code: ClassVar[str]
    status: ClassVar[int]
    text: ClassVar[str]

    def __init__(self) -> None:
        self.data: dict[str, Any] = {}


class DatabaseGone(Failure):
    code, status, text = "database.gone", 503, "系统暂时连不上数据库，请稍等一会儿。"


class Broken(Failure):
    code, status, text = "bug", 500, "系统出了错，不是您的问题。已经记下来了，会有人修。"


class PageNotFound(Refusal):
    code, status, text = "page.not-found", 404, "这个网址下没有内容，可能是写错了，也可能已经挪走。"


class FormOutdated(Refusal):
    title = gettext_lazy("请再交一次")
    code, status, text = (
        "form.outdated",
        403,
        "这一页打开太久了，或者浏览器没有收下本站的小记号（Cookie）。请再交一次。",
    )


def database_gone(exception: BaseException | None) -> bool:
    if not isinstance(exception, GONE):
        return False
    state = getattr(exception.__cause__, "sqlstate", None)
    return state is None or str(state).startswith(GONE_STATES)


def words_of(refusal: Refusal | Failure) -> str:
    """The refusal's text in the language of the request, with its data filled in."""
    said = {key: _said(value) for key, value in refusal.data.items()}
    try:
        return gettext(refusal.text).format(**said)
    except (KeyError, IndexError, ValueError):
        return refusal.text.format(
            **refusal.data
        )  # a wrong placeholder in a translation must not hide the reason


def _said(value: Any) -> Any:
    if isinstance(value, tuple) and all(isinstance(one, str) for one in value):
        return gettext("、").join(gettext(one) for one in value)
    return gettext(value) if isinstance(value, str) and value else value


def fields_of(refusal: Refusal | Failure) -> dict[str, list[str]]:
    fields = refusal.data.get("fields") or {}
    return {
        str(name): [_said(str(reason)) for reason in ([reasons] if isinstance(reasons, str) else reasons)]
        for name, reasons in dict(fields).items()
    }


def wants_json(request: HttpRequest) -> bool:
    accept = request.headers.get("Accept", "")
    return request.path.startswith("/api/") or ("json" in accept and "text/html" not in accept)


def wants_fragment(request: HttpRequest) -> bool:
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def refused(request: HttpRequest, refusal: Refusal | Failure) -> HttpResponse:
    """The answer that carries a no, in the form the caller can read."""
    if wants_json(request):
        return problem(refusal)
    told = told_of(request, refusal)
    if wants_fragment(request):
        # The form with what was typed stays on the page; the no appears above it.
        told |= {"typed": [], "level": "2", "inside": True}
        response = HttpResponse(render_to_string("parts/refusal.html", told), status=refusal.status)
        response["HX-Retarget"], response["HX-Reswap"] = "#flash", "innerHTML"
        return response
    return _page(request, "refused.html", told, refusal.status)


def problem(refusal: Refusal | Failure) -> JsonResponse:
    body = {
        "type": f"urn:minqing:refusal:{refusal.code}",
        "title": title_of(refusal),
        "status": refusal.status,
        "code": refusal.code,
        "detail": words_of(refusal),
        "fields": fields_of(refusal),
    }
    response = JsonResponse(
        body, status=refusal.status, content_type=PROBLEM, json_dumps_params={"ensure_ascii": False}
    )
    if refusal.status == DatabaseGone.status:
        response["Retry-After"] = str(AGAIN_AFTER_S)
    elif refusal.status == 429 and "seconds" in refusal.data:
        response["Retry-After"] = str(refusal.data["seconds"])
    return response


def title_of(refusal: Refusal | Failure) -> str:
    return str(getattr(refusal, "title", None) or TITLES.get(refusal.status, TITLES[409]))


TITLES = {
    401: gettext_lazy("请先登录"),
    403: gettext_lazy("不能办理"),
    404: gettext_lazy("没有找到"),
    409: gettext_lazy("现在不能这样办"),
    410: gettext_lazy("已经不在了"),
    413: gettext_lazy("内容太大"),
    422: gettext_lazy("有地方需要改"),
    429: gettext_lazy("请稍等一会儿"),
    500: gettext_lazy("系统出了错"),
    503: gettext_lazy("系统暂时不可用"),
}


def told_of(request: HttpRequest, refusal: Refusal | Failure) -> dict[str, Any]:
    """What the refusal template shows: words, the rule if the refusal names one, what to do, what was typed."""
    form = refusal.data.get("form")
    return {
        "title": title_of(refusal),
        "words": words_of(refusal),
        "code": refusal.code,
        "rule": _said(str(refusal.data.get("basis") or getattr(refusal, "basis", ""))),
        "then": _said(str(refusal.data.get("then") or getattr(refusal, "then", ""))),
        "form": form,
        "reasons": []
        if form is not None
        else [(forms.label_of(name), why) for name, why in fields_of(refusal).items()],
        "typed": [] if form is not None else typed_of(request),
        "files": _had_files(request),
        "action": request.get_full_path(),
        "sign_in": isinstance(refusal, NotSignedIn),
    }


def typed_of(request: HttpRequest) -> list[Typed]:
    """Everything that was posted but secrets; long or spaced text is shown, the rest is carried along hidden."""
    if request.method != "POST":
        return []
    try:
        posted = list(request.POST.lists())
    except (RequestDataTooBig, SuspiciousOperation, OSError):
        return []
    found: list[Typed] = []
    for name, values in posted:
        if "password" in name.lower() or SECRET & set(name.lower().replace("_", "-").split("-")):
            continue
        found += [
            Typed(name, forms.label_of(name), str(value), _is_small(name, str(value)))
            for value in values
            if value
        ]
    return found


def _is_small(name: str, value: str) -> bool:
    if name.startswith("_") or (value.isascii() and len(value) < 24 and " " not in value):
        return True
    try:
        return bool(UUID(value))  # a key of the page; nobody typed it
    except ValueError:
        return False


def _had_files(request: HttpRequest) -> bool:
    try:
        return bool(request.FILES)
    except (RequestDataTooBig, SuspiciousOperation, OSError):
        return True


def _page(request: HttpRequest, template: str, told: dict[str, Any], status: int) -> HttpResponse:
    # Other context processors ask the database who is signed in: an error page must not need it.
    told = {**context.county(request), "request": request, **told}
    response = HttpResponse(
        render_to_string(template, {**told, "csrf_token": get_token(request)}), status=status
    )
    response["Cache-Control"] = "no-store"
    return response


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: a page that was being read asks for itself again; a form is kept and sent again by its button."""
    gone = DatabaseGone()
    if wants_json(request) or wants_fragment(request):
        return refused(request, gone)
    told = told_of(request, gone) | {"again_after": AGAIN_AFTER_S, "posted": request.method == "POST"}
    response = _page(request, "unavailable.html", told, gone.status)
    response["Retry-After"] = str(AGAIN_AFTER_S)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. A middleware that met a dead database or a refusal also ends here, so the cause is looked at first."""
    cause = sys.exc_info()[1]
    if isinstance(cause, Refusal):
        return refused(request, cause)
    if database_gone(cause):
        return unavailable(request)
    return refused(request, Broken())


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404."""
    return refused(request, NotFound() if wants_json(request) else PageNotFound())


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    return refused(request, NotAllowed())


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW: an old page or a browser without cookies; what was typed can be sent again from here."""
    return refused(request, FormOutdated())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    return refused(request, TooMuch() if isinstance(exception, RequestDataTooBig) else BadRequest())


class BadRequest(Refusal):
    code, status, text = "request.bad", 400, "发来的内容系统读不懂，没有收下。"
