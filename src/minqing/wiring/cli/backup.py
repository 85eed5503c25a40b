"""minqing backup: the whole county into one file, while it goes on working."""

import argparse
import json
from datetime import datetime
from pathlib import Path

from minqing.wiring import archive, home
from minqing.wiring.cli.bar import Bar
from minqing.wiring.saying import Trouble, t


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "file",
        nargs="?",
        type=Path,
        help=t("写到哪里（默认 minqing-日期.tar）", "where to (default minqing-DATE.tar)"),
    )
    parser.add_argument("--force", action="store_true", help=t("覆盖已有文件", "replace an existing file"))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    here = home.current()
    if here.is_empty():
        raise Trouble(
            t(f"{here.path} 是空的，没有可备份的。", f"{here.path} is empty: nothing to back up."), code=2
        )
    target = args.file or Path(f"minqing-{datetime.now().astimezone():%Y%m%d-%H%M%S}.tar")
    if target.exists() and not args.force:
        raise Trouble(
            t(f"{target} 已存在；要覆盖请加 --force。", f"{target} exists; --force replaces it."), code=2
        )
    if not target.absolute().parent.is_dir():
        raise Trouble(t(f"目录不存在：{target.parent}", f"No such folder: {target.parent}"), code=2)
    bar = Bar()
    try:
        report = archive.backup(here, target.absolute(), bar)
    finally:
        bar.close()
    if args.json:
        print(json.dumps(report))
    else:
        print(
            t(
                f"已备份：{report['file']}（{report['bytes'] / 1e6:.1f} MB）",
                f"Backed up: {report['file']} ({report['bytes'] / 1e6:.1f} MB)",
            )
        )
        print(f"sha256 {report['sha256']}")
        print(
            t(
                "里面有密钥：请加锁保管，不要与数据库放在一处。",
                "It holds the keys: keep it under lock, and apart from the database.",
            )
        )
    return 0
