"""How long a county is gone: base copy, check and restore of a home, with minutes for a million demands.

python bench/restoring.py [--json]          MINQING_BENCH_HOME names a large home; without it a small demo county is made

The home is only read (its server is started when it stands still; a key for backups is made when it has none). Needs twice its
size beside it. The restored home is checked (`log settle`, number of demands and leaves) and thrown away.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import psycopg

from _county import demo
from _lines import line, told

MILLION, WITHIN_S = 1_000_000, 300
COUNTS = ("intake_demand", "cases_case", "facts_fact", "log_leaf")


def minqing(home: Path, *words: str) -> Any:
    env = os.environ | {"MINQING_HOME": str(home)}
    done = subprocess.run(
        [sys.executable, "-m", "minqing.wiring.cli", *words], env=env, stdout=subprocess.PIPE, text=True, check=False
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"minqing {' '.join(words)}: {done.returncode} {done.stdout}")
    return json.loads(done.stdout.splitlines()[-1])


def counts(home: Path) -> dict[str, int]:
    server = json.loads((home / "server.json").read_text())
    with psycopg.connect(
        dbname="minqing", user="minqing_owner", password=server["passwords"]["minqing_owner"], host=server["socket"], port=5432
    ) as connection:  # fmt: skip
        return {name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in COUNTS}  # type: ignore[index, arg-type]


def restored(home: Path, folder: Path) -> dict[str, Any]:
    store, new = folder / "store", folder / "home"
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        folder.chmod(0o755)
        (new / "data-is-at").write_text(str(folder / "data"))
    before = counts(home)
    made = minqing(home, "backup", str(store), "--json")
    begun = time.monotonic()
    report = minqing(
        new, "restore", str(store), "--key", str(home / "keys" / "backup.key"), "--signer", str(home / "signer"), "--json"
    )  # fmt: skip
    seconds = time.monotonic() - begun
    minqing(new, "db", "up", "--json")
    try:
        after = counts(new)
    finally:
        minqing(new, "db", "down", "--json")
    if after != before or report["log"]["standing"] != "goes-on":
        raise SystemExit(f"not the same county: {before} {after} {report['log']}")
    return {
        **after, "octets": report["octets"], "base copy, written and read back, s": made["seconds"], "restore, s": round(seconds, 1),
        "of it unpacking, s": report["unpacked_s"], "of it replaying, s": report["replayed_s"],
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with demo(scale=2) as home:
        folder = Path(tempfile.mkdtemp(prefix="minqing-bench-"))
        try:
            found = restored(home, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    demands = found["intake_demand"]
    lines = [line(f"restore of {demands:,} demands", WITHIN_S * max(1.0, demands / MILLION), found["restore, s"], "s", at_most=True)]  # fmt: skip
    told(lines, args.json, found)


if __name__ == "__main__":
    main()
