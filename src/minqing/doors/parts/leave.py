"""快速离开: one press leads to a neutral page of another site and clears what this browser kept of ours."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from minqing.doors.parts.stay import forget

NEUTRAL = "https://www.baidu.com/"


@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """Works without JavaScript: the answer is a redirect, so this address never stands in the history."""
    return _gone(request, getattr(settings, "MINQING_LEAVE_TO", NEUTRAL))


@login_not_required
def leave_to_start(request: HttpRequest) -> HttpResponse:
    """Where a machine that many share goes by itself when nobody has touched it for five minutes."""
    return _gone(request, "/")


def _gone(request: HttpRequest, to: str) -> HttpResponse:
    # A browser that does not know Clear-Site-Data, or a plain http page, would keep its cookies: they die here as well.
    try:
        request.session.flush()
    except DatabaseError:  # whoever must leave now leaves, database or not
        request.session.modified = False
    response = forget(request, HttpResponseRedirect(to))
    response["Referrer-Policy"] = "no-referrer"
    return response
