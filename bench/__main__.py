"""make bench: every measurement of this folder, one after the other; `make bench ARGS="clock intake"` for some.

Each is a script of its own (`python bench/clock.py --help`). One table at the end, everything in var/bench.json. The
machine should have nothing else to do: the load average stands beside each figure. MINQING_BENCH_HOME names a home with a
large demo county for `pages`; without it a small one is made and thrown away.
"""

import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench._lines import table

HERE = Path(__file__).resolve().parent
ORDER = ("clock", "tree", "log", "intake", "promised", "importing", "pages", "memory", "drill", "restoring")
LONGEST = 1800


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in ORDER]
    if unknown:
        print(f"no such measurement: {', '.join(unknown)}; there are: {', '.join(ORDER)}", file=sys.stderr)
        return 2
    lines: list[dict[str, Any]] = []
    more: dict[str, Any] = {}
    failed = []
    for name in names or ORDER:
        print(f"{name} …", file=sys.stderr, flush=True)
        try:
            done = subprocess.run(
                [sys.executable, str(HERE / f"{name}.py"), "--json"],
                stdout=subprocess.PIPE,
                text=True,
                check=True,
                timeout=LONGEST,
            )
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as fault:
            print(f"{name}: {fault}", file=sys.stderr)
            failed.append(name)
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        lines += found["lines"]
        more[name] = found["more"]
    print(table(lines))
    keep = Path(os.environ.get("MINQING_HOME", "var")) / "bench.json"
    keep.parent.mkdir(parents=True, exist_ok=True)
    told = {
        "at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "lines": lines,
        "more": more,
    }
    keep.write_text(json.dumps(told, ensure_ascii=False, indent=1))
    print(f"\n{keep}", file=sys.stderr)
    if failed:
        print(f"failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
