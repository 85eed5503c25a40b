"""Who it was, by two persons: the requests an officer may allow, and half an hour of looking for who asked."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.words import in_english
from minqing.doors.sealed.desk import work_page
from minqing.doors.sealed.forms import FactorForm
from minqing.doors.sealed.signing import Officer, officers, prove_again
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import account_names, names_of
from minqing.kernel.errors import NotFound, Refusal
from minqing.watch.clues.commands import opening
from minqing.watch.clues.commands.reading import Ask, read_asks
from minqing.watch.clues.rules import ASK_FOR, Purpose


@officers
def openings(request: HttpRequest, officer: Officer) -> HttpResponse:
    """All requests this officer may see; POST allows or refuses one."""
    if request.method == "GET":
        return _list(request, officer)
    try:
        which = UUID(request.POST.get("opening", ""))
    except ValueError:
        raise NotFound() from None
    form = FactorForm(request.POST)
    try:
        if request.POST.get("act") == "refuse":
            opening.refuse_opening(officer=officer.id, opening_id=which, at=now())
        else:
            proved = prove_again(officer, request.POST.get("code", ""))
            opening.allow_opening(opening_id=which, factor_at=proved.factor_at, **officer.holds())
    except NotFound:
        raise
    except Refusal as refusal:
        return _list(request, officer, wrong=words_of(refusal), status=refusal.status, form=form)
    return HttpResponseRedirect(reverse("sealed-openings"), status=303)


def _list(
    request: HttpRequest,
    officer: Officer,
    *,
    wrong: str = "",
    status: int = 200,
    form: FactorForm | None = None,
) -> HttpResponse:
    told = officer.holds()
    asks = read_asks(officer=told["officer"], private=told["private"])
    names = account_names({one.asker for one in asks}, english=in_english())
    offices = names_of({one.asker_office for one in asks})
    rows = [_row(one, officer, names, offices) for one in asks]
    return work_page(
        request, officer, "openings.html", status=status, page_title=_("要看是谁写的"), rows=rows, wrong=wrong,
        form=form or FactorForm(),
    )  # fmt: skip


def _row(
    one: Ask, officer: Officer, names: dict[UUID, str], offices: dict[UUID, tuple[str, str]]
) -> dict[str, Any]:
    at, mine = now(), one.asker == officer.id
    if one.refused_at is not None:
        state = _("没有同意")
    elif one.until is None:
        state = _("等另一个单位的人同意") if at - one.asked_at <= ASK_FOR else _("过了一天，作废了")
    else:
        state = _("可以看") if at < one.until else _("半小时过了")
    office = offices.get(one.asker_office, ("", ""))
    return {
        "id": one.id, "mine": mine, "by": names.get(one.asker, ""), "office": (office[1] or office[0]) if in_english() else office[0],
        "purpose": _(Purpose(one.purpose).label), "why": one.why, "instrument": one.instrument, "asked_at": one.asked_at,
        "state": state, "decide": not mine and one.until is None and one.refused_at is None and at - one.asked_at <= ASK_FOR,
        "open": mine and one.until is not None and at < one.until, "until": one.until,
    }  # fmt: skip


@officers
def who(request: HttpRequest, officer: Officer, opening_id: UUID) -> HttpResponse:
    """Name, telephone, address: written down and committed before it is shown; only while the half hour runs."""
    if request.method == "GET":
        return HttpResponseRedirect(reverse("sealed-openings"), status=303)
    opening.note_opening(officer=officer.id, opening_id=opening_id, at=now())
    shown = opening.read_who(opening_id=opening_id, **officer.holds())
    lines = [
        (label, shown[name])
        for name, label in (
            ("name", _("姓名")),
            ("phone", _("电话")),
            ("address", _("住址")),
            ("email", _("邮箱")),
        )
        if shown.get(name)
    ]
    return work_page(request, officer, "who.html", page_title=_("是谁写的"), lines=lines)
