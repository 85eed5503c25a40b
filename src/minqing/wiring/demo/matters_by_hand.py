"""The words and steps of the matters that stand for a state each: see by_hand_states."""

from dataclasses import dataclass, field
from typing import Any

from minqing.ground.people.rules import ReplyBy
from minqing.work.cases.rules import Outcome, Path, ReplyKind, Track
from minqing.work.intake.rules import Channel


@dataclass(frozen=True)
class Step:
    """An act of one office; `ago` workdays before the end."""

    ago: int
    act: str
    office: str = ""
    more: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Matter:
    """`told`: the facts somebody hears of, and how that message ended. `last_quarter`: days count back from its end."""

    person: int
    ago: int
    track: Track
    title: str
    text: str
    steps: tuple[Step, ...] = ()
    place: str = "990101100200"
    reply_by: ReplyBy = ReplyBy.PHONE
    told: tuple[tuple[str, str], ...] = ()
    last_quarter: bool = False

    @property
    def desk(self) -> str:
        return "xfj" if self.track is Track.PETITION else "hotline"

    @property
    def channel(self) -> Channel:
        return Channel.IN_PERSON if self.track is Track.PETITION else Channel.PHONE


TOWN, HILL = "990101001004", "990101101200"
P, H, S = Track.PETITION, Track.ORDER, Track.SIMPLE


def to(ago: int, office: str, act: str = "forward") -> Step:
    return Step(ago, act, "hotline", {"to": office})


def reply(ago: int, office: str, outcome: Outcome, text: str, facts: str, reasons: str, basis: str) -> Step:
    said = {
        "kind": ReplyKind.ANSWER,
        "outcome": outcome,
        "text": text,
        "facts": facts,
        "reasons": reasons,
        "basis": basis,
    }
    return Step(ago, "reply", office, said)


MATTERS = (
    Matter(
        3101, 38, P, "补发的耕地补贴少了一亩",
        "我家承包六亩二分，今年补贴只到了五亩二分的钱。经办说表上就是这么填的，让我来问是谁填的。",
        (
            Step(37, "forward", "xfj", {"to": "nongye"}), Step(36, "accept", "nongye"),
            Step(30, "ask"), Step(24, "ask"), Step(18, "ask"), Step(12, "ask"),
            Step(4, "settle_now", "nongye", {"text": "录表时把六写成了五，已改过来，少的一亩同下一批一起打到卡上，底单给本人看过。"}),
        ), last_quarter=True,
    ),
    Matter(
        3102, 1, P, "路口的反光镜被撞歪了", "村口下坡那个反光镜前天让货车蹭歪了，照的是天，看不见上来的车。",
    ),
    Matter(
        3103, 0, H, "桥墩底下被水掏空一块", "北边石桥中间那个墩子，水退了以后看见底下空了一大块，人能钻进去。桥上还在过重车。",
        (Step(0, "refer_up", "hotline", {"reason": "桥还在过重车，封不封路要县里当天定。"}),),
    ),
    Matter(
        3104, 40, H, "外省买的铺面退不了款", "我在外省县城交了铺面的定金，对方拖着不退，想请热线出面催。",
        (Step(39, "decline", "hotline", {
            "reason": "铺面和卖家都在外省，本县的单位没有管这件事的权，收下了也办不成。", "basis": "《信访工作条例》第二十二条",
            "where_to": "可以打铺面所在县的12345；要退定金的，也可以向那里的法院起诉，合同和转账单请留好。"}),),
        TOWN,
    ),
    Matter(
        3105, 45, H, "楼下早市占了消防通道", "早市的车把通道堵到九点，前两天我报过，想撤回，因为摊位已经说好挪到南墙。",
        (Step(44, "take_back", "xfj"),), TOWN,
    ),
    Matter(
        3111, 1, S, "老年卡刷不上车", "六十五岁的卡换了新的，上车刷不响，司机叫我去问，不知道该问谁。", (), TOWN,
    ),
    Matter(
        3112, 1, S, "收费单上多了一项", "这个月水费单子上多出一项八块钱，写的是别的，看不懂是什么。", (to(1, "gongshui"),), TOWN,
    ),
    Matter(
        3113, 1, S, "路牌的字写错了", "进村那块新路牌，村名的字写成了另一个字，快递老送错。", (to(1, "minzheng", "assign"),),
    ),
    Matter(
        3114, 1, S, "井盖响，夜里睡不着", "窗子底下的井盖松了，车一压就响，一夜几十回。",
        (to(1, "zhujian", "assign"), Step(1, "object", "zhujian", {
            "reason": "盖上铸的是供水公司的字，井里是它的阀门。", "basis": "《城市道路管理条例》第二十三条"})), TOWN,
    ),
    Matter(
        3115, 0, S, "坡上的大石头裂了缝", "学校后坡那块石头裂了一道缝，早上看又宽了一指，孩子天天从下面过。",
        (Step(0, "refer_up", "hotline", {"reason": "学生每天从坡下过，绕不绕路要当天定下来。"}),), HILL,
    ),
    Matter(
        3116, 2, S, "公交站台的顶棚漏雨", "站台顶棚破了两块，下雨等车和没棚一样，坐的条凳也是湿的。",
        (to(2, "jiaotong"), Step(2, "accept", "jiaotong")), TOWN, ReplyBy.EMAIL, (("case.accepted", "failed"),),
    ),
    Matter(
        3117, 3, S, "图书室周末不开门", "镇上图书室周末锁着，孩子只有周末有空，贴的时间写的是开门。",
        (Step(3, "accept", "hotline"), Step(1, "extend", "hotline", {
            "days": 2, "reason": "管图书室的人出差了，周末由谁开门要等回来当面定。"})),
        HILL, ReplyBy.SMS, (("case.accepted", "sent"), ("case.extended", "unknown")),
    ),
    Matter(
        3118, 30, S, "河边的步道断了一截", "步道修到磨坊就断了，人都从公路上绕过去，想问剩下那截还修不修。",
        (Step(29, "accept", "hotline"), Step(27, "park", "hotline", {
            "reason": "剩下四十米要过一片没有征的滩地，今年的计划里没有这笔钱。", "authority": "要县里把滩地和钱一起定下来。",
            "in_days": 150})),
        TOWN, ReplyBy.LETTER, (("case.parked", "pending"),),
    ),
    Matter(
        3119, 3, S, "校门口的斑马线磨没了", "小学门口的斑马线只剩几道印子，车不减速，接孩子的人站在路中间拦。",
        (Step(3, "accept", "hotline"), reply(
            1, "hotline", Outcome.PLANNED, "问过养护站，斑马线排在下周二重画，这几天先摆了两个提示牌。", "养护站到现场量过，线只剩三成看得清。",
            "线看不清的，养护的单位应当补画。", "《道路交通安全法》第三十条")),
        HILL,
    ),
    Matter(
        3120, 4, S, "收割机压倒两行玉米", "隔壁请的收割机掉头，压倒我家两行玉米，两家话说得不好听。",
        (Step(3, "accept", "hotline"), Step(2, "settle", "hotline", {
            "text": "三方电话里说定：两家到地头数了，压倒六十三棵，机手按市价赔，以后掉头走自家地边。"})), HILL,
    ),
    Matter(
        3121, 26, S, "墙上的小广告没人清", "单元门口贴满小广告，我先报了，后来邻居们自己铲了，这件就不用办了。",
        (Step(25, "take_back", "xfj"),), TOWN,
    ),
    Matter(
        3122, 33, S, "试用期最后半个月的工钱", "在饭馆试用了一个半月，走的时候说半个月不算，不给钱。没有签纸。",
        (Step(32, "redirect", "hotline", {
            "way": Path.ARBITRATION, "reason": "给不给、给多少，双方说法不一，要由劳动仲裁来断，断了对方不给还能强制执行。",
            "basis": "《劳动争议调解仲裁法》第五条",
            "where_to": "县劳动人事争议仲裁院，不收费。带上排班的聊天记录，没有合同也收。"}),), TOWN,
    ),
    Matter(
        3123, 50, S, "想把外省的旧驾驶证换回来", "我的证是在外省考的，早过了期，想请县里给那边说一声，免考换一张。",
        (Step(49, "decline", "hotline", {
            "reason": "过期三年以上的证已经注销，免不免考由法规定，县里没有说情的权。", "basis": "《信访工作条例》第二十二条",
            "where_to": "可以到车管所窗口问重新报名的手续，旧证上还有效的科目窗口能查。"}),),
    ),
)  # fmt: skip

JOINT = (
    Matter(3131, 6, H, "机耕路塌了半边", "去大塘的机耕路塌了半边，三轮车过不去，谷子要一担一担往外挑。"),
    Matter(3132, 5, H, "门口的路也陷下去了", "机耕路一塌，我家门口那一截也跟着陷了，门槛外头是空的。"),
    Matter(3133, 5, H, "那条路到底归谁修", "塌了的机耕路，村里说归水利，水利说归农业，我就想要一张写明归谁的纸。"),
)  # fmt: skip
"""The one whose case it is; one with a case of their own; one straight from the sorting table."""
