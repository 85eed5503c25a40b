"""Every no of the sealed room. None of them says whether something exists; 403 and 404 read the same elsewhere."""

from minqing.kernel.errors import NotFound, Refusal


class TooManyNamed(Refusal):
    code, status, text = "clue.too-many-named", 422, "要求回避的人最多写{limit}位，其余的请写在正文里。"


class NotEligible(NotFound):
    """Kept out by the routing: answered with the same octets as something that is not there."""


class KeyMissing(Refusal):
    code, status, text = "clue.key-missing", 403, "您手里没有这一件的钥匙，打不开。请由有钥匙的两个人拆封。"


class ApproverIsRequester(Refusal):
    code, status, text = "clue.approver-is-requester", 403, "提出拆封的人不能自己批准，请另一个单位的人批。"


class SameUnit(Refusal):
    code, status, text = "clue.same-unit", 403, "两个人是同一个单位的，请另一个单位的人批。"


class ApprovalReplayed(Refusal):
    code, status, text = "clue.approval-replayed", 409, "这次批准已经用过。再看要重新提出、重新批准。"


class ApprovalOld(Refusal):
    code, status, text = "clue.approval-old", 409, "提出已超过{hours}小时没有批准，请重新提出。"


class OpeningExpired(Refusal):
    code, status, text = (
        "clue.opening-expired",
        409,
        "拆封的{minutes}分钟已经过了。再看要重新提出、重新批准。",
    )


class FactorStale(Refusal):
    code, status, text = "clue.factor-stale", 403, "请再验证一次身份（{minutes}分钟内有效）。"


class PurposeNeeded(Refusal):
    code, status, text = "clue.purpose-needed", 422, "请写明为什么要看原件，会记下来，举报人以后看得到。"


class PurposeNotAllowed(Refusal):
    code, status, text = "clue.purpose-not-allowed", 422, "匿名举报不得查问是谁写的，不能用这个理由拆封。"


class InstrumentNeeded(Refusal):
    code, status, text = "clue.instrument-needed", 422, "外单位调取要写明文书编号和依据的条款。"


class DelayTooLong(Refusal):
    code, status, text = "clue.delay-too-long", 422, "推迟告诉本人，连续展延合计不得超过{months}个月。"


class DelayNeedsTwo(Refusal):
    code, status, text = "clue.delay-needs-two", 403, "推迟告诉本人，要两个人同意，每次最长{months}个月。"


class AlreadyForwarded(Refusal):
    code, status, text = "clue.already-forwarded", 409, "这一件已经报送上一级，这里不再办，也打不开。"


class AlreadyMerged(Refusal):
    code, status, text = "clue.already-merged", 409, "这一件已经与先前的合并，请在先前那一件里办。"


class MergeIntoItself(Refusal):
    code, status, text = "clue.merge-into-itself", 422, "不能与自己合并。"


class RestatementNotRedacted(Refusal):
    code, status = "clue.restatement-not-redacted", 422
    text = "转述里还有能认出举报人的内容：{what}。请改掉再转。"


class RestatementCopies(Refusal):
    code, status = "clue.restatement-copies", 422
    text = "转述里有一句和原件一字不差（{n}个字）。请用自己的话写。"


class TipsOff(Refusal):
    code, status = "clue.tips-off", 422
    text = (
        "单独查这一家会惊动人。要查，就抽签选至少{least}个村（社区），问同样的问题，并定一个日子以后才开始。"
    )


class OutsideOnly(Refusal):
    code, status = "clue.outside-only", 409
    text = "本县没有两个可以办这一件的人，只能报送上一级纪检监察机关（12388）。"


class NotHouseholds(Refusal):
    code, status, text = "restitution.not-yours", 403, "收没收到，只有这一户自己说了算。"


class AmountWrong(Refusal):
    code, status, text = "restitution.amount-wrong", 422, "金额要大于零，精确到分。"


class NoDayNamed(Refusal):
    code, status, text = "restitution.no-day", 422, "请写明最迟哪天退到这一户。"


class UnknownSlip(Refusal):
    code, status, text = "slip.unknown", 404, "查不到。请核对回执上的查询码，每四位一组。"


class WordNeeded(Refusal):
    code, status, text = "clue.word-needed", 403, "要看内容，请把您自己定的四位暗语也输一遍。"


class NotReady(Refusal):
    code, status, text = "clue.not-ready", 409, "刚收到，还在封存。请过一分钟再来，您写的还在这里。"


class ShortPassphrase(Refusal):
    code, status, text = "clue.short-passphrase", 422, "口令至少{least}个字，可以是一句话。"


class WrongPassphrase(Refusal):
    code, status, text = (
        "clue.wrong-passphrase",
        403,
        "口令不对。它没有存在任何地方，忘了只能由两个人重新授权。",
    )


class NothingWritten(Refusal):
    code, status, text = "clue.nothing-written", 422, "还没有写内容。"
