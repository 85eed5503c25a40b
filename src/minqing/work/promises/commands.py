"""Everything that writes promises. Nothing here ever changes the words."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Role, Verb
from minqing.ground.offices.queries import office
from minqing.kernel.errors import NotFound
from minqing.kernel.ids import uuid7_at
from minqing.methods.clock import day_of
from minqing.record.facts.commands import open_subject, record
from minqing.record.facts.queries import facts_about
from minqing.work.duties.commands import drop, meet, owe
from minqing.work.judgement.commands import open_callback
from minqing.work.judgement.rules import Asked
from minqing.work.promises.models import Promise
from minqing.work.promises.queries import promise_for
from minqing.work.promises.rules import (
    PROMISE,
    STATE_DUTY,
    DateBeforeWords,
    NoDate,
    NoExactWords,
    NoOutcome,
    PromiseState,
)


@transaction.atomic
def make_promise(
    *, by: Actor, about: str, words: str, office_id: UUID, to_person_id: UUID | None = None, condition: str = "",
    due_on: date | None = None, made_on: date, at: datetime,
) -> UUID:  # fmt: skip
    """Put down what was said, word for word. A day makes it a duty; a condition alone is looked at again.

    A mediator writes down what others bind themselves to; everybody else promises for an office they speak for.
    """
    line = office(office_id)
    by.must(Verb.PROMISE_MAKE, office_path=None if Role.MEDIATOR in by.roles else line.path)
    if not words.strip():
        raise NoExactWords()
    if due_on is None and not condition.strip():
        raise NoDate()
    if due_on is not None and due_on < made_on:
        raise DateBeforeWords()
    state = PROMISE.after(PROMISE.start, "wait") if condition.strip() else PROMISE.start
    row = Promise.objects.create(
        id=uuid7_at(at), about=about, words=words, condition=condition, by_account_id=by.account_id,
        office_id=office_id, to_person_id=to_person_id, made_on=made_on, due_on=due_on, state=state, recorded_at=at,
    )  # fmt: skip
    open_subject(row.pk)
    _owe(row, from_=made_on, at=at)
    record(
        kind="promise.made", about=row.pk, by=by.account_id, at=at, of=about, office_id=str(office_id),
        due_on=due_on.isoformat() if due_on else None, conditional=bool(condition.strip()),
    )  # fmt: skip
    return row.pk


@transaction.atomic
def start_promise(*, by: Actor, promise_id: UUID, due_on: date | None = None, at: datetime) -> None:
    """The condition has come true: from now on there is a day, the one said then or the one named now."""
    row = promise_for(by, Verb.PROMISE_CLAIM, promise_id, lock=True)
    row.state = PROMISE.after(PromiseState(row.state), "start")
    row.due_on = row.due_on or due_on
    if row.due_on is None:
        raise NoDate()
    row.save(update_fields=["state", "due_on"])
    _owe(row, from_=day_of(at), at=at)
    record(kind="promise.started", about=row.pk, by=by.account_id, at=at, due_on=row.due_on.isoformat())


@transaction.atomic
def claim_promise(*, by: Actor, promise_id: UUID, outcome: str, at: datetime) -> None:
    """The office says it is done. That counts for nothing until the person is asked, by somebody else."""
    row = promise_for(by, Verb.PROMISE_CLAIM, promise_id, lock=True)
    row.state = PROMISE.after(PromiseState(row.state), "claim")
    if not outcome.strip():
        raise NoOutcome()
    row.outcome = outcome
    row.save(update_fields=["state", "outcome"])
    _owe(row, from_=day_of(at), at=at)
    record(kind="promise.claimed", about=row.pk, by=by.account_id, at=at)
    if row.to_person_id is not None:
        open_callback(
            about=f"promise:{row.pk}", voice_id=row.pk, person_id=row.to_person_id, judged_id=row.office_id,
            place_path=row.office.place_path, at=at,
        )  # fmt: skip


@transaction.atomic
def fall_due(*, at: datetime) -> int:
    """The day that was named has come while the promise is being kept: put down once a day named. Answers how many.

    A day on which nobody was there to do this is made up for within three days; later the ladder has long spoken.
    """
    today, n = day_of(at), 0
    ripe = Promise.objects.filter(
        state=PromiseState.DOING, due_on__gte=today - timedelta(days=3), due_on__lte=today
    )
    for row in ripe.select_for_update(no_key=True, skip_locked=True).order_by("due_on", "id"):
        due = row.due_on.isoformat() if row.due_on else ""
        known = facts_about(row.pk)
        if any(one.kind == "promise.fell-due" and one.body.get("due_on") == due for one in known):
            continue
        record(kind="promise.fell-due", about=row.pk, by=None, at=at, due_on=due)
        n += 1
    return n


@transaction.atomic
def judge_promise(
    *, promise_id: UUID, kept: bool, at: datetime, by_id: UUID | None = None, asked: Asked = Asked.SELF
) -> PromiseState:
    """The person (or an outside sample) says whether it was kept. Nobody else can make a promise kept.

    Not kept: it runs on with its old day, so what was late is late again at once.
    """
    row = Promise.objects.select_for_update(no_key=True).filter(pk=promise_id).first()
    if row is None:
        raise NotFound()
    row.state = PROMISE.after(PromiseState(row.state), "confirm" if kept else "dispute")
    row.save(update_fields=["state"])
    meet(about=row.pk, at=at)
    if kept:
        record(kind="promise.kept", about=row.pk, by=by_id, at=at, asked=str(asked))
    else:
        _owe(row, from_=row.made_on, at=at)
        record(kind="promise.disputed", about=row.pk, by=by_id, at=at, asked=str(asked))
    return PromiseState(row.state)


@transaction.atomic
def break_promise(*, by: Actor, promise_id: UUID, reason: str, at: datetime) -> None:
    """The office says openly that it did not keep its word, and why. An overdue day stays overdue."""
    row = promise_for(by, Verb.PROMISE_CLAIM, promise_id, lock=True)
    row.state = PROMISE.after(PromiseState(row.state), "break")
    if not reason.strip():
        raise NoOutcome()
    row.outcome = reason
    row.save(update_fields=["state", "outcome"])
    drop(about=row.pk, why="promise.broken", at=at)
    record(kind="promise.broken", about=row.pk, by=by.account_id, at=at)


def _owe(row: Promise, *, from_: date, at: datetime) -> None:
    """The one duty of the state the promise is in; the one before it is met."""
    meet(about=row.pk, at=at)
    state = PromiseState(row.state)
    rule, usual = STATE_DUTY[state]
    # A promise with a day and no condition left runs until that day, in the words it was given.
    term = row.due_on.isoformat() if row.due_on and state is not PromiseState.CLAIMED else usual or "3M"
    owe(
        about=row.pk,
        rule=rule,
        office_id=row.office_id,
        place=row.office.place_path,
        from_=from_,
        at=at,
        term=term,
    )


def erase_promises(*, about: str) -> None:
    """For the room erasing: that something was promised, for when, and whether it was kept stays; the words go."""
    Promise.objects.filter(about=about).update(words="—", condition="", outcome="")
