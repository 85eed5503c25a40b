"""Timed work on promises, and their reactions to what was recorded elsewhere."""

from datetime import datetime
from uuid import UUID

from minqing.record.facts.rules import Happened
from minqing.work.judgement.rules import Asked, Solved
from minqing.work.promises import commands
from minqing.work.promises.commands import judge_promise
from minqing.work.promises.queries import state_of
from minqing.work.promises.rules import PromiseState


def fall_due(at: datetime) -> int:
    return commands.fall_due(at=at)


def hear_verdict(fact: Happened) -> None:
    """`verdict.given` about a promise decides it: yes is kept, partly and no are not. Twice is once."""
    subject, _, promise_id = str(fact.body.get("of", "")).partition(":")
    if subject == "promise" and state_of(UUID(promise_id)) is PromiseState.CLAIMED:
        judge_promise(
            promise_id=UUID(promise_id), kept=fact.body["solved"] == Solved.YES, at=fact.at, by_id=fact.by_id,
            asked=Asked(fact.body["asked"]),
        )  # fmt: skip
