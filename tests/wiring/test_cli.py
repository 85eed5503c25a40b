"""Promises of the command line: it helps in both languages and fails with one clear line."""

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from minqing.ground.law.rules import UnknownRule
from minqing.wiring import cli, home, postgres
from minqing.wiring.cli import main
from minqing.wiring.demo import clock
from minqing.wiring.saying import said_no


@pytest.mark.parametrize("command", sorted(cli.COMMANDS))
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_command_explains_itself(
    command: str, language: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MINQING_LANG", language)
    with pytest.raises(SystemExit) as left:
        cli.main([command, "--help"])
    assert left.value.code == 0
    assert cli.COMMANDS[command][language == "en"] in capsys.readouterr().out.replace("\n", " ").replace(
        "  ", " "
    )


def test_a_command_that_needs_no_database_loads_none() -> None:
    program = (
        "import sys; from minqing.wiring import cli; cli.main(['--help']);"
        "sys.exit(any(name in sys.modules for name in ('django', 'psycopg')))"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True).returncode == 0


@pytest.mark.database
def test_a_fresh_home_is_made_ready_by_any_command(
    empty_home: home.Home, capsys: pytest.CaptureFixture[str]
) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", "worker", "--once"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert not postgres.status(empty_home).running, "started for the command, stopped after it"


@pytest.mark.database
def test_an_unreachable_database_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    done = subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", "migrate"], capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["run", "demo", "token", "import", "clock", "backup", "restore", "check"])
def test_every_daily_command_can_answer_in_json(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main([name, "--help"])
    assert "--json" in capsys.readouterr().out


def test_a_refusal_speaks_the_language_of_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINQING_LANG", "zh")
    assert "没有" in said_no(UnknownRule(key="xf.nothing"))
    monkeypatch.setenv("MINQING_LANG", "en")
    english = said_no(UnknownRule(key="xf.nothing"))
    assert english.startswith("There is no rule") and "xf.nothing" in english


def test_a_failure_with_json_is_json_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(tmp_path / "none.tar"), "--json"]) == 2
    said = capsys.readouterr()
    told = json.loads(said.out)
    assert set(told) == {"code", "detail"} and told["code"] == "restore.failed"
    assert told["detail"] in said.err


@pytest.mark.django_db
def test_the_demo_clock_says_what_to_do_instead_of_going_back() -> None:
    with pytest.raises(clock.ClockBack, match="--reset"):
        clock.advance(date(2020, 1, 1))
