"""One round through the mailbox, for the worker: a letter that cannot be taken stands in nobody's way."""

import logging
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import InterfaceError, OperationalError

from minqing.wiring.mail.box import FOLDER, Box, BoxClosed
from minqing.wiring.mail.taking import Outcome, take

log = logging.getLogger(__name__)
AT_A_TIME = 20
LARGEST = 60 * 1024 * 1024
_stuck: set[str] = set()
"""Letters that could not be taken in this process: they come last in the next round, so they hold up nobody."""


@dataclass(frozen=True)
class Polled:
    """What one round did; `failed` letters stay in the box and are tried again."""

    taken: int = 0
    known: int = 0
    bounced: int = 0
    aside: int = 0
    failed: int = 0

    @property
    def busy(self) -> bool:
        return bool(self.taken or self.known or self.bounced or self.aside)


def poll(*, at: datetime, url: str, taken: str = FOLDER, most: int = AT_A_TIME) -> Polled:
    """Take what waits, oldest first. Each letter is its own transaction; it is put away after the commit.

    An accusation is erased from the server, whatever is done with the others: it may lie open nowhere.
    """
    found: list[Outcome | None] = []
    with Box(url, taken=taken) as box:
        for uid in sorted(box.waiting(), key=lambda uid: (uid in _stuck, int(uid)))[:most]:
            done = _one(box, uid, at)
            found.append(done)
            (_stuck.add if done is None else _stuck.discard)(uid)
            if done is Outcome.ASIDE:
                box.set_aside(uid)
            elif done in {Outcome.SEALED, Outcome.KNOWN_SEALED}:
                box.erase(uid)
            elif done is not None:
                box.put_away(uid)
    count = found.count
    return Polled(
        taken=count(Outcome.REGISTERED) + count(Outcome.SEALED) + count(Outcome.TALKED),
        known=count(Outcome.KNOWN) + count(Outcome.KNOWN_SEALED), bounced=count(Outcome.BOUNCED),
        aside=count(Outcome.ASIDE), failed=count(None),
    )  # fmt: skip


def _one(box: Box, uid: str, at: datetime) -> Outcome | None:
    try:
        if box.size(uid) > LARGEST:
            return Outcome.ASIDE
        return take(box.fetch(uid), at=at)
    except (OperationalError, InterfaceError, BoxClosed):
        raise
    except Exception as error:
        # The kind of error only: a database error quotes the row, and the row holds what a person wrote.
        log.error("mail: letter %s stays in the box: %s", uid, type(error).__name__)
        return None


def poll_quietly(*, at: datetime) -> bool:
    """For the worker: True when something was done. A mailbox that does not answer is said and tried at the next round."""
    if not settings.MINQING_IMAP_URL:
        return False
    try:
        return poll(at=at, url=settings.MINQING_IMAP_URL, taken=settings.MINQING_IMAP_TAKEN).busy
    except BoxClosed as closed:
        log.warning("mail: %s", closed)
        return False
