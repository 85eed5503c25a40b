"""A witness's folder. It may be copied, never set back: an older copy of the book would cosign what the newer one refuses.

folder/            0700
  witness.key      0600   name, kind and seed; made once
  witness.db       0600   logs trusted; every head cosigned
  fork-*.json      two signed heads of one size: proof that the log was forked (verify.py compare)
  doubt-*.json     a signed head that could not be shown to continue the one before
"""

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from minqing.methods import tree
from minqing.methods.tree.notes import COSIGNED, COSIGNED_ML_DSA_44, NAME, b64, unb64
from minqing.wiring.home import create_once
from minqing.wiring.saying import Trouble, t

Private = Ed25519PrivateKey | MLDSA44PrivateKey
KEY_FILE, BOOK = "witness.key", "witness.db"
LONGEST_NAME: Final = 255
WAIT_S: Final = 5.0
"""Seconds that a request waits for the one before it to be kept."""
MAKERS: Final[dict[int, Callable[[bytes], Private]]] = {
    COSIGNED: Ed25519PrivateKey.from_private_bytes,
    COSIGNED_ML_DSA_44: MLDSA44PrivateKey.from_seed_bytes,
}
SCHEMA: Final = (
    "CREATE TABLE IF NOT EXISTS log (vkey TEXT PRIMARY KEY, origin TEXT NOT NULL) STRICT",
    "CREATE TABLE IF NOT EXISTS head (origin TEXT NOT NULL, size INTEGER NOT NULL CHECK (size >= 0),"
    " root BLOB NOT NULL CHECK (length(root) = 32), note TEXT NOT NULL, line TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (origin, size)) STRICT",
)  # fmt: skip


@dataclass(frozen=True)
class Signer:
    """Who cosigns, and with what."""

    name: str
    private: Private

    @property
    def key(self) -> tree.Key:
        return tree.witness_key(self.name, self.private)


@dataclass(frozen=True)
class Kept:
    """A head that was cosigned; `note` carries the log's signature, `line` is ours, `at` the Unix second of `line`."""

    head: tree.Checkpoint
    note: str
    line: str
    at: int


def make(folder: Path, name: str, *, ml_dsa: bool = False) -> Signer:
    """The folder, its key and its empty book; what stands there already stays. Raises Trouble if it is another's."""
    if not NAME.fullmatch(name) or len(name.encode()) > LONGEST_NAME:
        raise Trouble(
            t(f"名称里不能有空格和加号：{name}", f"a name has no spaces and no plus signs: {name}"), code=2
        )
    kind = COSIGNED_ML_DSA_44 if ml_dsa else COSIGNED
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    told = {"name": name, "kind": kind, "seed": b64(os.urandom(32))}
    create_once(folder / KEY_FILE, (json.dumps(told, ensure_ascii=False) + "\n").encode())
    found = signer(folder)
    if (found.name, found.key.kind) != (name, kind):
        raise Trouble(
            t(
                f"{folder} 里已经有 {found.name} 的密钥；密钥只做一次。要另做，请换一个目录。",
                f"{folder} already holds the key of {found.name}, made once: choose another folder for another.",
            )
        )
    Book(folder).logs()
    return found


def signer(folder: Path) -> Signer:
    """The key of the folder. Raises Trouble when there is none, or when others could read it."""
    path = folder / KEY_FILE
    try:
        loose = path.stat().st_mode & 0o077
        told = json.loads(path.read_text("utf-8"))
        found = Signer(told["name"], MAKERS[told["kind"]](unb64(told["seed"], "seed")))
    except FileNotFoundError:
        raise Trouble(
            t(
                f"{folder} 里还没有密钥：先 minqing witness make",
                f"there is no key in {folder} yet: minqing witness make",
            )
        ) from None
    except (ValueError, KeyError, TypeError):
        raise Trouble(t(f"读不懂 {path}", f"{path} cannot be read")) from None
    if loose:
        raise Trouble(t(f"别人能读 {path}：chmod 600", f"others can read {path}: chmod 600"))
    return found


class Book:
    """Which logs are trusted and every head that was cosigned. A head once written stays; the largest is the newest."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / BOOK

    @contextlib.contextmanager
    def alone(self) -> Iterator["Page"]:
        """Nobody else reads or writes until this is over; what was written is on the disk then, or none of it."""
        with self._open() as book:
            book.execute("BEGIN IMMEDIATE")
            try:
                yield Page(book)
                book.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    book.execute("ROLLBACK")
                raise

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        os.close(os.open(self.path, os.O_CREAT | os.O_RDWR, 0o600))
        with contextlib.closing(sqlite3.connect(self.path, timeout=WAIT_S, isolation_level=None)) as book:
            # EXTRA is FULL and the folder too: after a power cut what was cosigned is still there.
            book.execute("PRAGMA synchronous = EXTRA")
            for line in SCHEMA:
                book.execute(line)
            yield book

    def trust(self, key: tree.Key) -> bool:
        """False when it was trusted already."""
        with self.alone() as page:
            return page.trust(key)

    def logs(self) -> list[tree.Key]:
        with self.alone() as page:
            return page.logs()

    def newest(self, origin: str) -> Kept | None:
        with self.alone() as page:
            return page.newest(origin)

    def count(self, origin: str) -> int:
        with self.alone() as page:
            return page.count(origin)


class Page:
    """The book, open and held by one writer."""

    def __init__(self, book: sqlite3.Connection) -> None:
        self.book = book

    def trust(self, key: tree.Key) -> bool:
        added = self.book.execute("INSERT OR IGNORE INTO log VALUES (?, ?)", (str(key), key.name))
        return added.rowcount == 1

    def logs(self) -> list[tree.Key]:
        return [tree.read_key(vkey) for (vkey,) in self.book.execute("SELECT vkey FROM log ORDER BY vkey")]

    def keys(self, origin: str) -> list[tree.Key]:
        return [key for key in self.logs() if key.name == origin]

    def newest(self, origin: str) -> Kept | None:
        return self._one("WHERE origin = ? ORDER BY size DESC LIMIT 1", origin)

    def of_size(self, origin: str, size: int) -> Kept | None:
        return self._one("WHERE origin = ? AND size = ?", origin, size)

    def count(self, origin: str) -> int:
        return int(self.book.execute("SELECT count(*) FROM head WHERE origin = ?", (origin,)).fetchone()[0])

    def keep(self, kept: Kept) -> None:
        """The same head again only gets the newer line; another root of that size is never written."""
        head = kept.head
        written = self.book.execute(
            "INSERT INTO head (origin, size, root, note, line, at) VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (origin, size) DO UPDATE SET line = excluded.line, at = excluded.at"
            " WHERE root = excluded.root",
            (head.origin, head.size, head.root, kept.note, kept.line, kept.at),
        )
        if written.rowcount != 1:
            raise sqlite3.IntegrityError("another root of that size is kept")

    def _one(self, where: str, *given: str | int) -> Kept | None:
        row = self.book.execute(
            f"SELECT origin, size, root, note, line, at FROM head {where}",  # noqa: S608 our own words
            given,
        ).fetchone()
        return Kept(tree.Checkpoint(row[0], row[1], row[2]), row[3], row[4], row[5]) if row else None
