"""What every view does: find the actor, parse a form, answer with a page or a fragment."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from minqing.charter import Actor
from minqing.ground.law.queries import today
from minqing.ground.offices import queries as offices
from minqing.kernel.errors import BadField, NotSignedIn

F = TypeVar("F", bound=forms.Form)


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in member of staff with today's seats; refuses when nobody is signed in."""
    if not hasattr(request, "minqing_actor"):
        if not request.user.is_authenticated:
            raise NotSignedIn()
        request.minqing_actor = offices.actor(request.user.pk, on=today())  # type: ignore[attr-defined]
    return request.minqing_actor  # type: ignore[attr-defined]


def parsed(form_class: type[F], request: HttpRequest, **initial: Any) -> dict[str, Any]:
    """The cleaned data of a posted form; refuses with the reasons per field."""
    form = form_class(request.POST, request.FILES, **initial)
    if not form.is_valid():
        raise BadField(
            fields={name: [str(e) for e in errors] for name, errors in form.errors.items()}, form=form
        )
    return dict(form.cleaned_data)


def answer(request: HttpRequest, template: str, *, status: int = 200, **context: Any) -> HttpResponse:
    return render(request, template, context, status=status)


def client_of(request: HttpRequest) -> str:
    """The address a request came from; behind a proxy of ours (settings) the last hop it names."""
    if settings.BEHIND_HTTPS:
        return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or str(
            request.META.get("REMOTE_ADDR", "")
        )
    return str(request.META.get("REMOTE_ADDR", ""))


def page_and_form(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that is looked at and sent: GET, POST, and HEAD, which is a look without the body."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "HEAD":
            request.method = "GET"
        return view(request, *args, **kwargs)

    return require_http_methods(["GET", "HEAD", "POST"])(shown)
