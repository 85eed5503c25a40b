"""Channels, kinds, anonymity, and what is refused at the door. Pure."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from minqing.ground.people.rules import ReplyBy, is_mail_address
from minqing.kernel.errors import BadField, Refusal
from minqing.kernel.words import Word
from minqing.methods.clock import CHINA
from minqing.methods.tree.sandwich import class_of

TEXT_LIMIT = 20_000
TITLE_LIMIT = 200
FINDS_AN_HOUR = 20
"""So often one account may look for lost slips: enough for a counter, too few to try out a telephone book."""
FIRST_DAY = date(1949, 10, 1)


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


EMERGENCY_WORDS = (
    "着火",
    "起火了",
    "正在打人",
    "要出人命",
    "晕倒了",
    "触电了",
    "塌了压",
    "被困",
    "燃气泄漏",
    "煤气泄漏",
    "落水",
)
DESPAIR_WORDS = ("不想活", "活不下去", "轻生", "自杀", "跳楼", "喝农药", "了结自己", "死了算了", "一起死")


def alarm_in(text: str) -> Alarm:
    """Despair before danger: both get a person today; nobody is turned away because of such words."""
    if any(word in text for word in DESPAIR_WORDS):
        return Alarm.DESPAIR
    return Alarm.LIFE if any(word in text for word in EMERGENCY_WORDS) else Alarm.NONE


class NothingSaid(Refusal):
    code, status, text = "demand.empty", 422, "请写一句：出了什么事？"


class TooLong(Refusal):
    code, status, text = (
        "demand.too-long",
        422,
        "您写了{n}字，一次最多{limit}字。请分成两次，或当面、寄信反映；写的内容都还在下面。",
    )


class BadWord(Refusal):
    code, status, text = "demand.bad-word", 422, "口令应是4位数字。"


class OwnOfficeAccused(Refusal):
    code, status, text = (
        "demand.own-office",
        403,
        "这封反映的是您所在的单位或干部，不能由您代录。请对方拨打{phone}，或自己上网填写。",
    )


class UnknownReceipt(Refusal):
    code, status, text = (
        "receipt.unknown",
        404,
        "没有找到。请核对查询码；查询码丢了，可带身份证件到接待窗口，或请我们回拨您登记时留的电话。",
    )


class BothNeeded(Refusal):
    code, status, text = "demand.both-needed", 422, "电话和姓名都要填，而且要和登记时完全一样。"


class TooManyFinds(Refusal):
    code, status, text = (
        "demand.too-many-finds",
        429,
        "一小时里最多帮人找{limit}次，这一小时已经用完。请过{minutes}分钟再找；每一次都有记录。",
    )


class CannotTellWho(Refusal):
    code, status, text = (
        "demand.cannot-tell-who",
        409,
        "这件事是匿名登记的，没法核对是谁来问，不能补发查询码。可以重新反映。",
    )


class WordNeeded(Refusal):
    code, status, text = "receipt.word-needed", 403, "看答复内容，请输入您登记时设的4位口令。"


class BadArrival(Refusal):
    code, status, text = "demand.bad-arrival", 422, "收到的日期应在{first}到今天之间。"


class AlreadyRead(Refusal):
    code, status, text = "demand.already-read", 409, "这份扫描件已经录入，或已经在办。请刷新后再看。"


class InAnotherState(Refusal):
    code, status, text = "demand.moved-on", 409, "这件事已经有人分办了。请刷新后再看。"


@dataclass(frozen=True)
class Said:
    """What one person said, as a door hands it in. `sender` and `sender_key` tell a repeat from a new word."""

    text: str
    anonymity: Anonymity
    channel: Channel
    kind: Kind
    reply_by: ReplyBy
    lang: str
    sender: str
    sender_key: str
    title: str = ""
    place: str = ""
    place_words: str = ""
    name: str = ""
    phone: str = ""
    address: str = ""
    email: str = ""
    word: str = ""
    n_people: int = 1
    arrived_on: date | None = None
    accuses: bool = False
    scan_id: UUID | None = None
    original_id: UUID | None = None


@dataclass(frozen=True)
class ClockLine:
    """One clock of a slip: the day it ends, and why that day."""

    key: str
    from_: date
    statutory: date
    due: date
    due_at: datetime
    provisional: bool
    basis: str
    explanation: str
    rule_from: date


@dataclass(frozen=True)
class Registered:
    """What a door gives to the person. `receipt` is empty for a repeat: the code is told once.

    `leaf`: the hash (32 octets) under which the word stands, or will stand, in the log; `record.log.commands.promise`
    over it and `at` is the receipt promise, octet for octet the same each time.
    """

    demand_id: UUID
    receipt: str
    verify_no: str
    at: datetime
    clocks: tuple[ClockLine, ...]
    alarm: Alarm = Alarm.NONE
    repeated: bool = False
    leaf: bytes = b""


class Late(Word):
    """How late a word was entered whose day somebody wrote down (methods.tree.sandwich)."""

    T = "T", "三日内补录"
    L = "L", "十四日内补录，核实过才算数"
    X = "X", "更晚才补录，收到的日子没有凭据"


def late_class(arrived: date, registered: datetime) -> Late | None:
    """What the day is worth that somebody wrote down for a word: None when it is the day of registering itself.

    Counted from the end of that day. Letters and what a cadre writes down for somebody have no device's chain.
    """
    end = datetime.combine(arrived + timedelta(days=1), time(), CHINA)
    if end > registered:
        return None
    return Late(class_of(claimed=end, received=registered, chained=False).value)


def check(said: Said, *, today: date) -> None:
    """Refuses what cannot be kept as it is. Doors have cleaned the text already; nothing is ever cut."""
    if not said.text.strip() and said.scan_id is None:
        raise NothingSaid()
    if len(said.text) > TEXT_LIMIT:
        raise TooLong(n=len(said.text), limit=TEXT_LIMIT)
    if said.word and not (len(said.word) == 4 and said.word.isascii() and said.word.isdigit()):
        raise BadWord()
    if said.arrived_on is not None and not FIRST_DAY <= said.arrived_on <= today:
        raise BadArrival(first=FIRST_DAY.isoformat())
    wrong: dict[str, list[str]] = {}
    if len(said.title) > TITLE_LIMIT:
        wrong["title"] = [TOO_LONG_LINE]
    for field in ("name", "phone", "address", "email", "place_words"):
        if len(getattr(said, field)) > TITLE_LIMIT:
            wrong[field] = [TOO_LONG_LINE]
    if said.reply_by is ReplyBy.EMAIL and not is_mail_address(said.email.strip()):
        wrong["email"] = ["要发邮件，请写明发到哪个邮箱，或者换一种办法。"]
    if not 1 <= said.n_people <= 100_000:
        wrong["n_people"] = ["人数应在1到100000之间。"]
    for field in ("text", "title", "name", "address", "place_words", "phone", "email"):
        if not storable(getattr(said, field)):
            wrong[field] = ["有系统存不下的字符。"]
    if wrong:
        raise BadField(fields=wrong)


TOO_LONG_LINE = "太长了，这一格最多200字。"


def storable(text: str) -> bool:
    """PostgreSQL keeps every character but NUL and half a surrogate pair."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


OWN_WORDS = (
    "村干部",
    "村支书",
    "支书",
    "村主任",
    "村长",
    "村会计",
    "村委",
    "社区干部",
    "社区书记",
    "组长",
    "本村",
    "我们村的书记",
)
ACCUSING_WORDS = (
    "贪污", "贪了", "侵占", "挪用", "克扣", "截留", "冒领", "虚报", "吃回扣", "受贿", "行贿", "收钱", "收了钱", "送礼",
    "索要", "乱收费", "优亲厚友", "打击报复", "威胁我", "公款", "以权谋私", "举报", "检举", "控告",
)  # fmt: skip


def accuses_own(said: Said, *, own_names: tuple[str, ...]) -> bool:
    """Does a word taken down on somebody's behalf accuse the writer's own office or its people? Rather too often yes."""
    words = said.title + said.text
    accusing = said.accuses or said.kind is Kind.REPORT or any(word in words for word in ACCUSING_WORDS)
    return accusing and (said.accuses or any(word in words for word in (*OWN_WORDS, *own_names) if word))


GRAVE_WORDS = (
    "贪污", "侵占", "挪用", "克扣", "截留", "冒领", "虚报", "吃回扣", "受贿", "行贿", "索贿", "优亲厚友", "打击报复", "公款",
    "以权谋私", "举报", "检举", "控告", "收了好处", "收红包",
)  # fmt: skip
OFFICIAL_WORDS = (
    "村干部", "支书", "村主任", "村长", "村会计", "村委", "社区书记", "社区主任", "干部", "书记", "局长", "科长", "所长", "镇长", "乡长",
    "县长", "站长", "民警", "公务员", "公职", "领导",
)  # fmt: skip


def accuses_officials(words: str) -> bool:
    """Do words of which nobody can be asked (a letter by mail) accuse an official or an office? Both must be named."""
    return any(word in words for word in GRAVE_WORDS) and any(word in words for word in OFFICIAL_WORDS)


DEMAND_SQL = (
    "INSERT INTO intake_demand (id, person_id, text, title, place_id, place_path, place_words, channel, kind, anonymity,"
    " state, alarm, registered_at, arrived_on, code_key, word_key, reply_by, lang, sender, sender_key, verify_no,"
    " written_by_id, n_people, text_hash, scan_id, original_id)"
    " VALUES (%(subject_id)s, %(person_id)s, %(text)s, %(title)s, %(place)s, %(place_path)s, %(place_words)s,"
    " %(channel)s, %(kind)s, %(anonymity)s, %(state)s, %(alarm)s, %(at)s, %(arrived_on)s, %(code_key)s, %(word_key)s,"
    " %(reply_by)s, %(lang)s, %(sender)s, %(sender_key)s, %(verify_no)s, %(by_id)s, %(n_people)s, %(text_hash)s,"
    " %(scan_id)s, %(original_id)s)"
)


def text_hash(text: str) -> bytes:
    """Tells the same words again without reading them."""
    return hashlib.sha256(text.encode()).digest()
