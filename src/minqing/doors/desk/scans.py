"""来信: scans wait in plain sight, the oldest first; each is put into words beside its picture. Files go through a gate."""

from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from minqing.charter import Actor, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.parts.acts import DEMAND_ACTS, do
from minqing.doors.parts.attachments import handed_out
from minqing.doors.parts.forms import LineField, PagesField, PlainForm, Tick, field
from minqing.doors.parts.shapes import Pager
from minqing.doors.parts.slips import Told, draft_of, on_screen, told_of
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now, today
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.errors import NotFound, Refusal
from minqing.means.files.commands import keep_file, let_go, move_files
from minqing.means.files.queries import FileLine, files_of, held_boxes, open_file
from minqing.means.files.rules import MOST_FILES
from minqing.work.intake.commands import hold_enclosure, hold_what_was_kept, register_demand
from minqing.work.intake.queries import Waiting, clock_of, demand_for, demand_line, waiting
from minqing.work.intake.rules import Anonymity, Channel, DemandState, Kind, Registered, Said

LAW = {
    "basis": gettext_lazy("信访工作条例第十九条（登记）"), "retention": gettext_lazy("随案卷保存"), "reuse": gettext_lazy("办理、答复本人"),
}  # fmt: skip
ONLY_A_SCAN = "（来信只有扫描件，没有录入。）"
TRANSCRIBE = next(act for act in DEMAND_ACTS if act.name == "transcribe")


class ScanForm(PlainForm):
    """A letter from the scanner. Its clock runs from the arrival stamp, not from this moment."""

    pages = field(
        PagesField(label=gettext_lazy("来信的扫描件"), help_text=gettext_lazy("图片或PDF；几页的信一次选全，按页码排好。")),
        purpose=gettext_lazy("保存原件"), **LAW,
    )  # fmt: skip
    arrived_on = field(
        forms.DateField(label=gettext_lazy("收文章上的日子"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})),
        purpose=gettext_lazy("期限从收到那天起算"), **LAW,
    )  # fmt: skip
    name = field(
        LineField(label=gettext_lazy("信封上的名字"), required=False, most=100),
        purpose=gettext_lazy("答复时写给谁"),
        **LAW,
    )
    address = field(
        LineField(label=gettext_lazy("信封上的地址"), required=False),
        purpose=gettext_lazy("回信、寄回执"),
        **LAW,
    )
    accuses = field(
        forms.BooleanField(
            label=gettext_lazy("信里在举报干部或单位"), required=False, widget=Tick(),
            help_text=gettext_lazy("不用录入：扫描件连同信封上的名字直接密封，只有纪检机关能打开。"),
        ),
        purpose=gettext_lazy("密封，只交纪检机关"), basis=gettext_lazy("信访工作条例第三十条"),
        retention=gettext_lazy("由纪检机关决定"), reuse=gettext_lazy("无"),
    )  # fmt: skip
    sender_key = field(
        forms.CharField(widget=forms.HiddenInput(), required=False), purpose=gettext_lazy("不重复登记"), **LAW
    )


@require_GET
def scan_list(request: HttpRequest) -> HttpResponse:
    """The queue, the oldest stamp first, with the day by which each must be sorted."""
    by = actor_of(request)
    by.must(Verb.DEMAND_TRANSCRIBE)
    page = waiting(by, only=Waiting(state="unread"), after=request.GET.get("after", ""))
    lines = [(line, clock_of(line.arrived_on, line.lang).due) for line in page.rows]
    return desk(
        request, "desk/scans.html", page_title=_("来信扫描件"), lines=lines,
        pager=Pager(shown=len(lines), total=page.count, next_url=f"?after={page.next}" if page.next else ""),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def scan_new(request: HttpRequest) -> HttpResponse:
    """Register a letter by its scan alone: the clock runs, the words come when somebody types them."""
    by = actor_of(request)
    by.must(Verb.DEMAND_TRANSCRIBE)
    if request.method == "GET":
        form = ScanForm(initial={"arrived_on": today(), "sender_key": str(uuid4())})
        return desk(request, "desk/scan_new.html", page_title=_("登记一封来信"), form=form)
    form = ScanForm(request.POST, request.FILES)
    if not form.is_valid():
        return desk(request, "desk/scan_new.html", status=422, page_title=_("登记一封来信"), form=form)
    try:
        told = form.cleaned_data
        registered, slip = (_seal if told["accuses"] else _register)(by, told)
    except Refusal as refusal:
        form.add_error(None, _(refusal.text).format(**refusal.data))
        return desk(
            request, "desk/scan_new.html", status=refusal.status, page_title=_("登记一封来信"), form=form
        )
    return desk(
        request,
        "desk/scanned.html",
        page_title=_("登记好了"),
        slip=on_screen(slip),
        repeated=registered.repeated and not slip.code,
    )


def _register(by: Actor, told: dict[str, Any]) -> tuple[Registered, Told]:
    form_key, at = f"{by.account_id}/{told['sender_key'] or uuid4()}", now()
    draft = draft_of(form_key)
    kept = [
        keep_file(
            owner=draft, content=page.chunks(), name=page.name or "", size=page.size, at=at, most=MOST_FILES
        )
        for page in told["pages"]
    ]
    named = bool(told["name"] or told["address"])
    said = Said(
        text="", scan_id=kept[0].pk, anonymity=Anonymity.NAMED if named else Anonymity.ANONYMOUS, channel=Channel.LETTER,
        kind=Kind.HELP, reply_by=ReplyBy.LETTER if told["address"] else ReplyBy.ONLINE, lang="zh-hans",
        sender=f"desk:{by.account_id}", sender_key=form_key, name=told["name"],
        address=told["address"], arrived_on=told["arrived_on"],
    )  # fmt: skip
    with transaction.atomic():
        registered = register_demand(by=by, said=said, at=at)
        slip = told_of(registered, word=False, form_key=form_key, at=at)
        if not registered.repeated:
            move_files(old_owner=draft, new_owner=f"demand:{registered.demand_id}")
    return registered, slip


def _seal(by: Actor, told: dict[str, Any]) -> tuple[Registered, Told]:
    """A letter whose envelope or first lines say what it is: nobody types it, nothing of it is kept under our own key."""
    form_key, at = f"{by.account_id}/{told['sender_key'] or uuid4()}", now()
    draft = draft_of(form_key)
    hold_what_was_kept(draft=draft)
    for page in told["pages"]:
        hold_enclosure(draft=draft, content=page.chunks(), name=page.name or "", size=page.size)
    named = bool(told["name"] or told["address"])
    said = Said(
        text=ONLY_A_SCAN, anonymity=Anonymity.NAMED if named else Anonymity.ANONYMOUS, channel=Channel.LETTER,
        kind=Kind.REPORT, reply_by=ReplyBy.LETTER if told["address"] else ReplyBy.ONLINE, lang="zh-hans", accuses=True,
        sender=f"desk:{by.account_id}", sender_key=form_key, name=told["name"], address=told["address"],
        arrived_on=told["arrived_on"],
    )  # fmt: skip
    with transaction.atomic():
        registered = register_demand(by=by, said=said, at=at, enclosed=held_boxes(draft))
        slip = told_of(registered, word=False, form_key=form_key, at=at)
        transaction.on_commit(partial(let_go, draft=draft))
    return registered, slip


@require_http_methods(["GET", "POST"])
def scan_page(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """The picture on the left, the words on the right; after saving comes the next letter."""
    by = actor_of(request)
    demand_for(by, Verb.DEMAND_TRANSCRIBE, demand_id)
    line = demand_line(demand_id)
    form = TRANSCRIBE.form(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        try:
            do(TRANSCRIBE, by=by, at=now(), form=form, target=demand_id)
            return HttpResponseRedirect(_next(by), status=303)
        except Refusal as refusal:
            status = refusal.status
            if not form.errors:
                form.add_error(None, _(refusal.text).format(**refusal.data))
    return desk(
        request, "desk/scan.html", status=status, page_title=_("录入来信"), demand=line, form=form, files=shown_files(demand_id),
        due=clock_of(line.arrived_on, line.lang).due, done=line.state is not DemandState.UNREAD,
    )  # fmt: skip


def _next(by: Actor) -> str:
    rows = waiting(by, only=Waiting(state="unread"), size=1).rows
    return reverse("scan-page", args=[rows[0].id]) if rows else reverse("scans")


def shown_files(demand_id: UUID) -> list[FileLine]:
    """The clean copies of what came with a word; the sealed originals are not among them."""
    return files_of([f"demand:{demand_id}"])


@require_GET
def demand_file(request: HttpRequest, demand_id: UUID, blob_id: UUID) -> HttpResponseBase:
    """One file of a word the actor may see: a clean picture is shown, everything else is only handed out."""
    demand_for(actor_of(request), Verb.DEMAND_VIEW, demand_id)
    owner = f"demand:{demand_id}"
    if blob_id not in {one.id for one in files_of([owner])}:
        raise NotFound()
    return handed_out(open_file(owner=owner, blob_id=blob_id))
