"""Ten crashes of relays and database while people write: what was acknowledged is in the log, once, in a dense order."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from minqing.wiring import postgres
from throwaway import a_home

pytestmark = pytest.mark.database
HERE = Path(__file__).resolve().parent


@pytest.fixture(scope="module")
def crashed() -> Iterator[dict[str, Any]]:
    with a_home() as here:
        env = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "MINQING_KEYS"}
        }
        env |= {"MINQING_HOME": str(here.path), "PYTHONPATH": os.pathsep.join([str(HERE.parents[1] / "src"), str(HERE.parent)])}  # fmt: skip
        here.prepare()
        postgres.up(here)
        subprocess.run(
            [sys.executable, "-m", "minqing.wiring.cli", "migrate"], env=env, check=True, capture_output=True
        )
        with psycopg.connect(here.owner_url()) as owner:
            owner.execute("CREATE TABLE naive (pos bigserial PRIMARY KEY, id uuid NOT NULL)")
            owner.execute("GRANT SELECT, INSERT ON naive TO minqing_app")
            owner.execute("GRANT USAGE ON SEQUENCE naive_pos_seq TO minqing_app")
        done = subprocess.run(
            [sys.executable, str(HERE / "crashing.py")], env=env, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stderr[-3000:]
        yield json.loads(done.stdout.splitlines()[-1])


def test_t03_ten_crashes_lose_nothing_and_leave_no_gap(crashed: dict[str, Any]) -> None:
    assert crashed["killed"] == {"relay": 7, "database": 3}
    assert crashed["acked"] > 50
    assert crashed["missing"] == 0
    assert crashed["dense"]
    assert crashed["heads"] > 3
    assert crashed["wrong heads"] == 0, "each head that was signed is a root of the tree as it stands"
    assert not crashed["refused"]
    assert crashed["verify"]


def test_t04_a_relay_that_reads_by_number_loses_words_in_the_same_run(crashed: dict[str, Any]) -> None:
    assert crashed["naive missed"] > 0, "or this test would not notice a relay that does"
