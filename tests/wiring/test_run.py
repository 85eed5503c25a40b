"""Promises of `minqing run`: one word brings it up, one Ctrl-C takes it down, and no accident costs a word."""

import argparse
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minqing.wiring import home, postgres
from minqing.wiring.cli.run import add_arguments
from serving import free_port
from wiring.running import READY_WITHIN, Run

pytestmark = pytest.mark.database


@pytest.fixture
def runs(one_home: home.Home) -> Iterator[list[Run]]:
    started: list[Run] = []
    yield started
    for one in started:
        if one.process.poll() is None:
            one.process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                one.process.wait(60)
        one.out.close()


def start(runs: list[Run], *words: str, port: int = 0) -> Run:
    runs.append(Run(port or free_port(), *words))
    return runs[-1]


def test_ctrl_c_stops_web_worker_and_database(one_home: home.Home, runs: list[Run]) -> None:
    one = start(runs)
    assert one.ready()["address"] == f"http://127.0.0.1:{one.port}/"
    assert one.answers()
    assert postgres.status(one_home).running
    assert one.ends(signal.SIGINT) == 0
    assert not one.answers()
    assert not postgres.status(one_home).running


def test_a_second_run_on_the_same_home_says_so_and_leaves_with_3(runs: list[Run]) -> None:
    first = start(runs)
    first.ready()
    second = start(runs)
    assert second.process.wait(READY_WITHIN) == 3
    assert f"http://127.0.0.1:{first.port}/" in second.said
    assert first.answers()


def test_a_used_port_is_named(runs: list[Run]) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        one = start(runs, port=port)
        assert one.process.wait(READY_WITHIN) == 4
    assert f"Port {port} is used" in one.said


def test_kill_9_and_start_again_loses_nothing(one_home: home.Home, runs: list[Run]) -> None:
    first = start(runs)
    first.ready()
    with psycopg.connect(one_home.owner_url()) as connection:
        connection.execute("CREATE TABLE word (text text)")
        connection.execute("INSERT INTO word VALUES ('kept')")
    postmaster = int((Path(postgres.status(one_home).data) / "postmaster.pid").read_text().split()[0])
    children = json.loads((one_home.run / "children.json").read_text())
    for pid in (first.process.pid, postmaster, children["web"]):
        os.kill(pid, signal.SIGKILL)
    first.process.wait(30)
    second = start(runs, port=first.port)
    second.ready()
    with psycopg.connect(one_home.owner_url()) as connection:
        assert connection.execute("SELECT text FROM word").fetchone() == ("kept",)
    assert second.ends(signal.SIGTERM) == 0


def test_a_database_started_by_hand_is_left_running(one_home: home.Home, runs: list[Run]) -> None:
    subprocess.run([sys.executable, "-m", "minqing.wiring.cli", "db", "up"], check=True, capture_output=True)
    one = start(runs)
    one.ready()
    assert one.ends(signal.SIGTERM) == 0
    try:
        assert postgres.status(one_home).running
    finally:
        subprocess.run([sys.executable, "-m", "minqing.wiring.cli", "db", "down"], check=True)


@pytest.mark.parametrize("typed", ["abc", "0", "65536", "-1", ""])
def test_a_port_that_is_none_is_named_instead_of_a_traceback(
    typed: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", typed)
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    with pytest.raises(SystemExit) as ended:
        parser.parse_args([])
    assert ended.value.code == 2
    assert "65535" in capsys.readouterr().err
