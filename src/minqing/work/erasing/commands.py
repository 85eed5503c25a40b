"""Everything that erases. Two persons, thirty days after it was asked; then keys die before anything else does."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from minqing.charter import Actor, Verb
from minqing.ground.people.commands import forget_contact
from minqing.ground.people.commands.access import must_be_fresh
from minqing.kernel.errors import NotFound
from minqing.means.documents.commands import erase_papers
from minqing.means.files.commands import erase_files
from minqing.means.notify.commands import erase_told
from minqing.means.search import commands as search
from minqing.methods.clock import day_of
from minqing.record.facts.commands import erase_subject, open_subject, record
from minqing.record.facts.queries import first_leaf
from minqing.record.log.queries import place_of
from minqing.work.cases.commands.erasing import erase_matter
from minqing.work.cases.queries.ended import ended_on
from minqing.work.erasing.models import Erasure
from minqing.work.erasing.queries import erasure_for, kept_until
from minqing.work.erasing.rules import (
    BASIS,
    AskedAlready,
    ErasureState,
    Ground,
    NothingAsked,
    StillKept,
    StillOpen,
    TooSoon,
    TwoPersons,
    wait_until,
)
from minqing.work.intake.commands import erase_words
from minqing.work.intake.queries import person_of
from minqing.work.judgement.commands import erase_said
from minqing.work.promises.commands import erase_promises


@transaction.atomic
def ask_erasure(*, by: Actor, at: datetime) -> Erasure:
    """The holder of the code asks; nobody else can. Refused while the matter is open or must be kept."""
    if by.demand_id is None:
        raise NotFound()
    _must_be_over(by.demand_id, at=at)
    return wait_for(demand_id=by.demand_id, ground=Ground.ASKED, at=at)


@transaction.atomic
def wait_for(*, demand_id: UUID, ground: Ground, at: datetime) -> Erasure:
    if Erasure.objects.filter(demand_id=demand_id).exclude(state=ErasureState.TAKEN_BACK.value).exists():
        raise AskedAlready()
    row = Erasure.objects.create(
        demand_id=demand_id, ground=ground.value, asked_at=at, wait_until=wait_until(day_of(at))
    )
    open_subject(row.pk)
    record(kind="erasure.asked", about=row.pk, by=None, at=at, ground=ground.value)
    return row


@transaction.atomic
def take_back_erasure(*, by: Actor, at: datetime) -> None:
    """The holder of the code keeps what they said after all, until the very end; what was kept long enough stays asked."""
    if by.demand_id is None:
        raise NotFound()
    waits = Erasure.objects.select_for_update().filter(state=ErasureState.WAITING.value)
    row = waits.filter(demand_id=by.demand_id, ground=Ground.ASKED.value).first()
    if row is None:
        raise NothingAsked()
    row.state, row.ended_at = ErasureState.TAKEN_BACK.value, at
    row.save(update_fields=["state", "ended_at"])
    record(kind="erasure.taken-back", about=row.pk, by=None, at=at)


@transaction.atomic
def agree_erasure(*, by: Actor, erasure_id: UUID, at: datetime, proved_at: datetime | None = None) -> Erasure:
    """One of the two, after the wait; with the second it is done. What came alive meanwhile is not erased."""
    by.must(Verb.ERASURE_AGREE)
    must_be_fresh(proved_at, at=at)
    row = erasure_for(by, Verb.ERASURE_AGREE, erasure_id)
    if row.state != ErasureState.WAITING:
        raise NothingAsked()
    if day_of(at) < row.wait_until:
        raise TooSoon(until=row.wait_until.isoformat())
    _must_be_over(row.demand_id, at=at)
    if row.first_id == by.account_id:
        raise TwoPersons()
    record(kind="erasure.agreed", about=row.pk, by=by.account_id, at=at)
    if row.first_id is None:
        row.first_id, row.first_at = by.account_id, at
        row.save(update_fields=["first", "first_at"])
        return row
    row.second_id, row.state, row.ended_at = by.account_id, ErasureState.ERASED.value, at
    row.save(update_fields=["second", "state", "ended_at"])
    _erase(row, by=by, at=at)
    return row


def _must_be_over(demand_id: UUID, *, at: datetime) -> None:
    ended = ended_on(demand_id)
    if ended is None:
        raise StillOpen()
    kept = kept_until(ended)
    if kept.until >= day_of(at):
        raise StillKept(why=kept.why, until=kept.until.isoformat())


def _erase(row: Erasure, *, by: Actor, at: datetime) -> None:
    """Keys first: from here on no backup without them can bring the words back. Then every column that held any."""
    demand_id = row.demand_id
    person_id, index = person_of(demand_id), place_of(first_leaf(demand_id))
    erase_subject(demand_id, at=at)
    forget_contact(person_id=person_id)
    files = erase_files(owner=f"demand:{demand_id}", at=at)
    alone = erase_matter(demand_id=demand_id)
    erase_words(demand_id=demand_id)
    erase_said(voice_id=demand_id)
    erase_told(person_id=person_id)
    for case_id in alone:
        erase_papers(about=f"case:{case_id}")
        erase_promises(about=f"case:{case_id}")
        erase_files(owner=f"case:{case_id}", at=at)
    search.drop([demand_id, *alone])
    record(
        kind="erase.personal", about=row.pk, by=by.account_id, at=at, ground=row.ground, basis=BASIS, index=index,
        files=files, cases=len(alone),
    )  # fmt: skip
