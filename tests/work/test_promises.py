"""What was said stays as it was said, and only the person says whether it was kept."""

from collections.abc import Callable
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from minqing.charter import Actor, Role
from minqing.kernel.errors import NotAllowed, NotFound
from minqing.kernel.states import IllegalMove
from minqing.record.facts.queries import facts_about, kinds_about
from minqing.work.duties.queries import duties_about, late_by_office, next_due
from minqing.work.judgement.commands import work_callback
from minqing.work.judgement.models import Callback
from minqing.work.promises import commands, jobs, queries
from minqing.work.promises.models import Promise
from minqing.work.promises.rules import (
    PROMISE,
    STATE_DUTY,
    DateBeforeWords,
    NoDate,
    NoExactWords,
    NoOutcome,
    PromiseState,
)
from work.town import AT, Town, build_town, days, resident, somebody

pytestmark = pytest.mark.django_db
WORDS = "  “七月底前，把柳湾的水管换好。”\n少一户都不算。 "
TODAY = date(2026, 6, 30)


@pytest.fixture
def town() -> Town:
    return build_town()


@pytest.fixture
def head(town: Town) -> Actor:
    return somebody(Role.OFFICE_HEAD, town.water)


def promise(by: Actor, town: Town, **more: object) -> UUID:
    values = {
        "about": "case:1", "words": WORDS, "office_id": town.water, "due_on": date(2026, 7, 31), "made_on": TODAY, "at": AT,
    } | more  # fmt: skip
    return commands.make_promise(by=by, **values)  # type: ignore[arg-type]


def test_the_words_are_kept_to_the_last_blank_through_everything(town: Town, head: Actor) -> None:
    made = promise(head, town)
    commands.claim_promise(by=head, promise_id=made, outcome="换好了", at=AT)
    commands.judge_promise(promise_id=made, kept=False, at=AT)
    commands.break_promise(by=head, promise_id=made, reason="管子没到货", at=AT)
    (line,) = queries.promises_about("case:1", today=TODAY)
    assert line.words == WORDS
    assert WORDS not in str([fact.body for fact in facts_about(made)])


def test_a_promise_with_a_day_is_a_duty_of_that_very_day(town: Town, head: Actor) -> None:
    due = next_due(promise(head, town))
    assert due is not None
    assert (due.rule, due.due_on, due.office_id) == ("promise.keep", date(2026, 7, 31), town.water)


def test_every_state_that_is_no_end_has_a_duty() -> None:
    assert set(STATE_DUTY) == PROMISE.states() - PROMISE.final()


def test_a_condition_alone_waits_and_is_looked_at_again(town: Town, head: Actor) -> None:
    made = promise(head, town, due_on=None, condition="上级批下来以后，十日内")
    assert queries.state_of(made) is PromiseState.WAITING
    assert next_due(made).rule == "promise.look-again"  # type: ignore[union-attr]
    with pytest.raises(NoDate):
        commands.start_promise(by=head, promise_id=made, at=AT)
    commands.start_promise(by=head, promise_id=made, due_on=date(2026, 7, 10), at=AT)
    assert next_due(made).due_on == date(2026, 7, 10)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("more", "refusal"),
    [
        ({"words": " \n"}, NoExactWords),
        ({"due_on": None}, NoDate),
        ({"due_on": date(2026, 6, 1)}, DateBeforeWords),
    ],
)
def test_words_and_a_day_or_a_condition_are_needed(
    town: Town, head: Actor, more: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        promise(head, town, **more)
    assert not Promise.objects.exists()


def test_the_database_wants_a_day_or_a_condition_too(town: Town, head: Actor) -> None:
    made = promise(head, town)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(pk=made).update(due_on=None)


def test_a_claim_is_not_kept_until_the_person_says_so(town: Town, head: Actor) -> None:
    made = promise(head, town)
    with pytest.raises(NoOutcome):
        commands.claim_promise(by=head, promise_id=made, outcome=" ", at=AT)
    with pytest.raises(IllegalMove):
        commands.judge_promise(promise_id=made, kept=True, at=AT)
    commands.claim_promise(by=head, promise_id=made, outcome="换好了", at=AT)
    assert [one.state for one in queries.promises_about("case:1", today=TODAY)] == [PromiseState.CLAIMED]
    assert commands.judge_promise(promise_id=made, kept=True, at=AT) is PromiseState.KEPT
    assert kinds_about(made) == ["promise.made", "promise.claimed", "promise.kept"]
    assert next_due(made) is None


def test_somebody_else_calls_the_person_about_a_claim_and_partly_is_not_kept(town: Town, head: Actor) -> None:
    made = promise(head, town, to_person_id=resident())
    commands.claim_promise(by=head, promise_id=made, outcome="换好了", at=AT)
    callback = Callback.objects.get()
    assert (callback.about, callback.judged_id) == (f"promise:{made}", town.water)
    work_callback(
        by=somebody(Role.CALLBACK, town.desk),
        callback_id=callback.pk,
        at=AT,
        act="reach",
        solved="partly",
        explained="yes",
    )
    (verdict,) = [fact for fact in facts_about(made) if fact.kind == "verdict.given"]
    for _ in range(2):
        jobs.hear_verdict(verdict)
    assert queries.state_of(made) is PromiseState.DOING
    assert kinds_about(made).count("promise.disputed") == 1


def test_a_disputed_claim_is_late_again_from_the_old_day(town: Town, head: Actor) -> None:
    made = promise(head, town)
    commands.claim_promise(by=head, promise_id=made, outcome="换好了", at=AT)
    commands.judge_promise(promise_id=made, kept=False, at=AT + days(40))
    (office,) = late_by_office(None, now=AT + days(40))
    assert (office.n, office.longest_days) == (1, 9)


def test_overdue_is_shown_until_the_person_has_spoken(town: Town, head: Actor) -> None:
    made = promise(head, town)
    later = TODAY + timedelta(days=40)
    (line,) = queries.promises_about("case:1", today=later)
    assert (line.id, line.overdue, line.days_over) == (made, True, 9)
    commands.claim_promise(by=head, promise_id=made, outcome="换好了", at=AT)
    assert queries.promises_about("case:1", today=later)[0].overdue
    commands.judge_promise(promise_id=made, kept=True, at=AT)
    assert not queries.promises_about("case:1", today=later)[0].overdue


def test_a_broken_promise_says_why_and_stays_late(town: Town, head: Actor) -> None:
    made = promise(head, town)
    with pytest.raises(NoOutcome):
        commands.break_promise(by=head, promise_id=made, reason="", at=AT)
    commands.break_promise(by=head, promise_id=made, reason="管子没到货", at=AT + days(40))
    (duty,) = duties_about([made])[made]
    assert duty.dropped == "promise.broken"
    assert [office.ended_late for office in late_by_office(None, now=AT + days(41))] == [1]


def test_nobody_promises_or_claims_for_an_office_they_do_not_speak_for(town: Town, head: Actor) -> None:
    with pytest.raises(NotAllowed):
        promise(head, town, office_id=town.desk)
    with pytest.raises(NotAllowed):
        promise(somebody(Role.AUDITOR, town.water), town)
    made = promise(head, town)
    stranger = somebody(Role.OFFICE_HEAD, town.desk)
    with pytest.raises(NotFound):
        commands.claim_promise(by=stranger, promise_id=made, outcome="做了", at=AT)
    assert not queries.promises_for(stranger).exists()


def test_a_mediator_writes_down_what_others_bind_themselves_to(town: Town) -> None:
    promise(somebody(Role.MEDIATOR, town.desk), town)
    assert len(queries.promises_about("case:1", today=TODAY)) == 1


def test_lists_of_promises_are_flat(town: Town, head: Actor, assert_flat: Callable[..., None]) -> None:
    person = resident()

    def make(n: int) -> None:
        for _ in range(n):
            promise(head, town, to_person_id=person)

    assert_flat(make=make, look=lambda: queries.promises_about("case:1", today=TODAY))
    assert_flat(make=make, look=lambda: list(queries.promises_for(head)))
