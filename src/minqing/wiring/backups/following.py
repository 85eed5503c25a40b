"""The WAL of a running server, octet by octet, sealed on the second disk before anybody is told that it is kept.

PostgreSQL takes this process for a synchronous standby: a commit returns when what it wrote has been sealed and flushed here,
together with the files that were handed in with it. So whatever was acknowledged is in the store.
"""

import select
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from psycopg import pq
from psycopg.conninfo import make_conninfo
from psycopg.errors import OperationalError

from minqing.wiring.backups.sealed import Writer, sync_folder
from minqing.wiring.backups.store import PART, Line, Store, lsn, name_of, spelled

STANDBY = "minqing_backup"
"""The name of the slot, and the name under which PostgreSQL waits for us."""
TELL_S = 10.0
AT_MOST = 4 << 20  # octets that may wait for their flush while more are coming
SINCE_2000 = 946_684_800
GONE = ("42704", "55000", "58P01")  # no such slot; the slot is lost; the segment was removed


class Gap(Exception):
    """What came after the last octet we have is no longer there: a new base copy is needed."""


class Server:
    """A replication connection."""

    def __init__(self, url: str) -> None:
        told = make_conninfo(url, replication="true", application_name=STANDBY, connect_timeout=10)
        self.line = pq.PGconn.connect(told.encode())
        if self.line.status != pq.ConnStatus.OK:
            raise OperationalError(self.line.error_message.decode("utf-8", "replace").strip())
        self.state = ""

    def ask(self, command: str) -> list[str]:
        """The one row of an answer. Raises OperationalError; `state` keeps why."""
        done = self.line.exec_(command.encode())
        self.state = (done.error_field(pq.DiagnosticField.SQLSTATE) or b"").decode()
        if done.status in (pq.ExecStatus.COMMAND_OK, pq.ExecStatus.COPY_BOTH):
            return []
        if done.status != pq.ExecStatus.TUPLES_OK:
            raise OperationalError(done.error_message.decode("utf-8", "replace").strip())
        return [(done.get_value(0, n) or b"").decode() for n in range(done.nfields if done.ntuples else 0)]

    def identify(self) -> tuple[str, int, int]:
        """(system, timeline, how far it has written)"""
        system, timeline, position, *_ = self.ask("IDENTIFY_SYSTEM")
        return system, int(timeline), lsn(position)

    def segment_size(self) -> int:
        text = self.ask("SHOW wal_segment_size")[0]
        unit = {"kB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30}[text[-2:]]
        return int(text[:-2]) * unit

    def slot(self) -> int:
        """From where the server keeps its WAL for us; the slot is made when there is none."""
        found = self.ask(f"READ_REPLICATION_SLOT {STANDBY}")
        if found and found[0]:
            return lsn(found[1]) if found[1] else 0
        return lsn(self.ask(f"CREATE_REPLICATION_SLOT {STANDBY} PHYSICAL RESERVE_WAL")[1])

    def drop_slot(self) -> None:
        self.ask(f"DROP_REPLICATION_SLOT {STANDBY} WAIT")

    def follow(self, position: int, timeline: int) -> None:
        try:
            self.ask(f"START_REPLICATION SLOT {STANDBY} PHYSICAL {spelled(position)} TIMELINE {timeline}")
        except OperationalError:
            if self.state in GONE:
                raise Gap from None
            raise

    def next(self) -> bytes | None:
        """A message of the stream; None when none has come yet. Raises OperationalError at its end."""
        size, data = self.line.get_copy_data(1)
        if size == 0:
            self.line.consume_input()
            size, data = self.line.get_copy_data(1)
        if size < 0:
            raise OperationalError(self.line.error_message.decode("utf-8", "replace").strip() or "the end")
        return bytes(data) if size else None

    def wait(self, seconds: float) -> None:
        select.select([self.line.socket], [], [], seconds)

    def tell(self, flushed: int) -> None:
        at = int((time.time() - SINCE_2000) * 1_000_000)
        positions = flushed.to_bytes(8, "big")
        self.line.put_copy_data(b"r" + positions * 3 + at.to_bytes(8, "big") + b"\x00")
        self.line.flush()

    def close(self) -> None:
        self.line.finish()


@dataclass
class Kept:
    """The WAL of one line in the store, growing at its end."""

    store: Store
    line: Line
    size: int
    position: int = 0
    writer: Writer | None = None

    def resume(self) -> int | None:
        """Where it goes on; None when nothing is there yet."""
        found = self.line.segments(self.size)
        if not found:
            return None
        number = max(found)
        self.position = (number + 1) * self.size
        path = found[number]
        if path.name.endswith(PART):
            self.writer = Writer(path, self.store.key, self._about(number), again=True)
            self.position = number * self.size + self.writer.octets
            if self.writer.octets == self.size:
                self._whole()
        return self.position

    def begin(self, position: int) -> None:
        """Leave a gap: go on at the beginning of a segment."""
        if self.writer is not None:
            self.writer.leave()
        self.writer, self.position = None, position - position % self.size

    def add(self, start: int, data: bytes) -> None:
        if start != self.position:
            raise OperationalError(f"{spelled(start)} came where {spelled(self.position)} should")
        while data:
            if self.writer is None:
                number = self.position // self.size
                path = self.line.wal / (name_of(number, self.size, self.line.timeline) + PART)
                self.writer = Writer(path, self.store.key, self._about(number))
                sync_folder(self.line.wal)
            room = self.size - self.position % self.size
            self.writer.write(data[:room])
            self.position += len(data[:room])
            data = data[room:]
            if self.position % self.size == 0:
                self._whole()

    def sync(self) -> None:
        if self.writer is not None:
            self.writer.sync()

    def _whole(self) -> None:
        assert self.writer is not None
        self.writer.close()
        self.writer.path.rename(self.writer.path.with_name(self.writer.path.name.removesuffix(PART)))
        sync_folder(self.line.wal)
        self.writer = None

    def _about(self, number: int) -> str:
        return about_segment(self.line, name_of(number, self.size, self.line.timeline))


def about_segment(line: Line, name: str) -> str:
    """What a segment is bound to."""
    return f"wal|{line.folder.name}|{name}"


@dataclass
class Follower:
    """Keeps the store at the server's heels. `files` copies what was handed in, before the WAL that speaks of it is told."""

    url: str
    store: Store
    files: Callable[[], int] = lambda: 0
    seen: Callable[["Follower"], None] = lambda follower: None
    system: str = ""
    position: int = 0
    ahead: int = 0
    gap: bool = False
    line: Line | None = None
    segment_size: int = 0
    _stop: list[bool] = field(default_factory=list)

    def stop(self) -> None:
        self._stop.append(True)

    def run(self) -> None:
        """Until `stop`, or until the server goes (OperationalError)."""
        server = Server(self.url)
        try:
            kept = self._kept(server)
            try:
                self._begin(server, kept)
                self._follow(server, kept)
            finally:
                if kept.writer is not None:
                    kept.writer.leave()
        finally:
            server.close()

    def _kept(self, server: Server) -> Kept:
        self.system, timeline, self.ahead = server.identify()
        self.segment_size = server.segment_size()
        self.line = self.store.line(self.system, timeline)
        return Kept(self.store, self.line, self.segment_size)

    def _begin(self, server: Server, kept: Kept) -> None:
        """From the last octet that is here; or, where the server no longer has the next one, behind a gap."""
        timeline = kept.line.timeline
        reserved = server.slot()
        if kept.resume() is None:
            kept.begin(reserved or self.ahead)
        try:
            server.follow(kept.position, timeline)
        except Gap:
            server.drop_slot()
            kept.begin(server.slot())
            self.gap = True
            server.follow(kept.position, timeline)
        self.files()
        self.position = kept.position

    def _follow(self, server: Server, kept: Kept) -> None:
        told = 0.0
        owed = asked = False
        since = kept.position
        while True:
            message = None if self._stop else server.next()
            if message is not None and message[:1] == b"w":
                kept.add(int.from_bytes(message[1:9], "big"), message[25:])
                self.ahead = max(self.ahead, int.from_bytes(message[9:17], "big"), kept.position)
                owed = True
                if kept.position - since < AT_MOST:
                    continue
            elif message is not None and message[:1] == b"k":
                self.ahead = max(self.ahead, int.from_bytes(message[1:9], "big"))
                asked = asked or message[17] == 1
                continue
            if owed:
                self.files()
                kept.sync()
                self.position = since = kept.position
            if owed or asked or time.monotonic() - told > TELL_S:
                server.tell(self.position)
                told, owed, asked = time.monotonic(), False, False
            self.seen(self)
            if self._stop:
                return
            if message is None:
                server.wait(1.0)
