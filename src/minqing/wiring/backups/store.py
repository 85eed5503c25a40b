"""What lies on the second disk, and how it is found again.

STORE/                            0700
  <system>-<timeline>/            one life of one database: a restore begins the next
    base-20260630T021500Z/        base.sealed · files.sealed (which files there were) · about.json
    wal/<24 hex digits>           a segment of WAL, sealed; `.part` is the one that is being written
  files/ab/cd/<name>              what people handed in: sealed by the county before it was written, copied as it is
  home.sealed                     the keys, and what else makes a home
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from minqing.wiring.home import Home
from minqing.wiring.saying import Trouble, t

KEY = "backup.key"
HORIZON = timedelta(days=35)
"""A key or a salt that was destroyed is in no backup any more after this time."""
SEGMENT = re.compile(r"[0-9A-F]{24}")
LINE = re.compile(r"\d+-\d+")
PART = ".part"
HOME, BASE, FILES, ABOUT = "home.sealed", "base.sealed", "files.sealed", "about.json"


@dataclass(frozen=True)
class Base:
    folder: Path

    @cached_property
    def about(self) -> dict[str, Any]:
        return dict(json.loads((self.folder / ABOUT).read_text()))

    @property
    def at(self) -> datetime:
        return datetime.fromisoformat(self.about["at"])

    @property
    def first(self) -> int:
        """The number of the first segment that it needs."""
        return int(self.about["start"]) // int(self.about["segment_size"])

    @property
    def last(self) -> int:
        """The last segment without which it is no whole database yet."""
        return (int(self.about["stop"]) - 1) // int(self.about["segment_size"])


@dataclass(frozen=True)
class Line:
    """One life of one database: what can be brought back to its last word."""

    folder: Path

    @property
    def timeline(self) -> int:
        return int(self.folder.name.partition("-")[2])

    @property
    def wal(self) -> Path:
        return self.folder / "wal"

    def bases(self) -> list[Base]:
        """Whole ones, oldest first."""
        return [Base(path.parent) for path in sorted(self.folder.glob(f"base-*/{ABOUT}"))]

    def segments(self, size: int) -> dict[int, Path]:
        """By number; the one that is being written is among them."""
        found: dict[int, Path] = {}
        for path in sorted(
            self.wal.glob("*"), reverse=True
        ):  # a whole one comes after, and wins over, its `.part`
            name = path.name.removesuffix(PART)
            if SEGMENT.fullmatch(name):
                found[number_of(name, size)] = path
        return found

    def reach(self, base: Base) -> int | None:
        """The last segment up to which everything from the base on is there; None when not even the base is whole."""
        found = self.segments(base.about["segment_size"])
        number = base.first
        while number in found:
            number += 1
        return number - 1 if number - 1 >= base.last else None

    def next_after_gap(self, base: Base) -> int | None:
        """The first segment behind a gap, if there is one: then what lies behind it is out of reach."""
        reach = self.reach(base)
        behind = [n for n in self.segments(base.about["segment_size"]) if reach is not None and n > reach]
        return min(behind, default=None)


@dataclass(frozen=True)
class Store:
    folder: Path
    key: bytes

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def lines(self) -> list[Line]:
        return [Line(path) for path in sorted(self.folder.glob("*-*")) if LINE.fullmatch(path.name)]

    def line(self, system: str, timeline: int) -> Line:
        line = Line(self.folder / f"{system}-{timeline}")
        for folder in (self.folder, line.folder, line.wal, self.files):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return line

    def bases(self) -> list[tuple[Line, Base]]:
        """Of all lines, oldest first."""
        return sorted(
            ((line, base) for line in self.lines() for base in line.bases()), key=lambda one: one[1].at
        )

    def best(self) -> tuple[Line, Base]:
        """The newest base from which everything is there that it needs."""
        for line, base in reversed(self.bases()):
            if line.reach(base) is not None:
                return line, base
        raise Trouble(
            t(
                f"{self.folder} 里没有完整的备份。",
                f"There is no whole backup in {self.folder}.",
            )
        )


def opened(here: Home, folder: Path, key: Path | None = None) -> Store:
    """The store under the key of the home, or of a file: 32 octets, or their 64 hex digits."""
    handed = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / KEY
    place = key or (handed if handed.is_file() else here.keys / KEY)
    try:
        content = place.read_bytes()
    except FileNotFoundError:
        raise Trouble(
            t(
                f"没有备份密钥 {place}：用 --key 指出它（另外保管的那一份）。",
                f"There is no backup key at {place}: name it with --key (the copy that is kept apart).",
            ),
            code=2,
        ) from None
    if len(content) != 32:
        try:
            content = bytes.fromhex(content.decode("ascii"))
        except ValueError:
            content = b""
    if len(content) != 32:
        raise Trouble(t(f"{place} 不是备份密钥。", f"{place} is no backup key."), code=2)
    return Store(folder.absolute(), content)


def named() -> Path | None:
    """The second disk that MINQING_BACKUP names; None when the county has named none."""
    text = os.environ.get("MINQING_BACKUP", "")
    return Path(text).expanduser().absolute() if text else None


def name_of(number: int, size: int, timeline: int) -> str:
    each = 0x1_0000_0000 // size
    return f"{timeline:08X}{number // each:08X}{number % each:08X}"


def number_of(name: str, size: int) -> int:
    return int(name[8:16], 16) * (0x1_0000_0000 // size) + int(name[16:24], 16)


def lsn(text: str) -> int:
    high, low = text.split("/")
    return (int(high, 16) << 32) + int(low, 16)


def spelled(position: int) -> str:
    return f"{position >> 32:X}/{position & 0xFFFFFFFF:X}"


def now() -> datetime:
    """The real clock: a demo's days do not make a backup older."""
    return datetime.now(UTC)


def sealed_files(folder: Path) -> Iterator[str]:
    """Names of what people handed in, below the folder of files; nothing half-written."""
    for path in folder.glob("??/??/*"):
        if path.is_file() and not path.name.endswith((PART, ".new")):
            yield path.relative_to(folder).as_posix()
