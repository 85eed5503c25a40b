"""A file that is sealed while it is written: frames, each bound to its file and its place, and an end that says so.

    magic · 32 octets of salt · (length · sealed frame)* · (length · sealed empty last frame)

Each file has a key of its own, drawn from the backup key and the salt. A frame that is changed, moved or left out does not
open; a file without its last frame is not whole. What is still being written (`going_on`) may be read up to its last frame.
"""

import os
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from minqing.methods import seal

MAGIC = b"minqing backup 1\n"
SALT = 32
FRAME = 1 << 20
LONGEST = FRAME + 64
_LENGTH = struct.Struct(">I")
_PLACE = struct.Struct(">QB")


class Damaged(Exception):
    """It is not what was written: changed, cut, another file's, or sealed under another key."""


def _key(key: bytes, salt: bytes, about: str) -> bytes:
    return HKDF(SHA256(), seal.KEY_BYTES, salt=salt, info=b"minqing/backup/v1|" + about.encode()).derive(key)


class Writer:
    """Everything given to `write` and followed by `sync` is there for good. `close` makes the file whole."""

    def __init__(self, path: Path, key: bytes, about: str, *, again: bool = False) -> None:
        self.path, self.frames, self.octets = path, 0, 0
        self.waiting = bytearray()
        if again:
            self.file: BinaryIO = path.open("r+b")
            salt, end = _head(self.file, path), len(MAGIC) + SALT
            self.key = _key(key, salt, about)
            for plain, at in _frames(self.file, self.key, path, going_on=True):
                self.frames, self.octets, end = self.frames + 1, self.octets + len(plain), at
            self.file.seek(end)
            self.file.truncate()
        else:
            self.file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
            salt = os.urandom(SALT)
            self.key = _key(key, salt, about)
            self.file.write(MAGIC + salt)

    def write(self, plain: bytes | memoryview) -> None:
        self.waiting += plain
        self.octets += len(plain)
        while len(self.waiting) >= FRAME:
            self._frame(bytes(self.waiting[:FRAME]))
            del self.waiting[:FRAME]

    def sync(self) -> None:
        if self.waiting:
            self._frame(bytes(self.waiting))
            self.waiting.clear()
        self.file.flush()
        os.fsync(self.file.fileno())

    def close(self) -> None:
        self.sync()
        self._frame(b"", last=True)
        self.file.flush()
        os.fsync(self.file.fileno())
        self.file.close()

    def leave(self) -> None:
        """Without an end, to be written on another time."""
        self.file.close()

    def _frame(self, plain: bytes, *, last: bool = False) -> None:
        box = seal.seal(self.key, _PLACE.pack(self.frames, last), plain)
        self.file.write(_LENGTH.pack(len(box)) + box)
        self.frames += 1


def read(path: Path, key: bytes, about: str, *, going_on: bool = False) -> Iterator[bytes]:
    """The plain octets, a frame at a time. Raises Damaged as soon as something is wrong."""
    with path.open("rb") as file:
        made = _key(key, _head(file, path), about)
        for plain, _ in _frames(file, made, path, going_on=going_on):
            yield plain


def whole(path: Path, key: bytes, about: str) -> bytes:
    return b"".join(read(path, key, about))


def put(path: Path, key: bytes, about: str, plain: bytes) -> None:
    """A small sealed file in the place of the one before, with no moment of half a file."""
    new = path.with_name(f".{path.name}.new")
    writer = Writer(new, key, about)
    writer.write(plain)
    writer.close()
    new.replace(path)
    sync_folder(path.parent)


def _head(file: BinaryIO, path: Path) -> bytes:
    head = file.read(len(MAGIC) + SALT)
    if len(head) < len(MAGIC) + SALT or not head.startswith(MAGIC):
        raise Damaged(path.name)
    return head[len(MAGIC) :]


def _frames(file: BinaryIO, key: bytes, path: Path, *, going_on: bool) -> Iterator[tuple[bytes, int]]:
    """(plain, where it ends in the file). A torn end is the end of what goes on, and a fault of what should be whole."""
    number, at = 0, len(MAGIC) + SALT
    while True:
        head = file.read(_LENGTH.size)
        size = _LENGTH.unpack(head)[0] if len(head) == _LENGTH.size else 0
        box = file.read(size) if 0 < size <= LONGEST else b""
        if not box or len(box) < size:
            if going_on:
                return
            raise Damaged(path.name)
        at += _LENGTH.size + size
        try:
            yield seal.open_(key, _PLACE.pack(number, 0), box), at
        except seal.SealError:
            if going_on and not file.read(1):
                return
            try:
                ends = seal.open_(key, _PLACE.pack(number, 1), box) == b""
            except seal.SealError:
                ends = False
            if not ends or file.read(1):
                raise Damaged(path.name) from None
            return
        number += 1


def sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
