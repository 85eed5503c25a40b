"""minqing check: one look at everything a county's engineer must not find out too late."""

import argparse
import json
import os
import shutil
import stat
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from minqing.kernel.keys import COUNTY, COUNTY_BEFORE
from minqing.wiring import grants, home, optional, postgres
from minqing.wiring.backups import keeping, store
from minqing.wiring.booting import module
from minqing.wiring.cli import deploying
from minqing.wiring.cli.deploying import Finding
from minqing.wiring.home import KEYS, Home
from minqing.wiring.saying import said_no, t

OLDEST_SERVER = 15
LEAST_FREE = 2 << 30
LARGEST_SKEW = 5.0  # seconds between this machine's clock and the database's
BACKUP_WITHIN = timedelta(days=2)
CALENDAR_AHEAD = timedelta(days=90)
SIGNS = {"ok": "✓", "warn": "!", "bad": "✗"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--json", action="store_true", help='{"status","findings":[{"what","state","detail"}]}'
    )
    parser.add_argument(
        "--deploy",
        action="store_true",
        help=t(
            "这样的配置能不能正式用在一个县；不能：退出码 1",
            "is this fit for a real county; if not: exit code 1",
        ),
    )


def run(args: argparse.Namespace) -> int:
    here = home.current()
    found = deploying.findings(here) if args.deploy else _findings(here)
    states = {one.state for one in found}
    status = "bad" if "bad" in states else "warn" if "warn" in states else "ok"
    if args.json:
        print(json.dumps({"status": status, "findings": [asdict(one) for one in found]}, ensure_ascii=False))
    else:
        for one in found:
            print(f"{SIGNS[one.state]} {one.what:<10} {one.detail}")
    return 1 if status == "bad" else 0


def _findings(here: Home) -> list[Finding]:
    found: list[Finding] = []
    for look in LOOKS:
        try:
            found += look(here)
        except (psycopg.Error, OSError) as error:
            found.append(Finding(look.__name__.strip("_"), "bad", str(error).splitlines()[0]))
    return found


def _home(here: Home) -> Iterator[Finding]:
    if not here.path.is_dir():
        yield Finding(
            "home", "bad", t(f"还没有 {here.path}：先 make run", f"{here.path} does not exist yet: make run")
        )
        return
    loose = here.path.stat().st_mode & 0o077
    writable = os.access(here.path, os.W_OK)
    state = "bad" if not writable else "warn" if loose else "ok"
    note = t("，别的用户可以进入，请 chmod 700", ", open to other users: chmod 700") if loose else ""
    note += "" if writable else t("，不能写入", ", not writable")
    yield Finding("home", state, f"{here.path}{note}")


def _keys(here: Home) -> Iterator[Finding]:
    missing = [name for name in KEYS if not (here.keys / name).exists()]
    if missing:
        text = t(
            f"缺少 {'、'.join(missing)}；丢了密钥只能从备份找回",
            f"missing: {', '.join(missing)}; keys come back from a backup only",
        )
        yield Finding("keys", "bad", text)
        return
    paths = [here.keys, *(path for path in here.keys.iterdir() if not path.name.startswith("."))]
    loose = [path.name for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    empty = [path.name for path in paths if path.is_file() and path.stat().st_size == 0]
    if loose or empty:
        text = t(
            f"权限过宽或为空：{'、'.join(loose + empty)}（应为 0600）",
            f"too open or empty: {', '.join(loose + empty)} (0600 wanted)",
        )
        yield Finding("keys", "bad", text)
    elif (here.keys / COUNTY_BEFORE).exists() or (here.keys / f"{COUNTY}.next").exists():
        text = t(
            "换密钥没有做完：再运行 minqing keys rotate", "a rotation is not finished: minqing keys rotate"
        )
        yield Finding("keys", "warn", text)
    else:
        yield Finding(
            "keys",
            "ok",
            t(f"{len(paths) - 1} 个，只有本用户可读", f"{len(paths) - 1}, readable by this user only"),
        )


def _database(here: Home) -> Iterator[Finding]:
    if not here.external and not postgres.status(here).running:
        yield Finding(
            "database",
            "bad",
            t("没有在运行：make run 或 minqing db up", "not running: make run or minqing db up"),
        )
        return
    with psycopg.connect(here.app_url(), connect_timeout=10) as connection:
        row = connection.execute(
            "SELECT current_setting('server_version_num')::int, clock_timestamp(), current_user::text,"
            " current_setting('server_encoding'), pg_size_pretty(pg_database_size(current_database())),"
            " to_regclass('facts_fact') IS NOT NULL"
        ).fetchone()
        assert row is not None
        version, their_time, role, encoding, size, made = row
        skew = abs((datetime.now(UTC) - their_time).total_seconds())
        may_rewrite = made and _may_rewrite(connection)
        quiet = _quiet(connection)
    old = version // 10000 < OLDEST_SERVER
    wrong = old or encoding != "UTF8"
    yield Finding(
        "database",
        "bad" if wrong else "ok",
        f"PostgreSQL {version // 10000}.{version % 10000} {encoding}, {role}, {size}",
    )
    if may_rewrite:
        yield Finding(
            "grants",
            "warn" if here.external else "bad",
            t(
                f"角色 {role} 能改动已记录的事实：请设 MINQING_OWNER_URL 并运行 minqing migrate",
                f"{role} could change recorded facts: set MINQING_OWNER_URL, run minqing migrate",
            ),
        )
    elif made:
        yield Finding(
            "grants",
            "ok",
            t("应用角色不能改动、删除已记录的事实", "the app role cannot change or delete recorded facts"),
        )
    yield Finding(
        "log",
        "ok" if quiet else "warn",
        t("数据库日志不引用群众写的话", "the database's log quotes nothing that people wrote")
        if quiet
        else t(
            "数据库日志可能引用群众写的话：请设 log_error_verbosity=terse、log_parameter_max_length=0",
            "the database's log may quote what people wrote: set log_error_verbosity=terse, log_parameter_max_length=0",
        ),
    )
    yield Finding(
        "clock",
        "ok" if skew <= LARGEST_SKEW else "bad",
        t(f"与数据库相差 {skew:.1f} 秒", f"{skew:.1f} s from the database's clock"),
    )


def _may_rewrite(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    row = connection.execute(
        "SELECT bool_or(has_table_privilege(oid, 'UPDATE') OR has_table_privilege(oid, 'DELETE')) FROM pg_class"
        " WHERE relnamespace = current_schema()::regnamespace AND relname = ANY(%s)",
        [sorted(grants.APPEND_ONLY)],
    ).fetchone()
    return bool(row and row[0])


def _quiet(connection: psycopg.Connection[tuple[object, ...]]) -> bool:
    """Does the server's own log leave out rows ("Failing row contains …") and the values of slow statements?"""
    row = connection.execute(
        "SELECT current_setting('log_error_verbosity'), current_setting('log_parameter_max_length')"
    ).fetchone()
    return row == ("terse", "0")


def _migrations(here: Home) -> Iterator[Finding]:
    if not here.external and not postgres.status(here).running:
        return
    executor_of = module("django.db.migrations.executor").MigrationExecutor
    executor = executor_of(module("django.db").connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        yield Finding(
            "schema",
            "bad",
            t(f"差 {len(plan)} 步：运行 minqing migrate", f"{len(plan)} steps behind: run minqing migrate"),
        )
    else:
        yield Finding("schema", "ok", t("与本版本一致", "as this version wants it"))
        until = module("minqing.ground.law.queries").calendar().loaded_until
        near = until < datetime.now(UTC).date() + CALENDAR_AHEAD
        text = t(f"放假安排载入到 {until}", f"public holidays are loaded until {until}")
        more = (
            t("；之后的期限是暂定的，请载入新一年的安排", "; later dates are provisional, load the new year")
            if near
            else ""
        )
        yield Finding("calendar", "warn" if near else "ok", text + more)


def _web(here: Home) -> Iterator[Finding]:
    running = home.holder(here)
    if running is None:
        yield Finding("web", "warn", t("minqing run 没有在运行", "minqing run is not running"))
        return
    address = running["address"] + "healthz"
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310  our own address
            health = json.load(answer)
    except urllib.error.HTTPError as error:
        yield Finding("web", "bad", f"{address}: {error.code}")
        return
    except (OSError, ValueError) as error:
        yield Finding("web", "bad", f"{address}: {error}")
        return
    state = {"ok": "ok", "degraded": "warn"}.get(str(health.get("status")), "bad")
    yield Finding("web", state, f"{address}: {health.get('status', '?')}")
    worker = health.get("worker") or {}
    state = "ok" if worker.get("state") == "running" else "bad"
    age = t(f"{worker.get('age_s', '?')} 秒前有动静", f"last sign {worker.get('age_s', '?')} s ago")
    yield Finding("worker", state, f"{worker.get('state', '?')}, {age}")


def _mail(_: Home) -> Iterator[Finding]:
    url = os.environ.get("MINQING_IMAP_URL", "")
    if not url:
        yield Finding(
            "mail",
            "ok",
            t("没有设 MINQING_IMAP_URL：不收电子邮件", "MINQING_IMAP_URL is not set: no e-mail in"),
        )
        return
    mail = module("minqing.wiring.mail")
    try:
        with mail.Box(url, taken=os.environ.get("MINQING_IMAP_TAKEN", "")) as box:
            waiting, aside = len(box.waiting()), box.aside()
    except mail.BoxClosed as closed:
        yield Finding("mail", "bad", str(closed))
        return
    text = t(
        f"{waiting} 封等着收，{aside} 封留给人看（已标旗）",
        f"{waiting} waiting, {aside} set aside for a person (flagged)",
    )
    yield Finding("mail", "warn" if aside else "ok", f"{box.place}: {text}")


def _witnesses(_: Home) -> Iterator[Finding]:
    """Only what is kept is looked at: nobody is asked."""
    queries, rules = module("minqing.record.log.queries"), module("minqing.record.log.rules")
    try:
        found = queries.witnesses(at=module("minqing.ground.law.queries").now())
    except rules.BadPolicy as bad:
        yield Finding("witnesses", "bad", said_no(bad))
        return
    if found is None:
        yield Finding("witnesses", "ok", t("还没有见证机关", "no witness is named yet"))
        return
    grave, seen = (
        [one.name for one in found.lines if one.error in rules.GRAVE],
        found.released or found.newest,
    )
    told = ", ".join(f"{one.name} {one.size or '–'} {one.error}".rstrip() for one in found.lines)
    enough = t("签名够数", "enough have signed") if seen else t("签名不够", "not enough have signed")
    yield Finding("witnesses", "bad" if grave else "ok" if seen else "warn", f"{enough}: {told}")


def _disk(here: Home) -> Iterator[Finding]:
    seen: set[int] = set()
    for path in (here.path, here.data):
        if not path.exists() or path.stat().st_dev in seen:
            continue
        seen.add(path.stat().st_dev)
        usage = shutil.disk_usage(path)
        text = t(f"{path} 剩 {usage.free / 1e9:.1f} GB", f"{path}: {usage.free / 1e9:.1f} GB free")
        yield Finding("disk", "ok" if usage.free > LEAST_FREE else "bad", text)


def _second_disk(here: Home) -> Iterator[Finding]:
    """Where one is named, commits wait for it: its silence is the county's silence."""
    folder = store.named()
    if folder is None:
        return
    told, decided = keeping.status(here), keeping.alone(here)
    if decided is not None:
        yield Finding(
            "second-disk",
            "bad",
            t(
                f"{decided['at']} 起不等第二块盘：{decided['reason']}",
                f"since {decided['at']} nobody waits for it: {decided['reason']}",
            ),
        )
    elif told is None or told["age_s"] > keeping.LATE_S:
        running = home.holder(here) is not None
        yield Finding(
            "second-disk",
            "bad" if running else "warn",
            t(f"{folder} 没有在跟着写", f"nothing follows into {folder}"),
        )
    else:
        yield Finding(
            "second-disk",
            "ok",
            t(
                f"{folder}，{told['age_s']} 秒前，落后 {told['behind']} 字节",
                f"{folder}, {told['age_s']} s ago, {told['behind']} octets behind",
            ),
        )
    bases = store.opened(here, folder).bases()
    old = not bases or store.now() - bases[-1][1].at > store.HORIZON
    text = bases[-1][1].about["at"] if bases else t("还没有基础备份", "there is no base copy yet")
    yield Finding("base-copy", "bad" if old else "ok", str(text))


def _backup(here: Home) -> Iterator[Finding]:
    if store.named() is not None:
        return
    try:
        last = json.loads((here.run / "last-backup.json").read_text())
    except (FileNotFoundError, ValueError):
        state = "ok" if _is_demo() else "warn"
        yield Finding("backup", state, t("还没有备份过：minqing backup", "never made: minqing backup"))
        return
    age = datetime.now(UTC) - datetime.fromisoformat(last["at"])
    gone = "" if Path(last["file"]).exists() else t("（文件已移走）", " (the file was moved away)")
    state = "ok" if age < BACKUP_WITHIN or _is_demo() else "warn"
    yield Finding(
        "backup", state, t(f"{last['at']} {last['file']}{gone}", f"{last['at']} {last['file']}{gone}")
    )


def _is_demo() -> bool:
    return home.in_demo()


def _programs(_: Home) -> Iterator[Finding]:
    for one in optional.ALL:
        there = one.there
        yield Finding(
            one.name,
            "ok",
            t("有", "there")
            if there
            else t(f"没有装（可选）：{one.without}", f"not installed (optional): {one.without}"),
        )


LOOKS: tuple[Callable[[Home], Iterator[Finding]], ...] = (
    _home, _keys, _database, _migrations, _web, _mail, _witnesses, _disk, _second_disk, _backup, _programs,
)  # fmt: skip
