"""What leaf and promise cost intake: the same requests with them and without, in turns. Target: ≥ 0.80 of the rate without.

python bench/promised.py [--json] [--requests 300] [--rounds 9]

One process, the real view of POST /api/v1/demands over a throwaway PostgreSQL with fsync on. Without: no leaf is made, none is
left to be put in order, nothing is signed. The turns are short and in pairs, so that what else the machine does falls on both.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from _county import throwaway
from _lines import line, told
from intake import bodies, make_county

MUST = 0.80


@contextmanager
def bare() -> Iterator[None]:
    """Intake as it would be without a log."""
    from minqing.doors.api import demands  # noqa: PLC0415  Django comes up first
    from minqing.record.log.rules import PENDING_SQL  # noqa: PLC0415
    from minqing.work.intake.commands import register  # noqa: PLC0415

    kept = register.leaf_of, register.leaf_hash, register.REGISTER_SQL, demands.promise_for
    register.leaf_of = lambda **_: b"{}"  # type: ignore[assignment]
    register.leaf_hash = lambda _: bytes(32)  # type: ignore[assignment]
    register.REGISTER_SQL = kept[2].replace(f" pending AS ({PENDING_SQL}),", "")
    demands.promise_for = lambda *_: ""  # type: ignore[assignment]
    try:
        yield
    finally:
        register.leaf_of, register.leaf_hash, register.REGISTER_SQL, demands.promise_for = kept


def sender() -> Callable[[int], None]:
    from django.test import RequestFactory  # noqa: PLC0415

    from minqing.doors.api.urls import urlpatterns  # noqa: PLC0415

    view = next(one.callback for one in urlpatterns if "demands" in str(one.pattern))
    made, sent = RequestFactory(), bodies()

    def send(n: int) -> None:
        for k in range(n):
            request: Any = made.post("/api/v1/demands", sent[k % len(sent)], content_type="application/json")
            request.LANGUAGE_CODE = "zh-hans"
            answer = view(request)
            assert answer.status_code == 201, answer.content
            assert "receipt_promise" in json.loads(answer.content)

    return send


def seconds(work: Callable[[], None]) -> tuple[float, float]:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def measure(requests: int, rounds: int) -> dict[str, Any]:
    with throwaway():
        make_county()
        from django.conf import settings  # noqa: PLC0415

        settings.MINQING_CLUES_LOGGED = True
        send = sender()
        send(50)
        walls, cpus, rates = [], [], []
        for turn in range(rounds):
            if turn % 2:
                with_ = seconds(lambda: send(requests))
            with bare():
                send(5)  # its own statement is prepared
                without = seconds(lambda: send(requests))
            if not turn % 2:
                send(5)
                with_ = seconds(lambda: send(requests))
            walls.append(without[0] / with_[0])
            cpus.append(without[1] / with_[1])
            rates.append(requests / with_[0])
    return {
        "ratio": round(statistics.median(walls), 3), "ratio_cpu": round(statistics.median(cpus), 3),
        "per_s": round(statistics.median(rates)), "all": [round(one, 3) for one in walls], "must": MUST,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    found = measure(args.requests, args.rounds)
    told([line("intake with leaf and promise : without", MUST, found["ratio"], "")], args.json, found)


if __name__ == "__main__":
    main()
