"""The worker is killed before each of its statements in turn: all that follows from a word follows once."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from minqing.wiring import home, postgres

pytestmark = pytest.mark.database
HERE = Path(__file__).resolve().parent


def test_a_worker_killed_at_every_step_does_each_thing_once(empty_home: home.Home) -> None:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE.parent)])}
    postgres.up(empty_home)
    subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", "migrate"], env=env, check=True, capture_output=True
    )
    done = subprocess.run(
        [sys.executable, str(HERE / "stepping.py")], env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout.splitlines()[-1])
    words = told["words"]
    assert told["steps"] > 50, "so many places to be killed at"
    assert (told["facts"], told["places"], told["dense"]) == (words, words, True)
    # One that was being sent when the worker died is never sent again by itself: whether it went out, nobody knows.
    assert (told["messages"], told["told"], told["late"]) == (words, words, 0)
    assert told["own"] <= 2, "what an hour brings the log itself, once an hour"
    assert told["docs"] == words
    assert (told["left"], told["quick"]) == (0, 0), "nothing is left undone"
    assert told["verify"]
