"""The sealed store on disk: chunks of a file, each sealed under the file's own key and bound to its place.

A chunk that is missing, cut, swapped or from another file does not open. Nothing is ever written in the clear.
"""

import contextlib
import errno
import os
import struct
from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import UUID

from minqing.kernel.keys import cipher
from minqing.means.files.rules import StoreFull
from minqing.methods import seal

CHUNK = 1024 * 1024
_LENGTH = struct.Struct(">I")


def place_of(blob_id: UUID) -> str:
    """Where a file lies below the folder: two levels by the random end of its id, so that no folder grows large."""
    name = blob_id.hex
    return f"{name[-2:]}/{name[-4:-2]}/{name}"


def _bound_to(blob_id: UUID, index: int, last: bool) -> bytes:
    return b"file/v1|" + blob_id.bytes + _LENGTH.pack(index) + (b"\x01" if last else b"\x00")


def name_bound_to(blob_id: UUID) -> bytes:
    return b"file-name/v1|" + blob_id.bytes


def write(folder: Path, blob_id: UUID, key: bytes, content: bytes | bytearray | memoryview) -> str:
    """Seal a file into the store, on disk for good when this returns. Refuses when the disk is full."""
    path = place_of(blob_id)
    view = memoryview(content)
    count = max(1, -(-len(view) // CHUNK))

    def boxes() -> Iterator[bytes]:
        for index in range(count):
            plain = bytes(view[index * CHUNK : (index + 1) * CHUNK])
            box = seal.seal(key, _bound_to(blob_id, index, index == count - 1), plain, algorithm=cipher())
            yield _LENGTH.pack(len(box)) + box

    _on_disk(folder / path, boxes())
    return path


def _on_disk(target: Path, pieces: Iterable[bytes]) -> None:
    part = target.with_name(target.name + ".part")
    try:
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with part.open("wb") as out:
            for piece in pieces:
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        part.replace(target)
        _sync_folder(target.parent)
        _leave_name(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink()
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StoreFull() from None
        raise


def _leave_name(target: Path) -> None:
    """For whoever copies what is new to another disk; nobody does while the folder of names is not there."""
    folder = target.parents[2]
    with contextlib.suppress(FileNotFoundError):
        (folder / ".new" / "+".join(target.relative_to(folder).parts)).touch()


# Boxes that were sealed before they came here and wait for the words they belong to. They have no row: whoever reads the
# tables cannot count them, and what is never fetched is swept like everything without a row.


def hold(folder: Path, handle: str, name: str, box: bytes) -> None:
    _on_disk(folder / handle[-2:] / handle[-4:-2] / f"{handle}.{name}", [box])


def held(folder: Path, handle: str) -> list[Path]:
    """Oldest first."""
    found = (folder / handle[-2:] / handle[-4:-2]).glob(f"{handle}.*")
    return sorted(
        (path for path in found if path.suffix != ".part"),
        key=lambda path: (path.stat().st_mtime_ns, path.name),
    )


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(folder: Path, path: str, blob_id: UUID, key: bytes) -> Iterator[bytes]:
    """The file in the clear, chunk by chunk; raises seal.WrongSeal where it was touched or cut."""
    with (folder / path).open("rb") as source:
        index, head = 0, source.read(_LENGTH.size)
        if not head:
            raise seal.WrongSeal
        while head:
            if len(head) < _LENGTH.size:
                raise seal.WrongSeal
            box = source.read(_LENGTH.unpack(head)[0])
            head = source.read(_LENGTH.size)
            yield seal.open_(key, _bound_to(blob_id, index, not head), box)
            index += 1


def remove(folder: Path, path: str) -> None:
    with contextlib.suppress(FileNotFoundError):
        (folder / path).unlink()
