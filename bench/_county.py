"""A demo county for the measurements that need one: its own home and server, gone afterwards; or one that is there."""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

GIVEN = "MINQING_BENCH_HOME"


def minqing(*args: str, check: bool = True) -> None:
    subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", *args],
        check=check,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def throwaway() -> Iterator[Path]:
    """MINQING_HOME is a new folder with a running, migrated, empty county."""
    folder = Path(tempfile.mkdtemp(prefix="minqing-bench-"))
    (folder / "home").mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        (folder / "home" / "data-is-at").write_text(str(folder / "data"))
    before = os.environ.get("MINQING_HOME")
    os.environ["MINQING_HOME"] = str(folder / "home")
    os.environ.pop("DATABASE_URL", None)
    os.environ["MINQING_STATIC"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    try:
        minqing("db", "up")
        minqing("migrate")
        yield folder
    finally:
        minqing("db", "down", check=False)
        shutil.rmtree(folder, ignore_errors=True)
        if before is not None:
            os.environ["MINQING_HOME"] = before


@contextlib.contextmanager
def demo(scale: int) -> Iterator[Path]:
    """The home of a demo county of at least that scale: the one named by MINQING_BENCH_HOME, else one for this run."""
    given = os.environ.get(GIVEN)
    if given:
        os.environ["MINQING_HOME"] = given
        os.environ["MINQING_STATIC"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
        minqing("db", "up")
        yield Path(given)
        return
    with throwaway() as folder:
        minqing("demo", "--scale", str(scale))
        yield folder / "home"
