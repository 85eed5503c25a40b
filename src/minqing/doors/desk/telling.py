"""Calls to make and letters to post: what people asked to hear by voice or on paper, and no machine sends."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.notices import uuid_or_none
from minqing.doors.parts.shapes import Pager
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now
from minqing.ground.people.queries import masks_of
from minqing.means.notify.commands import hand_over_message
from minqing.means.notify.queries import to_do_by_people
from minqing.means.notify.rules import Channel
from minqing.record.facts.queries import abouts

SIZE = 50
WAYS = (Channel.PHONE, Channel.LETTER)


def _desk_of(request: HttpRequest) -> Actor:
    """Only who may open a contact of any case can call or write, so only they see what waits."""
    by = actor_of(request)
    by.must(Verb.FAILURE_VIEW)
    by.must(Verb.CONTACT_OPEN)
    return by


@require_GET
def messages_by_people(request: HttpRequest) -> HttpResponse:
    """One way at a time; number and address are opened on the page of the case, where the look is written down."""
    _desk_of(request)
    way = Channel.LETTER if request.GET.get("way") == Channel.LETTER else Channel.PHONE
    after = uuid_or_none(request.GET.get("after", ""))
    found = to_do_by_people(way, after=after, limit=SIZE + 1)
    lines, more = found[:SIZE], len(found) > SIZE
    masks = masks_of({one.person_id for one in lines if one.person_id})
    subjects = abouts({one.fact_id for one in lines})
    rows = [
        (one, masks.get(one.person_id) if one.person_id else None, subjects.get(one.fact_id, ("", None)))
        for one in lines
    ]
    return desk(
        request, "desk/messages_by_people.html", page_title=_("要打的电话和要寄的信"), rows=rows, way=way, ways=WAYS,
        pager=Pager(shown=len(lines), next_url=f"?way={way}&after={lines[-1].id}" if more else ""),
    )  # fmt: skip


@require_POST
def message_hand_over(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """A person was called, or the letter is in the post."""
    _desk_of(request)
    line = hand_over_message(message_id=message_id, at=now())
    return HttpResponseRedirect(reverse("messages-by-people") + f"?way={line.channel}", status=303)
