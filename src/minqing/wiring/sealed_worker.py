"""The sealed side's one background process: opens what came, reckons who may hold it, hands a leaf a slot to the log.

It alone has the discipline office's private key in hand and its database role sees every row; it serves no page.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable

from django.conf import settings
from django.db import InterfaceError, OperationalError, connections

from minqing.ground.law.queries import now
from minqing.watch.clues.commands import arriving, handing, routing, tries
from minqing.wiring.demo.sealed import play

log = logging.getLogger(__name__)
IDLE_S = 1.0
REROUTE_S = 300.0
HAND_S = 5.0
FORGET_S = 3600.0
DEMO_S = 5.0
WAIT_FOR_DATABASE_S = (0.5, 1, 2, 5, 10)


class Worker:
    def __init__(self) -> None:
        self.stop = threading.Event()
        self._last: dict[str, float] = {}

    def run(self) -> None:
        failures = 0
        while not self.stop.is_set():
            try:
                busy = self.step()
                failures = 0
            except (OperationalError, InterfaceError) as error:
                log.warning("database: %s", error.__class__.__name__)
                connections.close_all()
                self.stop.wait(WAIT_FOR_DATABASE_S[min(failures, len(WAIT_FOR_DATABASE_S) - 1)])
                failures += 1
                continue
            if not busy:
                self.stop.wait(IDLE_S)

    def step(self) -> bool:
        """One round; True when something was done, so that the next should follow at once."""
        busy = self._try(arriving.fetch) + self._try(arriving.open_arrived) + self._try(arriving.strengthen)
        if busy or routing.some_wait() or self._is_time("reroute", REROUTE_S):
            self._try(routing.reroute_all)
        if settings.MINQING_DEMO and self._is_time("demo", DEMO_S):
            self._try(play)
        if self._is_time("forget", FORGET_S):
            self._try(lambda: tries.forget(at=now()))
        if self._is_time("hand", HAND_S):
            self._try(handing.hand_over)
        return busy > 0

    @staticmethod
    def _try(do: Callable[[], int]) -> int:
        """What fails stays undone and is tried again; the other tasks go on. Its words may be a person's: only its kind."""
        try:
            return do()
        except (OperationalError, InterfaceError):
            raise
        except Exception as error:
            log.error("%s: %s", do.__name__, type(error).__name__)
            return 0

    def _is_time(self, name: str, every: float) -> bool:
        moment = time.monotonic()
        if moment - self._last.get(name, float("-inf")) < every:
            return False
        self._last[name] = moment
        return True


def run(once: bool = False) -> None:
    """Work until SIGTERM or SIGINT; with `once`, until nothing is left to do now."""
    worker = Worker()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
    if not once:
        worker.run()
        return
    while worker.step():
        pass
