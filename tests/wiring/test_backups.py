"""Nothing acknowledged is lost: what is written is sealed on the second disk, and comes back; what is signed is never unsaid."""

import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from minqing.wiring import cli, home, postgres
from minqing.wiring.backups import basing, keeping, restoring, sealed, store
from minqing.wiring.backups.filing import Files
from minqing.wiring.backups.following import STANDBY
from minqing.wiring.cli.run import alarm
from minqing.wiring.postgres.account import account, usable
from minqing.wiring.postgres.binaries import choose
from minqing.wiring.saying import Trouble
from throwaway import a_home

KEY = bytes(range(32))


def quiet(*_: object) -> None:
    """No progress."""


# How a file is sealed


def written(path: Path, *pieces: bytes, whole: bool = True) -> bytes:
    writer = sealed.Writer(path, KEY, "a")
    for piece in pieces:
        writer.write(piece)
        writer.sync()
    writer.close() if whole else writer.leave()
    return b"".join(pieces)


def test_what_is_sealed_is_read_again_and_says_nothing_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "file"
    plain = written(path, "上湾村停水".encode() * 1000, os.urandom(3 << 20), b"end")
    assert sealed.whole(path, KEY, "a") == plain
    assert "上湾村".encode() not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


def test_every_octet_that_is_changed_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "file"
    written(path, b"one", b"two")
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :])
        with pytest.raises(sealed.Damaged):
            sealed.whole(path, KEY, "a")


def test_a_cut_a_longer_and_a_foreign_file_do_not_open(tmp_path: Path) -> None:
    path = tmp_path / "file"
    written(path, b"one", b"two")
    good = path.read_bytes()
    for at in range(len(good)):
        path.write_bytes(good[:at])
        with pytest.raises(sealed.Damaged):
            sealed.whole(path, KEY, "a")
    path.write_bytes(good + b"x")
    with pytest.raises(sealed.Damaged):
        sealed.whole(path, KEY, "a")
    path.write_bytes(good)
    for key, about in ((KEY, "b"), (KEY[::-1], "a")):
        with pytest.raises(sealed.Damaged):
            sealed.whole(path, key, about)


def test_what_was_flushed_before_a_kill_is_read_and_written_on(tmp_path: Path) -> None:
    path = tmp_path / "file"
    written(path, b"one", b"two", whole=False)
    good = path.read_bytes()
    for torn in (b"", b"\0", b"\0\0\0\x20abc"):
        path.write_bytes(good + torn)
        assert b"".join(sealed.read(path, KEY, "a", going_on=True)) == b"onetwo"
    writer = sealed.Writer(path, KEY, "a", again=True)
    assert writer.octets == 6
    writer.write(b"three")
    writer.close()
    assert sealed.whole(path, KEY, "a") == b"onetwothree"


# A server and its second disk


@contextmanager
def followed(here: home.Home, place: store.Store) -> Iterator[keeping.Keeper]:
    """Commits wait for the second disk, as `minqing run` has it."""
    keeper = keeping.Keeper(here, place, bases=False)
    thread = threading.Thread(target=keeper.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while keeper.follower is None or not keeper.follower.position:
        assert time.monotonic() < until
        time.sleep(0.02)
    postgres.commits_wait_for(here, STANDBY)
    try:
        yield keeper
    finally:
        postgres.commits_wait_for(here, "")
        keeper.stop()
        thread.join(60)


def say(here: home.Home, *texts: str) -> None:
    with psycopg.connect(here.owner_url(), autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS word (n serial, text text)")
        for text in texts:
            connection.execute("INSERT INTO word (text) VALUES (%s)", [text])


def said(here: home.Home) -> list[str]:
    with psycopg.connect(here.owner_url()) as connection:
        return [row[0] for row in connection.execute("SELECT text FROM word ORDER BY n")]


def opened(here: home.Home, folder: Path) -> store.Store:
    here.prepare()
    return store.opened(here, folder)


def kill(here: home.Home) -> None:
    """The postmaster and everything of it, and its data."""
    pid = int((Path(postgres.status(here).data) / "postmaster.pid").read_text().split()[0])
    below = [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    for one in (pid, *below):
        os.kill(one, 9)
    shutil.rmtree(postgres.status(here).data)


@pytest.mark.database
def test_all_that_was_committed_comes_back_after_the_disk_is_gone(
    empty_home: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    with followed(empty_home, place):
        say(empty_home, "一", "二")
        keeping.back_up(empty_home, place, quiet, keep=2)
        blob = empty_home.files / "ab" / "cd" / "blob"
        blob.parent.mkdir(parents=True)
        blob.write_bytes(b"sealed")
        (empty_home.files / ".new" / "ab+cd+blob").touch()
        (empty_home.keys / "later.key").write_bytes(b"k" * 32)
        say(empty_home, *(f"第{n}句" for n in range(200)))
        kill(empty_home)
    assert not list(tmp_path.rglob("*.key")), "no key in the clear on the second disk"
    secret = "第199句".encode()
    assert not any(secret in path.read_bytes() for path in place.folder.rglob("*") if path.is_file())
    with a_home() as other:
        other.path.mkdir(exist_ok=True)
        monkeypatch.setenv("MINQING_HOME", str(other.path))
        apart = tmp_path / "apart.hex"
        apart.write_text(empty_home.secret("backup.key").hex())
        again = store.opened(other, place.folder, apart)
        assert restoring.verify(again, quiet)["gap"] is False
        told = restoring.restore(other, again, quiet, migrate=False)
        assert said(other) == ["一", "二", *(f"第{n}句" for n in range(200))]
        assert (other.files / "ab" / "cd" / "blob").read_bytes() == b"sealed"
        assert (other.keys / "later.key").read_bytes() == b"k" * 32
        assert other.secret("backup.key") == empty_home.secret("backup.key")
        assert told["files"] == 1
        assert not (other.path / "signer").exists(), "what was signed never comes out of a backup"
        with psycopg.connect(other.url(home.SUPER, "postgres")) as root:
            assert root.execute("SHOW synchronous_standby_names").fetchone() == ("",)
        with pytest.raises(Trouble, match="MINQING_HOME"):
            restoring.restore(other, again, quiet)


@pytest.mark.database
def test_for_a_server_of_the_countys_own_it_is_laid_out_and_starts_by_itself(
    empty_home: home.Home, tmp_path: Path
) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    with followed(empty_home, place):
        keeping.back_up(empty_home, place, quiet, keep=2)
        say(empty_home, "一")
    postgres.down(empty_home, mode="immediate")
    with a_home() as other:
        folder = other.data.parent / "laid-out"
        told = restoring.lay_out(other, place, folder, quiet)
        assert not other.server_file.exists(), "nothing of a server of ours"
        assert other.secret("county.key") == empty_home.secret("county.key")
        who = account()
        for path in (folder, *folder.rglob("*")):
            shutil.chown(path, who.uid, who.gid)
        socket = folder / "s"
        who.own(socket)
        programs, options = usable(choose(), who), who.popen() | {"cwd": "/"}
        asked = ["-o", f"-k {socket} -c listen_addresses= -c unix_socket_directories={socket}", "-w", "start"]
        control = [programs.program("pg_ctl"), "-D", told["data"]]
        subprocess.run(
            [*control, "-l", str(folder / "log"), *asked], check=True, stdout=subprocess.DEVNULL, **options
        )
        url = empty_home.url(home.OWNER).partition("?")[0]
        try:
            with psycopg.connect(f"{url}?host={socket}&port={home.PORT}") as connection:
                assert connection.execute("SELECT text FROM word").fetchall() == [("一",)]
        finally:
            subprocess.run(
                [*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL, **options
            )
        with pytest.raises(Trouble):
            restoring.lay_out(other, place, folder, quiet)


@pytest.mark.database
def test_a_commit_is_not_acknowledged_before_the_second_disk_has_it(
    empty_home: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    with followed(empty_home, place):
        say(empty_home, "一")
    postgres.commits_wait_for(empty_home, STANDBY)
    answered = threading.Event()
    writer = threading.Thread(target=lambda: (say(empty_home, "二"), answered.set()), daemon=True)
    writer.start()
    assert not answered.wait(1.0), "nobody keeps it, so nobody is told"
    assert cli.main(["backup", "--alone", "盘坏了", "--json"]) == 0, "a person decides"
    assert answered.wait(30)
    assert keeping.alone(empty_home)["reason"] == "盘坏了"  # type: ignore[index]
    assert "盘坏了" in (empty_home.run / keeping.JOURNAL).read_text()
    assert cli.main(["backup", "--alone", " "]) == 2, "not without a reason"
    with followed(empty_home, place):
        assert cli.main(["backup", "--together"]) == 0
        say(empty_home, "三")
    assert keeping.alone(empty_home) is None
    postgres.down(empty_home, mode="immediate")


@pytest.mark.database
def test_a_follower_that_is_killed_goes_on_where_it_stopped(empty_home: home.Home, tmp_path: Path) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    for text in ("一", "二", "三"):
        with followed(empty_home, place):
            say(empty_home, text)
            for part in place.folder.rglob("*.part"):  # what a kill leaves behind
                with part.open("ab") as file:
                    file.write(b"\0\0\x10")
                break
        (part,) = list(place.folder.rglob("*.part"))
        with part.open("ab") as file:
            file.write(b"\0\0\x10")
    with followed(empty_home, place):
        keeping.back_up(empty_home, place, quiet, keep=2)
    (line,) = place.lines()
    size = line.bases()[0].about["segment_size"]
    numbers = sorted(line.segments(size))
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    postgres.down(empty_home, mode="immediate")


@pytest.mark.database
def test_a_damaged_base_or_a_missing_segment_is_named_before_anything_is_touched(
    empty_home: home.Home, tmp_path: Path
) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    with followed(empty_home, place):
        say(empty_home, "一")
        keeping.back_up(empty_home, place, quiet, keep=2)
        for text in ("二", "三"):
            with psycopg.connect(empty_home.url(home.SUPER, "postgres"), autocommit=True) as root:
                root.execute("SELECT pg_switch_wal()")
            say(empty_home, text)
    postgres.down(empty_home, mode="immediate")
    line, base = place.best()
    found = line.segments(base.about["segment_size"])
    gone = found[sorted(found)[-2]]
    gone.rename(tmp_path / "gone")
    new = home.Home(tmp_path / "new", tmp_path / "new-data")
    with pytest.raises(Trouble) as told:
        restoring.restore(new, place, quiet)
    assert told.value.code == 5
    assert not new.path.exists()
    (tmp_path / "gone").rename(gone)
    path = base.folder / store.BASE
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2] + b"x" + whole[len(whole) // 2 + 1 :])
    with pytest.raises(Trouble):
        restoring.verify(place, quiet)


@pytest.mark.database
def test_old_copies_are_thrown_away_and_the_last_one_never(empty_home: home.Home, tmp_path: Path) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    old = empty_home.files / "ab" / "cd" / "old"
    old.parent.mkdir(parents=True)
    old.write_bytes(b"erased later")
    with followed(empty_home, place):
        for n in range(3):
            say(empty_home, str(n))
            told = keeping.back_up(empty_home, place, quiet, keep=2)
            if n == 0:
                old.unlink()
    assert (told["gone"]["bases"], told["gone"]["files"]) == (1, 1), (
        "the last base that knew the file is gone"
    )
    assert told["gone"]["segments"] > 0
    assert not (place.files / "ab" / "cd" / "old").exists()
    bases = place.bases()
    assert len(bases) == 2
    for _, base in bases:
        about = base.folder / store.ABOUT
        long_ago = (store.now() - store.HORIZON - timedelta(days=1)).isoformat()
        about.write_text(about.read_text().replace(base.about["at"], long_ago))
    assert basing.prune(empty_home, place, keep=9)["bases"] == 1, "keys live 35 days in a backup"
    assert len(place.bases()) == 1
    postgres.down(empty_home, mode="immediate")


def test_half_a_minute_of_silence_is_an_alarm_unless_somebody_decided(
    empty_home: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    here = empty_home.prepare()
    monkeypatch.setenv("MINQING_BACKUP", str(tmp_path / "disk"))
    assert keeping.late(here) is None, "nobody has followed yet"
    for silent, alarmed in ((keeping.LATE_S - 5, False), (keeping.LATE_S + 1, True)):
        at = (store.now() - timedelta(seconds=silent)).isoformat()
        (here.run / keeping.STATUS).write_text(
            json.dumps({"at": at, "position": "0/0", "behind": 0, "store": "x"})
        )
        assert (keeping.late(here) is not None) is alarmed
        assert cli.main(["backup", "--status", "--json"]) == int(alarmed)
        assert (json.loads(capsys.readouterr().out)["late_s"] is not None) is alarmed
    alarm(here)
    assert "--alone" in capsys.readouterr().err
    keeping.decide(here, "盘坏了")
    assert keeping.late(here) is None
    alarm(here)
    assert not capsys.readouterr().err
    assert cli.main(["backup", "--status", "--json"]) == 1, "yet not well: nobody keeps a second copy"


@pytest.mark.database
def test_one_copy_by_hand_leaves_the_server_nothing_to_keep_for_us(
    empty_home: home.Home, tmp_path: Path
) -> None:
    place = opened(empty_home, tmp_path / "disk")
    postgres.up(empty_home)
    for n in range(2):
        say(empty_home, str(n))
        keeping.back_up(empty_home, place, quiet, keep=2)
        with psycopg.connect(empty_home.url(home.SUPER, "postgres")) as root:
            assert root.execute("SELECT count(*) FROM pg_replication_slots").fetchone() == (0,)
    (line,) = place.lines()
    assert all(line.reach(base) is not None for base in line.bases())
    postgres.down(empty_home, mode="immediate")


def test_a_store_within_the_home_is_refused(empty_home: home.Home) -> None:
    empty_home.prepare()
    assert cli.main(["backup", str(empty_home.path / "backup")]) == 2


def test_without_its_key_a_store_opens_for_nobody(empty_home: home.Home, tmp_path: Path) -> None:
    empty_home.prepare()
    (tmp_path / "short").write_bytes(b"x")
    for key in (tmp_path / "none", tmp_path / "short"):
        with pytest.raises(Trouble):
            store.opened(empty_home, tmp_path, key)


def test_a_file_that_was_erased_meanwhile_stops_nobody(tmp_path: Path) -> None:
    files = Files(tmp_path / "home", tmp_path / "disk")
    (tmp_path / "home").mkdir()
    assert files.begin() == 0
    (tmp_path / "home" / ".new" / "ab+cd+gone").touch()
    assert files.new() == 0
    assert not list((tmp_path / "home" / ".new").iterdir())


@pytest.mark.database
def test_t03_the_drill_loses_nothing(tmp_path: Path) -> None:
    """The drill of `make drill`, short: six people write, everything is killed, the data directory is gone."""
    drill = Path(__file__).resolve().parents[2] / "bench" / "drill.py"
    env: dict[str, Any] = {name: value for name, value in os.environ.items() if name != "MINQING_HOME"}
    done = subprocess.run(
        [sys.executable, str(drill), "--json", "--seconds", "3"], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
