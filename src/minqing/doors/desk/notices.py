"""给我的消息: what the system told the signed-in member of staff; opened, they are seen."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from minqing.doors.desk.frame import desk
from minqing.doors.parts.shapes import Pager
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now
from minqing.kernel.errors import NotFound
from minqing.means.notify.commands import see_messages
from minqing.means.notify.queries import messages_of_account

SIZE = 50


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@require_http_methods(["GET", "POST"])
def notices(request: HttpRequest) -> HttpResponse:
    """The newest first; POST marks everything up to the newest one shown as seen."""
    by = actor_of(request)
    if by.account_id is None:
        raise NotFound()
    if request.method == "POST":
        up_to = uuid_or_none(request.POST.get("up_to", ""))
        if up_to is not None:
            see_messages(account_id=by.account_id, up_to=up_to, at=now())
        return HttpResponseRedirect(reverse("notices"), status=303)
    after, lang = uuid_or_none(request.GET.get("after", "")), "en" if in_english() else "zh-hans"
    lines = messages_of_account(by.account_id, after=after, limit=SIZE + 1, lang=lang)
    shown, more = lines[:SIZE], len(lines) > SIZE
    return desk(
        request, "desk/notices.html", page_title=_("给我的消息"), lines=shown, newest=shown[0].id if shown else None,
        unseen=any(line.seen_at is None for line in shown),
        pager=Pager(shown=len(shown), next_url=f"?after={shown[-1].id}" if more else ""),
    )  # fmt: skip
