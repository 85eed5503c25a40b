"""Every read of verdicts, callbacks and the contact budget."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from minqing.charter import Actor, Verb
from minqing.ground.people.queries import Askable, askable, masks_of, stopped_in
from minqing.kernel.errors import NotFound
from minqing.methods.clock import CHINA
from minqing.work.judgement.models import Ask, Callback, Verdict
from minqing.work.judgement.rules import (
    BUDGET,
    Asked,
    CallbackState,
    Counts,
    Explained,
    OwnOffice,
    Rate,
    Solved,
    quarter_of,
    rate_of,
)

Paths = Sequence[str] | None
"""Office paths a reader reaches; None is the whole county."""


@dataclass(frozen=True)
class VerdictLine:
    version: int
    solved: Solved
    explained: Explained
    words: str
    asked: Asked
    at: datetime
    after_contact: bool
    latest: bool


@dataclass(frozen=True)
class CallbackLine:
    """One call to make. Lines of one household stand together: one call, counted once."""

    id: UUID
    about: str
    voice_id: UUID
    person_id: UUID
    household_id: UUID
    mask_name: str
    mask_phone: str
    lang: str
    judged_id: UUID
    judged: str
    judged_en: str
    state: CallbackState
    tries: int
    opened_at: datetime


def verdicts_of(abouts: Iterable[str], voice_id: UUID) -> dict[str, list[VerdictLine]]:
    """All versions of what one person said of each result, newest first."""
    found: dict[str, list[VerdictLine]] = defaultdict(list)
    for row in Verdict.objects.filter(about__in=list(abouts), voice_id=voice_id).order_by("-version"):
        found[row.about].append(verdict_line(row))
    return dict(found)


def latest_about(abouts: Iterable[str]) -> dict[str, dict[UUID, VerdictLine]]:
    """The word that counts of every voice about each subject, in one query."""
    found: dict[str, dict[UUID, VerdictLine]] = defaultdict(dict)
    for row in Verdict.objects.filter(about__in=list(abouts), latest=True).order_by("at", "id"):
        found[row.about][row.voice_id] = verdict_line(row)
    return dict(found)


def verdict_line(row: Verdict) -> VerdictLine:
    return VerdictLine(
        row.version, Solved(row.solved), Explained(row.explained), row.words, Asked(row.asked), row.at,
        row.after_contact, row.latest,
    )  # fmt: skip


def callbacks_for(by: Actor, verb: Verb = Verb.CALLBACK_WORK) -> QuerySet[Callback]:
    """Callbacks the actor may work: never those about an office where the actor has any seat."""
    if not by.may(verb):
        return Callback.objects.none()
    return Callback.objects.exclude(judged_id__in=[seat.office_id for seat in by.seats])


def callback_for(by: Actor, verb: Verb, callback_id: UUID, *, lock: bool = False) -> Callback:
    """One callback; one about the actor's own office is named as such, since they know of it anyway."""
    by.must(verb)
    rows = Callback.objects.select_related("judged")
    if lock:
        rows = rows.select_for_update(of=("self",), no_key=True)
    row = rows.filter(pk=callback_id).first()
    if row is None:
        raise NotFound()
    if any(seat.office_id == row.judged_id for seat in by.seats):
        raise OwnOffice()
    return row


def callback_list(by: Actor, *, today: datetime, size: int = 200) -> list[CallbackLine]:
    """Calls waiting and not yet tried today, the household that waits longest first."""
    rows = list(
        callbacks_for(by)
        .filter(state=CallbackState.WAITING)
        .exclude(tried_on=today.astimezone(CHINA).date())
        .select_related("judged")
        .order_by("opened_at", "id")[:size]
    )
    people = {row.person_id for row in rows}
    homes, masks = askable(people), masks_of(people)
    lines = [callback_line(row, homes.get(row.person_id), masks.get(row.person_id)) for row in rows]
    first: dict[UUID, datetime] = {}
    for found in lines:
        first.setdefault(found.household_id, found.opened_at)
    return sorted(
        lines,
        key=lambda found: (
            first[found.household_id],
            str(found.household_id),
            found.opened_at,
            str(found.id),
        ),
    )


def callback_line(row: Callback, home: Askable | None, mask: Any) -> CallbackLine:
    return CallbackLine(
        row.pk, row.about, row.voice_id, row.person_id, home.household_id if home else row.person_id,
        mask.name if mask else "", mask.phone if mask else "", mask.lang if mask else "zh-hans", row.judged_id,
        row.judged.name, row.judged.name_en, CallbackState(row.state), row.tries, row.opened_at,
    )  # fmt: skip


def waiting_callbacks(by: Actor) -> int:
    """How many calls wait, counted to 1000 at most."""
    return callbacks_for(by).filter(state=CallbackState.WAITING)[:1000].count()


def asks_used(household_ids: set[UUID], *, at: datetime) -> dict[UUID, int]:
    """How often each household was asked in the quarter of `at`."""
    quarter = quarter_of(at.astimezone(CHINA).date())
    rows = Ask.objects.filter(household_id__in=household_ids, quarter=quarter)
    return dict(rows.values_list("household_id").annotate(Count("id")).order_by())


def may_ask(household_ids: set[UUID], *, at: datetime) -> dict[UUID, CallbackState | None]:
    """None where the household may be asked now; else the state that says why not: REFUSED or SKIPPED.

    Whoever was asked today may be asked of another matter in the same call.
    """
    day = at.astimezone(CHINA).date()
    stopped, used = stopped_in(household_ids), asks_used(household_ids, at=at)
    today = set(
        Ask.objects.filter(household_id__in=household_ids, on=day).values_list("household_id", flat=True)
    )
    return {
        home: CallbackState.REFUSED if home in stopped
        else CallbackState.SKIPPED if used.get(home, 0) >= BUDGET and home not in today
        else None
        for home in household_ids
    }  # fmt: skip


def rates(
    *, since: datetime, until: datetime, office_path: str | None = None, place_path: str | None = None,
    asked_by: tuple[Asked, ...] | None = None, invited: int | None = None,
) -> Rate:  # fmt: skip
    """What people said in [since, until) about the offices or the places below a path.

    `asked_by=(Asked.CALLBACK, Asked.SAMPLE)` leaves out what was not asked by an outsider. `invited` is how many
    people had a result to judge, if the caller knows.
    """
    verdicts, calls = _in_period(since, until, asked_by)
    for path, field in ((office_path, "office__path"), (place_path, "place_path")):
        if path is not None:
            verdicts = verdicts.filter(**{f"{field}__startswith": path})
            calls = calls.filter(**{f"{field.replace('office', 'judged')}__startswith": path})
    return rate_of(_counts(verdicts.aggregate(**SUMS) | calls.aggregate(**CALLS)), invited=invited)


def rates_by_office(
    paths: Paths, *, since: datetime, until: datetime, asked_by: tuple[Asked, ...] | None = None
) -> dict[UUID, Rate]:
    """`rates` of every office within reach about which somebody said something or was called, in two queries."""
    verdicts, calls = _in_period(since, until, asked_by)
    if paths is not None:
        verdicts = verdicts.filter(_below("office__path", paths))
        calls = calls.filter(_below("judged__path", paths))
    return _grouped(verdicts.exclude(office=None), calls, ("office", "judged"), lambda office_id: office_id)


# Named apart from the columns they count: an annotation may not take the name of a field.
SUMS: dict[str, Any] = {
    "sum_n": Count("id"),
    "sum_solved": Count("id", filter=Q(solved=Solved.YES)),
    "sum_partly": Count("id", filter=Q(solved=Solved.PARTLY)),
    "sum_explained": Count("id", filter=Q(explained=Explained.YES)),
}
CALLS: dict[str, Any] = {
    "sum_reached": Count("id", filter=Q(state=CallbackState.REACHED)),
    "sum_unreached": Count("id", filter=Q(state=CallbackState.UNREACHED)),
    "sum_refused": Count("id", filter=Q(state=CallbackState.REFUSED)),
    "sum_skipped": Count("id", filter=Q(state=CallbackState.SKIPPED)),
}


def _in_period(
    since: datetime, until: datetime, asked_by: tuple[Asked, ...] | None
) -> tuple[QuerySet[Verdict], QuerySet[Callback]]:
    verdicts = Verdict.objects.filter(latest=True, at__gte=since, at__lt=until)
    if asked_by is not None:
        verdicts = verdicts.filter(asked__in=asked_by)
    return verdicts, Callback.objects.filter(done_at__gte=since, done_at__lt=until)


def _below(field: str, paths: Sequence[str]) -> Q:
    inside = Q(pk__in=[])
    for path in paths:
        inside |= Q(**{f"{field}__startswith": path})
    return inside


def _counts(sums: Mapping[str, int]) -> Counts:
    return Counts(**{name.removeprefix("sum_"): value for name, value in sums.items()})


def _grouped(
    verdicts: QuerySet[Any], calls: QuerySet[Any], by: tuple[str, str], key: Callable[[Any], Any]
) -> dict[Any, Rate]:
    """Sums of two grouped queries, added up under each group's key."""
    sums: dict[Any, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for rows, field, columns in ((verdicts, by[0], SUMS), (calls, by[1], CALLS)):
        for found in rows.order_by().values(field).annotate(**columns):
            group = key(found.pop(field))
            for name, value in found.items():
                sums[group][name] += value
    return {
        group: rate_of(_counts(found)) for group, found in sorted(sums.items(), key=lambda item: str(item[0]))
    }
