"""The keys of a clue and of those who may hold them.

A clue has three: `words` (as it was said), `who` (who said it), `told` (restatement, talk, what was done). An officer has
a pair; the private half is stored under a passphrase that is never stored. What an officer may open is wrapped to the
public half. Of `who` nobody holds the key: it is split in three, any two of which join (adr 11): one for the office that
receives, one for a second unit, one with the office's own key on paper.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from os import urandom
from typing import Any
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw

from minqing.methods import seal, shamir
from minqing.methods.letters import padded
from minqing.watch.clues.models import Officer
from minqing.watch.clues.queries import aad, opened
from minqing.watch.clues.rules import LEAST_PASSPHRASE, KeyMissing, ShortPassphrase, WrongPassphrase

Closed = bytes | memoryview | None
"""A column as it comes from the database; None: there is none, or not any more."""
KEY = seal.KEY_BYTES
SALT = 16
RECEIVES, SECOND, PAPER = 1, 2, 3
KEY_AAD, SHARE_AAD, PRIVATE_AAD = b"clue-key/v1", b"clue-share/v1", b"officer/v1"


@dataclass(frozen=True)
class Keys:
    words: bytes
    who: bytes
    told: bytes

    @classmethod
    def new(cls) -> "Keys":
        return cls(seal.new_key(), seal.new_key(), seal.new_key())

    def closed_to(self, public: bytes) -> bytes:
        return seal.seal_to(public, KEY_AAD, self.words + self.who + self.told)

    @classmethod
    def opened_by(cls, private: bytes, closed: Closed) -> "Keys":
        plain = unwrapped(private, closed)
        return cls(plain[:KEY], plain[KEY : 2 * KEY], plain[2 * KEY :])


def field(key: bytes, clue_id: UUID, name: str, told: Mapping[str, Any]) -> bytes:
    """One sealed column: bound to its clue and its name, padded."""
    return seal.seal(key, aad(clue_id, name), padded(told))


def read_field(key: bytes, clue_id: UUID, name: str, sealed: Closed) -> dict[str, Any]:
    if sealed is None:
        raise KeyMissing()
    return dict(json.loads(opened(key, clue_id, name, bytes(sealed))))


def wrapped(public: bytes, key: bytes) -> bytes:
    return seal.seal_to(public, KEY_AAD, key)


def unwrapped(private: bytes, closed: Closed) -> bytes:
    if closed is None:
        raise KeyMissing()
    return seal.open_with(private, KEY_AAD, bytes(closed))


# Two persons


def shares(who: bytes, clue_id: UUID) -> dict[int, bytes]:
    """The three shares of a clue's `who`: the same for every clue key, so that they may be handed out again later."""
    return shamir.split(who, coef=_line(who, clue_id))


def _line(who: bytes, clue_id: UUID) -> bytes:
    """The line through the shares, drawn from the secret itself: whoever lacks it learns nothing from one share."""
    return seal.derived(who, b"clue-line/v1|" + clue_id.bytes)


def closed_share(public: bytes, number: int, share: bytes) -> bytes:
    return seal.seal_to(public, SHARE_AAD, bytes([number]) + share)


def opened_share(private: bytes, closed: Closed) -> tuple[int, bytes]:
    if closed is None:
        raise KeyMissing()
    plain = seal.open_with(private, SHARE_AAD, bytes(closed))
    return plain[0], plain[1:]


def joined(*parts: tuple[int, bytes]) -> bytes:
    return shamir.join(dict(parts))


# Officers


def make_pair(*, officer: UUID, passphrase: str, at: datetime) -> bytes:
    """A pair of keys for somebody who may be asked to work here; returns the private half, for this session."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise ShortPassphrase(least=LEAST_PASSPHRASE)
    private, public = seal.new_pair()
    Officer.objects.create(
        id=officer, public=public, private=_closed(private, passphrase, officer), made_at=at
    )
    return private


def unlock(*, officer: UUID, passphrase: str) -> bytes:
    """The private half; it stays in this session only. A wrong passphrase cannot be told from a changed row."""
    row = Officer.objects.filter(pk=officer).first()
    if row is None:
        raise WrongPassphrase()
    stored = bytes(row.private)
    key = _stretched(passphrase, stored[:SALT])
    try:
        return seal.open_(key, PRIVATE_AAD + officer.bytes, stored[SALT:])
    except seal.SealError:
        raise WrongPassphrase() from None


def change_passphrase(*, officer: UUID, old: str, new: str) -> None:
    private = unlock(officer=officer, passphrase=old)
    if len(new) < LEAST_PASSPHRASE:
        raise ShortPassphrase(least=LEAST_PASSPHRASE)
    Officer.objects.filter(pk=officer).update(private=_closed(private, new, officer))


def _closed(private: bytes, passphrase: str, officer: UUID) -> bytes:
    salt = urandom(SALT)
    return salt + seal.seal(_stretched(passphrase, salt), PRIVATE_AAD + officer.bytes, private)


def _stretched(passphrase: str, salt: bytes) -> bytes:
    return hash_secret_raw(
        passphrase.encode(),
        salt,
        time_cost=3,
        memory_cost=64 * 1024,
        parallelism=1,
        hash_len=KEY,
        type=Type.ID,
    )
