"""Signed heads: what the county says of its log, and never takes back.

What was signed last is kept in a file outside the database (`high-water.json`). A head that is smaller, or that does not
contain the one signed last, is never signed: a database set back to yesterday cannot pretend (trust specification §1.6).
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings
from django.db import transaction

from minqing.kernel.keys import secret
from minqing.methods import tree
from minqing.record.log.models import Checkpoint as Head
from minqing.record.log.models import State
from minqing.record.log.queries import nodes, root_of_state
from minqing.record.log.rules import ORIGIN, RolledBack

KEY = "log.key"
HIGH_WATER = "high-water.json"


def signer() -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(secret(KEY))


def promise(leaf: bytes, *, at: datetime) -> str:
    """The signed promise that this leaf hash (32 octets) will be in the log within a day of `at`."""
    said = str(tree.Promise(settings.MINQING_LOG_ORIGIN, leaf, int(at.timestamp())))
    return str(tree.Note(said, (tree.sign(said, settings.MINQING_LOG_ORIGIN, signer()),)))


def sign_head(*, at: datetime) -> bool:
    """Sign the newest committed size, if it is new; call outside every transaction. True when a head was signed.

    Raises RolledBack, and signs nothing, when the log no longer holds what was signed before.
    """
    origin = settings.MINQING_LOG_ORIGIN
    with _high_water() as kept:
        with transaction.atomic(durable=True):  # what is read here has been committed
            state = State.objects.filter(pk=ORIGIN).first()
        size, root = (state.size, root_of_state(state)) if state else (0, tree.root_of([]))
        kept.check(size, root)
        if Head.objects.filter(origin=origin, size=size).exists():
            return False
        kept.write(size, root)
        said = str(tree.Checkpoint(origin, size, root))
        note = str(tree.Note(said, (tree.sign(said, origin, signer()),)))
        Head.objects.bulk_create(
            [Head(origin=origin, size=size, root=root, note=note, at=at)], ignore_conflicts=True
        )
    return True


class HighWater:
    """The largest head this signer has signed; -1 before the first."""

    def __init__(self, path: Path) -> None:
        self.path, self.size, self.root = path, -1, b""
        if path.exists():
            told = json.loads(path.read_text())
            self.size, self.root = int(told["size"]), bytes.fromhex(told["root"])

    def check(self, size: int, root: bytes) -> None:
        if self.size < 0:
            return
        if size < self.size or (size == self.size and root != self.root):
            raise RolledBack(f"{size} < {self.size}")
        if tree.root_at(nodes(size), self.size) != self.root:
            raise RolledBack(f"another log at {self.size}")

    def write(self, size: int, root: bytes) -> None:
        """Durably, before the signature is seen by anybody."""
        new = self.path.with_suffix(".new")
        with open(new, "w") as file:
            json.dump({"size": size, "root": root.hex()}, file)
            file.flush()
            os.fsync(file.fileno())
        new.rename(self.path)
        folder = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def _high_water() -> Iterator[HighWater]:
    """The file, held by one signer at a time on this machine."""
    folder = Path(settings.MINQING_SIGNER)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with open(folder / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield HighWater(folder / HIGH_WATER)
