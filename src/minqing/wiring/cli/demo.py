"""minqing demo: load the invented county, list its accounts, push its clock forward."""

import argparse
import json
from datetime import date
from pathlib import Path
from typing import Any

from minqing.wiring import home
from minqing.wiring.booting import boot, database, module
from minqing.wiring.cli.bar import Bar
from minqing.wiring.home import Home, replace
from minqing.wiring.saying import Trouble, say, t

LARGEST = 1000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "act", nargs="?", choices=["accounts"], help=t("accounts：列出账号", "accounts: list them")
    )
    parser.add_argument(
        "--scale",
        type=int,
        default=None,
        help=t("规模 1…1000（1 约 2000 件）", "scale 1…1000 (1 is about 2,000 demands)"),
    )
    parser.add_argument(
        "--today",
        type=date.fromisoformat,
        default=None,
        help=t("这一年到哪天为止", "the day on which the year ends"),
    )
    parser.add_argument(
        "--advance",
        default="",
        metavar="15D",
        help=t("拨快：15D，或到某日 2026-12-31", "push the clock: 15D, or to a day 2026-12-31"),
    )
    parser.add_argument(
        "--reset", action="store_true", help=t("清空并重新载入", "empty everything and load anew")
    )
    parser.add_argument("--first-start", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    if not home.in_demo():
        raise Trouble(
            t(
                "这不是示范县，没有示范账号、示范数据和示范时间。",
                "This is no demo county: no demo accounts, data or clock.",
            ),
            code=2,
        )
    with database():
        boot(as_owner=args.reset)
        return _run(args)


def _run(args: argparse.Namespace) -> int:
    if args.reset:
        module("minqing.wiring.demo.load").empty()
    if args.act == "accounts":
        return _accounts(args)
    if args.advance:
        return _advance(args)
    here = home.current()
    if args.first_start and not _wanted(here):
        return 0
    scale = int(_mark(here).get("scale", 1)) if args.scale is None else args.scale
    if not 1 <= scale <= LARGEST:
        raise Trouble(t("规模应在 1 到 1000 之间。", "The scale lies between 1 and 1000."), code=2)
    replace(_mark_file(here), json.dumps({"scale": scale, "state": "loading"}).encode())
    bar = Bar()
    if args.first_start:
        say(
            "首次启动：载入示范县（中断了下次会接着载）……",
            "First start: loading the demo county (goes on if interrupted) …",
        )
    try:
        report = module("minqing.wiring.demo.load").load(scale=scale, today=args.today, progress=bar)
    finally:
        bar.close()
    replace(_mark_file(here), json.dumps({"scale": scale, "state": "done"}).encode())
    if args.json:
        print(
            json.dumps(
                report if isinstance(report, dict) else {"scale": scale}, ensure_ascii=False, default=str
            )
        )
    return 0


def _mark_file(here: Home) -> Path:
    return here.path / "demo.json"


def _mark(here: Home) -> dict[str, Any]:
    try:
        return dict(json.loads(_mark_file(here).read_text()))
    except (FileNotFoundError, ValueError):
        return {}


def _wanted(here: Home) -> bool:
    """True on the very first start and after a cut-off load; never over a county that has anything of its own."""
    state = _mark(here).get("state")
    if state is None:
        connection = module("django.db").connection
        with connection.cursor() as cursor:
            cursor.execute("SELECT NOT EXISTS (SELECT 1 FROM offices_office)")
            return bool(cursor.fetchone()[0])
    return bool(state != "done")


def _accounts(args: argparse.Namespace) -> int:
    found = module("minqing.wiring.demo.known").accounts()
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
        return 0
    for one in found:
        print(
            "\t".join(str(one.get(key, "")) for key in ("role", "user", "password", "totp_secret", "office"))
        )
    return 0


def _advance(args: argparse.Namespace) -> int:
    text = args.advance.strip().upper()
    clock = module("minqing.wiring.demo.clock")
    try:
        moved = (
            clock.advance(int(text[:-1])) if text.endswith("D") else clock.advance(date.fromisoformat(text))
        )
    except ValueError:
        raise Trouble(
            t(f"看不懂 {args.advance}：写 15D 或 2026-12-31。", f"{args.advance}: write 15D or 2026-12-31."),
            code=2,
        ) from None
    if args.json:
        print(json.dumps({"now": str(moved)}))
    else:
        there = f"{moved:%Y-%m-%d %H:%M}"
        say(f"示范时间已拨到 {there}（北京时间）。", f"The demo clock now stands at {there} (Beijing time).")
    return 0
