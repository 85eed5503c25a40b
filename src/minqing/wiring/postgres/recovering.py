"""A base copy and its WAL become the server of a home: unpacked beside its place, renamed, brought to the last word."""

import os
import shlex
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tarfile import TarInfo
from typing import IO

import psycopg

from minqing.wiring.home import PORT, SUPER, Home
from minqing.wiring.postgres.account import account, usable
from minqing.wiring.postgres.binaries import choose
from minqing.wiring.postgres.configuring import write_settings, write_waiting
from minqing.wiring.postgres.server import Server, alone, make_data_folder, make_socket_folder, start
from minqing.wiring.saying import Trouble, t

CHUNK = 1 << 20


@dataclass(frozen=True)
class Unpacked:
    """Where a base copy and its WAL are laid out; `owner` (uid, gid) where it must be another's than ours."""

    half: Path
    wal: Path
    owner: tuple[int, int] | None = None

    def put(self, entry: TarInfo, file: IO[bytes] | None) -> None:
        target = self.half / entry.name
        if entry.isdir():
            target.mkdir(mode=0o700, exist_ok=True)
        elif file is not None:
            with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
                while piece := file.read(CHUNK):
                    out.write(piece)
        else:
            raise Trouble(t(f"备份里有不该有的东西：{entry.name}", f"Unexpected in the backup: {entry.name}"))
        self._own(target)

    def put_segment(self, name: str, chunks: Iterator[bytes], size: int) -> int:
        """A segment of WAL; one that was being written is filled up with zeros. Returns the octets that were there."""
        target, octets = self.wal / name, 0
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            for piece in chunks:
                octets += out.write(piece)
            out.truncate(size)
        self._own(target)
        return octets

    def fetches(self) -> str:
        """The restore_command that finds the WAL here."""
        return f"cp {shlex.quote(str(self.wal)).replace('%', '%%')}/%f %p"

    def _own(self, path: Path) -> None:
        if self.owner is not None:
            os.chown(path, *self.owner)


@dataclass(frozen=True)
class Place(Unpacked):
    """The same for the server of a home."""

    server: Server | None = None

    def recover(self) -> str:
        """Start on it until the last record is in; returns where that was. The server runs afterwards."""
        server = self.server
        assert server is not None
        for name in ("standby.signal", "postmaster.pid"):
            (self.half / name).unlink(missing_ok=True)
        self.half.rename(server.cluster)
        make_socket_folder(server)
        once = {"restore_command": self.fetches(), "hot_standby": "off"}
        write_settings(server.cluster, server.socket, PORT, once, server.write)
        write_waiting(server.cluster, "", server.write)
        server.write(server.cluster / "recovery.signal", "")
        start(server)
        _recovered(server)
        write_settings(server.cluster, server.socket, PORT, {}, server.write)
        with psycopg.connect(server.home.url(SUPER, "postgres"), autocommit=True) as root:
            root.execute("SELECT pg_reload_conf()")
            row = root.execute("SELECT pg_current_wal_lsn()::text").fetchone()
        assert row is not None
        shutil.rmtree(self.wal)
        return str(row[0])


def _recovered(server: Server) -> None:
    """Wait until the last record is in: before that nobody is let in."""
    while True:
        with suppress(psycopg.OperationalError):
            with psycopg.connect(server.home.url(SUPER, "postgres"), connect_timeout=30) as root:
                row = root.execute("SELECT pg_is_in_recovery()").fetchone()
            if row is not None and not row[0]:
                return
        if not server.runs():
            tail = server.log.read_text("utf-8", "replace")[-1500:] if server.log.exists() else ""
            raise Trouble(t(f"重放日志时停了：\n{tail}", f"It stopped while the WAL was replayed:\n{tail}"))
        time.sleep(0.2)


@contextmanager
def place_for(home: Home, major: int, *, again: Callable[[], bool]) -> Iterator[Place]:
    """Room for a server of that version; what an earlier try left (`again`) is removed."""
    who = account()
    (home.run).mkdir(mode=0o700, exist_ok=True)
    with alone(home):
        make_data_folder(home, who)
        server = Server(home, who, usable(choose(major), who))
        if server.cluster.exists():
            if not again():
                raise Trouble(
                    t(f"{server.cluster} 已有数据。", f"{server.cluster} holds data already."), code=4
                )
            if server.runs():
                server.run("pg_ctl", "-D", str(server.cluster), "-m", "immediate", "-w", "stop")
            shutil.rmtree(server.cluster)
        owner = (who.uid, who.gid) if who.switch else None
        place = Place(home.data / "restoring", home.data / "restoring-wal", owner, server)
        for folder in (place.half, place.wal):
            shutil.rmtree(folder, ignore_errors=True)
            who.own(folder)
        yield place
