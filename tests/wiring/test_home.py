"""Promises of the home: secrets are made once and stay private; one home, one running product."""

import json
import os
import stat
import threading
from pathlib import Path

import pytest

from minqing.wiring import home
from minqing.wiring.saying import Trouble


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_looking_at_a_home_makes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("MINQING_HOME", str(tmp_path / "new"))
    here = home.current()
    assert here.app_url().startswith("postgresql://minqing_app@/minqing?host=")
    assert home.holder(here) is None
    assert here.is_empty()
    assert list(tmp_path.iterdir()) == []


def test_keys_are_made_once_and_readable_by_nobody_else(empty_home: home.Home) -> None:
    first = empty_home.secret("pepper")
    assert len(first) == 32
    empty_home.prepare()
    assert empty_home.secret("pepper") == first
    assert len({empty_home.secret(name) for name in home.KEYS}) == len(home.KEYS)
    assert {mode(empty_home.keys / name) for name in home.KEYS} == {0o600}
    assert {mode(folder) for folder in (empty_home.keys, empty_home.files, empty_home.run)} == {0o700}
    assert mode(empty_home.server_file) == 0o600


def test_two_processes_making_keys_at_once_agree(tmp_path: Path) -> None:
    path = tmp_path / "key"
    gate = threading.Barrier(8)
    won: list[bool] = []

    def make(number: int) -> None:
        gate.wait()
        won.append(home.create_once(path, bytes([number]) * 32))

    threads = [threading.Thread(target=make, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1
    assert len(set(path.read_bytes())) == 1
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]


def test_outside_databases_win(empty_home: home.Home, monkeypatch: pytest.MonkeyPatch) -> None:
    empty_home.prepare()
    assert empty_home.owner_url().startswith("postgresql://minqing_owner:")
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@db/county")
    assert empty_home.external
    assert {empty_home.app_url(), empty_home.owner_url(), empty_home.sealed_url()} == {
        "postgresql://a@db/county"
    }
    monkeypatch.setenv("MINQING_OWNER_URL", "postgresql://o@db/county")
    assert empty_home.owner_url() == "postgresql://o@db/county"


def test_a_second_run_on_a_home_is_told_who_runs(empty_home: home.Home) -> None:
    with home.only_one(empty_home, {"address": "http://127.0.0.1:8000/"}):
        assert (home.holder(empty_home) or {})["pid"] == os.getpid()
        with pytest.raises(Trouble, match=r"127\.0\.0\.1:8000") as refused, home.only_one(empty_home, {}):
            pass
        assert refused.value.code == 3
    assert home.holder(empty_home) is None


def test_replace_leaves_old_or_new_never_half(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    home.replace(path, b"{}")
    home.replace(path, json.dumps({"a": 1}).encode())
    assert json.loads(path.read_text()) == {"a": 1}
    assert mode(path) == 0o600
    assert [entry.name for entry in tmp_path.iterdir()] == ["server.json"]


@pytest.mark.root
def test_as_root_the_data_lie_outside_the_home(tmp_path: Path) -> None:
    here = home.at(tmp_path / "home")
    assert here.data.parent == home.ROOT_DATA
    assert here.data == home.at(tmp_path / "home").data != home.at(tmp_path / "other").data
