"""The command behind `minqing import WHAT FILE`."""

import json
import sys
from argparse import Namespace
from contextlib import closing
from functools import partial
from typing import Any

from tqdm import tqdm

from minqing.ground.law import queries as law
from minqing.kernel.errors import Refusal
from minqing.wiring.cli.bar import Bar
from minqing.wiring.importing import messages, registers
from minqing.wiring.importing.columns import settled
from minqing.wiring.importing.sheets import CHINA, header_of, write_rejects
from minqing.wiring.saying import said_no, say, t

KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "messages": (messages.WANTED, messages.REQUIRED),
    "places": (
        ("code", "name", "valid_from", "valid_to", "successor", "name_en", "initials"),
        ("code", "name"),
    ),
    "offices": (
        ("code", "name", "office_kind", "place", "superior", "phone"),
        ("code", "name", "office_kind", "place"),
    ),
    "cadres": (("username", "name", "office", "post", "role"), ("username", "name", "office", "role")),
    "households": (("household", "place", "name", "phone"), ("household", "place")),
    "pairs": (
        ("cadre", "household", "pair_kind", "from", "to", "plan", "items", "asked"),
        ("cadre", "household", "pair_kind", "from"),
    ),
}


def main(args: Namespace) -> int:
    """0 all taken or known; 1 some rows rejected; 2 refused as a whole."""
    try:
        report = _run(args)
    except FileNotFoundError as missing:
        say(f"没有这个文件：{missing.filename}", f"There is no file {missing.filename}")
        return 2
    except Refusal as refusal:
        if args.json:
            print(json.dumps({"code": refusal.code, "detail": said_no(refusal)}, ensure_ascii=False))
        print(said_no(refusal), file=sys.stderr)
        return 2
    if report.rejects and args.rejects:
        write_rejects(args.rejects, report.rejects)
    if args.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False))
    else:
        print(
            t(
                f"读了 {report.read} 行，新增 {report.added}，早已有 {report.already}，没收下 {len(report.rejects)}",
                f"{report.read} rows read, {report.added} added, {report.already} known, {len(report.rejects)} rejected",
            )
        )
        for number, reason, _ in report.rejects[:10]:
            print(t(f"  第{number}行：{said_no(reason)}", f"  line {number}: {said_no(reason)}"))
    return 1 if report.rejects else 0


def _run(args: Namespace) -> Any:
    wanted, required = KINDS[args.what]
    if args.what == "places" and args.file.is_dir():
        with closing(Bar()) as bar:
            return registers.import_division_folder(args.file, bar)
    header = header_of(args.file)
    ask = input if sys.stdin.isatty() else None
    mapping = settled(header, wanted=wanted, required=required, given=args.map, yes=args.yes, ask=ask)
    now = law.now()
    today = now.astimezone(CHINA).date()
    if args.what == "messages":
        sender = f"{messages.FILES}{args.file.stem}"
        with tqdm(unit=t("行", "rows"), file=sys.stderr, disable=None) as bar:
            return messages.import_messages(
                args.file, mapping, sender=sender, progress=bar.update, today=today
            )
    if args.what == "places":
        with closing(Bar()) as bar:
            return registers.import_places(args.file, mapping, today=today, progress=bar)
    reader = {
        "offices": partial(registers.import_offices, today=today),
        "cadres": partial(registers.import_cadres, today=today),
        "households": partial(registers.import_households, today=today, at=now),
        "pairs": partial(registers.import_pairs, today=today, at=now),
    }[args.what]
    return reader(args.file, mapping)
