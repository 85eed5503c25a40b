"""Several processes that load blocks side by side. Each is told a block on its stdin and answers what it has put in.

A worker ends when its stdin closes, so none outlives a loader that was killed; what it put in until then stays.
"""

import gc
import os
import selectors
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime

from minqing.wiring.booting import boot, module
from minqing.wiring.saying import Trouble, t

AT_MOST = 2


def hands(blocks: int) -> int:
    """How many processes are worth starting: one for a small load."""
    return 1 if blocks < 4 else min(AT_MOST, os.cpu_count() or 1)


def together(at: datetime, blocks: list[int], count: int, told: Callable[[int, int], None]) -> None:
    """All blocks by `count` processes; `told(block, items)` after each batch of any of them."""
    waiting = iter(blocks)
    command = [sys.executable, "-m", "minqing.wiring.demo.crew", at.isoformat()]
    workers = [
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        for _ in range(count)
    ]
    try:
        with selectors.DefaultSelector() as ready:
            for worker in workers:
                ready.register(worker.stdout, selectors.EVENT_READ, worker)  # type: ignore[arg-type]
                _give(worker, waiting)
            while ready.get_map():
                for key, _ in ready.select():
                    line = key.data.stdout.readline()
                    if not line:
                        ready.unregister(key.fileobj)
                    elif line.strip() == "next":
                        _give(key.data, waiting)
                    else:
                        block, items = map(int, line.split())
                        told(block, items)
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


def _give(worker: subprocess.Popen[str], waiting: Iterator[int]) -> None:
    block = next(waiting, None)
    assert worker.stdin is not None
    if block is None:
        worker.stdin.close()
    else:
        print(block, file=worker.stdin, flush=True)


def main(at: datetime) -> None:
    boot()
    blocks = module("minqing.wiring.demo.block").Blocks(at)
    gc.freeze()
    gc.disable()  # rows are dropped by the batch; what is left in rings goes once a block
    for line in sys.stdin:
        block = int(line)
        for items in blocks.load(block):
            print(block, items, flush=True)
        gc.collect()
        print("next", flush=True)


if __name__ == "__main__":
    main(datetime.fromisoformat(sys.argv[1]))
