"""The leader's page: one sentence of today, what is late and with whom, then two charts; never an order of offices."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET

from minqing.charter import REACH, Actor, Reach, Verb
from minqing.doors.desk.frame import desk
from minqing.doors.parts import charts
from minqing.doors.parts.charts import Series
from minqing.doors.parts.shapes import Chip, Plot
from minqing.doors.parts.web import actor_of
from minqing.doors.parts.words import in_english, month_day
from minqing.ground.law.queries import now
from minqing.ground.offices.queries import OfficeLine, offices
from minqing.ground.offices.rules import OfficeKind
from minqing.ground.places.queries import places_below
from minqing.ground.places.rules import Level
from minqing.methods.clock import CHINA
from minqing.work.cases.queries.flow import SpanLine, WeekLine, answer_days, weekly_flow
from minqing.work.cases.queries.late import LatePlace, late_by_office, late_by_place
from minqing.work.cases.queries.lines import Filters
from minqing.work.cases.queries.worklist import counted
from minqing.work.duties.queries import LateOffice
from minqing.work.judgement.queries import rates, rates_by_office
from minqing.work.judgement.rules import Rate

KEPT_S = 300
KINDS = (OfficeKind.TOWNSHIP, OfficeKind.DEPARTMENT, OfficeKind.UTILITY, OfficeKind.VILLAGE)


def paths_of(by: Actor) -> list[str] | None:
    """None: the whole county; else the office paths whose lateness this actor sees (one's own and below)."""
    seats = list(by.seats_for(Verb.LATE_VIEW))
    if any(REACH[seat.role] is Reach.COUNTY for seat in seats):
        return None
    return [seat.office_path for seat in seats]


@dataclass(frozen=True)
class Figures:
    """What the charts draw, as it stood `at`: a year of a large county takes seconds to add up."""

    at: datetime
    answered: dict[UUID, SpanLine]
    weeks: list[WeekLine]
    recent: dict[UUID, Rate]
    before: dict[UUID, Rate]
    rate: Rate


def figures_of(paths: list[str] | None, at: datetime) -> Figures:
    """Kept five minutes for everybody with the same reach; the page says how old they are. What is late is never kept."""
    key = f"leader.figures:{hashlib.sha256(repr((paths, at.date())).encode()).hexdigest()}"
    kept: Figures | None = cache.get(key)
    if kept is not None:
        return kept
    half, year = at - timedelta(days=182), at - timedelta(days=365)
    made = Figures(
        at, {line.office_id: line for line in answer_days(paths, since=half, until=at)},
        weekly_flow(paths, since=_monday(half), until=at), rates_by_office(paths, since=half, until=at),
        rates_by_office(paths, since=year, until=half), rates(since=year, until=at, office_path=paths[0] if paths else None),
    )  # fmt: skip
    cache.set(key, made, KEPT_S)
    return made


@require_GET
def leader(request: HttpRequest) -> HttpResponse:
    by = actor_of(request)
    by.must(Verb.LATE_VIEW)
    paths, at = paths_of(by), now()
    late = late_by_office(by, paths, now=at)
    if in_english():  # the register's order is that of the Chinese names
        late = sorted(late, key=lambda line: line.name_en or line.name)
    figures = figures_of(paths, at)
    seen = [one for one in offices(kinds=list(KINDS), on=at.date()) if _seen(one, paths)]
    kinds = [one for one in KINDS if any(line.kind == one for line in seen)]
    kind = next((one for one in kinds if one == request.GET.get("kind")), None) or _fullest(
        kinds, seen, figures.answered
    )
    same = [one for one in seen if one.kind == kind]
    return desk(
        request, "desk/leader.html", page_title=_("看超期"), sentence=_sentence(by, late, at), late=[line for line in late if line.n or line.besides],
        in_time=[line for line in late if not (line.n or line.besides)], besides=any(line.besides for line in late),
        places=_by_township(by, at) if paths is None else [],
        weeks=_weeks(figures.weeks), spans=_spans(same, figures.answered), dots=_dots(same, figures), rate=figures.rate, figures=figures,
        chips=[Chip(_(one.label), f"?kind={one.value}", on=one == kind) for one in kinds],
    )  # fmt: skip


def _by_township(by: Actor, at: datetime) -> list[tuple[str, str, LatePlace]]:
    """(code, name, what is late there) in the register's order; places without anything late are left out."""
    towns = places_below("/", level=Level.TOWNSHIP)
    above = {town.path[: town.path.rstrip("/").rindex("/") + 1] for town in towns}
    late = {line.place: line for path in sorted(above) for line in late_by_place(by, path, now=at)}
    return [
        (town.code, (town.name_en if in_english() else "") or town.name, late[town.path])
        for town in towns
        if town.path in late
    ]


def _fullest(
    kinds: list[OfficeKind], seen: list[OfficeLine], answered: dict[UUID, SpanLine]
) -> OfficeKind | None:
    """Without a choice: the kind with the most answers, so that the first thing seen is not an empty drawing."""
    return max(
        kinds,
        key=lambda kind: sum(answered[one.id].n for one in seen if one.kind == kind and one.id in answered),
        default=None,
    )


def _monday(at: datetime) -> datetime:
    """The start of the first whole week: half a week would look like a fall."""
    here = at.astimezone(CHINA).replace(hour=0, minute=0, second=0, microsecond=0)
    return here + timedelta(days=-here.weekday() % 7)


def _seen(one: OfficeLine, paths: list[str] | None) -> bool:
    return paths is None or any(one.path.startswith(path) for path in paths)


def _name(one: OfficeLine) -> str:
    return one.name_en or one.name if in_english() else one.name


def _sentence(by: Actor, late: list[LateOffice], at: datetime) -> str:
    """今天有12件到期，3件已超期，最久的超9日。 The same matters as in the head and in the rail."""
    today, red = (counted(by, Filters(queue=key), now=at) for key in ("today", "late"))
    due = ngettext("今天有{n}件到期", "今天有{n}件到期", today).format(n=today)
    if not red:
        return due + _("，没有超期的。")
    longest = max((line.longest_days for line in late), default=0)
    over = ngettext("，{n}件已超期", "，{n}件已超期", red).format(n=red)
    return due + over + _("，最久的超{days}日。").format(days=longest)


def _weeks(lines: list[Any]) -> dict[str, Any]:
    series = [
        Series(_("来件"), [line.came for line in lines]),
        Series(_("办结"), [line.ended for line in lines]),
    ]
    return {
        "title": _("每周来件和办结"), "key": charts.key(series), "head": [_("星期一"), _("来件"), _("办结")],
        "svg": charts.weeks([line.monday for line in lines], series, title=_("每周来件和办结")),
        "lines": [[month_day(line.monday), line.came, line.ended] for line in reversed(lines)],
    }  # fmt: skip


def _spans(same: list[OfficeLine], found: dict[UUID, SpanLine]) -> dict[str, Any]:
    longest = [line.p90 for one in same if (line := found.get(one.id)) is not None and line.p90 is not None]
    top = charts.nice_top(max(longest, default=0))
    plots = []
    for one in same:
        line = found.get(one.id)
        enough = line is not None and line.p50 is not None
        plots.append(
            Plot(name=_name(one), drawing=charts.span(line.p50, line.p90, top=top) if enough and line else "", enough=enough, n=line.n if line else 0,
                 cells=[f"{line.p50:.0f}" if enough and line else "—", f"{line.p90:.0f}" if enough and line else "—", str(line.n if line else 0)])
        )  # fmt: skip
    note = _(
        "近半年答复的事项，从登记算起；不足30件的不画。深色到一半答完的那天，浅色到九成，整行是{days}日。"
    )
    return {"title": _("几天给出答复"), "head": [_("单位"), "", _("一半在几日内"), _("九成在几日内"), _("件数")], "plots": plots,
            "note": note.format(days=round(top))}  # fmt: skip


def _dots(same: list[OfficeLine], figures: Figures) -> dict[str, Any]:
    plots = []
    for one in same:
        rate, past = figures.recent.get(one.id), figures.before.get(one.id)
        enough = bool(rate and rate.enough)
        ring = past.share if past and past.enough else None
        plots.append(
            Plot(name=_name(one), drawing=charts.dot(rate.share, rate.low, rate.high, past=ring) if enough and rate else "",
                 enough=enough, n=rate.n if rate else 0,
                 cells=[f"{rate.share:.0%}" if enough and rate and rate.share is not None else "—",
                        f"{rate.answered}/{rate.asked}" if rate else "0/0", str(rate.n if rate else 0)])
        )  # fmt: skip
    return {"title": _("本人说解决了"), "head": [_("单位"), "", _("说解决了"), _("答了/问了"), _("人数")], "plots": plots,
            "note": _("圆点是近半年，圆圈是自己的前半年；横线是95%的范围。按名册排，不分先后。")}  # fmt: skip
