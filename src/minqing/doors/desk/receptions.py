"""领导接访: planning and publishing days, the list of one day, a number for who walks in, and what was said and promised."""

from datetime import timedelta
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from minqing.charter import Actor, Verb
from minqing.doors.desk.beside import PromiseHereForm
from minqing.doors.desk.choices import dress
from minqing.doors.desk.frame import desk
from minqing.doors.parts.act_forms import HearForm, PlanDayForm
from minqing.doors.parts.forms import LineField, PlainForm, field
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of
from minqing.ground.law.queries import now, today
from minqing.ground.people.rules import Contact
from minqing.kernel.errors import NotAllowed, NotFound, Refusal
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import BookingLine, DayLine, bookings_for, reception_day, reception_days
from minqing.work.cases.rules import NamesUntilTheDay, ReceptionMode
from minqing.work.intake.queries import person_of
from minqing.work.promises.commands import make_promise
from minqing.work.promises.queries import promises_about

RECEPTION = {
    "basis": gettext_lazy("信访工作条例第十八条"),
    "retention": gettext_lazy("接待日后一年"),
    "reuse": gettext_lazy("公布接访安排"),
}
SHOWN_BACK = timedelta(days=90)


class WalkInForm(PlainForm):
    """Nobody must say who they are or why they come."""

    name = field(
        LineField(label=gettext_lazy("怎么称呼"), required=False, most=100),
        purpose=gettext_lazy("叫号"),
        **RECEPTION,
    )
    phone = field(LineField(label=gettext_lazy("电话"), required=False, most=30, attrs={"inputmode": "tel"}),
                  purpose=gettext_lazy("联系"), **RECEPTION)  # fmt: skip
    n_people = field(forms.IntegerField(label=gettext_lazy("来几个人"), required=False, min_value=1, max_value=100, initial=1),
                     purpose=gettext_lazy("代表不超过5人"), **RECEPTION)  # fmt: skip


def must_see(by: Actor) -> None:
    if not (by.may(Verb.RECEPTION_PLAN) or by.may(Verb.RECEPTION_HOLD)):
        raise NotAllowed()


@require_http_methods(["GET", "POST"])
def receptions(request: HttpRequest) -> HttpResponse:
    """The calendar of published days, drafts for the reception office, planning, and the days behind."""
    by, status = actor_of(request), 200
    must_see(by)
    plans = by.may(Verb.RECEPTION_PLAN)
    form = dress(
        PlanDayForm(
            request.POST or None,
            initial={"seats": 10, "from_hour": "9:00", "mode": ReceptionMode.OFFICE.value},
        )
    )
    if request.method == "POST":
        by.must(Verb.RECEPTION_PLAN)
        if form.is_valid():
            said = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
            try:
                day = cases.plan_day(by=by, at=now(), **said)
                if "draft" not in request.POST:
                    cases.publish_day(by=by, day_id=day.pk, at=now())
            except Refusal as refusal:
                form.add_error(None, words_of(refusal))
                status = refusal.status
            else:
                told = (
                    _("安排好了，还没有公布。")
                    if "draft" in request.POST
                    else _("公布了，大家现在可以预约。")
                )
                messages.success(request, told, extra_tags="plan-day")
                return HttpResponseRedirect(reverse("receptions"), status=303)
        else:
            status = 422
    days = reception_days(since=today() - SHOWN_BACK, drafts=plans)
    return desk(
        request, "desk/receptions.html", status=status, page_title=_("领导接访"), days=[day for day in days if day.on >= today()],
        past=[day for day in reversed(days) if day.on < today()], form=form, plans=plans,
    )  # fmt: skip


@require_POST
def reception_publish(request: HttpRequest, day_id: UUID) -> HttpResponse:
    cases.publish_day(by=actor_of(request), day_id=day_id, at=now())
    messages.success(request, _("公布了，大家现在可以预约。"))
    return HttpResponseRedirect(reverse("receptions"), status=303)


@require_http_methods(["GET", "POST"])
def reception_page(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One day: who comes (names only for the reception office until the day); a queue number for walk-ins."""
    by, status = actor_of(request), 200
    must_see(by)
    day = _day_of(by, day_id)
    form = WalkInForm(request.POST or None, initial={"n_people": 1})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            booked = cases.queue_walk_in(
                by=by,
                day_id=day_id,
                contact=Contact(name=said["name"], phone=said["phone"]),
                n_people=said["n_people"] or 1,
                at=now(),
            )
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            status = refusal.status
        else:
            messages.success(request, _("给了{n}号。").format(n=booked.queue_no))
            return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)
    lines, hidden = _lines(by, day_id)
    return desk(
        request, "desk/reception.html", status=status, page_title=_("领导接访"), day=day, lines=lines, hidden=hidden, walk_in=form,
        is_today=day.on == today(), is_over=day.on < today(), may_queue=by.may(Verb.RECEPTION_BOOK) and day.published,
        may_register=by.may(Verb.DEMAND_REGISTER), may_promise=by.may(Verb.PROMISE_MAKE),
        promises=promises_about(f"reception:{day_id}", today=today()),
    )  # fmt: skip


def _day_of(by: Actor, day_id: UUID) -> DayLine:
    day = reception_day(day_id)
    if not day.published and not by.may(Verb.RECEPTION_PLAN):
        raise NotFound()
    return day


def _lines(by: Actor, day_id: UUID) -> tuple[list[BookingLine], bool]:
    """Until the day a leader sees that people come, not who."""
    try:
        return bookings_for(by, day_id, at=now()), False
    except NamesUntilTheDay:
        return [], True


@require_http_methods(["GET", "POST"])
def booking_hear(request: HttpRequest, day_id: UUID, booking_id: UUID) -> HttpResponse:
    """见面记录: what was said, what was promised and by whom; an approval is never given here."""
    by, status = actor_of(request), 200
    by.must(Verb.RECEPTION_HOLD)
    day = _day_of(by, day_id)
    line = next((one for one in _lines(by, day_id)[0] if one.id == booking_id), None)
    if line is None:
        raise NotFound()
    first = {"demand_id": request.GET.get("demand", "") or line.demand_id, "promise_office_id": by.office_id}
    form = dress(HearForm(request.POST or None, initial=first))
    form.fields["demand_id"].widget = forms.HiddenInput()
    if not by.may(Verb.PROMISE_MAKE):  # who listens promises, not who writes down
        for name in [name for name in form.fields if name.startswith("promise_")]:
            del form.fields[name]
    if request.method == "POST" and form.is_valid():
        told = {name: value for name, value in form.cleaned_data.items() if value not in (None, "")}
        if not told.get("promise_words"):
            said = {name: value for name, value in told.items() if not name.startswith("promise_")}
        try:
            cases.hear(by=by, booking_id=booking_id, at=now(), **said)
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            status = refusal.status
        else:
            messages.success(request, _("见面记录写好了。"), extra_tags=f"hear-{booking_id}")
            return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)
    elif request.method == "POST":
        status = 422
    return desk(request, "desk/hear.html", status=status, page_title=_("见面记录"), day=day, booking=line, form=form,
                has_demand=bool(first["demand_id"]), leader_promises=not by.may(Verb.PROMISE_MAKE))  # fmt: skip


@require_http_methods(["GET", "POST"])
def booking_promise(request: HttpRequest, day_id: UUID, booking_id: UUID) -> HttpResponse:
    """当场答应的: by the leader who said it, after the meeting was written down."""
    by, status = actor_of(request), 200
    by.must(Verb.PROMISE_MAKE)
    must_see(by)
    day = _day_of(by, day_id)
    line = next((one for one in _lines(by, day_id)[0] if one.id == booking_id), None)
    if line is None:
        raise NotFound()
    form = dress(
        PromiseHereForm(request.POST or None, initial={"made_on": day.on, "office_id": by.office_id})
    )
    if request.method == "POST" and form.is_valid():
        to = person_of(line.demand_id) if line.demand_id else None
        try:
            make_promise(by=by, about=f"reception:{day_id}", to_person_id=to, at=now(), **form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, words_of(refusal))
            status = refusal.status
        else:
            messages.success(request, _("承诺记下了，到期会提醒。"), extra_tags=f"hear-{booking_id}")
            return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)
    elif request.method == "POST":
        status = 422
    return desk(request, "desk/hear.html", status=status, page_title=_("记下承诺"), day=day, booking=line, form=form,
                has_demand=bool(line.demand_id))  # fmt: skip


@require_POST
def booking_cancel(request: HttpRequest, day_id: UUID, booking_id: UUID) -> HttpResponse:
    cases.cancel_booking(by=actor_of(request), booking_id=booking_id, at=now())
    messages.success(request, _("预约取消了，没有问原因。"))
    return HttpResponseRedirect(reverse("reception-page", args=[day_id]), status=303)
