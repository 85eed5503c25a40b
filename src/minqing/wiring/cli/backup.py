"""minqing backup: nothing acknowledged is lost; or the whole county in one file, to move it.

backup FOLDER           a base copy into the store, sealed, read back and compared; older ones are thrown away
backup --follow FOLDER  every octet of WAL and every file, as they are written, and a base each week (`minqing run` does this)
backup --status         how it stands · exit 0 well · 1 not
backup FILE.tar         one file for moving: it holds the keys in the clear
"""

import argparse
import json
import signal
from datetime import datetime
from pathlib import Path
from typing import Any

from minqing.wiring import archive, home, postgres
from minqing.wiring.backups import keeping, store
from minqing.wiring.backups.following import STANDBY
from minqing.wiring.backups.sealed import Damaged
from minqing.wiring.cli.bar import Bar
from minqing.wiring.saying import Trouble, say, t

KEEP = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = t(
        "文件夹：备份库（基础备份加全部 WAL，加密，不丢一条；默认 MINQING_BACKUP）。\n"
        "文件名以 .tar 结尾：搬家用的一个文件，里面有明文密钥，备份之后的都没有。",
        "A folder: the store (base copies and all WAL, sealed, nothing lost; default MINQING_BACKUP).\n"
        "A name that ends in .tar: one file for moving; it holds the keys in the clear, and nothing that comes after it.",
    )
    parser.add_argument(
        "target", nargs="?", type=Path, help=t("文件夹，或 .tar 文件", "a folder, or a .tar file")
    )
    parser.add_argument(
        "--follow", action="store_true", help=t("一直跟着写（前台）", "go on following, in the foreground")
    )
    parser.add_argument("--status", action="store_true", help=t("现在怎样", "how it stands"))
    parser.add_argument(
        "--alone",
        metavar=t("理由", "REASON"),
        help=t("第二块盘坏了：决定先不等它", "the second disk is gone: go on without it"),
    )
    parser.add_argument(
        "--together", action="store_true", help=t("第二块盘回来了：重新等它", "it is back: wait for it again")
    )
    parser.add_argument(
        "--keep", type=int, default=KEEP, help=t("留几份基础备份（2）", "how many base copies to keep (2)")
    )
    parser.add_argument("--force", action="store_true", help=t("覆盖已有的 .tar", "replace an existing .tar"))
    parser.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    here = home.current()
    if args.status:
        return _status(here, args)
    if args.alone is not None or args.together:
        return _decide(here, args)
    if here.is_empty():
        raise Trouble(
            t(f"{here.path} 是空的，没有可备份的。", f"{here.path} is empty: nothing to back up."), code=2
        )
    folder = args.target or store.named()
    if folder is None or folder.suffix == ".tar":
        return _to_move(here, args)
    here.prepare()
    place = store.opened(here, folder)
    _apart(here, place)
    return _follow(here, place) if args.follow else _base(here, place, args)


def _apart(here: home.Home, place: store.Store) -> None:
    for inside in (here.path, here.data):
        if place.folder.is_relative_to(inside.absolute()):
            raise Trouble(
                t(
                    f"{place.folder} 在 {inside} 里面：备份要放在另一块盘上。",
                    f"{place.folder} lies within {inside}: a backup belongs on another disk.",
                ),
                code=2,
            )


def _base(here: home.Home, place: store.Store, args: argparse.Namespace) -> int:
    bar = Bar()
    try:
        with postgres.running(here):
            told = keeping.back_up(here, place, bar, keep=max(1, args.keep))
    except Damaged as fault:
        raise Trouble(
            t(f"读回来的与写进去的不一样：{fault}", f"What was read back is not what was written: {fault}")
        ) from fault
    finally:
        bar.close()
    if args.json:
        print(json.dumps(told))
        return 0
    say_it = t(
        f"已备份并核对：{told['base']}（{told['bytes'] / 1e6:.1f} MB，{told['members']} 个文件，{told['seconds']} 秒）",
        f"Backed up and read back: {told['base']} ({told['bytes'] / 1e6:.1f} MB, {told['members']} files, {told['seconds']} s)",
    )
    print(say_it)
    print(
        t(
            f"打开它要 {here.keys / store.KEY}：这一份请另外保管，不与备份放在一处。",
            f"It opens with {here.keys / store.KEY}: keep a copy of that apart from the backup.",
        )
    )
    return 0


def _follow(here: home.Home, place: store.Store) -> int:
    keeper = keeping.Keeper(here, place)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, keeper.stop)
    keeper.run()
    return 0


def _status(here: home.Home, args: argparse.Namespace) -> int:
    told: dict[str, Any] = {
        "follower": keeping.status(here),
        "alone": keeping.alone(here),
        "late_s": keeping.late(here),
        "bases": [],
    }
    folder = args.target or store.named()
    if folder is not None:
        place = store.opened(here, folder)
        told["bases"] = [
            {"name": base.folder.name, "at": base.about["at"], "bytes": base.about["bytes"], "whole": line.reach(base) is not None}
            for line, base in place.bases()
        ]  # fmt: skip
    well = told["follower"] is not None and told["late_s"] is None and told["alone"] is None
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0 if well else 1
    follower = told["follower"]
    if follower is None:
        print(t("没有在跟着写。", "Nothing follows."))
    else:
        print(
            t(
                f"{follower['age_s']} 秒前：到 {follower['position']}，落后 {follower['behind']} 字节（{follower['store']}）",
                f"{follower['age_s']} s ago: at {follower['position']}, {follower['behind']} octets behind ({follower['store']})",
            )
        )
    if told["alone"]:
        print(t("正在不等第二块盘：", "Going on without the second disk: ") + told["alone"]["reason"])
    for one in told["bases"]:
        print(f"{'✓' if one['whole'] else '✗'} {one['name']}  {one['at']}  {one['bytes'] / 1e6:.1f} MB")
    return 0 if well else 1


def _decide(here: home.Home, args: argparse.Namespace) -> int:
    """Whether commits wait for the second disk is a person's decision; it stays in run/backup.journal."""
    if args.alone is not None and not args.alone.strip():
        raise Trouble(t("请写理由。", "Give a reason."), code=2)
    keeping.decide(here, None if args.together else args.alone)
    postgres.commits_wait_for(here, STANDBY if args.together else "")
    if args.together:
        say("从现在起又等第二块盘。", "From now on commits wait for the second disk again.")
    else:
        say(
            "已记下理由，不再等第二块盘。修好以后：minqing backup --together",
            "Written down; commits no longer wait for the second disk. When it is back: minqing backup --together",
        )
    return 0


def _to_move(here: home.Home, args: argparse.Namespace) -> int:
    target = args.target or Path(f"minqing-{datetime.now().astimezone():%Y%m%d-%H%M%S}.tar")
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
        return 0
    print(
        t(
            f"已备份：{report['file']}（{report['bytes'] / 1e6:.1f} MB）",
            f"Backed up: {report['file']} ({report['bytes'] / 1e6:.1f} MB)",
        )
    )
    print(f"sha256 {report['sha256']}")
    print(
        t(
            "里面有密钥：请加锁保管，不要与数据库放在一处；35 天内删掉。",
            "It holds the keys: keep it under lock, apart from the database, and delete it within 35 days.",
        )
    )
    return 0
