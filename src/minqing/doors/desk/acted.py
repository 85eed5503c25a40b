"""When the signed-in person last did something: what a page keeps for some seconds must not be older than that."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

KEY = "acted"


class ActedMiddleware:
    """Writes the moment of each act at the desk into the person's own session; every web process reads it there."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and request.path.startswith("/desk/") and request.user.is_authenticated:
            request.session[KEY] = time.time()
        return response


def last_act(request: HttpRequest) -> float:
    """Seconds since 1970; 0 when this session has done nothing yet."""
    return float(request.session.get(KEY, 0.0))
