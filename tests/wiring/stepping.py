"""The worker killed at each of its steps, in a process of its own: before its first statement, before its second, …

python stepping.py   (MINQING_HOME names a home with a running, migrated database)

Each time one more word comes in, a worker begins, and is killed with -9 before its nth statement. The n at which a worker
reaches the end alive is the number of its steps. Prints one line of JSON: the steps, and every effect with how often it is there.
"""

import json
import os
import signal
from typing import Any

from minqing.wiring.booting import boot

boot()

from django.db import connection, connections  # noqa: E402  Django comes up first
from django.utils import timezone  # noqa: E402

import makers  # noqa: E402
from minqing.ground.people.rules import ReplyBy  # noqa: E402
from minqing.kernel.db import read  # noqa: E402
from minqing.record.facts.queries import verify  # noqa: E402
from minqing.wiring.worker import Worker  # noqa: E402

MOST = 1000
EVERY = int(os.environ.get("EVERY_STEP", "3"))  # all of them take three times as long


class Killer:
    def __init__(self, before: int) -> None:
        self.left = before

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.left -= 1
        if self.left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return execute(sql, params, many, context)


def killed_before(n: int) -> bool:
    """True when a worker was killed before its nth statement, False when it had no nth."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            with connection.execute_wrapper(Killer(n)):
                Worker().run_until_idle()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit(f"the worker failed at step {n}")
    return os.WIFSIGNALED(status)


def main() -> dict[str, Any]:
    makers.county()
    words, n = 0, 1 - EVERY
    while True:
        n += EVERY
        makers.register(
            f"第{n}件：停水", at=timezone.now(), name="张三", phone="13800138000", reply_by=ReplyBy.SMS
        )
        words += 1
        if not killed_before(n) or n >= MOST:
            break
    Worker().run_until_idle()
    ((places, first, last),) = read("SELECT count(*), min(idx), max(idx) FROM log_leaf")
    ((own,),) = read(
        "SELECT count(*) FROM log_leaf l WHERE NOT EXISTS (SELECT FROM facts_fact f WHERE f.id = l.id)"
    )
    ((facts,),) = read("SELECT count(*) FROM facts_fact")
    ((messages, told, late),) = read(
        "SELECT count(*), count(DISTINCT fact_id), count(*) FILTER (WHERE state = 'pending')"
        " FROM notify_message WHERE template = 'demand.registered'"
    )
    ((docs,),) = read("SELECT count(*) FROM search_doc")
    ((left,),) = read("SELECT (SELECT count(*) FROM log_pending) + (SELECT count(*) FROM facts_reaction)")
    ((quick,),) = read("SELECT count(*) FROM intake_demand WHERE code_key IS NOT NULL")
    return {
        "steps": n, "words": words, "facts": facts, "places": places - own, "own": own, "dense": (first, last) == (0, places - 1),
        "messages": messages, "told": told, "docs": docs, "left": left, "quick": quick, "late": late, "verify": verify(full=True).ok,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(main()))
