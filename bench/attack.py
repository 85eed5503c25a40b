"""make attack: tools of strangers against a throwaway county, on this machine alone and for a bounded time.

bandit reads the source; schemathesis sends the API what its schema allows and does not; wapiti looks for holes in the
public pages; sqlmap tries ten forms. They are installed into a venv of their own by hash (requirements-attack.lock). A county
is made, attacked and thrown away; `--address` names one that runs already, and only on this machine.

    python bench/attack.py [--minutes 10] [--only bandit,api,pages,sql] [--tools VENV] [--address http://127.0.0.1:8000]
"""

import argparse
import contextlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements-attack.lock"
SHARE = {"bandit": 0.1, "api": 0.3, "pages": 0.3, "sql": 0.3}
MODULES = "sql,xss,file,ssrf,crlf"
PAGES = ("", "report", "status", "verify", "open", "help", "privacy", "open/booking", "log")
FORMS: tuple[tuple[str, str], ...] = (
    ("status", "receipt=4829135702641189&word=1234"),
    ("verify", "number=A1B2C3D4"),
    ("open/booking", "code=4829135702641189"),
    ("report", "step=1&text=water&now=1"),
    ("report", "step=2&text=water&place=&place_find=he"),
    ("accounts/login/", "login=handler&password=wrong"),
    ("places/find", "place_find=he"),
    ("status/close", "receipt=1"),
    ("desk/find/", "number=1&name=a&phone=13900000021"),
    ("csp-report", "csp-report=1"),
)


@dataclass
class Outcome:
    tool: str
    tried: str
    findings: list[str]
    seconds: float = 0.0
    cut: bool = False


def ended(command: list[str], seconds: float, cwd: Path, **env: str) -> tuple[str, bool]:
    """What a tool said, and whether its time ran out; with all it has started it is gone afterwards."""
    process = subprocess.Popen(
        command, cwd=cwd, env={**os.environ, "HOME": str(cwd), "NO_COLOR": "1", **env}, stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace", start_new_session=True,
    )  # fmt: skip
    try:
        said, _ = process.communicate(timeout=seconds)
        return said, False
    except subprocess.TimeoutExpired:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0], True
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def bandit(tools: Path, _: str, room: Path, seconds: float) -> Outcome:
    report = room / "bandit.json"
    command = [str(tools / "bandit"), "-r", str(ROOT / "src"), "-q", "-f", "json", "-o", str(report)]
    _, cut = ended(command, seconds, room)
    told: Any = json.loads(report.read_text()) if report.exists() else {"results": [], "metrics": {}}
    high = [
        f"{one['filename']}:{one['line_number']} {one['test_id']} {one['issue_text']}"
        for one in told["results"]
        if one["issue_severity"] == "HIGH"
    ]
    n = told["metrics"].get("_totals", {})
    said = (
        f"{n.get('loc', '?')} lines, {n.get('SEVERITY.MEDIUM', '?')} medium, {n.get('SEVERITY.LOW', '?')} low"
    )
    return Outcome("bandit", said, high, cut=cut)


def api(tools: Path, address: str, room: Path, seconds: float) -> Outcome:
    """No answer in the five hundreds, and each as the schema says."""
    report = room / "schemathesis.xml"
    command = [
        str(tools / "schemathesis"), "run", f"{address}/api/v1/openapi.json", "--base-url", address,
        "--checks", "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance",
        "--hypothesis-max-examples", os.environ.get("MINQING_ATTACK_CASES", "8"), "--hypothesis-deadline", "20000",
        "--request-timeout", "20000", "--hypothesis-derandomize",
        "--data-generation-method", "all", "--experimental", "openapi-3.1", "--junit-xml", str(report), "--no-color",
    ]  # fmt: skip
    if token := os.environ.get("MINQING_ATTACK_TOKEN"):
        command += ["--header", f"Authorization: Bearer {token}"]
    said, cut = ended(command, seconds, room)
    (room / "schemathesis.txt").write_text(said)
    found = sorted(set(re.findall(r"^(?:_+ )?((?:GET|POST|PUT|DELETE) /\S+)(?: _+)?$", said, re.MULTILINE)))
    walked = len(re.findall(r"^(?:GET|POST) /\S+ [.FE]", said, re.MULTILINE))
    counts = re.findall(r"^\s+(\w+)\s+(\d+) / (\d+) passed", said, re.MULTILINE)
    found += sorted(set(re.findall(r"^((?:GET|POST) /\S+) [FE]", said, re.MULTILINE)) - set(found))
    if not walked:
        found.append("it did not run: " + " ".join(said.split())[:200])
    passed = ", ".join(f"{name} {good}/{n}" for name, good, n in counts)
    return Outcome("schemathesis", f"{walked} operations; {passed}", found, cut=cut)


def pages(tools: Path, address: str, room: Path, seconds: float) -> Outcome:
    report = room / "wapiti.json"
    command = [str(tools / "wapiti"), "-u", f"{address}/", "-m", MODULES, "--scope", "folder", "--flush-session", "-f", "json", "-o", str(report),
               "--max-scan-time", str(int(seconds * 0.6)), "--max-links-per-page", "30", "-d", "1", "-t", "10", "--no-bugreport",
               "--store-session", str(room / "wapiti"), "--store-config", str(room / "wapiti-config"), "-x", f"{address}/leave",
               "-x", f"{address}/demo/*", "-x", f"{address}/log/*"]  # fmt: skip
    for page in PAGES:
        command += ["-s", f"{address}/{page}"]
    said, cut = ended(command, seconds, room)
    (room / "wapiti.txt").write_text(said)
    told: Any = json.loads(report.read_text()) if report.exists() else {}
    found = [
        f"{kind}: {one['method']} {one['path']} {one['parameter']}"
        for kind, lines in told.get("vulnerabilities", {}).items()
        for one in lines
    ]
    if not told and not cut:
        found.append("it did not run: " + " ".join(said.split())[-200:])
    bugs = [f"5xx: {one['path']}" for one in told.get("anomalies", {}).get("Internal Server Error", [])]
    return Outcome(
        "wapiti",
        f"{told.get('infos', {}).get('crawled_pages_nbr', '?')} pages, {MODULES}",
        found + bugs,
        cut=cut,
    )


def sql(tools: Path, address: str, room: Path, seconds: float) -> Outcome:
    """Each form with the token of its own page, as a browser sends it."""
    found, tried, end = [], 0, time.monotonic() + seconds
    for path, data in FORMS:
        left = end - time.monotonic()
        if left < 5:
            break
        jar, token = _form_token(address)
        command = [
            str(tools / "sqlmap"), "-u", f"{address}/{path}",
            "--data", f"csrfmiddlewaretoken={token}&{data}", "--cookie", f"csrftoken={jar}", "--skip", "csrfmiddlewaretoken,csrftoken",
            "--batch", "--level", "1", "--risk", "1", "--dbms", "PostgreSQL", "--technique", "BEU", "--timeout", "10", "--retries", "0",
            "--threads", "2", "--ignore-code", "*", "--output-dir", str(room / "sqlmap"), "--disable-coloring", "--flush-session",
        ]  # fmt: skip
        said, cut = ended(command, min(left, max(20.0, seconds / len(FORMS))), room)
        (room / f"sqlmap-{tried}.txt").write_text(said)
        if (
            "is vulnerable" in said
            or "injectable with" in said
            or "sqlmap identified the following injection" in said
        ):
            found.append(f"POST /{path}")
        elif not cut and "POST parameter" not in said and "all tested parameters" not in said:
            found.append(f"POST /{path}: it did not run: " + " ".join(said.split())[-120:])
        tried += not cut
    return Outcome("sqlmap", f"{tried} of {len(FORMS)} forms to the end", found, cut=tried < len(FORMS))


def _form_token(address: str) -> tuple[str, str]:
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with opener.open(f"{address}/status", timeout=30) as answer:
        page, cookie = answer.read().decode(), answer.headers.get_all("Set-Cookie") or []
    name = re.search(r"csrftoken=([^;]+)", " ".join(cookie))
    typed = re.search(r'csrfmiddlewaretoken" value="([^"]+)', page)
    return (name[1] if name else ""), (typed[1] if typed else "")


TOOLS: dict[str, Callable[[Path, str, Path, float], Outcome]] = {
    "bandit": bandit,
    "api": api,
    "pages": pages,
    "sql": sql,
}


def installed(where: Path) -> Path:
    """The venv of the tools; made once for a lock."""
    stamp, wanted = where / "stamp", LOCK.read_text()
    if not stamp.exists() or stamp.read_text() != wanted:
        shutil.rmtree(where, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", str(where)], check=True)
        install = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "-r",
            str(LOCK),
        ]
        subprocess.run([str(where / "bin/python"), *install], check=True)
        stamp.write_text(wanted)
    return where / "bin"


@contextlib.contextmanager
def throwaway(room: Path) -> Iterator[str]:
    """A demo county on a free port; it ends with this."""
    env = {**os.environ, "MINQING_HOME": str(room / "home"), "MINQING_DEMO": "1"}
    for name in ("DATABASE_URL", "MINQING_OWNER_URL", "MINQING_NOW", "PORT"):
        env.pop(name, None)
    port = _free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "minqing.wiring.cli", "run", "--port", str(port), "--workers", "1", "--json"],
        env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/help", timeout=5).close()  # noqa: S310 our own server
                break
            if process.poll() is not None:
                raise SystemExit("the county did not start")
            time.sleep(1)
        yield address
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(60)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--only", default=",".join(TOOLS))
    parser.add_argument("--tools", type=Path, help="a venv that has them")
    parser.add_argument("--address", default="")
    args = parser.parse_args()
    chosen = [name for name in args.only.split(",") if name]
    if set(chosen) - set(TOOLS):
        parser.error(f"there are: {', '.join(TOOLS)}")
    if args.address and urlsplit(args.address).hostname not in {"127.0.0.1", "::1", "localhost"}:
        parser.error("only what runs on this machine is attacked")
    build = Path(os.environ.get("MINQING_HOME", ROOT / "var")).absolute() / "build"
    build.mkdir(mode=0o700, parents=True, exist_ok=True)
    tools = (args.tools / "bin") if args.tools else installed(build / "attack")
    room = Path(tempfile.mkdtemp(prefix="attack-", dir=build))
    done: list[Outcome] = []
    total = sum(SHARE[name] for name in chosen)
    needs = any(name != "bandit" for name in chosen) and not args.address
    with throwaway(room) if needs else contextlib.nullcontext(args.address) as address:
        for name in chosen:
            begun = time.monotonic()
            told = TOOLS[name](tools, address.rstrip("/"), room, args.minutes * 60 * SHARE[name] / total)
            told.seconds = round(time.monotonic() - begun, 1)
            done.append(told)
            cut = " (time ran out)" if told.cut else ""
            print(
                f"{told.tool:<13} {told.seconds:>6.0f} s  {len(told.findings)} found{cut}  {told.tried}",
                flush=True,
            )
            for one in told.findings:
                print(f"              {one}", flush=True)
    (build / "attack.json").write_text(json.dumps([vars(one) for one in done], ensure_ascii=False, indent=1))
    return 1 if any(one.findings for one in done) else 0


if __name__ == "__main__":
    sys.exit(main())
