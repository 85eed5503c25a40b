"""结对: a cadre's own paired households, and where a household says it wants none. No visits are counted here."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Verb
from minqing.doors.desk.frame import desk
from minqing.doors.parts.act_forms import RefusePairsForm
from minqing.doors.parts.acts import PAIR_ACTS, REFUSE_PAIRS, do
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.kernel.errors import Refusal
from minqing.work.visits.queries import pair_lines

(REFUSE,) = PAIR_ACTS


@require_GET
def pairs(request: HttpRequest) -> HttpResponse:
    """One's own households: masked names, as what, since when, what was agreed. Nobody else's."""
    lines = pair_lines(actor_of(request), today=today(), english=in_english())
    return desk(
        request, "desk/pairs.html", page_title=_("我结对的户"), pairs=[one for one in lines if one.now],
        before=[one for one in lines if not one.now],
    )  # fmt: skip


@require_POST
def pair_refuse(request: HttpRequest, pair_id: UUID) -> HttpResponse:
    by = actor_of(request)
    do(REFUSE, by=by, at=now(), form=REFUSE.form(request.POST), target=pair_id)
    messages.success(request, _("记下了：这户不要结对。从现在起不用再上门。"))
    return HttpResponseRedirect(reverse("pairs"), status=303)


@never_cache
@require_http_methods(["GET", "POST"])
def pairs_refuse(request: HttpRequest) -> HttpResponse:
    """The household rings or comes in, so that it need not say it to its cadre. POST only: nothing in the address."""
    by = actor_of(request)
    by.must(Verb.DEMAND_FIND)
    form, status = RefusePairsForm(request.POST or None), 200
    if request.method == "POST":
        try:
            ended = do(REFUSE_PAIRS, by=by, at=now(), form=form)
        except Refusal as refusal:
            status = refusal.status
            if form.is_valid():
                form.add_error(None, _(refusal.text).format(**refusal.data))
        else:
            if ended:
                messages.success(request, _("记下了：结束了%(n)s个结对。") % {"n": ended})
                return HttpResponseRedirect(reverse("pairs-refuse"), status=303)
            status = 404
            form.add_error(None, _("按这个姓名和电话没有找到结对。姓名和电话要和登记住户时一样。"))
    return desk(request, "desk/pairs_refuse.html", status=status, page_title=_("不要结对了"), form=form)
