"""The sorting table: new words waiting for an office; writing down what is said by telephone, letter or in person."""

from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from minqing.charter import Role, Verb
from minqing.doors.desk.choices import dress
from minqing.doors.desk.frame import desk
from minqing.doors.parts.acts import DEMAND_ACTS, Act, do
from minqing.doors.parts.forms import Choices, LineField, PlainForm, TextField, Tick, field
from minqing.doors.parts.shapes import Act as Button
from minqing.doors.parts.shapes import Pager, Row
from minqing.doors.parts.slips import Told, on_paper, on_screen
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now, today
from minqing.ground.people.rules import ReplyBy
from minqing.ground.places import queries as places
from minqing.kernel.errors import Refusal
from minqing.means.files.commands import keep_file
from minqing.work.cases.queries import same_matter
from minqing.work.intake.commands import register_demand
from minqing.work.intake.queries import DemandLine, Waiting, demand_for, demand_lines, waiting
from minqing.work.intake.rules import Alarm, Anonymity, Channel, Kind, Said

BY_NAME = {act.name: act for act in DEMAND_ACTS}
LAW = {"basis": gettext_lazy("信访工作条例第十九条（登记）"), "retention": gettext_lazy("随案卷保存"), "reuse": gettext_lazy("办理、答复本人")}
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
    place = field(forms.ChoiceField(label=gettext_lazy("哪个村（社区）"), required=False), purpose=gettext_lazy("确定属地"), **LAW)
    place_words = field(LineField(label=gettext_lazy("具体地点"), required=False), purpose=gettext_lazy("找得到地方"), **LAW)
    name = field(LineField(label=gettext_lazy("称呼"), required=False, most=100), purpose=gettext_lazy("答复时写给谁"), **LAW)
    phone = field(LineField(label=gettext_lazy("电话"), required=False, most=30, attrs={"inputmode": "tel"}),
                  purpose=gettext_lazy("联系、回访"), **LAW)  # fmt: skip
    anonymity = field(forms.ChoiceField(label=gettext_lazy("愿意让谁知道是他"), choices=[], widget=Choices(row=True), required=False),
                      purpose=gettext_lazy("按本人的意思保护"), **LAW)  # fmt: skip
    reply_by = field(forms.ChoiceField(label=gettext_lazy("答复怎么给他"), choices=[], widget=Choices(row=True), required=False),
                     purpose=gettext_lazy("送到本人"), **LAW)  # fmt: skip
    word = field(LineField(label=gettext_lazy("本人设的4位口令"), required=False, most=4, attrs={"inputmode": "numeric"}),
                 purpose=gettext_lazy("网上看答复内容"), **LAW)  # fmt: skip
    arrived_on = field(forms.DateField(label=gettext_lazy("来信收到的日子"), required=False, widget=forms.DateInput(attrs={"type": "date"})),
                       purpose=gettext_lazy("期限从收到那天起算"), **LAW)  # fmt: skip
    n_people = field(forms.IntegerField(label=gettext_lazy("一共几个人反映"), required=False, min_value=1, max_value=100000),
                     purpose=gettext_lazy("多人共同的事"), **LAW)  # fmt: skip
    accuses = field(forms.BooleanField(label=gettext_lazy("对方在举报干部或单位"), required=False, widget=Tick()),
                    purpose=gettext_lazy("密封，只交纪检机关"), basis=gettext_lazy("信访工作条例第三十条"),
                    retention=gettext_lazy("由纪检机关决定"), reuse=gettext_lazy("无"))  # fmt: skip
    scan = field(forms.FileField(label=gettext_lazy("来信扫描件"), required=False), purpose=gettext_lazy("保存原件"), **LAW)
    sender_key = field(forms.CharField(widget=forms.HiddenInput(), required=False), purpose=gettext_lazy("不重复登记"), **LAW)

    def __init__(self, *args: Any, channels: tuple[Channel, ...] = DESK_CHANNELS, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lists: dict[str, list[tuple[str, Any]]] = {
            "channel": [(c.value, _(c.label)) for c in channels], "kind": [(k.value, _(k.label)) for k in Kind if k is not Kind.REPORT],
            "anonymity": [(a.value, _(a.label)) for a in Anonymity], "reply_by": [(r.value, _(r.label)) for r in ReplyBy],
            "place": [("", _("说不准，不选")), *places.choices(on=today())],
        }  # fmt: skip
        for name, choices in lists.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
        if len(channels) == 1:
            self.fields["channel"].widget = forms.HiddenInput()


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
        first = {"sender_key": str(uuid4()), "channel": channels[0].value, "kind": "help", "anonymity": "named", "reply_by": "phone"}
        form = RegisterForm(channels=channels, initial=first | request.GET.dict())
        return desk(request, "desk/register.html", page_title=_("登记一件"), form=form, on_behalf=Channel.ON_BEHALF in channels)
    form = RegisterForm(request.POST, request.FILES, channels=channels)
    if not form.is_valid():
        return desk(request, "desk/register.html", status=422, page_title=_("登记一件"), form=form, on_behalf=Channel.ON_BEHALF in channels)
    told = form.cleaned_data
    anonymity = Anonymity(told["anonymity"] or ("named" if told["name"] or told["phone"] else "anonymous"))
    said = Said(
        text=told["text"], anonymity=anonymity, channel=Channel(told["channel"]), kind=Kind(told["kind"] or "help"),
        reply_by=ReplyBy(told["reply_by"] or "phone"), lang="zh-hans", sender=f"desk:{by.account_id}",
        sender_key=told["sender_key"] or str(uuid4()), place=told["place"], place_words=told["place_words"],
        name=told["name"], phone=told["phone"], word=told["word"], n_people=told["n_people"] or 1,
        arrived_on=told["arrived_on"], accuses=told["accuses"],
    )  # fmt: skip
    try:
        registered = register_demand(by=by, said=said, at=now())
    except Refusal as refusal:
        form.add_error(None, _(refusal.text).format(**refusal.data))
        return desk(request, "desk/register.html", status=refusal.status, page_title=_("登记一件"), form=form,
                    on_behalf=Channel.ON_BEHALF in channels)  # fmt: skip
    if told["scan"] and not registered.repeated and not said.accuses:
        keep_file(owner=f"demand:{registered.demand_id}", content=told["scan"].chunks(), name=told["scan"].name or "", at=now())
    slip = Told.of(registered, word=bool(said.word))
    if request.POST.get("print"):
        paper = HttpResponse(on_paper(slip, lang="zh-hans", roll=request.POST["print"] == "roll"), content_type="application/pdf")
        paper["Content-Disposition"] = 'inline; filename="slip.pdf"'
        return paper
    return desk(
        request, "desk/registered.html", page_title=_("登记好了"), told=slip, slip=on_screen(slip), repeated=registered.repeated,
        alarm=registered.alarm, life=Alarm.LIFE, despair=Alarm.DESPAIR, read_back=told["text"],
    )  # fmt: skip


@require_GET
def waiting_list(request: HttpRequest) -> HttpResponse:
    """等待分办: the oldest first, words of despair and danger before all."""
    by = actor_of(request)
    given = request.GET
    page = waiting(
        by, after=given.get("after", ""),
        only=Waiting(state=given.get("state", ""), channel=given.get("channel", ""), kind=given.get("kind", ""), alarm=given.get("alarm") == "1"),
    )  # fmt: skip
    rows = [_row(line) for line in page.rows]
    return desk(
        request, "desk/waiting.html", page_title=_("等待分办"), rows=rows,
        pager=Pager(shown=len(rows), total=page.count, next_url=f"?after={page.next}" if page.next else ""),
        empty={"title": _("没有等待分办的"), "line": _("新登记的会出现在这里。"), "acts": []},
    )  # fmt: skip


def _row(line: DemandLine) -> Row:
    alarmed = line.alarm is not Alarm.NONE
    return Row(
        id=str(line.id), url=reverse("demand-page", args=[line.id]), place=line.place_name or line.place_words,
        title=line.title or line.text[:40], kind=_(line.kind.label), state=_(line.state.label), got=line.registered_at,
        due=None, note=f"▲ {_(line.alarm.label)} · {_(line.channel.label)}" if alarmed else _(line.channel.label),
        acts=[Button(_("立为一件事"), reverse("demand-open", args=[line.id]), get=True, key="a")],
    )  # fmt: skip


@require_GET
def demand_page(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """One word: the original, who it may belong with, and what may be done."""
    by = actor_of(request)
    demand_for(by, Verb.DEMAND_VIEW, demand_id)
    line = demand_lines([demand_id])[demand_id]
    buttons = [
        Button(str(act.label), reverse(f"demand-{act.name}", args=[demand_id]), main=act.name == "open", get=True, hard=act.hard,
               key={"open": "a", "join": "m", "transcribe": "t", "sort": "e", "seal": "z"}.get(act.name, ""))
        for act in DEMAND_ACTS if by.may(act.verb) and act.name in _open_acts(line)
    ]  # fmt: skip
    return desk(request, "desk/demand.html", page_title=line.title or _("新来的反映"), demand=line, buttons=buttons,
                same=same_matter(by, demand_id) if by.may(Verb.CASE_JOIN) else [])  # fmt: skip


def _open_acts(line: DemandLine) -> tuple[str, ...]:
    if line.state == "unread":
        return ("transcribe",)
    return ("open", "join", "sort", "seal") if line.state == "waiting" else ("split", "leave")


@require_http_methods(["GET", "POST"])
def demand_act(request: HttpRequest, demand_id: UUID, act: Act) -> HttpResponse:
    """The acts on one word: open a case, join, split, transcribe, seal."""
    by = actor_of(request)
    demand_for(by, Verb.DEMAND_VIEW, demand_id)
    line = demand_lines([demand_id])[demand_id]
    if request.method == "GET":
        first = {"title": line.title or line.text[:30], "text": line.text, "track": "order", "kind": line.kind.value, "place": line.place}
        form = act.form(initial=first | request.GET.dict())
        return _act_page(request, line, act, dress(form))
    form = dress(act.form(request.POST))
    try:
        done = do(act, by=by, at=now(), target=demand_id, form=form)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, _(refusal.text).format(**refusal.data))
        return _act_page(request, line, act, form, status=refusal.status)
    case_id = getattr(done, "pk", None)
    if act.name in {"open", "join"} and case_id:
        return HttpResponseRedirect(reverse("case-page", args=[case_id]), status=303)
    return HttpResponseRedirect(reverse("waiting"), status=303)


def _act_page(request: HttpRequest, line: DemandLine, act: Act, form: forms.Form, *, status: int = 200) -> HttpResponse:
    return desk(request, "desk/demand_act.html", status=status, page_title=str(act.label), demand=line, act=act, form=form)
