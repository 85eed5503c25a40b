"""The fonts of our papers, out of wheels: Noto Serif SC for the text, Noto Sans CJK SC for headings and rare signs.

Before anything is set, every character is looked up in the fonts' own tables (cmap, formats 4 and 12): a paper with
an empty box is refused with the missing sign's name.
"""

import struct
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from minqing.kernel.later import later
from minqing.means.documents.rules import GlyphMissing

if TYPE_CHECKING:
    import typst
else:
    typst = later("typst")

WHEELS = ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk")
SERIF = "NotoSerifSC-Regular.otf"
SANS = "NotoSansCJK-VF.otf.ttc"
_INVISIBLE = frozenset(" \n\t\u3000\u00a0\u200b\ufeff")


class FontsMissing(RuntimeError):
    """The environment was built without its font wheels."""


@cache
def folders() -> tuple[Path, ...]:
    found = [Path(spec.origin).parent for name in WHEELS if (spec := find_spec(name)) and spec.origin]
    if not found:
        raise FontsMissing("no font wheel is installed: make env")
    return tuple(found)


@cache
def fonts() -> "typst.Fonts":
    """Read once a process (about 50 ms); fonts of the machine are never used, so a paper looks the same everywhere."""
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in folders()],
    )


def _path(name: str) -> Path | None:
    return next((folder / name for folder in folders() if (folder / name).exists()), None)


def _tables(data: bytes, family: int) -> dict[bytes, int]:
    start = struct.unpack_from(">I", data, 12 + 4 * family)[0] if data[:4] == b"ttcf" else 0
    count = struct.unpack_from(">H", data, start + 4)[0]
    rows = (struct.unpack_from(">4sIII", data, start + 12 + 16 * n) for n in range(count))
    return {row[0]: row[2] for row in rows}


def _groups(data: bytes, at: int) -> Iterator[tuple[int, int]]:
    """The ranges of characters of one cmap subtable."""
    form = struct.unpack_from(">H", data, at)[0]
    if form == 12:
        for n in range(struct.unpack_from(">I", data, at + 12)[0]):
            first, last, _ = struct.unpack_from(">III", data, at + 16 + 12 * n)
            yield first, last
    elif form == 4:
        half = struct.unpack_from(">H", data, at + 6)[0] // 2
        ends = struct.unpack_from(f">{half}H", data, at + 14)
        starts = struct.unpack_from(f">{half}H", data, at + 16 + 2 * half)
        yield from zip(starts, ends, strict=True)


@cache
def _covered(name: str, family: int) -> tuple[list[int], list[int]]:
    path = _path(name)
    if path is None:
        return [], []
    data = path.read_bytes()
    at = _tables(data, family)[b"cmap"]
    count = struct.unpack_from(">H", data, at + 2)[0]
    subtables = {struct.unpack_from(">HHI", data, at + 4 + 8 * n) for n in range(count)}
    best = max((row for row in subtables if row[:2] in {(3, 10), (0, 4), (0, 6), (3, 1), (0, 3)}), key=_wide)
    ranges = sorted(_groups(data, at + best[2]))
    return [first for first, _ in ranges], [last for _, last in ranges]


def _wide(row: tuple[int, int, int]) -> int:
    """Prefer the tables that reach beyond the first plane."""
    return {(3, 10): 4, (0, 6): 3, (0, 4): 3, (3, 1): 2}.get(row[:2], 1)


def _has(covered: tuple[list[int], list[int]], sign: str) -> bool:
    firsts, lasts = covered
    at = bisect_right(firsts, ord(sign)) - 1
    return at >= 0 and ord(sign) <= lasts[at]


def missing_from(text: str) -> list[str]:
    """Characters for which no font of ours has a shape, in order, each once."""
    serif, sans = _covered(SERIF, 0), _covered(SANS, 2)
    signs = dict.fromkeys(sign for sign in text if sign not in _INVISIBLE)
    return [sign for sign in signs if not (_has(serif, sign) or _has(sans, sign))]


def check_signs(text: str) -> None:
    missing = missing_from(text)
    if missing:
        names = (f"{sign}（U+{ord(sign):04X} {unicodedata.name(sign, '')}）" for sign in missing[:10])
        raise GlyphMissing(signs="、".join(names))
