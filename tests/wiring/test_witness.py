"""A witness signs one history only, whoever asks, however often, and however it dies."""

import json
import signal
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from minqing.doors import public
from minqing.methods import tree
from minqing.wiring import cli
from minqing.wiring.saying import Trouble
from minqing.wiring.witness.judging import LONGEST, SIZE_TOLD, Witness
from minqing.wiring.witness.keeping import make, signer
from wiring.witnessing import NAME, ORIGIN, Log, cosigned, witness_in

VERIFY = Path(public.__file__).with_name("verify.py")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return witness_in(tmp_path / "witness")


@pytest.fixture
def witness(folder: Path) -> Witness:
    return Witness(folder)


@pytest.mark.parametrize("ml_dsa", [False, True])
def test_a_log_that_only_grows_is_cosigned(tmp_path: Path, ml_dsa: bool) -> None:
    make(tmp_path / "w", NAME, ml_dsa=ml_dsa)
    witness, log = Witness(tmp_path / "w"), Log()
    assert witness.signer.key.kind == (6 if ml_dsa else 4)
    witness.book.trust(log.key)
    known = 0
    for size in (3, 3, 8, 200, 300):
        cosigned(witness, log, size, witness.take(log.asks(known, size)))
        known = size
    assert witness.evidence() == []


def test_what_it_knows_it_says_and_asks_to_be_asked_from_there(witness: Witness) -> None:
    log = Log()
    witness.take(log.asks(0, 8))
    for old, size in ((0, 200), (7, 200), (0, 8), (3, 8), (0, 5), (5, 5)):
        told = witness.take(log.asks(old, size))
        assert (told.status, told.text, told.kind) == (409, "8\n", SIZE_TOLD)
    assert witness.take(log.asks(9, 8)).status == 400
    assert witness.book.newest(ORIGIN).head.size == 8  # type: ignore[union-attr]
    assert witness.evidence() == []


def refusals() -> dict[str, tuple[bytes, int]]:
    log, good = Log(), Log().asks(0, 8)
    head = str(log.head(8))
    wrong = Log(seed=2).head(8)
    swapped = tree.Note(log.head(9).text, log.head(8).signatures)
    nothing = str(tree.Checkpoint(ORIGIN, 0, b"\x01" * 32))
    empty = tree.Note(nothing, (tree.sign(nothing, ORIGIN, log.private),))
    return {
        "another log": (Log(origin="other.example/log").asks(0, 8), 404),
        "another key under our origin": (b"old 0\n\n" + str(wrong).encode(), 403),
        "the signature of another head": (b"old 0\n\n" + str(swapped).encode(), 403),
        "no signature that is known": (good.replace(b"\xe2\x80\x94 minqing", b"\xe2\x80\x94 maxqing"), 403),
        "nothing": (b"", 400),
        "garbage": (bytes(range(256)), 400),
        "not UTF-8": (b"old 0\n\n\xff\xfe" + head.encode(), 400),
        "no size": (b"\n\n" + head.encode(), 400),
        "a size with a zero before it": (b"old 00\n\n" + head.encode(), 400),
        "a negative size": (b"old -1\n\n" + head.encode(), 400),
        "sixty-four steps": (b"old 1\n" + b"AAAA\n" * 64 + b"\n" + head.encode(), 400),
        "a step that is no base64": (b"old 0\n!!!\n\n" + head.encode(), 400),
        "a proof from nothing": (b"old 0\n" + b"A" * 43 + b"=\n\n" + head.encode(), 422),
        "a root of nothing that is none": (b"old 0\n\n" + str(empty).encode(), 422),
        "half a request": (good[: len(good) // 2], 400),
        "too long": (good + b" " * LONGEST, 413),
    }


@pytest.mark.parametrize("what", refusals())
def test_bad_requests_are_refused_and_leave_nothing(witness: Witness, what: str) -> None:
    body, status = refusals()[what]
    assert witness.take(body).status == status
    assert witness.book.newest(ORIGIN) is None
    assert witness.evidence() == []


def test_T5_a_log_that_was_set_back_is_not_cosigned(witness: Witness) -> None:
    before = Log()
    witness.take(before.asks(0, 200))
    after = Log(story="b", same=150)  # restored to leaf 150, other things happened since
    assert witness.take(after.asks(0, 150)).text == "200\n", "smaller: it is told what was seen"
    assert witness.take(after.asks(150, 180)).status == 409
    assert witness.take(after.asks(200, 200)).status == 422, "grown to the same size"
    assert witness.take(after.asks(200, 260)).status == 422, "grown past it"
    assert witness.take(after.asks(180, 260)).status == 409
    with sqlite3.connect(witness.book.path) as book:
        assert book.execute("SELECT size, root FROM head").fetchall() == [
            (200, tree.root_of(before.hashes[:200]))
        ]


def test_T6_two_witnesses_with_two_histories_prove_the_fork(tmp_path: Path, capsys: Any) -> None:
    one, other = (tmp_path / "one", tmp_path / "other")
    for where, log in ((one, Log("a")), (other, Log("b"))):
        make(where, f"{where.name}.example/w")
        witness = Witness(where)
        witness.book.trust(log.key)
        cosigned(witness, log, 8, witness.take(log.asks(0, 8)))
    # The one is shown what the other saw, as a file.
    seen = Witness(other).status()["logs"][0]["note"]
    (tmp_path / "head").write_text(seen)
    assert cli.main(["witness", "compare", "--home", str(one), str(tmp_path / "head")]) == 1
    (name,) = Witness(one).evidence()
    assert name.startswith("fork-") and name in capsys.readouterr().out
    assert verify_py("compare", one / name, "--key", str(Log().key), "--out", tmp_path) == 1
    # Or somebody sends it on, whatever they say of what the witness knows.
    (one / name).unlink()
    assert Witness(one).take(Log("b").asks(0, 8)).status == 409
    assert Witness(one).evidence() == [name]
    assert Witness(one).take(Log("b").asks(8, 8)).status == 422
    assert Witness(one).evidence() == [name], "the same evidence once"
    assert cli.main(["witness", "status", "--home", str(one)]) == 1


def test_a_head_of_long_ago_is_still_held_against_its_other_self(witness: Witness) -> None:
    log = Log()
    for old, size in ((0, 8), (8, 20), (20, 200)):
        assert witness.take(log.asks(old, size)).status == 200
    assert witness.compare(str(log.head(20))) == ("same", None)
    assert witness.compare(str(log.head(21))) == ("unknown", None)
    found, evidence = witness.compare(str(Log("b", same=10).head(20)))
    assert found == "fork" and evidence is not None
    notes = json.loads(evidence.read_text())["checkpoints"]
    assert notes == [str(log.head(20)), str(Log("b", same=10).head(20))]
    with pytest.raises(tree.BadNote):
        witness.compare(str(Log("b", seed=3).head(20)))


def test_a_proof_that_does_not_hold_is_doubted_not_called_a_fork(witness: Witness) -> None:
    witness.take(Log().asks(0, 8))
    assert witness.take(Log().asks(8, 20).replace(b"old 8\n", b"old 8\n" + b"A" * 43 + b"=\n")).status == 422
    (name,) = witness.evidence()
    assert name.startswith("doubt-")
    assert cosigned(witness, Log(), 20, witness.take(Log().asks(8, 20)))


def verify_py(*words: object) -> int:
    done = subprocess.run([sys.executable, str(VERIFY), *map(str, words)], capture_output=True, text=True)
    return done.returncode


def test_asked_twice_at_once_only_one_history_is_signed(witness: Witness) -> None:
    """Eight calls a round, half of them another story of the same or another size."""
    known, story = 0, Log()
    for size in (5, 9, 17, 40):
        logs = [Log("a"), Log("b", same=known)] * 2
        bodies = [log.asks(known, size + more) for log in logs for more in (0, 1)]
        with ThreadPoolExecutor(8) as many:
            replies = list(many.map(witness.take, bodies))
        newest = witness.book.newest(ORIGIN)
        assert {reply.status for reply in replies} <= {200, 409, 422}, "they wait for each other"
        assert newest is not None and any(reply.status == 200 for reply in replies)
        known = newest.head.size
        story = next(log for log in logs if tree.root_of(log.hashes[:known]) == newest.head.root)
        with sqlite3.connect(witness.book.path) as book:
            rows = book.execute("SELECT size, root FROM head").fetchall()
        assert all(tree.root_of(story.hashes[:n]) == root for n, root in rows), "one history"
        if story.hashes != Log().hashes:
            return  # the other story won: from here on it is the log
    assert story.hashes == Log().hashes


def test_another_root_of_a_size_is_never_written(witness: Witness) -> None:
    witness.take(Log().asks(0, 8))
    newest = witness.book.newest(ORIGIN)
    assert newest is not None
    other = replace(newest, head=replace(newest.head, root=b"\x07" * 32))
    with pytest.raises(sqlite3.IntegrityError), witness.book.alone() as page:
        page.keep(other)
    assert witness.book.newest(ORIGIN) == newest


DIES = """
import os, pathlib, signal, sys
from minqing.wiring.witness.judging import Witness
reply = Witness(pathlib.Path(sys.argv[1])).take(sys.stdin.buffer.read())
assert reply.status == 200, reply
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_killed_between_keeping_and_answering_it_signs_no_other_tree(folder: Path) -> None:
    log = Log()
    done = subprocess.run(
        [sys.executable, "-c", DIES, str(folder)], input=log.asks(0, 8), capture_output=True
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    witness = Witness(folder)
    assert witness.take(Log("b").asks(0, 8)).text == "8\n"
    assert witness.take(Log("b").asks(8, 8)).status == 422
    assert witness.take(Log("b").asks(8, 20)).status == 422
    assert witness.take(log.asks(0, 5)).text == "8\n"
    cosigned(witness, log, 8, witness.take(log.asks(8, 8)))
    cosigned(witness, log, 20, witness.take(log.asks(8, 20)))


def test_what_cannot_be_kept_is_not_cosigned(folder: Path) -> None:
    witness = Witness(folder)
    witness.take(Log().asks(0, 8))
    with sqlite3.connect(folder / "witness.db") as book:
        book.execute("CREATE TRIGGER full BEFORE INSERT ON head BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    reply = witness.take(Log().asks(8, 20))
    assert (reply.status, "—" in reply.text) == (503, False)
    with sqlite3.connect(folder / "witness.db") as book:
        book.execute("DROP TRIGGER full")
    assert witness.take(Log().asks(8, 20)).status == 200


def test_its_times_do_not_run_backwards_for_a_clock_that_is_set_right(folder: Path) -> None:
    clock = [1_800_000_000.0]
    witness, log = Witness(folder, lambda: clock[0]), Log()
    assert cosigned(witness, log, 3, witness.take(log.asks(0, 3))) == 1_800_000_000
    clock[0] -= 40
    assert cosigned(witness, log, 8, witness.take(log.asks(3, 8))) == 1_800_000_000
    clock[0] -= 86_400
    assert cosigned(witness, log, 20, witness.take(log.asks(8, 20))) == int(clock[0]), (
        "a clock that was wrong"
    )


def test_the_key_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    made = make(tmp_path / "w", NAME)
    assert make(tmp_path / "w", NAME).key == made.key == signer(tmp_path / "w").key
    modes = {path.name: path.stat().st_mode & 0o777 for path in (tmp_path / "w", *(tmp_path / "w").iterdir())}
    assert modes == {"w": 0o700, "witness.key": 0o600, "witness.db": 0o600}
    for other in ({"name": "other.example/w"}, {"name": NAME, "ml_dsa": True}):
        with pytest.raises(Trouble):
            make(tmp_path / "w", **other)  # type: ignore[arg-type]
    for name in ("", "two words", "a+b", "长" * 86):
        with pytest.raises(Trouble):
            make(tmp_path / "v", name)
    (tmp_path / "w" / "witness.key").chmod(0o640)
    with pytest.raises(Trouble):
        Witness(tmp_path / "w")
