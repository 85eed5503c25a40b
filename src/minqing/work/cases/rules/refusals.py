"""Every no that a case can say, each with its reason and what to do."""

from minqing.kernel.errors import Refusal


class ReasonNeeded(Refusal):
    code, status, text = "case.reason-needed", 422, "请写明理由，当事人会看到。"


class ExtensionTooLong(Refusal):
    code, status, text = "case.extension-too-long", 422, "延期不得超过{limit}日。"


class ExtendedBefore(Refusal):
    code, status, text = "case.extended-before", 409, "这件事已经延期过，不能再延。"


class ReturnedTooOften(Refusal):
    code, status, text = "case.returned-too-often", 409, "已退回{limit}次，只能由裁定人决定由谁办。"


class ReturnFirst(Refusal):
    code, status, text = "case.return-first", 409, "退回{limit}次以后才由裁定人定，现在退回了{returns}次。"


class PushedDown(Refusal):
    code, status, text = "case.pushed-down", 422, "“{matter}”是部门职责（{basis}），不能派给村（社区）。"


class ObjectionLate(Refusal):
    code, status, text = "case.objection-late", 409, "收到后5个工作日内才能提出异议，最迟是{until}。"


class NotHolder(Refusal):
    code, status, text = "case.not-holder", 403, "这件事现在不由您的单位办理。"


class OpinionIncomplete(Refusal):
    code, status, text = "case.opinion-incomplete", 422, "{paper}还缺：{missing}。"


class OwnAnswer(Refusal):
    code, status, text = "case.own-answer", 403, "要重新看的意见是您自己作出的，请由这个单位的另一个人来定。"


class NoNextDate(Refusal):
    code, status, text = "case.no-next-date", 422, "暂时办不了的，要写明原因、该由谁定、下次答复的日期。"


class AlreadyJoined(Refusal):
    code, status, text = "case.already-joined", 409, "这件事已经并在一起了。"


class LastWord(Refusal):
    code, status, text = "case.last-word", 409, "这是这件事里唯一的反映，不能拿走；可以撤回或办结。"


class TooManyRepresentatives(Refusal):
    code, status, text = (
        "case.too-many-representatives",
        422,
        "多人反映共同事项走访的，推选代表不超过{limit}人（第二十条）。",
    )


class Changed(Refusal):
    code, status, text = (
        "case.changed",
        409,
        "您打开之后，别人已经改动了这件事。两个版本都在下面，请核对后再提交。",
    )


class ReviewLate(Refusal):
    code, status, text = (
        "case.review-late",
        409,
        "申请期限已过（{until}）。仍有新的事实和理由，可以重新反映。",
    )


class BadArrival(Refusal):
    code, status, text = "case.bad-arrival", 422, "收到的日期应在{first}到今天之间。"


class NotServed(Refusal):
    code, status, text = "case.not-served", 409, "还没有送达，期限还没有开始计算。"


class NoConsent(Refusal):
    code, status, text = "mediation.no-consent", 422, "双方都同意才能调解。"


class ViolenceFirst(Refusal):
    code, status, text = (
        "mediation.violence-first",
        422,
        "有家庭暴力或人身威胁的，不能先调解；请先联系公安、妇联。",
    )


class NotNeutral(Refusal):
    code, status, text = "mediation.not-neutral", 422, "调解员与一方有利害关系，请换人。"


class WithdrawalPending(Refusal):
    code, status, text = (
        "case.withdrawal-pending",
        409,
        "撤回{days}日后生效，还要由承办单位以外的人打电话核实。",
    )


class DayFull(Refusal):
    code, status, text = "reception.full", 409, "这一天的预约已满，可以当天现场取号，机会相同。"


class NamesUntilTheDay(Refusal):
    code, status, text = "reception.names-hidden", 403, "接待日当天之前，只有接待办公室能看到名单。"


class ObjectedBefore(Refusal):
    code, status, text = (
        "case.objected-before",
        409,
        "您单位的异议已经核实过。仍有不同意见的，请裁定人决定由谁办。",
    )


class NotOffered(Refusal):
    code, status, text = "case.not-offered", 403, "这件事没有转给您的单位。"


class SameOffice(Refusal):
    code, status, text = "case.same-office", 422, "这件事已经在“{office}”，不用再转。"


class NothingTakenBack(Refusal):
    code, status, text = "case.nothing-taken-back", 409, "这件事没有撤回，正在照常办。"


class NothingAsked(Refusal):
    code, status, text = "case.nothing-asked", 404, "没有等您答复的申请。"


class PastDate(Refusal):
    code, status, text = "case.past-date", 422, "日期要在{after}以后。"


class NothingToJudge(Refusal):
    code, status, text = (
        "case.nothing-to-judge",
        409,
        "这件事还没有答复，有了答复再请您评价。您现在就可以留言。",
    )


class NotYourVoice(Refusal):
    code, status, text = "case.not-your-voice", 404, "没有找到，或您无权查看。"


class CannotSplit(Refusal):
    code, status, text = "case.cannot-split", 422, "拆开至少要分成两件，每件都写明办什么。"


class LinkRing(Refusal):
    code, status, text = "case.link-ring", 422, "这两件已经前后关联过了。"


class EndedBefore(Refusal):
    code, status, text = "case.ended", 409, "这件事已经了结（{state}），不能再做这一步。"


class OwnOfficeCalls(Refusal):
    code, status, text = "case.own-office-calls", 403, "撤回要由承办单位以外的人核实。"


class NotFree(Refusal):
    code, status, text = "case.not-free", 409, "本人说不是自愿撤回的，这件事继续办理。"


class ConsentFirst(Refusal):
    code, status, text = "mediation.consent-first", 409, "双方都同意之后，才能写协议。"


class DutiesNeeded(Refusal):
    code, status, text = "mediation.no-duties", 422, "协议里每一件要做的事，都要写明谁做、做什么、最迟哪天。"


class DayGone(Refusal):
    code, status, text = "reception.day-gone", 409, "这一天已经过去，或者还没有公布。"


class HiddenIdentity(Refusal):
    code, status, text = (
        "contact.hidden",
        403,
        "这个人要求对承办单位保密或没有留下姓名，请在“和本人说”里留言。",
    )


class MatterNeeded(Refusal):
    code, status, text = "case.matter-needed", 422, "派给村（社区）以前，请先在派单目录里选定属于哪一类事。"
