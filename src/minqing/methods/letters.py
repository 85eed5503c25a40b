"""Two letters that travel closed from one room to another which must not know it: an accusation, and a file of one.

Both are `seal_to` a public key under an AAD of their own; this page says what is inside.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

ACCUSATION_AAD: Final = b"accusation/v1"
FILE_AAD: Final = b"accusation-file/v1"
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
