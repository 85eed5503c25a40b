"""Facts as sentences, with the stretches in which nothing happened; clocks with the reason for their day."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from minqing.ground.law import queries as law
from minqing.ground.law.rules import UnknownRule
from minqing.ground.offices.queries import names_of
from minqing.methods.clock import CHINA
from minqing.record.facts.rules import Happened
from minqing.work.cases.queries.lines import ClockLine, Moment
from minqing.work.cases.queries.words import CLOCK_NAME, PERSON_TOLD, STAFF_TOLD, moment_words, name_in
from minqing.work.duties.queries import light, reckoned
from minqing.work.duties.rules import DutyLine

GAP = timedelta(days=15)
DATES = ("due", "next_on", "effective", "on")
Names = Mapping[Any, tuple[str, str]]


def office_ids(facts: Iterable[Happened], clocks: Iterable[DutyLine] = ()) -> set[UUID]:
    """Every office a timeline or a clock will name, to be read in one query."""
    told = {UUID(fact.body["office_id"]) for fact in facts if isinstance(fact.body.get("office_id"), str)}
    return told | {line.office_id for line in clocks}


def sentence(fact: Happened, table: Mapping[str, object], names: Names) -> str:
    kind = fact.kind
    if kind == "case.replied" and fact.body.get("reply") in {"interim", "assist"}:
        kind = f"{kind}.{fact.body['reply']}"
    if kind == "case.talked":
        kind = f"{kind}.{fact.body.get('side', 'office')}"
    text = table.get(kind)
    if text is None:
        return ""
    office_id = fact.body.get("office_id")
    words: dict[str, Any] = {
        "office": name_in(names, UUID(office_id)) if isinstance(office_id, str) else _("单位")
    }
    for key, value in fact.body.items():
        if key != "office_id":
            words[key] = moment_words(value) if key in DATES and isinstance(value, str) else value
    return str(text).format_map(_Missing(words))


class _Missing(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return ""


def moments(
    facts: Sequence[Happened],
    *,
    names: Names,
    now: datetime,
    ended: bool,
    staff: bool = False,
    known_waits: bool = False,
) -> list[Moment]:
    """The timeline, oldest first. A long silence is a line of its own: the office cannot hide that nothing happened."""
    table = STAFF_TOLD if staff else PERSON_TOLD
    lines: list[Moment] = []
    for fact in facts:
        text = sentence(fact, table, names)
        if not text:
            continue
        if (
            lines
            and lines[-1].key == fact.kind
            and lines[-1].text == text
            and fact.at - lines[-1].at < timedelta(minutes=1)
        ):
            continue
        _gap(lines, fact.at)
        lines.append(Moment(fact.at, text, fact.kind))
    if lines and not ended and not known_waits:
        _gap(lines, now)
    return lines


def _gap(lines: list[Moment], until: datetime) -> None:
    if lines and until - lines[-1].at > GAP:
        days = (until - lines[-1].at).days
        lines.append(Moment(until, _("这{days}天里没有新的记录").format(days=days), "gap"))


def clock_lines(
    clocks: Iterable[DutyLine], *, names: Names, now: datetime, lang: str, staff: bool = False
) -> list[ClockLine]:
    """Open clocks first, then those that ended; each says why that day."""
    lines = []
    for line in sorted(clocks, key=lambda one: (one.met_at is not None, one.due_at)):
        title = CLOCK_NAME.get(line.rule)
        if title is None and not staff:
            continue
        lines.append(
            ClockLine(
                key=line.rule, name=str(title) if title and not staff else _rule_name(line, lang) or str(title or line.rule),
                office=name_in(names, line.office_id), from_=line.from_on, statutory=line.statutory_on,
                due=line.due_at.astimezone(CHINA).date(), due_at=line.due_at, provisional=line.provisional,
                light=light(line, now), met_at=line.met_at, words=why(line, lang),
            )
        )  # fmt: skip
    return lines


def _rule_name(line: DutyLine, lang: str) -> str:
    try:
        return law.rule(line.rule, line.rule_from or line.from_on).name(lang)
    except UnknownRule:
        return ""


def why(line: DutyLine, lang: str) -> str:
    """为什么是这一天: the article and the count; for a day that was named, the day itself."""
    if line.term:
        return law.explain(reckoned(line.rule, line.from_on, term=line.term, extra=line.extra)[0], lang)
    try:
        due = law.due(line.rule, line.from_on, line.rule_from or line.from_on, extra=line.extra)
    except UnknownRule:
        return ""
    if due.sum.term.unit.elapsed is not None:
        return f"{due.rule.basis(lang)}：{due.rule.term_text(lang)}" if not lang.startswith("en") else (
            f"{due.rule.basis(lang)}: {due.rule.term_text(lang)}")  # fmt: skip
    return law.explain(due, lang)


def gathered(facts: Sequence[Happened], clocks: Iterable[DutyLine], more: Iterable[UUID] = ()) -> Names:
    return names_of(office_ids(facts, clocks) | set(more))
