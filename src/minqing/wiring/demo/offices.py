"""The offices of the invented county, who sits in them, who is whose kin, and the demo's fixed sign-in names."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from minqing.wiring.demo.names import staff_names
from minqing.wiring.demo.places import COUNTY, SUFFIXES, joined, townships, village, villages

SEED = 990101


@dataclass(frozen=True, slots=True)
class Office:
    """One office; `kind` is a value of OfficeKind, `superior` the code of the office above."""

    code: str
    name: str
    name_en: str
    short: str
    kind: str
    superior: str | None
    place: str
    telephone: str


@dataclass(frozen=True, slots=True)
class Post:
    """One seat; `key` names it among the posts of its office, `role` is a value of charter.Role."""

    office: str
    key: str
    title: str
    title_en: str
    role: str
    public_line: str = ""


@dataclass(frozen=True, slots=True)
class Staff:
    """One person of the staff and the seat they hold from a day on; `username` is the role's name for the demo ones."""

    username: str
    name: str
    name_en: str
    office: str
    post: str
    role: str
    since: date
    until: date | None = None
    deputising: bool = False


@dataclass(frozen=True, slots=True)
class Kin:
    """A declared tie: to another person of the staff, or to an office."""

    username: str
    relation: str
    other: str | None
    office: str | None
    declared_on: date


# code, name, English, short, kind, superior
COUNTY_OFFICES = """
fuban 县政府办公室 County Government Office|政府办|government|-
lianxi 信访工作联席会议办公室 Joint Meeting Office for Petitions|联席会议办|arbiter|fuban
xfj 县信访局 Petition Bureau|信访局|petition_desk|fuban
hotline 12345热线中心 12345 Hotline Centre|热线中心|hotline|fuban
jw 县纪委监委 Discipline and Supervision Commission|纪委监委|discipline|-
zzb 县委组织部 Organisation Department|组织部|organisation|-
rd 县人大常委会办公室 Office of the County People's Congress|人大办|congress|-
minzheng 县民政局 Civil Affairs Bureau|民政局|department|fuban
renshe 县人力资源和社会保障局 Human Resources and Social Security Bureau|人社局|department|fuban
zhujian 县住房和城乡建设局 Housing and Construction Bureau|住建局|department|fuban
ziran 县自然资源局 Natural Resources Bureau|自然资源局|department|fuban
jiaotong 县交通运输局 Transport Bureau|交通局|department|fuban
jiaoyu 县教育局 Education Bureau|教育局|department|fuban
weijian 县卫生健康局 Health Bureau|卫健局|department|fuban
yibao 县医疗保障局 Medical Insurance Bureau|医保局|department|fuban
huanbao 生态环境分局 Environment Office|生态环境分局|department|fuban
nongye 县农业农村局 Agriculture Bureau|农业农村局|department|fuban
shuili 县水利局 Water Bureau|水利局|department|fuban
gongan 县公安局 Public Security Bureau|公安局|department|fuban
sifa 县司法局 Justice Bureau|司法局|department|fuban
shichang 县市场监督管理局 Market Regulation Bureau|市场监管局|department|fuban
wenlv 县文化旅游局 Culture and Tourism Bureau|文旅局|department|fuban
chengguan 县城市管理局 City Management Bureau|城管局|department|fuban
yingji 县应急管理局 Emergency Bureau|应急局|department|fuban
fulian 县妇女联合会 Women's Federation|妇联|department|fuban
canlian 县残疾人联合会 Disabled Persons' Federation|残联|department|fuban
caizheng 县财政局 Finance Bureau|财政局|department|fuban
fagai 县发展和改革局 Development and Reform Bureau|发改局|department|fuban
gongxin 县工业和信息化局 Industry and Information Bureau|工信局|department|fuban
lin 县林业局 Forestry Bureau|林业局|department|fuban
xiaofang 县消防救援大队 Fire and Rescue Brigade|消防大队|department|fuban
dianli 县供电公司 Power Supply Company|供电公司|utility|fuban
gongshui 县供水公司 Water Supply Company|供水公司|utility|fuban
"""
BUSY = ("jiaotong", "zhujian", "renshe", "yibao")
# (office, key, title, English, role): the seats outside the departments
SPECIAL = """
xfj head 局长|Director|office_head
xfj d1 派办科科长|Chief of dispatch|dispatcher
xfj d2 派办员|Dispatcher|dispatcher
xfj r1 登记员|Registrar of letters and visits|registrar
xfj r2 登记员|Registrar of letters and visits|registrar
xfj rec 接待室主任|Head of the reception room|reception
xfj cb 回访员|Callback officer|callback
hotline head 主任|Director|office_head
hotline o1 话务员|Operator|operator
hotline o2 话务员|Operator|operator
hotline o3 话务员（夜班）|Operator (night)|operator
hotline d1 派单员|Dispatcher|dispatcher
hotline cb 回访员|Callback officer|callback
jw c1 信访室主任|Head of the reports room|discipline
jw c2 信访室干部|Officer of the reports room|discipline
jw c3 监督检查室干部|Officer of supervision|discipline
zzb z1 干部监督科科长|Chief of cadre supervision|organisation
zzb z2 干部科干部|Officer of cadres|organisation
rd n1 监督工委主任|Head of the supervision committee|npc
rd n2 代表联络科科长|Chief of deputies' liaison|npc
rd p1 县人大代表（棠城街道）|County deputy (Tangcheng)|deputy
rd p2 县人大代表（石桅镇）|County deputy (Shiwei)|deputy
rd p3 县人大代表（白荻镇）|County deputy (Baidi)|deputy
rd p4 县人大代表（云碓镇）|County deputy (Yundui)|deputy
rd p5 县人大代表（青箬乡）|County deputy (Qingruo)|deputy
fuban l1 县长|County head|leader
fuban l2 常务副县长|Executive deputy head|leader
fuban l3 副县长（农业农村）|Deputy head (agriculture)|leader
fuban l4 副县长（社会事业）|Deputy head (social affairs)|leader
fuban a1 系统管理员|System administrator|sysadmin
fuban a2 安全管理员|Security administrator|secadmin
fuban a3 审计管理员|Audit administrator|auditor
lianxi b1 办公室主任|Head of the office|arbiter
lianxi b2 协调科科长|Chief of coordination|arbiter
sifa m1 人民调解中心主任|Head of the mediation centre|mediator
sifa m2 专职调解员|Full-time mediator|mediator
"""
# The seat whose holder signs in with the role's own name.
DEMO_SEATS = {
    "dispatcher": ("xfj", "d1"), "operator": ("hotline", "o1"), "registrar": ("xfj", "r1"),
    "reception": ("xfj", "rec"), "callback": ("xfj", "cb"), "handler": ("jiaotong", "h1"),
    "office_head": ("jiaotong", "head"), "arbiter": ("lianxi", "b1"), "leader": ("fuban", "l1"),
    "village_cadre": ("990101100200", "v1"), "discipline": ("jw", "c1"), "organisation": ("zzb", "z1"),
    "npc": ("rd", "n1"), "deputy": ("rd", "p2"), "sysadmin": ("fuban", "a1"), "secadmin": ("fuban", "a2"),
    "auditor": ("fuban", "a3"), "mediator": ("sifa", "m1"),
}  # fmt: skip
VACANT = ("shuili", "head")
# (seat, relation, other seat or office)
KIN_TIES = (
    (("minzheng", "h1"), "配偶", ("990101100200", "v1"), None),
    (("jiaotong", "h1"), "兄弟姐妹", ("990101100205", "v1"), None),
    (("xfj", "r2"), "配偶", ("renshe", "head"), None),
    (("ziran", "head"), "姻亲", ("990101101200", "v1"), None),
    (("huanbao", "h1"), "父母子女", ("990101102200", "v1"), None),
    (("jw", "c3"), "配偶", None, "990101101000"),
    (("gongshui", "h1"), "兄弟姐妹", ("shuili", "h1"), None),
)


def telephone(number: int) -> str:
    """A number that cannot be rung: no area code is 0000."""
    return f"0000-8{number:06d}"


@cache
def offices() -> tuple[Office, ...]:
    """Superiors stand before those below them."""
    out: list[Office] = []
    for line in COUNTY_OFFICES.strip().splitlines():
        code, name, rest = line.split(" ", 2)
        english, short, kind, superior = rest.split("|")
        line_no = "12345" if code == "hotline" else telephone(12000 + len(out))
        above = None if superior == "-" else superior
        out.append(Office(code, name, english, short, kind, above, COUNTY, line_no))
    for number, (code, name, syllables) in enumerate(townships()):
        suffix = next(s for s in SUFFIXES if name.endswith(s))
        full = name + ("办事处" if suffix == "街道" else "人民政府")
        english = f"{joined(syllables)} {SUFFIXES[suffix]} Government"
        out.append(Office(code, full, english, name, "township", "fuban", code, telephone(20000 + number)))
    for number, place in enumerate(villages()):
        full = place.name + ("居民委员会" if place.town else "村民委员会")
        english = f"{place.name_en} Committee"
        line_no = telephone(30000 + number)
        out.append(
            Office(place.code, full, english, place.name, "village", place.township_code, place.code, line_no)
        )
    return tuple(out)


@cache
def _by_code() -> dict[str, Office]:
    return {one.code: one for one in offices()}


def office(code: str) -> Office:
    return _by_code()[code]


@cache
def posts() -> tuple[Post, ...]:
    out: list[Post] = []
    for line in SPECIAL.strip().splitlines():
        code, key, rest = line.split(" ", 2)
        title, english, role = rest.split("|")
        public = office(code).telephone if role in ("office_head", "leader", "reception", "operator") else ""
        out.append(Post(code, key, title, english, role, public))
    for unit in offices():
        if unit.kind in ("department", "utility"):
            head, head_en = ("经理", "Manager") if unit.kind == "utility" else _headship(unit)
            out.append(Post(unit.code, "head", head, head_en, "office_head", unit.telephone))
            for number in range(1, 3 if unit.code in BUSY or unit.code == VACANT[0] else 2):
                out.append(Post(unit.code, f"h{number}", "承办科负责人", "Handling officer", "handler"))
        elif unit.kind == "township":
            street = unit.short.endswith("街道")
            title = "办事处主任" if street else "镇长" if unit.short.endswith("镇") else "乡长"
            out.append(Post(unit.code, "head", title, "Head", "office_head", unit.telephone))
            out.append(
                Post(unit.code, "h1", "群众工作办负责人", "Head of the people's affairs room", "handler")
            )
            out.append(Post(unit.code, "m1", "调解委员会调解员", "Mediator", "mediator"))
        elif unit.kind == "village":
            town = village(unit.code).town
            title = "居委会主任" if town else "村委会主任"
            out.append(
                Post(unit.code, "v1", title, "Chair of the committee", "village_cadre", unit.telephone)
            )
    return tuple(out)


def _headship(unit: Office) -> tuple[str, str]:
    if unit.short in ("妇联",):
        return "主席", "Chair"
    if unit.short in ("残联",):
        return "理事长", "Chair"
    return ("大队长", "Commander") if unit.short == "消防大队" else ("局长", "Director")


@cache
def usernames() -> dict[tuple[str, str], str]:
    """(office, post) → sign-in name: the role for the demo seats, else office and post."""
    fixed = {seat: role for role, seat in DEMO_SEATS.items()}
    return {(p.office, p.key): fixed.get((p.office, p.key), f"{p.office}-{p.key}") for p in posts()}


def staff(today: date) -> Iterator[Staff]:
    """Everyone in office today, the head who left, and the deputy who stands in for them."""
    names = staff_names(SEED, len(posts()) + 1)
    for number, post in enumerate(posts()):
        seat = (post.office, post.key)
        name, english = names[number]
        since = date(today.year - 4 + number % 4, 1 + number % 12, 1 + number % 27)
        since = min(since, today - timedelta(days=400 - number % 30))
        until = today - timedelta(days=74) if seat == VACANT else None
        yield Staff(usernames()[seat], name, english, post.office, post.key, post.role, since, until)
    deputy = (VACANT[0], "h2")
    number = next(n for n, p in enumerate(posts()) if (p.office, p.key) == deputy)
    name, english = names[number]
    yield Staff(
        usernames()[deputy], name, english, VACANT[0], VACANT[1], "office_head", today - timedelta(days=73), None, True
    )  # fmt: skip


def kin(today: date) -> Iterator[Kin]:
    for number, (seat, relation, other, office_code) in enumerate(KIN_TIES):
        other_name = usernames()[other] if other else None
        yield Kin(
            usernames()[seat], relation, other_name, office_code, today - timedelta(days=330 - 11 * number)
        )


def demo_accounts() -> dict[str, tuple[str, str]]:
    """role → (office, post) of the well-known accounts; the username is the role."""
    return dict(DEMO_SEATS)
