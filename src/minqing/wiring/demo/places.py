"""The invented county in the official coding: county, 8 townships, 60 villages and communities, groups and courtyards.

Codes follow GB/T 2260 and GB/T 10114 (streets 001–099, towns 100–199, townships 200–399; communities 001–199,
villages 200–399); groups and courtyards have no national code and get a local suffix. 柴埠洲村 ended last year
and went into 荻花洲村.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache

from minqing.wiring.demo.dice import listed

COUNTY = "990101000000"
PROVINCE, CITY, AREA = "99", "9901", "990101"
BEGAN = date(1949, 10, 1)


@dataclass(frozen=True, slots=True)
class Place:
    """One row of the tree; the field names are those of the list that `minqing import places` reads."""

    code: str
    name: str
    name_en: str
    initials: str
    level: str
    parent: str | None
    households: int | None = None
    people: int | None = None
    urban: str = ""
    valid_from: date = BEGAN
    valid_to: date | None = None
    successor: str | None = None


@dataclass(frozen=True, slots=True)
class Village:
    """What stories need to know of a village or community: its words, and how much is heard from it."""

    code: str
    name: str
    short: str
    pinyin: str
    name_en: str
    initials: str
    township: str
    township_code: str
    town: bool
    groups: tuple[str, ...]
    households: int
    weight: float
    spots: tuple[str, ...]


TOWNSHIPS = """
990101001 棠城街道 Tang-cheng
990101002 望渡街道 Wang-du
990101100 石桅镇 Shi-wei
990101101 白荻镇 Bai-di
990101102 云碓镇 Yun-dui
990101103 双桕镇 Shuang-jiu
990101200 青箬乡 Qing-ruo
990101201 鹤坳乡 He-ao
"""

# code, name, pinyin in syllables, households, how much is heard (1 = usual, 0.1 = quiet), groups or courtyards
VILLAGES = """
990101001001 文棂社区 Wen-ling 2630 9.6 文棂家园,老粮站大院,棂星里,县丝厂宿舍,河堤小区,三元阁小区
990101001002 钟鼓台社区 Zhong-gu-tai 2210 8.8 钟鼓台新村,瓷厂家属院,鼓楼后街院,锦棠花园,望台公寓
990101001003 弯埠头社区 Wan-bu-tou 1780 4 弯埠里,船队宿舍,埠头安置房,清棠雅居
990101001004 棠泽社区 Tang-ze 3120 9.8 棠泽湾一期,棠泽湾二期,泽畔新居,农机厂大院,书香棠泽,北环安置小区
990101001005 榆墙社区 Yu-qiang 1460 2.2 榆墙小区,供销社老院,榆荫里,东岭公租房
990101001006 染坊巷社区 Ran-fang-xiang 1190 1.6 染坊巷,青石院,布市街院
990101001200 枫杨岸村 Feng-yang-an 640 1.4 6
990101001201 菜籽岭村 Cai-zi-ling 580 1.1 6
990101002001 渡口坊社区 Du-kou-fang 1950 8.6 渡口坊小区,望渡花园,航运新村,坊前公寓,红砖院
990101002002 盐码头社区 Yan-ma-tou 1330 2.4 盐码头街院,江声小区,盐仓里
990101002003 桐籽社区 Tong-zi 1620 2.8 桐籽苑,机床厂宿舍,桐籽坡安置房,晨晖里
990101002004 机耕站社区 Ji-geng-zhan 980 1.2 机耕站大院,农科小区,站前里
990101002200 沙嘴垱村 Sha-zui-dang 520 1.2 5
990101002201 葛麻湾村 Ge-ma-wan 470 0.9 5
990101002202 鹭丝田村 Lu-si-tian 610 1.3 7
990101100001 石桅街社区 Shi-wei-jie 1120 3 桅杆街院,石桅新街,码头老街,中学家属院
990101100200 老桅村 Lao-wei 730 8.7 8
990101100201 窑火坪村 Yao-huo-ping 560 1.2 6
990101100202 麻柳沱村 Ma-liu-tuo 490 0.8 6
990101100203 担水岩村 Dan-shui-yan 380 0.7 5
990101100204 翻车湾村 Fan-che-wan 410 0.6 5
990101100205 瓦罐冲村 Wa-guan-chong 520 1 6
990101100206 梨木寨村 Li-mu-zhai 350 0.4 4
990101100207 铁墩垭村 Tie-dun-ya 330 0.25 4
990101101001 白荻街社区 Bai-di-jie 1060 2.4 荻港街院,白荻新苑,粮库院
990101101200 荻花洲村 Di-hua-zhou 860 8.5 9
990101101201 四眼塘村 Si-yan-tang 570 1 6
990101101202 鸭棚子村 Ya-peng-zi 450 0.7 5
990101101203 磨盘洑村 Mo-pan-fu 520 0.9 6
990101101204 杏叶垸村 Xing-ye-yuan 480 0.7 5
990101101205 鳝溪沟村 Shan-xi-gou 390 0.5 4
990101101206 长堰尾村 Chang-yan-wei 610 1.2 7
990101101207 芦笛坝村 Lu-di-ba 430 0.5 5
990101102001 云碓街社区 Yun-dui-jie 940 2 云碓新街,碓房院,茶站小区
990101102200 老碓口村 Lao-dui-kou 590 1.1 6
990101102201 纸槽坑村 Zhi-cao-keng 360 0.5 4
990101102202 茶盏岭村 Cha-zhan-ling 420 0.7 5
990101102203 雾里坪村 Wu-li-ping 310 0.3 4
990101102204 棕匠沟村 Zong-jiang-gou 390 0.5 5
990101102205 斑竹垴村 Ban-zhu-nao 340 0.35 4
990101102206 石斛岩村 Shi-hu-yan 280 0.2 4
990101103001 双桕街社区 Shuang-jiu-jie 990 2 双桕新街,桕园小区,糖厂宿舍
990101103200 桕子湾村 Jiu-zi-wan 630 1.2 7
990101103201 花椒坡村 Hua-jiao-po 470 0.8 5
990101103202 木榨坊村 Mu-zha-fang 550 0.9 6
990101103203 晒簟坪村 Shai-dian-ping 500 0.8 6
990101103204 牛角垱村 Niu-jiao-dang 420 0.5 5
990101103205 熬糖寮村 Ao-tang-liao 450 0.6 5
990101103206 蓑衣渡村 Suo-yi-du 370 0.4 4
990101200001 青箬街社区 Qing-ruo-jie 520 1.1 青箬街院,林站小区
990101200200 箬叶村 Ruo-ye 430 0.7 5
990101200201 笋壳溪村 Sun-ke-xi 360 0.5 5
990101200202 蜂桶岩村 Feng-tong-yan 290 0.3 4
990101200203 苦竹坳村 Ku-zhu-ao 310 0.25 4
990101200204 割漆垭村 Ge-qi-ya 240 0.12 4
990101201200 鹤坳村 He'ao 460 0.8 6
990101201201 云趾坪村 Yun-zhi-ping 330 0.3 4
990101201202 冷杉槽村 Leng-shan-cao 260 0.12 4
990101201203 羊蹄子村 Yang-ti-zi 290 0.2 4
990101201204 火草坪村 Huo-cao-ping 230 0.1 4
"""
ENDED = ("990101101208", "柴埠洲村", "Chai-bu-zhou", 210, "990101101200")

RURAL_SPOTS = listed("""
村口 晒坝边 老碾房旁 水井边 大黄葛树下 村小背后 祠堂前面 村卫生室门口 老供销点 堰塘埂上 机耕桥头 竹林湾 坡上几户 沟对面
后山脚 河坝头 三岔路口 土地庙旁 老屋场 养鸡场后头 村委会坝子 油坊坎下 石拱桥边 变压器底下 柏树坪 梯田脚下 半坡院子 新修的水池边
""")
TOWN_SPOTS = listed("""
菜市场东门 老电影院门口 公交站后面 实验小学西侧 河堤步道 农贸市场背街 县医院斜对面 汽车站出站口 小区南门 单元楼下 垃圾房旁边
幼儿园门口 快递驿站边 广场北角 加油站路口 人行天桥下 社区服务站门口 地下车库入口 老法院巷口 建材街中段 桥头公园 文化馆后院 三号楼背后 围墙缺口
""")
NUMERALS = "零一二三四五六七八九十"


SUFFIXES = {
    "县": "County",
    "街道": "Subdistrict",
    "镇": "Town",
    "乡": "Township",
    "社区": "Community",
    "村": "Village",
}
SUFFIX_INITIALS = {"县": "x", "街道": "jd", "镇": "z", "乡": "x", "社区": "sq", "村": "c"}


def joined(syllables: str) -> str:
    """Pinyin written together, with the apostrophe where a syllable begins with a vowel: he-ao → He'ao."""
    first, *rest = syllables.split("-")
    return first + "".join("'" + syllable if syllable[0] in "aeo" else syllable for syllable in rest)


def _suffix(name: str) -> str:
    return next(suffix for suffix in SUFFIXES if name.endswith(suffix))


def _english(name: str, syllables: str) -> str:
    return f"{joined(syllables)} {SUFFIXES[_suffix(name)]}"


def _initials(name: str, syllables: str) -> str:
    """The first letters by which it is found when typed in pinyin: 老桅村 → lwc."""
    return "".join(s[0] for s in syllables.lower().split("-")) + SUFFIX_INITIALS[_suffix(name)]


def ended_on(today: date) -> date:
    """Codes change with the count of 30 June; the village ended with that of last year."""
    return date(today.year - 1, 6, 30)


@cache
def townships() -> tuple[tuple[str, str, str], ...]:
    """(12-digit code, name, pinyin in syllables) of the eight townships."""
    rows = (line.split() for line in TOWNSHIPS.strip().splitlines())
    return tuple((code.ljust(12, "0"), name, syllables) for code, name, syllables in rows)


@cache
def villages() -> tuple[Village, ...]:
    """The sixty that are in force, in the order of their codes."""
    above = {code[:9]: name for code, name, _ in townships()}
    out = []
    for line in VILLAGES.strip().splitlines():
        code, name, syllables, households, weight, groups = line.split()
        town = name.endswith("社区")
        names = (
            tuple(groups.split(",")) if town else tuple(f"{NUMERALS[n]}组" for n in range(1, int(groups) + 1))
        )
        start = int(code[-3:]) * 5 % 20
        pool = TOWN_SPOTS if town else RURAL_SPOTS
        spots = tuple((pool + pool)[start : start + 16])
        out.append(
            Village(
                code, name, name.removesuffix("社区").removesuffix("村"), joined(syllables),
                _english(name, syllables), _initials(name, syllables), above[code[:9]], code[:9] + "000",
                town, names, int(households), float(weight), spots,
            )
        )  # fmt: skip
    return tuple(out)


@cache
def village(code: str) -> Village:
    return next(v for v in villages() if v.code == code)


def places(today: date) -> Iterator[Place]:
    """Every row of the tree, parents first; groups and courtyards too."""
    yield Place(COUNTY, "棠川县", "Tangchuan County", "tcx", "county", None, urban="")
    for code, name, syllables in townships():
        yield Place(code, name, _english(name, syllables), _initials(name, syllables), "township", COUNTY)
    for place in villages():
        yield Place(
            place.code, place.name, place.name_en, place.initials, "village", place.township_code, place.households,
            round(place.households * 2.9), _urban_class(place),
        )  # fmt: skip
        for number, group in enumerate(place.groups, 1):
            english = f"{place.pinyin} {'Courtyard' if place.town else 'Group'} {number}"
            size = place.households // len(place.groups)
            yield Place(f"{place.code}-{number:02d}", group, english, "", "group", place.code, size)
    code, name, syllables, households, successor = ENDED
    yield Place(
        code, name, _english(name, syllables), _initials(name, syllables), "village", code[:9] + "000", households,
        round(households * 2.9), "220", BEGAN, ended_on(today), successor,
    )  # fmt: skip


def _urban_class(place: Village) -> str:
    """The statistical class: 111 town centre, 121 centre of a town, 210 centre of a township, 220 village."""
    if not place.town:
        return "220"
    return {"0": "111", "1": "121", "2": "210"}[place.code[6]]


def streets_csv() -> str:
    """The townships in the form of the national list."""
    out = io.StringIO()
    sheet = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    out.write("code,name,areaCode,provinceCode,cityCode\n")
    for code, name, _ in townships():
        sheet.writerow([int(code[:9]), name, int(AREA), int(PROVINCE), int(CITY)])
    return out.getvalue()


def villages_csv() -> str:
    """The villages in the form of the national list."""
    out = io.StringIO()
    sheet = csv.writer(out, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\n")
    out.write("code,name,streetCode,provinceCode,cityCode,areaCode\n")
    for place in villages():
        row = [int(place.code), place.name, int(place.code[:9]), int(PROVINCE), int(CITY), int(AREA)]
        sheet.writerow(row)
    return out.getvalue()
