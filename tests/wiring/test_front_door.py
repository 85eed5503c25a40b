"""Promises of the front door before anything is installed: it names what is missing, and what it installs is pinned."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOM = Path(__file__).resolve().parents[2]
LOCKS = ["requirements.lock", "requirements-dev.lock"]
NO_VENV = '#!/bin/sh\ncase "$*" in *ensurepip*) exit 1 ;; esac\nexit 0\n'
TOO_OLD = "#!/bin/sh\nexit 1\n"


@pytest.mark.parametrize(("python", "package"), [(NO_VENV, "python3-venv"), (TOO_OLD, "python3")])
def test_a_missing_package_is_named_in_one_line(tmp_path: Path, python: str, package: str) -> None:
    checkout, programs = tmp_path / "a checkout", tmp_path / "bin"
    (checkout / ".ci").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOM / ".ci" / "env", checkout / ".ci")
    shutil.copy(ROOM / "pyproject.toml", checkout)
    for lock in LOCKS:
        shutil.copy(ROOM / lock, checkout)
    for name in ("python3", "python3.11", "python3.12", "python3.13", "python3.14"):
        (programs / name).write_text(python)
        (programs / name).chmod(0o755)
    done = subprocess.run(
        ["/bin/sh", ".ci/env", "run"],
        cwd=checkout,
        env={"PATH": f"{programs}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert f"apt-get install {package}" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("name", LOCKS)
def test_every_dependency_is_pinned_by_hash_and_from_nowhere_in_particular(name: str) -> None:
    text = (ROOM / name).read_text()
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", text)
    entries = re.split(r"\n(?=[a-zA-Z0-9])", text.strip())
    assert len(entries) > 20
    for entry in entries:
        assert re.match(r"[A-Za-z0-9._\[\],-]+==[^\s;]+", entry), entry.splitlines()[0]
        assert "--hash=sha256:" in entry, entry.splitlines()[0]


def test_the_dev_lock_holds_the_run_lock() -> None:
    run, dev = (
        {line.split()[0] for line in (ROOM / name).read_text().splitlines() if "==" in line} for name in LOCKS
    )
    assert run <= dev
