"""The worklist of a role: filters in the address as chips, keyset pages, one key to accept, bulk assign, a print view."""

from collections.abc import Iterable
from dataclasses import fields
from datetime import date
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.choices import Choices, office_choices
from minqing.doors.desk.frame import desk
from minqing.doors.parts.acts import BULK_ASSIGN, do
from minqing.doors.parts.places import below, filter_box
from minqing.doors.parts.shapes import Act as Button
from minqing.doors.parts.shapes import Chip, Pager, Row
from minqing.doors.parts.web import actor_of, answer
from minqing.doors.parts.words import day, in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import names_of
from minqing.ground.places.queries import names_of as place_names
from minqing.work.cases import queries
from minqing.work.cases.queries import QUEUES, CaseLine, Filters
from minqing.work.cases.rules import CaseState, Grade, Track
from minqing.work.duties.rules import Light
from minqing.work.intake.rules import Kind

FIELDS = tuple(one.name for one in fields(Filters))
MANY, PRINTED = 50, 500


def filters_of(request: HttpRequest) -> Filters:
    """Filters from the address; what cannot be read is left out."""
    given = request.GET
    return Filters(
        state=given.get("state", ""), office=_uuid(given.get("office", "")), owes=_uuid(given.get("owes", "")), place=below(given.get("place", "")),
        before=_day(given.get("before", "")), light=given.get("light", ""), kind=given.get("kind", ""),
        track=given.get("track", ""), grade=given.get("grade", ""), mine=given.get("mine") == "1",
        supervised=given.get("supervised") == "1", queue=given.get("queue", ""),
        q=given.get("q", "").replace("\0", "").strip()[:100],
    )  # fmt: skip


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def kept_of(request: HttpRequest) -> dict[str, str]:
    return {name: request.GET[name] for name in FIELDS if request.GET.get(name)}


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """One role's list, the nearest date first."""
    by, filters, kept = actor_of(request), filters_of(request), kept_of(request)
    by.must(Verb.CASE_VIEW)
    place = filter_box(request, kept.get("place", ""))
    if place["sure"]:
        return HttpResponseRedirect(_url(kept, place=place["sure"]))
    printing = "print" in request.GET
    page = queries.worklist(
        by, filters, after=request.GET.get("after") or None, size=PRINTED if printing else MANY
    )
    chips = _on(kept)
    if printing:
        rows = [row_of(line) for line in page.rows]
        return answer(
            request, "desk/worklist_print.html", page_title=title_of(filters), rows=rows, chips=chips, today=today(), at=now(),
            more=bool(page.next), back_url="?" + urlencode(kept), english=in_english(),
        )  # fmt: skip
    next_url = f"?{urlencode({**kept, 'after': page.next})}" if page.next else ""
    bulk, offices = by.may(Verb.CASE_ASSIGN), office_choices()
    return desk(
        request, "desk/worklist.html", page_title=title_of(filters), rows=[row_of(line) for line in page.rows],
        chips=[*chips, *_offered(kept)], pager=Pager(shown=len(page.rows), total=1000 if page.capped else page.n, next_url=next_url),
        find=filters.q, find_url=reverse("worklist"), find_keep=[(k, v) for k, v in kept.items() if k != "q"],
        boxes=_boxes(kept, offices, place), boxes_open=place["open"],
        box_keep=[(k, kept[k]) for k in ("queue", "q") if k in kept], print_url="?" + urlencode({**kept, "print": "1"}),
        bulk={"url": reverse("case-bulk-assign"), "groups": offices, "label": _("一起交办")} if bulk else None,
        back="?" + urlencode(kept), empty=_empty(filters, kept),
    )  # fmt: skip


def _empty(filters: Filters, kept: dict[str, str]) -> dict[str, Any]:
    if set(kept) - {"queue"}:
        acts = [Button(_("去掉筛选"), f"?queue={kept['queue']}" if "queue" in kept else "?", get=True)]
        return {"title": _("没有符合的"), "line": _("换几个字，或者去掉一两个筛选再看。"), "acts": acts}
    return {"title": _("这里没有要办的"), "line": _("新的来件会出现在这里。"), "acts": []}


def title_of(filters: Filters) -> str:
    labels = {key: label for key, label, _verb in QUEUES}
    return str(labels.get(filters.queue, _("全部在办")))


def _labels() -> dict[str, dict[str, str]]:
    return {
        "light": {word.value: _(word.label) for word in Light}, "track": {word.value: _(word.label) for word in Track},
        "state": {word.value: _(word.label) for word in CaseState} | {"open": _("在办"), "ended": _("已了结"), "all": _("全部")},
        "kind": {word.value: _(word.label) for word in Kind}, "grade": {word.value: _(word.label) for word in Grade},
        "mine": {"1": _("我经办的")}, "supervised": {"1": _("上面在催的")},
    }  # fmt: skip


def _url(kept: dict[str, str], **changes: str) -> str:
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})


def _on(kept: dict[str, str]) -> list[Chip]:
    """Filters that are on: a click takes one off."""
    labels = _labels()
    made = []
    for name, value in kept.items():
        if name in {"queue", "q"}:
            continue
        text = labels.get(name, {}).get(value) or _spoken(name, value)
        made.append(Chip(text, _url(kept, **{name: ""}), on=True))
    return made


def _spoken(name: str, value: str) -> str:
    if name == "office" and (office_id := _uuid(value)):
        zh, en = names_of({office_id}).get(office_id, (value, value))
        return (en or zh) if in_english() else zh
    if name == "owes" and (office_id := _uuid(value)):
        return _("应由{office}办").format(office=_spoken("office", value))
    if name == "place":
        return place_names({value}, english=in_english()).get(value, value)
    if name == "before" and (on := _day(value)):
        return _("{day}前到期").format(day=day(on))
    return value


def _offered(kept: dict[str, str]) -> list[Chip]:
    """A few that are often wanted."""
    labels = _labels()
    often = [
        ("light", "red"),
        ("light", "orange"),
        ("supervised", "1"),
        ("mine", "1"),
        ("kind", "complaint"),
        ("state", "ended"),
    ]
    return [
        Chip(labels[name][value], _url(kept, **{name: value})) for name, value in often if name not in kept
    ]


def _boxes(
    kept: dict[str, str], offices: list[tuple[str, Choices]], place: dict[str, Any]
) -> list[dict[str, Any]]:
    """The filters that need choosing from a list: a plain GET form, folded until wanted."""
    labels = _labels()

    def flat(name: str) -> list[tuple[str, Any]]:
        return [("", [("", _("不限")), *labels[name].items()])]

    return [
        {"name": "state", "label": _("状态"), "value": kept.get("state", ""), "groups": flat("state")},
        {"name": "office", "label": _("谁在办"), "value": kept.get("office", ""), "groups": [("", [("", _("不限"))]), *offices]},
        place,
        {"name": "light", "label": _("期限"), "value": kept.get("light", ""), "groups": flat("light")},
        {"name": "kind", "label": _("种类"), "value": kept.get("kind", ""), "groups": flat("kind")},
        {"name": "track", "label": _("程序"), "value": kept.get("track", ""), "groups": flat("track")},
        {"name": "before", "label": _("这天前到期"), "value": kept.get("before", ""), "date": True},
    ]  # fmt: skip


def row_of(line: CaseLine) -> Row:
    english = in_english()
    notes = [
        line.number,
        *([_("上面在催")] if line.supervised else []), *([_("领导包案")] if line.carried else []),
        *([_("紧急")] if line.urgent else []),
        *([ngettext("共{n}人反映", "共{n}人反映", line.n_voices).format(n=line.n_voices)] if line.n_voices > 1 else []),
        *([ngettext("退回过{n}次", "退回过{n}次", line.returns).format(n=line.returns)] if line.returns else []),
        *([_("本人说没解决")] if line.reopened else []),
    ]  # fmt: skip
    quick = []
    if line.waits_for_us and line.state in {CaseState.FORWARDED, CaseState.ASSIGNED}:
        quick = [
            Button(_("接下来办"), reverse("case-accept", args=[line.id]), key="a", swap=f"#row-{line.id}")
        ]
    holder = (line.holder_en or line.holder) if english else line.holder
    offered = (line.offered_to_en or line.offered_to) if english else line.offered_to
    return Row(
        id=str(line.id), url=reverse("case-page", args=[line.id]), place=(line.place_en or line.place) if english else line.place,
        title=line.title, holder=f"{holder} → {offered}" if offered else holder, kind=_(Kind(line.kind).label),
        state=_(line.state.label), due=line.due_at, got=line.registered_at, paused=line.state is CaseState.PARKED, theirs=line.theirs,
        note=" · ".join(notes), acts=quick,
    )  # fmt: skip


def row_after(request: HttpRequest, by: Actor, case_id: UUID) -> HttpResponse:
    """The same row as it stands after an act that was done from the list."""
    line = queries.case_page(by, case_id).line
    return answer(
        request,
        "parts/worklist_row.html",
        row=row_of(line),
        today=today(),
        bulk=by.may(Verb.CASE_ASSIGN),
        done=True,
    )


@require_POST
def bulk_assign(request: HttpRequest) -> HttpResponse:
    """一起交办: what could not be assigned is named with its reason; the rest is done."""
    given = request.POST.copy()
    given.setlist("case_ids", request.POST.getlist("id") or request.POST.getlist("case_ids"))
    given["office_id"] = request.POST.get("office", request.POST.get("office_id", ""))
    by = actor_of(request)
    done = do(BULK_ASSIGN, by=by, at=now(), form=BULK_ASSIGN.form(given))
    if done.done:
        messages.success(
            request, ngettext("交办了{n}件。", "交办了{n}件。", len(done.done)).format(n=len(done.done))
        )
    for line in _refused(by, done.refused):
        messages.warning(request, line)
    back = request.POST.get("back", "")
    return HttpResponseRedirect(reverse("worklist") + (back if back.startswith("?") else ""), status=303)


def _refused(by: Actor, refused: Iterable[tuple[UUID, Any]]) -> list[str]:
    lines = []
    for case_id, refusal in refused:
        told = _(refusal.text).format(
            **{
                key: _(value) if isinstance(value, str) and value else value
                for key, value in refusal.data.items()
            }
        )
        title = queries.title_of([f"case:{case_id}"]).get(f"case:{case_id}", "")
        lines.append(_("没有交办：{title}。{why}").format(title=title, why=told))
    return lines
