"""Everything that writes verdicts, callbacks and the contact budget."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from minqing.charter import Actor, Verb
from minqing.ground.people.commands import open_contact, stop_asking
from minqing.ground.people.queries import askable, masks_of
from minqing.ground.people.rules import Contact, Purpose
from minqing.methods.clock import CHINA
from minqing.record.facts.commands import record
from minqing.work.judgement.models import Ask, Callback, Verdict
from minqing.work.judgement.queries import CallbackLine, asks_used, callback_for, callback_line, may_ask
from minqing.work.judgement.rules import (
    BUDGET,
    CALLBACK,
    TRIES,
    AnswerMissing,
    Asked,
    AskedToStop,
    BudgetSpent,
    CallbackState,
    Explained,
    Solved,
    TooEarly,
    TriedToday,
    quarter_of,
)


@transaction.atomic
def give_verdict(
    *, about: str, voice_id: UUID, office_id: UUID | None, place_path: str, solved: Solved | str,
    explained: Explained | str, words: str, asked: Asked | str, by_id: UUID | None, at: datetime, after_contact: bool,
) -> int:  # fmt: skip
    """The person's word about the result as a new version; older ones stay. Answers the number of the version.

    Records `verdict.given` about the voice; the words stay in the row. The same word again is the same version.
    `after_contact` (the office spoke with the person in the last 48 hours) marks a change, not a first word.
    """
    solved, explained, asked = Solved(solved), Explained(explained), Asked(asked)
    now = {"solved": solved, "explained": explained, "words": words, "asked": asked}
    before = Verdict.objects.filter(about=about, voice_id=voice_id, latest=True).first()
    if before and all(getattr(before, name) == value for name, value in now.items()):
        return before.version
    marked = after_contact and before is not None
    record(
        kind="verdict.given", about=voice_id, by=by_id, at=at, of=about, solved=str(solved), explained=str(explained),
        asked=str(asked), after_contact=marked,
    )  # fmt: skip
    # From here the subject's row is ours: two taps at once stand in line, so versions are dense and one is the latest.
    before = Verdict.objects.filter(about=about, voice_id=voice_id, latest=True).first()
    version = before.version + 1 if before else 1
    Verdict.objects.filter(about=about, voice_id=voice_id, latest=True).update(latest=False)
    Verdict.objects.create(
        about=about, voice_id=voice_id, version=version, office_id=office_id, place_path=place_path, by_id=by_id,
        at=at, after_contact=marked, **now,
    )  # fmt: skip
    # Who has spoken is not called about the same thing any more.
    if asked is Asked.SELF:
        waiting = Callback.objects.filter(about=about, voice_id=voice_id, state=CallbackState.WAITING)
        waiting.update(state=CALLBACK.after(CallbackState.WAITING, "answer"), done_at=at)
    return version


@transaction.atomic
def open_callback(
    *, about: str, voice_id: UUID, person_id: UUID, judged_id: UUID, place_path: str, at: datetime
) -> CallbackState:
    """Ask for a call to this person about this result; one waiting call a voice.

    Who asked to be left alone or was asked often enough this quarter is not called: that is kept and counted apart.
    """
    waiting = Callback.objects.filter(about=about, voice_id=voice_id, state=CallbackState.WAITING)
    if waiting.exists():
        return CallbackState.WAITING
    home = askable({person_id})[person_id]
    state = may_ask({home.household_id}, at=at)[home.household_id] or CallbackState.WAITING
    Callback.objects.create(
        about=about, voice_id=voice_id, person_id=person_id, judged_id=judged_id, place_path=place_path, state=state,
        opened_at=at, done_at=None if state is CallbackState.WAITING else at,
    )  # fmt: skip
    return state


def call(*, by: Actor, callback_id: UUID, at: datetime) -> Contact:
    """The telephone number for one call, after gate and budget; the look is written down before it is shown."""
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id)
    CALLBACK.after(CallbackState(row.state), "reach")
    _must_be_askable(row.person_id, at)
    return open_contact(by=by, person_id=row.person_id, purpose=Purpose.CALLBACK, about=row.about, at=at)


@transaction.atomic
def work_callback(
    *, by: Actor, callback_id: UUID, at: datetime, act: str, solved: Solved | str | None = None,
    explained: Explained | str | None = None, words: str = "", after_contact: bool = False,
) -> CallbackLine:  # fmt: skip
    """What came of a call: "reach" (with both answers), "miss", "give-up" or "refuse" (never again).

    The third miss on a third day makes the person unreached, which is neither satisfied nor not.
    """
    row = callback_for(by, Verb.CALLBACK_WORK, callback_id, lock=True)
    state = CALLBACK.after(CallbackState(row.state), act)
    home = askable({row.person_id})[row.person_id]
    day = at.astimezone(CHINA).date()
    if act == "reach":
        if not solved or not explained:
            raise AnswerMissing()
        spend(household_id=home.household_id, room="callback", at=at)
        give_verdict(
            about=row.about, voice_id=row.voice_id, office_id=row.judged_id, place_path=row.place_path, solved=solved,
            explained=explained, words=words, asked=Asked.CALLBACK, by_id=by.account_id, at=at,
            after_contact=after_contact,
        )  # fmt: skip
    elif act == "refuse":
        stop_asking(person_id=row.person_id, at=at)
    elif act == "miss":
        if row.tried_on == day:
            raise TriedToday()
        row.tries, row.tried_on = row.tries + 1, day
        if row.tries >= TRIES:
            state = CALLBACK.after(CallbackState(row.state), "give-up")
    elif act == "give-up" and row.tries < TRIES and masks_of({row.person_id})[row.person_id].phone:
        raise TooEarly(limit=TRIES, tries=row.tries)
    row.state, row.by_id = state, by.account_id
    row.done_at = None if state is CallbackState.WAITING else at
    row.save(update_fields=["state", "tries", "tried_on", "by_id", "done_at"])
    record(
        kind="callback.worked",
        about=row.voice_id,
        by=by.account_id,
        at=at,
        of=row.about,
        act=act,
        state=str(state),
    )
    return callback_line(row, home, masks_of({row.person_id}).get(row.person_id))


@transaction.atomic
def skip_callbacks(*, at: datetime) -> int:
    """Take off the list whom other rooms have meanwhile asked enough, or who asked to be left alone."""
    waiting = list(Callback.objects.filter(state=CallbackState.WAITING).values_list("pk", "person_id"))
    homes = askable({person_id for _, person_id in waiting})
    why = may_ask({home.household_id for home in homes.values()}, at=at)
    skipped = 0
    for state in (CallbackState.REFUSED, CallbackState.SKIPPED):
        ids = [pk for pk, person_id in waiting if why[homes[person_id].household_id] is state]
        skipped += Callback.objects.filter(pk__in=ids, state=CallbackState.WAITING).update(
            state=state, done_at=at
        )
    return skipped


def spend(*, household_id: UUID, room: str, at: datetime) -> int:
    """Use one ask of the household's budget, before asking; answers which of the quarter it is.

    All rooms share it, and asks of one day are one call: they count once. The row's number is unique in its quarter,
    so two rooms at once cannot both take the last one.
    """
    day = at.astimezone(CHINA).date()
    quarter = quarter_of(day)
    for _ in range(BUDGET + 1):
        reason = may_ask({household_id}, at=at)[household_id]
        if reason is CallbackState.REFUSED:  # from this very moment, though somebody asked this morning
            raise AskedToStop()
        today = Ask.objects.filter(household_id=household_id, on=day).first()
        if today:
            return today.nth
        if reason is CallbackState.SKIPPED:
            raise BudgetSpent(limit=BUDGET)
        nth = asks_used({household_id}, at=at).get(household_id, 0) + 1
        try:
            with transaction.atomic():
                Ask.objects.create(
                    household_id=household_id, on=day, quarter=quarter, nth=nth, room=room, at=at
                )
        except IntegrityError:  # another room was quicker: look again
            continue
        return nth
    raise BudgetSpent(limit=BUDGET)


def _must_be_askable(person_id: UUID, at: datetime) -> None:
    home = askable({person_id})[person_id].household_id
    reason = may_ask({home}, at=at)[home]
    if reason is CallbackState.REFUSED:
        raise AskedToStop()
    if reason is CallbackState.SKIPPED:
        raise BudgetSpent(limit=BUDGET)


def erase_said(*, voice_id: UUID) -> None:
    """For the room erasing: the person's own words go, how they judged stays."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT judgement_erase_words(%s)", [voice_id])
