"""A root as eight Chinese characters, to be read out, copied by hand and compared on a village wall.

Each stands for 11 bits of the root, first bits first (88 in all), by the list of BIP-39 for simplified Chinese.
"""

from functools import cache
from importlib.resources import files
from typing import Final

SIGNS: Final = 8
BITS: Final = 11


@cache
def _list() -> tuple[str, ...]:
    text = (files("mnemonic") / "wordlist" / "chinese_simplified.txt").read_text(encoding="utf-8")
    found = tuple(text.split())
    if len(set(found)) != 1 << BITS:
        raise ValueError("the list has not 2048 characters")
    return found


def spoken(root: bytes) -> str:
    """The eight characters of a root of 32 octets."""
    number = int.from_bytes(root, "big") >> 8 * len(root) - BITS * SIGNS
    picked = [number >> BITS * place & (1 << BITS) - 1 for place in reversed(range(SIGNS))]
    return "".join(_list()[one] for one in picked)
