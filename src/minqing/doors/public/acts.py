"""What the holder of a query code may do: one small page for each act. Words typed into a page that has expired come back."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from minqing.charter import Actor
from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.refusals import words_of
from minqing.doors.parts.text import clean
from minqing.doors.parts.web import answer
from minqing.doors.parts.words import day
from minqing.doors.public import forms
from minqing.doors.public.kept import Kept
from minqing.doors.public.opening import Opening, opening_of
from minqing.doors.public.report import keep_each
from minqing.ground.law.queries import now, today
from minqing.ground.people import commands as people
from minqing.ground.people.queries import masks_of, ways_to
from minqing.ground.people.rules import ReplyBy
from minqing.kernel.errors import NotFound, Refusal
from minqing.work.cases import commands as cases
from minqing.work.cases.queries import PartStatus, mediation_asked, status_of
from minqing.work.cases.rules import WORKING
from minqing.work.intake.queries import demand_line
from minqing.work.intake.rules import Anonymity
from minqing.work.judgement.rules import Explained, Solved

Data = dict[str, Any]
Words = Any
"""Text in the language of the page: lazy until it is shown."""


class NoPhone(Refusal):
    code, status, text = (
        "status.no-phone",
        422,
        "您没有留电话，打不了也发不了短信。请换一种办法，或拨打服务电话留下号码。",
    )


class NoMail(Refusal):
    code, status, text = (
        "status.no-mail",
        422,
        "要发邮件，请写明发到哪个邮箱，或者换一种办法。",
    )


class NoAddress(Refusal):
    code, status, text = (
        "status.no-address",
        422,
        "您没有留地址，寄不了信。请换一种办法，或拨打服务电话留下地址。",
    )


NEEDS: dict[ReplyBy, type[Refusal]] = {
    ReplyBy.PHONE: NoPhone,
    ReplyBy.SMS: NoPhone,
    ReplyBy.EMAIL: NoMail,
    ReplyBy.LETTER: NoAddress,
}


@dataclass(frozen=True)
class Doing:
    """`needs`: the word of `PartStatus.acts` that opens it; "" for what is always open. `said`: told when it is done."""

    title: Words
    button: Words
    form: type[PlainForm]
    run: Callable[[HttpRequest, Actor, PartStatus, Data, datetime], str | None]
    said: Words = ""
    needs: str = ""
    note: Words = ""
    hard: bool = False


def _judge(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> str | None:
    _version, reopened = cases.give_verdict(
        by=by,
        case_id=part.case_id,
        at=at,
        solved=Solved(data["solved"]),
        explained=Explained(data["explained"]),
        words=data["words"],
    )
    return _again(by, part.case_id) if reopened else None


def _reopen(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> str | None:
    """One tap: a result judged before is judged not solved; a word taken back or settled is simply taken up again."""
    if part.verdicts and "verdict" in part.acts:
        cases.give_verdict(
            by=by,
            case_id=part.case_id,
            at=at,
            solved=Solved.NO,
            explained=Explained(part.verdicts[0].explained),
        )
    else:
        cases.reopen_case(by=by, case_id=part.case_id, at=at)
    return _again(by, part.case_id)


def _again(by: Actor, case_id: UUID, *, back: bool = False) -> str:
    """The new clock in words."""
    part = part_of(by, case_id)
    if part.holder.until is None:
        said = _("{office}接着办了。") if back else _("{office}重新办了。")
        return said.format(office=part.holder.office)
    said = _("{office}接着办了，最迟{due}答复您。") if back else _("{office}重新办了，最迟{due}答复您。")
    return said.format(office=part.holder.office, due=day(part.holder.until))


def _say(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    cases.say(by=by, case_id=part.case_id, at=at, text=data["text"])


def _review(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    cases.ask_review(by=by, case_id=part.case_id, at=at, reason=data["reason"])


def _rereview(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    cases.ask_rereview(by=by, case_id=part.case_id, at=at, reason=data["reason"])


def _withdraw(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> str:
    asked = cases.ask_withdrawal(by=by, case_id=part.case_id, at=at)
    return _("记下了。{day}生效，这以前会有别的单位打电话问您；改主意了，点一下就不撤。").format(
        day=day(asked.effective_at)
    )


def _undo(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    cases.undo_withdrawal(by=by, case_id=part.case_id, at=at)


def _come_back(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> str:
    case = cases.come_back(by=by, case_id=part.case_id, at=at)
    if case is None:
        return str(_("记下了，这件事接着办。先分清由谁办，再告诉您。"))
    return _again(by, case.pk, back=True)


def _leave(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    assert by.demand_id is not None
    cases.leave_case(by=by, demand_id=by.demand_id, case_id=part.case_id, at=at, reason=data["reason"])


def _files(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> str | None:
    wrong = keep_each(f"demand:{by.demand_id}", data["files"])
    for one in wrong:
        messages.error(request, one)
    return "" if len(wrong) == len(data["files"]) else None


def _consent(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    mediation_id, _other = mediation_asked(by, part.case_id)
    cases.consent_mediation(by=by, mediation_id=mediation_id, at=at, person=data["consent"] == "yes")


def _reply_by(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    person_id, way = _person(by), ReplyBy(data["reply_by"])
    if way is ReplyBy.EMAIL and data["email"] and _may_leave_mail(by):
        people.leave_mail(person_id=person_id, email=data["email"])
    if way in NEEDS and way not in ways_to(person_id):
        raise NEEDS[way]()
    people.change_reply_by(person_id=person_id, reply_by=way)


def _may_leave_mail(by: Actor) -> bool:
    """Who said nothing of themselves stays unknown: a mailbox would be a name."""
    assert by.demand_id is not None
    return demand_line(by.demand_id).anonymity != Anonymity.ANONYMOUS


def _quiet(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    people.stop_asking(person_id=_person(by), at=at)


def _ask_again(request: HttpRequest, by: Actor, part: PartStatus, data: Data, at: datetime) -> None:
    people.stop_asking(person_id=_person(by), at=None)


def _person(by: Actor) -> UUID:
    assert by.demand_id is not None
    return demand_line(by.demand_id).person_id


S = forms.SureForm
DOINGS: dict[str, Doing] = {
    "verdict": Doing(_("您说了算"), _("交上去"), forms.VerdictForm, _judge, _("记下了，谢谢您。以后想改也可以。"), "verdict",
                     _("选“没解决”，这件事马上重新办，期限重新算。")),
    "reopen": Doing(_("没解决，重新办"), _("没解决，重新办"), S, _reopen, "", "reopen"),
    "say": Doing(_("我有话说"), _("发出去"), forms.SayForm, _say, _("发出去了，办事的单位能看到。"), "say"),
    "review": Doing(_("不服这个答复，请上一级复查"), _("交上去"), forms.ReasonForm, _review, _("交上去了，上一级会重新看。"), "ask-review",
                    _("您说过没解决、单位正在重新办的，交上去以后改由上一级看，原单位不再重新办。")),
    "rereview": Doing(_("不服复查意见，请再上一级复核"), _("交上去"), forms.ReasonForm, _rereview,
                      _("交上去了，再上一级会重新看。"), "ask-rereview"),
    "withdraw": Doing(_("撤回这件事"), _("我要撤回"), S, _withdraw, "", "withdraw",
                      _("撤回7天后才生效，这以前会有别的单位打电话问是不是您自己要撤。改主意了，随时可以不撤。"), hard=True),
    "undo": Doing(_("不撤了，接着办"), _("不撤了，接着办"), S, _undo, _("不撤了，这件事接着办。"), "undo-withdrawal"),
    "come-back": Doing(_("改主意了，接着办"), _("改主意了，接着办"), S, _come_back, "", "come-back",
                       _("不用说理由。从今天起重新有人办，期限从今天算。")),
    "leave": Doing(_("我的事要分开单独办"), _("分开办"), forms.LeaveForm, _leave, _("分开了，您的事单独办，期限不受影响。"), "leave",
                   _("分开以后单独有人办、单独答复您。回执和查询码不变。")),
    "files": Doing(_("补照片或文件"), _("交上去"), forms.FilesForm, _files, _("收下了。")),
    "consent": Doing(_("愿意请人调解吗？"), _("交上去"), forms.ConsentForm, _consent, _("记下了。"), "consent",
                     _("双方都愿意才调解，调解员不偏哪一边。不愿意，这件事照样接着办。")),
    "reply-by": Doing(_("改：答复怎么给我"), _("改好了"), forms.ReplyByForm, _reply_by, _("改好了。")),
    "quiet": Doing(_("不要再为这件事问我"), _("不要再问我"), S, _quiet, _("记下了，不再打扰您。事情照样办，答复照样给您。")),
    "ask-again": Doing(_("可以再问我"), _("可以再问我"), S, _ask_again, _("记下了。")),
}  # fmt: skip
BACK = replace(DOINGS["leave"], title=_("不分开办了，并回原来那一件"), button=_("并回去"), form=forms.BackForm,
               said=_("并回去了，由原来那一件一起答复您。"), note=_("并回以后由原来那一件的单位一起办、一起答复您。"))  # fmt: skip
"""Leaving, of a part of a split word: it is apart already, and goes back to the whole."""
ON_THE_PAGE = ("verdict", "reopen", "undo", "come-back", "say", "files", "reply-by", "quiet", "ask-again")
"""What the status page offers in its own place; the rest stands in its list of moves."""


def doing_of(slug: str, part: PartStatus) -> Doing:
    """A part of a split word, with nobody else's beside it, does not go apart."""
    return BACK if slug == "leave" and part.part and not part.n_others else DOINGS[slug]


def moves(part: PartStatus) -> list[tuple[str, str]]:
    """(slug, title) of what else may be done with this part now."""
    return [
        (slug, str(doing_of(slug, part).title))
        for slug, one in DOINGS.items()
        if slug not in ON_THE_PAGE and one.needs in part.acts
    ]


def part_of(by: Actor, case_id: UUID) -> PartStatus:
    assert by.demand_id is not None
    for part in status_of(by.demand_id, get_language() or "zh-hans").parts:
        if case_id in part.trail:  # also where the word has gone on beside the others since the page was made
            return part
    raise NotFound()


@never_cache
@require_http_methods(["GET", "POST"])
def act(request: HttpRequest, case_id: UUID, slug: str) -> HttpResponse:
    """The page of one act; a mistake or a no leaves everything typed where it is."""
    doing = DOINGS.get(slug)
    if doing is None:
        raise NotFound()
    opening = opening_of(request)
    if opening is None or opening.demand_id is None:
        return (
            _expired(request, Kept(slug, case_id, _typed(request, doing)))
            if request.method == "POST"
            else _home(request)
        )
    part = part_of(opening.by, case_id)
    doing = doing_of(slug, part)
    if request.method == "GET" and doing.needs and doing.needs not in part.acts:
        return _home(request)
    if request.method == "GET" or "stay" in request.POST:
        return _page(
            request, part, slug, doing.form(initial=_typed(request, doing) or _before(opening.by, part, slug))
        )
    form = doing.form(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, part, slug, form, status=422)
    try:
        said = doing.run(request, opening.by, part, form.cleaned_data, now())
    except Refusal as refusal:
        form.add_error(None, words_of(refusal))
        return _page(request, part, slug, form, status=refusal.status)
    done = str(doing.said) if said is None else said
    if done:
        messages.success(request, done)
    return _home(request, slug)


def _home(request: HttpRequest, sent: str = "") -> HttpResponse:
    return HttpResponseRedirect(reverse("status-page") + (f"?sent={sent}" if sent else ""), status=303)


def _before(by: Actor, part: PartStatus, slug: str) -> dict[str, str]:
    """What the person said the last time, to be changed."""
    if slug == "reply-by":
        return {"reply_by": masks_of({_person(by)})[_person(by)].reply_by}
    if slug != "verdict" or not part.verdicts:
        return {}
    return {
        "solved": part.verdicts[0].solved,
        "explained": part.verdicts[0].explained,
        "words": part.verdicts[0].words,
    }


def _typed(request: HttpRequest, doing: Doing) -> dict[str, str]:
    return {name: clean(request.POST[name]).text for name in doing.form.base_fields if request.POST.get(name)}


def _page(
    request: HttpRequest, part: PartStatus, slug: str, form: PlainForm, *, status: int = 200
) -> HttpResponse:
    doing = doing_of(slug, part)
    remedy = (
        next((one.remedy for one in part.replies if one.remedy), "") if slug in {"review", "rereview"} else ""
    )
    until = next((one for one in part.clocks if one.key == f"xf.{slug}.ask" and one.met_at is None), None)
    if slug == "reply-by":
        _offer_ways(request, form)
    return answer(
        request, "public/act.html", status=status, page_title=doing.title, doing=doing, form=form, part=part, slug=slug,
        note=_note(part, slug, _other_side(request, part, slug)),
        back_url=reverse("status-page"), switch_form="ask", remedy=remedy, until=until, today=today(),
        action=reverse("status-act", args=[part.case_id, slug]), upload="files" in form.fields,
    )  # fmt: skip


def _other_side(request: HttpRequest, part: PartStatus, slug: str) -> str:
    """With whom somebody is asked to mediate."""
    opening = opening_of(request)
    if slug != "consent" or opening is None or "consent" not in part.acts:
        return ""
    return mediation_asked(opening.by, part.case_id)[1]


def _note(part: PartStatus, slug: str, other: str = "") -> Words:
    """What is said above the form, where it is true: "not solved" opens nothing while somebody is at it already."""
    if slug == "verdict" and "reopen" not in part.acts:
        return _("您说的会记下来。以后想改也可以。")
    if slug == "consent" and other:
        return _("另一方：{other}。").format(other=other) + str(DOINGS[slug].note)
    if slug == "review" and part.state not in WORKING:
        return ""
    return doing_of(slug, part).note


def _offer_ways(request: HttpRequest, form: PlainForm) -> None:
    """Mail is offered to whoever may leave an address for it; the other ways always, since they can still be made possible."""
    opening = opening_of(request)
    if opening is None or _may_leave_mail(opening.by):
        return
    del form.fields["email"]
    offered = form.fields["reply_by"]
    offered.choices = [one for one in offered.choices if one[0] != ReplyBy.EMAIL]  # type: ignore[attr-defined]


# The page was open for too long: the words wait until the code has been typed again


def kept_in(request: HttpRequest) -> Kept | None:
    """The words that a page of the code carries along."""
    doing = DOINGS.get(request.POST.get("kept-act", ""))
    try:
        case_id = UUID(request.POST.get("kept-case", ""))
    except ValueError:
        return None
    if doing is None:
        return None
    names = doing.form.base_fields
    typed = {
        name: clean(request.POST[f"kept-{name}"]).text for name in names if request.POST.get(f"kept-{name}")
    }
    return Kept(request.POST["kept-act"], case_id, typed)


def _expired(request: HttpRequest, kept: Kept) -> HttpResponse:
    messages.warning(request, _("这一页打开超过20分钟，已经关上了。请再输一次查询码，您写的都还在。"))
    return answer(
        request,
        "public/status.html",
        status=401,
        page_title=_("查进度"),
        form=forms.CodeForm(),
        kept=kept,
        switch_form="ask",
    )


def resume(request: HttpRequest, opening: Opening, kept: Kept) -> HttpResponse:
    """The code is right: the page of the act again, filled in as it was, one press from being sent."""
    part = part_of(opening.by, kept.case_id)
    return _page(request, part, kept.slug, doing_of(kept.slug, part).form(initial=kept.typed))
