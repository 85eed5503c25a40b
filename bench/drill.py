"""The drill: people write, everything is killed at once, the data directory is thrown away, and the second disk gives it back.

python bench/drill.py [--json] [--seconds 20] [--writers 6] [--demands N]

A throwaway county runs as `minqing run` runs it, with MINQING_BACKUP on: 6 writers over HTTP, the worker puts leaves in order and
signs. Then kill -9 of launcher, web, worker, follower, postmaster and every backend; the data directory is removed; what is
left is the store, the backup key and the signer's folder. Restored: every answered word must be there, the root of what was
signed last must be the same, and `log verify --full` must find nothing. `--demands` loads a demo county of about that size first.
"""

import argparse
import contextlib
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from _lines import line, told

HERE = Path(__file__).resolve().parent
PATIENCE = 300.0
# What the worker does first; making codes slow, which it does beside that, would only take long here.
IN_ORDER = """
from minqing.wiring.booting import boot
boot()
from datetime import UTC, datetime
from minqing.record.log.commands import put_in_order, sign_head
while put_in_order(at=datetime.now(UTC)): pass
sign_head(at=datetime.now(UTC))
"""


def minqing(*words: str, home: Path, check: bool = True) -> str:
    env = os.environ | {"MINQING_HOME": str(home)}
    command = [sys.executable, "-m", "minqing.wiring.cli", *words]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    if check and done.returncode:
        raise SystemExit(f"minqing {' '.join(words)}: {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def new_home(folder: Path, name: str) -> Path:
    """(home); as root its data lie where PostgreSQL's account can reach them."""
    home = folder / name
    home.mkdir(mode=0o700)
    if os.geteuid() == 0:
        (home / "data-is-at").write_text(str(folder / f"{name}-data"))
    return home


def data_of(home: Path) -> Path:
    pointer = home / "data-is-at"
    return Path(pointer.read_text().strip()) if pointer.exists() else home / "data"


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


class Writers:
    """People who write one word after another; what was answered is what was acknowledged."""

    def __init__(self, port: int, count: int) -> None:
        self.port, self.enough = port, threading.Event()
        self.answered: dict[str, str] = {}
        self.sent = 0
        self.threads = [
            threading.Thread(target=self._write, args=(who,), daemon=True) for who in range(count)
        ]

    def _write(self, who: int) -> None:
        n, web = 0, http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        while not self.enough.is_set():
            text, n = f"第{who}-{n}件：停水", n + 1
            body = json.dumps(
                {"text": text, "name": f"张{n}", "phone": f"138{who:04d}{n % 10_000:04d}", "reply_by": "sms"}
            )
            self.sent += 1
            try:
                web.request(
                    "POST", "/api/v1/demands", body.encode(),
                    {"Content-Type": "application/json", "Idempotency-Key": f"{who}-{n}"},
                )  # fmt: skip
                answer = web.getresponse()
                said = json.loads(answer.read())
                if answer.status == 201:
                    self.answered[text] = said["verify_no"]
            except (OSError, http.client.HTTPException, ValueError):
                web.close()
                if not self.enough.is_set():
                    time.sleep(0.05)

    def start(self) -> None:
        for thread in self.threads:
            thread.start()

    def end(self) -> None:
        self.enough.set()
        for thread in self.threads:
            thread.join(30)


@contextlib.contextmanager
def running(home: Path, store: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`minqing run` until it says that it is ready."""
    env = os.environ | {"MINQING_HOME": str(home), "MINQING_BACKUP": str(store), "MINQING_LANG": "en"}
    env["MINQING_STATIC"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    command = [sys.executable, "-m", "minqing.wiring.cli", "run", "--no-demo", "--json", "--workers", "2"]
    with tempfile.TemporaryFile("w+") as said:
        one = subprocess.Popen([*command, "--port", str(port)], env=env, stdout=said, stderr=said, text=True,
                               start_new_session=True)  # fmt: skip
        try:
            until = time.monotonic() + PATIENCE
            while True:
                said.seek(0)
                lines = said.read()
                if '{"address"' in lines:
                    break
                if one.poll() is not None or time.monotonic() > until:
                    raise SystemExit(f"the county did not start:\n{lines}")
                time.sleep(0.1)
            yield one
        finally:
            if one.poll() is None:
                one.send_signal(signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    one.wait(60)


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


def wait_for(true: Any, what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not true():
        if time.monotonic() > until:
            raise SystemExit(f"waited in vain for {what}")
        time.sleep(0.1)


def kill_everything(launcher: int, home: Path) -> int:
    """One after the other without a moment to tidy up: the launcher first, so that nothing is started again."""
    groups = list(json.loads((home / "run" / "children.json").read_text()).values())
    (cluster,) = data_of(home).glob("pg[0-9]*")
    postmaster = int((cluster / "postmaster.pid").read_text().split()[0])
    backends = [
        int(pid) for pid in Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    ]
    os.kill(launcher, signal.SIGKILL)
    for group in groups:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)
    for pid in (postmaster, *backends):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return 1 + len(groups) + 1 + len(backends)


def rows(home: Path, sql: str) -> list[tuple[Any, ...]]:
    server = json.loads((home / "server.json").read_text())
    with psycopg.connect(
        dbname="minqing", user="minqing_owner", password=server["passwords"]["minqing_owner"], host=server["socket"], port=5432
    ) as connection:  # fmt: skip
        return connection.execute(sql).fetchall()  # type: ignore[call-overload]


def drill(folder: Path, *, seconds: float, writers: int, demands: int = 0) -> dict[str, Any]:
    old, new, store = new_home(folder, "old"), new_home(folder, "new"), folder / "second-disk"
    port = free_port()
    if demands:
        minqing("demo", "--scale", str(max(1, demands // 2000)), home=old)
    with running(old, store, port) as run:
        subprocess.run(
            [sys.executable, str(HERE / "intake.py"), "--make-county"], check=True, env=os.environ | {"MINQING_HOME": str(old)}
        )  # fmt: skip
        say("the county runs")
        wait_for(lambda: any(store.glob("*/base-*/about.json")), "the first base copy")
        say("the first base copy is there; people write")
        people = Writers(port, writers)
        people.start()
        time.sleep(seconds)
        signed = (old / "signer" / "high-water").read_text().splitlines()
        killed = kill_everything(run.pid, old)
        acknowledged = dict(people.answered)
        say(f"killed {killed} processes")
        people.end()
        run.wait()
    keep = folder / "kept-apart"
    keep.mkdir(mode=0o700)
    shutil.copy(old / "keys" / "backup.key", keep)
    shutil.copytree(old / "signer", keep / "signer")
    shutil.rmtree(data_of(old))
    shutil.rmtree(old)
    begun = time.monotonic()
    report = json.loads(
        minqing("restore", str(store), "--key", str(keep / "backup.key"), "--signer", str(keep / "signer"), "--json", home=new)
    )  # fmt: skip
    took = time.monotonic() - begun
    say("restored")
    minqing("db", "up", home=new)
    try:
        kept = {text: verify_no for verify_no, text in rows(new, "SELECT verify_no, text FROM intake_demand")}
        subprocess.run(
            [sys.executable, "-c", IN_ORDER], check=True, env=os.environ | {"MINQING_HOME": str(new)}
        )
        verdict = json.loads(minqing("log", "verify", "--full", "--json", home=new, check=False))
        (left,) = rows(new, "SELECT count(*) FROM log_pending")
    finally:
        minqing("db", "down", home=new, check=False)
    lost = [text for text, verify_no in acknowledged.items() if kept.get(text) != verify_no]
    return {
        "killed": killed, "sent": people.sent, "acknowledged": len(acknowledged), "lost": len(lost),
        "signed": int(signed[1]), "size": report["log"]["size"], "standing": report["log"]["standing"],
        "size after": verdict["size"], "verify --full": verdict["ok"], "waiting": left[0],
        "wal_octets": report["wal_octets"], "base_octets": report["octets"], "unpacked_s": report["unpacked_s"],
        "replayed_s": report["replayed_s"], "restore_s": round(took, 1), "seconds": seconds,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--writers", type=int, default=6)
    parser.add_argument("--demands", type=int, default=0)
    args = parser.parse_args()
    for name in (
        "DATABASE_URL",
        "MINQING_OWNER_URL",
        "MINQING_SEALED_URL",
        "MINQING_KEYS",
        "MINQING_NOW",
        "MINQING_BACKUP",
    ):
        os.environ.pop(name, None)
    folder = Path(tempfile.mkdtemp(prefix="minqing-drill-"))
    folder.chmod(0o755)
    try:
        found = drill(folder, seconds=args.seconds, writers=args.writers, demands=args.demands)
    finally:
        for home in ("old", "new"):
            if (folder / home).exists():
                minqing("db", "down", home=folder / home, check=False)
        shutil.rmtree(folder, ignore_errors=True)
    good = found["standing"] == "goes-on" and found["verify --full"] and found["waiting"] == 0
    lines = [
        line("drill, acknowledged words lost", 0, found["lost"], "words", at_most=True),
        line("drill, root as signed, log verify --full", 1, float(good), "yes"),
        line("drill, restore", 3600, found["restore_s"], "s", at_most=True),
    ]
    told(lines, args.json, found)
    if found["lost"] or not good or not found["acknowledged"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
