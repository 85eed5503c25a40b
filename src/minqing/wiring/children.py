"""The processes that `minqing run` keeps alive: started apart from the terminal, restarted when they fall, stopped
in order. A launcher that was killed leaves a list behind, by which the next start ends what is left of them.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from minqing.wiring.home import Home, replace
from minqing.wiring.saying import say

GRACE = 15.0  # seconds between the request to stop and the end
GRACE_OF_ORPHANS = (
    2.0  # nobody waits for what a killed launcher left; its transactions are whole or not at all
)
SLOWEST_RESTART = 30.0
PR_SET_PDEATHSIG = 1
OURS = (b"minqing.wiring", b"granian")
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_the_launcher() -> None:
    if _libc is not None:
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def start_child(command: Sequence[str], **options: Any) -> subprocess.Popen[bytes]:
    """Out of the terminal's reach, yet not outliving a launcher that is killed (on Linux)."""
    return subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_die_with_the_launcher,  # noqa: PLW1509  the launcher has one thread only
        **options,
    )


@dataclass
class Child:
    name: str
    command: Sequence[str]
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    falls: int = 0
    next_start: float = 0.0
    slowest: float = SLOWEST_RESTART
    needed: bool = False

    def start(self) -> None:
        self.process = start_child(self.command, env=self.env)


@dataclass
class Children:
    home: Home
    all: list[Child] = field(default_factory=list)

    @property
    def _list(self) -> Path:
        return self.home.run / "children.json"

    def start(
        self,
        name: str,
        command: Sequence[str],
        env: dict[str, str],
        *,
        slowest: float = SLOWEST_RESTART,
        needed: bool = False,
    ) -> None:
        """`slowest`: the longest wait before it is started again, however often it falls. `needed`: by the others, so it ends last."""
        child = Child(name, command, env, slowest=slowest, needed=needed)
        child.start()
        self.all.append(child)
        self._write()

    def _write(self) -> None:
        pids = {child.name: child.process.pid for child in self.all if child.process}
        replace(self._list, json.dumps(pids).encode())

    def tend(self) -> None:
        """Start again what has fallen, waiting longer each time it falls."""
        now = time.monotonic()
        for child in self.all:
            if child.process is None:
                if now >= child.next_start:
                    child.start()
                    self._write()
            elif child.process.poll() is not None:
                # What it started itself may live on, and would answer on its port beside the next one.
                _signal_group(child.process.pid, signal.SIGKILL)
                child.falls += 1
                wait = min(2.0 ** (child.falls - 1), child.slowest)
                say(
                    f"{child.name} 退出（{child.process.returncode}），{wait:.0f} 秒后重新启动。",
                    f"{child.name} ended ({child.process.returncode}), starting it again in {wait:.0f} s.",
                )
                child.process, child.next_start = None, now + wait

    def fallen(self) -> Child | None:
        return next((child for child in self.all if child.process and child.process.poll() is not None), None)

    def stop(self) -> None:
        """Ask all to stop, then those that the others need; whoever does not answer in time is ended."""
        for needed in (False, True):
            going = [child.process for child in self.all if child.process and child.needed is needed]
            for process in going:
                _signal_group(process.pid, signal.SIGTERM)
            until = time.monotonic() + GRACE
            for process in going:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(max(0.1, until - time.monotonic()))
                _signal_group(process.pid, signal.SIGKILL)
                process.wait()
        self._list.unlink(missing_ok=True)

    def end_left_over(self) -> int:
        """End the processes that a killed launcher left; only those of its list that are still ours."""
        try:
            pids = dict(json.loads(self._list.read_text()))
        except (FileNotFoundError, ValueError):
            return 0
        groups = [pid for pid in pids.values() if _is_ours(pid)]
        for pid in groups:
            _signal_group(pid, signal.SIGTERM)
        wait_until(lambda: not any(_is_ours(pid) for pid in groups), GRACE_OF_ORPHANS)
        for pid in groups:
            if _is_ours(pid):
                _signal_group(pid, signal.SIGKILL)
        wait_until(lambda: not any(_is_ours(pid) for pid in groups), GRACE_OF_ORPHANS)
        self._list.unlink(missing_ok=True)
        return len(groups)


def wait_until(done: Callable[[], bool], seconds: float, pause: float = 0.05) -> bool:
    until = time.monotonic() + seconds
    while not done():
        if time.monotonic() > until:
            return False
        time.sleep(pause)
    return True


def _signal_group(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


def _is_ours(group: int) -> bool:
    """True when the process group still holds a process that runs our programs (the number may be another's now)."""
    if sys.platform == "linux":
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError, ValueError, IndexError):
                fields = (folder / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                if int(fields[2]) == group and fields[0] != "Z":
                    command = (folder / "cmdline").read_bytes()
                    if any(word in command for word in OURS) or b"multiprocessing" in command:
                        return True
        return False
    listed = subprocess.run(["ps", "-A", "-o", "pgid=,command="], capture_output=True, check=False).stdout
    return any(
        line.split(None, 1)[0] == str(group).encode() and any(word in line for word in OURS)
        for line in listed.splitlines()
        if line.strip()
    )
