"""Homes that go away: one for a whole run (removed when its pipe to us closes, however the run ends), or one a test."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from minqing.wiring import home, postgres


@contextlib.contextmanager
def a_home() -> Iterator[home.Home]:
    """A home of its own; whatever runs there is stopped and removed after."""
    with tempfile.TemporaryDirectory(prefix="minqing-home-") as folder:
        root = Path(folder)
        if os.geteuid() == 0:
            root.chmod(0o755)
            (root / "home").mkdir(mode=0o700)
            (root / "home" / "data-is-at").write_text(str(root / "data"))
        here = home.at(root / "home")
        yield here
        with contextlib.suppress(Exception):
            postgres.down(here, mode="immediate")


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.stdin.read()
    postgres.down(home.at(folder / "home"), mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)
