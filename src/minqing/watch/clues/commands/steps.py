"""What was done with a clue: its steps in order, and what is owed next. Nothing of it is a fact of the county."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from minqing.ground.law import queries as law
from minqing.methods.clock import day_of, due_of, term_of
from minqing.watch.clues.commands.keys import field
from minqing.watch.clues.models import Clue, Duty, Step
from minqing.watch.clues.rules import FROM_ARRIVAL, ClueState, owed


def step(clue: Clue, *, act: str, by: UUID | None, at: datetime, key: bytes, **body: Any) -> Step:
    """Write a step down under the clue's row lock; its chain owes the county's log one more leaf."""
    n = Step.objects.filter(clue=clue).count()
    pk = uuid4()
    return Step.objects.create(
        id=pk, clue=clue, n=n, act=act, by=by, at=at, body=field(key, clue.pk, f"step|{pk}", body)
    )


def move(
    clue: Clue, after: ClueState, *, act: str, by: UUID | None, at: datetime, key: bytes, **body: Any
) -> Step:
    """Into another state: what was owed is done, what is owed there begins."""
    clue.state = after.value
    clue.save(update_fields=["state"])
    done = step(clue, act=act, by=by, at=at, key=key, **body)
    owe(clue, after, at=at)
    return done


def owe(clue: Clue, state: ClueState, *, at: datetime) -> None:
    """The clock of this state. One that runs under the same rule goes on: a new step is no new deadline."""
    rule, term = owed(state)
    Duty.objects.filter(clue=clue, done_at__isnull=True).exclude(rule=rule).update(done_at=at)
    if not rule or Duty.objects.filter(clue=clue, rule=rule, done_at__isnull=True).exists():
        return
    start = clue.arrived_on if rule in FROM_ARRIVAL else day_of(at)
    if term:
        due = due_of(term_of(term), start, law.calendar())
        Duty.objects.create(
            id=uuid4(),
            clue=clue,
            rule=rule,
            rule_from=start,
            from_on=start,
            due_at=due.due_at,
            provisional=due.provisional,
        )
    else:
        found = law.due(rule, start)
        Duty.objects.create(
            id=uuid4(), clue=clue, rule=rule, rule_from=found.rule.valid_from, from_on=start, due_at=found.due_at,
            provisional=found.provisional,
        )  # fmt: skip
