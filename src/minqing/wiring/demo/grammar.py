"""How people and offices of the demo speak: bodies, titles, notes, and decision letters. Our own sentences only.

A body is put together from the tables in `matters/` (what), `voices.txt` (who) and the days around it. Words of the
story that a template may name: v vf t (village, its full name, township), g (group or courtyard), spot spot2 (where),
since day day0 (when), day3 term (until when), n (how many households), rel kid old (who of us), hr night (hour),
off (the office), and the concrete things of the kind.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from minqing.wiring.demo.days import HOURS, NIGHTS, DayWords
from minqing.wiring.demo.dice import listed
from minqing.wiring.demo.matters import HERE, Basis, Draw, Kind, Template, compiled, read_kinds
from minqing.wiring.demo.places import Village

RELATIVES = {
    "farmer": listed("我老伴 我儿媳 我老母亲 我兄弟 我女婿 我儿子 我大哥 我侄儿 我亲家 我姐姐"),
    "student": listed("我爷爷 我奶奶 我外婆 我妈 我爸 我外公 我舅舅 我大伯"),
    "cadre": listed("本人老伴 本人母亲 本人父亲 本人儿子 本人女儿 本人兄弟 本人婆婆 本人侄子"),
    "": listed(
        "我妈 我爸 我奶奶 我爷爷 我婆婆 我公公 我外婆 我丈人 我大伯 我姑姑 我二叔 我舅舅 我姐 我嫂子 我丈夫 我爱人 我弟弟 我岳母"
    ),
}
CHILDREN = {
    "farmer": listed("我孙子 我孙女 我小孙儿 我外孙 我曾孙"),
    "student": listed("我弟弟 我妹妹 我表弟 我堂妹"),
    "cadre": listed("本人孙子 本人女儿 本人外孙 本人小儿子"),
    "": listed("我娃 我女儿 我儿子 我家老大 我家小的 我家老二 我侄女 我外甥"),
}
HOUSEHOLDS = (
    *(f"{n}户人" for n in range(11, 69)), *(f"{n}来户" for n in range(20, 90, 10)), *(f"{n}几户" for n in (10, 20, 30, 40)),
    *(f"{n}户人家" for n in listed("十一 十三 十五 十七 十八 二十一 二十四 二十六 三十二 三十五 四十一")),
)  # fmt: skip
OLD = (*(f"{n}岁" for n in range(66, 92)), *(f"{n}多岁" for n in listed("六十 七十 八十")))
STREETS = listed(
    "老街 新街 河街 北街 南门口 东门口 车站旁 桥头 十字口 菜市场口 学校对面 卫生院隔壁 加油站旁 粮站旁 老戏院旁 码头边"
)
LINKS = listed(
    "还有， 另外， 再说， 说细一点， 不光这样， 更恼火的是， 补一句， 实话说， 前面忘了讲， 要紧的是， 旁人也看见的， 再一个，"
)
DESPAIR = (
    "{rel}{since}夜夜睡不着，{day}跟我说活不下去了，我怕得很",
    "{day}{night}我一个人坐在{spot}，真觉得活不下去了",
    "{since}借遍了{3-19}家，有时候不想活，又舍不得{kid}",
)
DANGER = (
    "{g}{spot}{hr}闻到好大一股味，怕是燃气泄漏，{n}都不敢开灯",
    "{spot}的电线{hr}掉下来，{kid}差点触电了，还在冒火花",
    "{vf}{spot}{hr}涨水，有{#2-4}个人被困在{1-3}楼下不来",
    "{g}{hr}{spot}着火，烟有{2-5}层楼高，里面还有{1-3}个老人",
)

# How a body is laid out: letters are the marks of the tables; small letters may be left out by the dice.
LAYOUTS = (
    "IOFFHA", "IOFA", "OFFHA", "OFHAC", "IOFFKHA", "IOKFHAC", "OFFKA", "IOFHFA", "GIOFFHAC", "GOFFHA", "GIOFKHA",
    "GOFA", "OIFFHA", "OFIKA", "OA", "OF", "IOA", "GIOFFFHKAC", "IOFFFHHAC", "OKFA", "GOKFHA", "IKOFFA", "GIOFHHA", "AOF",
)  # fmt: skip
TERSE = ("OA", "OF", "OFA")


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything a body is made of: the kind, the speaker's voice and the words of the story."""

    kind: Kind
    voice: Kind
    words: dict[str, str]
    near: DayWords
    spots: tuple[str, ...]
    town: bool


def words_of(
    village: Village, group: int, spot: str, voice: str, near: DayWords, office: str, draw: Draw
) -> dict[str, str]:
    """The words that stay the same through one story."""
    relatives = RELATIVES.get(voice) or RELATIVES[""]
    children = CHILDREN.get(voice) or CHILDREN[""]
    return {
        "v": village.short,
        "vf": village.name,
        "t": village.township,
        "g": village.groups[group - 1],
        "spot": spot,
        "spot2": STREETS[draw() % len(STREETS)],
        "since": near.since[draw() % len(near.since)],
        "day": near.past[draw() % len(near.past)],
        "day0": near.months[draw() % len(near.months)],
        "day3": near.later[draw() % len(near.later)],
        "term": near.terms[draw() % len(near.terms)],
        "n": HOUSEHOLDS[draw() % len(HOUSEHOLDS)],
        "rel": relatives[draw() % len(relatives)],
        "kid": children[draw() % len(children)],
        "old": OLD[draw() % len(OLD)],
        "hr": HOURS[draw() % len(HOURS)],
        "night": NIGHTS[draw() % len(NIGHTS)],
        "off": office,
    }


def things_of(kind: Kind, words: dict[str, str], draw: Draw) -> None:
    """Name the concrete things of the matter; `draw` must be the matter's own, so that all who speak of it agree."""
    for name, template in kind.things.items():
        words[name] = template.fill(draw, words)


def _sentence(template: Template, telling: Telling, draw: Draw, first: bool) -> str:
    """One sentence, with its own day, hour and place, so that no date is told twice in the same breath."""
    words, near = telling.words, telling.near
    if not first:
        words["day"] = near.past[draw() % len(near.past)]
        words["hr"] = HOURS[draw() % len(HOURS)]
        words["since"] = near.still[draw() % len(near.still)]
        if draw() & 1:
            words["spot"] = telling.spots[draw() % len(telling.spots)]
    return template.fill(draw, words)


def body_of(telling: Telling, draw: Draw, *, terse: bool = False, aside: tuple[str, ...] = ()) -> str:
    """What one person says. `aside` puts one sentence of these tables at the end (danger, despair)."""
    lines, voice = telling.kind.lines, telling.voice.lines
    layout = TERSE[draw() % len(TERSE)] if terse else LAYOUTS[draw() % len(LAYOUTS)]
    out: list[str] = []
    told: set[tuple[str, int]] = set()
    stop = "。"
    style = draw() % 24
    for mark in layout:
        if mark in "GIKC":
            pool = (voice.get("J") if mark == "I" and telling.town else None) or voice.get(mark)
        else:
            pool = lines.get(mark)
        if not pool:
            continue
        which = draw() % len(pool)
        for _turn in range(len(pool)):  # never the same line twice while there are others
            if (mark, which) not in told:
                break
            which = (which + 1) % len(pool)
        told.add((mark, which))
        text = _sentence(pool[which], telling, draw, not out)
        if mark == "G":
            if text:
                out.append(text + "，")
            continue
        if mark in "FH" and len(out) > 1 and draw() % 4 == 0:
            text = LINKS[draw() % len(LINKS)] + text
        out.append(text + ("？" if text[-1] in "吗呢" else stop))
    if aside:
        out.append(_sentence(compiled(aside[draw() % len(aside)]), telling, draw, False) + stop)
    if style == 0:  # some people do not bother with full stops
        return "，".join(part.rstrip("。，") for part in out)
    if style == 1:
        return "\n".join(out).replace("，\n", "，")
    return "".join(out)


def title_of(telling: Telling, draw: Draw) -> str:
    """Place and problem in a few words."""
    pool = telling.kind.lines["T"]
    text = pool[draw() % len(pool)].fill(draw, telling.words)
    short = telling.words["v"]
    return text if short in text else f"{telling.words['vf']}{text}"


# Offices


@dataclass(frozen=True, slots=True)
class Opinion:
    """A decision letter (处理意见书) or a short answer: request, facts, reasons, opinion, basis, remedy; and a promise."""

    request: str
    facts: str
    reasons: str
    opinion: str
    basis: tuple[Basis, ...]
    remedy: str

    @property
    def basis_text(self) -> str:
        return "；".join(str(one) for one in self.basis)


@cache
def replies() -> Mapping[str, tuple[Template, ...]]:
    """Every line of replies.txt by its mark; the sections only group them for the reader."""
    out: dict[str, tuple[Template, ...]] = {}
    for section in read_kinds(HERE / "replies.txt"):
        for mark, pool in section.lines.items():
            out[f"{section.key}.{mark}" if section.key in ("reasons", "remedy", "request") else mark] = pool
    return out


def line_of(mark: str, words: Mapping[str, str], draw: Draw, style: str = "") -> str:
    """A line under the mark, or under its form for the style of the matter where there is one."""
    pool = replies().get(f"{mark}-{style}") or replies()[mark]
    return pool[draw() % len(pool)].fill(draw, words)


def matter_line(kind: Kind, marks: str, words: Mapping[str, str], draw: Draw) -> str:
    """A line of the kind under the first of `marks` that it has, with a full stop."""
    for mark in marks:
        pool = kind.lines.get(mark)
        if pool:
            return pool[draw() % len(pool)].fill(draw, words) + "。"
    return ""


LETTER = {"done": "DP", "part": "PD", "no": "NXP", "cannot": "XPD", "found": "SD"}
"""Which lines of the kind an answer is made of, by preference."""


def reasons_in(kind: Kind, outcome: str, letter: str) -> str:
    if outcome == "redirect" or (outcome == "explain" and letter != "done"):
        return "reasons.explain"
    return "reasons.told" if outcome == "explain" else f"reasons.{outcome}"


def opinion_of(
    kind: Kind, outcome: str, letter: str, remedy: str, words: Mapping[str, str], draw: Draw
) -> Opinion:
    """A whole letter; every part is filled, as the law asks (信访工作条例 art. 32). `words` hold the finding and law."""
    request = line_of(
        "request." + (kind.style if kind.style in ("told", "paper") else "request"), words, draw
    )
    reasons = line_of(reasons_in(kind, outcome, letter), words, draw)
    opinion = matter_line(kind, LETTER[letter], words, draw)
    return Opinion(
        request, words["finding"] + "。", reasons, opinion, kind.basis, line_of(remedy, words, draw)
    )
