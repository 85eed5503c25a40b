"""Progress on stderr: a bar on a terminal, a line now and then in a log."""

import sys
import time
from typing import Any

from tqdm import tqdm


class Bar:
    """`bar(done, total, what)` as often as one likes; drawn at most a few times a second. A total of 0 is not known yet."""

    def __init__(self) -> None:
        self.bar: Any = None
        self.what = ""
        self.ended = ""
        self.said_at = 0.0

    def __call__(self, done: int, total: int, what: str = "") -> None:
        if not sys.stderr.isatty():
            self._line(done, total, what)
            return
        if self.bar is None or what != self.what or total != self.bar.total:
            self.close()
            self.what = what
            self.bar = tqdm(total=total, desc=what, file=sys.stderr, leave=True, mininterval=0.2, ncols=90)
        self.bar.update(done - self.bar.n)

    def _line(self, done: int, total: int, what: str) -> None:
        now = time.monotonic()
        ends = done >= total > 0 and self.ended != what
        if ends or what != self.what or now - self.said_at > 5:
            self.said_at, self.what = now, what
            self.ended = what if ends else self.ended
            print(f"{what} {done}/{total}" if total else f"{what} {done}", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self.bar is not None:
            self.bar.close()
            self.bar = None
