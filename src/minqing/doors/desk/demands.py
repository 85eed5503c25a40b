"""The sorting table: new words waiting for an office, and what may be done with one word."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.choices import F, cases_like, dress
from minqing.doors.desk.frame import desk
from minqing.doors.desk.starts import hint_of, hints, opening
from minqing.doors.parts.acts import DEMAND_ACTS, Act, do
from minqing.doors.parts.forms import LineField, PlainForm, field
from minqing.doors.parts.places import below, filter_box, looked_for, with_found
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.shapes import Act as Button
from minqing.doors.parts.shapes import Chip, Pager, Row
from minqing.doors.parts.shapes import Slip as Ticket
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import catalogue, now, today
from minqing.ground.law.rules.catalogue import UnknownMatter
from minqing.ground.places.queries import names_of as place_names
from minqing.kernel.errors import NotAllowed, Refusal
from minqing.means.files.queries import files_of
from minqing.work.cases.queries import CaseLine, same_matter
from minqing.work.cases.queries.of_word import cases_with, is_part
from minqing.work.duties.queries import next_dues
from minqing.work.intake.commands.receipts import renew_receipt
from minqing.work.intake.queries import DemandLine, Waiting, demand_for, demand_lines, waiting
from minqing.work.intake.rules import Alarm, Channel, DemandState, Kind

FIELDS = ("state", "channel", "kind", "place", "alarm")
ACT_KEYS = {"open": "a", "join": "m", "transcribe": "t", "sort": "e", "seal": "z", "settle-now": "n"}


@require_GET
def waiting_list(request: HttpRequest) -> HttpResponse:
    """等待分办: words of despair and danger before all, then the oldest first."""
    by, given = actor_of(request), request.GET
    kept = {name: given[name] for name in FIELDS if given.get(name)}
    place = filter_box(request, kept.get("place", ""))
    if place["sure"]:
        return HttpResponseRedirect(f"?{urlencode({**kept, 'place': place['sure']})}")
    only = Waiting(
        state=kept.get("state", ""), channel=kept.get("channel", ""), kind=kept.get("kind", ""), alarm=kept.get("alarm") == "1",
        place_path=below(kept.get("place", "")),
    )  # fmt: skip
    page = waiting(by, after=given.get("after", ""), only=only)
    first = [] if given.get("after") or only.alarm else waiting(by, only=Waiting(alarm=True)).rows
    ids = {line.id for line in first}
    lines = [*first, *(line for line in page.rows if line.id not in ids)]
    next_url = f"?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    return desk(
        request, "desk/waiting.html", page_title=_("等待分办"), rows=_rows(lines, by),
        chips=_chips(kept), boxes=_boxes(kept, place), boxes_open=place["open"],
        box_keep=[(name, kept[name]) for name in ("state", "alarm") if name in kept],
        pager=Pager(shown=len(lines), total=1000 if page.more else page.count, next_url=next_url),
        empty={"title": _("没有等待分办的"), "line": _("新登记的会出现在这里。"), "acts": []},
    )  # fmt: skip


def _chips(kept: dict[str, str]) -> list[Chip]:
    def url(**changes: str) -> str:
        return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})

    labels = {
        "state": {"unread": _("来信待录入"), "waiting": _("等待分办")}, "alarm": {"1": _("紧急和绝望的话")},
        "channel": {word.value: _(word.label) for word in Channel}, "kind": {word.value: _(word.label) for word in Kind},
        "place": place_names({kept["place"]}, english=in_english()) if "place" in kept else {},
    }  # fmt: skip
    on = [Chip(labels[name].get(value, value), url(**{name: ""}), on=True) for name, value in kept.items()]
    often = [
        ("alarm", "1"),
        ("state", "unread"),
        ("channel", "phone"),
        ("channel", "letter"),
        ("kind", "complaint"),
    ]
    return [
        *on,
        *(Chip(labels[name][value], url(**{name: value})) for name, value in often if name not in kept),
    ]


def _boxes(kept: dict[str, str], place: dict[str, Any]) -> list[dict[str, Any]]:
    def flat(word: Any) -> list[tuple[str, Any]]:
        return [("", [("", _("不限")), *((one.value, _(one.label)) for one in word)])]

    return [
        {"name": "channel", "label": _("从哪里来"), "value": kept.get("channel", ""), "groups": flat(Channel)},
        {"name": "kind", "label": _("性质"), "value": kept.get("kind", ""), "groups": flat(Kind)},
        place,
    ]  # fmt: skip


def _rows(lines: list[DemandLine], by: Actor) -> list[Row]:
    dues = next_dues(line.id for line in lines)
    return [_row(line, dues.get(line.id), place_in(line), by) for line in lines]


def place_in(line: DemandLine) -> str:
    """The village in the language of the page."""
    return (line.place_en or line.place_name) if in_english() else line.place_name


def _row(line: DemandLine, due: Any, place: str, by: Actor) -> Row:
    quick = []
    if line.state is DemandState.UNREAD and by.may(Verb.DEMAND_TRANSCRIBE):
        quick = [Button(_("录入来信"), reverse("demand-transcribe", args=[line.id]), get=True, key="a")]
    elif line.state is DemandState.WAITING and by.may(Verb.CASE_OPEN):
        quick = [Button(_("立为一件事"), reverse("demand-open", args=[line.id]), get=True, key="a")]
    notes = [_(line.channel.label)]
    if line.alarm is not Alarm.NONE:
        notes.insert(0, f"▲ {_(line.alarm.label)}")
    if not (place or line.place_words):
        notes.insert(0, _("没说地点"))
    return Row(
        id=str(line.id), url=reverse("demand-page", args=[line.id]), place=place or line.place_words,
        title=line.title or line.text[:60] or _("来信扫描件"), kind=_(line.kind.label), state=_(line.state.label), got=line.registered_at,
        due=due.due_at if due else None, note=" · ".join(notes), acts=quick,
    )  # fmt: skip


@require_GET
def demand_page(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """One word: the original, who it may belong with, and what may be done."""
    by = actor_of(request)
    demand_for(by, Verb.DEMAND_VIEW, demand_id)
    line = demand_lines([demand_id])[demand_id]
    buttons = [
        Button(str(act.label), reverse(f"demand-{act.name}", args=[demand_id]), main=act.name == "open", get=True, hard=act.hard,
               key=ACT_KEYS.get(act.name, ""))
        for act in DEMAND_ACTS if by.may(act.verb) and act.name in _open_acts(line)
    ]  # fmt: skip
    buttons.sort(key=lambda button: (not button.main, button.hard))
    sorts = by.may(Verb.CASE_JOIN) and line.state is DemandState.WAITING
    q = request.GET.get("q", "").strip()
    return desk(
        request, "desk/demand.html", page_title=line.title or _("新来的反映"), demand=line, buttons=buttons, sorts=sorts,
        same=same_matter(by, demand_id) if sorts else [], cases=cases_with(by, demand_id), hints=hints(line) if sorts else [],
        q=q, found=cases_like(by, q) if q and sorts else [], place=_place_of(line), due=next_dues([demand_id]).get(demand_id),
        may_renew=by.may(Verb.DEMAND_REGISTER), files=files_of([f"demand:{demand_id}"]),
    )  # fmt: skip


def _place_of(line: DemandLine) -> str:
    return f"{place_in(line)} {line.place_words}".strip()


def _open_acts(line: DemandLine) -> tuple[str, ...]:
    if line.state is DemandState.UNREAD:
        return ("transcribe", "seal")
    return ("open", "settle-now", "join", "sort", "seal") if line.state is DemandState.WAITING else ()


@require_http_methods(["GET", "POST"])
def demand_act(request: HttpRequest, demand_id: UUID, act: Act) -> HttpResponse:
    """The acts on one word: open a case, join, leave, split, transcribe, seal."""
    by = actor_of(request)
    demand_for(by, Verb.DEMAND_VIEW, demand_id)
    line = demand_lines([demand_id])[demand_id]
    if not by.may(act.verb):
        raise NotAllowed()
    own = cases_with(by, demand_id)
    if request.method == "GET":
        if (act.name in {"split", "leave"} and not own) or act.name not in {
            "split",
            "leave",
            *_open_acts(line),
        }:
            messages.warning(request, _("现在不能“{act}”：这件事已经到了另一步。").format(act=act.label))
            return HttpResponseRedirect(reverse("demand-page", args=[demand_id]))
        form = act.form(initial=_first(request, line, act, own))
        return _act_page(request, line, act, _dressed(form, request, line, act, by, own))
    if "_more" in request.POST or looked_for(request):
        return _act_page(request, line, act, _more(request, line, act, by, own))
    form, label = _dressed(act.form(request.POST), request, line, act, by, own), _label(request, act, by)
    try:
        done = do(act, by=by, at=now(), target=demand_id, form=form)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _act_page(request, line, act, form, status=refusal.status)
    messages.success(request, _("“{act}”已记下。").format(act=label), extra_tags=f"{act.name}-{demand_id}")
    case = done[0] if isinstance(done, list) and done else done
    if (
        act.name in {"open", "join", "leave", "split", "settle-now"}
        and getattr(case, "pk", None)
        and by.may(Verb.CASE_VIEW)
    ):
        tab = "?tab=links" if act.name == "split" else ""
        return HttpResponseRedirect(reverse("case-page", args=[case.pk]) + tab, status=303)
    if act.name in {"sort", "transcribe"}:
        return HttpResponseRedirect(reverse("demand-page", args=[demand_id]), status=303)
    return HttpResponseRedirect(reverse("waiting"), status=303)


def _first(request: HttpRequest, line: DemandLine, act: Act, own: list[CaseLine]) -> dict[str, Any]:
    first: dict[str, Any] = {"title": line.title, "kind": line.kind.value, "place": line.place}
    if act.name in {"open", "settle-now"}:
        first = dict(opening(line))
    first |= {"text": "" if act.name == "settle-now" else line.text}
    if own:
        first["case_id"] = own[0].id
    return first | {name: value for name, value in request.GET.items() if name in act.fields}


def _dressed(form: F, request: HttpRequest, line: DemandLine, act: Act, by: Actor, own: list[CaseLine]) -> F:
    """Lists for the ids; where only one case can be meant nothing is asked."""
    if act.name == "join":
        near = same_matter(by, line.id)
        asked = request.GET.get("case_id") or request.POST.get("case_id")
        known = {str(one.id) for one in near}
        if asked and asked not in known:
            near += [
                one
                for one in cases_like(by, request.GET.get("q", "") or request.POST.get("q", ""))
                if str(one.id) not in known
            ]
        dress(form, by=by, cases=near)
        if asked and not any(asked == str(one.id) for one in near):
            form.fields["case_id"].widget = forms.HiddenInput()
    elif act.name in {"split", "leave"}:
        dress(form, by=by, cases=own)
        if request.GET.get("case_id") or len(own) == 1:
            form.fields["case_id"].widget = forms.HiddenInput()
    else:
        dress(form, by=by)
    return form


def _more(request: HttpRequest, line: DemandLine, act: Act, by: Actor, own: list[CaseLine]) -> forms.Form:
    bound = act.form(request.POST)
    typed = {
        name: bound.fields[name].widget.value_from_datadict(request.POST, {}, name) for name in bound.fields
    }
    if name := request.POST.get("_more"):
        rows = typed.get(name) or []
        typed[name] = [*rows, *({} for _n in range(max(1, 4 - len(rows))))]
    form = _dressed(act.form(initial=typed), request, line, act, by, own)
    return with_found(form, looked_for(request)) if looked_for(request) else form


def _label(request: HttpRequest, act: Act, by: Actor) -> str:
    """What the act is called: a part of a split word does not leave others, it goes back to the whole."""
    asked = request.POST.get("case_id") or request.GET.get("case_id") or ""
    if act.name == "leave" and is_part(by, asked):
        return _("并回原来那一件")
    return str(act.label)


def _act_page(
    request: HttpRequest, line: DemandLine, act: Act, form: forms.Form, *, status: int = 200
) -> HttpResponse:
    chosen = form["matter"].value() if act.name == "open" else ""
    hint = None
    if chosen:
        try:
            hint = hint_of(catalogue(today()).get(str(chosen)), line.place_path)
        except UnknownMatter:
            hint = None
    return desk(
        request, "desk/demand_act.html", status=status, page_title=_label(request, act, actor_of(request)),
        demand=line, act=act, form=form, hint=hint,
        hints=[one for one in hints(line) if one.code != chosen] if act.name == "open" else [], place=_place_of(line),
    )  # fmt: skip


class RenewForm(PlainForm):
    word = field(LineField(label=gettext_lazy("本人设的4位口令"), required=False, most=4, attrs={"inputmode": "numeric"}),
                 purpose=gettext_lazy("网上看答复内容"), basis=gettext_lazy("信访工作条例第十九条（登记）"),
                 retention=gettext_lazy("随案卷保存"), reuse=gettext_lazy("无"))  # fmt: skip


@require_POST
def slip_renew(request: HttpRequest, demand_id: UUID) -> HttpResponse:
    """补发回执: the person stands at the counter or was called back; the old code is void from now on."""
    by = actor_of(request)
    form = RenewForm(request.POST)
    word = form.cleaned_data["word"] if form.is_valid() else ""
    code = renew_receipt(by=by, demand_id=demand_id, word=word, at=now())
    line = demand_lines([demand_id])[demand_id]
    due = next_dues([demand_id]).get(demand_id)
    cases = cases_with(by, demand_id)
    holder = (
        ((cases[0].holder_en or cases[0].holder) if in_english() else cases[0].holder)
        if cases
        else _("县信访局")
    )
    slip = Ticket(
        holder=holder, due=cases[0].due_at if cases else due.due_at if due else None, unhappy=_("拿查询码点“没解决”，或来接待窗口"),
        code=code, verify_no=line.verify_no, registered_at=line.registered_at,
    )  # fmt: skip
    shown = desk(request, "desk/renewed.html", page_title=_("补发回执"), slip=slip, code=code, demand=line)
    shown["Cache-Control"] = "no-store"
    return shown
