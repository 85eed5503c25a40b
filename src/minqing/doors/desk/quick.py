"""/desk/quick/: a call to anyone's own telephone becomes a demand in three touches: open, say it, give the slip."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minqing.charter import Actor, Role, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.twice import Twice, asked_twice
from minqing.doors.parts.forms import LineField, PlainForm, TextField, Tick, field
from minqing.doors.parts.places import PlaceField, looked_for, typed_again, with_found
from minqing.doors.parts.slips import Told, on_screen, told_of
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.errors import Refusal
from minqing.work.intake.commands import register_demand
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind, Registered, Said

LAW = {
    "basis": gettext_lazy("信访工作条例第十九条（登记）"), "retention": gettext_lazy("随案卷保存"), "reuse": gettext_lazy("办理、答复本人"),
}  # fmt: skip


class QuickForm(PlainForm):
    """One box is required. The place is that of the writer's own seat until they say otherwise."""

    keep = "quick"
    text = field(
        TextField(label=gettext_lazy("对方说了什么"), rows=5, required=True, attrs={"autofocus": True, "enterkeyhint": "enter"},
                  help_text=gettext_lazy("可以点键盘上的话筒，说一遍就成字。")),
        purpose=gettext_lazy("如实记下来"), **LAW,
    )  # fmt: skip
    place = field(
        PlaceField(label=gettext_lazy("哪个村（社区）")),
        purpose=gettext_lazy("确定属地"),
        **LAW,
    )
    name = field(
        LineField(label=gettext_lazy("称呼"), required=False, most=100),
        purpose=gettext_lazy("答复时写给谁"),
        **LAW,
    )
    phone = field(
        LineField(label=gettext_lazy("对方的电话"), required=False, most=30, attrs={"inputmode": "tel", "autocomplete": "off"}),
        purpose=gettext_lazy("联系、回访"), **LAW,
    )  # fmt: skip
    accuses = field(
        forms.BooleanField(label=gettext_lazy("对方在举报干部或单位"), required=False, widget=Tick()),
        purpose=gettext_lazy("密封，只交纪检机关"), basis=gettext_lazy("信访工作条例第三十条"),
        retention=gettext_lazy("由纪检机关决定"), reuse=gettext_lazy("无"),
    )  # fmt: skip
    sender_key = field(
        forms.CharField(widget=forms.HiddenInput(), required=False), purpose=gettext_lazy("不重复登记"), **LAW
    )

    def __init__(self, *args: Any, deputy: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if deputy:
            self.fields["text"].label = _("选民说了什么")


def home_place(by: Actor) -> str:
    """The township or village the writer sits in; empty for a county office."""
    paths = sorted((seat.place_path for seat in by.seats_for(Verb.DEMAND_REGISTER)), key=len, reverse=True)
    digits = "".join(paths[0].strip("/").split("/")[:3]) if paths else ""
    return digits.ljust(12, "0") if len(digits) > 6 else ""


@never_cache
@require_http_methods(["GET", "POST"])
def quick(request: HttpRequest) -> HttpResponse:
    """GET: the box, ready to type or dictate. POST: the slip, to be read out before hanging up."""
    by = actor_of(request)
    by.must(Verb.DEMAND_REGISTER)
    deputy = Role.DEPUTY in by.roles
    if request.method == "GET":
        form = QuickForm(deputy=deputy, initial={"sender_key": str(uuid4()), "place": home_place(by)})
        return _form(request, form, by)
    form = QuickForm(request.POST, deputy=deputy)
    if typed := looked_for(request):
        again = QuickForm(deputy=deputy, initial=typed_again(form))
        return _form(request, with_found(again, typed), by, found=True)
    if not form.is_valid():
        return _form(request, form, by, status=422)
    told = form.cleaned_data
    try:
        at = now()
        said, twice = asked_twice(request, _said(by, told, deputy), at=at)
        if twice is not None:
            return _form(request, form, by, status=409, found=True, twice=twice)
        with transaction.atomic():
            registered = register_demand(by=by, said=said, at=at)
            slip = told_of(registered, word=False, form_key=f"{said.sender}/{said.sender_key}", at=at)
    except Refusal as refusal:
        form.add_error(None, _(refusal.text).format(**refusal.data))
        return _form(request, form, by, status=refusal.status)
    return _slip(request, registered, slip, told["text"])


def _said(by: Actor, told: dict[str, Any], deputy: bool) -> Said:
    reachable = bool(told["name"] or told["phone"])
    return Said(
        text=told["text"], anonymity=Anonymity.NAMED if reachable else Anonymity.ANONYMOUS,
        channel=Channel.DEPUTY if deputy else Channel.OWN_PHONE, kind=Kind.REPORT if told["accuses"] else Kind.HELP,
        reply_by=ReplyBy.PHONE if told["phone"] else ReplyBy.ONLINE, lang="zh-hans", sender=f"desk:{by.account_id}",
        sender_key=told["sender_key"] or str(uuid4()), place=told["place"], name=told["name"], phone=told["phone"],
        accuses=told["accuses"],
    )  # fmt: skip


def _form(
    request: HttpRequest,
    form: forms.Form,
    by: Actor,
    *,
    status: int = 200,
    found: bool = False,
    twice: Twice | None = None,
) -> HttpResponse:
    return desk(
        request, "desk/quick.html", status=status, page_title=_("刚接到一个电话"), form=form, found=found, twice=twice,
        village=Role.VILLAGE_CADRE in by.roles, deputy=Role.DEPUTY in by.roles,
    )  # fmt: skip


def _slip(request: HttpRequest, registered: Registered, slip: Told, text: str) -> HttpResponse:
    return desk(
        request, "desk/quick_slip.html", page_title=_("登记好了"), told=slip, slip=on_screen(slip), read_back=text,
        repeated=registered.repeated and not slip.code, alarm=registered.alarm, life=Alarm.LIFE, despair=Alarm.DESPAIR,
    )  # fmt: skip
