"""Removes the throwaway home of a test run when the run ends, however it ends: its pipe to us then closes."""

import shutil
import sys
from pathlib import Path

from minqing.wiring import home, postgres

if __name__ == "__main__":
    folder = Path(sys.argv[1])
    sys.stdin.read()
    postgres.down(home.at(folder / "home"), mode="immediate")
    shutil.rmtree(folder, ignore_errors=True)
