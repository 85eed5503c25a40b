"""Channels, kinds, anonymity, and what is refused at the door. Pure."""

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

TEXT_LIMIT = 20_000


class Channel(Word):
    WEB = "web", "网上"
    PHONE = "phone", "电话"
    LETTER = "letter", "来信"
    IN_PERSON = "in_person", "来访"
    EMAIL = "email", "邮件"
    FIELD = "field", "下访记下"
    ON_BEHALF = "on_behalf", "村干部代录"
    DEPUTY = "deputy", "人大代表转交"
    OWN_PHONE = "own_phone", "打到干部手机"
    API = "api", "其他系统"
    IMPORT = "import", "历史导入"


class Kind(Word):
    ASK = "ask", "咨询"
    HELP = "help", "求助"
    COMPLAINT = "complaint", "投诉"
    SUGGESTION = "suggestion", "建议"
    REPORT = "report", "举报"
    PRAISE = "praise", "表扬"


class Anonymity(Word):
    NAMED = "named", "实名"
    CONFIDENTIAL = "confidential", "实名但对承办单位保密"
    ANONYMOUS = "anonymous", "匿名"


class DemandState(Word):
    WAITING = "waiting", "等待分办"
    UNREAD = "unread", "扫描件待录入"
    IN_CASE = "in_case", "在办"
    CLOSED = "closed", "已了结"


class Alarm(Word):
    """What the words themselves ask of us today."""

    NONE = "none", "无"
    LIFE = "life", "人身危险"
    DESPAIR = "despair", "绝望的话"


EMERGENCY_WORDS = ("着火", "起火了", "正在打人", "要出人命", "晕倒了", "触电了", "塌了压", "被困", "燃气泄漏", "煤气泄漏", "落水")
DESPAIR_WORDS = ("不想活", "活不下去", "轻生", "自杀", "跳楼", "喝农药", "了结自己", "死了算了", "一起死")


def alarm_in(text: str) -> Alarm:
    """Despair before danger: both get a person today; nobody is turned away because of such words."""
    if any(word in text for word in DESPAIR_WORDS):
        return Alarm.DESPAIR
    return Alarm.LIFE if any(word in text for word in EMERGENCY_WORDS) else Alarm.NONE


class NothingSaid(Refusal):
    code, status, text = "demand.empty", 422, "请写一句：出了什么事？"


class TooLong(Refusal):
    code, status, text = "demand.too-long", 422, "您写了{n}字，一次最多{limit}字。请分成两次，或当面、寄信反映；写的内容都还在下面。"


class BadWord(Refusal):
    code, status, text = "demand.bad-word", 422, "口令应是4位数字。"


class OwnOfficeAccused(Refusal):
    code, status, text = "demand.own-office", 403, "这封反映的是您所在的单位或干部，不能由您代录。请对方拨打{phone}，或自己上网填写。"


class UnknownReceipt(Refusal):
    code, status, text = "receipt.unknown", 404, "没有找到。请核对查询码；查询码丢了，可带身份证件到接待窗口，或请我们回拨您登记时留的电话。"


class WordNeeded(Refusal):
    code, status, text = "receipt.word-needed", 403, "看答复内容，请输入您登记时设的4位口令。"


DEMAND_SQL = (
    "INSERT INTO intake_demand (id, person_id, text, title, place_id, place_path, place_words, channel, kind, anonymity,"
    " state, alarm, registered_at, arrived_on, code_key, word_key, reply_by, lang, sender, sender_key, verify_no,"
    " written_by_id, n_people, text_hash)"
    " VALUES (%(subject_id)s, %(person_id)s, %(text)s, %(title)s, %(place)s, %(place_path)s, %(place_words)s,"
    " %(channel)s, %(kind)s, %(anonymity)s, %(state)s, %(alarm)s, %(at)s, %(arrived_on)s, %(code_key)s, %(word_key)s,"
    " %(reply_by)s, %(lang)s, %(sender)s, %(sender_key)s, %(verify_no)s, %(by_id)s, %(n_people)s, %(text_hash)s)"
)
