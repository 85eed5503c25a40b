"""minqing db: the embedded PostgreSQL by hand."""

import argparse
import json
import os
import shutil
import sys
from urllib.parse import unquote, urlsplit

from minqing.wiring import home, postgres
from minqing.wiring.postgres.binaries import choose
from minqing.wiring.saying import Trouble, say, t


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="up|down|status|psql")
    for name, zh, en in (
        ("up", "启动并让它一直运行", "start it and leave it running"),
        ("down", "停止", "stop it"),
        ("status", "是否在运行，在哪里", "does it run, and where"),
    ):
        act = acts.add_parser(name, help=t(zh, en), description=t(zh, en))
        act.add_argument("--json", action="store_true")
    psql = acts.add_parser(
        "psql", help=t("打开 psql；-- 之后的参数照传", "open psql; what stands after -- is passed on")
    )
    psql.add_argument("--role", choices=["app", "owner", "sealed"], default="app")
    psql.add_argument("rest", nargs=argparse.REMAINDER)


def run(args: argparse.Namespace) -> int:
    here = home.current()
    if args.act == "psql":
        return _psql(here, args.role, args.rest)
    if here.external and args.act in {"up", "down"}:
        raise Trouble(
            t(
                "已设置 DATABASE_URL：数据库由您自己管理，这里不启动也不停止。",
                "DATABASE_URL is set: the database is yours to start and stop, nothing done.",
            ),
            code=2,
        )
    keep = here.run / "keep"  # `minqing run` leaves a server that was started by hand
    if args.act == "down":
        keep.unlink(missing_ok=True)
        stopped = postgres.down(here)
        if args.json:
            print(json.dumps({"stopped": stopped}))
        elif stopped:
            say("PostgreSQL 已停止。", "PostgreSQL stopped.")
        else:
            say("PostgreSQL 没有在运行。", "PostgreSQL was not running.")
        return 0
    found = postgres.up(here) if args.act == "up" else postgres.status(here)
    if args.act == "up":
        keep.touch()
    if args.json:
        print(json.dumps(found.as_dict()))
    elif found.running:
        where = found.socket or t("由 DATABASE_URL 指定", "named by DATABASE_URL")
        print(
            t(f"在运行：PostgreSQL {found.version} {where}", f"running: PostgreSQL {found.version} {where}")
        )
    else:
        print(t("没有在运行。", "not running."))
    return 0 if found.running else 1


def _psql(here: home.Home, role: str, rest: list[str]) -> int:
    try:
        program = choose().program("psql")
    except Trouble:
        program = shutil.which("psql") or ""
    if not program:
        raise Trouble(t("没有找到 psql。", "psql is not installed."))
    url = {"app": here.app_url, "owner": here.owner_url, "sealed": here.sealed_url}[role]()
    parts = urlsplit(url)
    if parts.password:  # a password on a command line is seen by every user of the machine
        os.environ["PGPASSWORD"] = unquote(parts.password)
        url = url.replace(f":{parts.password}@", "@", 1)
    sys.stdout.flush()
    os.execv(program, [program, url, *[word for word in rest if word != "--"]])  # noqa: S606
