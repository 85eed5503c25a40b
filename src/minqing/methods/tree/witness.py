"""A witness's decisions (C2SP tlog-witness, add-checkpoint); pure, so that the caller can make them atomic.

    request = read_request(body)            400 when BadNote
    lock the row of request.head.origin     its keys and its newest cosigned head, None if none
    answer = decide(request, keys, newest)
    if answer.status == 200:                keep answer.newest, durably, BEFORE anybody sees the cosignature
        answer the lines of notes.cosign(request.note.text, …)

Two deviations that the county's own witnesses need: a second root of one size answers 422, not 409 (409 would only tell the
log the size it knows); such a request and a proof that does not hold carry `evidence`, to be kept.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from minqing.methods.tree.hashing import root_of
from minqing.methods.tree.notes import (
    SIZE,
    BadNote,
    Checkpoint,
    Key,
    Note,
    b64,
    read_checkpoint,
    read_note,
    unb64,
    verified,
)
from minqing.methods.tree.proofs import BadProof, check_consistency

MOST_STEPS: Final = 63
LONGEST: Final = 1 << 20


@dataclass(frozen=True)
class Request:
    """The body of add-checkpoint: the size the log believes we know, the proof from there, its signed head."""

    old: int
    path: tuple[bytes, ...]
    note: Note
    head: Checkpoint

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (f"old {self.old}", *map(b64, self.path), "")) + str(self.note)


@dataclass(frozen=True)
class Answer:
    """`status` as HTTP has it; `text` is the body of a refusal; `newest` what to keep before answering 200."""

    status: int
    text: str = ""
    newest: Checkpoint | None = None
    evidence: bool = False


def read_request(body: str) -> Request:
    """Nothing verified. Raises BadNote: answer 400."""
    head, gap, note = body.partition("\n\n")
    first, *path = head.split("\n")
    word, _, old = first.partition(" ")
    if len(body) > LONGEST or not gap or word != "old" or not SIZE.fullmatch(old) or len(path) > MOST_STEPS:
        raise BadNote("request")
    read = read_note(note)
    return Request(int(old), tuple(unb64(line, "path") for line in path), read, read_checkpoint(read.text))


def decide(request: Request, keys: Iterable[Key], newest: Checkpoint | None) -> Answer:
    """`keys` are those trusted for the request's origin (none: an unknown log), `newest` its head cosigned last."""
    keys = list(keys)
    if not keys:
        return Answer(404, "unknown log\n")
    try:
        verified(request.note, keys)
    except BadNote:
        return Answer(403, "no good signature of that log\n")
    old, head = request.old, request.head
    if old > head.size:
        return Answer(400, "the old tree is larger\n")
    known = newest.size if newest else 0
    if old != known:
        return Answer(409, f"{known}\n")
    if newest is None:
        if request.path:
            return Answer(422, "a proof from nothing is empty\n")
        if not head.size and head.root != root_of([]):
            return Answer(422, "not the root of nothing\n")
        return Answer(200, newest=head)
    try:
        check_consistency(old, head.size, request.path, newest.root, head.root)
    except BadProof as fault:
        return Answer(422, f"not the same log any more: {fault.why}\n", evidence=True)
    return Answer(200, newest=head)
