"""The enumerations of a clue, and the plain phrases its writer reads."""

from minqing.kernel.words import Word


class ClueClass(Word):
    """How the writer wants to stand. Nobody tries to find out who an anonymous one is."""

    NAMED = "named", "实名"
    CONFIDENTIAL = "confidential", "留名，要求保密"
    ANONYMOUS = "anonymous", "匿名"


class ClueState(Word):
    ARRIVED = "arrived", "已收到，封存着"
    OPENED = "opened", "已拆封，待登记"
    GOING_UP = "going_up", "属上一级，待报送"
    FORWARDED_UP = "forwarded_up", "已报送上一级"
    GOING_OVER = "going_over", "属别的机关，待转送"
    SENT_OVER = "sent_over", "已转有权处理的机关"
    NOT_WITHIN = "not_within", "不属受理范围，已告知"
    MERGED = "merged", "与先前的合并"
    REGISTERED = "registered", "已登记，待交办理"
    WITH_HANDLER = "with_handler", "办理中"
    DECIDED = "decided", "已有结果，待反馈"
    ANSWERED = "answered", "已反馈，听本人意见"
    SETTLED = "settled", "办结"


class ClueSaid(Word):
    """What the writer reads when they ask with the query code: the same few sentences whoever the accused is."""

    KEPT = "kept", "收到了，封存着，只有纪检机关指定的人能打开"
    READ = "read", "有权的人看过了，接下来登记"
    GOING_UP = "going-up", "这件事该由上一级管，还没有送上去。您也可以自己打12388"
    UP = "up", "已经交上一级。县里不再办，留下的封着，谁也打不开"
    GOING_OVER = "going-over", "这件事该由别的机关管，正在转过去"
    OVER = "over", "已经转给能管的机关"
    NOT_HERE = "not-here", "这件事不归纪检机关管，该找谁写在下面"
    SAME = "same", "您以前反映过这件事，并在一起办，两张回执都有效"
    WAITING = "waiting", "登记好了，正在定由谁办。与这件事有牵连的人都不经手"
    WORKING = "working", "有人在查了。您可以随时补充，也可能有人在这里问您"
    RESULT = "result", "有结果了，正在写给您的话"
    YOUR_WORD = "your-word", "结果写给您了。您觉得不对，可以在这里说"
    DONE = "done", "办完了。又有新情况，在这里接着说就行"


SAID: dict[ClueState, ClueSaid] = {
    ClueState.ARRIVED: ClueSaid.KEPT,
    ClueState.OPENED: ClueSaid.READ,
    ClueState.GOING_UP: ClueSaid.GOING_UP,
    ClueState.FORWARDED_UP: ClueSaid.UP,
    ClueState.GOING_OVER: ClueSaid.GOING_OVER,
    ClueState.SENT_OVER: ClueSaid.OVER,
    ClueState.NOT_WITHIN: ClueSaid.NOT_HERE,
    ClueState.MERGED: ClueSaid.SAME,
    ClueState.REGISTERED: ClueSaid.WAITING,
    ClueState.WITH_HANDLER: ClueSaid.WORKING,
    ClueState.DECIDED: ClueSaid.RESULT,
    ClueState.ANSWERED: ClueSaid.YOUR_WORD,
    ClueState.SETTLED: ClueSaid.DONE,
}


class Purpose(Word):
    """Why the original is opened; one of these and a sentence of one's own."""

    RESTATE = "restate", "写转述，好交给人办"
    VERIFY = "verify", "核对原件里的事实"
    REACH = "reach", "联系举报人"
    PROTECT = "protect", "保护举报人的安全"
    REQUEST = "request", "有权机关依法调取"
    DANGER = "danger", "有人身危险，马上要看"


class TalkKind(Word):
    """What is said in the two-way talk, and by whom."""

    MORE = "more", "补充情况"
    QUESTION = "question", "经办人提问"
    ANSWER = "answer", "回答提问"
    TAKEN = "taken", "受理告知"
    PROGRESS = "progress", "进展告知"
    RESULT = "result", "结果反馈"
    VIEW = "view", "对结果的意见"
    HARMED = "harmed", "有人为难我"
    SAFE = "safe", "保护措施告知"


class TalkSide(Word):
    WRITER = "writer", "举报人"
    OFFICE = "office", "经办方"


WRITER_SAYS = frozenset({TalkKind.MORE, TalkKind.ANSWER, TalkKind.VIEW, TalkKind.HARMED})


def side_of(kind: TalkKind) -> TalkSide:
    return TalkSide.WRITER if kind in WRITER_SAYS else TalkSide.OFFICE


class Finding(Word):
    """What came of it, in the words that the writer is told."""

    TRUE = "true", "属实，已处理"
    PARTLY = "partly", "部分属实，已处理"
    UNPROVED = "unproved", "查不实，没有证据"
    NOT_TRUE = "not_true", "不属实，说明了理由"
    MISTAKEN = "mistaken", "反映有误，已澄清"


class OpeningState(Word):
    ASKED = "asked", "已提出，待批准"
    REFUSED = "refused", "不同意拆封"
    APPROVED = "approved", "已批准，未打开"
    OPEN = "open", "正在看"
    OVER = "over", "已看完"
    LAPSED = "lapsed", "过时作废"


class NoticeState(Word):
    """Whether the writer has been told that somebody looked."""

    AT_ONCE = "at_once", "立即告诉本人"
    DELAYED = "delayed", "推迟告诉本人"
    TOLD = "told", "已告诉本人"


class WatchState(Word):
    """Retaliation watch over the writer's household, 12 months from the last word."""

    WATCHING = "watching", "留意中"
    REPORTED = "reported", "本人说有人为难"
    HELD = "held", "不利决定已暂停，由上一级复核"
    CLEARED = "cleared", "复核认为与举报无关，已说明理由"
    FOUND = "found", "认定打击报复，已报上一级"
    ENDED = "ended", "12个月满，未发生"


class Adverse(Word):
    """What may be turned against a household; matched inside the sealed side alone."""

    BENEFIT = "benefit", "停发或减发补助、低保"
    CARD = "card", "降低劳动或办实事的记录"
    LAND = "land", "土地、宅基地、征收"
    PENALTY = "penalty", "罚款、处罚、停水停电停业"
    POST = "post", "调岗、解聘、不续用"
    THREAT = "threat", "威胁、上门、跟踪"


class RepayState(Word):
    """退赔, household by household: only the household says that it arrived."""

    PROMISED = "promised", "定了要退，还没退"
    PAID = "paid", "单位说已退，等这一户确认"
    RECEIVED = "received", "这一户说收到了"
    DISPUTED = "disputed", "这一户说没收到或数目不对"
    SET_ASIDE = "set_aside", "依法不退，已书面说明"
