"""Ids in a form become lists to choose from: offices, leaders, mediators, papers of this case."""

from collections.abc import Callable

from django import forms
from django.utils.translation import gettext as _

from minqing.charter import Role
from minqing.doors.parts.words import day, in_english
from minqing.ground.law.queries import today
from minqing.ground.offices.queries import colleagues, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.work.cases.queries import CasePage

Choices = list[tuple[str, str]]
CAN_HANDLE = [
    OfficeKind.DEPARTMENT, OfficeKind.UTILITY, OfficeKind.TOWNSHIP, OfficeKind.VILLAGE, OfficeKind.PETITION_DESK,
    OfficeKind.HOTLINE, OfficeKind.GOVERNMENT,
]  # fmt: skip


def office_choices() -> list[tuple[str, Choices]]:
    """Offices that may handle a matter, grouped by kind."""
    english, groups = in_english(), {kind.value: (str(_(kind.label)), []) for kind in CAN_HANDLE}
    for one in offices(kinds=CAN_HANDLE, on=today()):
        groups[one.kind][1].append((str(one.id), one.name_en or one.name if english else one.name))  # type: ignore[attr-defined]
    return [(label, rows) for label, rows in groups.values() if rows]


def people_choices(role: Role) -> Choices:
    return [(str(one.account_id), f"{one.name} · {one.title} · {one.office}") for one in colleagues(role=role, on=today())]


def dress(form: forms.Form, page: CasePage | None = None) -> forms.Form:
    """Give the id fields of a staff form their lists. The field still refuses an id that is none."""
    lists: dict[str, Callable[[], list]] = {  # type: ignore[type-arg]
        "office_id": office_choices, "holder_id": office_choices,
        "leader_id": lambda: people_choices(Role.LEADER), "mediator_id": lambda: people_choices(Role.MEDIATOR),
    }  # fmt: skip
    if page is not None:
        lists |= {
            "demand_id": lambda: [(str(v.demand_id), v.who or v.title or v.text[:20]) for v in page.voices],
            "document_id": lambda: [(str(p.id), f"{p.title} {p.number}") for p in page.papers],
            "supervision_id": lambda: [(str(s.id), f"{s.ground} {day(s.at)}") for s in page.supervisions],
            "appraisal_id": lambda: [(str(a.id), f"{a.body} {a.subject}") for a in page.appraisals],
            "mediation_id": lambda: [(str(m.id), m.other_side) for m in page.mediations],
        }
    for name, choices in lists.items():
        if name in form.fields:
            empty = [] if form.fields[name].required else [("", _("不选"))]
            form.fields[name].widget = forms.Select(choices=[*empty, *choices()])
            if name in {"supervision_id", "mediation_id", "demand_id"} and len(choices()) == 1:
                form.fields[name].widget = forms.HiddenInput()
                form.initial.setdefault(name, choices()[0][0])
    return form
