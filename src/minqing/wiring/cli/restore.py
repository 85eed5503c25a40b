"""minqing restore: a backup back into an empty home."""

import argparse
import json
import os
from pathlib import Path

from minqing.wiring import archive, home
from minqing.wiring.cli.bar import Bar
from minqing.wiring.saying import Trouble, t


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--verify",
        action="store_true",
        help=t("只核对备份是否完整，不恢复", "only check that the backup is whole"),
    )
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    if not args.file.is_file():
        raise Trouble(t(f"没有这个文件：{args.file}", f"No such file: {args.file}"), code=2)
    here = home.current()
    os.environ["MINQING_HOME"] = str(here.path)
    bar = Bar()
    try:
        if args.verify:
            manifest = archive.verify(args.file, bar)
            report = {key: manifest[key] for key in ("made_at", "minqing", "postgresql")} | {
                "members": len(manifest["members"])
            }
        else:
            report = archive.restore(here, args.file, bar)
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
