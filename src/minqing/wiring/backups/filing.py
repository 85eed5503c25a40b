"""What people handed in, copied beside the WAL that speaks of it. It is sealed already; a copy is the same octets.

Whoever keeps a file leaves its name in `files/.new` (`means/files`), so that what is new is found without looking through
everything; and everything is looked through once, at the beginning.
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from minqing.wiring.backups.sealed import sync_folder
from minqing.wiring.backups.store import sealed_files

NEW = ".new"
APART = "+"


@dataclass(frozen=True)
class Files:
    source: Path
    target: Path

    def begin(self) -> int:
        """From now on names are left for us; copy what was there before. Returns how many were copied."""
        (self.source / NEW).mkdir(mode=0o700, exist_ok=True)
        return sum(self.copy(name) for name in sealed_files(self.source))

    def new(self) -> int:
        """Copy what has come since; cheap when nothing has."""
        copied = 0
        for marker in os.listdir(self.source / NEW):
            copied += self.copy(marker.replace(APART, "/"))
            (self.source / NEW / marker).unlink(missing_ok=True)
        return copied

    def copy(self, name: str) -> bool:
        """Durably, whole or not at all; False when it is there already, or was erased meanwhile."""
        source, target = self.source / name, self.target / name
        try:
            size = source.stat().st_size
            if target.exists() and target.stat().st_size == size:
                return False
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            half = target.with_name(f"{target.name}.part")
            with source.open("rb") as read, half.open("wb") as write:
                os.fchmod(write.fileno(), 0o600)
                shutil.copyfileobj(read, write, 1 << 20)
                write.flush()
                os.fsync(write.fileno())
            half.replace(target)
        except FileNotFoundError:
            return False
        sync_folder(target.parent)
        return True
