"""谁看过身份: for the auditor; which office and role opened an identity, when, why, in which matter. Never whose."""

import csv
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from minqing.charter import Role, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.desk.notices import uuid_or_none
from minqing.doors.parts.act_forms import SettleLookForm
from minqing.doors.parts.acts import SETTLE_LOOK, do
from minqing.doors.parts.forms import PlainForm, field
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.shapes import Pager
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import account_names, offices
from minqing.ground.people.queries import LookFilters, LookRow, alarms_for, looks_for
from minqing.ground.people.rules import Purpose
from minqing.kernel.errors import Refusal
from minqing.methods.clock import CHINA
from minqing.work.cases.queries import numbers_of

AUDIT = {
    "basis": gettext_lazy("个人信息保护法第五十四条（合规审计）"), "retention": gettext_lazy("不保存，只用来筛选"), "reuse": gettext_lazy("无"),
}  # fmt: skip
MOST_ROWS = 50_000
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def _day(label: Any) -> forms.Field:
    made = forms.DateField(
        label=label, required=False, widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    return field(made, purpose=gettext_lazy("筛选"), **AUDIT)


class LookForm(PlainForm):
    since = _day(gettext_lazy("从哪天"))
    until = _day(gettext_lazy("到哪天"))
    office_id = field(
        forms.ChoiceField(label=gettext_lazy("单位"), required=False), purpose=gettext_lazy("筛选"), **AUDIT
    )
    role = field(
        forms.ChoiceField(label=gettext_lazy("岗位"), required=False), purpose=gettext_lazy("筛选"), **AUDIT
    )
    purpose = field(
        forms.ChoiceField(label=gettext_lazy("用途"), required=False), purpose=gettext_lazy("筛选"), **AUDIT
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = in_english()
        lists: dict[str, list[tuple[str, str]]] = {
            "office_id": [
                (str(one.id), one.name_en or one.name if english else one.name) for one in offices(on=today())
            ],
            "role": [(role.value, _(role.label)) for role in Role],
            "purpose": [(purpose.value, _(purpose.label)) for purpose in Purpose],
        }
        for name, choices in lists.items():
            self.fields[name].choices = [("", _("全部")), *choices]  # type: ignore[attr-defined]


def _wanted(form: LookForm) -> LookFilters:
    if not form.is_valid():
        return LookFilters()
    told = form.cleaned_data
    return LookFilters(
        told["since"], told["until"], uuid_or_none(told["office_id"]), told["role"], told["purpose"]
    )


@require_GET
def looks(request: HttpRequest) -> HttpResponse:
    """The newest first, filters in the address."""
    by, form = actor_of(request), LookForm(request.GET)
    rows, following = looks_for(by, _wanted(form), after=uuid_or_none(request.GET.get("after", "")))
    kept = {name: value for name, value in request.GET.items() if name in form.fields and value}
    return desk(
        request, "desk/looks.html", page_title=_("谁看过身份"), form=form, lines=_named(rows), kept=urlencode(kept),
        pager=Pager(shown=len(rows), next_url="?" + urlencode({**kept, "after": following}) if following else ""),
    )  # fmt: skip


def _named(rows: list[LookRow]) -> list[dict[str, Any]]:
    numbers, english = numbers_of(row.about for row in rows), in_english()
    roles = {role.value: role.label for role in Role}
    return [
        {
            "at": row.at, "office": row.office_en or row.office if english else row.office,
            "role": _(roles[row.role]) if row.role in roles else "—", "purpose": _(row.purpose.label),
            "number": numbers.get(row.about, "—"), "kind": _(row.kind.label),
        }
        for row in rows
    ]  # fmt: skip


@require_GET
def alarms(request: HttpRequest) -> HttpResponse:
    """要问一问的查看: by day, never summed up by person; each is a question, not an accusation."""
    return _alarms(request)


def _alarms(
    request: HttpRequest, *, bad: Any = None, at: UUID | None = None, status: int = 200
) -> HttpResponse:
    by, english = actor_of(request), in_english()
    lines, following = alarms_for(by, after=uuid_or_none(request.GET.get("after", "")))
    names = account_names(
        {pk for line in lines for pk in (line.account_id, line.settled_by) if pk}, english=english
    )
    may = by.may(Verb.LOOK_SETTLE)
    told = [
        {
            "line": line, "who": names.get(line.account_id, "—"), "settled": names.get(line.settled_by, "") if line.settled_by else "",
            "office": line.office_en or line.office if english else line.office,
            "form": (bad if line.id == at else SettleLookForm(auto_id=f"id-{line.id}-%s")) if may and line.settled_at is None else None,
        }
        for line in lines
    ]  # fmt: skip
    return desk(
        request, "desk/look_alarms.html", status=status, page_title=_("要问一问的查看"), alarms=told,
        pager=Pager(shown=len(lines), next_url=f"?after={following}" if following else ""),
    )  # fmt: skip


@require_POST
def look_settle(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    form = SettleLookForm(request.POST, auto_id=f"id-{alarm_id}-%s")
    try:
        do(SETTLE_LOOK, by=actor_of(request), at=now(), form=form, target=alarm_id)
    except Refusal as refusal:
        if not form.errors:
            form.add_error(None, words_of(refusal))
        return _alarms(request, bad=form, at=alarm_id, status=refusal.status)
    messages.success(request, _("核实的结果记下了。"), extra_tags=f"settle-{alarm_id}")
    return HttpResponseRedirect(reverse("look-alarms"), status=303)


def harmless(cell: str) -> str:
    """A cell that a spreadsheet would run as a formula is kept as text."""
    return "'" + cell if cell.startswith(FORMULA) else cell


class _Echo:
    def write(self, line: str) -> str:
        return line


def _lines(by: Any, wanted: LookFilters) -> Iterator[str]:
    writer, after, told = csv.writer(_Echo()), None, 0
    yield "\ufeff" + writer.writerow(
        [_("哪天"), _("单位"), _("岗位"), _("用途"), _("事项编号"), _("做了什么")]
    )
    while told < MOST_ROWS:
        rows, after = looks_for(by, wanted, after=after, size=1000)
        for line in _named(rows):
            day = line["at"].astimezone(CHINA).date().isoformat()
            yield writer.writerow(
                [
                    harmless(cell)
                    for cell in (
                        day,
                        line["office"],
                        line["role"],
                        line["purpose"],
                        line["number"],
                        line["kind"],
                    )
                ]
            )
        told += len(rows)
        if after is None:
            return


@require_GET
def looks_export(request: HttpRequest) -> StreamingHttpResponse:
    """The same list as CSV, at most 50,000 lines; what looks like a formula is text."""
    by = actor_of(request)
    by.must(Verb.LOOK_VIEW)
    sheet = StreamingHttpResponse(
        list(_lines(by, _wanted(LookForm(request.GET)))), content_type="text/csv; charset=utf-8"
    )
    sheet["Content-Disposition"] = 'attachment; filename="looks.csv"'
    return sheet
