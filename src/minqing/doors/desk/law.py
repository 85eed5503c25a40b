"""期限和放假安排: the rules in force with their articles, a county's own rows by two persons, and the yearly calendar."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from minqing.charter import Verb
from minqing.doors.desk.frame import desk
from minqing.doors.parts.forms import Choices, LineField, PlainForm, TextField, Tick, field
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english
from minqing.ground.law import commands, queries
from minqing.ground.law.commands import RuleChange
from minqing.ground.law.rules import Rule, Source
from minqing.ground.offices.queries import account_names
from minqing.kernel.errors import Refusal
from minqing.work.duties.queries import calendar_effect

HOUSE = {
    "basis": gettext_lazy("法律法规和本县规定"), "retention": gettext_lazy("长期保存，旧件仍按旧规定"), "reuse": gettext_lazy("计算每件事的期限"),
}  # fmt: skip


def _line(label: Any, why: Any, *, required: bool = False, help_text: Any = "") -> forms.Field:
    return field(LineField(label=label, required=required, help_text=help_text), purpose=why, **HOUSE)


class RuleForm(PlainForm):
    """A county row: shorter than the law, or following a changed law; in force from a day to come."""

    keep = "law"
    key = field(
        forms.ChoiceField(label=gettext_lazy("哪一条期限")), purpose=gettext_lazy("认定改的是哪条"), **HOUSE
    )
    term = _line(
        gettext_lazy("新期限"), gettext_lazy("计算到期日"), required=True,
        help_text=gettext_lazy("写成 15D（日）、5WD（工作日）、2M（月）或 24H（小时）。"),
    )  # fmt: skip
    extend = field(
        forms.IntegerField(label=gettext_lazy("最多可延长"), min_value=0, max_value=365, initial=0, required=False),
        purpose=gettext_lazy("批准延期时核对"), **HOUSE,
    )  # fmt: skip
    valid_from = field(
        forms.DateField(label=gettext_lazy("从哪天起"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})),
        purpose=gettext_lazy("旧件按旧规定"), **HOUSE,
    )  # fmt: skip
    source = field(
        forms.ChoiceField(label=gettext_lazy("为什么改"), widget=Choices(row=True), choices=[]),
        purpose=gettext_lazy("核对能不能改"),
        **HOUSE,
    )
    law = _line(gettext_lazy("依据的文件"), gettext_lazy("让人查得到"))
    article = _line(gettext_lazy("第几条"), gettext_lazy("让人查得到"))
    reason = field(
        TextField(label=gettext_lazy("说明"), rows=3, required=True),
        purpose=gettext_lazy("给批准的人看"),
        **HOUSE,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["key"].choices = [(rule.key, f"{rule.key} · {_name(rule)}") for rule in rules_in_force()]  # type: ignore[attr-defined]
        self.fields["source"].choices = [(one.value, _(one.label)) for one in Source]  # type: ignore[attr-defined]


class CalendarForm(PlainForm):
    """The State Council's notice for one year, as a table of spans."""

    keep = "calendar"
    year = field(
        forms.IntegerField(label=gettext_lazy("哪一年"), min_value=2004, max_value=2099),
        purpose=gettext_lazy("认定是哪年"),
        **HOUSE,
    )
    notice = _line(gettext_lazy("通知的文号"), gettext_lazy("让人查得到"), required=True)
    days = field(
        TextField(label=gettext_lazy("放假和调休上班的日子"), rows=10, required=False,
                  help_text=gettext_lazy("第一行写 first,last,kind；以下每行一段，例如 2027-02-06,2027-02-12,off；调休上班写 work。")),
        purpose=gettext_lazy("计算到期日"), **HOUSE,
    )  # fmt: skip
    sheet = field(
        forms.FileField(label=gettext_lazy("或者选一个CSV文件"), required=False),
        purpose=gettext_lazy("计算到期日"),
        **HOUSE,
    )
    sure = field(
        forms.BooleanField(label=gettext_lazy("我核对过，录入"), required=False, widget=Tick()),
        purpose=gettext_lazy("先看再录"),
        **HOUSE,
    )

    def clean(self) -> dict[str, Any]:
        told = super().clean() or {}
        sheet = told.get("sheet")
        if sheet is not None:
            if sheet.size > 100_000:
                self.add_error("sheet", _("文件太大：一年的放假安排只有几行。"))
            else:
                raw = sheet.read()
                try:
                    told["days"] = raw.decode("utf-8-sig")
                except UnicodeDecodeError:
                    told["days"] = raw.decode("gb18030", "replace")
        if not str(told.get("days") or "").strip() and not self.errors:
            self.add_error("days", _("这里还没有填。"))
        return told


def rules_in_force() -> list[Rule]:
    """Every key with the version of today; a key whose last version has ended is left out."""
    book, found = queries.county_law().book, []
    for key in book.keys:
        try:
            found.append(book.find(key, queries.today()))
        except Refusal:
            continue
    return found


def _name(rule: Rule) -> str:
    return rule.name_en if in_english() else rule.name_zh


@require_GET
def law_page(request: HttpRequest) -> HttpResponse:
    """What stands today, what waits for its second person, and until when the calendar is known."""
    by, lang, words = actor_of(request), get_language() or "zh-hans", request.GET.get("q", "").strip().lower()
    rows = [
        {
            "key": rule.key, "name": _name(rule), "trigger": rule.trigger_en if in_english() else rule.trigger_zh,
            "term": rule.term_text(lang), "extend": rule.extend_text(lang), "basis": rule.basis(lang), "since": rule.valid_from,
        }
        for rule in rules_in_force()
    ]  # fmt: skip
    found = [row for row in rows if not words or words in " ".join(map(str, row.values())).lower()]
    waits = queries.proposals()
    names = account_names({one.proposed_by for one in waits}, english=in_english())
    return desk(
        request, "desk/law.html", page_title=_("期限和放假安排"), rows=found, n_rows=len(rows), find=request.GET.get("q", ""),
        waits=[(one, names.get(one.proposed_by, ""), one.proposed_by != by.account_id) for one in waits],
        may={"propose": by.may(Verb.LAW_PROPOSE), "approve": by.may(Verb.LAW_APPROVE), "drop": by.may(Verb.LAW_DROP),
             "load": by.may(Verb.CALENDAR_LOAD)},
        until=queries.calendar().loaded_until, soon=queries.calendar().loaded_until - queries.today() < timedelta(days=90),
    )  # fmt: skip


@require_http_methods(["GET", "POST"])
def law_propose(request: HttpRequest) -> HttpResponse:
    """The first person writes the row; a standing rule fills the form when one was clicked."""
    by = actor_of(request)
    by.must(Verb.LAW_PROPOSE)
    form = RuleForm(request.POST or None, initial=_first(request.GET.get("key", "")))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            told = form.cleaned_data
            change = RuleChange(
                key=told["key"], term=told["term"].strip().upper(), valid_from=told["valid_from"], extend=told["extend"] or 0,
                law=told["law"], article=told["article"], source=Source(told["source"]), reason=told["reason"],
            )  # fmt: skip
            try:
                commands.propose_law(by=by, at=queries.now(), change=change)
                messages.success(request, _("提出来了，等另一位同志批准。"))
                return HttpResponseRedirect(reverse("law"), status=303)
            except Refusal as refusal:
                status = refusal.status
                form.add_error(None, words_of(refusal))
            except ValueError:
                form.add_error("term", _("期限看不懂：写成 15D、5WD、2M 或 24H。"))
    return desk(request, "desk/law_propose.html", status=status, page_title=_("提出本县的期限"), form=form)


def _first(key: str) -> dict[str, Any]:
    first: dict[str, Any] = {
        "valid_from": queries.today() + timedelta(days=30),
        "source": Source.COUNTY.value,
    }
    standing = next((rule for rule in rules_in_force() if rule.key == key), None)
    if standing is not None:
        first |= {
            "key": key,
            "term": str(standing.term),
            "extend": standing.extend,
            "law": standing.law,
            "article": standing.article,
        }
    return first


@require_POST
def law_approve(request: HttpRequest, change_id: UUID) -> HttpResponse:
    commands.approve_law(by=actor_of(request), at=queries.now(), change_id=change_id)
    messages.success(request, _("批准了，到那一天起生效。"))
    return HttpResponseRedirect(reverse("law"), status=303)


@require_POST
def law_drop(request: HttpRequest, change_id: UUID) -> HttpResponse:
    commands.drop_law(by=actor_of(request), at=queries.now(), change_id=change_id)
    messages.success(request, _("撤掉了；曾经提出过，仍有记录。"))
    return HttpResponseRedirect(reverse("law"), status=303)


@require_http_methods(["GET", "POST"])
def calendar_load(request: HttpRequest) -> HttpResponse:
    """Two steps on one page: look at the days and at what they do to the dates that wait, then load."""
    by = actor_of(request)
    by.must(Verb.CALENDAR_LOAD)
    first = {"year": queries.calendar().loaded_until.year + 1, "days": "first,last,kind\n"}
    if request.method == "GET":
        return _calendar(request, CalendarForm(initial=first))
    form = CalendarForm(request.POST, request.FILES)
    if not form.is_valid():
        return _calendar(request, form, status=422)
    told = form.cleaned_data
    try:
        days = commands.calendar_days(told["days"])
        if told["sure"]:
            commands.load_calendar(
                by=by, at=queries.now(), year=told["year"], days=days, notice=told["notice"]
            )
            messages.success(request, _("录入了。一小时内按它重算所有暂定的日子，并告诉当事人。"))
            return HttpResponseRedirect(reverse("law"), status=303)
        commands.check_calendar(year=told["year"], days=days)
    except Refusal as refusal:
        form.add_error("days", words_of(refusal))
        return _calendar(request, form, status=refusal.status)
    again = CalendarForm(initial={**told, "sheet": None, "sure": False})
    effect = calendar_effect(queries.calendar_with(told["year"], days))
    return _calendar(request, again, spans=_spans(days), effect=effect)


def _spans(days: dict[date, bool]) -> list[tuple[date, date, bool]]:
    """Days side by side of one kind as one line."""
    spans: list[tuple[date, date, bool]] = []
    for day, worked in sorted(days.items()):
        if spans and spans[-1][2] == worked and day - spans[-1][1] == timedelta(days=1):
            spans[-1] = (spans[-1][0], day, worked)
        else:
            spans.append((day, day, worked))
    return spans


def _calendar(request: HttpRequest, form: CalendarForm, *, status: int = 200, **more: Any) -> HttpResponse:
    return desk(request, "desk/calendar.html", status=status, page_title=_("录入放假安排"), form=form, **more)
