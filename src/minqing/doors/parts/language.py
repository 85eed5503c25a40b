"""Language and elder mode of a request, and whether many share this machine: cookies, set by a plain link, no account needed."""

from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation
from django.utils.cache import patch_vary_headers

CHINESE, ENGLISH = "zh-hans", "en"
SWITCHES = ("lang", "elder", "kiosk")
YEAR = 365 * 24 * 3600


def language_of(request: HttpRequest) -> str:
    """?lang= wins, then the cookie, then the browser; Chinese unless English is asked for."""
    # The bare headers: most callers of the API send neither query nor cookie, and reading those costs more than the rest.
    query, cookies = request.META.get("QUERY_STRING"), request.META.get("HTTP_COOKIE")
    for asked in (query and request.GET.get("lang"), cookies and request.COOKIES.get("lang")):
        if asked:
            return ENGLISH if asked.lower().startswith("en") else CHINESE
    for tag, _ in _accepted(request.META.get("HTTP_ACCEPT_LANGUAGE", "")):
        if tag.startswith("zh"):
            return CHINESE
        if tag.startswith("en"):
            return ENGLISH
    return CHINESE


def _accepted(header: str) -> list[tuple[str, float]]:
    found: list[tuple[str, float]] = []
    for part in header[:400].lower().split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            found.append((tag, float(weight or 1)))
        except ValueError:
            continue
    return sorted(found, key=lambda item: -item[1])


def elder_of(request: HttpRequest) -> bool:
    if not request.META.get("QUERY_STRING") and not request.META.get("HTTP_COOKIE"):
        return False
    return request.GET.get("elder", request.COOKIES.get("elder", "")) in {"1", "on"}


def without_switches(request: HttpRequest) -> str:
    """The same address without its switches, so that it can be shared and reloaded."""
    rest = [(key, value) for key, values in request.GET.lists() if key not in SWITCHES for value in values]
    # One slash only: "//host" in a Location header would lead to another site.
    return "/" + request.path.lstrip("/") + ("?" + urlencode(rest) if rest else "")


class LanguageMiddleware:
    """Reads the switches, answers a switching link with cookie and redirect, and sets the language of the answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = language_of(request)
        translation.activate(language)
        request.LANGUAGE_CODE = language
        request.elder = elder_of(request)  # type: ignore[attr-defined]
        switched = [name for name in SWITCHES if request.META.get("QUERY_STRING") and name in request.GET]
        if switched and request.method in {"GET", "HEAD"} and not request.path.startswith("/api/"):
            response: HttpResponse = HttpResponseRedirect(without_switches(request))
        else:
            response = self.get_response(request)
        if "lang" in switched:
            _keep(request, response, "lang", language)
        if "elder" in switched:
            _keep(request, response, "elder", "1" if request.elder else "0")  # type: ignore[attr-defined]
        if "kiosk" in switched:
            _keep(request, response, "kiosk", "1" if request.GET["kiosk"] == "1" else "0")
        response.headers.setdefault("Content-Language", "en" if language == ENGLISH else "zh-Hans")
        if not request.path.startswith("/static/"):
            patch_vary_headers(response, ("Cookie", "Accept-Language"))
        return response


def _keep(request: HttpRequest, response: HttpResponse, name: str, value: str) -> None:
    # The sealed side leaves nothing in a browser that is closed.
    kept = None if settings.SIDE == "sealed" else YEAR
    response.set_cookie(name, value, max_age=kept, samesite="Lax", secure=request.is_secure(), httponly=True)
