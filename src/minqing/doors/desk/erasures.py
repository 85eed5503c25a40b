"""等待删除的个人信息: the two who agree see numbers and days, never a name or a word."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from minqing.doors.desk.frame import desk
from minqing.doors.parts.act_forms import OpenAccessForm
from minqing.doors.parts.acts import AGREE_ERASURE, do
from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import account_names
from minqing.kernel.errors import Refusal
from minqing.work.erasing.queries import erasures_for
from minqing.work.erasing.rules import ErasureState


@require_GET
def erasures(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def erasure_agree(request: HttpRequest, erasure_id: UUID) -> HttpResponse:
    form = OpenAccessForm(request.POST, auto_id=f"id-{erasure_id}-%s")
    try:
        row = do(AGREE_ERASURE, by=actor_of(request), at=now(), form=form, target=erasure_id)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _page(request, bad=form, of=erasure_id, status=refusal.status)
    done = row.state == ErasureState.ERASED.value
    messages.success(request, _("删掉了，册里记下了。") if done else _("您同意了，还要另一个人同意。"))
    return HttpResponseRedirect(reverse("erasures"), status=303)


def _page(
    request: HttpRequest, *, bad: PlainForm | None = None, of: UUID | None = None, status: int = 200
) -> HttpResponse:
    lines = erasures_for(actor_of(request))
    names = account_names({line.first_id for line in lines if line.first_id}, english=in_english())
    told = [
        {
            "line": line, "first": names.get(line.first_id, "—") if line.first_id else "",
            "form": (bad if line.id == of else OpenAccessForm(auto_id=f"id-{line.id}-%s")) if line.ready and not line.mine else None,
        }
        for line in lines
    ]  # fmt: skip
    return desk(request, "desk/erasures.html", status=status, page_title=_("等待删除的个人信息"), lines=told)
