"""The log: leaves put in order a second, and how long a word waits for its place while 500 come in each second.

python bench/log.py [--json] [--leaves 60000] [--rate 500] [--seconds 20]

A throwaway PostgreSQL with fsync on. First: pending leaves are moved into order by the one statement of the relay, both trees
grown, a head signed at the end. Then: processes register real demands at the rate asked for, each at its own moment, while the
real worker does all it does (order, reactions, codes, signatures); a word's wait ends when another connection sees its place.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg

from _county import throwaway
from _lines import line, percentile, told

SEQUENCER, WAIT_S = 10_000, 5.0
PROCESSES = 2
ROUNDS = 3


def in_order(leaves: int) -> list[float]:
    """Leaves a second, by rounds; a head is signed within each."""
    from minqing.kernel.db import copy_in  # noqa: PLC0415  Django comes up first
    from minqing.kernel.ids import uuid7  # noqa: PLC0415
    from minqing.record.log.commands import put_in_order, sign_head  # noqa: PLC0415

    rates = []
    for _ in range(ROUNDS):
        rows = [
            (
                uuid7(),
                json.dumps({"c": os.urandom(32).hex(), "d": "2026-06-30", "h": os.urandom(12).hex(), "n": 0, "t": "open", "v": 1}).encode(),
            )
            for _ in range(leaves)
        ]  # fmt: skip
        copy_in("log_pending", ("id", "leaf"), rows)
        begun = time.perf_counter()
        while put_in_order(at=datetime.now(UTC)):
            pass
        sign_head(at=datetime.now(UTC))
        rates.append(leaves / (time.perf_counter() - begun))
    return rates


def write(rate: float, seconds: float, who: int) -> None:
    """Register demands at their moments; one line a demand on stdout: its id and when its commit returned."""
    from minqing.charter import PUBLIC  # noqa: PLC0415
    from minqing.ground.people.rules import ReplyBy  # noqa: PLC0415
    from minqing.work.intake.commands import register_demand  # noqa: PLC0415
    from minqing.work.intake.rules import Anonymity, Channel, Kind, Said  # noqa: PLC0415

    begun = time.time()
    n = 0
    out = []
    while (moment := begun + n / rate) < begun + seconds:
        if (early := moment - time.time()) > 0:
            time.sleep(early)
        said = Said(
            text=f"上湾村三组的自来水停了两天。{who}-{n}", anonymity=Anonymity.NAMED, channel=Channel.API, kind=Kind.HELP, reply_by=ReplyBy.SMS,
            lang="zh-hans", sender=f"bench-{who}", sender_key=str(n), name="张三", phone=f"138{who:04d}{n:04d}",
        )  # fmt: skip
        made = register_demand(by=PUBLIC, said=said, at=datetime.now(UTC))
        out.append(f"{made.demand_id} {time.time()}")
        n += 1
    print("\n".join(out))


def waits(url: str, rate: float, seconds: float) -> dict[str, Any]:
    """How long each word waited for its place."""
    seen: dict[UUID, float] = {}
    over = threading.Event()

    def look() -> None:
        last = -1
        with psycopg.connect(url, autocommit=True) as connection:
            while not over.is_set():
                found = connection.execute(
                    "SELECT l.idx, f.about_id FROM log_leaf l LEFT JOIN facts_fact f ON f.id = l.id WHERE l.idx > %s ORDER BY l.idx",
                    [last],
                ).fetchall()
                moment = time.time()
                for idx, about in found:
                    last = idx
                    seen.setdefault(about, moment)
                time.sleep(0.05)

    with psycopg.connect(url) as connection:
        before = connection.execute("SELECT count(*) FROM log_leaf").fetchone()
    worker = subprocess.Popen([sys.executable, "-m", "minqing.wiring.cli", "worker"], start_new_session=True)
    looking = threading.Thread(target=look)
    looking.start()
    time.sleep(3)
    writers = [
        subprocess.Popen(
            [sys.executable, __file__, "--write", str(who), "--rate", str(rate / PROCESSES), "--seconds", str(seconds)],
            stdout=subprocess.PIPE, text=True,
        )
        for who in range(PROCESSES)
    ]  # fmt: skip
    written = [one.split() for process in writers for one in process.communicate()[0].splitlines()]
    until = time.time() + 60
    while time.time() < until and not all(UUID(id) in seen for id, _ in written):
        time.sleep(0.1)
    over.set()
    looking.join()
    os.killpg(worker.pid, signal.SIGTERM)
    worker.wait(30)
    moments = [float(at) for _, at in written]
    lasted = sorted(max(0.0, seen[UUID(id)] - float(at)) for id, at in written if UUID(id) in seen)
    return {
        "words": len(written), "without a place": len(written) - len(lasted), "leaves before": before[0] if before else 0,
        "a second, really": round(len(written) / (max(moments) - min(moments)), 1),
        "p50": round(percentile(lasted, 0.5), 3), "p99": round(percentile(lasted, 0.99), 3), "longest": round(lasted[-1], 3),
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--leaves", type=int, default=60_000)
    parser.add_argument("--rate", type=float, default=500)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=int, default=-1, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if not args.inside and args.write < 0:
        with throwaway():
            here = os.path.dirname(os.path.abspath(__file__))
            subprocess.run([sys.executable, os.path.join(here, "intake.py"), "--make-county"], check=True)
            done = subprocess.run([sys.executable, __file__, "--inside", *sys.argv[1:]], check=False)
        raise SystemExit(done.returncode)
    from minqing.wiring.booting import boot  # noqa: PLC0415

    boot()
    if args.write >= 0:
        write(args.rate, args.seconds, args.write)
        return
    from minqing.wiring import home  # noqa: PLC0415

    found = waits(home.current().owner_url(), args.rate, args.seconds)
    rates = in_order(args.leaves)
    lines = [
        line("log, leaves put in order", SEQUENCER, sorted(rates)[len(rates) // 2], "leaves/s"),
        line(f"log, word to place at {args.rate:g}/s, p99", WAIT_S, found["p99"], "s", at_most=True),
    ]
    told(lines, args.json, {"in order, all rounds": [round(one) for one in rates], **found})


if __name__ == "__main__":
    main()
