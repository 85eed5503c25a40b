"""What an officer sees: the clues in their hands, and one clue. Nothing is counted that they do not hold."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from minqing.doors.parts.words import in_english
from minqing.doors.sealed import forms
from minqing.doors.sealed.here import page
from minqing.doors.sealed.signing import Officer, officers
from minqing.doors.sealed.words import ACTS, OWES, why
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import account_names, actor, names_of
from minqing.ground.offices.queries.finding import offices_found, people_found, people_of
from minqing.methods.clock import CHINA, day_of
from minqing.watch.clues import queries
from minqing.watch.clues.commands.handling import read_words
from minqing.watch.clues.commands.reading import Case, handlers_for, read_case, read_file
from minqing.watch.clues.queries import seen_as
from minqing.watch.clues.rules import CLUE, ClueState, Finding, Purpose, RepayState, TalkKind

PARTS = {"clerk": lazy("收件登记"), "handler": lazy("办理"), "approver": lazy("批准拆封")}
TIMES = range(40)


@dataclass(frozen=True)
class Mark:
    """Who looks, and when, across every page with words."""

    zh: str
    en: str

    @property
    def times(self) -> range:
        return TIMES


def mark_of(officer: Officer) -> Mark:
    zh, en = (account_names({officer.id}, english=one).get(officer.id, "") for one in (False, True))
    moment = now().astimezone(CHINA).strftime("%Y-%m-%d %H:%M")
    return Mark(f"{zh} {moment} 查看", f"Viewed by {en or zh}, {moment}")


def work_page(
    request: HttpRequest, officer: Officer, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """Every page of an officer: who they are, and the ways on."""
    seat = next(iter(actor(officer.id, on=today()).seats), None)
    office = names_of({seat.office_id}).get(seat.office_id, ("", "")) if seat else ("", "")
    me = {
        "name": account_names({officer.id}, english=in_english()).get(officer.id, ""),
        "office": (office[1] or office[0]) if in_english() else office[0],
    }
    return page(request, template, status=status, me=me, mark=mark_of(officer), today=today(), **context)


@officers
def work(request: HttpRequest, officer: Officer) -> HttpResponse:
    """The list: the nearest day first."""
    with seen_as(officer=officer.id):
        lines = queries.held_by(officer.id)
    rows = [
        {
            "id": one.id, "state": one.state.label, "part": PARTS.get(one.part, ""), "arrived_on": one.arrived_on,
            "due_on": day_of(one.due_at) if one.due_at else None, "owes": OWES.get(one.rule, ""), "unread": one.unread,
            "url": one.part != "approver",
        }
        for one in lines
    ]  # fmt: skip
    return work_page(request, officer, "work.html", page_title=_("在我手里的"), rows=rows)


def show(
    request: HttpRequest,
    officer: Officer,
    clue_id: UUID,
    *,
    words: bool = False,
    wrong: str = "",
    bad: dict[str, Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    """One clue. `words`: also as it was said, which is a reading of its own; `bad`: forms that came back with a no."""
    with seen_as(officer=officer.id):
        part = queries.access(officer.id, clue_id).part
    if part == "approver":
        return work_page(request, officer, "clue_approver.html", page_title=_("这一件您只能批准拆封"))
    clerk = part == "clerk"
    case = read_case(clue_id=clue_id, **officer.holds())
    original = read_words(clue_id=clue_id, **officer.holds()) if words and clerk else None
    if original is not None and case.state is ClueState.ARRIVED:
        case = read_case(clue_id=clue_id, **officer.holds())  # the first reading opened it
    return work_page(
        request, officer, "clue.html", status=status, page_title=_("验真号 {no}").format(no=case.verify_no), case=case,
        clerk=clerk, original=original, wrong=wrong, due=_due(case), state=_(case.state.label),
        talk=[{"mine": one.mine, "kind": _kind(one.kind), "text": one.text, "at": one.at} for one in case.talk],
        steps=_steps(case), looks=_looks(case),
        refunds=[{"one": one, "yuan": f"{one.fen / 100:,.2f}", "pays": one.state in (RepayState.PROMISED, RepayState.DISPUTED)}
                 for one in case.refunds],
        may={act.replace("-", "_"): CLUE.may(case.state, act) for act in CLUE.acts}, forms=_forms(officer, case, clerk, bad or {}),
        picks=picked(request, original) if original is not None else None,
    )  # fmt: skip


def _due(case: Case) -> dict[str, Any] | None:
    owed = next((one for one in case.duties if one.done_at is None), None)
    if owed is None:
        return None
    return {
        "on": day_of(owed.due_at), "owes": OWES.get(owed.rule, ""), "why": why(owed.rule, owed.from_on), "provisional": owed.provisional,
    }  # fmt: skip


def _kind(kind: str) -> str:
    return _(TalkKind(kind).label) if kind in TalkKind.values() else ""


def _steps(case: Case) -> list[dict[str, Any]]:
    names = account_names({one.by for one in case.steps if one.by}, english=in_english())
    found = []
    for one in case.steps:
        label = ACTS.get(one.act) or _(CLUE.acts.get(one.act, one.act))
        told = [str(one.told[key]) for key in ("result", "why") if one.told.get(key)]
        if one.told.get("finding") in Finding.values():
            told.insert(0, _(Finding(one.told["finding"]).label))
        if one.told.get("purpose") in Purpose.values():
            told.insert(0, _(Purpose(one.told["purpose"]).label))
        found.append(
            {"what": label, "by": names.get(one.by, "") if one.by else "", "at": one.at, "told": told}
        )
    return found[::-1]


def _looks(case: Case) -> list[dict[str, Any]]:
    names = names_of({office for _at, office, _what, _purpose in case.looks})
    at = 1 if in_english() else 0
    whats = {"words": _("原话"), "told": _("转述和往来"), "file": _("附件"), "who": _("是谁写的")}
    seen = dict.fromkeys((day_of(moment), office, what) for moment, office, what, _purpose in case.looks)
    return [
        {
            "on": on,
            "office": names.get(office, ("", ""))[at] or names.get(office, ("", ""))[0],
            "what": whats.get(what, ""),
        }
        for on, office, what in list(seen)[:20]
    ]


def _forms(officer: Officer, case: Case, clerk: bool, bad: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "register": forms.RegisterForm(initial={"restated": case.restated}), "say": forms.SayForm(auto_id="say_%s"),
        "reason": forms.ReasonForm(auto_id="reason_%s"), "decide": forms.DecideForm(auto_id="decide_%s"),
        "answer": forms.AnswerForm(auto_id="answer_%s"), "refund": forms.RefundForm(auto_id="refund_%s"),
        "ask": forms.AskForm(auto_id="ask_%s"), "find": forms.FindForm(), "handler": None,
    }  # fmt: skip
    if clerk and CLUE.may(case.state, "hand-over"):
        made["handler"] = handler_form(officer, case.id)
    return made | bad


def handler_form(officer: Officer, clue_id: UUID, data: Any = None) -> forms.HandlerForm:
    """The choices are those the routing leaves; whoever is kept out does not stand there."""
    told = officer.holds()
    may = handlers_for(officer=told["officer"], private=told["private"], clue_id=clue_id, on=today())
    made = forms.HandlerForm(data, auto_id="handler_%s")
    people = people_of(set(may), on=today())
    made.fields["handler"].choices = [  # type: ignore[attr-defined]
        (str(one.id), f"{(in_english() and one.name_en) or one.name} · {one.post}") for one in people
    ]
    return made


# Who is meant: people and offices chosen by name


def picked(request: HttpRequest, original: dict[str, Any]) -> dict[str, Any]:
    """What was ticked, what the writer's own words name already, and what was found for what is typed now."""
    fresh = "restated" not in request.POST
    chosen = {name: _ids(request.POST.getlist(name)) for name in ("accused", "units", "named")}
    if fresh:
        chosen["accused"] = _ids(original.get("accused", []))
        chosen["named"] = _ids(original.get("named", []))
    typed, on = request.POST.get("find", "")[:60], today()
    people = {
        one.id: one
        for one in [*people_of(chosen["accused"] | chosen["named"], on=on), *people_found(typed, on=on)]
    }
    units = dict(offices_found(typed, on=on)) | {
        pk: names[0] for pk, names in names_of(chosen["units"]).items()
    }
    return {
        "people": [
            {"one": one, "accused": pk in chosen["accused"], "named": pk in chosen["named"]} for pk, one in people.items()
        ],
        "units": [{"id": pk, "name": name, "on": pk in chosen["units"]} for pk, name in units.items()],
        "typed": typed, "nobody": bool(typed) and not people and not units,
    }  # fmt: skip


def _ids(typed: list[str]) -> set[UUID]:
    found = set()
    for one in typed[:200]:
        try:
            found.add(UUID(one))
        except ValueError:
            continue
    return found


def ids(request: HttpRequest, name: str) -> list[UUID]:
    return sorted(_ids(request.POST.getlist(name)), key=str)


@officers
def file(request: HttpRequest, officer: Officer, clue_id: UUID, file_id: UUID) -> HttpResponse:
    """What came with the words, exactly as it came: to be saved, never shown or run here."""
    head, content = read_file(clue_id=clue_id, file_id=file_id, **officer.holds())
    given = HttpResponse(content, content_type="application/octet-stream")
    given["Content-Disposition"] = (
        content_disposition_header(True, str(head.get("name", "file"))) or "attachment"
    )
    given["X-Content-Type-Options"] = "nosniff"
    given["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return given
