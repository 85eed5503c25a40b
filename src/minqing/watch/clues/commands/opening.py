"""Two persons of two units open who it was: asked with a purpose, allowed by another, written down, half an hour, once.

The one who asks holds one share of the key, the one who allows holds another; it is joined only in the hands of the first,
and only from the second's own act. Nothing on this machine could do it alone but the worker, which serves no page.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from minqing.watch.clues import queries
from minqing.watch.clues.commands.handling import still_here
from minqing.watch.clues.commands.keys import closed_share, field, joined, opened_share, read_field, unwrapped
from minqing.watch.clues.commands.steps import step
from minqing.watch.clues.models import Access, Opening
from minqing.watch.clues.queries import seen_as
from minqing.watch.clues.rules import (
    ASK_FOR,
    FACTOR_FOR,
    LOOK_FOR,
    ApprovalOld,
    ApprovalReplayed,
    ApproverIsRequester,
    ClueClass,
    FactorStale,
    InstrumentNeeded,
    KeyMissing,
    NotEligible,
    OpeningExpired,
    Purpose,
    PurposeNeeded,
    PurposeNotAllowed,
    SameUnit,
)

WHY_LEAST = 6


def ask_opening(
    *,
    officer: UUID,
    clue_id: UUID,
    private: bytes,
    at: datetime,
    factor_at: datetime | None,
    purpose: Purpose,
    why: str,
    instrument: str = "",
) -> UUID:
    """Ask to see who it was; somebody of another unit must allow it within a day."""
    _fresh(factor_at, at)
    if len(why.strip()) < WHY_LEAST:
        raise PurposeNeeded()
    if purpose is Purpose.REQUEST and not instrument.strip():
        raise InstrumentNeeded()
    with seen_as(officer=officer):
        row = queries.access(officer, clue_id)
        if row.share is None or row.told_key is None:
            raise KeyMissing()
        clue, key, pk = queries.clue(clue_id, lock=True), unwrapped(private, row.told_key), uuid4()
        still_here(clue)
        if purpose is Purpose.REACH and row.words_key is not None:
            words = read_field(unwrapped(private, row.words_key), clue_id, "words", clue.words)
            if words.get("anonymity") == ClueClass.ANONYMOUS.value:
                raise PurposeNotAllowed()
        Opening.objects.create(
            id=pk, clue=clue, asker=officer, asker_office=row.office, purpose=purpose.value,
            why=field(key, clue_id, f"why|{pk}", {"why": why.strip(), "instrument": instrument.strip()}), asked_at=at,
        )  # fmt: skip
        step(clue, act="ask-opening", by=officer, at=at, key=key, purpose=purpose.value)
    return pk


def allow_opening(
    *, officer: UUID, opening_id: UUID, private: bytes, at: datetime, factor_at: datetime | None
) -> None:
    """The other person's share goes to the one who asked, and to nobody else; the half hour begins."""
    _fresh(factor_at, at)
    with seen_as(officer=officer):
        asked, mine = _asked(officer, opening_id)
        if asked.approver is not None or asked.refused_at is not None:
            raise ApprovalReplayed()
        if asked.asker == officer:
            raise ApproverIsRequester()
        if asked.asker_office == mine.office:
            raise SameUnit()
        if at - asked.asked_at > ASK_FOR:
            raise ApprovalOld(hours=ASK_FOR // timedelta(hours=1))
        public = queries.public_key(asked.asker)
        if mine.share is None or mine.told_key is None or public is None:
            raise KeyMissing()
        number, share = opened_share(private, mine.share)
        asked.approver, asked.approver_office, asked.approved_at = officer, mine.office, at
        asked.share, asked.until = closed_share(public, number, share), at + LOOK_FOR
        asked.save(update_fields=["approver", "approver_office", "approved_at", "share", "until"])
        clue = queries.clue(asked.clue_id, lock=True)
        step(clue, act="allow-opening", by=officer, at=at, key=unwrapped(private, mine.told_key))


def refuse_opening(*, officer: UUID, opening_id: UUID, at: datetime) -> None:
    with seen_as(officer=officer):
        asked, _ = _asked(officer, opening_id)
        if asked.asker == officer:
            raise ApproverIsRequester()
        if asked.approver is not None or asked.refused_at is not None:
            raise ApprovalReplayed()
        asked.refused_at = at
        asked.save(update_fields=["refused_at"])


def note_opening(*, officer: UUID, opening_id: UUID, at: datetime) -> None:
    """Write down that the identity is about to be shown. Commit this, then call `read_who`."""
    with seen_as(officer=officer):
        asked, mine = _asked(officer, opening_id)
        _may_see(asked, officer, at)
        asked.shown_at = asked.shown_at or at
        asked.save(update_fields=["shown_at"])
        queries.Look.objects.create(
            id=uuid4(),
            clue_id=asked.clue_id,
            officer=officer,
            office=mine.office,
            what="who",
            purpose=asked.purpose,
            at=at,
        )


def read_who(*, officer: UUID, opening_id: UUID, private: bytes, at: datetime) -> dict[str, Any]:
    """Name, telephone, address: while the half hour runs, after the look is written down."""
    with seen_as(officer=officer):
        asked, mine = _asked(officer, opening_id)
        _may_see(asked, officer, at)
        if asked.shown_at is None:
            raise NotEligible()
        who = joined(opened_share(private, mine.share), opened_share(private, asked.share))
        clue = queries.clue(asked.clue_id)
        return read_field(who, clue.pk, "who", clue.who)


def _asked(officer: UUID, opening_id: UUID) -> tuple[Opening, Access]:
    asked = Opening.objects.select_for_update().filter(pk=opening_id).first()
    if asked is None:
        raise NotEligible()
    mine = queries.access(officer, asked.clue_id)
    still_here(queries.clue(asked.clue_id))
    return asked, mine


def _may_see(asked: Opening, officer: UUID, at: datetime) -> None:
    if asked.asker != officer or asked.approved_at is None:
        raise NotEligible()
    if asked.until is None or at >= asked.until:
        raise OpeningExpired(minutes=LOOK_FOR // timedelta(minutes=1))


def _fresh(factor_at: datetime | None, at: datetime) -> None:
    if factor_at is None or not timedelta(0) <= at - factor_at <= FACTOR_FOR:
        raise FactorStale(minutes=FACTOR_FOR // timedelta(minutes=1))
