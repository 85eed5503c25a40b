"""Start, stop and look at the PostgreSQL server of one home."""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import psycopg

from minqing.wiring.home import (
    POINTER,
    PORT,
    SUPER,
    Home,
    belongs_to_another,
    holder,
    replace,
)
from minqing.wiring.postgres.account import Account, account, usable
from minqing.wiring.postgres.binaries import Binaries, choose
from minqing.wiring.postgres.configuring import write_settings, write_waiting
from minqing.wiring.postgres.roles import ensure_roles
from minqing.wiring.saying import Trouble, say, t

PATIENCE = 600  # seconds a recovery after a crash may take
TRIES = 8
LOCALES = ("C.UTF-8", "en_US.UTF-8", "C")
LARGEST_LOG = 20 * 1024 * 1024


@dataclass(frozen=True)
class Status:
    running: bool
    external: bool = False
    version: str = ""
    data: str = ""
    socket: str = ""
    source: str = ""
    account: str = ""
    started: bool = False  # True when this very call started it

    def as_dict(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class Server:
    home: Home
    who: Account
    found: Binaries

    @property
    def cluster(self) -> Path:
        return self.home.data / f"pg{self.found.major}"

    @property
    def log(self) -> Path:
        return self.home.data / "postgres.log"

    @property
    def socket(self) -> Path:
        return Path(self.home.server()["socket"])

    def run(self, program: str, *args: str) -> subprocess.CompletedProcess[str]:
        # Output goes to a file: the server inherits it, and a pipe would never end.
        options = self.who.popen() | {"cwd": self.home.data}
        with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
            done = subprocess.run(
                [self.found.program(program), *args], stdout=said, stderr=said, check=False, **options
            )
            said.seek(0)
            return subprocess.CompletedProcess(done.args, done.returncode, said.read(), "")

    def write(self, path: Path, text: str) -> None:
        replace(path, text.encode())
        if self.who.switch:
            os.chown(path, self.who.uid, self.who.gid)

    def runs(self) -> bool:
        return self.cluster.exists() and self.run("pg_ctl", "-D", str(self.cluster), "status").returncode == 0

    def status(self, *, started: bool = False) -> Status:
        version = (self.cluster / "PG_VERSION").read_text().strip() if self.cluster.exists() else ""
        return Status(
            running=self.runs(),
            version=version,
            data=str(self.cluster),
            socket=str(self.socket),
            source=self.found.source,
            account=self.who.name,
            started=started,
        )


def up(home: Home, *, settings: dict[str, str] | None = None, waits_for: str | None = None) -> Status:
    """Start the server of `home`, making it on first use; one that runs is left as it is. May be called twice at once.

    `waits_for` names who must have kept a commit before it is acknowledged (`wiring/backups`); None leaves that as it is.
    """
    if home.external:
        return Status(running=reachable(home.app_url()), external=True)
    home.prepare()
    if home.server_file.stat().st_uid != os.geteuid():
        raise belongs_to_another(home)
    with alone(home):
        server = _server(home)
        if server.runs() and _answers(server):
            if waits_for is not None:
                wait_for(server, waits_for)
            ensure_roles(server.home)
            return server.status()
        make_socket_folder(server)
        if not server.cluster.exists():
            _make_cluster(server)
        write_settings(server.cluster, server.socket, PORT, settings or {}, server.write)
        if waits_for is not None or holder(home) is None:
            write_waiting(server.cluster, waits_for or "", server.write)
        start(server)
        ensure_roles(server.home)
        return server.status(started=True)


def down(home: Home, *, mode: str = "fast") -> bool:
    """Stop the server; True when one ran. Waits for the shutdown checkpoint."""
    if home.external or not home.data.exists():
        return False
    with alone(home):
        server = _server(home)
        if not server.runs():
            return False
        done = server.run("pg_ctl", "-D", str(server.cluster), "-m", mode, "-w", "-t", str(PATIENCE), "stop")
        if done.returncode != 0:
            raise Trouble(t(f"PostgreSQL 没能停下：{done.stdout}", f"PostgreSQL did not stop: {done.stdout}"))
        return True


@contextlib.contextmanager
def running(home: Home) -> Iterator[None]:
    """For the length of one command; a server that ran before, or that a `minqing run` uses by now, goes on after."""
    ours = up(home)
    if not ours.running:
        raise Trouble(
            t("数据库连不上，请检查 DATABASE_URL。", "The database does not answer: check DATABASE_URL.")
        )
    try:
        yield
    finally:
        if ours.started and holder(home) is None and not (home.run / "keep").exists():
            down(home)


def status(home: Home) -> Status:
    if home.external:
        return Status(running=reachable(home.app_url()), external=True)
    if not home.server_file.exists() or _major_of_data(home) is None:
        return Status(running=False, socket=home.server()["socket"])
    return _server(home).status()


def fallen(data: str) -> bool:
    """Is the process of the cluster in `data` gone? Starts no program, so it may be asked twice a second."""
    try:
        os.kill(int((Path(data) / "postmaster.pid").read_text().split()[0]), 0)
    except (OSError, ValueError, IndexError):
        return True
    return False


def reachable(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True


def _server(home: Home) -> Server:
    who = account()
    major = _major_of_data(home)
    make_data_folder(home, who)
    return Server(home, who, usable(choose(major), who))


def _major_of_data(home: Home) -> int | None:
    made = [
        int(path.parent.name[2:])
        for path in home.data.glob("pg[0-9]*/PG_VERSION")
        if path.parent.name[2:].isdigit()
    ]
    return max(made, default=None)


@contextlib.contextmanager
def alone(home: Home) -> Iterator[None]:
    """Two starts of one home wait for each other."""
    with (home.run / "postgres.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_data_folder(home: Home, who: Account) -> None:
    pointer = home.path / POINTER
    if who.switch and not pointer.exists():
        if home.data.exists():  # of a home that was removed: keep it, never open it with new keys
            aside = home.data.with_name(f"{home.data.name}.{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")
            home.data.rename(aside)
            say(f"旧数据移到 {aside}。", f"Older data moved to {aside}.")
        home.data.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        who.own(home.data)
        replace(pointer, f"{home.data}\n".encode(), mode=0o644)
    home.data.parent.mkdir(parents=True, exist_ok=True)
    who.own(home.data)


def make_socket_folder(server: Server) -> None:
    """Private, ours and able to hold a socket; if the usual place is not, another one is chosen and written down."""
    folder = server.socket
    server.who.own(folder)
    found = folder.lstat()
    private = found.st_uid == server.who.uid and not found.st_mode & 0o077 and not folder.is_symlink()
    if private and _holds_sockets(folder):
        return
    other = Path(tempfile.mkdtemp(prefix="minqing-"))
    if server.who.switch:
        os.chown(other, server.who.uid, server.who.gid)
    known = server.home.server() | {"socket": str(other)}
    replace(server.home.server_file, json.dumps(known, indent=1).encode())


def _holds_sockets(folder: Path) -> bool:
    probe = folder / f".probe{os.getpid()}"
    try:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.bind(str(probe))
    except OSError:
        return False
    finally:
        probe.unlink(missing_ok=True)
    return True


def _make_cluster(server: Server) -> None:
    """initdb beside its final place and rename: an interrupted one leaves nothing that looks finished."""
    half = server.cluster.with_name("making")
    password = server.home.data / "making.password"
    said = ""
    for locale in LOCALES:
        shutil.rmtree(half, ignore_errors=True)
        password.unlink(missing_ok=True)
        with os.fdopen(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(server.home.server()["passwords"][SUPER])
        if server.who.switch:
            os.chown(password, server.who.uid, server.who.gid)
        options = ["-D", str(half), "-E", "UTF8", "-U", SUPER, "-A", "scram-sha-256", f"--pwfile={password}"]
        options += [f"--locale={locale}", "--data-checksums"]
        if server.found.major >= 17:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            done = server.run("initdb", *options)
        finally:
            password.unlink()
        if done.returncode == 0:
            half.rename(server.cluster)
            return
        said = done.stdout
        if "locale" not in said:
            break
    shutil.rmtree(half, ignore_errors=True)
    raise Trouble(t(f"建立数据库失败：\n{said}", f"initdb failed:\n{said}"))


def wait_for(server: Server, standby: str) -> None:
    """From now on commits wait for `standby` (empty: for nobody)."""
    if write_waiting(server.cluster, standby, server.write):
        with psycopg.connect(server.home.url(SUPER, "postgres"), autocommit=True) as root:
            root.execute("SELECT pg_reload_conf()")


def commits_wait_for(home: Home, standby: str) -> None:
    """The same for the server of a home, if it runs."""
    if not home.external and status(home).running:
        wait_for(_server(home), standby)


def start(server: Server) -> None:
    """pg_ctl start; the first one after a crash may meet the dead server's lock or memory: wait, try again."""
    if server.log.exists() and server.log.stat().st_size > LARGEST_LOG:
        server.log.replace(server.log.with_suffix(".log.1"))
    said = ""
    for attempt in range(TRIES):
        done = server.run(
            "pg_ctl", "-D", str(server.cluster), "-w", "-t", str(PATIENCE), "-l", str(server.log), "start"
        )
        if done.returncode == 0 or server.runs():
            return
        said = done.stdout
        if attempt == 0:
            say("PostgreSQL 第一次没能启动，正在重试……", "PostgreSQL did not start at once, trying again …")
        time.sleep(0.25 * 2**attempt if attempt < 4 else 4)
    tail = server.log.read_text("utf-8", "replace")[-1500:] if server.log.exists() else ""
    raise Trouble(
        t(
            f"PostgreSQL 没能启动。\n{said}\n日志 {server.log} 的结尾：\n{tail}",
            f"PostgreSQL did not start.\n{said}\nThe end of {server.log}:\n{tail}",
        )
    )


def _answers(server: Server) -> bool:
    """Wait for a server that is coming up or recovering; False once it turns out to be dying or dead."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            psycopg.connect(server.home.url(SUPER, "postgres"), connect_timeout=30).close()
            return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise Trouble(
                    t(
                        f"本目录的密码文件 {server.home.server_file} 与数据库不符。请从备份恢复（minqing restore）。",
                        f"{server.home.server_file} does not fit the database of this home. "
                        "Restore from a backup (minqing restore).",
                    )
                ) from error
        time.sleep(0.2)
        if not server.runs():
            return False
    return False
