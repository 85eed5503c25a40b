"""Kinds of offices, refusals about accounts, and the week of a small county. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from minqing.charter import MAY, Role, Verb
from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

MOST_SESSIONS = 3  # browsers of one account at the same time


class OfficeKind(Word):
    GOVERNMENT = "government", "县政府"
    PETITION_DESK = "petition_desk", "信访局"
    HOTLINE = "hotline", "热线中心"
    ARBITER = "arbiter", "联席会议办公室"
    DISCIPLINE = "discipline", "纪检机关"
    ORGANISATION = "organisation", "组织部门"
    CONGRESS = "congress", "人大机关"
    DEPARTMENT = "department", "县直部门"
    UTILITY = "utility", "公共服务企业"
    TOWNSHIP = "township", "乡镇（街道）"
    VILLAGE = "village", "村（社区）"


class AccountClosed(Refusal):
    code, status, text = "account.closed", 403, "这个账号已停用，请联系系统管理员。"


class BadToken(Refusal):
    code, status, text = "token.invalid", 401, "令牌无效或已过期，请重新领取。"


class UnknownOffice(Refusal):
    code, status, text = "office.unknown", 422, "没有编号为“{typed}”的单位。"


class UsernameTaken(Refusal):
    code, status, text = "account.username-taken", 409, "已经有人用“{typed}”登录，请换一个登录名。"


class UsernameUnfit(Refusal):
    code, status, text = "account.username-unfit", 422, "登录名用3到40个小写字母、数字、点或横线。"


class NotOneself(Refusal):
    code, status, text = "account.not-oneself", 403, "不能给自己开号、停号、任职或发令牌，请另一位管理员办。"


class AdminsSeeNoCases(Refusal):
    code, status = "account.admin-sees-no-cases", 422
    text = "{role}不能同时有看得到事项内容的岗位：管系统、管规则、管审计的人都不看内容。"


class PostTaken(Refusal):
    code, status, text = "post.taken", 409, "这个岗位现在有人在任。先免去原任，或者按“代理”任命。"


class DatesBackwards(Refusal):
    code, status, text = "appointment.dates-backwards", 422, "免职的日子不能早于任职的日子（{since}）。"


class KinPointsNowhere(Refusal):
    code, status, text = "kin.points-nowhere", 422, "请写对方的登录名，或选一个单位。"


ADMINS = (Role.SYSADMIN, Role.SECADMIN, Role.AUDITOR)
"""三员: who keeps the house, who keeps the rules, who looks at both. None reads what residents said."""


def sees_content(role: Role) -> bool:
    return bool(MAY[role] & {Verb.CASE_VIEW, Verb.DEMAND_VIEW, Verb.CONTACT_OPEN})


def may_hold(wanted: Role, held: Iterable[Role]) -> None:
    """Refuses an administrator's post beside one that reads cases, whichever came first."""
    for role in held:
        for admin, other in ((role, wanted), (wanted, role)):
            if admin in ADMINS and sees_content(other):
                raise AdminsSeeNoCases(role=admin.label)


PER_WEEK = 30
"""小县模式: minutes a week that this system may ask of one person."""


@dataclass(frozen=True)
class Work:
    """One kind of weekly work: whose it is, how long one takes, and how often it comes if nobody counts it."""

    role: Role
    verb: Verb
    what: str
    minutes: float
    weekly: int = 0


WORK_MINUTES: tuple[Work, ...] = (
    Work(Role.OPERATOR, Verb.DEMAND_REGISTER, "接听并登记，念一遍给对方听", 4),
    Work(Role.REGISTRAR, Verb.DEMAND_TRANSCRIBE, "录入来信", 5),
    Work(Role.DISPATCHER, Verb.CASE_OPEN, "分办一件", 2),
    Work(Role.DISPATCHER, Verb.CASE_RETURN, "核实退回", 3),
    Work(Role.HANDLER, Verb.CASE_ACCEPT, "接收并告知", 1),
    Work(Role.HANDLER, Verb.CASE_REPLY, "写答复", 10),
    Work(Role.HANDLER, Verb.CASE_SERVE, "送达并登记", 2),
    Work(Role.OFFICE_HEAD, Verb.CASE_EXTEND, "审批延期", 1),
    Work(Role.OFFICE_HEAD, Verb.LATE_VIEW, "看本单位超期的事", 5, weekly=1),
    Work(Role.ARBITER, Verb.CASE_ARBITRATE, "裁定由谁办", 5),
    Work(Role.LEADER, Verb.LATE_VIEW, "看全县超期和原因", 10, weekly=1),
    Work(Role.LEADER, Verb.CASE_SUPERVISE, "签发督办函", 3),
    Work(Role.VILLAGE_CADRE, Verb.DEMAND_REGISTER, "代录一件", 3),
    Work(Role.CALLBACK, Verb.CALLBACK_WORK, "打一个回访电话", 4),
    Work(Role.MEDIATOR, Verb.MEDIATION_AGREE, "记下调解结果", 6),
    Work(Role.RECEPTION, Verb.RECEPTION_PLAN, "公布接待日", 5, weekly=1),
    Work(Role.RECEPTION, Verb.RECEPTION_BOOK, "约一位来访的人", 2),
    Work(Role.SYSADMIN, Verb.FAILURE_VIEW, "看有没有没发出去的", 5, weekly=1),
    Work(Role.SECADMIN, Verb.LAW_APPROVE, "核对期限规则和放假安排", 5, weekly=1),
    Work(Role.AUDITOR, Verb.LOOK_VIEW, "抽看谁看过身份", 10, weekly=1),
)
FALLS_TO: dict[Role, Role] = {
    Role.OPERATOR: Role.DISPATCHER,
    Role.REGISTRAR: Role.DISPATCHER,
    Role.HANDLER: Role.OFFICE_HEAD,
    Role.VILLAGE_CADRE: Role.OPERATOR,
    Role.RECEPTION: Role.DISPATCHER,
}
"""Who does the work of an empty role. Where nobody is named the work must not be done by somebody else."""

PROTECTION: dict[Role, str] = {
    Role.OPERATOR: "没有话务员：不会写字、不上网的人少了一条路。",
    Role.DISPATCHER: "没有派办员：新来的事没有人分，15日的分送期限会过。",
    Role.OFFICE_HEAD: "没有单位负责人：延期没有人能批，只能按原期限办。",
    Role.ARBITER: "没有裁定人：退回两次的事没有人定由谁办，推来推去停不下来。",
    Role.LEADER: "没有县领导看板：超期的事没有人往上催。",
    Role.CALLBACK: "没有回访员：解决没解决只有承办单位自己说，撤回也没有人在外面核实。",
    Role.MEDIATOR: "没有调解员：双方同意也开不了调解。",
    Role.RECEPTION: "没有接待员：接待日不能公布，名单也没有人守着。",
    Role.DISCIPLINE: "没有纪检干部：举报封存着，没有人能打开。",
    Role.SYSADMIN: "没有系统管理员：发不出去的通知没有人补。",
    Role.SECADMIN: "没有安全管理员：期限规则和放假安排没有人更新。",
    Role.AUDITOR: "没有审计管理员：谁看过谁的身份，没有人查。",
}
"""What stands open while nobody holds the role."""

APART: dict[frozenset[Role], str] = {
    frozenset({Role.SYSADMIN, Role.SECADMIN}): "系统管理员和安全管理员是同一人：一个人能改规则又能改账号。",
    frozenset({Role.SYSADMIN, Role.AUDITOR}): "系统管理员和审计管理员是同一人：没有人能查管账号的人。",
    frozenset({Role.SECADMIN, Role.AUDITOR}): "安全管理员和审计管理员是同一人：没有人能查改规则的人。",
    frozenset({Role.CALLBACK, Role.HANDLER}): "回访员同时是承办人：他办过的事要换人回访。",
    frozenset({Role.DISPATCHER, Role.ARBITER}): "派办员和裁定人是同一人：自己派的事自己裁。",
}
"""Two roles that protect people only while two persons hold them."""


@dataclass(frozen=True)
class Task:
    """What one person (or nobody) has to do of one kind this week."""

    role: Role
    verb: Verb
    what: str
    n: float
    minutes: float


@dataclass(frozen=True)
class Holder:
    """A person and the roles they hold on a day."""

    account_id: UUID
    name: str
    office: str
    roles: tuple[Role, ...]


@dataclass(frozen=True)
class PersonWeek:
    account_id: UUID
    name: str
    office: str
    roles: tuple[Role, ...]
    tasks: tuple[Task, ...]
    minutes: float

    @property
    def over(self) -> bool:
        return self.minutes > PER_WEEK

    @property
    def idle(self) -> bool:
        """Less than half a minute, which a page would show as 0."""
        return self.minutes < 0.5


@dataclass(frozen=True)
class RoleWeek:
    """The week's work of one role, how many share it, and the minutes it takes each of them."""

    role: Role
    n_people: int
    tasks: tuple[Task, ...]
    minutes: float

    @property
    def over(self) -> bool:
        return self.minutes > PER_WEEK


@dataclass(frozen=True)
class Open:
    """A protection that is off, and since nobody (`holder` empty) or one person in two roles stands for it."""

    text: str
    roles: tuple[Role, ...]
    holder: str = ""


@dataclass(frozen=True)
class SmallCounty:
    """One page: who must do what this week, what nobody does, and which protections are off."""

    people: tuple[PersonWeek, ...]
    undone: tuple[Task, ...]
    off: tuple[Open, ...]
    roles: tuple[RoleWeek, ...] = ()
    per_week: int = PER_WEEK

    @property
    def over(self) -> list[PersonWeek]:
        return [one for one in self.people if one.over]

    @property
    def within(self) -> list[PersonWeek]:
        return [one for one in self.people if not one.over and not one.idle]

    @property
    def n_idle(self) -> int:
        return sum(one.idle for one in self.people)


def week_of(holders: Iterable[Holder], weekly_volume: Mapping[str, int]) -> SmallCounty:
    """Shares the week's work evenly among those who hold each role; `weekly_volume` counts acts by verb.

    A verb of several roles goes to those with a holder, the one named first when its own role is empty.
    """
    people = sorted(holders, key=lambda holder: (holder.office, holder.name, str(holder.account_id)))
    tasks: dict[UUID, list[Task]] = {holder.account_id: [] for holder in people}
    undone: list[Task] = []
    shared: dict[Verb, int] = {}
    for work in WORK_MINUTES:
        shared[work.verb] = shared.get(work.verb, 0) + (0 if work.weekly else 1)
    for work in WORK_MINUTES:
        n: float = work.weekly or weekly_volume.get(work.verb, 0) / shared[work.verb]
        if not n:
            continue
        at_it = _holding(people, work)
        if not at_it:
            undone.append(Task(work.role, work.verb, work.what, n, n * work.minutes))
        each = n if work.weekly else n / max(len(at_it), 1)
        for holder in at_it:
            tasks[holder.account_id].append(Task(work.role, work.verb, work.what, each, each * work.minutes))
    held = {role for holder in people for role in holder.roles}
    off = [Open(text, (role,)) for role, text in PROTECTION.items() if role not in held]
    off += [
        Open(text, tuple(sorted(pair)), holder.name)
        for holder in people
        for pair, text in APART.items()
        if pair <= set(holder.roles)
    ]
    weeks = tuple(
        PersonWeek(
            holder.account_id, holder.name, holder.office, holder.roles, tuple(tasks[holder.account_id]),
            round(sum(task.minutes for task in tasks[holder.account_id]), 1),
        )
        for holder in people
    )  # fmt: skip
    return SmallCounty(weeks, tuple(undone), tuple(off), tuple(_by_role(weeks)))


def _by_role(weeks: Iterable[PersonWeek]) -> Iterable[RoleWeek]:
    """What each role has to do in all, in the order of the table; a weekly look is each person's own."""
    done = [(week.account_id, task) for week in weeks for task in week.tasks]
    for role in dict.fromkeys(work.role for work in WORK_MINUTES):
        people = {who for who, task in done if task.role is role}
        sums: list[Task] = []
        for work in (work for work in WORK_MINUTES if work.role is role):
            of = [task for _, task in done if (task.role, task.what) == (role, work.what)]
            if of:
                n, minutes = sum(task.n for task in of), sum(task.minutes for task in of)
                sums.append(Task(role, work.verb, work.what, n, minutes))
        if people:
            each = round(sum(task.minutes for task in sums) / len(people), 1)
            yield RoleWeek(role, len(people), tuple(sums), each)


def _holding(people: Iterable[Holder], work: Work) -> list[Holder]:
    """Those who hold the role; with none, those it falls to, as far as the charter lets them."""
    people, wanted = list(people), work.role
    found = [holder for holder in people if wanted in holder.roles]
    while not found and wanted in FALLS_TO and work.verb in MAY[FALLS_TO[wanted]]:
        wanted = FALLS_TO[wanted]
        found = [holder for holder in people if wanted in holder.roles]
    return found
