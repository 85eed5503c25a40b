"""Lists of cases for a desk: filters, keyset pages, capped counts, queues. The same number of queries for 1 row or 50."""

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from minqing.charter import Actor, Verb
from minqing.ground.law import queries as law
from minqing.kernel.db import planned_for_values
from minqing.kernel.errors import NotFound
from minqing.means.search import queries as search
from minqing.methods.clock import CHINA, end_of
from minqing.work.cases.models import Case, ExtensionAsk, Hold, Supervision
from minqing.work.cases.queries.gate import Branch, branches, reach_of
from minqing.work.cases.queries.lines import CaseLine, Filters, Page, QueueCount
from minqing.work.cases.rules import (
    WORKING,
    CaseState,
    DueBy,
    Grade,
    HoldRole,
    HoldState,
    Track,
)
from minqing.work.duties.queries import between, light_at, nearest_own, next_own, owed_by
from minqing.work.duties.rules import DutyLine, Light, soon_of

S = CaseState
CAP = 1000
SEARCHED = 200
LIGHT_QUEUES = {"late": Light.RED, "soon": Light.ORANGE}

QUEUES: tuple[tuple[str, Any, Verb], ...] = (
    ("sort", _("待分办"), Verb.CASE_FORWARD),
    ("offered", _("等我单位接收"), Verb.CASE_ACCEPT),
    ("mine", _("我在办"), Verb.CASE_REPLY),
    ("late", _("已超期"), Verb.CASE_VIEW),
    ("today", _("今天到期"), Verb.CASE_VIEW),
    ("soon", _("三个工作日内到期"), Verb.CASE_VIEW),
    ("objected", _("退回异议待核实"), Verb.CASE_RETURN),
    ("arbitrate", _("退回两次，待裁定"), Verb.CASE_ARBITRATE),
    ("assist", _("请我单位协办"), Verb.CASE_REPLY),
    ("asks", _("延期申请待批"), Verb.CASE_EXTEND),
    ("serve", _("待送达"), Verb.CASE_SERVE),
    ("conclude", _("已答复待办结"), Verb.CASE_CONCLUDE),
    ("reviews", _("复查、复核"), Verb.CASE_REVIEW),
    ("supervised", _("督办未反馈"), Verb.CASE_VIEW),
    ("reopened", _("本人说没解决"), Verb.CASE_VIEW),
    ("parked", _("挂账"), Verb.CASE_VIEW),
)


def worklist(
    by: Actor,
    filters: Filters | None = None,
    *,
    after: str | None = None,
    size: int = 50,
    now: datetime | None = None,
) -> Page:
    """One page of the cases the actor may see: what is owed, the nearest day first; then what has ended, newest first."""
    now, wanted = now or law.now(), filters or Filters()
    parts = _narrowed(by, wanted, now)
    phases = _phases(wanted)
    with planned_for_values():
        rows = _page(parts, phases, after, size + 1)
        n = _count(parts, phases)
    page = rows[:size]
    return Page(
        rows=case_lines(page, by=by, now=now),
        next=_cursor(page[-1]) if len(rows) > size else None,
        n=min(n, CAP - 1), capped=n >= CAP,
    )  # fmt: skip


def _phases(wanted: Filters) -> tuple[bool, ...]:
    """Which halves a list has: True what is owed, False what has ended. Each half reads indexes of its own."""
    if wanted.state == "ended":
        return (False,)
    both = wanted.state == "all" or wanted.state in S.values() or bool(wanted.q)
    return (True, False) if both else (True,)


def _half(rows: QuerySet[Case], open_: bool) -> QuerySet[Case]:
    if open_:
        return rows.filter(due_at__isnull=False, merged_into__isnull=True).order_by("due_at", "id")
    return rows.filter(due_at__isnull=True, merged_into__isnull=True).order_by("-id")


def _count(parts: list[QuerySet[Case]], phases: tuple[bool, ...], cap: int = CAP) -> int:
    n = 0
    for part in parts:
        for open_ in phases:
            n += _half(part, open_).order_by()[: cap - n].count() if n < cap else 0
    return n


def counted(by: Actor, filters: Filters, *, now: datetime) -> int:
    """How long the list of these filters is, to the last row: for a sentence, not for a rail."""
    with planned_for_values():
        return _count(_narrowed(by, filters, now), _phases(filters), 10**9)


def queues(by: Actor, *, now: datetime | None = None) -> list[QueueCount]:
    """What waits for this desk, each with its number (999+ at most)."""
    now, found = now or law.now(), []
    with planned_for_values():
        for key, label, verb in QUEUES:
            if not by.may(verb):
                continue
            filters = Filters(queue=key)
            n = _count(_narrowed(by, filters, now), (True,))
            found.append(QueueCount(key, str(label), min(n, CAP - 1), n >= CAP, filters))
    return found


def _narrowed(by: Actor, wanted: Filters, now: datetime) -> list[QuerySet[Case]]:
    """The cases wanted, as disjoint parts."""
    parts = [part._replace(rows=_filtered(part.rows, by, wanted, now)) for part in branches(by)]
    for light in (LIGHT_QUEUES.get(wanted.queue, ""), wanted.light):
        parts = [lit for part in parts for lit in _lit(part, by, light, now)]
    if wanted.queue == "today":
        today = end_of(now.astimezone(CHINA).date())
        parts = [due for part in parts for due in _due(part, by, now, after=now, before=today)]
    return [part.rows for part in parts]


def _filtered(rows: QuerySet[Case], by: Actor, wanted: Filters, now: datetime) -> QuerySet[Case]:
    if wanted.state in S.values():
        rows = rows.filter(state=wanted.state)
    if wanted.queue:
        rows = _queued(rows, by, wanted.queue)
    if wanted.office is not None:
        rows = rows.filter(holder_id=wanted.office)
    if wanted.owes is not None:
        rows = rows.filter(pk__in=owed_by(wanted.owes, before=now if wanted.light == Light.RED else None))
    if wanted.place:
        rows = rows.filter(place_path__startswith=wanted.place)
    if wanted.before is not None:
        rows = rows.filter(due_at__lt=end_of(wanted.before))
    for field in ("kind", "track", "grade"):
        if value := getattr(wanted, field):
            rows = rows.filter(**{field: value})
    if wanted.mine:
        rows = rows.filter(handler_id=by.account_id)
    if wanted.supervised:
        rows = rows.filter(supervised_at__isnull=False)
    return _searched(rows, wanted) if wanted.q.strip() else rows


def _queued(rows: QuerySet[Case], by: Actor, key: str) -> QuerySet[Case]:
    """The rows of one queue (those by a light are narrowed by it); an unknown key is simply not found."""
    ours = _ours(by, "office__path")
    waiting = Hold.objects.filter(ours, state__in=[HoldState.OFFERED, HoldState.HELD])
    match key:
        case "sort":
            return rows.filter(state__in=[S.REGISTERED, S.REFERRED_UP])
        case "offered":
            offers = waiting.filter(role=HoldRole.LEAD, state=HoldState.OFFERED)
            return rows.filter(pk__in=offers.values("case_id"), state__in=[S.FORWARDED, S.ASSIGNED])
        case "mine":
            return rows.filter(handler_id=by.account_id, state__in=WORKING)
        case "late" | "today" | "soon":
            return rows
        case "objected":
            return rows.filter(state=S.OBJECTED)
        case "arbitrate":
            return rows.filter(state__in=[S.REGISTERED, S.REFERRED_UP], returns__gte=2)
        case "assist":
            return rows.filter(pk__in=waiting.filter(role=HoldRole.ASSIST).values("case_id"))
        case "asks":
            return rows.filter(pk__in=ExtensionAsk.objects.filter(answered_at__isnull=True).values("case_id"))
        case "serve":
            ready = rows.filter(state__in=[S.REPLIED, S.REVIEWED, S.REREVIEWED])
            return ready.filter(Q(track=Track.PETITION) | ~Q(state=S.REPLIED))
        case "conclude":
            return rows.filter(state=S.REPLIED).exclude(track=Track.PETITION)
        case "reviews":
            asked = waiting.filter(how__in=["review", "rereview"], state=HoldState.OFFERED)
            return rows.filter(state__in=[S.REVIEWING, S.REREVIEWING], pk__in=asked.values("case_id"))
        case "supervised":
            letters = Supervision.objects.filter(answered_at__isnull=True)
            return rows.filter(pk__in=letters.values("case_id"))
        case "reopened":
            return rows.filter(state__in=WORKING, reopened__gt=0)
        case "parked":
            return rows.filter(state=S.PARKED)
        case _:
            raise NotFound()


def _ours(by: Actor, field: str) -> Q:
    within = Q(pk__in=[])
    for seat in by.seats:
        within |= Q(**{f"{field}__startswith": seat.office_path})
    return within


def own_paths(by: Actor) -> list[str] | None:
    """Whose clocks are this reader's own: those of their offices; None for who reads the whole county's."""
    county, _seats = reach_of(by, Verb.CASE_VIEW)
    return None if county else sorted(seat.office_path for seat in by.seats_for(Verb.CASE_VIEW))


def _lit(part: Branch, by: Actor, light: str, now: datetime) -> list[Branch]:
    """By the light a row shows."""
    soon = soon_until(now)
    match light:
        case Light.RED:
            return _due(part, by, now, before=now)
        case Light.ORANGE:
            return _due(part, by, now, after=now, before=soon)
        case Light.YELLOW | Light.GREEN:
            return _due(part, by, now, after=soon, half_gone=light == Light.YELLOW)
        case _:
            return [part]


def _due(
    part: Branch, by: Actor, now: datetime, *, after: datetime | None = None, before: datetime | None = None,
    half_gone: bool | None = None,
) -> list[Branch]:  # fmt: skip
    """What a reader's row says is due from `after` on and before `before`. An office is late with what it owes itself, not
    with what others owe in its cases: where its own clock is the nearest of all it stands in the row, else it is looked up.
    """
    rows, paths = part.rows, own_paths(by)
    ends = partial(between, after=after, before=before, half_gone=half_gone, now=now)
    in_row = rows.filter(ends("due_at", "due_from"))
    if paths is None:
        return [part._replace(rows=in_row)]
    # The nearest of all clocks is no later than the nearest own one: an index finds the few that may be meant.
    few = rows if before is None else rows.filter(due_at__lt=before)
    asked = few.filter(nearest_own(paths, ends("due_at", "from_on")))
    if not part.held:
        return [part._replace(rows=asked)]
    return [
        part._replace(rows=in_row.filter(due_by=DueBy.HOLDER)),
        part._replace(rows=asked.filter(due_by=DueBy.OTHER)),
    ]


def soon_until(now: datetime) -> datetime:
    """The midnight before the first day whose light is not yet orange."""
    day, calendar = now.astimezone(CHINA).date(), law.calendar()
    while soon_of(calendar, day) <= now:
        day += timedelta(days=1)
    return datetime.combine(day, time(), CHINA)


def _searched(rows: QuerySet[Case], wanted: Filters) -> QuerySet[Case]:
    """A number from its beginning, else the words of title and text, the newest 200 that hold them."""
    typed = wanted.q.strip()
    if typed.replace("-", "").isdigit():
        numbers = (
            Case.objects.filter(number__startswith=typed).order_by().values_list("pk", flat=True)[:SEARCHED]
        )
        outside = (
            Case.objects.filter(external_no=typed)
            .exclude(external_no="")
            .order_by()
            .values_list("pk", flat=True)
        )
        return rows.filter(pk__in=[*numbers, *outside[:SEARCHED]])
    hits = search.find(typed, kinds=["case"], place=wanted.place, limit=SEARCHED).hits
    return rows.filter(pk__in=[hit.id for hit in hits])


# Pages


def _page(parts: list[QuerySet[Case]], phases: tuple[bool, ...], after: str | None, size: int) -> list[Case]:
    """`size` rows after the mark, from every part and half; parts are disjoint, so they are only put in order. Which rows
    they are an index tells; only those of the page are fetched."""
    due, pk = _read(after)
    found: list[UUID] = []
    for open_ in phases:
        if len(found) >= size or (open_ and after and due is None):
            continue
        half: list[tuple[Any, UUID]] = []
        for part in parts:
            rows = _half(part, open_)
            if open_ and due is not None:
                rows = rows.filter(Q(due_at__gt=due) | Q(id__gt=pk), due_at__gte=due)
            elif not open_ and after and due is None:
                rows = rows.filter(id__lt=pk)
            half += rows.values_list("due_at", "id")[: size - len(found)]
        half.sort(key=None if open_ else (lambda one: -one[1].int))
        found += [one[1] for one in half[: size - len(found)]]
    if not found:
        return []
    fetched = Case.objects.select_related("holder", "place").in_bulk(found)
    return [fetched[one] for one in found]


def _cursor(case: Case) -> str:
    return f"{case.due_at.isoformat() if case.due_at else '-'}_{case.pk}"


def _read(after: str | None) -> tuple[datetime | None, UUID | None]:
    if not after:
        return None, None
    due, _sep, pk = after.partition("_")
    try:
        return (None if due == "-" else datetime.fromisoformat(due)), UUID(pk)
    except ValueError:
        raise NotFound() from None


def case_lines(rows: list[Case], *, by: Actor, now: datetime) -> list[CaseLine]:
    """Rows read with holder and place, as lines; offers to other offices come in one more query."""
    holds = Hold.objects.filter(
        case_id__in=[case.pk for case in rows], state__in=[HoldState.OFFERED, HoldState.OBJECTED]
    ).select_related("office")
    offers: dict[UUID, Hold] = {}
    waits: set[UUID] = set()
    sits = tuple(seat.office_path for seat in by.seats)
    for hold in holds:
        if hold.role == HoldRole.LEAD:
            offers[hold.case_id] = hold
        if hold.state == HoldState.OFFERED and sits and hold.office.path.startswith(sits):
            waits.add(hold.case_id)
    paths = own_paths(by)
    own = next_own([case.pk for case in rows], paths) if paths is not None else None
    return [line_of(case, offers.get(case.pk), case.pk in waits, by=by, now=now, own=own) for case in rows]


def line_of(
    case: Case, offer: Hold | None, waits: bool, *, by: Actor, now: datetime, own: dict[UUID, DutyLine] | None
) -> CaseLine:
    """`own`: what the reader's offices owe (None: the whole county's reader). Their own clock goes before a nearer one of
    somebody else; where only others owe, the row says so and has no light."""
    today, due_at, due_from = now.astimezone(CHINA).date(), case.due_at, case.due_from
    theirs = own is not None and case.pk not in own and due_at is not None
    if own is not None and (mine := own.get(case.pk)) is not None:
        due_at, due_from = mine.due_at, mine.from_on
    shown = Light.MET
    if due_at is not None and due_from is not None and not theirs:
        shown = light_at(from_on=due_from, due_at=due_at, met_at=None, now=now)
    return CaseLine(
        id=case.pk, number=case.number, external_no=case.external_no, title=case.title, track=Track(case.track),
        grade=Grade(case.grade), kind=case.kind, state=S(case.state), place=case.place.full_name if case.place else "",
        place_en=case.place.name_en if case.place else "", holder_id=case.holder_id, holder=case.holder.name,
        holder_en=case.holder.name_en, offered_to=offer.office.name if offer else "",
        offered_to_en=offer.office.name_en if offer else "", waits_for_us=waits, due_at=due_at, theirs=theirs,
        light=shown, days_left=(due_at.astimezone(CHINA).date() - today).days if due_at else None,
        registered_at=case.registered_at, mine=case.handler_id is not None and case.handler_id == by.account_id,
        urgent=case.urgent, confidential=case.confidential, supervised=case.supervised_at is not None,
        carried=case.carried_by_id is not None, n_voices=case.n_voices, n_confirmed=case.n_confirmed,
        returns=case.returns, reopened=case.reopened,
    )  # fmt: skip
