"""`minqing check --deploy`: a demo is told all that a county must change, and a county set up as the how-to says hears nothing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from minqing.wiring import home

ROOT = Path(__file__).resolve().parents[2]
NOBODY = "postgresql://{role}:x@127.0.0.1:9/minqing"
ROLES = {
    "DATABASE_URL": home.APP, "MINQING_OWNER_URL": home.OWNER, "MINQING_SEALED_URL": home.SEALED, "MINQING_CLUES_URL": home.CLUES,
    "MINQING_CLUES_WORKER_URL": home.CLUES_WORKER, "MINQING_CLUES_OWNER_URL": home.CLUES_OWNER, "MINQING_DROP_URL": home.DROP,
    "MINQING_COURIER_URL": home.COURIER,
}  # fmt: skip
COUNTY = {
    "MINQING_DEMO": "0", "MINQING_HTTPS": "1", "MINQING_HOSTS": "mq.example.invalid", "MINQING_SEALED_HOST": "jb.example.invalid",
    **{name: NOBODY.format(role=role) for name, role in ROLES.items()},
}  # fmt: skip


def checked(here: Path, lang: str = "en", /, **env: str) -> tuple[int, dict[str, dict[str, str]]]:
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("MINQING_", "DATABASE_URL", "DJANGO_"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", "--lang", lang, "check", "--deploy", "--json"],
        env={**kept, "PYTHONPATH": str(ROOT / "src"), "MINQING_HOME": str(here), **env}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    told: Any = json.loads(done.stdout)
    assert done.returncode == (1 if told["status"] == "bad" else 0), done.stderr
    return done.returncode, {one["what"]: one for one in told["findings"]}


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    made = home.at(tmp_path / "home").prepare()
    (made.keys / home.SEALED_OPENED_BY).unlink()
    return made.path


def bad(found: dict[str, dict[str, str]]) -> set[str]:
    return {name for name, one in found.items() if one["state"] == "bad"}


def test_a_demo_is_no_county_and_hears_why_in_both_languages(tmp_path: Path) -> None:
    home.at(tmp_path / "home").prepare()
    for lang in ("zh", "en"):
        code, found = checked(tmp_path / "home", lang)
        assert code == 1
        assert {
            "demo",
            "https",
            "cookies",
            "hsts",
            "hosts",
            "sealed",
            "discipline",
            "backup",
            "server",
        } <= bad(found)
        for one in found.values():
            assert one["detail"]
            if one["state"] == "bad" and one["what"] != "framework":
                assert bool(re.search("[一-鿿]", one["detail"])) is (lang == "zh"), one


def test_a_county_as_the_how_to_sets_it_up_is_fit(prepared: Path, tmp_path: Path) -> None:
    _, found = checked(prepared, **COUNTY, MINQING_BACKUP=str(tmp_path / "second"))
    assert found["framework"]["state"] == "ok"
    assert "__Host-sessionid" in found["cookies"]["detail"]
    of_this_machine = {"app-role"} | ({"root"} if os.geteuid() == 0 else set())  # no server answers here
    assert bad(found) <= of_this_machine, {name: found[name] for name in bad(found)}


@pytest.mark.parametrize(
    ("env", "what"),
    [
        ({"MINQING_DEBUG": "1"}, "debug"),
        ({"MINQING_DEMO": "1"}, "demo"),
        ({"MINQING_HTTPS": "0"}, "hsts"),
        ({"MINQING_HOSTS": "*"}, "hosts"),
        ({"MINQING_HOSTS": ".example.invalid"}, "hosts"),
        ({"MINQING_SEALED_HOST": ""}, "sealed"),
        ({"MINQING_SEALED_HOST": "mq.example.invalid"}, "sealed"),
        ({"MINQING_BACKUP": ""}, "backup"),
        ({"MINQING_OWNER_URL": NOBODY.format(role=home.APP)}, "roles"),
        ({"MINQING_NOW": "2026-01-01T00:00:00+08:00"}, "clock"),
        ({"MINQING_PROXIES": "*"}, "proxies"),
    ],
)
def test_each_thing_that_is_amiss_is_named(
    prepared: Path, tmp_path: Path, env: dict[str, str], what: str
) -> None:
    code, found = checked(prepared, **{**COUNTY, "MINQING_BACKUP": str(tmp_path / "second"), **env})
    assert code == 1 and what in bad(found)


def test_keys_that_others_may_read_or_that_open_accusations_are_named(prepared: Path) -> None:
    (prepared / "keys" / "pepper").chmod(0o644)
    (prepared / "keys" / home.SEALED_OPENED_BY).write_bytes(b"x" * 32)
    _, found = checked(prepared, **COUNTY)
    assert {"secrets", "discipline"} <= bad(found)
    assert "pepper" in found["secrets"]["detail"]
