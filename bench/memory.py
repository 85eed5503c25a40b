"""Memory of two web workers and the worker (PSS from smaps_rollup, PostgreSQL left out), at rest and under load.

python bench/memory.py [--json] [--seconds 10]; Linux only. Shared pages count once, by parts (PSS).
"""

import argparse
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

from _browse import Browser
from _county import minqing, throwaway
from _lines import line, told
from intake import bodies, web

PORT = 18735
REST, LOAD = 300, 600
WAIT_S = 1800
LISTS = ("/desk/cases/", "/desk/cases/?state=all", "/desk/waiting/", "/desk/find/")


def family(root: int) -> list[int]:
    """The process and all that it has started."""
    found, asked = [root], [root]
    while asked:
        pid = asked.pop()
        for task in Path(f"/proc/{pid}/task").glob("*"):
            try:
                children = [int(one) for one in (task / "children").read_text().split()]
            except OSError:
                continue
            found += children
            asked += children
    return found


def pss(pid: int) -> float:
    """MB."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0.0
    return next(int(row.split()[1]) for row in text.splitlines() if row.startswith("Pss:")) / 1024


def total(roots: list[int]) -> float:
    return sum(pss(pid) for root in roots for pid in family(root))


def wait_for_codes(browser: Browser) -> None:
    """Until the worker has hashed the query codes of the demo county; no figure while it has not."""
    for _ in range(WAIT_S):
        _, body, _ = browser.ask("GET", "/healthz")
        if not json.loads(body).get("code_backlog_age_s"):
            return
        time.sleep(1)
    raise SystemExit(f"codes are still being hashed after {WAIT_S} s: this is no rest to be measured")


def press(until: float, turn: int) -> None:
    """A desk that turns its lists over, or a telephone that sends in demands."""
    browser, sent, n = Browser(PORT), bodies(), turn
    if turn % 2:
        browser.sign_in("dispatcher")
    while time.monotonic() < until:
        n += 1
        if turn % 2:
            browser.ask("GET", LISTS[n % len(LISTS)])
        else:
            browser.http.request(
                "POST", "/api/v1/demands", sent[n % len(sent)].encode(), {"Content-Type": "application/json"}
            )
            browser.http.getresponse().read()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=10)
    args = parser.parse_args()
    with throwaway(), web(PORT, 2, 2) as served:
        minqing("demo", "--scale", "1")
        worker = subprocess.Popen(
            [sys.executable, "-m", "minqing.wiring.cli", "worker"],
            env=os.environ | {"MALLOC_ARENA_MAX": "2"},
            stdout=subprocess.DEVNULL,
        )
        try:
            roots = [served.pid, worker.pid]
            for _ in range(4):
                first = Browser(PORT)
                first.sign_in("dispatcher")
                first.ask("GET", LISTS[0])
                time.sleep(1)
            wait_for_codes(first)  # each takes 64 MB while it is hashed: work, not rest
            rest = total(roots)
            until = time.monotonic() + args.seconds
            threads = [threading.Thread(target=press, args=(until, turn)) for turn in range(8)]
            for thread in threads:
                thread.start()
            seen = [total(roots)]
            while time.monotonic() < until:
                time.sleep(0.5)
                seen.append(total(roots))
            for thread in threads:
                thread.join()
            each = {
                f"{name}, at the end": [round(pss(pid)) for pid in family(root)]
                for name, root in zip(("web", "worker"), roots, strict=True)
            }
        finally:
            worker.terminate()
            worker.wait(30)
    lines = [
        line("memory at rest, 2 web + worker (PSS)", REST, rest, "MB", at_most=True),
        line("memory under load, 2 web + worker (PSS)", LOAD, max(seen), "MB", at_most=True),
    ]
    told(lines, args.json, json.loads(json.dumps(each)))


if __name__ == "__main__":
    main()
