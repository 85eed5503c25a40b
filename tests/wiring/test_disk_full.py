"""The disk of the database is full: whoever writes is told so, nothing stands there by halves, and it goes on once there is room."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minqing.wiring import home
from serving import free_port
from wiring.running import Run

pytestmark = [pytest.mark.database, pytest.mark.root]
TESTS = Path(__file__).resolve().parents[1]
SIZE = "220m"
PATIENCE = 180.0


@pytest.fixture
def small_disk(empty_home: home.Home) -> Iterator[Path]:
    """The database of the home lies on a disk of its own, so small that it can be filled."""
    disk = empty_home.path.parent / "disk"
    disk.mkdir(mode=0o755)
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "tmpfs", str(disk)], capture_output=True
    )
    if done.returncode:
        pytest.skip("a small disk cannot be mounted here")
    (empty_home.path / "data-is-at").write_text(str(disk / "data"))
    try:
        yield disk
    finally:
        for _ in range(50):
            if subprocess.run(["umount", str(disk)], capture_output=True).returncode == 0:
                break
            time.sleep(0.2)


def send(port: int, key: str) -> int:
    """The status of the answer; 0 when none came."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    text = f"第{key}件：停水。" + "上湾村三组的自来水停了两天。" * 40
    said = {"text": text, "name": "张三", "phone": "13800138000", "reply_by": "sms"}
    try:
        line.request("POST", "/api/v1/demands", json.dumps(said).encode(),
                     {"Content-Type": "application/json", "Idempotency-Key": key})  # fmt: skip
        answer = line.getresponse()
        answer.read()
        return answer.status
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        line.close()


def fill(disk: Path) -> Path:
    """Until not one octet more fits."""
    filler = disk / "filler"
    with filler.open("ab", buffering=0) as file:
        for piece in (1 << 20, 4096):
            with contextlib.suppress(OSError):
                while True:
                    file.write(b"\0" * piece)
    return filler


def test_t20_a_full_disk_is_said_leaves_nothing_by_halves_and_is_overcome(small_disk: Path) -> None:
    here = home.current()
    run = Run(free_port())
    try:
        run.ready()
        subprocess.run(
            [sys.executable, "-c", "import django; django.setup(); import makers; makers.county()"], check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(TESTS.parent / "src"), str(TESTS)]),
                 "DJANGO_SETTINGS_MODULE": "minqing.wiring.settings"},
        )  # fmt: skip
        assert send(run.port, "before") == 201
        filler = fill(small_disk)
        answers: list[int] = []
        until = time.monotonic() + PATIENCE
        while 503 not in answers and time.monotonic() < until:
            answers.append(send(run.port, f"full-{len(answers)}"))
        answers += [send(run.port, f"full-{len(answers) + n}") for n in range(5)]
        assert 503 in answers, answers
        assert set(answers) <= {201, 503}, answers
        filler.unlink()
        until = time.monotonic() + PATIENCE
        while send(run.port, "after") != 201:
            assert time.monotonic() < until, run.said
            time.sleep(0.2)
        given = {f"第full-{n}件" for n, status in enumerate(answers) if status == 201} | {
            "第before件",
            "第after件",
        }
        with psycopg.connect(here.owner_url()) as owner:
            kept = [row[0].partition("：")[0] for row in owner.execute("SELECT text FROM intake_demand")]
            whole = owner.execute(
                "SELECT count(*) FROM intake_demand d JOIN people_person p ON p.id = d.person_id"
                " JOIN facts_subject s ON s.id = d.id JOIN duties_duty t ON t.about_id = d.id"
                " WHERE EXISTS (SELECT FROM facts_fact f WHERE f.about_id = d.id AND (EXISTS (SELECT FROM log_leaf l"
                " WHERE l.id = f.id) OR EXISTS (SELECT FROM log_pending l WHERE l.id = f.id)))"
            ).fetchone()
            rows = owner.execute(
                "SELECT (SELECT count(*) FROM facts_fact WHERE kind = 'demand.registered'),"
                " (SELECT count(*) FROM people_person)"
            ).fetchone()
        assert given <= set(kept), "what was answered with a receipt is there"
        assert len(kept) == len(set(kept))
        assert whole == (len(kept),), "each word whole: person, subject, fact, leaf, duty"
        assert rows == (len(kept), len(kept)), "and nothing without its word"
    finally:
        if run.process.poll() is None:
            run.ends(signal.SIGTERM)
        run.out.close()
