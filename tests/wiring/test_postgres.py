"""Promises of the embedded PostgreSQL: it starts anywhere, loses nothing, and opens nobody's folders."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from minqing.wiring import home, postgres
from minqing.wiring.postgres import binaries
from minqing.wiring.saying import Trouble
from throwaway import a_home

pytestmark = pytest.mark.database
ROOM = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def running() -> Iterator[home.Home]:
    """One started server for the tests that only look."""
    with pytest.MonkeyPatch.context() as patch, a_home() as here:
        patch.delenv("DATABASE_URL", raising=False)
        postgres.up(here)
        yield here


def postmaster(here: home.Home, status: postgres.Status) -> int:
    return int((Path(status.data) / "postmaster.pid").read_text().split()[0])


def write(here: home.Home, text: str) -> None:
    with psycopg.connect(here.owner_url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS word (text text)")
        connection.execute("INSERT INTO word VALUES (%s)", [text])


def words(here: home.Home) -> list[str]:
    with psycopg.connect(here.owner_url()) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM word ORDER BY text")]


def test_it_keeps_its_data_over_a_stop(empty_home: home.Home) -> None:
    assert postgres.up(empty_home).started
    write(empty_home, "一")
    assert postgres.down(empty_home)
    assert not postgres.status(empty_home).running
    assert postgres.up(empty_home).started
    assert words(empty_home) == ["一"]


def test_it_loses_nothing_when_killed(empty_home: home.Home) -> None:
    for text in ("一", "二", "三"):
        found = postgres.up(empty_home)
        write(empty_home, text)
        os.kill(postmaster(empty_home, found), signal.SIGKILL)
    postgres.up(empty_home)
    assert words(empty_home) == ["一", "三", "二"]


def test_a_second_start_leaves_the_running_one_alone(empty_home: home.Home) -> None:
    first = postgres.up(empty_home)
    pid = postmaster(empty_home, first)
    second = postgres.up(empty_home)
    assert second.running
    assert not second.started
    assert postmaster(empty_home, second) == pid


def test_an_interrupted_initdb_is_begun_again(empty_home: home.Home) -> None:
    postgres.up(empty_home)
    postgres.down(empty_home)
    cluster = Path(postgres.status(empty_home).data)
    shutil.move(cluster, cluster.with_name("making"))
    (cluster.with_name("making") / "PG_VERSION").unlink()
    assert postgres.up(empty_home).started
    write(empty_home, "一")


def test_it_asks_for_a_password_and_listens_to_nobody_outside(running: home.Home) -> None:
    url = running.url(home.SUPER, "postgres")
    with psycopg.connect(url) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
    assert rules == [("scram-sha-256",)]
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(url, password="wrong")
    socket = Path(running.server()["socket"])
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700
    assert stat.S_IMODE((running.server_file).stat().st_mode) == 0o600


def test_the_app_role_owns_nothing(running: home.Home) -> None:
    write(running, "一")
    with psycopg.connect(running.app_url()) as connection:
        assert connection.execute("SELECT current_user").fetchone() == (home.APP,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM word")
        connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("CREATE TABLE mine (a int)")


def test_chinese_is_understood_as_letters(running: home.Home) -> None:
    with psycopg.connect(running.owner_url()) as connection:
        assert connection.execute("SELECT '棠川' ~ '^[[:alpha:]]+$', length('棠川')").fetchone() == (True, 2)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)


@pytest.mark.parametrize("name", ["有 空格 的目录", "it's", "x" * 120])
def test_it_runs_where_paths_are_long_or_odd(empty_home: home.Home, name: str) -> None:
    base = empty_home.path.parent / name
    base.mkdir(mode=0o755)
    odd = base / "home"
    odd.mkdir(mode=0o700)
    if os.geteuid() == 0:
        (odd / home.POINTER).write_text(str(base / "data"))
    here = home.at(odd)
    try:
        postgres.up(here)
        write(here, "一")
        assert words(here) == ["一"]
    finally:
        postgres.down(here, mode="immediate")


def test_data_of_another_version_are_named_not_opened(empty_home: home.Home) -> None:
    empty_home.prepare()
    empty_home.data.mkdir(exist_ok=True)
    (empty_home.data / "pg14").mkdir()
    (empty_home.data / "pg14" / "PG_VERSION").write_text("14\n")
    with pytest.raises(Trouble, match="postgresql-14"):
        postgres.up(empty_home)


def test_no_programs_gives_one_clear_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINQING_PG", "/nowhere/bin")
    with pytest.raises(Trouble, match="DATABASE_URL"):
        binaries.choose()


@pytest.mark.root
def test_as_root_it_opens_no_folder_of_others(empty_home: home.Home) -> None:
    closed = empty_home.path.parent / "closed"
    closed.mkdir(mode=0o700)
    before = {
        path: path.stat().st_mode for path in (closed, closed.parent, ROOM, Path("/root"), empty_home.path)
    }
    found = postgres.up(empty_home)
    assert found.account != "root"
    assert Path(found.data).stat().st_uid == pwd.getpwnam(found.account).pw_uid
    assert {path: path.stat().st_mode for path in before} == before


@pytest.fixture
def ordinary_user() -> Iterator[str]:
    name = "minqingtest"
    subprocess.run(["useradd", "--create-home", name], check=True, capture_output=True)
    yield name
    subprocess.run(["userdel", "--remove", name], check=False, capture_output=True)


def open_to_all(path: Path) -> bool:
    return all(part.stat().st_mode & 0o005 == 0o005 for part in (path, *path.parents))


@pytest.mark.root
def test_an_ordinary_user_needs_no_root(ordinary_user: str) -> None:
    """With the system's python, in a folder of the user's own: nothing of root's is touched."""
    entry = pwd.getpwnam(ordinary_user)
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    packages = Path(psycopg.__file__).parents[1]
    if not Path(python).exists() or not open_to_all(packages):
        pytest.skip(f"needs {python} and packages that other users may read")
    with tempfile.TemporaryDirectory(dir=entry.pw_dir) as folder:
        source = Path(folder) / "src"
        shutil.copytree(ROOM / "src", source, ignore=shutil.ignore_patterns("__pycache__", "*.egg-info"))
        for path in [Path(folder), *Path(folder).rglob("*")]:
            os.chown(path, entry.pw_uid, entry.pw_gid, follow_symlinks=False)
        program = (
            "import psycopg\n"
            "from minqing.wiring import home, postgres\n"
            "here = home.current(); postgres.up(here)\n"
            "print(psycopg.connect(here.app_url()).execute('select current_user').fetchone()[0])\n"
            "print(postgres.status(here).account, postgres.down(here), here.data.parent == here.path)\n"
        )
        done = subprocess.run(
            [python, "-c", program],
            env={
                "PATH": "/usr/bin:/bin",
                "PYTHONPATH": f"{source}:{packages}",
                "MINQING_HOME": f"{folder}/home",
            },
            user=entry.pw_uid,
            group=entry.pw_gid,
            extra_groups=[],
            cwd=folder,
            capture_output=True,
            text=True,
        )
    assert done.stdout.split() == [home.APP, str(entry.pw_uid), "True", "True"], done.stderr
