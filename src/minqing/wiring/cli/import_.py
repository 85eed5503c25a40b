"""minqing import: old messages and registers; the work is done in minqing.wiring.importing."""

import argparse
from pathlib import Path

from minqing.wiring.booting import database, module
from minqing.wiring.saying import t

WHAT = ("messages", "places", "cadres", "households", "pairs", "offices")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", choices=WHAT)
    parser.add_argument(
        "file",
        type=Path,
        help=t("CSV 或 XLSX 文件（地名也可以是目录）", "a CSV or XLSX file (for places also a folder)"),
    )
    parser.add_argument(
        "--map",
        action="append",
        default=[],
        metavar=t("我方=文件列", "OURS=THEIRS"),
        help=t("列名对应，可写多次", "our column = the file's; may be repeated"),
    )
    parser.add_argument(
        "--yes",
        action="store_true",
        help=t("照猜测的列名导入，不再问", "take the guessed columns without asking"),
    )
    parser.add_argument(
        "--rejects",
        type=Path,
        default=None,
        help=t("不合格的行写到这个文件", "rows that cannot be taken go here, with reasons"),
    )
    parser.add_argument("--json", action="store_true", help=t("打印 JSON 报告", "print the report as JSON"))


def run(args: argparse.Namespace) -> int:
    with database():
        return int(module("minqing.wiring.importing").main(args) or 0)
