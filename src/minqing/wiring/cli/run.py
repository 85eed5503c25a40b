"""minqing run: from nothing to an open page, and back to nothing on Ctrl-C.

Imports no Django: migrating, seeding, web and worker are processes of their own, so the launcher stays small.
"""

import argparse
import contextlib
import http.client
import importlib
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from minqing.wiring import home, optional, postgres, processes, unchanged
from minqing.wiring.backups import keeping, store
from minqing.wiring.backups.following import STANDBY
from minqing.wiring.backups.store import now
from minqing.wiring.booting import exists
from minqing.wiring.children import Children, start_child, wait_until
from minqing.wiring.saying import Trouble, say, t

FIRST_PAGE_WITHIN = 300.0  # when it is given up; a slow machine is no reason to stop
ALARM_EVERY = 20  # rounds of half a second
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    cores = os.cpu_count() or 2
    parser.add_argument(
        "--host", default=os.environ.get("HOST_ADDRESS", "127.0.0.1"), help=t("监听地址", "address to bind")
    )
    parser.add_argument(
        "--port", type=processes.port, default=os.environ.get("PORT", "8000"), help="PORT (8000)"
    )
    parser.add_argument(
        "--workers", type=int, default=max(1, min(cores, 8)), help=t("网页进程数", "web processes")
    )
    parser.add_argument(
        "--threads", type=int, default=2, help=t("每个网页进程的线程数", "threads a web process")
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=1,
        help=t("首次载入示范县的规模", "scale of the demo county on first start"),
    )
    parser.add_argument(
        "--no-demo",
        action="store_true",
        help=t("不载入示范县（等于 MINQING_DEMO=0）", "no demo county (same as MINQING_DEMO=0)"),
    )
    parser.add_argument(
        "--json", action="store_true", help=t("就绪后打印一行 JSON", "print one line of JSON when ready")
    )


def run(args: argparse.Namespace) -> int:
    here = home.current()
    os.environ["MINQING_HOME"] = str(here.path)
    if args.no_demo:
        os.environ["MINQING_DEMO"] = "0"
    address = f"http://{'127.0.0.1' if args.host in {'0.0.0.0', ''} else args.host}:{args.port}/"  # noqa: S104
    begun = time.monotonic()
    with _stoppable() as stopping, home.only_one(here, {"address": address}):
        children = Children(here)
        children.end_left_over()
        processes.claim(args.host, args.port)
        postgres.up(here, waits_for=_standby(here))
        try:
            if store.named() is not None:
                _follow(children, here, stopping)
            if not unchanged.unchanged(here):
                Step("migrate", "--static").result(stopping)
            if _is_demo():
                _seed(here, args.scale, stopping)
            sealed = processes.sealed_port(here, args.host, args.port)
            processes.serve(children, args, sealed)
            _wait_for_page(children, args, stopping)
            processes.work(children, args, sealed)
            _announce(args, address, _accounts(here), time.monotonic() - begun, sealed)
            _watch(children, here, stopping)
        except Stopped:
            pass
        finally:
            say("正在停止……", "Stopping …")
            children.stop()
            if not here.external:
                postgres.commits_wait_for(here, "")  # nobody keeps the WAL now, and nobody may wait for that
            if not (here.run / "keep").exists():
                postgres.down(here)
    say("已全部停止，数据都在。", "All stopped; the data are kept.")
    return 0


class Stopped(Exception):
    """Ctrl-C or a request to end."""


class Stopping:
    """Set by a signal; asked between the steps."""

    def __init__(self) -> None:
        self.wanted = False

    def __call__(self, *_: object) -> None:
        self.wanted = True

    def check(self) -> None:
        if self.wanted:
            raise Stopped


@contextlib.contextmanager
def _stoppable() -> Iterator[Stopping]:
    stopping = Stopping()
    before = {number: signal.signal(number, stopping) for number in STOPS}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class Step:
    """One command of ours as a process of its own; its progress goes to the terminal, its result comes back."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.said = tempfile.TemporaryFile("w+", encoding="utf-8")  # noqa: SIM115  closed with the result
        self.process = start_child([sys.executable, "-m", "minqing.wiring.cli", *words], stdout=self.said)

    def result(self, stopping: Stopping) -> str:
        try:
            while self.process.poll() is None:
                if stopping.wanted:
                    self.end()
                    raise Stopped
                time.sleep(0.05)
            self.said.seek(0)
            result = self.said.read()
        finally:
            self.said.close()
        code = self.process.returncode
        if code != 0:
            words = " ".join(self.words)
            raise Trouble(
                t(
                    f"这一步没有成功：minqing {words}（{code}）。原因见上。",
                    f"This step failed: minqing {words} ({code}). The reason stands above.",
                ),
                code=code if code > 0 else 1,
            )
        return result

    def end(self) -> None:
        self.process.send_signal(signal.SIGINT)
        if not wait_until(lambda: self.process.poll() is not None, 20):
            self.process.kill()
        self.process.wait()


def _is_demo() -> bool:
    wanted = home.in_demo()
    return wanted and exists("minqing.wiring.demo.load")


def _seed(here: home.Home, scale: int, stopping: Stopping) -> None:
    """On the first start load the county; a load that was cut off goes on where it stopped."""
    try:
        done = json.loads((here.path / "demo.json").read_text())["state"] == "done"
    except (FileNotFoundError, ValueError, KeyError):
        done = False
    if not done:
        Step("demo", "--scale", str(scale), "--first-start").result(stopping)


def _standby(here: home.Home) -> str:
    """Whom commits wait for: the second disk, where one is named and nobody has decided to go on without it."""
    return STANDBY if store.named() is not None and keeping.alone(here) is None else ""


def _follow(children: Children, here: home.Home, stopping: Stopping) -> None:
    """Before anything is written: from here on a commit returns when the second disk has it."""
    begun = now()
    command = [sys.executable, "-m", "minqing.wiring.cli", "backup", "--follow"]
    children.start("backup", command, dict(os.environ), slowest=2.0, needed=True)

    def follows() -> bool:
        stopping.check()
        if (fallen := children.fallen()) is not None and fallen.process and fallen.process.returncode:
            raise Trouble(
                t(
                    "备份进程没能启动，原因见上（MINQING_BACKUP）。",
                    "The backup did not start; the reason stands above (MINQING_BACKUP).",
                )
            )
        told = keeping.status(here)
        return told is not None and datetime.fromisoformat(told["at"]) >= begun

    if not wait_until(follows, FIRST_PAGE_WITHIN):
        raise Trouble(t("备份进程没有动静。", "The backup says nothing."))


def alarm(here: home.Home) -> None:
    """While nobody keeps the WAL, whoever writes waits: a person must know within half a minute."""
    silent = keeping.late(here) if store.named() is not None else None
    if silent is not None:
        say(
            f"警报：第二块盘 {silent:.0f} 秒没有动静，写入都在等。修好它，或 minqing backup --alone 理由",
            f"ALARM: the second disk has been silent for {silent:.0f} s and everybody who writes waits. "
            "Mend it, or: minqing backup --alone REASON",
        )


def _accounts(here: home.Home) -> list[dict[str, Any]]:
    if not _is_demo():
        return []
    os.environ.setdefault("MINQING_KEYS", str(here.keys))
    found: list[dict[str, Any]] = importlib.import_module("minqing.wiring.demo.known").accounts()
    return found


def _wait_for_page(children: Children, args: argparse.Namespace, stopping: Stopping) -> None:
    def answered() -> bool:
        stopping.check()
        fallen = children.fallen()
        if fallen is not None and fallen.name == "web":
            raise Trouble(
                t("网页进程没能启动，原因见上。", "The web process did not start; the reason stands above.")
            )
        status = _health(args.host, args.port)
        return status is not None and (status < 500 or status == 503)

    if not wait_until(answered, FIRST_PAGE_WITHIN):
        raise Trouble(
            t(
                f"{FIRST_PAGE_WITHIN:.0f} 秒内网页没有应答。",
                f"No page answered within {FIRST_PAGE_WITHIN:.0f} s.",
            )
        )


def _health(host: str, port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1" if host == "0.0.0.0" else host, port, timeout=10)  # noqa: S104
    try:
        connection.request("GET", "/healthz", headers={"Host": "127.0.0.1"})
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def _announce(
    args: argparse.Namespace, address: str, accounts: list[dict[str, Any]], seconds: float, sealed: int | None
) -> None:
    if args.json:
        told = {"address": address, "accounts": accounts}
        if sealed is not None:
            told["sealed"] = f"http://{processes.name(args.host)}:{sealed}/"
        print(json.dumps(told, ensure_ascii=False), flush=True)
        return
    print(
        t(f"\n民情已就绪（{seconds:.1f} 秒）：{address}", f"\nMinqing is ready ({seconds:.1f} s): {address}")
    )
    if sealed is not None:
        where = f"http://{processes.name(args.host)}:{sealed}/"
        print(t(f"检举控告另有一扇门：{where}", f"Accusations have a door of their own: {where}"))
    if accounts:
        print(t(f"示范导览与一键登录：{address}demo", f"Tours and one-click sign-in: {address}demo"))
        width = max(len(str(account["role"])) for account in accounts)
        for account in accounts:
            office = account.get("office", "")
            print(f"  {account['role']:<{width}}  {account['user']} / {account['password']}  {office}")
    off = optional.off(at_run=True)
    if off:
        print(t("没有装、因此关闭的：", "Not installed, so off:"))
        for one in off:
            print(f"  {one.name}: {one.without}")
    print(t("按 Ctrl-C 停止。", "Ctrl-C stops everything."), flush=True)


def _watch(children: Children, here: home.Home, stopping: Stopping) -> None:
    """Until asked to stop: restart what falls; the embedded database too."""
    rounds, data = 0, "" if here.external else postgres.status(here).data
    while True:
        stopping.check()
        children.tend()
        rounds += 1
        missed = not here.external and (rounds % 20 == 0 or postgres.fallen(data))
        if missed and not postgres.status(here).running:
            say("PostgreSQL 停了，正在重新启动……", "PostgreSQL has stopped, starting it again …")
            postgres.up(here, waits_for=_standby(here))
        if rounds % ALARM_EVERY == 0:
            alarm(here)
        time.sleep(0.5)
