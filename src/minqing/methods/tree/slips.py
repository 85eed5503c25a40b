"""What a person takes home: the receipt promise, the proof that the leaf is in the log, and both on one slip.

The promise is a signed note (kind 01, by the log's key):

    receipt-promise/v1
    origin minqing.example/log2026
    leaf <base64 of the leaf hash>
    time <Unix second of the promise>
    within <seconds until the leaf must be in the log, 86400>

It can never be read as a checkpoint, whose second line is a number. The proof is a C2SP tlog-proof; its `extra` is the leaf
itself or an `opening` of it. The slip is JSON {"receipt_promise", "tlog_proof", "checkpoint"}, three texts; the proof is
null on a slip that is printed before the leaf has its place.
"""

import json
import re
from dataclasses import dataclass
from typing import Final

from minqing.methods.tree.notes import SIZE, BadNote, b64, unb64

PROOF: Final = "c2sp.org/tlog-proof@v1"
PROMISE: Final = "receipt-promise/v1"
WITHIN: Final = 86_400
"""Seconds: the longest a leaf may take into the log."""
MOST_STEPS: Final = 63
LONGEST: Final = 1 << 20
_PROMISE = re.compile(
    rf"{PROMISE}\norigin ([^\s+]+)\nleaf (\S+)\ntime ({SIZE.pattern})\nwithin ({SIZE.pattern})\n"
)


class BadSlip(BadNote):
    """Not a slip, a proof or a promise. The text says what is wrong."""


@dataclass(frozen=True)
class Promise:
    """`leaf` is the leaf hash, 32 octets; `at` a Unix second; `within` seconds."""

    origin: str
    leaf: bytes
    at: int
    within: int = WITHIN

    def __str__(self) -> str:
        """The text to sign (`notes.sign`)."""
        return (
            f"{PROMISE}\norigin {self.origin}\nleaf {b64(self.leaf)}\ntime {self.at}\nwithin {self.within}\n"
        )


def read_promise(text: str) -> Promise:
    """The text of a promise's note. Raises BadSlip."""
    found = _PROMISE.fullmatch(text)
    if not found:
        raise BadSlip("promise")
    leaf = unb64(found[2], "leaf")
    if len(leaf) != 32:
        raise BadSlip("leaf")
    return Promise(found[1], leaf, int(found[3]), int(found[4]))


@dataclass(frozen=True)
class Proof:
    """Where the leaf stands, its path (hashes of 32 octets, lowest first), the signed checkpoint as it is.

    `extra` is vouched for by nobody until it hashes to the leaf.
    """

    index: int
    path: tuple[bytes, ...]
    checkpoint: str
    extra: bytes = b""

    def __str__(self) -> str:
        extra = [f"extra {b64(self.extra)}"] if self.extra else []
        lines = [PROOF, *extra, f"index {self.index}", *map(b64, self.path), ""]
        return "".join(f"{line}\n" for line in lines) + self.checkpoint


def read_proof(text: str) -> Proof:
    """A tlog-proof, nothing verified. Raises BadSlip or BadNote."""
    head, gap, checkpoint = text.partition("\n\n")
    first, *lines = head.split("\n")
    if len(text) > LONGEST or first != PROOF or not gap or not checkpoint:
        raise BadSlip("proof")
    extra = b""
    if lines and lines[0].startswith("extra "):
        extra = unb64(lines.pop(0).removeprefix("extra "), "extra")
    word, _, index = lines[0].partition(" ") if lines else ("", "", "")
    if word != "index" or not SIZE.fullmatch(index):
        raise BadSlip("index")
    path = tuple(unb64(line, "path") for line in lines[1:])
    if len(path) > MOST_STEPS or any(len(step) != 32 for step in path):
        raise BadSlip("path")
    return Proof(int(index), path, checkpoint, extra)


def opening(leaf: bytes, *, salt: bytes, inside: str, body: str = "") -> bytes:
    """What lets its owner show what a leaf commits to, for the `extra` of the owner's own proof.

    Leaf: {"c": hex HMAC-SHA256(salt, "commit/v1\\n" ‖ inside), …}; `inside` is JSON whose "body" is hex SHA-256(body).
    Never publish it: it opens the commitment.
    """
    parts = {"body": body, "inside": inside, "leaf": leaf.decode(), "salt": salt.hex()}
    return json.dumps(
        {k: v for k, v in parts.items() if v}, ensure_ascii=False, separators=(",", ":")
    ).encode()


def slip(promise: str, proof: str | None, checkpoint: str) -> str:
    """The slip's file: one line of JSON."""
    return json.dumps(
        {"receipt_promise": promise, "tlog_proof": proof, "checkpoint": checkpoint},
        ensure_ascii=False, separators=(",", ":"),
    )  # fmt: skip


def read_slip(text: str) -> tuple[str, str | None, str]:
    """(promise, proof or None, checkpoint), nothing verified. Raises BadSlip."""
    try:
        found = json.loads(text) if len(text) <= LONGEST else None
    except (ValueError, RecursionError):
        raise BadSlip("slip") from None
    if not isinstance(found, dict) or set(found) != {"receipt_promise", "tlog_proof", "checkpoint"}:
        raise BadSlip("slip")
    promise, proof, checkpoint = found["receipt_promise"], found["tlog_proof"], found["checkpoint"]
    if not isinstance(promise, str) or not isinstance(checkpoint, str) or not isinstance(proof, str | None):
        raise BadSlip("slip")
    return promise, proof, checkpoint
