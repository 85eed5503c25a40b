"""MINQING_HOME: the one folder of a county on this machine, its keys, files and database addresses.

    path/          0700   (default: var/ in the checkout)
      keys/        0700   pepper  county.key  django.secret  log.key  backup.key   32 random bytes each, made once
      signer/      0700   what was signed last; no backup may bring an older one back
      files/       0700   sealed blobs
      run/         0700   locks, pids
      server.json  0600   how to reach the embedded PostgreSQL
      data-is-at          only when run by root: where the account of PostgreSQL keeps its data

Reading (`current`) changes nothing; `prepare` makes what is missing. Needs no Django.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from minqing.methods.seal import new_pair, public_of
from minqing.wiring.saying import Trouble, t

CHECKOUT = Path(__file__).resolve().parents[3]
ROOT_DATA = Path("/var/lib/minqing")
KEYS = ("pepper", "county.key", "django.secret", "log.key", "backup.key")
SEALED_TO = "discipline.pub"
SEALED_OPENED_BY = (
    "discipline.key"  # a real county takes this file away to the discipline office's own machine
)
POINTER = "data-is-at"
DATABASE = "minqing"
OWNER, APP, SEALED, SUPER = "minqing_owner", "minqing_app", "minqing_sealed", "minqing_super"
CLUES_DATABASE = "minqing_clues"
CLUES_OWNER, CLUES, CLUES_WORKER = "minqing_clues_owner", "minqing_clues", "minqing_clues_worker"
DROP, COURIER = "minqing_drop", "minqing_courier"
"""The county drops into the clues' database by functions alone; the clues' side reads offices here, and hands in leaves."""
ROLES = (OWNER, APP, SEALED, SUPER, CLUES_OWNER, CLUES, CLUES_WORKER, DROP, COURIER)
PORT = 5432  # of a socket in a private folder: it meets no other server
LONGEST_SOCKET = 100  # the kernel's limit is 107 bytes (103 on macOS), file name included


@dataclass(frozen=True)
class Home:
    path: Path
    data: Path

    @property
    def keys(self) -> Path:
        return self.path / "keys"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def run(self) -> Path:
        return self.path / "run"

    @property
    def static(self) -> Path:
        return self.path / "static"

    @property
    def server_file(self) -> Path:
        return self.path / "server.json"

    @property
    def external(self) -> bool:
        """True when the county brings its own PostgreSQL: we then start and stop none."""
        return bool(os.environ.get("DATABASE_URL"))

    def server(self) -> dict[str, Any]:
        try:
            return dict(json.loads(self.server_file.read_text("utf-8")))
        except FileNotFoundError:
            return {"passwords": {}, "socket": str(_socket_dir(self))}
        except PermissionError:
            raise belongs_to_another(self) from None

    def url(self, role: str, database: str = DATABASE) -> str:
        """The address of the embedded server; well-formed even before it was ever started."""
        server = self.server()
        password = server["passwords"].get(role, "")
        login = f"{role}:{quote(password, safe='')}" if password else role
        return f"postgresql://{login}@/{database}?host={quote(server['socket'], safe='')}&port={PORT}"

    def app_url(self) -> str:
        return os.environ.get("DATABASE_URL") or self.url(APP)

    def owner_url(self) -> str:
        return os.environ.get("MINQING_OWNER_URL") or os.environ.get("DATABASE_URL") or self.url(OWNER)

    def sealed_url(self) -> str:
        return os.environ.get("MINQING_SEALED_URL") or os.environ.get("DATABASE_URL") or self.url(SEALED)

    def log_origin(self) -> str:
        """The name under which the log was opened anew after a restore (`minqing log settle --anew`); else empty."""
        try:
            return (self.path / "log.origin").read_text("utf-8").strip()
        except OSError:
            return ""

    def backup_url(self) -> str:
        """The role that may copy the whole server: base copies and WAL."""
        named = os.environ.get("MINQING_BACKUP_URL", "")
        if self.external and not named:
            raise Trouble(
                t(
                    "数据库是自己管理的：请设 MINQING_BACKUP_URL（有 REPLICATION 权限的角色，见 docs/how-to/backup.md）。",
                    "The database is yours: set MINQING_BACKUP_URL, a role with REPLICATION (docs/how-to/backup.md).",
                ),
                code=2,
            )
        return named or self.url(SUPER, "postgres")

    def side_url(self, role: str) -> str:
        """How a role reaches the clues' database (the courier: the county's); "" when a real county names none."""
        named = os.environ.get(f"MINQING_{role.removeprefix('minqing_').upper()}_URL", "")
        if named or self.external:
            return named
        return self.url(role, DATABASE if role == COURIER else CLUES_DATABASE)

    def secret(self, name: str) -> bytes:
        """The bytes of a key: of systemd's credential, else of its file; the whole set is made when the home has none yet."""
        handed = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / name
        if handed.is_file():
            return handed.read_bytes()
        try:
            return (self.keys / name).read_bytes()
        except FileNotFoundError:
            self.prepare()
            return (self.keys / name).read_bytes()
        except PermissionError:
            raise belongs_to_another(self) from None

    def prepare(self) -> "Home":
        """Make folders, keys and passwords that are missing. Safe to repeat, to race and to interrupt."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            for folder in (self.keys, self.files, self.run):
                folder.mkdir(mode=0o700, exist_ok=True)
            for name in KEYS:
                create_once(self.keys / name, secrets.token_bytes(32))
            if not (self.keys / SEALED_TO).exists():
                private, _ = new_pair()
                create_once(self.keys / SEALED_OPENED_BY, private)
                create_once(self.keys / SEALED_TO, public_of((self.keys / SEALED_OPENED_BY).read_bytes()))
            if not self.external and not self.server_file.exists():
                passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
                server = {"passwords": passwords, "socket": str(_socket_dir(self))}
                create_once(self.server_file, json.dumps(server, indent=1).encode())
        except PermissionError:
            raise belongs_to_another(self) from None
        return self

    def is_empty(self) -> bool:
        """True for a home in which nothing of a county lies yet."""
        lies_here = any(self.keys.glob("*")) or any(self.files.glob("*"))
        if self.external:
            return not lies_here
        return not (lies_here or self.server_file.exists() or any(self.data.glob("pg[0-9]*")))


def current() -> Home:
    """The home that MINQING_HOME names, else var/ in the checkout (or the working folder). Changes nothing."""
    named = os.environ.get("MINQING_HOME")
    if named:
        path = Path(named).expanduser()
    elif (CHECKOUT / "pyproject.toml").is_file():
        path = CHECKOUT / "var"
    else:
        path = Path("var")
    return at(path)


def at(path: Path) -> Home:
    path = path.absolute()
    pointer = path / POINTER
    with contextlib.suppress(FileNotFoundError, PermissionError, NotADirectoryError):
        return Home(path, Path(pointer.read_text("utf-8").strip()))
    if os.geteuid() == 0:
        digest = hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:16]
        return Home(path, ROOT_DATA / digest)
    return Home(path, path / "data")


def secret_text(name: str) -> str:
    return current().secret(name).hex()


def create_once(path: Path, content: bytes) -> bool:
    """Write a 0600 file that appears whole or not at all; False when it stood there already."""
    if path.exists():
        return False
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(temporary, path)
        except FileExistsError:
            return False
    finally:
        os.unlink(temporary)
    sync_folder(path.parent)
    return True


def replace(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put a new content in the place of an old one, durably, with no moment of half a file."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.chmod(temporary, mode)
    os.replace(temporary, path)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    folder = os.open(path, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@contextlib.contextmanager
def only_one(home: Home, note: dict[str, Any]) -> Iterator[None]:
    """Hold the home for one `minqing run`; a second one is told who holds it and leaves with code 3."""
    home.prepare()
    path = home.run / "lock"
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            raise already_running(home, file.read()) from None
        file.truncate(0)
        file.write(json.dumps({"pid": os.getpid(), **note}))
        file.flush()
        yield
        file.truncate(0)


def holder(home: Home) -> dict[str, Any] | None:
    """What the running `minqing run` of this home wrote about itself, or None when none runs."""
    try:
        with (home.run / "lock").open("r", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except OSError:
                return dict(json.loads(file.read() or "{}"))
    except OSError:
        return None
    return None


def already_running(home: Home, note: str) -> Trouble:
    known: dict[str, Any] = {}
    with contextlib.suppress(ValueError):
        known = json.loads(note)
    address, pid = known.get("address", "?"), known.get("pid", "?")
    return Trouble(
        t(
            f"民情已在这个目录运行：{home.path}（进程 {pid}，{address}）。"
            "请直接打开该地址；要另开一个，请换一个 MINQING_HOME 和 PORT。",
            f"Minqing already runs on this home: {home.path} (process {pid}, {address}). "
            "Open that address; for a second one choose another MINQING_HOME and PORT.",
        ),
        code=3,
    )


def belongs_to_another(home: Home) -> Trouble:
    return Trouble(
        t(
            f"目录 {home.path} 属于另一个用户。请用当初的用户运行，或设置另一个 MINQING_HOME。",
            f"The home {home.path} belongs to another user. "
            "Run as the user who made it, or set another MINQING_HOME.",
        ),
        code=4,
    )


def _socket_dir(home: Home) -> Path:
    """A short private folder: in the data when the path allows it, else under the temporary folder."""
    inside = home.data / "socket"
    if len(os.fsencode(inside)) + len(f"/.s.PGSQL.{PORT}") <= LONGEST_SOCKET:
        return inside
    digest = hashlib.sha256(os.fsencode(home.data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"minqing-{os.geteuid()}-{digest}"


def in_demo() -> bool:
    """True unless switched off; behind HTTPS a county is real until it says otherwise."""
    real = os.environ.get("MINQING_HTTPS", "0").lower() in {"1", "true", "yes", "on"}
    return os.environ.get("MINQING_DEMO", "0" if real else "1").lower() not in {"0", "false", "no", "off"}
