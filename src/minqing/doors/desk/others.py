"""The quieter pages of the desk: callbacks, withdrawals, failures, and the small county's week."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Verb
from minqing.doors.desk.frame import desk, home_of
from minqing.doors.desk.notices import uuid_or_none
from minqing.doors.parts.act_forms import CallbackForm, ConfirmWithdrawalForm, OpenAccessForm
from minqing.doors.parts.forms import Choices
from minqing.doors.parts.marks import mark_of
from minqing.doors.parts.proving import prove
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of, parsed
from minqing.doors.parts.words import in_english
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import account_names, offices, small_county
from minqing.ground.offices.rules import PersonWeek
from minqing.ground.people.rules import Contact, FactorNeeded, FactorWrong
from minqing.kernel.errors import NotFound, Refusal
from minqing.means.notify.commands import retry_message
from minqing.means.notify.queries import failures
from minqing.record.facts.commands import try_again
from minqing.record.facts.queries import kinds_since, stuck
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import asked_secrecy, title_of, withdrawals_for
from minqing.work.judgement.queries import callback_for, callback_list
from minqing.work.judgement.rules import CallbackState


def desk_home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse(home_of(actor_of(request))))


@require_GET
def callbacks(request: HttpRequest) -> HttpResponse:
    """Calls to make, the longest waiting first; only about other offices than one's own."""
    by = actor_of(request)
    by.must(Verb.CALLBACK_WORK)
    lines = callback_list(by, today=now())
    titles = title_of([line.about for line in lines])
    told = [(line, titles.get(line.about) or _spoken(line.about)) for line in lines]
    return desk(request, "desk/callbacks.html", page_title=_("待回访"), lines=told)


def _spoken(about: str) -> str:
    """A callback about something that has no title of its own."""
    return _("一项承诺，问兑现了没有") if about.startswith("promise:") else _("一件事")


@require_http_methods(["GET", "POST"])
def callback_work(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """The two questions; the contact is shown after a look that is written down first."""
    by = actor_of(request)
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    if request.method == "GET":
        return _call_page(request, row, CallForm(initial={"act": "reach"}))
    form = CallForm(request.POST)
    if not form.is_valid():
        return _call_page(request, row, form, status=422)
    said = form.cleaned_data
    try:
        cases.work_callback(
            by=by, callback_id=callback_id, at=now(), act=said["act"], solved=said["solved"] or None,
            explained=said["explained"] or None, words=said["words"],
        )  # fmt: skip
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return _call_page(request, row, form, status=refusal.status)
    messages.success(request, _("回访记下了。"), extra_tags=f"callback-{callback_id}")
    return HttpResponseRedirect(reverse("callbacks"), status=303)


class CallForm(CallbackForm):
    """The same form with large choices: the questions are read out as they stand."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("act", "solved", "explained"):
            made = self.fields[name]
            choices = [one for one in made.choices if one[0]]  # type: ignore[attr-defined]
            made.widget = Choices(row=name != "act", choices=choices)


def _call_page(
    request: HttpRequest, row: Any, form: CallForm, *, status: int = 200, contact: Contact | None = None,
    digits: OpenAccessForm | None = None,
) -> HttpResponse:  # fmt: skip
    shown = desk(
        request, "desk/callback.html", status=status, page_title=_("回访"), callback=row, form=form, contact=contact,
        ended="" if row.state == CallbackState.WAITING else CallbackState(row.state).label,
        title=title_of([row.about]).get(row.about) or _spoken(row.about),
        mark=mark_of(actor_of(request), at=now()) if contact else None,
        digits=digits or (OpenAccessForm() if asked_secrecy(row.voice_id) and not contact else None),
    )  # fmt: skip
    shown["Cache-Control"] = "no-store"
    return shown


@require_POST
def callback_contact(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    by = actor_of(request)
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    at, first, typed = now(), CallForm(initial={"act": "reach"}), OpenAccessForm(request.POST)
    try:
        code = request.POST.get("code", "")
        proved = prove(by, code, at=at) if code.strip() else None
        contact = cases.call_person(by=by, callback_id=callback_id, at=at, proved_at=proved)
    except (FactorNeeded, FactorWrong) as refusal:
        typed.add_error(None, words_of(refusal))
        return _call_page(request, row, first, status=refusal.status, digits=typed)
    return _call_page(request, row, first, contact=contact)


@require_GET
def withdrawals(request: HttpRequest) -> HttpResponse:
    return desk(
        request, "desk/withdrawals.html", page_title=_("核实撤回"), lines=withdrawals_for(actor_of(request))
    )


@require_POST
def withdrawal_confirm(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    free = parsed(ConfirmWithdrawalForm, request)["free"]
    cases.confirm_withdrawal(by=actor_of(request), withdrawal_id=withdrawal_id, free=free, at=now())
    return HttpResponseRedirect(reverse("withdrawals"), status=303)


@require_GET
def failures_page(request: HttpRequest) -> HttpResponse:
    """Messages that did not arrive and reactions that stopped: never silent."""
    actor_of(request).must(Verb.FAILURE_VIEW)
    return desk(
        request, "desk/failures.html", page_title=_("没送到的和没做完的"), messages_=failures(), stuck=stuck()
    )


@require_POST
def failure_retry(request: HttpRequest) -> HttpResponse:
    actor_of(request).must(Verb.FAILURE_VIEW)
    message_id, fact_id = (
        uuid_or_none(request.POST.get("message", "")),
        uuid_or_none(request.POST.get("fact", "")),
    )
    if message_id is not None:
        retry_message(message_id=message_id, at=now())
    elif fact_id is not None:
        try_again(fact_id=fact_id, name=request.POST.get("name", "").replace("\0", ""))
    else:
        raise NotFound()
    return HttpResponseRedirect(reverse("failures"), status=303)


def acts_in_week(at: datetime) -> dict[str, int]:
    """How often each verb was used in the last seven days, from the facts of that time."""
    return {VERB_OF.get(kind, kind): n for kind, n in kinds_since(at - timedelta(days=7)).items()}


VERB_OF = {verb.value + tail: verb.value for verb in Verb for tail in ("ed", "d")} | {
    verb.value.removesuffix("y") + "ied": verb.value for verb in Verb if verb.value.endswith("y")
}


@require_GET
def small_county_page(request: HttpRequest) -> HttpResponse:
    """小县模式: who must do what each week, in minutes, and which protection is off while a role is empty."""
    plan, english = small_county(today(), acts_in_week(now())), in_english()
    names = account_names({one.account_id for one in plan.people}, english=english)
    offices_in_english = {one.name: one.name_en for one in offices(on=today())} if english else {}

    def told(people: list[PersonWeek]) -> list[tuple[PersonWeek, str, str]]:
        return [
            (one, names.get(one.account_id, one.name), offices_in_english.get(one.office) or one.office)
            for one in people
        ]

    return desk(
        request, "desk/small_county.html", page_title=_("谁每周要做什么"), plan=plan, over=told(plan.over),
        within=told(plan.within),
    )  # fmt: skip
