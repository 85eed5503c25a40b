"""What an officer does with a clue. Each act: what they hold, the rule, the change, the step. Call with their private key.

The database shows these rows only inside `seen_as(officer=…)`, which every act opens itself.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from minqing.methods.clock import day_of
from minqing.watch.clues import queries
from minqing.watch.clues.commands.keys import field, read_field, unwrapped
from minqing.watch.clues.commands.routing import CLERK, HANDLER
from minqing.watch.clues.commands.steps import move, step
from minqing.watch.clues.models import Access, Clue, Look, Refund, Talk
from minqing.watch.clues.queries import seen_as
from minqing.watch.clues.rules import (
    CLUE,
    GONE_UP,
    MOST_NAMED,
    REPAY,
    AlreadyForwarded,
    AmountWrong,
    ClueState,
    Finding,
    NoDayNamed,
    NotEligible,
    NothingWritten,
    Purpose,
    RepayState,
    TalkKind,
    TooManyNamed,
    check_restatement,
)


def _mine(officer: UUID, clue_id: UUID, *parts: str) -> tuple[Clue, Access]:
    row = queries.access(officer, clue_id)
    if parts and row.part not in parts:
        raise NotEligible()
    clue = queries.clue(clue_id, lock=True)
    still_here(clue)
    return clue, row


def still_here(clue: Clue) -> None:
    """What was sent up is closed here: nobody of this county opens it any more."""
    if ClueState(clue.state) in GONE_UP:
        raise AlreadyForwarded()


def look(*, officer: UUID, clue_id: UUID, what: str, at: datetime, purpose: str = "") -> None:
    """Write down that somebody is about to read; committed before anything is shown. Call it, then read."""
    with seen_as(officer=officer):
        row = queries.access(officer, clue_id)
        Look.objects.create(
            id=uuid4(), clue_id=clue_id, officer=officer, office=row.office, what=what, purpose=purpose, at=at
        )


def read_words(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime) -> dict[str, Any]:
    """The words as they were said, for whoever receives them. The first reading opens the clue."""
    look(officer=officer, clue_id=clue_id, what="words", at=at, purpose=Purpose.RESTATE.value)
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK)
        key = unwrapped(private, row.words_key)
        if clue.state == ClueState.ARRIVED.value:
            told_key = unwrapped(private, row.told_key)
            move(clue, _after(clue, "open"), act="open", by=officer, at=at, key=told_key)
        return read_field(key, clue_id, "words", clue.words)


def _after(clue: Clue, act: str) -> ClueState:
    return ClueState(CLUE.after(ClueState(clue.state), act).value)


def register_clue(
    *, officer: UUID, clue_id: UUID, private: bytes, at: datetime, restated: str, accused: Iterable[UUID] = (),
    units: Iterable[UUID] = (), named: Iterable[UUID] = (), unknown: bool = False, connivance: bool = False,
) -> None:  # fmt: skip
    """Say whom it is about and restate it without the person who said it; what is handed on is this text alone.

    From here on the worker reckons anew who must not come near it: the registrar too may be among them.
    """
    named = list(named)
    if len(named) > MOST_NAMED:
        raise TooManyNamed(limit=MOST_NAMED)
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK)
        after = _after(clue, "register")
        words, told = unwrapped(private, row.words_key), unwrapped(private, row.told_key)
        original = read_field(words, clue_id, "words", clue.words)
        if not restated.strip():
            raise NothingWritten()
        check_restatement(restated, str(original.get("text", "")))
        clue.told = field(told, clue_id, "told", {"text": restated})
        clue.matter = field(words, clue_id, "matter", {
            "accused": [str(one) for one in accused], "units": [str(one) for one in units],
            "named": [str(one) for one in named], "unknown": unknown, "connivance": connivance,
        })  # fmt: skip
        clue.routed_at = None
        clue.save(update_fields=["told", "matter", "routed_at"])
        move(clue, after, act="register", by=officer, at=at, key=told)


def hand_over(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, handler: UUID) -> None:
    """Give it to somebody who may hold it; the worker wraps the key of what is told to them, and of nothing else."""
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK)
        after = _after(clue, "hand-over")
        words, told = unwrapped(private, row.words_key), unwrapped(private, row.told_key)
        kept = read_field(words, clue_id, "matter", clue.matter)
        if handler not in queries.may_handle(queries.matter_of(kept), day_of(at)):
            raise NotEligible()
        clue.matter = field(words, clue_id, "matter", kept | {"handler": str(handler)})
        clue.routed_at = None
        clue.save(update_fields=["matter", "routed_at"])
        move(clue, after, act="hand-over", by=officer, at=at, key=told)


def take_back(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, why: str) -> None:
    """Take it from whoever handles it, to give it to somebody else; the worker ends their part."""
    if not why.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK)
        after = _after(clue, "take-back")
        words, told = unwrapped(private, row.words_key), unwrapped(private, row.told_key)
        kept = read_field(words, clue_id, "matter", clue.matter)
        kept.pop("handler", None)
        clue.matter = field(words, clue_id, "matter", kept)
        clue.routed_at = None
        clue.save(update_fields=["matter", "routed_at"])
        move(clue, after, act="take-back", by=officer, at=at, key=told, why=why)


def read_told(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime) -> str:
    """The restatement, for whoever handles it."""
    look(officer=officer, clue_id=clue_id, what="told", at=at)
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id)
        return str(read_field(unwrapped(private, row.told_key), clue_id, "told", clue.told).get("text", ""))


def say(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, text: str, kind: TalkKind) -> None:
    """A word to the person, whom nobody here knows by name: they read it with their slip."""
    if not text.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        key = unwrapped(private, row.told_key)
        pk = uuid4()
        Talk.objects.create(
            id=pk,
            clue=clue,
            mine=False,
            text=field(key, clue_id, f"talk|{pk}", {"text": text, "kind": str(kind)}),
            at=at,
        )
        step(clue, act="talk", by=officer, at=at, key=key, kind=str(kind))


def decide(
    *, officer: UUID, clue_id: UUID, private: bytes, at: datetime, finding: Finding, result: str
) -> None:
    """What came of it; the person is told next, within the days of the rule."""
    if not result.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        key = unwrapped(private, row.told_key)
        move(
            clue,
            _after(clue, "decide"),
            act="decide",
            by=officer,
            at=at,
            key=key,
            finding=str(finding),
            result=result,
        )


def answer(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, text: str) -> None:
    """结果反馈: the result in words for the person."""
    say(officer=officer, clue_id=clue_id, private=private, at=at, text=text, kind=TalkKind.RESULT)
    _simple(officer, clue_id, private, at, "answer")


def settle(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime) -> None:
    _simple(officer, clue_id, private, at, "settle")


def send_elsewhere(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, act: str, why: str) -> None:
    """`find-other`, `send-over`, `find-higher`, `send-up`, `tell-not-within`: it belongs to somebody else, and the person is told."""
    if not why.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, _ = _mine(officer, clue_id, CLERK, HANDLER)
        _after(clue, act)
    say(officer=officer, clue_id=clue_id, private=private, at=at, text=why, kind=TalkKind.PROGRESS)
    _simple(officer, clue_id, private, at, act, why=why)


def _simple(officer: UUID, clue_id: UUID, private: bytes, at: datetime, act: str, **body: Any) -> None:
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        key = unwrapped(private, row.told_key)
        move(clue, _after(clue, act), act=act, by=officer, at=at, key=key, **body)


# 退赔


def owe_refund(
    *,
    officer: UUID,
    clue_id: UUID,
    private: bytes,
    at: datetime,
    household: str,
    fen: int,
    due_on: date | None,
) -> UUID:
    """What one household gets back, by which day. Only the household itself says that it came."""
    if fen <= 0:
        raise AmountWrong()
    if due_on is None:
        raise NoDayNamed()
    if not household.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        key = unwrapped(private, row.told_key)
        pk = uuid4()
        Refund.objects.create(
            id=pk, clue=clue, household=field(key, clue_id, f"refund|{pk}", {"household": household}), fen=fen,
            state=RepayState.PROMISED.value, due_on=due_on,
        )  # fmt: skip
        step(clue, act="refund", by=officer, at=at, key=key, fen=fen)
    return pk


def pay_refund(*, officer: UUID, clue_id: UUID, private: bytes, at: datetime, refund_id: UUID | str) -> None:
    """Say that it was paid; it stands open until the household says that it came."""
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        one = Refund.objects.select_for_update().filter(pk=refund_id, clue=clue).first()
        if one is None:
            raise NotEligible()
        one.state, one.paid_on = REPAY.after(RepayState(one.state), "pay").value, day_of(at)
        one.save(update_fields=["state", "paid_on"])
        step(clue, act="refund-paid", by=officer, at=at, key=unwrapped(private, row.told_key))


def set_aside_refund(
    *, officer: UUID, clue_id: UUID, private: bytes, at: datetime, refund_id: UUID | str, why: str
) -> None:
    """依法不退: never without a reason, which the household reads in the talk."""
    if not why.strip():
        raise NothingWritten()
    with seen_as(officer=officer):
        clue, row = _mine(officer, clue_id, CLERK, HANDLER)
        one = Refund.objects.select_for_update().filter(pk=refund_id, clue=clue).first()
        if one is None:
            raise NotEligible()
        one.state = REPAY.after(RepayState(one.state), "set-aside").value
        one.save(update_fields=["state"])
        step(clue, act="refund-set-aside", by=officer, at=at, key=unwrapped(private, row.told_key), why=why)
    say(officer=officer, clue_id=clue_id, private=private, at=at, text=why, kind=TalkKind.PROGRESS)
