"""Reads the facts of every matter of a year, and the reports that were made of them."""

from collections import defaultdict
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from minqing.ground.offices.queries import names_of
from minqing.record.facts.queries import stories
from minqing.record.log.queries import size
from minqing.work.monitor.models import Report
from minqing.work.monitor.rules import (
    ANSWERED,
    ENDED,
    EXTENDED,
    LEAST,
    NOTICED,
    PARKED,
    RESUMED,
    TOLD,
    Breach,
    Count,
    Extension,
    Matter,
    breaches,
)

YEAR = timedelta(days=365)
MOST = 10_000
KINDS = TOLD | ANSWERED | NOTICED | ENDED | {EXTENDED, PARKED, RESUMED, "case.reopened"}


@dataclass(frozen=True)
class Finding:
    case: str
    kind: str


@dataclass
class Found:
    """`told()`: numbers for everybody; `findings` name cases, for the county itself."""

    at: datetime
    size: int
    county: Count
    offices: dict[str, Count]
    findings: list[Finding]

    def told(self) -> dict[str, Any]:
        """Offices of fewer than five matters stand together, and not at all if they are fewer than five together."""
        shown = {key: one for key, one in self.offices.items() if key and one.n >= LEAST}
        rest = Count()
        for key, one in self.offices.items():
            if key not in shown:
                rest.take(one)
        lines = [
            {"office": key, **asdict(one)} for key, one in sorted(shown.items(), key=lambda item: -item[1].n)
        ]
        if rest.n >= LEAST:
            lines.append({"office": "", **asdict(rest)})
        county = asdict(self.county) if self.county.n >= LEAST else None
        return {"at": self.at.isoformat(), "size": self.size, "county": county, "offices": lines}


def monitor(*, at: datetime, since: datetime | None = None) -> Found:
    """Every matter that began in the year before `at`, judged by its facts alone."""
    found = Found(at, size(), Count(), defaultdict(Count), [])
    for story in stories(opened="case.opened", kinds=KINDS, since=since or at - YEAR, before=at):
        matter = _matter(story.about_id, story.began, story.opened, story.steps, story.n_facts, story.last_n)
        broken = breaches(matter, at=at)
        found.county.add(matter, broken, at=at)
        found.offices[str(matter.office_id or "")].add(matter, broken, at=at)
        found.findings += [Finding(str(matter.id), one.value) for one in broken[: MOST - len(found.findings)]]
    return found


Steps = list[tuple[str, datetime, dict[str, Any]]]


def _matter(
    about: UUID, began: datetime, opened: dict[str, Any], steps: Steps, n_facts: int, last_n: int
) -> Matter:
    first: dict[str, datetime] = {}
    extensions: list[Extension] = []
    parked, since, office = 0, None, opened.get("office_id")
    for kind, at, body in steps:
        if kind == "case.reopened":
            break
        for name, kinds in (("told", TOLD), ("answered", ANSWERED), ("ended", ENDED), ("noticed", NOTICED)):
            if kind in kinds:
                first.setdefault(name, at)
        if kind == EXTENDED:
            extensions.append(Extension(int(body.get("days") or 0), bool(body.get("document_id"))))
        if kind == PARKED:
            since = at
        if kind == RESUMED and since is not None:
            parked, since = parked + (at - since).days, None
        if kind in ("case.forwarded", "case.accepted"):
            office = body.get("office_id") or office
    if since is not None:
        parked += (steps[-1][1] - since).days + 36_500  # still parked: nothing runs
    return Matter(
        about, began, UUID(office) if office else None, first.get("told"), first.get("answered"), first.get("ended"),
        first.get("noticed"), tuple(extensions), parked, n_facts, last_n,
    )  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of the table on /log."""

    office: str
    office_en: str
    n: int
    open_60: int
    open_90: int
    broken: tuple[int, ...]

    @property
    def pairs(self) -> list[tuple[Breach, int]]:
        return list(zip(COLUMNS, self.broken, strict=True))


COLUMNS = (Breach.LATE_NOTICE, Breach.LATE_END, Breach.UNTOLD, Breach.NO_REASON, Breach.GAP)


def latest() -> tuple[datetime, Line | None, list[Line]] | None:
    """(when, the county, its offices) of the newest report; None before the first night."""
    row = Report.objects.order_by("-on").first()
    if row is None:
        return None
    names = names_of({UUID(one["office"]) for one in row.told["offices"] if one["office"]})
    lines = []
    for one in row.told["offices"]:
        name = names.get(UUID(one["office"])) if one["office"] else None
        lines.append(_line(one, name[0] if name else "", name[1] if name else ""))
    county = row.told["county"]
    return row.at, _line(county, "", "") if county else None, lines


def _line(one: dict[str, Any], name: str, name_en: str) -> Line:
    broken = tuple(one["broken"].get(kind.value, 0) for kind in COLUMNS)
    return Line(name, name_en, one["n"], one["open_60"], one["open_90"], broken)
