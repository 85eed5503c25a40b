"""What travels closed between two rooms that must not know one another: an accusation, a file of one, and what its slip keeps.

The first two are `seal_to` a public key, the third is closed under the county's key, each under an AAD of its own; this page
says what is inside, and by which call of the clues' database they arrive.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, LiteralString

ACCUSATION_AAD: Final = b"accusation/v1"
FILE_AAD: Final = b"accusation-file/v1"
SLIP_AAD: Final = b"slip/v1"
MOMENT_PAD: Final = 512
CLUE_KIND: Final = "clue.registered"
"""The kind inside the commitment of the leaf that the slip of an accusation promises."""
DROP: Final[LiteralString] = "clues_drop(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s::uuid[], %s::bytea[])"
"""id, box, once, code key and tag, word key and tag, verify number, day, slip, language, the files' ids and boxes."""
WORDS_PAD: Final = 4096
FILE_PAD: Final = 64 * 1024


def padded(told: Mapping[str, Any]) -> bytes:
    """JSON with blanks up to whole blocks, so that its length says little."""
    plain = json.dumps(told, ensure_ascii=False).encode()
    return plain + b" " * (-len(plain) % WORDS_PAD)


def boxed(head: Mapping[str, Any], content: bytes) -> bytes:
    """A file with its name and kind as one piece to be sealed: length of the head, head, content, zeros up to whole blocks."""
    text = json.dumps({**head, "size": len(content)}, ensure_ascii=False).encode()
    whole = len(text).to_bytes(4, "big") + text + content
    return whole + bytes(-len(whole) % FILE_PAD)


def unboxed(plain: bytes) -> tuple[dict[str, Any], bytes]:
    """(head, content) of what `boxed` made, once its seal is open."""
    start = 4 + int.from_bytes(plain[:4], "big")
    head = json.loads(plain[4:start])
    return head, plain[start : start + head["size"]]


@dataclass(frozen=True)
class Moment:
    """What a slip keeps sealed of an accusation: when it was given, and the hash of the leaf it promises.

    `leaf`: the leaf itself while the clues side still has to log it; empty when it went into the log with a demand.
    """

    at: datetime
    promised: bytes
    leaf: bytes = b""

    def __bytes__(self) -> bytes:
        told = {"at": self.at.isoformat(), "promised": self.promised.hex(), "leaf": self.leaf.decode()}
        return json.dumps(told).encode().ljust(MOMENT_PAD)

    @classmethod
    def read(cls, data: bytes) -> "Moment":
        told = json.loads(data)
        at = datetime.fromisoformat(told["at"]).astimezone(
            UTC
        )  # as a row's time comes, or pages would differ
        return cls(at, bytes.fromhex(told["promised"]), told["leaf"].encode())
