"""The original opens by two persons of different units, fresh factors, one purpose, half an hour; and what may leave. Pure."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from minqing.watch.clues.rules.refusals import (
    ApprovalOld,
    ApprovalReplayed,
    ApproverIsRequester,
    DelayNeedsTwo,
    DelayTooLong,
    FactorStale,
    InstrumentNeeded,
    NotEligible,
    OpeningExpired,
    PurposeNeeded,
    PurposeNotAllowed,
    RestatementCopies,
    RestatementNotRedacted,
    SameUnit,
    TipsOff,
)
from minqing.watch.clues.rules.routing import Org, Route, apart
from minqing.watch.clues.rules.words import ClueClass, Purpose

LEAST_PASSPHRASE = 10
LOOK_FOR = timedelta(minutes=30)
ASK_FOR = timedelta(hours=24)
FACTOR_FOR = timedelta(minutes=5)
DELAY_MONTHS = 6
WHY_LEAST = 6
CHECK_LEAST = 5
COPIED_RUN = 16
SHOWN_LEAST = 5


@dataclass(frozen=True)
class Asked:
    """A request to open one original; `used`: somebody has looked under it already."""

    clue: UUID
    by: UUID
    at: datetime
    purpose: Purpose
    why: str
    kind: ClueClass
    instrument: str = ""
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    used_at: datetime | None = None


def may_ask(asked: Asked, route: Route, *, factor_at: datetime | None) -> None:
    """The requester must be on the route today, say why, and have shown a second factor just now."""
    if asked.by not in route.people:
        raise NotEligible()
    _fresh(factor_at, asked.at)
    if len(asked.why.strip()) < WHY_LEAST:
        raise PurposeNeeded()
    if asked.kind is ClueClass.ANONYMOUS and asked.purpose is Purpose.REACH:
        raise PurposeNotAllowed()
    if asked.purpose is Purpose.REQUEST and not asked.instrument.strip():
        raise InstrumentNeeded()


def may_approve(
    asked: Asked, route: Route, org: Org, *, approver: UUID, at: datetime, factor_at: datetime | None
) -> None:
    """The approver is another person of another unit, on the route today; one approval, for one look, within a day."""
    if asked.approved_by is not None:
        raise ApprovalReplayed()
    if approver == asked.by:
        raise ApproverIsRequester()
    if approver not in route.approvers or asked.by not in route.people:
        raise NotEligible()
    if not apart(asked.by, approver, org, at.date()):
        raise SameUnit()
    if at - asked.at > ASK_FOR:
        raise ApprovalOld(hours=ASK_FOR // timedelta(hours=1))
    _fresh(factor_at, at)


def may_look(asked: Asked, route: Route, *, by: UUID, at: datetime, clue: UUID) -> None:
    """Only who asked, only that clue, only while the half hour runs and both are still on the route."""
    if by != asked.by or clue != asked.clue or asked.approved_by is None or asked.approved_at is None:
        raise NotEligible()
    if by not in route.people or asked.approved_by not in route.approvers:
        raise NotEligible()
    if asked.used_at is None and at - asked.approved_at > ASK_FOR:
        raise ApprovalOld(hours=ASK_FOR // timedelta(hours=1))
    if at >= open_until(asked, at):
        raise OpeningExpired(minutes=LOOK_FOR // timedelta(minutes=1))


def open_until(asked: Asked, at: datetime) -> datetime:
    """The end of the look: half an hour from its first moment."""
    return (asked.used_at or at) + LOOK_FOR


def may_delay(
    *, by: UUID, second: UUID, route: Route, org: Org, since: date, until: date, today: date
) -> None:
    """Telling the writer later: two persons of different units each time, in all six months from the look at most."""
    if not {by, second} <= route.people:
        raise NotEligible()
    if not apart(by, second, org, today):
        raise DelayNeedsTwo(months=DELAY_MONTHS)
    if until > months_after(since, DELAY_MONTHS):
        raise DelayTooLong(months=DELAY_MONTHS)


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last."""
    years, month = divmod(day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(day.year + years, month + 1, min(last, day.day))
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def above_is_told(purpose: Purpose, *, broke_glass: bool) -> bool:
    """Whoever opens without waiting for the second person has the level above told at the same moment."""
    return broke_glass or purpose is Purpose.DANGER


def _fresh(factor_at: datetime | None, at: datetime) -> None:
    if factor_at is None or not timedelta(0) <= at - factor_at <= FACTOR_FOR:
        raise FactorStale(minutes=FACTOR_FOR // timedelta(minutes=1))


# What leaves: a restatement in other words, counts only in fives, a check only over a lot

_TELLING = {
    "电话": re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d{4}){2}(?!\d)|(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)"),
    "证件号码": re.compile(r"(?<!\d)\d{6}(?:19|20)\d{9}[\dXx](?!\d)"),
    "邮箱": re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
    "卡号": re.compile(r"(?<!\d)\d{16}(?:\d{3})?(?!\d)"),
    "口气": re.compile(r"我(?:家|爸|妈|父亲|母亲|爱人|丈夫|妻子|儿子|女儿|本人|自己|是.{0,8}(?:人|户|员工|职工|会计))"),
}  # fmt: skip


def check_restatement(restated: str, original: str, *, names: Iterable[str] = ()) -> None:
    """Refuses a restatement that names the writer, gives a number, speaks as they do, or copies a run of their words."""
    what = [kind for kind, pattern in _TELLING.items() if pattern.search(restated)]
    if any(name and name in restated for name in names):
        what.append("姓名")
    if what:
        raise RestatementNotRedacted(what="、".join(what))
    run = copied(original, restated)
    if run:
        raise RestatementCopies(n=len(run))


def copied(original: str, restated: str, *, least: int = COPIED_RUN) -> str:
    """The longest run of at least so many characters that both texts share, without blanks; "" when there is none."""
    first, second = ("".join(text.split()) for text in (original, restated))
    runs = {first[i : i + least] for i in range(len(first) - least + 1)}
    longest, i = "", 0
    while i <= len(second) - least:
        if second[i : i + least] in runs:
            end = i + least
            while end < len(second) and second[i : end + 1] in first:
                end += 1
            longest = max(longest, second[i:end], key=len)
            i = end - least + 1
        else:
            i += 1
    return longest


def check_follow_up(places: int, *, drawn: bool, same_questions: bool, not_before: date | None) -> None:
    """A check that follows a clue: a lot of at least five, the same questions, not before a day set by the discipline office."""
    if places < CHECK_LEAST or not drawn or not same_questions or not_before is None:
        raise TipsOff(least=CHECK_LEAST)


def shown(n: int) -> int | None:
    """A count as anybody outside the route may see it: nothing under five, nought included."""
    return n if n >= SHOWN_LEAST else None


def shown_row(cells: Iterable[int]) -> list[int | None]:
    """Cells of a row whose sum is known: what is hidden cannot be reckoned back from the rest."""
    row = list(cells)
    hidden = {i for i, n in enumerate(row) if n < SHOWN_LEAST}
    while hidden and sum(row[i] for i in hidden) < SHOWN_LEAST:
        rest = [i for i in range(len(row)) if i not in hidden]
        if not rest:
            break
        hidden.add(min(rest, key=lambda i: (row[i], i)))
    return [None if i in hidden else n for i, n in enumerate(row)]
