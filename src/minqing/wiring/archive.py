"""One file that holds a county, to move it: database, files and keys; and the way back. (`backups` is what loses nothing.)

A tar: database.dump (pg_dump custom format) · files/… · keys/… · demo.json · manifest.json, last, with the SHA-256
of each. The dump is taken first: what a row names was written before the row, so its file is there too. Whoever
holds the archive holds the keys: it is 0600 and belongs under lock. Needs no Django.
"""

import contextlib
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

import psycopg

from minqing.wiring import postgres
from minqing.wiring.home import Home, replace, sync_folder
from minqing.wiring.postgres.binaries import tool
from minqing.wiring.saying import Trouble, t

Progress = Callable[[int, int, str], None]
FORMAT = 1
DUMP, MANIFEST = "database.dump", "manifest.json"
LOOSE = ("demo.json",)
CHUNK = 1 << 20


def silent(done: int, total: int, what: str) -> None:
    """No progress."""


def backup(here: Home, target: Path, progress: Progress = silent) -> dict[str, Any]:
    """Write the archive beside its place and move it there whole. The product may go on working meanwhile."""
    here.prepare()
    half = target.with_name(f".{target.name}.part")
    dump = target.with_name(f".{target.name}.dump")
    try:
        with postgres.running(here):
            state = _state(here.owner_url())
            _dump(here, dump, state["bytes"], state["major"], progress)
        members = [(DUMP, dump), *_members(here)]
        total, done = sum(path.stat().st_size for _, path in members), 0
        manifest: dict[str, Any] = {
            "format": FORMAT,
            "minqing": metadata.version("minqing"),
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "postgresql": state["major"],
            "migrations": state["migrations"],
            "members": {},
        }
        with os.fdopen(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            whole = _Hashing(file)
            with tarfile.open(fileobj=cast(IO[bytes], whole), mode="w|") as tar:
                for name, path in members:
                    with contextlib.suppress(FileNotFoundError):  # a file erased since the list was made
                        manifest["members"][name] = _add(tar, name, path)
                    done += path.stat().st_size if path.exists() else 0
                    progress(done, total, t("打包", "packing"))
                content = json.dumps(manifest, indent=1).encode()
                entry = tarfile.TarInfo(MANIFEST)
                entry.size, entry.mode, entry.mtime = len(content), 0o600, int(time.time())
                tar.addfile(entry, io.BytesIO(content))
            file.flush()
            os.fsync(file.fileno())
        half.replace(target)
        sync_folder(target.parent)
    finally:
        dump.unlink(missing_ok=True)
        half.unlink(missing_ok=True)
    report = {
        "file": str(target),
        "bytes": target.stat().st_size,
        "sha256": whole.hexdigest(),
        "members": len(members),
    }
    replace(here.run / "last-backup.json", json.dumps({"at": manifest["made_at"], **report}).encode())
    return report


def verify(source: Path, progress: Progress = silent) -> dict[str, Any]:
    """Read the whole archive and compare every sum; returns the manifest."""
    sums: dict[str, dict[str, Any]] = {}
    manifest: dict[str, Any] = {}
    try:
        for name, file in _walk(source, progress, t("核对", "checking")):
            if name == MANIFEST:
                manifest = json.loads(file.read())
            else:
                sums[name] = _sum(file)
    except (tarfile.TarError, EOFError) as error:
        raise Trouble(
            t(f"{source} 读不完整：{error}", f"{source} cannot be read to its end: {error}")
        ) from error
    if not manifest or manifest.get("format") != FORMAT:
        raise Trouble(t(f"{source} 不是完整的民情备份。", f"{source} is not a whole backup of Minqing."))
    wrong = sorted(
        name
        for name in sums.keys() | manifest["members"].keys()
        if sums.get(name) != manifest["members"].get(name)
    )
    if wrong:
        raise Trouble(
            t(f"备份已损坏：{'、'.join(wrong[:5])}", f"The backup is damaged: {', '.join(wrong[:5])}")
        )
    return manifest


def restore(here: Home, source: Path, progress: Progress = silent) -> dict[str, Any]:
    """Bring a county back into an empty home. Cut off half-way, it begins anew when run again."""
    manifest = verify(source, progress)
    not_newer(manifest)
    mark = here.path / "restoring"
    if not mark.exists() and not here.is_empty():
        raise Trouble(
            t(
                f"{here.path} 里已经有东西。恢复只进空目录：请另设 MINQING_HOME。",
                f"{here.path} is not empty. A backup goes into an empty home only: set another MINQING_HOME.",
            ),
            code=4,
        )
    here.path.mkdir(mode=0o700, parents=True, exist_ok=True)
    mark.touch()
    shutil.rmtree(here.keys, ignore_errors=True)
    shutil.rmtree(here.files, ignore_errors=True)
    dump = here.path / ".restoring.dump"
    try:
        for name, file in _walk(source, progress, t("解包", "unpacking")):
            if name != MANIFEST:
                _put(file, dump if name == DUMP else here.path / name)
        here.prepare()
        with postgres.running(here):
            _load(here, dump, manifest, progress)
            migrate()
    finally:
        dump.unlink(missing_ok=True)
    mark.unlink()
    return {"home": str(here.path), "made_at": manifest["made_at"], "members": len(manifest["members"])}


def not_newer(manifest: dict[str, Any]) -> None:
    """A backup of a newer version holds steps that this one has never heard of."""
    packages = Path(__file__).resolve().parents[1]
    known = {path.stem for path in packages.rglob("migrations/0*.py")}
    ours = {path.parents[1].name for path in packages.rglob("migrations/0*.py")}
    steps = [step.partition(".") for step in manifest["migrations"]]
    newer = [f"{app}.{name}" for app, _, name in steps if app in ours and name not in known]
    if newer:
        raise Trouble(
            t(
                f"这份备份来自更新的版本（{manifest['minqing']}），请先升级民情。不认识的步骤：{newer[0]}",
                f"This backup is of a newer version ({manifest['minqing']}): upgrade Minqing first. Unknown step: {newer[0]}",
            )
        )


def _members(here: Home) -> Iterator[tuple[str, Path]]:
    for folder in (here.keys, here.files):
        for path in sorted(folder.rglob("*")):
            hidden = any(part.startswith(".") for part in path.relative_to(folder).parts)
            if path.is_file() and not path.is_symlink() and not hidden:
                yield f"{folder.name}/{path.relative_to(folder).as_posix()}", path
    for name in LOOSE:
        if (here.path / name).exists():
            yield name, here.path / name


def _add(tar: tarfile.TarFile, name: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        entry = tarfile.TarInfo(name)
        entry.size, entry.mode, entry.mtime = (
            os.fstat(file.fileno()).st_size,
            0o600,
            int(path.stat().st_mtime),
        )
        reading = _Hashing(file)
        tar.addfile(entry, cast(IO[bytes], reading))
    return {"bytes": entry.size, "sha256": reading.hexdigest()}


def _walk(source: Path, progress: Progress, what: str) -> Iterator[tuple[str, IO[bytes]]]:
    """The regular files of the archive under safe names, in order."""
    total = source.stat().st_size
    with source.open("rb") as raw, tarfile.open(fileobj=raw, mode="r|") as tar:
        for entry in tar:
            name = PurePosixPath(entry.name)
            first = name.parts[0] if name.parts else ""
            safe = entry.isreg() and not name.is_absolute() and ".." not in name.parts
            if not safe or first not in {"keys", "files", DUMP, MANIFEST, *LOOSE}:
                raise Trouble(
                    t(f"备份里有不该有的东西：{entry.name}", f"Unexpected in the backup: {entry.name}")
                )
            file = tar.extractfile(entry)
            assert file is not None
            yield entry.name, file
            progress(raw.tell(), total, what)


def _sum(file: IO[bytes]) -> dict[str, Any]:
    digest, size = hashlib.sha256(), 0
    while piece := file.read(CHUNK):
        digest.update(piece)
        size += len(piece)
    return {"bytes": size, "sha256": digest.hexdigest()}


def _put(file: IO[bytes], path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        shutil.copyfileobj(file, out, CHUNK)
        out.flush()
        os.fsync(out.fileno())


def _state(url: str) -> dict[str, Any]:
    with psycopg.connect(url) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int / 10000, pg_database_size(current_database()),"
            " to_regclass('django_migrations') IS NOT NULL"
        ).fetchone()
        assert row is not None
        known = (
            connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY id")
            if row[2]
            else ()
        )
        return {"major": row[0], "bytes": row[1], "migrations": [one[0] for one in known]}


def _dump(here: Home, target: Path, size: int, major: int, progress: Progress) -> None:
    target.unlink(missing_ok=True)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    words = ["--format=custom", "--no-owner", "--no-privileges", f"--file={target}"]
    _client(
        "pg_dump",
        here,
        major,
        words,
        lambda: progress(min(target.stat().st_size, size), size, t("导出数据库", "dumping")),
    )


def _load(here: Home, dump: Path, manifest: dict[str, Any], progress: Progress) -> None:
    with psycopg.connect(here.owner_url(), autocommit=True) as connection:
        if (here.path / "restoring").stat().st_size:  # an earlier try got as far as this
            connection.execute("DROP SCHEMA public CASCADE")
            connection.execute("CREATE SCHEMA public")
        row = connection.execute(
            "SELECT count(*) FROM pg_class WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r','p')"
        ).fetchone()
        if row and row[0]:
            raise Trouble(
                t("数据库里已有表，不能恢复到这里。", "The database already has tables; nothing restored."),
                code=4,
            )
    (here.path / "restoring").write_text("loading")
    state = _state(here.owner_url())
    words = ["--no-owner", "--no-privileges", "--exit-on-error", "--jobs=2", str(dump)]
    begun = time.monotonic()
    major = max(manifest["postgresql"], state["major"])
    _client(
        "pg_restore",
        here,
        major,
        words,
        lambda: progress(int(time.monotonic() - begun), 0, t("载入数据库（秒）", "loading (s)")),
    )


def _client(program: str, here: Home, major: int, words: list[str], tick: Callable[[], None]) -> None:
    """Run pg_dump or pg_restore on the owner's address, the password kept off the command line."""
    url = here.owner_url()
    password = urlsplit(url).password or ""
    bare = url.replace(f":{password}@", "@", 1) if password else url
    env = {**os.environ, "PGPASSWORD": unquote(password)} if password else dict(os.environ)
    command = [tool(program, major, system_first=here.external), f"--dbname={bare}", *words]
    with subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) as process:
        while True:
            try:
                _, said = process.communicate(timeout=0.5)
                break
            except subprocess.TimeoutExpired:
                tick()
    if process.returncode != 0:
        raise Trouble(f"{program}: {said.strip()}")


def migrate() -> None:
    done = subprocess.run([sys.executable, "-m", "minqing.wiring.cli", "migrate"], check=False)
    if done.returncode != 0:
        raise Trouble(
            t(
                "数据已恢复，但升级数据库结构没有成功，原因见上。",
                "Restored, but migrating failed; the reason stands above.",
            )
        )


class _Hashing:
    """Hashes what passes through a file, read or written."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        piece = self.file.read(size)
        self.digest.update(piece)
        return piece

    def write(self, piece: bytes) -> int:
        self.digest.update(piece)
        return self.file.write(piece)

    def hexdigest(self) -> str:
        return self.digest.hexdigest()
