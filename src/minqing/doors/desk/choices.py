"""Ids in a form become lists to choose from: offices, leaders, mediators, matters, papers of this case."""

from collections.abc import Callable, Iterable, Mapping, MutableMapping
from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from minqing.charter import Actor, Role
from minqing.doors.parts.act_forms import ReplyForm, SecondLookForm
from minqing.doors.parts.forms import ListOf
from minqing.doors.parts.rows import RowsField
from minqing.doors.parts.words import day, in_english
from minqing.ground.law.queries import catalogue, today
from minqing.ground.law.rules.catalogue import topics
from minqing.ground.offices.queries import colleagues, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.work.cases.queries import CaseLine, CasePage, Filters, worklist
from minqing.work.cases.rules import CaseState, Track

Choices = list[tuple[str, Any]]
F = TypeVar("F", bound=forms.Form)
CAN_HANDLE = [
    OfficeKind.DEPARTMENT, OfficeKind.UTILITY, OfficeKind.TOWNSHIP, OfficeKind.VILLAGE, OfficeKind.PETITION_DESK,
    OfficeKind.HOTLINE, OfficeKind.GOVERNMENT,
]  # fmt: skip
ALONE = ("supervision_id", "mediation_id", "demand_id", "document_id")
"""Fields that ask nothing when there is only one to choose."""


def office_choices() -> list[tuple[str, Choices]]:
    """Offices that may handle a matter, grouped by kind."""
    english = in_english()
    groups: dict[str, tuple[str, Choices]] = {kind.value: (str(_(kind.label)), []) for kind in CAN_HANDLE}
    for one in offices(kinds=CAN_HANDLE, on=today()):
        groups[one.kind][1].append((str(one.id), (one.name_en or one.name) if english else one.name))
    return [(label, rows) for label, rows in groups.values() if rows]


def people_choices(role: Role) -> Choices:
    english = in_english()
    return [
        (
            str(one.account_id),
            " · ".join([one.name_en or one.name, one.title_en or one.title, one.office_en or one.office])
            if english else f"{one.name} · {one.title} · {one.office}",
        )
        for one in colleagues(role=role, on=today())
    ]  # fmt: skip


def matter_choices() -> Choices:
    """The dispatch catalogue by topic."""
    n, lang = (1, "en") if in_english() else (0, "zh-hans")
    groups: dict[str, Choices] = {}
    for entry in catalogue(today()):
        groups.setdefault(entry.topic, []).append((entry.code, entry.name(lang)))
    return [(topics().get(key, (key, key))[n], rows) for key, rows in groups.items()]


def case_choices(lines: Iterable[CaseLine]) -> Choices:
    return [(str(one.id), f"{one.number} {one.title} · {_(one.state.label)}") for one in lines]


def cases_like(by: Actor, words: str, *, but: Any = None) -> list[CaseLine]:
    """Cases found by number or words, ended ones too."""
    rows = worklist(by, Filters(q=words[:100], state="all"), size=20).rows if words.strip() else []
    return [row for row in rows if row.id != but]


def dress(
    form: F, page: CasePage | None = None, *, by: Actor | None = None, cases: Iterable[CaseLine] | None = None
) -> F:
    """Give the id fields of a staff form their lists. The field still refuses an id that is none."""
    lists: dict[str, Callable[[], Choices]] = {
        "office_id": office_choices, "holder_id": office_choices, "other_office_id": office_choices,
        "promise_office_id": office_choices, "matter": matter_choices,
        "leader_id": lambda: people_choices(Role.LEADER), "mediator_id": lambda: people_choices(Role.MEDIATOR),
    }  # fmt: skip
    if page is not None:
        lists |= _of_page(page)
    if cases is not None:
        lists |= {name: (lambda: case_choices(cases)) for name in ("case_id", "earlier_id")}
    _give(form.fields, lists, form.initial)
    if isinstance(form, ReplyForm) and page is not None and page.line.track == Track.PETITION:
        for name in ("outcome", "request", "facts", "reasons", "basis", "remedy"):
            form.fields[name].mark = _("处理意见书必写")  # type: ignore[attr-defined]
    if isinstance(form, SecondLookForm) and page is not None and page.line.state is CaseState.REVIEWING:
        form.fields["remedy"].mark = _("复查意见书必写")  # type: ignore[attr-defined]
    for name, made in form.fields.items():
        if isinstance(made, RowsField):
            made.widget.dress = lambda row: _give(row.fields, lists, {})
            made.widget.name = name
    return form


def _of_page(page: CasePage) -> Mapping[str, Callable[[], Choices]]:
    open_letters = [one for one in page.supervisions if one.answered_at is None]
    return {
        "demand_id": lambda: [(str(v.demand_id), v.who or v.title or v.text[:20]) for v in page.voices],
        "document_id": lambda: [(str(p.id), f"{_(p.title)} {p.number}") for p in page.papers],
        "supervision_id": lambda: [(str(s.id), f"{s.ground} {day(s.at)}") for s in open_letters],
        "appraisal_id": lambda: [(str(a.id), f"{a.body} · {a.subject}") for a in page.appraisals],
        "mediation_id": lambda: [(str(m.id), m.other_side) for m in page.mediations],
    }


def _give(
    fields: Mapping[str, forms.Field],
    lists: Mapping[str, Callable[[], Choices]],
    initial: MutableMapping[str, Any],
) -> None:
    for name, made in fields.items():
        if name not in lists:
            continue
        found = lists[name]()
        if name in ALONE and len(found) == 1:
            made.widget = forms.HiddenInput()
            initial.setdefault(name, found[0][0])
            continue
        empty = [("", _("请选择") if made.required else _("不选"))]
        made.widget = ListOf(choices=[*empty, *found])
