"""Who must not come near a clue, and who may: computed from the organisation in time, never asked. Pure.

    out = excluded(matter, org, on)           person → the rules by which they are kept out
    way = route(matter, org, levels, on)      the lowest level with two people left, or outside the county
    way, change = rerouted(way, matter, org, levels, on)      after every change of posts, offices or kin

Wide where in doubt: a tie of the last 24 months counts like one of today, because a reorganisation must not open a door.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from uuid import UUID

from minqing.kernel.words import Word
from minqing.watch.clues.rules.refusals import TooManyNamed

MOST_NAMED = 5
BACK_YEARS = 2
LEAST = 2
HEADS = frozenset({"office_head", "leader"})
ADMINS = frozenset({"sysadmin", "secadmin", "auditor"})


class Reason(Word):
    """Why somebody is kept out; the values are the rule ids that may be written down, with a count, never a name."""

    ACCUSED = "accused", "被反映人"
    SAME_OFFICE = "same-office", "与被反映人同单位（含近24个月）"
    SUBORDINATE = "subordinate", "被反映人或被反映单位的下级（含近24个月）"
    SUPERIOR = "superior", "反映中说到包庇的直接上级"
    KIN = "kin", "与被反映人有亲属关系（公务员法第七十四条）"
    KIN_OF_KIN = "kin-of-kin", "与被反映人的亲属有亲属关系"
    KIN_IN_UNIT = "kin-in-unit", "有亲属在被反映的单位"
    NAMED = "named", "反映人要求回避"
    SELF = "self", "自行回避（监察法第六十七条）"
    OTHER_CLUE = "other-clue", "同一反映人还反映了此人"
    WHOLE_UNIT = "whole-unit", "被反映人不明，整个单位回避"
    ADMINISTRATOR = "administrator", "系统、安全、审计管理员不接触内容"


@dataclass(frozen=True)
class Holding:
    """A post held in time. `until` is the last day; `leads`: whether offices below answer to it (say no only if sure)."""

    person: UUID
    office: UUID
    role: str
    from_: date
    until: date | None = None
    deputising: bool = False
    leads: bool = True


@dataclass(frozen=True)
class Under:
    """An office answering to another, in time."""

    office: UUID
    superior: UUID
    from_: date = date.min
    until: date | None = None


@dataclass(frozen=True)
class Tie:
    """Kin as declared by either of two people: the same in both directions, whatever the order."""

    one: UUID
    other: UUID
    declared: date
    ended: date | None = None


@dataclass(frozen=True)
class OfficeTie:
    """Somebody who declared that a relative works in that office."""

    person: UUID
    office: UUID
    declared: date
    ended: date | None = None


@dataclass(frozen=True)
class Became:
    """An office that was merged into, or renamed to, another."""

    before: UUID
    after: UUID
    on: date


@dataclass(frozen=True)
class Org:
    """The organisation with its past: nothing that ended in the last 24 months may be left out."""

    holdings: tuple[Holding, ...] = ()
    lines: tuple[Under, ...] = ()
    kin: frozenset[Tie] = frozenset()
    office_kin: frozenset[OfficeTie] = frozenset()
    became: tuple[Became, ...] = ()


def standing(superior: Mapping[UUID, UUID | None]) -> tuple[Under, ...]:
    """Superior lines without a history, as if they had always been so."""
    return tuple(Under(office, above) for office, above in superior.items() if above is not None)


@dataclass(frozen=True)
class Matter:
    """What routing has to know of a clue: no word of it."""

    accused: frozenset[UUID] = frozenset()
    units: frozenset[UUID] = frozenset()
    connivance: bool = False
    named: frozenset[UUID] = frozenset()
    self_declared: frozenset[UUID] = frozenset()
    others: frozenset[UUID] = frozenset()
    accused_unknown: bool = False

    def __post_init__(self) -> None:
        if len(self.named) > MOST_NAMED:
            raise TooManyNamed(limit=MOST_NAMED)


@dataclass(frozen=True)
class Level:
    """A body that might take the clue, with those who hold its parts. `office`: the body itself, outside the county none."""

    name: str
    office: UUID | None = None
    clerks: frozenset[UUID] = frozenset()
    handlers: frozenset[UUID] = frozenset()
    approvers: frozenset[UUID] = frozenset()
    exporters: frozenset[UUID] = frozenset()
    deputies: frozenset[UUID] = frozenset()


OUTSIDE = "outside"
"""Above every level that is given: 12388, or the higher discipline office."""


@dataclass(frozen=True)
class Route:
    """Who may hold a key of this clue. Nobody else is shown, told, asked, or stands in for one of these."""

    level: str
    height: int
    clerks: frozenset[UUID] = frozenset()
    handlers: frozenset[UUID] = frozenset()
    approvers: frozenset[UUID] = frozenset()
    exporters: frozenset[UUID] = frozenset()
    deputies: frozenset[UUID] = frozenset()
    recused: int = 0
    rules: tuple[str, ...] = field(default=())

    @property
    def outside(self) -> bool:
        return self.level == OUTSIDE

    @property
    def people(self) -> frozenset[UUID]:
        """Everybody who may ever see a trace of it: copies and notices go to nobody else."""
        return self.clerks | self.handlers | self.approvers | self.exporters | self.deputies

    def only(self, asked: Iterable[UUID]) -> frozenset[UUID]:
        """Of people somebody wants to copy in, notify, or let stand in: those who may be."""
        return self.people & frozenset(asked)

    def told(self) -> dict[str, object]:
        """What may be written down about who was kept out: how many and by which rules."""
        return {"count": self.recused, "rules": list(self.rules)}


@dataclass(frozen=True)
class Change:
    """Between two routings: whose wrapped keys are deleted, who is given one, and whether the clue went up."""

    revoked: frozenset[UUID]
    added: frozenset[UUID]
    moved: bool

    @property
    def any(self) -> bool:
        return bool(self.revoked or self.added or self.moved)


def since(on: date) -> date:
    """The first day that still counts: 24 months back."""
    try:
        return on.replace(year=on.year - BACK_YEARS)
    except ValueError:
        return on.replace(year=on.year - BACK_YEARS, day=28)


def excluded(matter: Matter, org: Org, on: date) -> dict[UUID, frozenset[Reason]]:
    """Everybody who is kept out on that day, each with every rule that keeps them out."""
    found: dict[UUID, set[Reason]] = {}

    def keep_out(people: Iterable[UUID], why: Reason) -> None:
        for person in people:
            found.setdefault(person, set()).add(why)

    view = _View(org, on)
    home = view.whole(matter.units | {h.office for h in view.held if h.person in matter.accused})
    led = {h.office for h in view.held if h.person in matter.accused and h.leads}
    below = view.below(view.whole(matter.units | led))
    keep_out(matter.accused, Reason.ACCUSED)
    keep_out(view.holders(home), Reason.SAME_OFFICE)
    keep_out(view.holders(below), Reason.SUBORDINATE)
    if matter.connivance:
        keep_out(view.leaders(view.above(home)), Reason.SUPERIOR)
    if matter.accused_unknown:
        keep_out(view.holders(home | below), Reason.WHOLE_UNIT)
    near = view.kin_of(matter.accused)
    keep_out(near, Reason.KIN)
    keep_out(view.kin_of(near) - matter.accused, Reason.KIN_OF_KIN)
    keep_out((t.person for t in view.office_kin if t.office in home), Reason.KIN_IN_UNIT)
    keep_out(matter.named, Reason.NAMED)
    keep_out(matter.self_declared, Reason.SELF)
    keep_out(matter.others, Reason.OTHER_CLUE)
    keep_out((h.person for h in view.held if h.role in ADMINS and view.now(h)), Reason.ADMINISTRATOR)
    return {person: frozenset(why) for person, why in found.items()}


def eligible(holders: Iterable[UUID], out: Iterable[UUID]) -> frozenset[UUID]:
    return frozenset(holders) - frozenset(out)


def heads(office: UUID | None, matter: Matter, org: Org, on: date) -> bool:
    """Whether the accusation reaches the head of that body (also one who only deputises), or the body itself."""
    if office is None:
        return False
    view = _View(org, on)
    led = {h.office for h in view.held if h.person in matter.accused and h.role in HEADS}
    return bool(view.whole({office}) & view.whole(matter.units | led))


def route(matter: Matter, org: Org, levels: Sequence[Level], on: date, *, least_height: int = 0) -> Route:
    """The lowest level with two people left that the accusation does not head; `levels` from the lowest up.

    A level takes it only with a clerk, a handler and an approver who is somebody else than the handler.
    """
    out = excluded(matter, org, on)
    told = tuple(sorted({str(why) for why in chain.from_iterable(out.values())}))
    for height, level in enumerate(levels):
        if height < least_height or heads(level.office, matter, org, on):
            continue
        clerks, handlers, approvers = (
            eligible(part, out) for part in (level.clerks, level.handlers, level.approvers)
        )
        if clerks and handlers and approvers and len(handlers | approvers) >= LEAST:
            more = (eligible(level.exporters, out), eligible(level.deputies, out))
            return Route(level.name, height, clerks, handlers, approvers, *more, len(out), told)
    return Route(OUTSIDE, len(levels), recused=len(out), rules=told)


def changed(before: Route, after: Route) -> Change:
    return Change(
        before.people - after.people, after.people - before.people, (before.level, before.height) != (after.level, after.height)
    )  # fmt: skip


def rerouted(
    before: Route, matter: Matter, org: Org, levels: Sequence[Level], on: date
) -> tuple[Route, Change]:
    """The routing of today and what it changes. What has gone up does not come down again by itself."""
    after = route(matter, org, levels, on, least_height=before.height)
    return after, changed(before, after)


def apart(one: UUID, other: UUID, org: Org, on: date) -> bool:
    """Two different people in office who share none on that day, also through what was merged into one."""
    view = _View(org, on)
    mine, theirs = (
        view.whole({h.office for h in view.held if h.person == who and view.now(h)}) for who in (one, other)
    )
    return one != other and bool(mine) and bool(theirs) and not mine & theirs


class _View:
    """The organisation as it counts on a day: what is, and what was in the last 24 months."""

    def __init__(self, org: Org, on: date) -> None:
        self.on, self.first = on, since(on)
        self.held = [h for h in org.holdings if self._counts(h.from_, h.until)]
        self.kin = [t for t in org.kin if self._counts(t.declared, t.ended)]
        self.office_kin = [t for t in org.office_kin if self._counts(t.declared, t.ended)]
        self._under: dict[UUID, set[UUID]] = {}
        self._over: dict[UUID, set[UUID]] = {}
        for line in org.lines:
            if self._counts(line.from_, line.until):
                self._under.setdefault(line.superior, set()).add(line.office)
                self._over.setdefault(line.office, set()).add(line.superior)
        self._after: dict[UUID, set[UUID]] = {}
        self._before: dict[UUID, set[UUID]] = {}
        for step in org.became:
            if step.on <= on:
                self._after.setdefault(step.before, set()).add(step.after)
            if self.first <= step.on <= on:
                self._before.setdefault(step.after, set()).add(step.before)

    def _counts(self, from_: date, until: date | None) -> bool:
        return from_ <= self.on and (until is None or until >= self.first)

    def now(self, holding: Holding) -> bool:
        return holding.until is None or holding.until >= self.on

    def grown(self, offices: Iterable[UUID]) -> frozenset[UUID]:
        """Offices with whatever they have become."""
        return _closure(offices, self._after)

    def whole(self, offices: Iterable[UUID]) -> frozenset[UUID]:
        """Offices with whatever they have become, and with what was merged into them in the last 24 months."""
        start = frozenset(offices)
        return self.grown(start) | _closure(start, self._before)

    def below(self, offices: Iterable[UUID]) -> frozenset[UUID]:
        """All depths below, through mergers; without the offices themselves unless they stand below one another."""
        links = {
            key: self._under.get(key, set()) | self._after.get(key, set())
            for key in {*self._under, *self._after}
        }
        start = frozenset(chain.from_iterable(self._under.get(office, ()) for office in offices))
        return _closure(start, links)

    def above(self, offices: Iterable[UUID]) -> frozenset[UUID]:
        """The direct superiors only, and what they have become."""
        return self.grown(chain.from_iterable(self._over.get(office, ()) for office in offices))

    def holders(self, offices: frozenset[UUID]) -> set[UUID]:
        return {h.person for h in self.held if h.office in offices}

    def leaders(self, offices: frozenset[UUID]) -> set[UUID]:
        return {h.person for h in self.held if h.office in offices and h.leads}

    def kin_of(self, people: Iterable[UUID]) -> set[UUID]:
        near = frozenset(people)
        return {t.other for t in self.kin if t.one in near} | {t.one for t in self.kin if t.other in near}


def _closure(start: Iterable[UUID], links: Mapping[UUID, Iterable[UUID]]) -> frozenset[UUID]:
    found = set(start)
    todo = list(found)
    while todo:
        for step in links.get(todo.pop(), ()):
            if step not in found:
                found.add(step)
                todo.append(step)
    return frozenset(found)
