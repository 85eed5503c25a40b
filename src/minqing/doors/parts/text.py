"""Typed text made safe to keep: nothing a person wrote is cut, and what had to go is said."""

import re
from dataclasses import dataclass

MOST = 20_000  # characters in one go; more is asked for in parts, and stays on the page meanwhile
UNPAIRED = re.compile("[\ud800-\udfff]")
# C0 controls but tab and newline; they print nothing and PostgreSQL refuses NUL.
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


@dataclass(frozen=True)
class Cleaned:
    """`text` can be stored and sent; `removed` and `replaced` count signs that could not."""

    text: str
    removed: int = 0
    replaced: int = 0


def clean(raw: str) -> Cleaned:
    """Joins surrogate pairs, replaces lone halves by U+FFFD, drops NUL and control signs; emoji and RTL stay."""
    text = raw.replace("\r\n", "\n").replace("\r", "\n")
    text = PAIR.sub(lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"), text)
    text, replaced = UNPAIRED.subn("\ufffd", text)
    text, removed = UNSEEN.subn("", text)
    return Cleaned(text=text, removed=removed, replaced=replaced)
