"""The database is away: the page says so in the reader's language, asks again by itself, and gives back what was typed."""

import contextlib
import http.cookiejar
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator

import pytest

pytestmark = pytest.mark.database


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A web server whose database does not answer."""
    port, nobody = free_port(), free_port()
    gone = f"postgresql://minqing@127.0.0.1:{nobody}/minqing"
    env = {**os.environ, "DATABASE_URL": gone, "MINQING_OWNER_URL": gone}
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port),
               "--log-level", "error", "minqing.wiring.wsgi:application"]  # fmt: skip
    process = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(url + "/help", timeout=10).close()  # noqa: S310 our own server
                break
            time.sleep(0.2)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def fetch(
    opener: urllib.request.OpenerDirector, url: str, typed: dict[str, str] | None = None
) -> tuple[int, str]:
    sent = urllib.parse.urlencode(typed).encode() if typed is not None else None
    try:
        with opener.open(url, sent, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.parametrize(("lang", "said"), [("zh", "系统暂时连不上数据库"), ("en", "database")])
def test_reading_waits_and_writing_keeps_every_word(address: str, lang: str, said: str) -> None:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    opener.addheaders = [("Accept-Language", lang), ("Accept", "text/html")]
    status, page = fetch(opener, address + "/open")
    assert status == 503
    assert said in page
    assert 'http-equiv="refresh"' in page
    status, page = fetch(opener, address + "/report")
    assert status == 200
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    typed = {
        "csrfmiddlewaretoken": token[1],
        "step": "1",
        "text": "三组的水管裂了",
        "now": "1",
        "form_key": "0" * 32,
    }
    status, page = fetch(opener, address + "/report", typed)
    assert status == 503
    assert said in page
    assert "三组的水管裂了" in page
    assert "data-again" in page
