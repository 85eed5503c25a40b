"""Signed notes, checkpoints and cosignatures: C2SP signed-note, tlog-checkpoint, tlog-cosignature (2026-07).

A note is a text and signature lines below it. A key's id binds its name, its kind and its public half, so that another
county's key never passes for ours. Kinds: 01 Ed25519 by the log; 04 Ed25519 and 06 ML-DSA-44 by a witness, at a Unix second.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey, MLDSA44PublicKey

ED25519: Final = 0x01
COSIGNED: Final = 0x04
COSIGNED_ML_DSA_44: Final = 0x06
MOST_SIGNATURES: Final = 32
LONGEST: Final = 1 << 20
"""Characters of the longest note that is read."""
DASH = "— "
NAME = re.compile(r"[^\s+]+")
SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_PUBLIC: Final = {ED25519: 32, COSIGNED: 32, COSIGNED_ML_DSA_44: 1312}


class BadNote(ValueError):
    """Not a note, or not signed as it should be. The text says what is wrong."""


@dataclass(frozen=True)
class Key:
    """A name with a public key; `kind` is the signature type of signed-note. Written by `str`, read by `read_key`."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """SHA-256(name ‖ 0x0A ‖ kind ‖ public)[:4]."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def __str__(self) -> str:
        return f"{self.name}+{self.id.hex()}+{b64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True)
class Signature:
    """One line under a note; `body` is what follows the four octets of the key's id."""

    name: str
    key_id: bytes
    body: bytes

    def __str__(self) -> str:
        return f"{DASH}{self.name} {b64(self.key_id + self.body)}\n"


@dataclass(frozen=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        return self.text + "\n" + "".join(map(str, self.signatures))


@dataclass(frozen=True)
class Checkpoint:
    """A tree head: `origin` names the log, `size` its leaves, `root` is 32 octets; `more` is opaque and best left empty."""

    origin: str
    size: int
    root: bytes
    more: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "".join(f"{line}\n" for line in (self.origin, self.size, b64(self.root), *self.more))


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def unb64(text: str, what: str) -> bytes:
    """Strict standard base64; raises BadNote naming `what`."""
    try:
        found = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote(what) from None
    if b64(found) != text:
        raise BadNote(what)
    return found


def read_key(text: str) -> Key:
    """A key as `str(key)` writes it: name+id+base64(kind ‖ public). Raises BadNote."""
    name, _, rest = text.strip().partition("+")
    wanted, _, coded = rest.partition("+")
    whole = unb64(coded, "key")
    if not NAME.fullmatch(name) or len(whole) != _PUBLIC.get(whole[0] if whole else 0, 0) + 1:
        raise BadNote("key")
    key = Key(name, whole[0], whole[1:])
    if key.id.hex() != wanted:
        raise BadNote("key id")
    return key


def read_note(text: str) -> Note:
    """The parts of a note, nothing verified. Raises BadNote."""
    if len(text) > LONGEST or any(
        (sign < " " and sign != "\n") or "\ud800" <= sign <= "\udfff" for sign in text
    ):
        raise BadNote("signs")
    body, gap, below = text.rpartition("\n\n")
    if not gap or not below.endswith("\n"):
        raise BadNote("form")
    lines = below[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise BadNote("too many signatures")
    return Note(body + "\n", tuple(map(read_signature, lines)))


def read_signature(line: str) -> Signature:
    """One signature line without its newline. Raises BadNote."""
    name, _, coded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not NAME.fullmatch(name):
        raise BadNote("signature line")
    whole = unb64(coded, "signature line")
    if len(whole) < 5:
        raise BadNote("signature line")
    return Signature(name, whole[:4], whole[4:])


def read_checkpoint(text: str) -> Checkpoint:
    """The text of a checkpoint's note (without signatures). Raises BadNote."""
    lines = text.split("\n")
    if len(lines) < 4 or lines[-1] or not all(lines[:-1]):
        raise BadNote("checkpoint")
    origin, size, root, *more = lines[:-1]
    if not SIZE.fullmatch(size):
        raise BadNote("size")
    found = unb64(root, "root")
    if len(found) != 32:
        raise BadNote("root")
    return Checkpoint(origin, int(size), found, tuple(more))


def log_key(name: str, private: Ed25519PrivateKey) -> Key:
    return Key(name, ED25519, private.public_key().public_bytes_raw())


def witness_key(name: str, private: Ed25519PrivateKey | MLDSA44PrivateKey) -> Key:
    kind = COSIGNED if isinstance(private, Ed25519PrivateKey) else COSIGNED_ML_DSA_44
    return Key(name, kind, private.public_key().public_bytes_raw())


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Signature:
    """Kind 01: Ed25519 over the text. The caller vouches that the text is what this log says (no fork, no rollback)."""
    return Signature(name, log_key(name, private).id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey | MLDSA44PrivateKey, at: int) -> Signature:
    """Kind 04 or 06, after the key: what a witness signs of a checkpoint's text at Unix second `at`."""
    message = _witnessed(text, at) if isinstance(private, Ed25519PrivateKey) else _subtree(text, name, at)
    return Signature(name, witness_key(name, private).id, at.to_bytes(8, "big") + private.sign(message))


def _witnessed(text: str, at: int) -> bytes:
    """tlog-cosignature, Ed25519 signed message."""
    return f"cosignature/v1\ntime {at}\n{text}".encode()


def _subtree(text: str, name: str, at: int) -> bytes:
    """tlog-cosignature, ML-DSA-44 signed message of a whole checkpoint: from leaf 0 to its size. Lines after the root are
    not covered. A name over 255 octets raises BadNote."""
    head = read_checkpoint(text)
    cosigner, origin = name.encode(), head.origin.encode()
    if len(cosigner) > 255 or len(origin) > 255:
        raise BadNote("name")
    return b"".join((
        b"subtree/v1\n\0", bytes([len(cosigner)]), cosigner, at.to_bytes(8, "big"), bytes([len(origin)]), origin,
        bytes(8), head.size.to_bytes(8, "big"), head.root,
    ))  # fmt: skip


@dataclass(frozen=True)
class Verified:
    """A signature that holds; `at` is a witness's Unix second."""

    key: Key
    at: int | None = None


def verified(note: Note, keys: Iterable[Key]) -> list[Verified]:
    """The signatures of known keys, the first of each. Others are passed over.

    A signature of a known key that does not hold, or no signature of a known key at all, raises BadNote (signed-note).
    """
    known = {(key.name, key.id): key for key in keys}
    found: dict[tuple[str, bytes], Verified] = {}
    for line in note.signatures:
        key = known.get((line.name, line.key_id))
        if key is not None:
            found.setdefault((key.name, key.id), _check(key, line.body, note.text))
    if not found:
        raise BadNote("no signature of a known key")
    return list(found.values())


def _check(key: Key, body: bytes, text: str) -> Verified:
    if key.kind not in CHECKS:
        raise BadNote(f"unknown kind of key {key.kind:#x}")
    try:
        return CHECKS[key.kind](key, body, text)
    except (InvalidSignature, ValueError):
        raise BadNote(f"bad signature of {key.name}") from None


def _plain(key: Key, body: bytes, text: str) -> Verified:
    Ed25519PublicKey.from_public_bytes(key.public).verify(body, text.encode())
    return Verified(key)


def _timed(key: Key, body: bytes, text: str) -> Verified:
    at = int.from_bytes(body[:8], "big")
    Ed25519PublicKey.from_public_bytes(key.public).verify(body[8:], _witnessed(text, at))
    return Verified(key, at)


def _timed_ml_dsa(key: Key, body: bytes, text: str) -> Verified:
    at = int.from_bytes(body[:8], "big")
    MLDSA44PublicKey.from_public_bytes(key.public).verify(body[8:], _subtree(text, key.name, at))
    return Verified(key, at)


CHECKS: Final[dict[int, Callable[[Key, bytes, str], Verified]]] = {
    ED25519: _plain, COSIGNED: _timed, COSIGNED_ML_DSA_44: _timed_ml_dsa,
}  # fmt: skip
