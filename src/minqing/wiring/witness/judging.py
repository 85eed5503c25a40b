"""What a witness answers to a signed head. Kept on the disk first; nobody sees a cosignature before that."""

import hashlib
import json
import sqlite3
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from minqing.methods import tree
from minqing.wiring.home import create_once
from minqing.wiring.witness.keeping import Book, Kept, Page, signer

LONGEST: Final = 1 << 16
"""Octets of the longest request: 63 steps of a proof and a head with a dozen signatures are far below."""
BACK_A_LITTLE: Final = 300
"""Seconds by which the clock may be set back before our own times are allowed to run backwards."""
MOST_EVIDENCE: Final = 1000
SIZE_TOLD: Final = "text/x.tlog.size"
PLAIN: Final = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Reply:
    """`about` says for our own eyes which head it was; `evidence` is the file that was written."""

    status: int
    text: str
    kind: str = PLAIN
    about: str = ""
    evidence: Path | None = None


class Witness:
    """One folder at work. `clock` tells Unix seconds."""

    def __init__(self, folder: Path, clock: Callable[[], float] = time.time) -> None:
        self.folder, self.clock = folder, clock
        self.signer, self.book = signer(folder), Book(folder)

    def take(self, body: bytes) -> Reply:
        """C2SP tlog-witness, add-checkpoint. On a full disk or a book that is held too long: 503, and nothing cosigned."""
        if len(body) > LONGEST:
            return Reply(413, "too long\n")
        try:
            request = tree.read_request(body.decode())
        except (tree.BadNote, UnicodeDecodeError) as fault:
            return Reply(400, f"not a request: {fault if isinstance(fault, tree.BadNote) else 'not UTF-8'}\n")
        try:
            with self.book.alone() as page:
                answer, kept, other = self._judge(page, request)
            # From here on the head is on the disk.
        except (sqlite3.Error, OSError):
            return Reply(503, "cannot be kept just now\n")
        about = f"{request.head.origin} {request.head.size}"
        if kept is not None and answer.status == 200:
            return Reply(200, kept.line, about=about)
        kind = SIZE_TOLD if answer.status == 409 else PLAIN
        return Reply(answer.status, answer.text, kind, about, other)

    def _judge(self, page: Page, request: tree.Request) -> tuple[tree.Answer, Kept | None, Path | None]:
        head = request.head
        keys, newest = page.keys(head.origin), page.newest(head.origin)
        answer = tree.decide(request, keys, newest.head if newest else None)
        if answer.status in (403, 404):
            return answer, None, None
        said = str(_signed_only(request.note, keys))
        before = page.of_size(head.origin, head.size)
        if before is not None and before.head.root != head.root:
            return answer, None, self.keep_evidence("fork", before.note, said)
        if answer.status != 200:
            if answer.evidence and newest is not None:
                return answer, None, self.keep_evidence("doubt", newest.note, said)
            return answer, None, None
        at = self._now(newest)
        line = str(tree.cosign(request.note.text, self.signer.name, self.signer.private, at))
        kept = Kept(tree.Checkpoint(head.origin, head.size, head.root), said, line, at)
        page.keep(kept)
        return answer, kept, None

    def _now(self, newest: Kept | None) -> int:
        now = int(self.clock())
        return newest.at if newest and newest.at - BACK_A_LITTLE <= now < newest.at else now

    def compare(self, note: str) -> tuple[str, Path | None]:
        """Hold a head that others were shown against ours: same · fork (with the file of evidence) · unknown.

        Raises BadNote when no log that we trust signed it.
        """
        read = tree.read_note(note)
        head = tree.read_checkpoint(read.text)
        with self.book.alone() as page:
            keys = page.keys(head.origin)
            tree.verified(read, keys)
            before = page.of_size(head.origin, head.size)
        if before is None:
            return "unknown", None
        if before.head.root == head.root:
            return "same", None
        return "fork", self.keep_evidence("fork", before.note, str(_signed_only(read, keys)))

    def keep_evidence(self, what: str, ours: str, theirs: str) -> Path:
        """Two signed heads in a file of their own, once; `verify.py compare` reads it."""
        path = self.folder / f"{what}-{hashlib.sha256((ours + theirs).encode()).hexdigest()[:16]}.json"
        if len(self.evidence()) < MOST_EVIDENCE:
            told = json.dumps({"checkpoints": [ours, theirs]}, ensure_ascii=False, indent=1)
            create_once(path, told.encode())
        return path

    def evidence(self) -> list[str]:
        return sorted(path.name for what in ("fork", "doubt") for path in self.folder.glob(f"{what}-*.json"))

    def status(self) -> dict[str, Any]:
        """What may be shown to everybody: who we are, what we saw last of each log, what did not fit."""
        logs = []
        for origin in sorted({key.name for key in self.book.logs()}):
            newest = self.book.newest(origin)
            logs.append(
                {
                    "origin": origin,
                    "size": newest.head.size if newest else None,
                    "root": newest.head.root.hex() if newest else None,
                    "at": newest.at if newest else None,
                    "heads": self.book.count(origin),
                    "note": newest.note + newest.line if newest else None,
                }
            )
        return {
            "name": self.signer.name,
            "vkey": str(self.signer.key),
            "logs": logs,
            "evidence": self.evidence(),
        }


def _signed_only(note: tree.Note, keys: list[tree.Key]) -> tree.Note:
    """Without the lines that nobody checked."""
    known = {(key.name, key.id) for key in keys}
    return tree.Note(note.text, tuple(one for one in note.signatures if (one.name, one.key_id) in known))
