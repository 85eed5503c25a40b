"""Two hundred megabytes sent to the running web server: refused by name, in little memory and little room."""

import contextlib
import http.client
import json
import re
import threading
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import cache
from django.db import connection

from makers import county
from minqing.means.files.rules import LARGEST, MB
from serving import below, fetch, opener, web

pytestmark = pytest.mark.django_db(transaction=True)
SAID = "三组的水管裂了，停水两天。"
PEAK_GROWTH = 80 * MB  # one file of 50 MB is never in memory whole, and a body of 200 MB less so
BOUND = "----word"


@pytest.fixture
def room(tmp_path: Path) -> Path:
    made = tmp_path / "tmp"
    made.mkdir()
    return made


@pytest.fixture
def served(room: Path, transactional_db: None) -> Iterator[tuple[str, int]]:
    cache.clear()
    county()
    at = connection.settings_dict
    url = f"postgresql://{at['USER']}:{at['PASSWORD']}@/{at['NAME']}?host={at['HOST']}&port={at['PORT']}"
    with web({"DATABASE_URL": url, "MINQING_OWNER_URL": url, "TMPDIR": str(room)}) as found:
        yield found


def peak(pid: int) -> int:
    """The most memory any process below has held since `forget_peaks`, in bytes."""
    marks = [re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{one}/status").read_text()) for one in below(pid)]
    return sum(int(mark[1]) * 1024 for mark in marks if mark)


def forget_peaks(pid: int) -> None:
    for one in below(pid):
        Path(f"/proc/{one}/clear_refs").write_text("5")


def lying_in(folder: Path, pid: int) -> int:
    """Bytes in a folder, with what the server's processes hold open there though it stands in no list any more."""
    size = sum(path.stat().st_size for path in folder.rglob("*"))
    for one in below(pid):
        for handle in Path(f"/proc/{one}/fd").glob("*"):
            with contextlib.suppress(OSError):
                if str(handle.readlink()).startswith(f"{folder}/") and not handle.readlink().exists():
                    size += handle.stat().st_size
    return size


class Room:
    """The most that ever lay in a folder of the server while it was looked at."""

    def __init__(self, folder: Path, pid: int) -> None:
        self.folder, self.pid, self.most, self.over = folder, pid, 0, threading.Event()
        self.thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self.over.wait(0.005):
            with contextlib.suppress(FileNotFoundError):
                self.most = max(self.most, lying_in(self.folder, self.pid))

    def __enter__(self) -> "Room":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.thread.join()


def part(name: str, value: str) -> bytes:
    return f'--{BOUND}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


def test_a_film_of_two_hundred_megabytes_is_refused_and_what_was_typed_is_there(
    served: tuple[str, int], room: Path
) -> None:
    url, pid = served
    browser = opener(Accept_Language="zh")
    _, page = fetch(browser, url + "/report")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
    assert token is not None
    fetch(
        browser, url + "/report", {"csrfmiddlewaretoken": token[1], "step": "1", "text": SAID}
    )  # everything loaded
    before = b"".join((part("csrfmiddlewaretoken", token[1]), part("step", "4"), part("text", SAID)))
    head = (
        f'--{BOUND}\r\nContent-Disposition: form-data; name="files"; filename="长片.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    after = b"\r\n" + part("name", "林小溪") + f"--{BOUND}--\r\n".encode()
    size = len(before) + len(head) + 200 * MB + len(after)

    def body() -> Iterator[bytes]:
        yield before + head
        for _ in range(200):
            yield bytes(MB)
        yield after

    cookies = "; ".join(f"{one.name}={one.value}" for handler in browser.handlers
                        for one in getattr(handler, "cookiejar", ()))  # fmt: skip
    host = urllib.parse.urlsplit(url).netloc
    forget_peaks(pid)
    usual = peak(pid)
    with Room(room, pid) as looked:
        line = http.client.HTTPConnection(host, timeout=120)
        line.request("POST", "/report", body(), {
            "Content-Type": f"multipart/form-data; boundary={BOUND}", "Content-Length": str(size), "Cookie": cookies,
            "Accept-Language": "zh",
        })  # fmt: skip
        answer = line.getresponse()
        said = answer.read().decode()
    assert answer.status == 422
    assert "长片.mp4" in said
    assert "文件太大：最大50MB" in said
    assert SAID in said
    assert "林小溪" in said
    assert peak(pid) - usual < PEAK_GROWTH
    assert 0 < looked.most <= LARGEST + MB
    assert lying_in(room, pid) == 0


def test_two_hundred_megabytes_sent_to_the_api_are_not_read(served: tuple[str, int], room: Path) -> None:
    url, pid = served
    line = http.client.HTTPConnection(urllib.parse.urlsplit(url).netloc, timeout=120)
    forget_peaks(pid)
    usual = peak(pid)
    line.putrequest("POST", "/api/v1/demands")
    line.putheader("Content-Type", "application/json")
    line.putheader("Content-Length", str(200 * MB))
    line.endheaders()
    try:
        for _ in range(200):
            line.send(b"a" * MB)
    except OSError:
        pass  # it hung up in the middle, after its answer
    answer = line.getresponse()
    assert (answer.status, json.loads(answer.read())["code"]) == (413, "request.too-large")
    assert peak(pid) - usual < PEAK_GROWTH
    assert fetch(opener(), url + "/help")[0] == 200
