"""The witness's program: what it answers over HTTP, to whom it gives no room, and what a kill cannot break."""

import contextlib
import http.client
import json
import os
import select
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from minqing.methods import tree
from minqing.wiring import cli
from minqing.wiring.witness.judging import LONGEST, Reply, Witness
from minqing.wiring.witness.keeping import Book
from minqing.wiring.witness.serving import Server
from wiring.witnessing import NAME, ORIGIN, WITHIN, Log, cosigned, program, started, witness_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return witness_in(tmp_path / "witness")


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Server]]:
    running: list[Server] = []

    def start(**limits: Any) -> Server:
        server = Server("127.0.0.1", 0, Witness(folder), **limits)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        running.append(server)
        return server

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def post(server: Server, body: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    with closing(server) as line:
        line.request("POST", path, body)
        answer = line.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read().decode()


class closing:
    def __init__(self, server: Server) -> None:
        self.line = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=WITHIN)

    def __enter__(self) -> http.client.HTTPConnection:
        return self.line

    def __exit__(self, *_: object) -> None:
        self.line.close()


def raw(server: Server, octets: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=WITHIN) as line:
        line.sendall(octets)
        got = b""
        while part := line.recv(65536):
            got += part
        return got


def test_http_answers_as_the_protocol_has_it(serve: Callable[..., Server]) -> None:
    server, log = serve(), Log()
    status, _, text = post(server, log.asks(0, 8))
    cosigned(server.witness, log, 8, Reply(status, text))
    assert post(server, log.asks(0, 20)) == (409, "text/x.tlog.size", "8\n")
    assert post(server, log.asks(8, 20), "/elsewhere")[0] == 404
    assert post(server, Log("b").asks(8, 8))[0] == 422
    with closing(server) as line:  # one connection, several requests
        for old, size in ((8, 20), (20, 21)):
            line.request("POST", "/add-checkpoint", log.asks(old, size))
            answer = line.getresponse()
            assert (answer.status, answer.read()[:3]) == (200, "—".encode())
        line.request("GET", "/")
        told = json.loads(line.getresponse().read())
    assert (told["logs"][0]["size"], told["vkey"]) == (21, str(server.witness.signer.key))
    tree.verified(tree.read_note(told["logs"][0]["note"]), [log.key, server.witness.signer.key])
    assert "seed" not in json.dumps(told)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        ("POST /add-checkpoint HTTP/1.1\r\nHost: w", b"411"),
        (
            "POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nTransfer-Encoding: chunked\r\nContent-Length: 3",
            b"411",
        ),
        ("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: -1", b"411"),
        ("POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: 99999999999999", b"413"),
        (f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {LONGEST + 1}", b"413"),
        ("PUT /add-checkpoint HTTP/1.1\r\nHost: w", b"501"),
        ("GET /witness.key HTTP/1.1\r\nHost: w", b"404"),
        ("GET /../witness.key HTTP/1.1\r\nHost: w", b"404"),
        ("\x00\x01\x02", b"400"),
    ],
)
def test_http_refuses_without_reading_on(serve: Callable[..., Server], lines: str, status: bytes) -> None:
    got = raw(serve(), lines.encode() + b"\r\n\r\n")
    assert status in got.split(b"\r\n")[0]


def test_callers_who_hold_on_leave_room_for_others_in_the_end(serve: Callable[..., Server]) -> None:
    server = serve(at_once=2, longest_s=0.3)
    held = [socket.create_connection(("127.0.0.1", server.server_port), timeout=WITHIN) for _ in range(2)]
    for line in held:
        line.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 60000\r\n\r\n")
        until = time.monotonic() + WITHIN
        with contextlib.suppress(OSError):  # one octet now and then, and still it is let go
            while time.monotonic() < until and not select.select([line], [], [], 0.05)[0]:
                line.sendall(b"o")
        assert time.monotonic() < until
    until = time.monotonic() + WITHIN
    while post_or_busy(server, Log().asks(0, 8)) != 200:
        assert time.monotonic() < until
    for line in held:
        line.close()


def test_more_callers_than_there_is_room_for_are_told_so(serve: Callable[..., Server]) -> None:
    server = serve(at_once=1)
    with socket.create_connection(("127.0.0.1", server.server_port), timeout=WITHIN) as held:
        held.sendall(b"POST")
        until = time.monotonic() + WITHIN
        while not server.since:
            assert time.monotonic() < until
        assert b"503" in raw(server, b"").split(b"\r\n")[0]


def post_or_busy(server: Server, body: bytes) -> int:
    try:
        return post(server, body)[0]
    except (OSError, http.client.HTTPException):
        return 0


def test_kill_9_while_it_answers_and_start_again(folder: Path) -> None:
    log, known = Log(), 0
    for size in (8, 20, 200):
        with (
            started(folder) as (process, port),
            socket.create_connection(("127.0.0.1", port), WITHIN) as line,
        ):
            body = log.asks(known, size)
            head = f"POST /add-checkpoint HTTP/1.1\r\nHost: w\r\nContent-Length: {len(body)}\r\n\r\n"
            line.sendall(head.encode() + body)
            until = time.monotonic() + WITHIN
            while (kept := Book(folder).newest(ORIGIN)) is None or kept.head.size < size:
                assert time.monotonic() < until
            process.kill()
            process.wait(WITHIN)
        again = Witness(folder)
        assert again.take(Log("b").asks(size, size)).status == 422
        assert again.take(Log("b").asks(known, size + 1)).status == 409
        cosigned(again, log, size, again.take(log.asks(size, size)))
        known = size


def test_the_whole_program_needs_no_county(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("MINQING_HOME", "DATABASE_URL", "DJANGO_SETTINGS_MODULE", "MINQING_KEYS"):
        monkeypatch.delenv(name, raising=False)
    folder = tmp_path / "w"
    told = json.loads(program(folder, "make", NAME, "--url", "http://127.0.0.1:1", "--json")[1])
    policy = tree.read_policy(f"log {Log().key}\n{told['policy']}\nquorum w1\n")
    assert policy.witnesses["w1"] == tree.read_key(told["vkey"])
    assert policy.urls == {"w1": "http://127.0.0.1:1"}
    assert tree.read_policy(str(policy)) == policy
    assert program(folder, "add", str(Log().key))[0] == 0
    assert program(folder, "add", told["vkey"])[0] == 2, "a witness is no log"
    with started(folder) as (process, port):
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=WITHIN)
        line.request("POST", "/add-checkpoint", Log().asks(0, 8))
        assert line.getresponse().status == 200
        line.close()
        process.terminate()
        assert process.wait(WITHIN) == 0
    assert json.loads(program(folder, "status", "--json")[1])["logs"][0]["size"] == 8
    modules = subprocess.run(
        [sys.executable, "-c", "import sys; from minqing.wiring.cli import witness;"
         "sys.exit(any(name in sys.modules for name in ('django', 'psycopg')))"],
        env={"PATH": os.environ["PATH"]},
    )  # fmt: skip
    assert modules.returncode == 0


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("act", ["make", "add", "serve", "compare", "status"])
def test_each_act_explains_itself(
    act: str, language: str, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.setenv("MINQING_LANG", language)
    with pytest.raises(SystemExit) as left:
        cli.main(["witness", act, "--help"])
    assert left.value.code == 0
    assert ("密钥" in capsys.readouterr().out) == (language == "zh" and act == "make")
