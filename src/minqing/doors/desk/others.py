"""The quieter pages of the desk: callbacks, withdrawals, reception days, failures, and the small county's week."""

from datetime import datetime, timedelta
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Role, Verb
from minqing.doors.desk.choices import people_choices
from minqing.doors.desk.frame import desk, home_of
from minqing.doors.parts.act_forms import CallbackForm, ConfirmWithdrawalForm
from minqing.doors.parts.forms import LineField, PlainForm, TextField, field
from minqing.doors.parts.web import actor_of, parsed
from minqing.ground.law.queries import now, today
from minqing.ground.offices.queries import small_county
from minqing.ground.people.commands import open_contact
from minqing.ground.people.rules import Contact, Purpose
from minqing.means.notify.commands import retry_message
from minqing.means.notify.queries import failures
from minqing.record.facts.commands import try_again
from minqing.record.facts.queries import kinds_since, stuck
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import bookings_for, reception_day, reception_days, title_of, withdrawals_for
from minqing.work.cases.rules import ReceptionMode
from minqing.work.judgement.queries import callback_for, callback_list

RECEPTION = {"basis": gettext_lazy("信访工作条例第十八条"), "retention": gettext_lazy("接待日后一年"), "reuse": gettext_lazy("公布接访安排")}


def desk_home(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(reverse(home_of(actor_of(request))))


@require_GET
def callbacks(request: HttpRequest) -> HttpResponse:
    """Calls to make, the longest waiting first; only about other offices than one's own."""
    by = actor_of(request)
    lines = callback_list(by, today=now())
    titles = title_of([line.about for line in lines])
    return desk(request, "desk/callbacks.html", page_title=_("待回访"), lines=[(line, titles.get(line.about, "")) for line in lines])


@require_http_methods(["GET", "POST"])
def callback_work(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    """GET opens the contact (written down first) and shows the two questions; POST keeps what was said."""
    by = actor_of(request)
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    if request.method == "POST":
        said = parsed(CallbackForm, request)
        cases.work_callback(
            by=by, callback_id=callback_id, at=now(), act=said["act"], solved=said["solved"] or None,
            explained=said["explained"] or None, words=said["words"],
        )  # fmt: skip
        return HttpResponseRedirect(reverse("callbacks"), status=303)
    return desk(
        request, "desk/callback.html", page_title=_("回访"), callback=row, form=CallbackForm(), title=title_of([row.about]).get(row.about, "")
    )


@require_POST
def callback_contact(request: HttpRequest, callback_id: UUID) -> HttpResponse:
    by = actor_of(request)
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    contact = open_contact(by=by, person_id=row.person_id, purpose=Purpose.CALLBACK, about=row.about, at=now())
    return desk(request, "desk/callback.html", page_title=_("回访"), callback=row, form=CallbackForm(), contact=contact,
                title=title_of([row.about]).get(row.about, ""))  # fmt: skip


@require_GET
def withdrawals(request: HttpRequest) -> HttpResponse:
    return desk(request, "desk/withdrawals.html", page_title=_("核实撤回"), lines=withdrawals_for(actor_of(request)))


@require_POST
def withdrawal_confirm(request: HttpRequest, withdrawal_id: UUID) -> HttpResponse:
    free = parsed(ConfirmWithdrawalForm, request)["free"]
    cases.confirm_withdrawal(by=actor_of(request), withdrawal_id=withdrawal_id, free=free, at=now())
    return HttpResponseRedirect(reverse("withdrawals"), status=303)


class DayForm(PlainForm):
    on = field(
        forms.DateField(label=gettext_lazy("哪天"), widget=forms.DateInput(attrs={"type": "date"})), purpose=gettext_lazy("公布日子"), **RECEPTION
    )
    from_hour = field(LineField(label=gettext_lazy("几点开始"), initial="9:00", most=20), purpose=gettext_lazy("公布时间"), **RECEPTION)
    leader_id = field(forms.UUIDField(label=gettext_lazy("哪位领导")), purpose=gettext_lazy("公布谁来听"), **RECEPTION)
    mode = field(forms.ChoiceField(label=gettext_lazy("方式"), choices=[]), purpose=gettext_lazy("接访、下访还是约访"), **RECEPTION)
    place_words = field(LineField(label=gettext_lazy("在哪里")), purpose=gettext_lazy("公布地点"), **RECEPTION)
    seats = field(
        forms.IntegerField(label=gettext_lazy("可预约几位"), min_value=1, max_value=100, initial=10), purpose=gettext_lazy("公布名额"), **RECEPTION
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mode"].choices = [(mode.value, _(mode.label)) for mode in ReceptionMode]  # type: ignore[attr-defined]
        self.fields["leader_id"].widget = forms.Select(choices=people_choices(Role.LEADER))


class HearForm(PlainForm):
    notes = field(TextField(label=gettext_lazy("听到了什么、怎么答复"), rows=6), purpose=gettext_lazy("如实记下"), **RECEPTION)
    promise_words = field(TextField(label=gettext_lazy("当场答应的原话"), rows=2, required=False), purpose=gettext_lazy("到期核对"), **RECEPTION)
    promise_due = field(
        forms.DateField(label=gettext_lazy("哪天办到"), required=False, widget=forms.DateInput(attrs={"type": "date"})),
        purpose=gettext_lazy("到期核对"),
        **RECEPTION,
    )


class WalkInForm(PlainForm):
    name = field(LineField(label=gettext_lazy("称呼"), required=False, most=100), purpose=gettext_lazy("叫号"), **RECEPTION)
    phone = field(LineField(label=gettext_lazy("电话"), required=False, most=30), purpose=gettext_lazy("联系"), **RECEPTION)


@require_http_methods(["GET", "POST"])
def receptions(request: HttpRequest) -> HttpResponse:
    """The calendar; planning a day; publishing it."""
    by = actor_of(request)
    form = DayForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        day = cases.plan_day(by=by, at=now(), **form.cleaned_data)
        cases.publish_day(by=by, day_id=day.pk, at=now())
        return HttpResponseRedirect(reverse("receptions"), status=303)
    return desk(request, "desk/receptions.html", page_title=_("领导接访"), days=reception_days(since=today()), form=form,
                plans=by.may(Verb.RECEPTION_PLAN))  # fmt: skip


@require_http_methods(["GET", "POST"])
def reception_page(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One day: who comes (names only for the reception office until the day); a queue number for walk-ins."""
    by = actor_of(request)
    if request.method == "POST":
        said = parsed(WalkInForm, request)
        cases.queue_walk_in(by=by, day_id=day_id, contact=Contact(name=said["name"], phone=said["phone"]), at=now())
        return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)
    return desk(request, "desk/reception.html", page_title=_("领导接访"), day=reception_day(day_id),
                lines=bookings_for(by, day_id, at=now()), walk_in=WalkInForm(), hear=HearForm())  # fmt: skip


@require_POST
def booking_hear(request: HttpRequest, day_id: UUID, booking_id: UUID) -> HttpResponse:
    said = parsed(HearForm, request)
    cases.hear(by=actor_of(request), booking_id=booking_id, at=now(), notes=said["notes"],
               promise_words=said["promise_words"], promise_due=said["promise_due"])  # fmt: skip
    return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)


@require_GET
def failures_page(request: HttpRequest) -> HttpResponse:
    """Messages that did not arrive and reactions that stopped: never silent."""
    actor_of(request).must(Verb.FAILURE_VIEW)
    return desk(request, "desk/failures.html", page_title=_("没送到的和没做完的"), messages_=failures(), stuck=stuck())


@require_POST
def failure_retry(request: HttpRequest) -> HttpResponse:
    actor_of(request).must(Verb.FAILURE_VIEW)
    if request.POST.get("message"):
        retry_message(message_id=UUID(request.POST["message"]), at=now())
    else:
        try_again(fact_id=UUID(request.POST["fact"]), name=request.POST["name"])
    return HttpResponseRedirect(reverse("failures"), status=303)


def acts_in_week(at: datetime) -> dict[str, int]:
    """How often each verb was used in the last seven days, from the facts of that time."""
    return {VERB_OF.get(kind, kind): n for kind, n in kinds_since(at - timedelta(days=7)).items()}


VERB_OF = {verb.value + tail: verb.value for verb in Verb for tail in ("ed", "d")}


@require_GET
def small_county_page(request: HttpRequest) -> HttpResponse:
    """小县模式: who must do what each week, in minutes, and which protection is off while a role is empty."""
    return desk(request, "desk/small_county.html", page_title=_("谁每周要做什么"), plan=small_county(today(), acts_in_week(now())))
