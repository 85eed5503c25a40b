"""What people of the demo do by the commands themselves, once: words split among several offices, and paired households.

The year's stories are rows made by the hundred; here are a few matters that hang together in ways rows are clumsy at.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from minqing.charter import PUBLIC, Actor
from minqing.ground.law import queries as law
from minqing.ground.offices.queries import actor
from minqing.ground.people import commands as registers
from minqing.ground.people.rules import Contact, ReplyBy
from minqing.methods.clock import CHINA
from minqing.wiring.demo import people
from minqing.wiring.demo.base import Base
from minqing.wiring.demo.loader import note, noted
from minqing.wiring.demo.walk import REVIEW_ASK, local
from minqing.work.cases import commands as cases
from minqing.work.cases.rules import Outcome, ReplyKind, Track
from minqing.work.duties.queries import duties_about
from minqing.work.intake.commands import register_demand
from minqing.work.intake.rules import Anonymity, Channel, Kind, Said
from minqing.work.visits.commands import keep_pair, refuse_pair
from minqing.work.visits.queries import open_pairs_of
from minqing.work.visits.rules import PairKind

DONE = "demo/by-hand"
HOME = "990101100200"


@dataclass(frozen=True)
class Part:
    """One of the things asked for: whose it is, and what comes of it, by days after the word was said.

    `judged` is (day, solved, explained, words); `letter` = outcome, text, facts, reasons, basis.
    """

    title: str
    office: str
    accept: int | None = None
    contact: int | None = None
    reply: int | None = None
    letter: tuple[Outcome, str, str, str, str] | None = None
    judged: tuple[int, str, str, str] | None = None
    object: tuple[int, str, str] | None = None
    spoken: str = ""
    remedy: str = "不服的，三十日内可以向上一级机关请求复查。"


@dataclass(frozen=True)
class Word:
    person: int
    ago: int
    place: str
    channel: Channel
    title: str
    text: str
    reason: str
    parts: tuple[Part, ...] = field(default_factory=tuple)


WORDS = (
    Word(
        811, 78, HOME, Channel.ON_BEHALF, "门口的路、压坏的菜地和低保",
        "去年埋水管把我家门口的路挖开，到现在没有填平，下雨就是一个坑。挖机进出压坏半分菜地，说好赔也没有赔。"
        "我腿脚不好，儿子在外头不挣什么钱，想问低保还能不能办。三件事问了三个地方，都说不归自己。",
        "三件事归三个单位，各自答复，免得又互相等。",
        (
            Part("把门口挖开的路填平", "jiaotong", 4, 6, 21, (
                Outcome.SUPPORT, "路面已按原来的厚度填平压实，连两头接缝一共补了十一米，管沟上加了一层碎石。",
                "埋管单位完工后没有恢复路面，现场量得坑长九米、最深二十厘米。", "埋管时挖开的村道，应当由挖的单位恢复原样，交通局负责督促。",
                "《公路法》第四十四条"), (25, "yes", "yes", "填平了，下雨也不积水。")),
            Part("压坏的半分菜地怎么赔", "990101100000", 5, 8, 33, (
                Outcome.PARTLY, "菜地按一季的收成赔，已当面算清写在单子上；您要的三季没有依据，差在哪里也写明了。",
                "压坏的地丈量为三十四平方米，已于当年秋天复种。", "临时用地按约定给补偿；地没有荒三季，赔一季合乎实际。",
                "《土地管理法》第五十七条"), (40, "partly", "yes", "钱拿到了，比想的少，道理说清楚了。")),
            Part("低保能不能办", "minzheng", 4, 7, 45, (
                Outcome.REJECT, "这次核下来，一家三口人均收入高于低保线，不能办。收入再有变化可以重新申请；看病花得多的，可以另申请临时救助。",
                "入户核对两次，本人和儿子的收入都有凭据。", "低保看一家人的人均收入，不看谁腿脚好不好；残疾的补贴另有一条路，表已带到家里。",
                "《社会救助暂行办法》第十一条"), (66, "no", "yes", "不能办也认了，可药钱还是没着落。"),
                remedy="不服的，三十日内可以请求复查；对不批准低保的决定，也可以在六十日内申请行政复议。"),
        ),
    ),
    Word(
        1207, 36, "990101101200", Channel.IN_PERSON, "修渠占的地、不进水的渠和没结的工钱",
        "村里修渠从我家地头过，占了一溜地没有登记。渠修好了，水到我家那一截反而上不来。"
        "修渠的时候我做了十九个工，工钱还差一半。想请三家各给一句准话，哪怕说不行也行。",
        "占地、通水、工钱各有主管，拆开各办各的。",
        (
            Part("修渠占地的登记和补偿", "ziran", 3, 5, spoken="见了面，量地的日子定在下周一，请把老承包证找出来。"),
            Part("渠修好以后水上不来", "shuili", 3, 4, 24, (
                Outcome.PLANNED, "现场量过，渠底在您地头高出八厘米，水确实上不来。列入今年冬修，开工前先抽水浇两次，日子写在村口。",
                "两次放水都有人在现场，水面到不了分水口。", "管渠的单位要巡查维修，保证渠能正常用。",
                "《农田水利条例》第二十一条"), (30, "partly", "yes", "等冬天看，先抽水是真来了。")),
            Part("修渠欠的工钱", "renshe", 2, 3, 20, (
                Outcome.SUPPORT, "十九个工的账对上了，欠的一半由施工方补齐，已打到本人卡上。", "工头的记工本和本人说的一天不差。",
                "分包欠的工钱，由总承包的单位先付清。", "《保障农民工工资支付条例》第三十条"), (23, "yes", "yes", "钱到了。")),
        ),
    ),
    Word(
        1640, 5, "990101001004", Channel.WEB, "楼上漏水、楼道灯和孩子上学",
        "楼上卫生间漏水，把我家里屋的墙泡花了，物业来看过三次没有下文。楼道的灯坏了两层，老人晚上不敢下楼。"
        "还想问一句，我们这个院子今年划到哪个小学。",
        "三句话问的是三个单位，分开问得清楚。",
        (
            Part("楼上漏水，物业不管", "zhujian", 2, 3, spoken="打电话问清了是两间屋漏，约好周四下午和物业一起上门看，楼上那家也说好在家。"),
            Part("楼道灯坏了两层", "chengguan", object=(
                3, "楼道里的灯是小区共用的，归物业管，该由住建局督促。", "《民法典》第二百七十四条")),
            Part("今年划到哪个小学", "jiaoyu", 1, 2, spoken="您那个院子今年的划片还在公示，下周公示完，定了当天打电话告诉您。"),
        ),
    ),
)  # fmt: skip


PAIRS = (
    (
        PairKind.HARDSHIP,
        902,
        41,
        "一个月去看一次，有事先打电话",
        ("屋顶漏雨报进危房改造", "秋收请邻居搭把手"),
    ),
    (PairKind.HARDSHIP, 380, 12, "陪着把慢性病的报销跑通", ("慢性病证",)),
    (PairKind.STUDENT, 260, 300, "开学前问一次学费和住宿", ("助学贷款的表", "暑假书费")),
    (PairKind.MEMBER, 545, 77, "村里要修路，先听这户怎么说", ()),
    (PairKind.PETITIONER, 150, 164, "答应过的三件事，一件一件跟到底", ("水沟改道", "补偿单对账")),
)
REFUSED = (PairKind.HARDSHIP, 420, 233, 64)


@transaction.atomic
def once(base: Base, at: datetime) -> None:
    """All of it or nothing, and never twice."""
    if noted(DONE) is not None:
        return
    for word in WORDS:
        _tell(base, word, at)
    _pair(base, at)
    note(DONE, 1)


def _tell(base: Base, word: Word, end: datetime) -> None:
    """The word from the mouth to the verdicts; what lies after the end of the year has not happened yet."""
    said_at = _hour(end, word.ago, 0)
    known = people.resident(word.person, word.place, 1)
    writer = _who(base, word.place, "village_cadre", said_at) if word.channel is Channel.ON_BEHALF else None
    desk = _who(base, "xfj", "dispatcher", said_at)
    told = register_demand(
        by=writer or (desk if word.channel is Channel.IN_PERSON else PUBLIC), at=said_at,
        said=Said(
            text=word.text, title=word.title, name=known.name, phone=known.phone, address=known.address, place=word.place,
            anonymity=Anonymity.NAMED, channel=word.channel, kind=Kind.HELP, reply_by=ReplyBy.PHONE, lang="zh-hans",
            sender="demo", sender_key=f"by-hand/{word.person}",
        ),
    )  # fmt: skip
    opened = _hour(end, word.ago, 0, 2)
    whole = cases.open_case(
        by=desk, at=opened, demand_id=told.demand_id, title=word.title, track=Track.PETITION
    )
    made = cases.split_demand(
        by=desk, demand_id=told.demand_id, case_id=whole.pk, at=opened, reason=word.reason,
        parts=[cases.Part(part.title, base.offices[part.office]) for part in word.parts],
    )  # fmt: skip
    acts = sorted(
        (act for part, case in zip(word.parts, made, strict=True) for act in _acts(part, case.pk)),
        key=lambda act: (act[0], act[1]),
    )
    for day, act, case_id, part, more in acts:
        then = _hour(end, word.ago, day, 1 + ORDER.index(act))
        if then <= end:
            _do(act, base, told.demand_id, case_id, part, then, more)
    for case in made:
        _lapse(case.pk, end)


ORDER = ("accept", "object", "contact", "reply", "serve", "judge")


def _acts(part: Part, case_id: UUID) -> Iterator[tuple[int, str, UUID, Part, dict[str, Any]]]:
    if part.accept is not None:
        yield part.accept, "accept", case_id, part, {}
    if part.object is not None:
        day, reason, basis = part.object
        yield day, "object", case_id, part, {"reason": reason, "basis": basis}
    if part.contact is not None:
        yield part.contact, "contact", case_id, part, {"words": part.spoken}
    if part.reply is not None and part.letter is not None:
        outcome, text, facts, reasons, basis = part.letter
        letter = {
            "kind": ReplyKind.ANSWER, "outcome": outcome, "text": text, "request": part.title + "。", "facts": facts,
            "reasons": reasons, "basis": basis, "remedy": part.remedy,
        }  # fmt: skip
        yield part.reply, "reply", case_id, part, letter
        yield part.reply + 1, "serve", case_id, part, {"way": "by_hand"}
    if part.judged is not None:
        day, solved, explained, words = part.judged
        yield day, "judge", case_id, part, {"solved": solved, "explained": explained, "words": words}


def _do(
    act: str, base: Base, demand_id: UUID, case_id: UUID, part: Part, at: datetime, more: dict[str, Any]
) -> None:
    if act == "judge":
        cases.give_verdict(by=cases.resident_of(demand_id), case_id=case_id, at=at, **more)
        return
    if act == "serve":
        more = more | {"on": local(at)}
    by = _who(base, part.office, "office_head" if act == "reply" else "handler", at)
    getattr(cases, f"{act}_case")(by=by, case_id=case_id, at=at, **more)


def _lapse(case_id: UUID, end: datetime) -> None:
    """An answer nobody asked to be reviewed stands from the day after the last one."""
    for duty in duties_about([case_id]).get(case_id, ()):
        if duty.rule == REVIEW_ASK and duty.met_at is None and duty.due_at < end:
            cases.lapse_case(case_id=case_id, at=duty.due_at + timedelta(seconds=1))


def _who(base: Base, office: str, role: str, at: datetime) -> Actor:
    """Whoever holds the seat; where it is empty, the other one of the office."""
    found = base.by_role.get((office, role)) or base.by_role[office, "handler"]
    return actor(found, on=local(at))


def _hour(end: datetime, ago: int, later: int, hour: int = 0) -> datetime:
    """Nine o'clock and some hours, on the first workday at or after that day."""
    day, calendar = local(end) - timedelta(days=ago - later), law.calendar()
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return datetime.combine(day, time(9 + hour, 7 * hour + 5), CHINA)


def _pair(base: Base, at: datetime) -> None:
    """The village cadre of the demo keeps five households in mind; one said no and that was that."""
    cadre = base.accounts["village_cadre"]
    for n, (kind, person, since, plan, items) in enumerate(PAIRS):
        keep_pair(
            cadre_id=cadre, household_id=_household(n, person, at - timedelta(days=since)), kind=kind, from_on=local(at) - timedelta(days=since),
            plan=plan, items=items, at=at - timedelta(days=since),
        )  # fmt: skip
    kind, person, since, ago = REFUSED
    began, said_no = at - timedelta(days=since), at - timedelta(days=ago)
    household = _household(len(PAIRS), person, began)
    keep_pair(cadre_id=cadre, household_id=household, kind=kind, from_on=local(began), at=began)
    (pair_id,) = open_pairs_of({household}, on=local(said_no))
    refuse_pair(by=actor(cadre, on=local(said_no)), pair_id=pair_id, at=said_no)


def _household(n: int, person: int, at: datetime) -> UUID:
    known = people.resident(person, HOME, 1 + n % 4)
    household = registers.open_household(place=HOME, external_key=f"demo-{n + 1:03d}")
    contact = Contact(name=known.name, phone=known.phone, address=known.address)
    lives = registers.keep_person(contact, place=HOME, reply_by=ReplyBy.PHONE, lang="zh-hans", at=at)
    registers.live_in(person_id=lives, household_id=household)
    return household
