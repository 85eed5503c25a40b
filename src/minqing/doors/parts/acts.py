"""One list of what staff may do, for the desk's buttons and the API's verbs: act, verb, form, command."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from inspect import signature
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from minqing.charter import Actor, Verb
from minqing.doors.parts import act_forms as f
from minqing.doors.parts.forms import PlainForm
from minqing.doors.parts.proving import prove
from minqing.ground.people import commands as people
from minqing.kernel.errors import BadField
from minqing.work.cases import commands as cases
from minqing.work.erasing import commands as erasing
from minqing.work.intake import commands as intake
from minqing.work.promises import commands as promises
from minqing.work.visits import commands as visits

V = Verb


@dataclass(frozen=True)
class Act:
    """`name` stands in the address, `target` is the command's id argument. A `hard` act cannot be taken back."""

    name: str
    verb: Verb
    form: type[PlainForm]
    command: Callable[..., Any]
    label: Any
    target: str = "case_id"
    hard: bool = False

    @property
    def fields(self) -> frozenset[str]:
        return frozenset(self.form.base_fields)


def case(name: str, verb: Verb, form: type[PlainForm], label: Any, *, hard: bool = False) -> Act:
    return Act(name, verb, form, getattr(cases, name.replace("-", "_") + "_case"), label, hard=hard)


CASE_ACTS: tuple[Act, ...] = (
    case("forward", V.CASE_FORWARD, f.ForwardForm, _("转给能办的单位")),
    case("assign", V.CASE_ASSIGN, f.AssignForm, _("交办")),
    case("assist", V.CASE_ASSIST, f.AssistForm, _("请单位协办")),
    case("refer-up", V.CASE_REFER_UP, f.InsideForm, _("报请决定")),
    case("redirect", V.CASE_REDIRECT, f.RedirectForm, _("告知该走的法定途径"), hard=True),
    case("decline", V.CASE_DECLINE, f.DeclineForm, _("决定不予受理"), hard=True),
    case("no-longer", V.CASE_NO_LONGER, f.ReasonForm, _("决定不再受理"), hard=True),
    case("object", V.CASE_OBJECT, f.InsideReasonedForm, _("提出异议")),
    case("return", V.CASE_RETURN, f.WordsForm, _("同意退回")),
    case("uphold", V.CASE_UPHOLD, f.WordsForm, _("不同意退回")),
    case("arbitrate", V.CASE_ARBITRATE, f.ArbitrateForm, _("裁定")),
    case("accept", V.CASE_ACCEPT, f.TellForm, _("受理")),
    case("contact", V.CASE_CONTACT, f.TellForm, _("联系了本人")),
    case("talk", V.CASE_TALK, f.TalkForm, _("给本人留话")),
    case("ask-extension", V.CASE_ASK_EXTENSION, f.AskExtensionForm, _("请求延期")),
    case("extend", V.CASE_EXTEND, f.ExtendForm, _("批准延期")),
    case("reply", V.CASE_REPLY, f.ReplyForm, _("答复")),
    case("settle-now", V.CASE_SETTLE_NOW, f.TextForm, _("当场解决")),
    case("serve", V.CASE_SERVE, f.ServeForm, _("送达")),
    case("park", V.CASE_PARK, f.ParkForm, _("暂时办不了")),
    case("resume", V.CASE_RESUME, f.TellForm, _("恢复办理")),
    case("review", V.CASE_REVIEW, f.SecondLookForm, _("作出复查意见")),
    case("rereview", V.CASE_REREVIEW, f.SecondLookForm, _("作出复核意见")),
    case("ask-review", V.CASE_ASK_REVIEW, f.AskReviewForm, _("登记复查申请")),
    case("ask-rereview", V.CASE_ASK_REREVIEW, f.AskReviewForm, _("登记复核申请")),
    case("conclude", V.CASE_CONCLUDE, f.TellForm, _("办结"), hard=True),
    case("supervise", V.CASE_SUPERVISE, f.SuperviseForm, _("督办")),
    case("answer-supervision", V.CASE_ANSWER_SUPERVISION, f.AnswerSupervisionForm, _("反馈督办")),
    case("carry", V.CASE_CARRY, f.CarryForm, _("包案")),
    case("appraise", V.CASE_APPRAISE, f.AppraiseForm, _("鉴定")),
    case("link", V.CASE_LINK, f.LinkForm, _("连到以前的事")),
    case("number", V.CASE_NUMBER, f.NumberForm, _("填国家系统编号")),
    case("settle", V.CASE_SETTLE, f.TextForm, _("和解")),
    Act("refuse-extension", V.CASE_EXTEND, f.ActForm, cases.refuse_extension_case, _("不同意延期")),
    Act("mediate", V.MEDIATION_OPEN, f.MediateForm, cases.open_mediation, _("开始调解")),
)

MEDIATION_ACTS: tuple[Act, ...] = (
    Act(
        "consent",
        V.MEDIATION_AGREE,
        f.ConsentForm,
        cases.consent_mediation,
        _("记下双方愿不愿意"),
        "mediation_id",
    ),
    Act("agree", V.MEDIATION_AGREE, f.AgreeForm, cases.agree_mediation, _("达成协议"), "mediation_id"),
    Act(
        "end",
        V.MEDIATION_END,
        f.EndMediationForm,
        cases.end_mediation,
        _("没有谈成"),
        "mediation_id",
        hard=True,
    ),
)

DEMAND_ACTS: tuple[Act, ...] = (
    Act("sort", V.DEMAND_SORT, f.SortForm, intake.sort_demand, _("改标题、性质、地点"), "demand_id"),
    Act(
        "transcribe",
        V.DEMAND_TRANSCRIBE,
        f.TranscribeForm,
        intake.transcribe_demand,
        _("录入扫描件"),
        "demand_id",
    ),
    Act("seal", V.DEMAND_SORT, f.SealForm, intake.seal_demand, _("密封移交"), "demand_id", hard=True),
    Act("open", V.CASE_OPEN, f.OpenForm, cases.open_case, _("立为一件事"), "demand_id"),
    Act(
        "settle-now",
        V.CASE_SETTLE_NOW,
        f.SettleDemandForm,
        cases.settle_demand_now,
        _("当场解决"),
        "demand_id",
    ),
    Act("join", V.CASE_JOIN, f.JoinForm, cases.join_demand, _("并到同一件事"), "demand_id"),
    Act("leave", V.CASE_LEAVE, f.JoinForm, cases.leave_case, _("分出来"), "demand_id"),
    Act("split", V.CASE_SPLIT, f.SplitForm, cases.split_demand, _("拆成几件"), "demand_id"),
)

PROMISE_ACTS: tuple[Act, ...] = (
    Act("start", V.PROMISE_CLAIM, f.StartPromiseForm, promises.start_promise, _("条件到了"), "promise_id"),
    Act("claim", V.PROMISE_CLAIM, f.ClaimPromiseForm, promises.claim_promise, _("报兑现"), "promise_id"),
    Act(
        "break",
        V.PROMISE_CLAIM,
        f.BreakPromiseForm,
        promises.break_promise,
        _("说明未兑现"),
        "promise_id",
        hard=True,
    ),
)

MAKE_PROMISE = Act("make", V.PROMISE_MAKE, f.PromiseForm, cases.promise_case, _("记下承诺"), "")
BULK_ASSIGN = Act("bulk-assign", V.CASE_ASSIGN, f.BulkAssignForm, cases.bulk_assign, _("一起交办"), "")
CONFIRM_WITHDRAWAL = Act(
    "confirm",
    V.CASE_CONFIRM_WITHDRAWAL,
    f.ConfirmWithdrawalForm,
    cases.confirm_withdrawal,
    _("核实撤回"),
    "withdrawal_id",
)
PLAN_DAY = Act("plan", V.RECEPTION_PLAN, f.PlanDayForm, cases.plan_day, _("安排接待日"), "")
DAY_ACTS: tuple[Act, ...] = (
    Act("publish", V.RECEPTION_PLAN, PlainForm, cases.publish_day, _("公布接待日"), "day_id"),
)
BOOKING_ACTS: tuple[Act, ...] = (
    Act("hear", V.RECEPTION_HOLD, f.HearForm, cases.hear, _("见面记录"), "booking_id"),
    Act("cancel", V.RECEPTION_BOOK, PlainForm, cases.cancel_booking, _("取消预约"), "booking_id"),
)

PAIR_ACTS: tuple[Act, ...] = (
    Act("refuse", V.PAIR_REFUSE, PlainForm, visits.refuse_pair, _("记下：不要结对"), "pair_id", hard=True),
)
REFUSE_PAIRS = Act(
    "refuse", V.DEMAND_FIND, f.RefusePairsForm, visits.refuse_pairs, _("记下：不要结对"), "", hard=True
)

ASK_ACCESS = Act("ask", V.ACCESS_ASK, f.AskAccessForm, cases.ask_access, _("交申请"))
ACCESS_ACTS: tuple[Act, ...] = (
    Act("approve", V.ACCESS_APPROVE, f.DecideAccessForm, people.approve_access, _("同意"), "access_id"),
    Act("refuse", V.ACCESS_REFUSE, f.DecideAccessForm, people.refuse_access, _("不同意"), "access_id"),
    Act(
        "delay", V.ACCESS_DELAY, f.DelayAccessForm, people.delay_access, _("申请再推迟告诉本人"), "access_id"
    ),
)
SETTLE_LOOK = Act(
    "settle", V.LOOK_SETTLE, f.SettleLookForm, people.settle_look, _("记下核实的结果"), "alarm_id"
)

AGREE_ERASURE = Act(
    "agree", V.ERASURE_AGREE, f.OpenAccessForm, erasing.agree_erasure, _("同意删除"), "erasure_id", hard=True
)

BY_NAME: dict[str, Act] = {act.name: act for act in CASE_ACTS}


def cleaned(form: PlainForm) -> dict[str, Any]:
    """What the command is called with: a box that was left empty and means nothing is not passed on."""
    if not form.is_valid():
        raise BadField(
            fields={name: [str(why) for why in reasons] for name, reasons in form.errors.items()}, form=form
        )
    return {
        name: value
        for name, value in form.cleaned_data.items()
        if value is not None and not (value == "" and getattr(form.fields[name], "unsaid", False))
    }


def do(act: Act, *, by: Actor, at: datetime, form: PlainForm, target: UUID | None = None) -> Any:
    """The one call of a door: clean, then the command. `seen` goes to the commands that look at it."""
    arguments = cleaned(form)
    if "code" in arguments:  # the six digits of this moment become the moment itself
        by.must(act.verb)
        arguments["proved_at"] = prove(by, arguments.pop("code"), at=at)
    if "seen" in arguments and "seen" not in signature(act.command).parameters:
        del arguments["seen"]
    if act.target:
        arguments[act.target] = target
    return act.command(by=by, at=at, **arguments)


def every() -> tuple[Act, ...]:
    return (
        *CASE_ACTS, *MEDIATION_ACTS, *DEMAND_ACTS, *PROMISE_ACTS, *DAY_ACTS, *BOOKING_ACTS, *PAIR_ACTS,
        *ACCESS_ACTS, ASK_ACCESS, SETTLE_LOOK, AGREE_ERASURE, MAKE_PROMISE, BULK_ASSIGN, CONFIRM_WITHDRAWAL, PLAN_DAY, REFUSE_PAIRS,
    )  # fmt: skip
