"""The one background process: puts leaves in order, runs reactions and the timetable, sends, makes codes slow.

Nothing it does needs a second worker, and nothing breaks when there are two. It may be killed at any instant: what it
did half is undone by the database and done again. `/healthz` reads its beat.

Leaves are put in order and heads signed by a thread of its own: a slow mail server, a long list of reactions or a scan must
not keep a word from its place, which is promised within a minute.
"""

import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable, Mapping

from django.db import InterfaceError, OperationalError, close_old_connections, connection

from minqing.ground.law.queries import now
from minqing.ground.people.commands import index_contacts
from minqing.means.files.jobs import scan_waiting
from minqing.means.notify.jobs import send_due
from minqing.methods.tree import Refused
from minqing.record.facts.commands import react_once, relay
from minqing.record.log.commands import beat, sign_head
from minqing.wiring import mail
from minqing.wiring.mail.answering import senders
from minqing.wiring.reactions import FUNCTIONS, REACTIONS, Function
from minqing.wiring.telling import address
from minqing.wiring.timetable import TIMETABLE, Timed, run_slot
from minqing.wiring.witnessing import Rounds
from minqing.work.intake.jobs import strengthen_codes

log = logging.getLogger(__name__)
IDLE_S = 0.5
BEAT_S = 5.0
SEND_S = 2.0
SIGN_S = 1.0
ORDER_S = 0.2
STOP_WITHIN_S = 10.0
TIMETABLE_S = 10.0
MAIL_S = 60.0
WITNESS_S = 60.0
AT_A_TIME = 200
CODES_AT_A_TIME = 4
WAIT_FOR_DATABASE_S = (0.5, 1, 2, 5, 10)


def run(once: bool = False) -> None:
    """Work until SIGTERM or SIGINT; with `once`, until nothing is left to do now."""
    worker = Worker()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: worker.stop.set())
    worker.run_until_idle() if once else worker.run()


class Worker:
    def __init__(
        self,
        *,
        reactions: Mapping[str, list[str]] = REACTIONS,
        functions: Mapping[str, Function] = FUNCTIONS,
        timetable: Iterable[Timed] = TIMETABLE,
        wait: Callable[[float], object] | None = None,
        pace: float = 1.0,
    ) -> None:
        self.pace = pace
        self.reactions, self.functions, self.timetable = reactions, functions, tuple(timetable)
        self.stop = threading.Event()
        self.wait = wait or self.stop.wait
        self._last: dict[str, float] = {}
        self.witnesses = Rounds()

    def run(self) -> None:
        order = threading.Thread(target=self._order, name="order", daemon=True)
        order.start()
        try:
            self._work()
        finally:
            self.stop.set()
            order.join(STOP_WITHIN_S)

    def _work(self) -> None:
        failures = 0
        while not self.stop.is_set():
            try:
                busy = self.step(order=False)
                failures = 0
            except (OperationalError, InterfaceError) as error:
                # The database restarts or is gone: what was open is rolled back; we come again.
                log.warning("database: %s", error.__class__.__name__)
                connection.close()
                self.wait(WAIT_FOR_DATABASE_S[min(failures, len(WAIT_FOR_DATABASE_S) - 1)])
                failures += 1
                continue
            if not busy:
                self.wait(IDLE_S)

    def _order(self) -> None:
        """Put leaves in order as they come, sign once a second; until `stop`. On a connection of its own."""
        failures, signed = 0, float("-inf")
        while not self.stop.is_set():
            try:
                moved = relay(self.reactions, at=now())
                if time.monotonic() - signed > SIGN_S * self.pace:
                    signed = time.monotonic()
                    self._sign()
                failures = 0
            except (OperationalError, InterfaceError) as error:
                log.warning("database: %s", error.__class__.__name__)
                connection.close()
                moved, failures = 0, failures + 1
                self.stop.wait(WAIT_FOR_DATABASE_S[min(failures - 1, len(WAIT_FOR_DATABASE_S) - 1)])
            except Exception:
                log.exception("order")  # a tree that does not fit its leaves, for one: a person must look
                moved = 0
                self.stop.wait(WAIT_FOR_DATABASE_S[-1])
            if not moved:
                self.stop.wait(ORDER_S)
        connection.close()

    def run_until_idle(self) -> None:
        while not self.stop.is_set() and self.step(hurry=True):
            pass

    def step(self, *, hurry: bool = False, order: bool = True) -> bool:
        """One round of everything; True when something was done, so that the next round should follow at once.

        `order`: leaves and heads too, which otherwise the thread does.
        """
        if not connection.in_atomic_block:
            close_old_connections()
        if self._is_time("beat", BEAT_S):
            beat("worker")
        busy = False
        if order:
            busy = relay(self.reactions, at=now()) > 0
            if hurry or self._is_time("sign", SIGN_S):
                self._sign()
        for _ in range(AT_A_TIME):
            if self.stop.is_set() or not react_once(self.functions):
                break
            busy = True
        if hurry or self._is_time("timetable", TIMETABLE_S):
            busy |= self._timetable()
        if hurry or self._is_time("send", SEND_S):
            busy |= send_due(address, at=now(), senders=senders()) > 0
        if not hurry and self._is_time("witness", WITNESS_S):
            self.witnesses.begin(now())
        if self._is_time("scan", 60):
            scan_waiting()
        # Not in the timetable: each letter is a transaction of its own, and leaves the mailbox only after its commit.
        if self._is_time("mail", MAIL_S):
            busy |= mail.poll_quietly(at=now())
        return strengthen_codes(CODES_AT_A_TIME) + index_contacts(CODES_AT_A_TIME) > 0 or busy

    def _sign(self) -> None:
        try:
            sign_head(at=now())
        except Refused as error:
            log.critical("the log is not what was signed before: %s", error)

    def _timetable(self) -> bool:
        done = False
        for timed in self.timetable:
            try:
                done |= run_slot(timed, at=now())
            except (OperationalError, InterfaceError):
                raise
            except Exception:
                log.exception("timetable: %s", timed.name)  # the slot stays undone and is tried again
        return done

    def _is_time(self, name: str, every: float) -> bool:
        moment = time.monotonic()
        if moment - self._last.get(name, float("-inf")) < every * self.pace:
            return False
        self._last[name] = moment
        return True
