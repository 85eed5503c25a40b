"""The product as a process of its own: a web server on a free port, spoken to over HTTP."""

import contextlib
import http.cookiejar
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextlib.contextmanager
def web(env: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """(address, process) of a granian with one worker, as `minqing run` starts it."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--workers", "1", "--blocking-threads", "2", "--no-ws", "--log-level", "error",
               "minqing.wiring.wsgi:application"]  # fmt: skip
    process = subprocess.Popen(
        command, env={**os.environ, **env}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url + "/help", timeout=10).close()  # noqa: S310 our own server
                break
            time.sleep(0.2)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(20)


def below(pid: int) -> list[int]:
    """The process and all it has started."""
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*"):
        with contextlib.suppress(OSError):
            for child in (task / "children").read_text().split():
                found += below(int(child))
    return found


def opener(**headers: str) -> urllib.request.OpenerDirector:
    """A browser with its own cookies."""
    made = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    made.addheaders = [(name.replace("_", "-"), value) for name, value in headers.items()]
    return made


def fetch(
    by: urllib.request.OpenerDirector, url: str, typed: Mapping[str, str] | bytes | None = None
) -> tuple[int, str]:
    sent = urllib.parse.urlencode(typed).encode() if isinstance(typed, Mapping) else typed
    try:
        with by.open(url, sent, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()
