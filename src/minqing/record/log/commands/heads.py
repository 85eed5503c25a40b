"""Signed heads: what the county says of its log, and never takes back.

What was signed last is kept in a file outside the database (`high-water`). A head that is smaller, or that does not
contain the one signed last, is never signed: a database set back to yesterday cannot pretend (trust specification §1.6).
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction

from minqing.kernel.db import read
from minqing.kernel.ids import uuid7
from minqing.methods import tree
from minqing.methods.clock import CHINA
from minqing.record.log.commands.order import catch_up, hand_in
from minqing.record.log.models import Checkpoint as Head
from minqing.record.log.models import State
from minqing.record.log.queries import high_water, nodes, root_of_state, signer
from minqing.record.log.rules import HIGH_WATER, ORIGIN, SM3_ORIGIN, sm3_leaf


def promise(leaf: bytes, *, at: datetime) -> str:
    """The signed promise that this leaf hash (32 octets) will be in the log within a day of `at`."""
    said = str(tree.Promise(settings.MINQING_LOG_ORIGIN, leaf, int(at.timestamp())))
    return str(tree.Note(said, (tree.sign(said, settings.MINQING_LOG_ORIGIN, signer()),)))


def sign_head(*, at: datetime) -> bool:
    """Sign the newest committed size, if it is new; call outside every transaction. True when a head was signed.

    Raises tree.Refused, and signs nothing, when the log no longer holds what was signed before.
    """
    origin = settings.MINQING_LOG_ORIGIN
    with alone():
        state = _committed()
        if state is not None and state.size and not state.stack:  # leaves from before there was a tree
            catch_up()
            state = _committed()
        size, root = (state.size, root_of_state(state)) if state else (0, tree.root_of([]))
        head, newest = tree.Checkpoint(origin, size, root), high_water()
        path = tree.consistency(nodes(size), newest.size, size) if newest and newest.size <= size else []
        tree.may_sign(newest, head, path)
        if Head.objects.filter(origin=origin, size=size).exists():
            return False
        remember(head)
        said = str(head)
        note = str(tree.Note(said, (tree.sign(said, origin, signer()),)))
        Head.objects.bulk_create(
            [Head(origin=origin, size=size, root=root, note=note, at=at)], ignore_conflicts=True
        )
    return True


def thin_heads() -> int:
    """Of heads older than thirty days keep the last of each hour, the one that was published, and every one a witness has
    signed. The app may not delete heads: a function of the database does, and nothing newer. Returns how many went."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT log_thin_heads()")
        (gone,) = cursor.fetchone()
    return int(gone)


def _committed() -> State | None:
    """The first tree as it stands after a commit; RuntimeError inside a transaction, which may still be undone.

    What is read was committed before the empty record that this transaction writes: when its own commit returns, whoever
    keeps the WAL on another disk has all of it. Only that is signed (trust specification §1.6).
    """
    with transaction.atomic(durable=True):
        state = State.objects.filter(pk=ORIGIN).first()
        if (
            state is not None
            and not Head.objects.filter(origin=settings.MINQING_LOG_ORIGIN, size=state.size).exists()
        ):
            read("SELECT pg_logical_emit_message(true, 'minqing.signed', '')")
    return state


def remember(head: tree.Checkpoint) -> None:
    """Durably, before the signature is seen by anybody."""
    path = Path(settings.MINQING_SIGNER) / HIGH_WATER
    new = path.with_suffix(".new")
    with open(new, "w") as file:
        file.write(str(head))
        file.flush()
        os.fsync(file.fileno())
    new.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextmanager
def alone() -> Iterator[None]:
    """One signer at a time on this machine."""
    folder = Path(settings.MINQING_SIGNER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@transaction.atomic
def log_second_head(*, at: datetime) -> None:
    """Put the root of the second tree into the first as a leaf, once an hour; nothing while there is no log."""
    state = State.objects.filter(pk=SM3_ORIGIN, size__gt=0).first()
    if state is None:
        return
    root, day = root_of_state(state, tree.sm3), at.astimezone(CHINA).date().isoformat()
    hand_in(fact_id=uuid7(), leaf=sm3_leaf(root=root, size=state.size, day=day))


def second_head(*, upto: int) -> tree.Note | None:
    """The second tree's head, signed by the log's key under that tree's name; None when it has more than `upto` leaves."""
    state = State.objects.filter(pk=SM3_ORIGIN, size__lte=upto).first()
    if state is None:
        return None
    origin = f"{settings.MINQING_LOG_ORIGIN}/sm3"
    said = str(tree.Checkpoint(origin, state.size, root_of_state(state, tree.sm3)))
    return tree.Note(said, (tree.sign(said, origin, signer()),))
