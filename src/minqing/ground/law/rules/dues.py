"""A rule meets a day: the due date with its basis, and why that day in plain words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from minqing.ground.law.rules.laws import Mark, cite, rows_of
from minqing.ground.law.rules.table import Rule
from minqing.kernel.errors import Refusal
from minqing.methods.clock import Calendar, Due, Moment, Pause, Step, calendar_of, due_of
from minqing.methods.clock import explain as explain_sum

SHIPPED_FROM, SHIPPED_UNTIL = date(2004, 1, 1), date(2026, 12, 31)
CIVIL_CODE = ("mf", "201-203")


class ExtensionTooLong(Refusal):
    code, status, text = "law.extension-too-long", 422, "最多可以延长{limit}，不能再长。"


class PauseNotAllowed(Refusal):
    code, status, text = "law.pause-not-allowed", 422, "“{key}”这条期限不能中止；需要时间请申请延期。"


@dataclass(frozen=True, slots=True)
class RuleDue:
    """What a clock owes: the rule of that day and the sum made with it."""

    rule: Rule
    sum: Due

    @property
    def key(self) -> str:
        return self.rule.key

    @property
    def from_(self) -> Moment:
        return self.sum.from_

    @property
    def statutory(self) -> Moment:
        return self.sum.statutory

    @property
    def due(self) -> Moment:
        """The last day, or the last instant when the rule counts hours."""
        return self.sum.due

    @property
    def due_on(self) -> date:
        return self.sum.due_on

    @property
    def due_at(self) -> datetime:
        """The last instant: 23:59:59 of the due day at +08:00, or the very hour."""
        return self.sum.due_at

    @property
    def provisional(self) -> bool:
        return self.sum.provisional

    @property
    def steps(self) -> tuple[Step, ...]:
        rule = self.rule
        steps = [Step("rule", {
            "key": rule.key, "term": str(rule.term), "law": rule.law, "article": rule.article,
            "mark": rule.mark.value, "valid_from": rule.valid_from.isoformat(),
        })]  # fmt: skip
        if rule.earliest:
            steps.append(Step("rule.earliest", {"valid_from": rule.valid_from.isoformat()}))
        return (*steps, *self.sum.steps)

    def basis(self, lang: str = "zh-hans") -> str:
        return self.rule.basis(lang)


def due_by(
    rule: Rule, from_: Moment, calendar: Calendar, *, extra: int = 0, pauses: Sequence[Pause] = ()
) -> RuleDue:
    """When the duty under this rule ends; refuses an extension or a pause that the rule does not know."""
    if extra > rule.extend:
        raise ExtensionTooLong(limit=f"{rule.extend}{rule.term.unit.value}")
    if pauses and not rule.pausable:
        raise PauseNotAllowed(key=rule.key)
    return RuleDue(rule, due_of(rule.term, from_, calendar, extra=extra, pauses=pauses))


def explain(due: RuleDue | Due, lang: str = "zh-hans") -> str:
    """Why that day: the article first, then the count."""
    if isinstance(due, Due):
        return explain_sum(due, lang)
    rule, english = due.rule, lang.startswith("en")
    term = rule.term_text(lang)
    if english:
        lead = f"{rule.basis(lang)}: {term}. "
        early = "The rule of that time is not on file; the earliest known one is used. "
    else:
        lead = (
            f"{rule.basis(lang)}：{term}。"
            if rule.mark is Mark.DESIGN
            else f"依据{rule.basis(lang)}，期限{term}。"
        )
        early = "当时的规定没有收录，按已知最早的规定计算。"
    return lead + (early if rule.earliest else "") + explain_sum(due.sum, lang)


def basis_of(due: RuleDue | Due, lang: str = "zh-hans") -> str:
    """The citation of the rule; for a bare term that of the civil code's way of counting."""
    return due.basis(lang) if isinstance(due, RuleDue) else cite(*CIVIL_CODE, lang)


def as_json(due: RuleDue | Due, lang: str = "zh-hans") -> dict[str, Any]:
    """The answer of `minqing clock`."""
    term = due.rule.term if isinstance(due, RuleDue) else due.term
    return {
        "rule": due.rule.key if isinstance(due, RuleDue) else None,
        "term": str(term),
        "from": due.from_.isoformat(),
        "statutory": due.statutory.isoformat(),
        "due": due.due.isoformat(),
        "provisional": due.provisional,
        "basis": basis_of(due, lang),
        "explanation": explain(due, lang),
        "steps": [step.as_json() for step in due.steps],
    }


def as_clock(due: RuleDue, lang: str = "zh-hans") -> dict[str, Any]:
    """One entry of `clocks` in the answers of the API."""
    whole = as_json(due, lang)
    return {"key": due.key} | {
        name: whole[name] for name in ("from", "statutory", "due", "provisional", "basis", "explanation")
    }


def spans_of(rows: Sequence[Mapping[str, str]]) -> list[tuple[date, date, bool]]:
    """Rows first, last, kind (off | work) as the calendar file holds them."""
    return [
        (date.fromisoformat(r["first"]), date.fromisoformat(r["last"]), r["kind"] == "work") for r in rows
    ]


@cache
def shipped_calendar() -> Calendar:
    return calendar_of(
        spans_of(list(rows_of("calendar"))), loaded_from=SHIPPED_FROM, loaded_until=SHIPPED_UNTIL
    )
