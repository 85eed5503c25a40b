"""`minqing run` in a process of its own, with what it said."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

READY_WITHIN = 300  # when a test is given up, not a promise of speed


class Run:
    def __init__(self, port: int, *words: str) -> None:
        self.port = port
        self.out = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115  lives as long as the process
        command = [sys.executable, "-m", "minqing.wiring.cli", "run", "--no-demo", "--json", "--workers", "1"]
        env = {**os.environ, "MINQING_LANG": "en"}
        self.process = subprocess.Popen(
            [*command, "--port", str(port), *words],
            stdout=self.out,
            stderr=subprocess.STDOUT,
            env=env,
            start_new_session=True,
        )

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def said(self) -> str:
        return Path(self.out.name).read_text()

    def ready(self) -> dict[str, object]:
        until = time.monotonic() + READY_WITHIN
        while time.monotonic() < until and self.process.poll() is None:
            for line in self.said.splitlines():
                if line.startswith('{"address"'):
                    return dict(json.loads(line))
            time.sleep(0.1)
        raise AssertionError(self.said)

    def ends(self, number: int) -> int:
        self.process.send_signal(number)
        return self.process.wait(READY_WITHIN)

    def answers(self) -> bool:
        try:
            urllib.request.urlopen(f"{self.address}/healthz", timeout=10)  # noqa: S310 our own server
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True
