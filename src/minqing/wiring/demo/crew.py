"""Several processes that load waves side by side. Each is told a wave on its stdin and answers what it has put in.

A worker ends when its stdin closes, so none outlives a loader that was killed; what it put in until then stays.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime
from queue import Queue
from threading import Thread

from minqing.wiring.booting import boot, module
from minqing.wiring.demo.waves import Wave
from minqing.wiring.saying import Trouble, t

AT_MOST = 2


def hands(blocks: int) -> int:
    """How many processes are worth starting: one for a small load."""
    return 1 if blocks < 4 else min(AT_MOST, os.cpu_count() or 1)


def together(at: datetime, due: list[Wave], count: int, told: Callable[[Wave, int], None]) -> None:
    """All waves by `count` processes; `told(wave, items)` after each batch of any of them."""
    waiting = iter(due)
    command = [sys.executable, "-m", "minqing.wiring.demo.crew", at.isoformat()]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for _ in range(count)
    ]
    said: Queue[tuple[subprocess.Popen[str], str]] = Queue()
    for worker in workers:
        Thread(target=_hear, args=(worker, said), daemon=True).start()
    try:
        for worker in workers:
            _give(worker, waiting)
        at_work = len(workers)
        while at_work:
            worker, line = said.get()
            if not line:
                at_work -= 1
            elif line == "next":
                _give(worker, waiting)
            else:
                first, last, items = map(int, line.split())
                told(Wave(first, last), items)
        if any(worker.wait() for worker in workers):
            raise Trouble(
                t("载入中断了，再运行一次会接着载。", "The load broke off; run it again and it goes on.")
            )
    finally:
        for worker in workers:
            if worker.stdin is not None and not worker.stdin.closed:
                worker.stdin.close()
            worker.terminate()
            worker.wait()


def _hear(worker: subprocess.Popen[str], said: Queue[tuple[subprocess.Popen[str], str]]) -> None:
    """Passes on what a worker says, line by line; "" when it has ended. One thread each: no line waits in a buffer."""
    assert worker.stdout is not None
    for line in worker.stdout:
        said.put((worker, line.strip()))
    said.put((worker, ""))


def _give(worker: subprocess.Popen[str], waiting: Iterator[Wave]) -> None:
    wave = next(waiting, None)
    assert worker.stdin is not None
    if wave is None:
        worker.stdin.close()
    else:
        print(wave.first, wave.last, file=worker.stdin, flush=True)


def main(at: datetime) -> None:
    boot()
    loader = module("minqing.wiring.demo.loader").Loader(at)
    gc.freeze()
    gc.disable()  # rows are dropped by the batch; what is left in rings goes now and then
    for line in sys.stdin:
        wave = Wave(*map(int, line.split()))
        for items in loader.load(wave, wave.size):
            print(*wave, items, flush=True)
            if items % 10_000 == 0:
                gc.collect()
        print("next", flush=True)


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
