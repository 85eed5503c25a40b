"""快速离开: one press leads to a neutral page of another site and clears what this browser kept of ours."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

NEUTRAL = "https://www.baidu.com/"


@login_not_required
def leave(request: HttpRequest) -> HttpResponse:
    """Works without JavaScript: the answer is a redirect, so this address never stands in the history."""
    # A browser that does not know Clear-Site-Data, or a plain http page, would keep its cookies: they die here as well.
    try:
        request.session.flush()
    except DatabaseError:  # whoever must leave now leaves, database or not
        request.session.modified = False
    response = HttpResponseRedirect(getattr(settings, "MINQING_LEAVE_TO", NEUTRAL))
    response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    # Pages that a browser keeps for its Back vary with the cookie: without that of the form they are not shown again.
    here, form = settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME
    for name, path in (
        (here, "/"),
        (form, "/"),
        ("slip", "/report/slip"),
        ("seat", "/open/receptions/"),
        ("messages", "/"),
    ):
        response.delete_cookie(name, path=path)
    response["Cache-Control"] = "no-store"
    response["Referrer-Policy"] = "no-referrer"
    return response
