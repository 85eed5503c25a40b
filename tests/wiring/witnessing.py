"""A county's log in memory, and a witness that has been told to trust it."""

import json
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from minqing.methods import tree
from minqing.methods.tree import leaf_hash
from minqing.wiring.witness.judging import Reply, Witness
from minqing.wiring.witness.keeping import Book, make
from minqing.wiring.witness.serving import Server

NAME, ORIGIN = "npc.tangchuan.example/w1", "minqing.example/log"
WITHIN = 60  # when a test is given up, not a promise of speed


class Log:
    """A county's log in memory: what it says of its first `size` leaves, signed."""

    def __init__(self, story: str = "a", origin: str = ORIGIN, seed: int = 1, same: int = 0) -> None:
        """`same`: how many leaves are those of story a."""
        self.private = Ed25519PrivateKey.from_private_bytes(bytes([seed]) * 32)
        self.origin = origin
        told = [("a" if n < same else story) + str(n) for n in range(300)]
        self.hashes = [leaf_hash(one.encode()) for one in told]

    @property
    def key(self) -> tree.Key:
        return tree.log_key(self.origin, self.private)

    def head(self, size: int) -> tree.Note:
        text = str(tree.Checkpoint(self.origin, size, tree.root_of(self.hashes[:size])))
        return tree.Note(text, (tree.sign(text, self.origin, self.private),))

    def path(self, old: int, size: int) -> tuple[bytes, ...]:
        def node(level: int, number: int) -> bytes:
            return tree.root_of(self.hashes[number << level : number + 1 << level])

        return tuple(tree.consistency(node, old, size)) if 0 < old < size else ()

    def asks(self, old: int, size: int) -> bytes:
        lines = [f"old {old}", *(tree.notes.b64(one) for one in self.path(old, size)), ""]
        return ("".join(f"{line}\n" for line in lines) + str(self.head(size))).encode()


def cosigned(witness: Witness, log: Log, size: int, reply: Reply) -> int:
    """The second of the cosignature, which holds; that it is on the disk."""
    assert reply.status == 200, reply
    note = tree.Note(log.head(size).text, tuple(map(tree.read_signature, reply.text.splitlines())))
    (found,) = tree.verified(note, [witness.signer.key])
    with sqlite3.connect(witness.book.path) as book:
        rows = book.execute(
            "SELECT line FROM head WHERE origin = ? AND size = ?", (log.origin, size)
        ).fetchall()
    assert rows == [(reply.text,)]
    assert found.at is not None
    return found.at


def witness_in(folder: Path, name: str = NAME) -> Path:
    make(folder, name)
    Book(folder).trust(Log().key)
    return folder


def program(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and what it printed."""
    command = [sys.executable, "-m", "minqing.wiring.cli", "witness", *words, "--home", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=WITHIN)
    return done.returncode, done.stdout


@contextmanager
def started(folder: Path, port: int = 0) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-m", "minqing.wiring.cli", "witness", "serve", "--port", str(port), "--json",
               "--home", str(folder)]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            assert process.stdout is not None
            told = json.loads(process.stdout.readline())
            yield process, int(told["address"].rpartition(":")[2])
        finally:
            process.kill()


class Says:
    """A witness that answers as it is told."""

    def __init__(self, status: int, text: Callable[[str], str]) -> None:
        told = self

        class Answers(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                told.asked.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                data = text(told.asked[-1]).encode()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None: ...

        self.asked: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> "Says":
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def cosigning(server: Server, at: float, size_of: str = "") -> Callable[[str], str]:
    """The signature of that witness on what it was sent (or on another text), at that second, whatever it thinks of it."""

    def text(body: str) -> str:
        said = size_of or tree.read_request(body).note.text
        return str(tree.cosign(said, server.witness.signer.name, server.witness.signer.private, int(at)))

    return text


def real() -> float:
    return datetime.now(UTC).timestamp()
