"""The county hands its signed heads to the witnesses of its policy: once an hour the one that is published, or the newest now.

A witness that is slow, dead or hostile costs one thread for at most `WITHIN_S` seconds, and nothing else waits for it.
"""

import contextlib
import logging
import socket
import threading
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from django.db import connection

from minqing.methods import tree
from minqing.record.log.commands import NoCosignature, keep_cosignature, note_witness
from minqing.record.log.queries import (
    Head,
    WitnessLine,
    largest_head,
    newest_head,
    nodes,
    released_head,
    signer,
    witnesses,
)
from minqing.record.log.rules import GRAVE, BadPolicy, WitnessTrouble

log = logging.getLogger(__name__)
QUIET_S: Final = 5.0
WITHIN_S: Final = 10.0
LONGEST: Final = 1 << 16
SLOWEST_AGAIN_MIN: Final = 16


def ask(url: str, body: str, *, within_s: float = WITHIN_S) -> tuple[int, str]:
    """POST to <url>/add-checkpoint: status and text. Raises OSError (or HTTPException, ValueError) when nobody answers well."""
    parts = urlsplit(url.rstrip("/") + "/add-checkpoint")
    kind = {"http": HTTPConnection, "https": HTTPSConnection}.get(parts.scheme)
    if kind is None or not parts.hostname:
        raise ValueError("address")
    line = kind(parts.hostname, parts.port, timeout=min(QUIET_S, within_s))
    with contextlib.closing(line):
        line.connect()
        late = threading.Event()
        end = threading.Timer(within_s, _cut, [line.sock, late])
        end.daemon = True
        end.start()
        try:
            line.request("POST", parts.path, body.encode(), {"Content-Type": "text/plain; charset=utf-8"})
            answer = line.getresponse()
            status, data = answer.status, answer.read(LONGEST)
        finally:
            end.cancel()
    if late.is_set():
        raise TimeoutError
    return status, data.decode()


def _cut(sock: socket.socket, late: threading.Event) -> None:
    """Whoever sends one octet at a time is no longer listened to."""
    late.set()
    with contextlib.suppress(OSError):
        sock.shutdown(socket.SHUT_RDWR)


def body_of(head: Head, old: int) -> str:
    """The request of C2SP tlog-witness: what it knows, the proof from there, the head as the log signed it."""
    note = tree.read_note(head.note)
    ours = tree.log_key(head.origin, signer()).id
    signed = tree.Note(note.text, tuple(one for one in note.signatures if one.key_id == ours))
    path = tree.consistency(nodes(head.size), old, head.size) if 0 < old < head.size else []
    return str(tree.Request(old, tuple(path), signed, tree.read_checkpoint(note.text)))


def hand_over(line: WitnessLine, head: Head, *, within_s: float = WITHIN_S) -> str:
    """Ask one witness for its signature and keep it. Returns a WitnessTrouble, or "" when there is nothing to worry about."""
    known: int | None = None
    trouble: str = WitnessTrouble.NO_ADDRESS if not line.url else ""
    try:
        if line.url:
            trouble, known = _ask_twice(line, head, within_s)
    except (OSError, HTTPException, ValueError) as error:
        log.info("witness %s: %s", line.name, error.__class__.__name__)
        trouble = WitnessTrouble.NO_ANSWER
    except NoCosignature as wrong:
        trouble = wrong.trouble
    if trouble or known is not None:
        note_witness(name=line.name, known=known, error=trouble, at=datetime.now(UTC))
    if trouble in GRAVE:
        log.critical("witness %s saw another log than this one: %s", line.name, trouble)
    return trouble


def _ask_twice(line: WitnessLine, head: Head, within_s: float) -> tuple[str, int | None]:
    """(trouble, what the witness says it knows unless its signature was kept). From the size it knew last; else from the one
    it tells."""
    old = min(line.known, head.size)
    for _ in range(2):
        status, text = ask(line.url, body_of(head, old), within_s=within_s)
        if status == 200:
            keep_cosignature(name=line.name, size=head.size, lines=text, at=datetime.now(UTC))
            return "", None
        if status != 409:
            return TROUBLES.get(status, WitnessTrouble.NO_ANSWER), None
        told = tree.notes.SIZE.fullmatch(text.removesuffix("\n"))
        if told is None:
            return WitnessTrouble.BAD_ANSWER, None
        before, old = old, int(told[0])
        if old > head.size:
            return (WitnessTrouble.AHEAD if old > largest_head() else ""), old
        if old == before:  # C2SP: another root of this very size
            return WitnessTrouble.FORK if old == head.size else WitnessTrouble.BAD_ANSWER, old
    return WitnessTrouble.BAD_ANSWER, old


TROUBLES: Final = {
    403: WitnessTrouble.NOT_OURS,
    404: WitnessTrouble.NOT_ADDED,
    422: WitnessTrouble.FORK,
}


def due(at: datetime) -> tuple[Head, list[WitnessLine]] | None:
    """The head that is published at `at`, and the witnesses that have neither signed it nor failed just now."""
    found, head = witnesses(at=at), released_head(at=at)
    if found is None or head is None:
        return None
    signed = {name for name, _ in head.witnesses}
    waiting = [
        line
        for line in found.lines
        if line.url and line.name not in signed and not _newer(line, head) and not _too_soon(line)
    ]
    return head, waiting


def _newer(line: WitnessLine, head: Head) -> bool:
    """It has signed more than this already, and will not go back."""
    return line.size is not None and line.size > head.size


def _too_soon(line: WitnessLine) -> bool:
    wait = timedelta(minutes=min(2 ** min(line.failures, 10) / 2, SLOWEST_AGAIN_MIN))
    return line.tried_at is not None and line.failures > 0 and datetime.now(UTC) - line.tried_at < wait


def hand_over_now(at: datetime) -> list[WitnessLine]:
    """The newest head to every witness, one after the other. Returns the lines afterwards."""
    found, head = witnesses(at=at), newest_head()
    for line in found.lines if found and head else ():
        assert head is not None
        hand_over(line, head)
    after = witnesses(at=at)
    return list(after.lines) if after else []


class Rounds:
    """The worker's way: a thread for each witness that is due, none while the last one of that witness still runs."""

    def __init__(self) -> None:
        self.running: dict[str, threading.Thread] = {}
        self.told_bad = False

    def begin(self, at: datetime) -> list[threading.Thread]:
        """Returns at once; the threads that were started."""
        try:
            wanted = due(at)
            self.told_bad = False
        except BadPolicy as fault:
            if not self.told_bad:
                log.error("the policy of witnesses cannot be used: %s", fault.data.get("why"))
            self.told_bad = True
            return []
        started = []
        for line in wanted[1] if wanted else ():
            assert wanted is not None
            before = self.running.get(line.name)
            if before is None or not before.is_alive():
                thread = threading.Thread(target=self._one, args=(line, wanted[0]), daemon=True)
                self.running[line.name] = thread
                thread.start()
                started.append(thread)
        return started

    def _one(self, line: WitnessLine, head: Head) -> None:
        try:
            hand_over(line, head)
        except Exception as error:  # the next round tries again
            log.warning("witness %s: %s", line.name, error.__class__.__name__)
        finally:
            connection.close()
