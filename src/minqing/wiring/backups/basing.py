"""A base copy of the whole server, read back and compared before it counts; and what is thrown away.

Taken by `pg_basebackup` while the server works, sealed as it comes. It counts (`about.json`) once every file in it has been read
back from the second disk and has the SHA-256 of PostgreSQL's own manifest, and once the WAL that it needs lies beside it.
"""

import fcntl
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import IO, Any
from urllib.parse import unquote, urlsplit

import psycopg

from minqing.wiring.backups.sealed import Damaged, Writer, put, read, sync_folder, whole
from minqing.wiring.backups.store import (
    ABOUT,
    BASE,
    FILES,
    HORIZON,
    PART,
    Base,
    Line,
    Store,
    lsn,
    now,
    sealed_files,
)
from minqing.wiring.home import Home
from minqing.wiring.postgres.binaries import tool
from minqing.wiring.saying import Trouble, t

Progress = Callable[[int, int, str], None]
CHUNK = 1 << 20
WAL_WITHIN = 120.0
MANIFEST = "backup_manifest"


def take(here: Home, store: Store, progress: Progress) -> dict[str, Any]:
    """Make a base copy; the WAL must be followed meanwhile. One at a time."""
    state = _state(here)
    line = store.line(state["system"], state["timeline"])
    with _alone(line):
        for left in line.folder.glob(".making-*"):  # of one that was cut off
            shutil.rmtree(left)
        at = now()
        while (
            line.folder / f"base-{at:%Y%m%dT%H%M%SZ}"
        ).exists():  # two within one second: the name tells the second
            time.sleep(0.2)
            at = now()
        half = line.folder / f".making-{at:%Y%m%dT%H%M%SZ}"
        half.mkdir(mode=0o700)
        begun = time.monotonic()
        _copy(here, half / BASE, store.key, state, progress)
        told = unpack(store, line, half, progress=progress, what=t("核对", "checking"))
        _wait_for_wal(line, told, state["segment_size"])
        names = {name: (here.files / name).stat().st_size for name in _still(here)}
        put(half / FILES, store.key, _about(line, FILES), json.dumps(names).encode())
        about = {
            **told, "at": at.isoformat(timespec="seconds"), "verified_at": now().isoformat(timespec="seconds"),
            "bytes": (half / BASE).stat().st_size, "minqing": metadata.version("minqing"), "files": len(names),
            **{name: state[name] for name in ("segment_size", "postgresql", "migrations")},
            "seconds": round(time.monotonic() - begun, 1),
        }  # fmt: skip
        (half / ABOUT).write_text(json.dumps(about, indent=1))
        sync_folder(half / ABOUT)
        sync_folder(half)
        final = line.folder / f"base-{at:%Y%m%dT%H%M%SZ}"
        half.rename(final)
        sync_folder(line.folder)
    return {"base": str(final), **{key: value for key, value in about.items() if key != "migrations"}}


def unpack(
    store: Store,
    line: Line,
    folder: Path,
    *,
    put_file: Callable[[tarfile.TarInfo, IO[bytes] | None], None] | None = None,
    progress: Progress,
    what: str,
) -> dict[str, Any]:
    """Read a base from beginning to end; every file must have the sum the manifest says. {"start", "stop", "octets"}

    `put_file(entry, file)` is given each entry and must read the file to its end.
    """
    path = folder / BASE
    total, sums, manifest = path.stat().st_size, {}, b""
    source = Chunks(read(path, store.key, _about(line, BASE)), lambda done: progress(done, total, what))
    try:
        with tarfile.open(fileobj=source, mode="r|") as tar:
            for entry in tar:
                if entry.name.startswith("/") or ".." in entry.name.split("/"):
                    raise Damaged(entry.name)
                file = tar.extractfile(entry) if entry.isreg() else None
                if entry.name == MANIFEST and file is not None:
                    manifest = file.read()
                    continue
                hashing = Hashing(file) if file is not None else None
                if put_file is not None:
                    put_file(entry, hashing)  # type: ignore[arg-type]
                while hashing is not None and hashing.read(CHUNK):
                    pass
                if hashing is not None:
                    sums[entry.name.removeprefix("./")] = (hashing.size, hashing.digest.hexdigest())
        source.drain()
    except (tarfile.TarError, EOFError) as error:
        raise Damaged(str(error)) from error
    return _compare(json.loads(manifest or b"{}"), sums) | {"octets": source.done}


def _compare(manifest: dict[str, Any], sums: dict[str, tuple[int, str]]) -> dict[str, Any]:
    wanted = {one["Path"]: (one["Size"], one["Checksum"]) for one in manifest.get("Files", ())}
    wrong = sorted(name for name in wanted.keys() | sums.keys() if wanted.get(name) != sums.get(name))
    if not wanted or wrong:
        raise Damaged(", ".join(wrong[:3]) or MANIFEST)
    (ranges,) = manifest["WAL-Ranges"]
    return {"start": lsn(ranges["Start-LSN"]), "stop": lsn(ranges["End-LSN"]), "members": len(sums)}


def files_of(store: Store, line: Line, base: Base) -> dict[str, int]:
    """What people had handed in when the base was taken: name → octets."""
    return dict(json.loads(whole(base.folder / FILES, store.key, _about(line, FILES))))


def prune(here: Home, store: Store, keep: int) -> dict[str, int]:
    """Keep the newest `keep` bases, none older than 35 days unless it is the only one; WAL and files that none of them needs go."""
    whole_ones = store.bases()
    kept = [
        (line, base)
        for n, (line, base) in enumerate(reversed(whole_ones))
        if n == 0 or (n < keep and now() - base.at < HORIZON)
    ]
    gone = {"bases": 0, "segments": 0, "files": 0}
    for _, base in whole_ones:
        if base.folder not in {one.folder for _, one in kept}:
            (base.folder / ABOUT).unlink()  # from here on it is no base any more
            shutil.rmtree(base.folder)
            gone["bases"] += 1
    for line in store.lines():
        mine = [base for of, base in kept if of.folder == line.folder]
        if not mine:
            if whole_ones and line.folder != kept[0][0].folder and not _followed(line):
                shutil.rmtree(line.folder)
            continue
        first = min(base.first for base in mine)
        for number, path in line.segments(mine[0].about["segment_size"]).items():
            if number < first:
                path.unlink()
                gone["segments"] += 1
    needed = {name for line, base in kept for name in files_of(store, line, base)}
    for name in list(sealed_files(store.files)) if kept else ():
        if name not in needed and not (here.files / name).exists():
            (store.files / name).unlink()
            gone["files"] += 1
    return gone


def _followed(line: Line) -> bool:
    """Something was written to it within a day: it may have no base yet."""
    newest = max((path.stat().st_mtime for path in line.wal.glob("*")), default=0.0)
    return time.time() - newest < 86_400


def _still(here: Home) -> Iterator[str]:
    return (name for name in sealed_files(here.files) if (here.files / name).exists())


def _about(line: Line, name: str) -> str:
    return f"base|{line.folder.name}|{name}"


@contextmanager
def _alone(line: Line) -> Iterator[None]:
    with (line.folder / "base.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Trouble(
                t("另一份备份正在做。", "Another base copy is being made just now."), code=3
            ) from None
        yield


def _state(here: Home) -> dict[str, Any]:
    with psycopg.connect(here.backup_url()) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, system_identifier::text, timeline_id,"
            " (SELECT sum(pg_database_size(oid)) FROM pg_database)::bigint,"
            " pg_size_bytes(current_setting('wal_segment_size'))"
            " FROM pg_control_system(), pg_control_checkpoint()"
        ).fetchone()
    assert row is not None
    with psycopg.connect(here.owner_url()) as connection:
        there = connection.execute("SELECT to_regclass('django_migrations') IS NOT NULL").fetchone()
        steps = (
            connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id").fetchall()
            if there and there[0]
            else []
        )
    names = ("postgresql", "system", "timeline", "size", "segment_size")
    return dict(zip(names, row, strict=True)) | {"migrations": [one[0] for one in steps]}


def _copy(here: Home, target: Path, key: bytes, state: dict[str, Any], progress: Progress) -> None:
    url = here.backup_url()
    password = urlsplit(url).password or ""
    bare = url.replace(f":{password}@", "@", 1) if password else url
    env = {**os.environ, "PGPASSWORD": unquote(password)} if password else dict(os.environ)
    program = tool("pg_basebackup", state["postgresql"], system_first=here.external)
    words = ["--pgdata=-", "--format=tar", "--wal-method=none", "--checkpoint=fast", "--no-password"]
    command = [program, f"--dbname={bare}", *words, "--manifest-checksums=SHA256", "--label=minqing"]
    line = Line(target.parent.parent)
    writer = Writer(target, key, _about(line, BASE))
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            while piece := process.stdout.read(CHUNK):
                writer.write(piece)
                progress(
                    min(writer.octets, state["size"]), state["size"], t("复制数据库", "copying the database")
                )
        except BaseException:
            process.kill()
            writer.leave()
            raise
        said = process.stderr.read().decode("utf-8", "replace")
    if process.returncode != 0:
        writer.leave()
        raise Trouble(f"pg_basebackup: {said.strip()}")
    writer.close()


def _wait_for_wal(line: Line, told: dict[str, Any], size: int) -> None:
    """The end of the copy has closed its segment; it comes as soon as it is written."""
    wanted = set(range(told["start"] // size, (told["stop"] - 1) // size + 1))
    until = time.monotonic() + WAL_WITHIN
    while True:
        missing = wanted - {n for n, path in line.segments(size).items() if path.suffix != PART}
        if not missing:
            return
        if time.monotonic() > until:
            raise Trouble(
                t(
                    f"备份所需的日志没有到齐（缺 {len(missing)} 段）：后台的 backup --follow 在运行吗？",
                    f"The WAL this copy needs has not come ({len(missing)} segments): does `backup --follow` run?",
                )
            )
        time.sleep(0.1)


class Chunks(io.RawIOBase):
    """An iterator of octets as a file that is read once."""

    def __init__(self, chunks: Iterator[bytes], seen: Callable[[int], None]) -> None:
        self.chunks, self.seen, self.rest, self.done = chunks, seen, memoryview(b""), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if not self.rest:
            self.rest = memoryview(next(self.chunks, b""))
        piece = bytes(self.rest[:size]) if size >= 0 else bytes(self.rest)
        self.rest = self.rest[len(piece) :]
        self.done += len(piece)
        self.seen(self.done)
        return piece

    def drain(self) -> None:
        """To the end, so that a cut one is noticed."""
        while self.read(CHUNK):
            pass


class Hashing:
    """A file that is summed up as it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.digest, self.size = file, hashlib.sha256(), 0

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        self.size += len(piece)
        return piece
