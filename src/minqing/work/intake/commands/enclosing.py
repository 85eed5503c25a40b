"""Files of an accusation: sealed to the discipline office's key as soon as they come. Nothing here can open them again.

Until the report is sent they lie in the store as bare boxes without any row; then they leave with the sealed words, which
alone say which boxes are theirs, with the SHA-256 of each.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from minqing.kernel.keys import secret
from minqing.means.files.commands import forget_files, hold_box, take_file
from minqing.means.files.queries import held_count, originals_of
from minqing.means.files.rules import MOST_FILES, TooManyFiles
from minqing.methods import seal
from minqing.methods.letters import FILE_AAD, boxed


def sealed_box(content: bytes, *, name: str, media: str, state: str = "") -> bytes:
    """Exactly as it came, with everything a photo says of its place and hour: it is evidence. Its length is padded."""
    head = {"name": name, "media": media, "sha256": sha256(content).hexdigest(), "scanned": state}
    return seal.seal_to(secret("discipline.pub"), FILE_AAD, boxed(head, content))


def sealed_file(*, content: Iterable[bytes], name: str, size: int | None = None) -> bytes:
    """A file that is being handed in with an accusation; what cannot be taken is refused like everywhere."""
    taken = take_file(content=content, name=name, size=size)
    return sealed_box(taken.content, name=taken.name, media=taken.kind.media, state=str(taken.state))


def hold_enclosure(*, draft: str, content: Iterable[bytes], name: str, size: int | None = None) -> None:
    """Seal a file while the report is still being written; the same file again is one."""
    if held_count(draft) >= MOST_FILES:
        raise TooManyFiles(limit=MOST_FILES)
    taken = take_file(content=content, name=name, size=size)
    once = hmac.digest(secret("pepper"), b"held-file/v1|" + sha256(taken.content).digest(), "sha256")[
        :8
    ].hex()
    box = sealed_box(taken.content, name=taken.name, media=taken.kind.media, state=str(taken.state))
    hold_box(draft=draft, name=once, box=box)


def hold_what_was_kept(*, draft: str) -> int:
    """Files that came before the person said that this is an accusation: under the other seal, and gone from here."""
    count = 0
    for one in originals_of(draft):
        once = hmac.digest(secret("pepper"), b"held-file/v1|" + sha256(one.content).digest(), "sha256")[
            :8
        ].hex()
        hold_box(
            draft=draft,
            name=once,
            box=sealed_box(one.content, name=one.name, media=one.media, state=str(one.state)),
        )
        count += 1
    if count:
        forget_files(owner=draft)
    return count


Boxes = list[tuple[UUID, bytes]]


def numbered(boxes: Iterable[bytes]) -> Boxes:
    return [(uuid4(), box) for box in boxes]


def told_of(boxes: Boxes) -> list[dict[str, Any]]:
    """What the sealed words must say to find their boxes again."""
    return [{"id": str(pk), "sha256": sha256(box).hexdigest()} for pk, box in boxes]


def enclose_originals(owner: str) -> Boxes:
    """Whatever came with a word that turns out to be an accusation: under the other seal, and no trace stays here."""
    boxes = numbered(
        sealed_box(one.content, name=one.name, media=one.media, state=str(one.state))
        for one in originals_of(owner)
    )
    forget_files(owner=owner)
    return boxes
