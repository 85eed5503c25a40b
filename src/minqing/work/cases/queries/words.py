"""What is said to people: states, clocks and events in plain words, in the language of the page."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _

from minqing.methods.clock import CHINA
from minqing.work.cases.rules import CaseState

S = CaseState
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

STATE_TEXT = {
    S.REGISTERED: _("已经收到，正在看该由谁办"),
    S.FORWARDED: _("已转给能办的单位，等它接下；接下以前，原来的单位仍然负责"),
    S.ASSIGNED: _("已转给能办的单位，等它接下；接下以前，原来的单位仍然负责"),
    S.OBJECTED: _("转去的单位说不归它办，正在核实；您的事仍有单位负责"),
    S.REFERRED_UP: _("已报县里决定由谁办"),
    S.ACCEPTED: _("接下来办了，正在办"),
    S.EXTENDED: _("还在办，答复要晚一些"),
    S.PARKED: _("暂时办不了，到时再答复您"),
    S.REPLIED: _("有答复了，正在交到您手上"),
    S.SERVED: _("答复已交到您手上"),
    S.REVIEWING: _("您不同意，上一级正在重新看（复查）"),
    S.REVIEWED: _("上一级重新看过了，结果正在交到您手上"),
    S.REVIEW_SERVED: _("上一级的结果已交到您手上"),
    S.REREVIEWING: _("您仍不同意，再上一级正在看（复核）"),
    S.REREVIEWED: _("再上一级看过了，结果正在交到您手上"),
    S.TERMINATED: _("三级都看过了，这个程序走完了"),
    S.CLOSED: _("答复已经生效；没解决，您还可以说"),
    S.CONCLUDED: _("单位说办完了；是不是解决了，您说了算"),
    S.SETTLED: _("双方说好了"),
    S.WITHDRAWN: _("您撤回了；改主意了，随时可以接着办"),
    S.REDIRECTED: _("这件事要走别的途径，该去哪里已书面告诉您"),
    S.DECLINED: _("不归这里办，该找谁已书面告诉您"),
    S.NO_LONGER: _("三级都看过了，同样的事不再重复办"),
}

CLOCK_NAME: Mapping[str, object] = {
    "xf.triage": _("告诉您由谁办"),
    "xf.tell": _("告诉您接不接"),
    "hl.sign": _("告诉您接不接"),
    "xf.object.answer": _("核实到底归谁办"),
    "hl.object.answer": _("核实到底归谁办"),
    "xf.arbitrate": _("定下由谁办"),
    "xf.urgent": _("报县里决定"),
    "xf.handle": _("书面答复您"),
    "xf.advice": _("答复您的建议"),
    "xf.reopen": _("重新答复您"),
    "hl.reopen": _("重新答复您"),
    "xf.simple": _("答复您"),
    "hl.consult": _("答复您"),
    "hl.help": _("答复您"),
    "hl.complain": _("答复您"),
    "hl.danger": _("答复您"),
    "hl.utility": _("答复您"),
    "hl.contact": _("先和您联系"),
    "xf.park": _("再答复您"),
    "xf.serve": _("把答复交到您手上"),
    "hl.callback": _("问您解决了没有"),
    "xf.review.ask": _("您要求上一级重新看的最后一天"),
    "xf.review": _("上一级答复您"),
    "xf.rereview.ask": _("您要求再上一级看的最后一天"),
    "xf.rereview": _("再上一级答复您"),
    "xf.assist": _("配合的单位交意见"),
    "xf.supervise": _("被催的单位回话"),
    "xf.appraise": _("鉴定做完"),
    "xf.appraise.tell": _("把鉴定结果告诉您"),
    "xf.withdraw.call": _("打电话问您是不是自己要撤回"),
    "md.consent": _("双方说愿不愿意调解"),
    "md.finish": _("调解有结果"),
}

PERSON_TOLD: Mapping[str, object] = {
    "demand.registered": _("您反映的事收到了"),
    "demand.transcribed": _("您寄来的材料录好了"),
    "demand.found": _("有人凭姓名和电话帮您找回了这件事"),
    "demand.slip-renewed": _("补发了回执，旧查询码作废"),
    "demand.word-changed": _("换了4位口令"),
    "case.opened": _("{office}开始看该由谁办"),
    "case.forwarded": _("转给{office}，等它接下"),
    "case.assigned": _("交给{office}，等它接下"),
    "case.arbitrated": _("已定下由{office}办"),
    "case.objected": _("{office}说不归它办，正在核实"),
    "case.returned": _("核实过了，确实不归{office}办，重新找单位"),
    "case.upheld": _("核实过了，就该{office}办"),
    "case.referred-up": _("报县里决定由谁办"),
    "case.accepted": _("{office}接下来办了，最迟{due}答复您"),
    "case.assisted": _("请{office}配合"),
    "case.contacted": _("{office}和您联系过了"),
    "case.extended": _("{office}说明了原因，答复推迟到{due}"),
    "case.replied": _("{office}有答复了"),
    "case.replied.interim": _("{office}告诉您办到哪一步了"),
    "case.replied.assist": _("{office}交了配合的意见"),
    "case.served": _("文书交到了您手上"),
    "case.parked": _("{office}说暂时办不了，{next_on}再答复您"),
    "case.resumed": _("{office}接着办了"),
    "case.review-asked": _("您要求上一级重新看，由{office}办"),
    "case.reviewed": _("{office}重新看过了"),
    "case.rereview-asked": _("您要求再上一级看，由{office}办"),
    "case.rereviewed": _("{office}看过了"),
    "case.terminated": _("三级都看过了，这个程序走完了"),
    "case.lapsed": _("答复已经生效"),
    "case.concluded": _("{office}说办完了，请您说是不是解决了"),
    "case.settled-now": _("{office}当场答复了"),
    "case.settled": _("双方说好了"),
    "case.withdrawal-asked": _("您说要撤回，{effective}生效，这之前会有别的单位打电话问您"),
    "case.withdrawal-undone": _("不撤了，接着办"),
    "case.withdrawal-confirmed": _("打电话问过您了，是您自己要撤回的"),
    "case.withdrawn": _("撤回生效了"),
    "case.reopened": _("您说没解决，{office}重新办，最迟{due}答复您"),
    "case.rejoined": _("您改了主意，{office}接着办，最迟{due}答复您"),
    "case.supervised": _("上面在催{office}"),
    "case.supervision-answered": _("{office}向上面回了话"),
    "case.carried": _("县领导亲自包这件事"),
    "case.appraised": _("鉴定有了新的进展"),
    "case.linked": _("以前的同一件事也一起看"),
    "case.redirected": _("{office}书面告诉您该走什么途径"),
    "case.declined": _("{office}书面告诉您该找谁"),
    "case.no-longer": _("书面告诉您这件事三级都看过了"),
    "case.joined": _("有人反映了同一件事，一起办；您的回执、答复、评价都还是您自己的"),
    "case.left": _("您的事分开单独办了"),
    "case.continued": _("您的事接着单独办，别人的答复不变"),
    "case.split": _("您说的几件事分给不同的单位办，每件都答复您"),
    "case.talked.office": _("{office}给您留了话"),
    "case.talked.person": _("您留了话"),
    "verdict.given": _("您评价了结果"),
    "contact.opened": _("{office}的人打开了您的联系方式，为了办这件事"),
    "mediation.opened": _("问双方愿不愿意调解"),
    "mediation.consented": _("记下了双方愿不愿意调解"),
    "mediation.agreed": _("调解说好了，写成了协议"),
    "mediation.ended": _("调解没有成，这件事接着办"),
    "duty.climbed": _("过了期限，已告诉上一级"),
    "duty.recomputed": _("放假安排公布了，最迟的日子重新算过"),
}
"""Facts without a sentence here are not told on a resident's page."""

STAFF_TOLD: Mapping[str, object] = {
    "case.opened": _("登记，首接单位{office}"),
    "case.forwarded": _("转送{office}"),
    "case.assigned": _("交办{office}"),
    "case.arbitrated": _("裁定由{office}办"),
    "case.objected": _("{office}提出异议"),
    "case.returned": _("同意{office}退回（第{returns}次）"),
    "case.upheld": _("不同意退回，仍由{office}办"),
    "case.referred-up": _("报请决定"),
    "case.accepted": _("{office}受理，最迟{due}"),
    "case.assisted": _("请{office}协办，最迟{due}"),
    "case.contacted": _("{office}已联系本人"),
    "case.extension-asked": _("承办人申请延期{days}日"),
    "case.extension-refused": _("不同意延期"),
    "case.extended": _("{office}延期{days}日，最迟{due}"),
    "case.replied": _("{office}答复"),
    "case.replied.interim": _("{office}阶段答复"),
    "case.replied.assist": _("{office}提交协办意见"),
    "case.served": _("送达"),
    "case.parked": _("挂账，{next_on}再答复"),
    "case.resumed": _("恢复办理"),
    "case.review-asked": _("本人申请复查，{office}办"),
    "case.reviewed": _("{office}作出复查意见"),
    "case.rereview-asked": _("本人申请复核，{office}办"),
    "case.rereviewed": _("{office}作出复核意见"),
    "case.terminated": _("三级终结"),
    "case.lapsed": _("期满未申请复查，答复生效"),
    "case.concluded": _("办结"),
    "case.settled-now": _("{office}当场解决"),
    "case.settled": _("和解、调解结案"),
    "case.withdrawal-asked": _("本人要撤回，{effective}生效"),
    "case.withdrawal-undone": _("撤回取消"),
    "case.withdrawal-confirmed": _("已核实为自愿撤回"),
    "case.withdrawn": _("撤回生效"),
    "case.reopened": _("本人说没解决，重新办理（第{times}次），最迟{due}"),
    "case.rejoined": _("撤回的人改了主意，接着办，最迟{due}"),
    "case.supervised": _("督办{office}，最迟{due}"),
    "case.supervision-answered": _("{office}反馈督办"),
    "case.carried": _("县领导包案"),
    "case.appraised": _("鉴定"),
    "case.linked": _("关联以前的事项"),
    "case.numbered": _("填写外部编号{external_no}"),
    "case.redirected": _("{office}引导法定途径"),
    "case.declined": _("{office}不予受理"),
    "case.no-longer": _("不再受理"),
    "case.joined": _("并件"),
    "case.left": _("分出"),
    "case.continued": _("有人对答复不服，另编一件接着办；其余的人不变"),
    "case.split": _("拆成{n}件"),
    "case.talked.office": _("单位留言"),
    "case.talked.person": _("本人留言"),
    "mediation.opened": _("征求双方调解意见"),
    "mediation.consented": _("记下双方是否同意调解"),
    "mediation.agreed": _("调解达成协议"),
    "mediation.ended": _("调解未达成"),
    "duty.climbed": _("超期，已告知上一级"),
    "duty.recomputed": _("放假安排公布，期限重算"),
}


def day_words(day: date, lang: str | None = None) -> str:
    """2026年3月2日 / 2 March 2026."""
    if (lang or get_language() or "zh-hans").startswith("en"):
        return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def moment_words(iso: str) -> str:
    """A date or an instant of a fact's body as a day in words."""
    try:
        at = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return day_words(at.astimezone(CHINA).date() if at.tzinfo else at.date())


def name_in(names: Mapping[Any, tuple[str, str]], office_id: object) -> str:
    zh, en = names.get(office_id, ("", ""))
    return en if (get_language() or "").startswith("en") and en else zh


def label(text: str) -> str:
    return gettext(text) if text else ""


__all__ = [
    "CLOCK_NAME",
    "PERSON_TOLD",
    "STAFF_TOLD",
    "STATE_TEXT",
    "day_words",
    "label",
    "moment_words",
    "name_in",
    "override",
]
