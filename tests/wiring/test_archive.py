"""Promises of backup and restore: everything comes back, or nothing and a clear word."""

import tarfile
from pathlib import Path

import psycopg
import pytest

from minqing.wiring import archive, cli, home, postgres
from minqing.wiring.saying import Trouble
from throwaway import a_home

pytestmark = pytest.mark.database


def put(here: home.Home, text: str) -> None:
    here.prepare()
    with postgres.running(here), psycopg.connect(here.owner_url()) as connection:
        connection.execute("CREATE TABLE word (text text)")
        connection.execute("INSERT INTO word VALUES (%s)", [text])
    (here.files / "ab").mkdir()
    (here.files / "ab" / "blob").write_bytes(text.encode() * 1000)


def test_a_county_comes_back_whole(
    empty_home: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty_home, "水管坏了")
    target = tmp_path / "county.tar"
    assert cli.main(["backup", str(target)]) == 0
    assert target.stat().st_mode & 0o077 == 0
    assert cli.main(["backup", str(target)]) == 2, "an older backup is not overwritten unasked"
    with a_home() as other:
        monkeypatch.setenv("MINQING_HOME", str(other.path))
        assert cli.main(["restore", "--verify", str(target)]) == 0
        assert cli.main(["restore", str(target)]) == 0
        assert {name: other.secret(name) for name in home.KEYS} == {
            name: empty_home.secret(name) for name in home.KEYS
        }
        assert (other.files / "ab" / "blob").read_bytes() == (empty_home.files / "ab" / "blob").read_bytes()
        with postgres.running(other), psycopg.connect(other.owner_url()) as connection:
            assert connection.execute("SELECT text FROM word").fetchone() == ("水管坏了",)
            assert connection.execute("SELECT to_regclass('facts_fact') IS NOT NULL").fetchone() == (True,), (
                "migrated"
            )
        assert other.server()["passwords"] != empty_home.server()["passwords"]
        assert cli.main(["restore", str(target)]) == 4, "not into a home that has something"


def test_a_damaged_backup_is_refused_before_anything_is_touched(
    empty_home: home.Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(empty_home, "一")
    target = tmp_path / "county.tar"
    archive.backup(empty_home, target)
    whole = target.read_bytes()
    at = whole.index("一".encode() * 100)
    new = home.Home(tmp_path / "new", tmp_path / "new-data")
    for damaged in (whole[:at] + "二".encode() + whole[at + 3 :], whole[: len(whole) // 2], b"not a tar"):
        target.write_bytes(damaged)
        with pytest.raises(Trouble):
            archive.restore(new, target)
        assert new.is_empty()


def test_an_archive_that_reaches_outside_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "evil.tar"
    with tarfile.open(target, "w") as tar:
        entry = tarfile.TarInfo("keys/../../outside")
        tar.addfile(entry)
    with pytest.raises(Trouble, match="outside"):
        archive.verify(target)


def test_an_empty_home_has_nothing_to_back_up(empty_home: home.Home, tmp_path: Path) -> None:
    assert cli.main(["backup", str(tmp_path / "x.tar")]) == 2
    assert not (tmp_path / "x.tar").exists()
