"""Web, worker and database are killed while people write: every receipt that was given is there, and nothing happens twice."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from minqing.wiring import home, postgres
from serving import free_port
from wiring.running import Run

pytestmark = pytest.mark.database
WRITERS, GIVEN_UP_AFTER = 3, 120.0
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def run(empty_home: home.Home) -> Iterator[Run]:
    one = Run(free_port())
    yield one
    if one.process.poll() is None:
        one.process.send_signal(signal.SIGTERM)
        with contextlib.suppress(subprocess.TimeoutExpired):
            one.process.wait(60)
    one.out.close()


class Writers:
    """People who write one word after another and send each again until it is answered."""

    def __init__(self, port: int) -> None:
        self.port, self.enough = port, threading.Event()
        self.answered: dict[str, dict[str, str | None]] = {}
        self.threads = [threading.Thread(target=self._write, args=(n,)) for n in range(WRITERS)]

    def _write(self, who: int) -> None:
        n = 0
        while not self.enough.is_set():
            key, n = f"{who}-{n}", n + 1
            said = {"text": f"第{key}件：停水", "name": "张三", "phone": "13800138000", "reply_by": "sms"}
            until = time.monotonic() + GIVEN_UP_AFTER
            while key not in self.answered and time.monotonic() < until:
                told = self._send(key, said)
                if told is None:
                    time.sleep(0.05)
                else:
                    self.answered[key] = told

    def _send(self, key: str, said: dict[str, str]) -> dict[str, str | None] | None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request("POST", "/api/v1/demands", json.dumps(said).encode(),
                         {"Content-Type": "application/json", "Idempotency-Key": key, "User-Agent": "writer"})  # fmt: skip
            answer = line.getresponse()
            told = json.loads(answer.read())
            return dict(told) if answer.status == 201 else None
        except (OSError, http.client.HTTPException, ValueError):
            return None
        finally:
            line.close()

    def __enter__(self) -> "Writers":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(GIVEN_UP_AFTER)


def until(true: Callable[[], bool], what: str) -> None:
    end = time.monotonic() + GIVEN_UP_AFTER
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def rows(here: home.Home, sql: str) -> list[tuple[object, ...]]:
    with psycopg.connect(here.owner_url()) as connection:
        return connection.execute(sql).fetchall()


def pids(here: home.Home) -> dict[str, int]:
    found: dict[str, int] = json.loads((here.run / "children.json").read_text())
    return found


def postmaster(here: home.Home) -> int:
    return int((Path(postgres.status(here).data) / "postmaster.pid").read_text().split()[0])


def test_every_receipt_given_before_a_kill_is_there_after_it(empty_home: home.Home, run: Run) -> None:
    run.ready()
    subprocess.run(
        [sys.executable, "-c", "import django; django.setup(); import makers; makers.county()"], check=True,
        env={**os.environ, "PYTHONPATH": str(TESTS), "DJANGO_SETTINGS_MODULE": "minqing.wiring.settings"},
    )  # fmt: skip
    killed: list[int] = []
    with Writers(run.port) as writers:
        for victim in (
            lambda: pids(empty_home)["web"],
            lambda: pids(empty_home)["worker"],
            lambda: postmaster(empty_home),
        ):
            before = len(writers.answered)
            until(lambda before=before: len(writers.answered) >= before + 8, "nobody is answered")
            killed.append(victim())
            os.kill(killed[-1], signal.SIGKILL)
        before = len(writers.answered)
        until(lambda: len(writers.answered) >= before + 8, "nobody is answered after the last kill")
    given = {told["verify_no"] for told in writers.answered.values() if told["receipt"]}
    kept = rows(empty_home, "SELECT verify_no, text FROM intake_demand")
    assert given <= {verify_no for verify_no, _ in kept}
    assert len(given) >= 32 - 3 * WRITERS, "only an answer that a kill cut off comes again without its code"
    texts = [text for _, text in kept]
    assert len(texts) == len(set(texts)), "nothing came in twice"
    assert {f"第{key}件：停水" for key in writers.answered} <= set(texts)
    left = "SELECT (SELECT count(*) FROM log_pending), (SELECT count(*) FROM facts_reaction)"
    until(lambda: rows(empty_home, left) == [(0, 0)], "the worker does not finish")
    n = len(kept)
    # Besides these the log keeps leaves without a fact here: its own, and those of the sealed side.
    assert rows(empty_home, "SELECT count(*) FROM log_leaf JOIN facts_fact USING (id)") == [(n,)]
    assert rows(empty_home, "SELECT min(idx), max(idx) + 1 = count(*) FROM log_leaf") == [(0, True)]
    told = "SELECT count(*), count(DISTINCT fact_id) FROM notify_message WHERE template = 'demand.registered'"
    assert rows(empty_home, told) == [(n, n)]
    assert rows(empty_home, "SELECT count(*) FROM search_doc") == [(n,)]
    assert run.ends(signal.SIGTERM) == 0
    for group in killed:  # nor does anything that they had started live on
        with pytest.raises(ProcessLookupError):
            os.killpg(group, 0)
