"""帮人找回: a person at the counter or called back has lost the slip; number and name must both fit, each find is a look."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minqing.charter import Verb
from minqing.doors.desk.frame import desk
from minqing.doors.parts.forms import LineField, PlainForm, field
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now
from minqing.kernel.errors import Refusal
from minqing.work.intake.commands import find_demands
from minqing.work.intake.queries import demand_lines

WHY = {
    "purpose": gettext_lazy("核对是不是本人"), "basis": gettext_lazy("信访工作条例第二十一条（查询）"),
    "retention": gettext_lazy("不保存"), "reuse": gettext_lazy("无"),
}  # fmt: skip


class FindForm(PlainForm):
    name = field(
        LineField(label=gettext_lazy("登记时的姓名"), required=True, most=100, attrs={"autocomplete": "off"}),
        **WHY,
    )
    phone = field(
        LineField(
            label=gettext_lazy("登记时留的电话"),
            required=True,
            most=30,
            attrs={"inputmode": "tel", "autocomplete": "off"},
        ),
        **WHY,
    )


@never_cache
@require_http_methods(["GET", "POST"])
def demand_find(request: HttpRequest) -> HttpResponse:
    """Check an identity card first, or call the number back. POST only: nothing stands in the address."""
    by = actor_of(request)
    by.must(Verb.DEMAND_FIND)
    form, found, asked = FindForm(request.POST or None), [], request.method == "POST"
    status = 422
    if asked and form.is_valid():
        try:
            ids = find_demands(
                by=by, phone=form.cleaned_data["phone"], name=form.cleaned_data["name"], at=now()
            )
            lines = demand_lines(ids)
            found = [lines[one] for one in ids]
        except Refusal as refusal:
            status = refusal.status
            form.add_error(None, _(refusal.text).format(**refusal.data))
    ok = asked and form.is_valid()
    return desk(
        request,
        "desk/find.html",
        status=status if asked and not ok else 200,
        page_title=_("帮人找回回执"),
        form=form,
        found=found,
        asked=ok,
    )
