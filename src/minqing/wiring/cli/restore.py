"""minqing restore: a backup back into an empty home.

restore FOLDER     from the store: the newest base and every octet of WAL behind it
restore FILE.tar   from the file made for moving

Exit 0 done, the log goes on · 2 not found, no key · 4 not empty · 5 the WAL breaks off · 6 restored, but the signer will not
sign what came back before a person has decided (`minqing log settle`).
"""

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from minqing.wiring import archive, home, postgres
from minqing.wiring.backups import keeping, restoring, store
from minqing.wiring.cli.bar import Bar
from minqing.wiring.saying import Trouble, t

UNSETTLED = 6


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "source",
        type=Path,
        help=t("备份库（文件夹），或搬家用的 .tar", "the store (a folder), or the .tar for moving"),
    )
    parser.add_argument(
        "--verify",
        action="store_true",
        help=t("只核对备份是否完整，不恢复", "only check that the backup is whole"),
    )
    parser.add_argument(
        "--key", type=Path, help=t("备份密钥的文件（默认 keys/backup.key）", "the backup key's file (default keys/backup.key)")
    )  # fmt: skip
    parser.add_argument(
        "--signer",
        type=Path,
        help=t("原来那台机器的 signer 文件夹", "the folder signer/ of the machine before"),
    )
    parser.add_argument(
        "--past-gap", action="store_true", help=t("日志断了也恢复到断处", "restore up to where the WAL breaks off")
    )  # fmt: skip
    parser.add_argument(
        "--unpack",
        type=Path,
        metavar=t("文件夹", "FOLDER"),
        help=t("给自己的 PostgreSQL：只摊开到这里，不启动", "for a PostgreSQL of your own: lay it out here, start nothing"),
    )  # fmt: skip
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    if not args.source.exists():
        raise Trouble(t(f"没有这个文件：{args.source}", f"No such file: {args.source}"), code=2)
    here = home.current()
    os.environ["MINQING_HOME"] = str(here.path)
    return _from_store(here, args) if args.source.is_dir() else _moved(here, args)


def _from_store(here: home.Home, args: argparse.Namespace) -> int:
    if here.external and args.unpack is None and not args.verify:
        raise Trouble(
            t(
                "数据库是自己管理的：用 --unpack 文件夹 摊开，再由那台服务器启动。",
                "The database is yours: lay the backup out with --unpack FOLDER and start that server on it.",
            ),
            code=2,
        )
    place = store.opened(here, args.source, args.key)
    bar = Bar()
    try:
        if args.verify:
            report = restoring.verify(place, bar)
        elif args.unpack is not None:
            report = restoring.lay_out(here, place, args.unpack.absolute(), bar)
        else:
            if args.signer is not None and not (args.signer / "high-water").is_file():
                raise Trouble(
                    t(f"{args.signer} 里没有 high-water。", f"There is no high-water in {args.signer}."),
                    code=2,
                )
            try:
                report = restoring.restore(here, place, bar, past_gap=args.past_gap)
            finally:
                restoring.forget_half(here)
    finally:
        bar.close()
    if args.verify:
        return _verified(report, args)
    if args.unpack is not None:
        return _laid_out(report, args)
    try:
        if args.signer is not None:
            restoring.take_signer(here, args.signer)
        settled = _settled()
    finally:
        postgres.down(here)
    report["log"] = settled
    keeping.wrote_down(here, {"restored": report})
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
    else:
        print(
            t(
                f"已恢复到 {report['home']}：到 {report['position']}，用了 {report['seconds']} 秒。",
                f"Restored into {report['home']}: up to {report['position']}, in {report['seconds']} s.",
            )
        )
        print(settled["said"])
    return 0 if settled["ok"] else UNSETTLED


def _laid_out(report: dict[str, Any], args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps(report))
        return 0
    print(
        t(
            f"已摊开到 {report['data']}（里面写好了 restore_command）。把它交给运行 PostgreSQL 的账号，启动，等它重放完，"
            "再运行 minqing migrate 和 minqing log settle。",
            f"Laid out in {report['data']}, with its restore_command. Give it to the account that runs PostgreSQL, start, let it "
            "replay, then: minqing migrate, minqing log settle.",
        )
    )
    return 0


def _settled() -> dict[str, Any]:
    """Django comes up in a process of its own, with the keys that have just come back."""
    command = [sys.executable, "-m", "minqing.wiring.cli", "log", "settle", "--json"]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    try:
        return dict(json.loads(done.stdout.splitlines()[-1]))
    except (IndexError, ValueError):
        raise Trouble(
            t(
                "数据已恢复，但没能核对存证册，原因见上。",
                "Restored, but the log could not be compared; see above.",
            )
        ) from None


def _verified(report: dict[str, Any], args: argparse.Namespace) -> int:
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
        return 0
    print(
        t(
            f"备份完整：{report['at']} 的基础备份（{report['members']} 个文件），其后 {report['segments']} 段日志，附件 {report['files']} 个。",
            f"The backup is whole: a base of {report['at']} ({report['members']} files), {report['segments']} segments of "
            f"WAL after it, {report['files']} files.",
        )
    )
    if report["gap"]:
        print(t("之后的日志断过，到断处为止。", "Behind that the WAL breaks off: only up to there."))
    return 0


def _moved(here: home.Home, args: argparse.Namespace) -> int:
    bar = Bar()
    try:
        if args.verify:
            manifest = archive.verify(args.source, bar)
            report = {key: manifest[key] for key in ("made_at", "minqing", "postgresql")} | {
                "members": len(manifest["members"])
            }
        else:
            report = archive.restore(here, args.source, bar)
    finally:
        bar.close()
    if args.json:
        print(json.dumps(report))
    elif args.verify:
        print(
            t(
                f"备份完整：{report['made_at']}，{report['members']} 项。",
                f"The backup is whole: {report['made_at']}, {report['members']} members.",
            )
        )
    else:
        print(
            t(
                f"已恢复到 {report['home']}。现在可以 make run。",
                f"Restored into {report['home']}. Now: make run.",
            )
        )
    return 0
