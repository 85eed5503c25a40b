"""What every page of this side does: nothing is kept by a browser, nothing by us, and at the end it is wiped."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers

from minqing.doors.parts.web import answer, page_and_form

View = Callable[..., HttpResponse]


def sealed(view: View) -> View:
    """A page that is looked at and sent, and that nobody stores: not the browser, not what stands between."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        add_never_cache_headers(response)
        response["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return page_and_form(shown)


def page(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    """`kiosk`: nothing typed here is ever kept in the tab, so pages of this side carry no script that would."""
    return answer(request, f"sealed/{template}", status=status, **context)


def wiped(to: str = "/") -> HttpResponse:
    """The end: this browser forgets that it was here."""
    gone = HttpResponseRedirect(to, status=303)
    gone["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return gone
