"""minqing worker: the one background process; the work is done in minqing.wiring.worker."""

import argparse
import os

from minqing.wiring.booting import database, module
from minqing.wiring.saying import t

WORKERS = {"county": "minqing.wiring.worker", "sealed": "minqing.wiring.sealed_worker"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--once", action="store_true", help=t("把手头的做完就退出", "do what is there and leave")
    )


def run(args: argparse.Namespace) -> int:
    with database():
        # Where both sides stand in one process (tests), the county's worker is the one that is asked for.
        side = os.environ.get("MINQING_SIDE", "county")
        module(WORKERS.get(side, WORKERS["county"])).run(once=args.once)
    return 0
