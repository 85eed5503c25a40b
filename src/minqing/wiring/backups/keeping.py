"""What the process `minqing backup --follow` does for as long as the county works: WAL, files, keys, and a base every week.

It says how it goes in `run/backup.json`. The launcher reads that: 30 seconds of silence are an alarm, because while nobody keeps
the WAL, whoever writes waits. Whether to go on alone is a person's decision, written down with a reason (`alone`).
"""

import fcntl
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from psycopg.errors import OperationalError

from minqing.wiring.backups import basing
from minqing.wiring.backups.filing import Files
from minqing.wiring.backups.following import Follower, Server
from minqing.wiring.backups.sealed import put
from minqing.wiring.backups.store import HOME, KEY, Store, named, now, spelled
from minqing.wiring.home import Home, replace
from minqing.wiring.saying import Trouble, t

log = logging.getLogger(__name__)
STATUS, ALONE, JOURNAL = "backup.json", "backup-alone.json", "backup.journal"
BASE_EVERY = timedelta(days=7)
BASE_AGAIN_S = 600.0
LATE_S = 30.0
SAY_S = 2.0
AGAIN_S = (0.2, 0.5, 1.0, 2.0)
LOOSE = ("demo.json", "log.origin", "log.policy")


def status(here: Home) -> dict[str, Any] | None:
    """What the follower last said, and how many seconds ago; None when none ever ran here."""
    try:
        told = dict(json.loads((here.run / STATUS).read_text()))
    except (FileNotFoundError, ValueError):
        return None
    return told | {"age_s": round((now() - datetime.fromisoformat(told["at"])).total_seconds(), 1)}


def late(here: Home) -> float | None:
    """Seconds of silence when they are too many; None while all is well or the county goes on alone by decision."""
    told = status(here)
    if told is None or alone(here) is not None or told["age_s"] < LATE_S:
        return None
    return float(told["age_s"])


def alone(here: Home) -> dict[str, Any] | None:
    """The decision to go on without the second disk, while it stands."""
    try:
        return dict(json.loads((here.run / ALONE).read_text()))
    except (FileNotFoundError, ValueError):
        return None


def decide(here: Home, reason: str | None) -> None:
    """Go on alone for a reason, or (None) no longer; every such decision stays in the journal."""
    told = {"at": now().isoformat(timespec="seconds"), "alone": reason is not None, "reason": reason or ""}
    wrote_down(here, told)
    if reason is None:
        (here.run / ALONE).unlink(missing_ok=True)
    else:
        replace(here.run / ALONE, json.dumps(told, ensure_ascii=False).encode())
    log.warning("backup: the county goes on %s the second disk", "without" if reason is not None else "with")


def wrote_down(here: Home, told: dict[str, Any]) -> None:
    """A line of the journal of this home: decisions and restores, for good."""
    here.run.mkdir(mode=0o700, exist_ok=True)
    with (here.run / JOURNAL).open("a", encoding="utf-8") as file:
        file.write(json.dumps({"at": now().isoformat(timespec="seconds")} | told, ensure_ascii=False) + "\n")
        file.flush()
        os.fsync(file.fileno())


@dataclass
class HomeCopy:
    """The keys and what else makes a home, sealed anew whenever one of them was put in its place."""

    here: Home
    store: Store
    seen: tuple[int, ...] = ()

    def look(self) -> None:
        changed = tuple(path.stat().st_mtime_ns for path in (self.here.keys, self.here.path))
        if changed != self.seen:
            self.write()
            self.seen = changed

    def write(self) -> None:
        keys = {
            path.relative_to(self.here.keys).as_posix(): path.read_bytes().hex()
            for path in sorted(self.here.keys.rglob("*"))
            if path.is_file() and not path.name.startswith(".") and path.name != KEY
        }
        loose = {
            name: (self.here.path / name).read_text("utf-8")
            for name in LOOSE
            if (self.here.path / name).exists()
        }
        told = {"keys": keys, "loose": loose, "passwords": self.here.server()["passwords"]}
        put(self.store.folder / HOME, self.store.key, "home", json.dumps(told).encode())


@contextmanager
def only_one(store: Store) -> Iterator[None]:
    """One follower a store."""
    store.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (store.folder / "follow.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Trouble(
                t(
                    f"{store.folder} 已有一个 backup --follow 在写。",
                    f"A `backup --follow` writes to {store.folder} already.",
                ),
                code=3,
            ) from None
        yield


def is_followed(store: Store) -> bool:
    try:
        with only_one(store):
            return False
    except Trouble:
        return True


@dataclass
class Keeper:
    here: Home
    store: Store
    bases: bool = True
    wait: Callable[[float], object] = time.sleep
    follower: Follower | None = None
    stopped: bool = False
    said: float = 0.0
    tried: float = field(default=float("-inf"))
    base: subprocess.Popen[bytes] | None = None

    def run(self) -> None:
        """Until `stop`. A server that goes is waited for."""
        files, home = Files(self.here.files, self.store.files), HomeCopy(self.here, self.store)
        with only_one(self.store):
            self.store.files.mkdir(mode=0o700, parents=True, exist_ok=True)
            files.begin()
            home.look()

            def copy() -> int:
                home.look()
                return files.new()

            failures = 0
            while not self.stopped:
                self.follower = Follower(self.here.backup_url(), self.store, copy, self._seen)
                try:
                    self.follower.run()
                except OperationalError as error:
                    failures = 0 if self.follower.position else failures + 1
                    log.warning("backup: the server is gone: %s", str(error).splitlines()[0])
                    self.wait(AGAIN_S[min(failures, len(AGAIN_S) - 1)])
            if self.base is not None and self.base.poll() is None:
                self.base.terminate()
                self.base.wait()

    def stop(self, *_: object) -> None:
        self.stopped = True
        if self.follower is not None:
            self.follower.stop()

    def _seen(self, follower: Follower) -> None:
        if time.monotonic() - self.said < SAY_S and not self.stopped:
            return
        self.said = time.monotonic()
        told = {
            "at": now().isoformat(timespec="milliseconds"),
            "pid": os.getpid(),
            "store": str(self.store.folder),
            "line": follower.line.folder.name if follower.line else "",
            "position": spelled(follower.position),
            "behind": max(0, follower.ahead - follower.position),
        }
        new = self.here.run / f".{STATUS}.new"
        new.write_text(json.dumps(told))
        new.rename(self.here.run / STATUS)
        if self.bases:
            self._base_if_due(follower)

    def _base_if_due(self, follower: Follower) -> None:
        """A base where there is none, after a gap, or after a week; a failed one is tried again ten minutes later."""
        if self.base is not None:
            if self.base.poll() is None:
                return
            if self.base.returncode != 0:
                log.error("backup: the base copy failed (%s)", self.base.returncode)
            self.base = None
        if time.monotonic() - self.tried < BASE_AGAIN_S or not due(self.store, follower):
            return
        self.tried = time.monotonic()
        command = [sys.executable, "-m", "minqing.wiring.cli", "backup", str(self.store.folder), "--json"]
        self.base = subprocess.Popen(command, stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)


def due(store: Store, follower: Follower) -> bool:
    if follower.line is None:
        return False
    newest = follower.position // follower.segment_size
    for base in reversed(follower.line.bases()):
        reach = follower.line.reach(base)
        # The newest segment may not have been begun: everything before it is enough.
        if reach is not None and reach >= newest - 1 and now() - base.at < BASE_EVERY:
            return False
    return True


def back_up(here: Home, store: Store, progress: basing.Progress, *, keep: int) -> dict[str, Any]:
    """One base copy now, with the WAL it needs; a follower that runs is used, else one is there for this long."""
    with _followed(here, store):
        told = basing.take(here, store, progress)
    HomeCopy(here, store).write()
    told["gone"] = basing.prune(here, store, keep)
    last = {"at": told["at"], "file": told["base"], "bytes": told["bytes"]}
    replace(here.run / "last-backup.json", json.dumps(last).encode())
    return told


@contextmanager
def _followed(here: Home, store: Store) -> Iterator[None]:
    if is_followed(store):
        yield
        return
    keeper = Keeper(here, store, bases=False)
    thread = threading.Thread(target=_quietly, args=[keeper], daemon=True)
    thread.start()
    try:
        yield
    finally:
        keeper.stop()
        thread.join(30)
        if named() != store.folder:  # nobody comes for the WAL after this, and nobody should keep it for us
            with suppress(OperationalError, Trouble):
                server = Server(here.backup_url())
                server.drop_slot()
                server.close()


def _quietly(keeper: Keeper) -> None:
    with suppress(Trouble):
        keeper.run()
