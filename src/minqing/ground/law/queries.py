"""Every read of the law: what time it is, which rule stands, when it is due and why, whose business a matter is.

The county's own rows are looked up in the database at most every thirty seconds; a new row never starts before the
next day, so no process can be wrong by it. Without a database (`minqing clock`) the shipped rows answer alone.
"""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.db.utils import InterfaceError, OperationalError
from django.utils.translation import get_language

from minqing.ground.law import rules
from minqing.ground.law.rules import (
    Article,
    BadNow,
    Catalogue,
    Entry,
    FrozenOutsideDemo,
    Mark,
    Rule,
    RuleBook,
    RuleDue,
)
from minqing.methods.clock import Calendar, Due, Moment, Pause, day_of, term_of

CHINA = ZoneInfo("Asia/Shanghai")
KEEP_SECONDS = 30.0
KEEP_OFFSET_SECONDS = 1.0


@dataclass(frozen=True)
class CountyLaw:
    """Shipped rows and the county's own in one, as of one look into the database."""

    book: RuleBook
    calendar: Calendar
    version: str
    entries: tuple[Entry, ...]
    articles: tuple[Article, ...]


@dataclass(frozen=True)
class ProposalLine:
    """A county row that waits for its second person, or has it."""

    id: UUID
    kind: str
    what: str
    valid_from: date
    reason: str
    proposed_by: UUID
    approved_by: UUID | None


_law: tuple[float, CountyLaw] | None = None
_offset: tuple[float, timedelta] | None = None
_shipped: CountyLaw | None = None


def forget() -> None:
    """Look into the database again at the next question, in this process."""
    global _law, _offset
    _law = _offset = None


def now() -> datetime:
    """The legal now, in China's time. `MINQING_NOW` freezes it and the demo clock pushes it, both only in a demo."""
    frozen = os.environ.get("MINQING_NOW", "")
    demo = settings.MINQING_DEMO
    if frozen and not demo:
        raise FrozenOutsideDemo()
    at = _frozen(frozen) if frozen else datetime.now(CHINA)
    return at + demo_offset() if demo else at


def today() -> date:
    """The legal day."""
    return now().date()


def demo_offset() -> timedelta:
    """How far the demo clock has been pushed; read at most once a second."""
    global _offset
    if _offset and time.monotonic() - _offset[0] < KEEP_OFFSET_SECONDS:
        return _offset[1]
    if not apps.models_ready:
        return timedelta()
    try:
        seconds = apps.get_model("law", "DemoClock").objects.values_list("seconds", flat=True).first() or 0
    except (InterfaceError, OperationalError):  # the page that says so still needs the time
        return _offset[1] if _offset else timedelta()
    _offset = (time.monotonic(), timedelta(seconds=seconds))
    return _offset[1]


def rule(key: str, on: date | None = None) -> Rule:
    """The version of the rule in force on that day (today if None); `key@scheme` names one scheme."""
    return county_law().book.find(key, on or today())


def due(
    key: str, from_: Moment, on: date | None = None, *, extra: int = 0, pauses: Sequence[Pause] = ()
) -> RuleDue:
    """When the duty `key` that began at `from_` ends, by the rule of that day, or of `on`.

    `extra` is an approved extension in the rule's own unit, `pauses` closed intervals that the rule leaves out.
    """
    law = county_law()
    return rules.due_by(
        law.book.find(key, on or day_of(from_)), from_, law.calendar, extra=extra, pauses=pauses
    )


def explain(due: RuleDue | Due, lang: str | None = None) -> str:
    """Why that day, in the language of the page unless one is named."""
    return rules.explain(due, lang or _lang())


def clock_of(due: RuleDue, lang: str | None = None) -> dict[str, Any]:
    """One entry of `clocks` in the answers of the API."""
    return rules.as_clock(due, lang or _lang())


def calendar() -> Calendar:
    return county_law().calendar


def calendar_with(year: int, days: Mapping[date, bool]) -> Calendar:
    """The calendar as it would be with that year's notice loaded: for looking before loading."""
    known = calendar()
    off = {day for day in known.off if day.year != year} | {day for day, worked in days.items() if not worked}
    makeup = {day for day in known.makeup if day.year != year} | {
        day for day, worked in days.items() if worked
    }
    return Calendar(
        frozenset(off), frozenset(makeup), known.loaded_from, max(known.loaded_until, date(year, 12, 31))
    )


def calendar_version() -> str:
    """Changes whenever a loaded day changes: `2026-12-31/1f0c…`. Provisional duties are computed again then."""
    return county_law().version


def articles(*, law: str = "", words: str = "", on: date | None = None) -> list[Article]:
    """Policy articles in force that day (today if None), of that law, with all of the words."""
    return rules.pick(county_law().articles, on=on or today(), law=law, words=words)


def article(law: str, number: str, on: date | None = None) -> Article | None:
    """One article; a county's own explanation of it goes before the shipped one."""
    found = [one for one in articles(law=law, on=on) if one.number == number]
    return found[-1] if found else None


def catalogue(on: date | None = None) -> Catalogue:
    """The dispatch catalogue in force that day (today if None)."""
    return Catalogue(rules.entries_on(county_law().entries, on or today()))


def proposals(*, waiting: bool = True) -> list[ProposalLine]:
    """The county's own rows, oldest first: those that wait for a second person, or all."""
    lines: list[ProposalLine] = []
    for kind in ("LawRule", "SchemeChoice", "PolicyArticle", "DispatchEntry"):
        rows = apps.get_model("law", kind).objects.order_by("proposed_at", "id")
        for row in rows.filter(approved_by__isnull=True) if waiting else rows:
            lines.append(
                ProposalLine(
                    row.pk, kind, str(row), row.valid_from, row.reason, row.proposed_by, row.approved_by
                )
            )
    return lines


def county_law() -> CountyLaw:
    """Shipped and county rows together, at most thirty seconds old."""
    global _law
    if _law and time.monotonic() - _law[0] < KEEP_SECONDS:
        return _law[1]
    if not apps.models_ready:
        return shipped_law()
    found = _read()
    _law = (time.monotonic(), found)
    return found


def shipped_law() -> CountyLaw:
    """What every county starts with."""
    global _shipped
    if _shipped is None:
        shipped = rules.shipped_calendar()
        _shipped = CountyLaw(
            rules.shipped_book(),
            shipped,
            _version(shipped),
            rules.shipped_entries(),
            rules.shipped_articles(),
        )
    return _shipped


def _read() -> CountyLaw:
    shipped = shipped_law()
    own = [_rule_of(row) for row in _approved("LawRule")]
    schemes: dict[str, dict[date, str]] = {}
    for choice in _approved("SchemeChoice"):
        schemes.setdefault(choice.family, {})[choice.valid_from] = choice.scheme
    entries = [
        Entry(
            row.code, row.topic, row.name_zh, row.name_en, row.lead, tuple(row.assist), row.basis,
            row.valid_from, row.valid_to, Mark.LOCAL, local=True,
        )
        for row in _approved("DispatchEntry")
    ]  # fmt: skip
    articles = [
        Article(
            row.law, row.number, row.title_zh, row.title_en, row.plain_zh, row.plain_en,
            row.valid_from, row.valid_to, local=True,
        )
        for row in _approved("PolicyArticle")
    ]  # fmt: skip
    calendar = _read_calendar(shipped.calendar)
    if not (own or schemes or entries or articles) and calendar is shipped.calendar:
        return shipped
    book = RuleBook((*rules.shipped_rules(), *own), schemes) if own or schemes else shipped.book
    return CountyLaw(
        book, calendar, _version(calendar), (*shipped.entries, *entries), (*shipped.articles, *articles)
    )


def _approved(kind: str) -> list[Any]:
    rows = apps.get_model("law", kind).objects.filter(approved_by__isnull=False)
    return list(rows.order_by("valid_from", "id"))


def _rule_of(row: Any) -> Rule:
    return Rule(
        row.key, rules.LOCAL_ROWS, row.name_zh, row.name_en, row.trigger_zh, row.trigger_en, term_of(row.term),
        row.extend, row.pausable, row.law, row.article, row.valid_from, row.valid_to, Mark(row.mark),
    )  # fmt: skip


def _read_calendar(shipped: Calendar) -> Calendar:
    """The shipped years, with those a county has loaded in their place or after them."""
    newest = {
        row.year: row.pk
        for row in apps.get_model("law", "CalendarYear").objects.order_by("year", "loaded_at", "id")
    }
    if not newest:
        return shipped
    off = {day for day in shipped.off if day.year not in newest}
    makeup = {day for day in shipped.makeup if day.year not in newest}
    days = apps.get_model("law", "CalendarDay").objects.filter(of__in=newest.values())
    for day, worked in days.values_list("day", "worked"):
        (makeup if worked else off).add(day)
    until = max(shipped.loaded_until, date(max(newest), 12, 31))
    return Calendar(frozenset(off), frozenset(makeup), shipped.loaded_from, until)


def _version(calendar: Calendar) -> str:
    text = ",".join(sorted(f"-{day}" for day in calendar.off) + sorted(f"+{day}" for day in calendar.makeup))
    return f"{calendar.loaded_until.isoformat()}/{sha256(text.encode()).hexdigest()[:12]}"


def _frozen(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise BadNow() from None
    if at.tzinfo is None:
        raise BadNow()
    return at.astimezone(CHINA)


def _lang() -> str:
    return get_language() or "zh-hans"
