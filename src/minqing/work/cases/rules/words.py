"""The enumerations of a case (信访工作条例 art. 17–37; hotline practice)."""

from minqing.kernel.words import Word


class Track(Word):
    PETITION = "petition", "信访程序"
    ORDER = "order", "热线工单"
    SIMPLE = "simple", "简易办理"


class Category(Word):
    """The four categories of arts. 22, 29–31."""

    SUGGESTION = "suggestion", "建议意见"
    ACCUSATION = "accusation", "检举控告"
    CLAIM = "claim", "申诉求决"
    LAW = "law", "涉法涉诉"


class Path(Word):
    """Where art. 31 leads a claim; only the last has the 60/30/30 days."""

    COURT = "court", "诉讼、复议、检察、公安程序"
    ARBITRATION = "arbitration", "仲裁"
    PARTY = "party", "党员申诉、申请复审"
    ADMINISTRATIVE = "administrative", "复议、裁决、确认、许可、处罚等行政程序"
    PROTECTION = "protection", "申请查处违法、履行保护职责"
    PETITION = "petition", "信访程序"


class Grade(Word):
    ASK = "ask", "咨询"
    HELP = "help", "求助、建议"
    COMPLAINT = "complaint", "投诉、举报"
    URGENT = "urgent", "突发、危及安全"
    UTILITY = "utility", "水电气热"


class CaseState(Word):
    REGISTERED = "registered", "已登记，待分办"
    FORWARDED = "forwarded", "已转送"
    ASSIGNED = "assigned", "已交办"
    OBJECTED = "objected", "承办单位提出异议"
    REFERRED_UP = "referred_up", "已报请决定"
    ACCEPTED = "accepted", "已受理，办理中"
    EXTENDED = "extended", "已延期，办理中"
    PARKED = "parked", "挂账"
    REPLIED = "replied", "已答复，待送达"
    SERVED = "served", "答复已送达"
    REVIEWING = "reviewing", "复查中"
    REVIEWED = "reviewed", "已复查，待送达"
    REVIEW_SERVED = "review_served", "复查意见已送达"
    REREVIEWING = "rereviewing", "复核中"
    REREVIEWED = "rereviewed", "已复核，待送达"
    TERMINATED = "terminated", "三级终结"
    CLOSED = "closed", "期满未申请复查，答复生效"
    CONCLUDED = "concluded", "办结"
    SETTLED = "settled", "和解、调解结案"
    WITHDRAWN = "withdrawn", "本人撤回"
    REDIRECTED = "redirected", "引导法定途径"
    DECLINED = "declined", "不予受理"
    NO_LONGER = "no_longer", "不再受理"


class HoldState(Word):
    OFFERED = "offered", "待接收"
    HELD = "held", "承办中"
    OBJECTED = "objected", "提出异议"
    RETURNED = "returned", "已退回"
    PASSED = "passed", "已移交"
    DONE = "done", "已办完"


class HoldRole(Word):
    LEAD = "lead", "主办"
    ASSIST = "assist", "协办"


class ReplyKind(Word):
    INTERIM = "interim", "阶段答复"
    OPINION = "opinion", "处理意见"
    ANSWER = "answer", "答复"
    ON_SPOT = "on_spot", "当场答复"
    REVIEW = "review", "复查意见"
    REREVIEW = "rereview", "复核意见"
    ASSIST = "assist", "协办意见"


class DueBy(Word):
    """Who owes the nearest clock of a case. `other` also stands for not known: then the duties themselves are asked."""

    HOLDER = "holder", "承办单位"
    OTHER = "other", "别的单位"
    NOBODY = "nobody", "没有单位欠着"


class Outcome(Word):
    """What the office decided (art. 32): a lawful no is an honest outcome of its own."""

    SUPPORT = "support", "支持"
    PARTLY = "partly", "部分支持"
    EXPLAIN = "explain", "合理但没有依据，作了解释"
    REJECT = "reject", "不支持，说明了理由"
    PLANNED = "planned", "列入计划"
    ADOPT = "adopt", "采纳"
    NOT_ADOPT = "not_adopt", "不采纳，说明了理由"
    REDIRECT = "redirect", "转法定途径"


class Side(Word):
    PERSON = "person", "本人"
    OFFICE = "office", "单位"


class MediationState(Word):
    OPENED = "opened", "征求双方意见"
    CONSENTED = "consented", "双方同意"
    AGREED = "agreed", "达成协议"
    FAILED = "failed", "未达成"
    STOPPED = "stopped", "不宜调解"


class ReceptionMode(Word):
    OFFICE = "office", "接访"
    VISIT = "visit", "下访"
    INVITED = "invited", "约访"


class BookingState(Word):
    BOOKED = "booked", "已预约"
    QUEUED = "queued", "现场取号"
    HEARD = "heard", "已见面"
    CANCELLED = "cancelled", "已取消"
    MISSED = "missed", "未到"
