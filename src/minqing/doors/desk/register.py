"""Writing down what is said by telephone, letter or in person; the slip, and a new one for a lost one."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from minqing.charter import Actor, Role, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.twice import asked_twice
from minqing.doors.parts.forms import Choices, LineField, PlainForm, TextField, Tick, field
from minqing.doors.parts.places import PlaceField, looked_for, typed_again, with_found
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.slips import Told, draft_of, on_paper, on_screen, told_of
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now
from minqing.ground.people.rules import ReplyBy, is_mail_address
from minqing.kernel.errors import Refusal
from minqing.means.files.commands import keep_file, let_go, move_files
from minqing.means.files.queries import held_boxes
from minqing.work.intake.commands import hold_enclosure, hold_what_was_kept, register_demand
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind, Registered, Said

LAW = {
    "basis": gettext_lazy("信访工作条例第十九条（登记）"),
    "retention": gettext_lazy("随案卷保存"),
    "reuse": gettext_lazy("办理、答复本人"),
}
DESK_CHANNELS = (Channel.PHONE, Channel.IN_PERSON, Channel.LETTER, Channel.OWN_PHONE, Channel.FIELD)


class RegisterForm(PlainForm):
    """Type while listening; one box is required. The order is the order of a telephone call."""

    keep = "register"
    text = field(TextField(label=gettext_lazy("对方说的事（边听边记）"), rows=8, required=True),
                 purpose=gettext_lazy("如实记下来"), **LAW)  # fmt: skip
    channel = field(forms.ChoiceField(label=gettext_lazy("从哪里来"), choices=[], widget=Choices(row=True)),
                    purpose=gettext_lazy("知道是怎么来的"), **LAW)  # fmt: skip
    kind = field(forms.ChoiceField(label=gettext_lazy("性质"), choices=[], widget=Choices(row=True), required=False),
                 purpose=gettext_lazy("分给能办的单位"), **LAW)  # fmt: skip
    place = field(
        PlaceField(label=gettext_lazy("哪个村（社区）")),
        purpose=gettext_lazy("确定属地"),
        **LAW,
    )
    place_words = field(
        LineField(label=gettext_lazy("具体地点"), required=False), purpose=gettext_lazy("找得到地方"), **LAW
    )
    name = field(
        LineField(label=gettext_lazy("称呼"), required=False, most=100),
        purpose=gettext_lazy("答复时写给谁"),
        **LAW,
    )
    phone = field(LineField(label=gettext_lazy("电话"), required=False, most=30, attrs={"inputmode": "tel"}),
                  purpose=gettext_lazy("联系、回访"), **LAW)  # fmt: skip
    anonymity = field(forms.ChoiceField(label=gettext_lazy("愿意让谁知道是他"), choices=[], widget=Choices(row=True), required=False),
                      purpose=gettext_lazy("按本人的意思保护"), **LAW)  # fmt: skip
    reply_by = field(forms.ChoiceField(label=gettext_lazy("答复怎么给他"), choices=[], widget=Choices(row=True), required=False),
                     purpose=gettext_lazy("送到本人"), **LAW)  # fmt: skip
    address = field(LineField(label=gettext_lazy("寄到哪里"), required=False),
                    purpose=gettext_lazy("把书面答复寄给您"), **LAW)  # fmt: skip
    email = field(LineField(label=gettext_lazy("邮箱"), required=False, most=200, attrs={"inputmode": "email", "dir": "ltr"}),
                  purpose=gettext_lazy("告诉本人有答复了"), **LAW)  # fmt: skip
    word = field(LineField(label=gettext_lazy("本人设的4位口令"), required=False, most=4, attrs={"inputmode": "numeric"}),
                 purpose=gettext_lazy("网上看答复内容"), **LAW)  # fmt: skip
    arrived_on = field(forms.DateField(label=gettext_lazy("来信收到的日子"), required=False, widget=forms.DateInput(attrs={"type": "date"})),
                       purpose=gettext_lazy("期限从收到那天起算"), **LAW)  # fmt: skip
    n_people = field(forms.IntegerField(label=gettext_lazy("一共几个人反映"), required=False, min_value=1, max_value=100000),
                     purpose=gettext_lazy("多人共同的事"), **LAW)  # fmt: skip
    accuses = field(forms.BooleanField(label=gettext_lazy("对方在举报干部或单位"), required=False, widget=Tick()),
                    purpose=gettext_lazy("密封，只交纪检机关"), basis=gettext_lazy("信访工作条例第三十条"),
                    retention=gettext_lazy("由纪检机关决定"), reuse=gettext_lazy("无"))  # fmt: skip
    scan = field(
        forms.FileField(label=gettext_lazy("来信扫描件"), required=False),
        purpose=gettext_lazy("保存原件"),
        **LAW,
    )
    sender_key = field(
        forms.CharField(widget=forms.HiddenInput(), required=False), purpose=gettext_lazy("不重复登记"), **LAW
    )
    visit = field(
        forms.CharField(widget=forms.HiddenInput(), required=False),
        purpose=gettext_lazy("登记完回到接待的那个号"),
        **LAW,
    )

    def __init__(self, *args: Any, channels: tuple[Channel, ...] = DESK_CHANNELS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: dict[str, list[tuple[str, Any]]] = {
            "channel": [(c.value, _(c.label)) for c in channels], "kind": [(k.value, _(k.label)) for k in Kind if k is not Kind.REPORT],
            "anonymity": [(a.value, _(a.label)) for a in Anonymity], "reply_by": [(r.value, _(r.label)) for r in ReplyBy],
        }  # fmt: skip
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(channels) == 1:
            self.fields["channel"].widget = forms.HiddenInput()
        if Channel.LETTER not in channels:
            for name in ("arrived_on", "scan"):
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        if told.get("reply_by") == ReplyBy.EMAIL and not is_mail_address(told.get("email", "")):
            self.add_error("email", _("要发邮件，请写明发到哪个邮箱，或者换一种办法。"))
        if told.get("reply_by") == ReplyBy.LETTER and not told.get("address"):
            self.add_error("address", _("要寄信，请写明寄到哪里，或者换一种办法。"))
        return told


def channels_of(by: Any) -> tuple[Channel, ...]:
    if by.roles & {Role.VILLAGE_CADRE}:
        return (Channel.ON_BEHALF,)
    return (Channel.DEPUTY,) if by.roles & {Role.DEPUTY} else DESK_CHANNELS


@require_http_methods(["GET", "POST"])
def demand_register(request: HttpRequest) -> HttpResponse:
    """登记: the slip is shown at once, to be read out, printed or handed over; nothing is typed twice."""
    by = actor_of(request)
    by.must(Verb.DEMAND_REGISTER)
    channels = channels_of(by)
    if request.method == "GET":
        first = {
            "sender_key": str(uuid4()),
            "channel": channels[0].value,
            "kind": "help",
            "anonymity": "named",
            "reply_by": "phone",
        }
        form = RegisterForm(channels=channels, initial=first | request.GET.dict())
        return desk(
            request,
            "desk/register.html",
            page_title=_("登记一件"),
            form=form,
            on_behalf=Channel.ON_BEHALF in channels,
        )
    form = RegisterForm(request.POST, request.FILES, channels=channels)
    if typed := looked_for(request):
        again = RegisterForm(channels=channels, initial=typed_again(form))
        return desk(request, "desk/register.html", page_title=_("登记一件"), form=with_found(again, typed), found=True,
                    on_behalf=Channel.ON_BEHALF in channels)  # fmt: skip
    if not form.is_valid():
        return desk(
            request,
            "desk/register.html",
            status=422,
            page_title=_("登记一件"),
            form=form,
            on_behalf=Channel.ON_BEHALF in channels,
        )
    told = form.cleaned_data
    anonymity = Anonymity(told["anonymity"] or ("named" if told["name"] or told["phone"] else "anonymous"))
    said = Said(
        text=told["text"], anonymity=anonymity, channel=Channel(told["channel"]), kind=Kind(told["kind"] or "help"),
        reply_by=ReplyBy(told["reply_by"] or "phone"), lang="zh-hans", sender=f"desk:{by.account_id}",
        sender_key=told["sender_key"] or str(uuid4()), place=told["place"], place_words=told["place_words"],
        name=told["name"], phone=told["phone"], email=told["email"], address=told["address"], word=told["word"], n_people=told["n_people"] or 1,
        arrived_on=told.get("arrived_on"), accuses=told["accuses"],
    )  # fmt: skip
    at = now()
    said, twice = asked_twice(request, said, at=at)
    if twice is not None:
        return desk(request, "desk/register.html", status=409, page_title=_("登记一件"), form=form, twice=twice, found=True,
                    on_behalf=Channel.ON_BEHALF in channels)  # fmt: skip
    try:
        registered, slip = _registered(by, said, told.get("scan"), at=at)
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return desk(request, "desk/register.html", status=refusal.status, page_title=_("登记一件"), form=form,
                    on_behalf=Channel.ON_BEHALF in channels)  # fmt: skip
    if request.POST.get("print"):
        paper = HttpResponse(
            on_paper(slip, lang="zh-hans", roll=request.POST["print"] == "roll"),
            content_type="application/pdf",
        )
        paper["Content-Disposition"] = 'inline; filename="slip.pdf"'
        return paper
    shown = desk(
        request, "desk/registered.html", page_title=_("登记好了"), told=slip, slip=on_screen(slip),
        repeated=registered.repeated and not slip.code, alarm=registered.alarm, life=Alarm.LIFE, despair=Alarm.DESPAIR, read_back=told["text"],
        demand_id=None if said.accuses else registered.demand_id, visit=visit_of(told["visit"]),
    )  # fmt: skip
    shown["Cache-Control"] = "no-store"
    return shown


def _registered(by: Actor, said: Said, scan: UploadedFile | None, *, at: datetime) -> tuple[Registered, Told]:
    """The scan first, as a draft's: what is wrong with it is said while nothing is registered, and no slip is lost."""
    form_key = (
        f"{said.sender}/{said.sender_key}"  # one's own: nobody comes upon the slip or the scan of another
    )
    draft = draft_of(form_key)
    if said.accuses:  # the scan says what the words say: it is sealed like them, and leaves no row here
        hold_what_was_kept(draft=draft)
    if scan and said.accuses:
        hold_enclosure(draft=draft, content=scan.chunks(), name=scan.name or "", size=scan.size)
    elif scan:
        keep_file(owner=draft, content=scan.chunks(), name=scan.name or "", size=scan.size, at=at)
    with transaction.atomic():
        boxes = held_boxes(draft) if said.accuses else ()
        registered = register_demand(by=by, said=said, at=at, enclosed=boxes)
        transaction.on_commit(partial(let_go, draft=draft))
        slip = told_of(registered, word=bool(said.word), form_key=form_key, at=at)
        if not (said.accuses or registered.repeated):
            move_files(old_owner=draft, new_owner=f"demand:{registered.demand_id}")
    return registered, slip


def visit_of(text: str) -> tuple[UUID, UUID] | None:
    """`day/booking` of a reception, carried through the form."""
    day_id, _sep, booking_id = text.partition("/")
    try:
        return UUID(day_id), UUID(booking_id)
    except ValueError:
        return None
