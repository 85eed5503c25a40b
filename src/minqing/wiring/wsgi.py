"""The web process's entry: pages and API each by their own chain of middlewares."""

import gc
import os
from collections.abc import Callable, Iterable
from typing import Any

from django import setup
from django.conf import settings
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.urls import get_resolver
from django.utils.module_loading import import_string

API = "/api/"
ROOM_FOR_NEW = 10_000  # objects made before the collector looks through the young ones; Python's own is 700


class ApiHandler(WSGIHandler):
    """A caller of the API shows a token: no session, cookie, form or page of ours stands between, see API_MIDDLEWARE."""

    def load_middleware(self, is_async: bool = False) -> None:
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.API_MIDDLEWARE):
            made = import_string(path)(handler)
            if hasattr(made, "process_exception"):
                self._exception_middleware.append(made.process_exception)
            handler = convert_exception_to_response(made)
        self._middleware_chain = handler


def by_door() -> Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]:
    """The WSGI application; every address under /api/ goes to the API's handler."""
    setup(set_prefix=False)
    pages, api = WSGIHandler(), ApiHandler()

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        handler = api if environ["PATH_INFO"].startswith(API) else pages
        answer: Iterable[bytes] = handler(environ, start_response)
        return answer

    return application


def settled() -> None:
    """What is loaded by now stays: the collector need not look through it again and again."""
    get_resolver()._populate()
    gc.collect()
    gc.freeze()
    gc.set_threshold(ROOM_FOR_NEW, 10, 10)


os.environ.setdefault("DJANGO_SETTINGS_MODULE", "minqing.wiring.settings")
application = by_door()
settled()
