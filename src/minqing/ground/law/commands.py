"""Everything that changes the law's rows: two persons for each change, and the yearly calendar."""

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import models, transaction
from django.db.models import F

from minqing.charter import Actor, Verb
from minqing.ground.law import queries, rules
from minqing.ground.law.models import (
    CalendarDay,
    CalendarYear,
    DemoClock,
    DispatchEntry,
    LawRule,
    PolicyArticle,
    SchemeChoice,
)
from minqing.ground.law.rules import Mark, Source
from minqing.kernel.errors import NotFound
from minqing.methods.clock import day_of, term_of
from minqing.record.facts.commands import open_subject, record

MOST_DAYS_FORWARD = 3660


@dataclass(frozen=True, kw_only=True)
class RuleChange:
    """A new version of a rule from a day on; names left empty are those of the standing version."""

    key: str
    term: str
    valid_from: date
    valid_to: date | None = None
    extend: int = 0
    pausable: bool = False
    law: str = ""
    article: str = ""
    name_zh: str = ""
    name_en: str = ""
    trigger_zh: str = ""
    trigger_en: str = ""
    source: Source = Source.COUNTY
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class SchemeChange:
    """Follow another set of local terms (`rules.SCHEMES`) from a day on."""

    family: str
    scheme: str
    valid_from: date
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class DispatchChange:
    """A class of matter of the catalogue, new or changed."""

    code: str
    topic: str
    name_zh: str
    name_en: str
    lead: str
    valid_from: date
    valid_to: date | None = None
    assist: tuple[str, ...] = ()
    basis: str = ""
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class ArticleChange:
    """An article of a policy in our own plain words."""

    law: str
    number: str
    title_zh: str
    title_en: str
    plain_zh: str
    plain_en: str
    valid_from: date
    valid_to: date | None = None
    reason: str = ""


Change = RuleChange | SchemeChange | DispatchChange | ArticleChange
TABLES: Mapping[type, type[models.Model]] = {
    RuleChange: LawRule,
    SchemeChange: SchemeChoice,
    DispatchChange: DispatchEntry,
    ArticleChange: PolicyArticle,
}


@transaction.atomic
def propose_law(*, by: Actor, at: datetime, change: Change) -> UUID:
    """The first person: a row that is not in force yet."""
    by.must(Verb.LAW_PROPOSE)
    row = TABLES[type(change)](**_checked(change, day_of(at)), proposed_by=by.account_id, proposed_at=at)
    row.save(force_insert=True)
    open_subject(row.pk)
    record(
        kind="law.proposed", about=row.pk, by=by.account_id, at=at, table=type(row).__name__, what=str(row)
    )
    return row.pk


@transaction.atomic
def approve_law(*, by: Actor, at: datetime, change_id: UUID) -> None:
    """The second person, never the first: the row is in force from its day on."""
    by.must(Verb.LAW_APPROVE)
    row = _waiting(change_id)
    if row.proposed_by == by.account_id:
        raise rules.SamePerson()
    if row.valid_from <= day_of(at):
        raise rules.Backdated(earliest=(day_of(at) + timedelta(days=1)).isoformat())
    row.approved_by, row.approved_at = by.account_id, at
    row.save(update_fields=["approved_by", "approved_at"])
    record(kind="law.approved", about=row.pk, by=by.account_id, at=at, what=str(row))
    transaction.on_commit(queries.forget)
    queries.forget()


@transaction.atomic
def drop_law(*, by: Actor, at: datetime, change_id: UUID) -> None:
    """Take back a proposal that nobody has approved yet; that it was made stays on record."""
    by.must(Verb.LAW_DROP)
    row = _waiting(change_id)
    record(kind="law.dropped", about=row.pk, by=by.account_id, at=at, what=str(row))
    row.delete()


def check_calendar(*, year: int, days: Mapping[date, bool]) -> None:
    """Refuses a year out of turn, days of another year, and weekdays named as make-up days."""
    latest = queries.county_law().calendar.loaded_until.year
    if year > latest + 1 or year < rules.SHIPPED_FROM.year:
        raise rules.CalendarGap(year=latest + 1)
    if stray := sorted(day for day in days if day.year != year):
        raise rules.CalendarOutsideYear(day=stray[0].isoformat(), year=year)
    if wrong := sorted(day for day, worked in days.items() if worked and day.weekday() < 5):
        raise rules.NotAMakeup(day=wrong[0].isoformat())


@transaction.atomic
def load_calendar(*, by: Actor, at: datetime, year: int, days: Mapping[date, bool], notice: str = "") -> str:
    """A year's holiday notice: day → worked? (True: a weekend day that is worked). Answers the new calendar version.

    Years follow one another; loading a year again corrects it. Whoever owes by a provisional date recomputes it.
    """
    by.must(Verb.CALENDAR_LOAD)
    check_calendar(year=year, days=days)
    row = CalendarYear.objects.create(year=year, notice=notice, loaded_by=by.account_id, loaded_at=at)
    CalendarDay.objects.bulk_create(
        CalendarDay(of=row, day=day, worked=worked) for day, worked in days.items()
    )
    open_subject(row.pk)
    record(
        kind="calendar.loaded",
        about=row.pk,
        by=by.account_id,
        at=at,
        year=year,
        days=len(days),
        notice=notice,
    )
    transaction.on_commit(queries.forget)
    queries.forget()
    return queries.calendar_version()


def calendar_days(text: str) -> dict[date, bool]:
    """Days from typed CSV with the columns first, last, kind (off | work), as the shipped calendar.csv has them."""
    days: dict[date, bool] = {}
    for line, row in enumerate(csv.DictReader(io.StringIO(text.lstrip("\ufeff").strip())), start=2):
        try:
            first = date.fromisoformat((row.get("first") or "").strip())
            last = date.fromisoformat((row.get("last") or row.get("first") or "").strip())
        except ValueError:
            raise rules.CalendarLineBroken(line=line) from None
        kind = (row.get("kind") or "").strip()
        if kind not in ("off", "work") or not 0 <= (last - first).days < 31:
            raise rules.CalendarLineBroken(line=line)
        for n in range((last - first).days + 1):
            days[first + timedelta(days=n)] = kind == "work"
    if not days:
        raise rules.CalendarEmpty()
    return days


@transaction.atomic
def advance_demo_clock(*, by: timedelta) -> timedelta:
    """Push the demo's clock forward; answers how far ahead it now is. There is no way back but a reset of the demo."""
    if not settings.MINQING_DEMO:
        raise rules.NotADemo()
    seconds = int(by.total_seconds())
    row, _ = DemoClock.objects.select_for_update(no_key=True).get_or_create(id=1)
    if seconds < 0 or row.seconds + seconds > MOST_DAYS_FORWARD * 86400:
        raise rules.OnlyForward(limit=MOST_DAYS_FORWARD)
    DemoClock.objects.filter(pk=1).update(seconds=F("seconds") + seconds)
    transaction.on_commit(queries.forget)
    queries.forget()
    return timedelta(seconds=row.seconds + seconds)


def reset_demo_clock() -> None:
    """The demo runs in real time again (part of a reset of the whole demo)."""
    if not settings.MINQING_DEMO:
        raise rules.NotADemo()
    DemoClock.objects.update(seconds=0)
    queries.forget()


def _waiting(change_id: UUID) -> Any:
    """The proposal, locked; refuses one that is approved already."""
    for table in TABLES.values():
        row: Any = table._default_manager.select_for_update(no_key=True).filter(pk=change_id).first()
        if row is not None:
            if row.approved_by is not None:
                raise rules.AlreadyApproved()
            return row
    raise NotFound()


def _checked(change: Change, today: date) -> dict[str, Any]:
    """The columns of a change that the rules allow, with what was left empty filled from the standing version."""
    columns = asdict(change)
    if isinstance(change, RuleChange):
        book = queries.county_law().book
        standing = book.find(change.key, change.valid_from) if change.key in book.keys else None
        rules.check_rule(
            term=term_of(change.term), extend=change.extend, valid_from=change.valid_from, today=today,
            source=change.source, standing=standing,
        )  # fmt: skip
        for name in ("name_zh", "name_en", "trigger_zh", "trigger_en"):
            columns[name] = columns[name] or (getattr(standing, name) if standing else change.key)
        mark = Mark.LAW if change.source is Source.LAW_CHANGED else Mark.LOCAL
        return columns | {
            "mark": mark.value,
            "source": change.source.value,
            "term": str(term_of(change.term)),
        }
    if change.valid_from <= today:
        raise rules.Backdated(earliest=(today + timedelta(days=1)).isoformat())
    if isinstance(change, SchemeChange) and change.scheme not in rules.SCHEMES.get(change.family, {}):
        raise rules.UnknownScheme(scheme=change.scheme)
    if isinstance(change, DispatchChange):
        columns["assist"] = list(change.assist)
    return columns
