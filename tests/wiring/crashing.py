"""Ten crashes, in a process of its own: people write, two relays compete, and each half second something is killed.

python crashing.py   (MINQING_HOME names a home with a running, migrated database that has the table `naive`)

Prints one line of JSON. Writers note what was acknowledged in a file, after the commit. A naive relay, which reads a numbered
queue by `WHERE pos > last`, works beside ours over the same transactions, to show that the test can tell them apart.
"""

import contextlib
import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from minqing.wiring import home, postgres
from minqing.wiring.booting import boot

boot()

from django.db import Error, connection, transaction  # noqa: E402  Django comes up first

from minqing.kernel.ids import uuid7  # noqa: E402
from minqing.methods import tree  # noqa: E402
from minqing.record.facts.commands import open_subject, record  # noqa: E402
from minqing.record.facts.queries import verify  # noqa: E402
from minqing.record.log.commands import put_in_order, sign_head  # noqa: E402
from minqing.record.log.models import Checkpoint, Leaf  # noqa: E402
from minqing.record.log.queries import high_water, nodes, size  # noqa: E402

ROUNDS, WRITERS, PAUSE_S = 10, 4, 0.5


class Changed(Exception):
    """A writer thinks better of it: its transaction is rolled back."""


def writer(folder: Path, who: int) -> None:
    dice = random.Random(who)
    with open(folder / f"acked-{who}", "a", buffering=1) as acked:
        while not (folder / "stop").exists():
            fact = None
            with contextlib.suppress(Changed, Error):
                with transaction.atomic():
                    subject = uuid7()
                    open_subject(subject)
                    fact = record(kind="demand.registered", about=subject, by=None, at=datetime.now(UTC))
                    with connection.cursor() as cursor:
                        cursor.execute("INSERT INTO naive (id) VALUES (%s)", [fact])
                    time.sleep(dice.random() * 0.02)
                    if dice.random() < 0.2:
                        raise Changed
                acked.write(f"{fact}\n")
                continue
            _again()


def _again() -> None:
    """After a rollback nothing is wrong; after the database's end a new connection is needed."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        connection.close()
        time.sleep(0.05)


def sequencer(folder: Path, _: int) -> None:
    while True:
        try:
            moved = put_in_order(at=datetime.now(UTC), batch=40)
            sign_head(at=datetime.now(UTC))
            if not moved:
                time.sleep(0.005)
        except tree.Refused as no:
            (folder / "refused").write_text(str(no))
        except Error:
            _again()


def naive(folder: Path, _: int) -> None:
    """What a relay must not be: it never comes back to a number that was given before and committed later."""
    last, seen, ends = 0, 0, False
    while True:
        ends = (folder / "written").exists()
        with contextlib.suppress(Error):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pos FROM naive WHERE pos > %s ORDER BY pos", [last])
                found = [row[0] for row in cursor.fetchall()]
            seen, last = seen + len(found), max([last, *found])
            if ends:
                (folder / "naive").write_text(str(seen))
                return
            continue
        _again()


def spawn(work: Callable[[Path, int], None], folder: Path, n: int = 0) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            work(folder, n)
            code = 0
        finally:
            os._exit(code)
    return pid


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)


def kill_database(here: home.Home) -> None:
    pid = int((Path(postgres.status(here).data) / "postmaster.pid").read_text().split()[0])
    below = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for one in (pid, *below):
        with contextlib.suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    postgres.up(here)


def main() -> dict[str, Any]:
    here = home.current()
    folder = here.run
    writers = [spawn(writer, folder, who) for who in range(WRITERS)]
    relays = [spawn(sequencer, folder) for _ in range(2)]
    poller = spawn(naive, folder)
    killed = {"relay": 0, "database": 0}
    for n in range(ROUNDS):
        time.sleep(PAUSE_S)
        if n % 3 == 2:
            kill_database(here)
            killed["database"] += 1
        else:
            kill(relays.pop(0))
            relays.append(spawn(sequencer, folder))
            killed["relay"] += 1
    (folder / "stop").touch()
    for pid in writers:
        os.waitpid(pid, 0)
    (folder / "written").touch()
    os.waitpid(poller, 0)
    for pid in relays:
        kill(pid)
    while put_in_order(at=datetime.now(UTC)):
        pass
    sign_head(at=datetime.now(UTC))
    return judged(folder) | {"killed": killed}


def judged(folder: Path) -> dict[str, Any]:
    acked = {line for path in folder.glob("acked-*") for line in path.read_text().split()}
    places = {str(id): idx for id, idx in Leaf.objects.values_list("id", "idx")}
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM naive")
        committed = cursor.fetchone()[0]
    heads = list(Checkpoint.objects.order_by("size"))
    node = nodes(size())
    known = high_water()
    return {
        "acked": len(acked),
        "logged": len(places),
        "missing": len(acked - places.keys()),
        "dense": sorted(places.values()) == list(range(len(places))),
        "heads": len(heads),
        "wrong heads": sum(tree.root_at(node, head.size) != bytes(head.root) for head in heads if head.size),
        "signed": known.size if known else None,
        "refused": (folder / "refused").exists(),
        "verify": verify(full=True).ok,
        "naive missed": committed - int((folder / "naive").read_text()),
    }


if __name__ == "__main__":
    print(json.dumps(main()))
    sys.stdout.flush()
