"""minqing token ROLE: a bearer token of a demo account, alone on stdout."""

import argparse
import json

from minqing.wiring.booting import database, module
from minqing.wiring.home import in_demo
from minqing.wiring.saying import Trouble, t


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("role", help=t("角色，见 minqing demo accounts", "a role, see minqing demo accounts"))
    parser.add_argument("--json", action="store_true", help=t("打印 JSON", "print {role, token}"))


def run(args: argparse.Namespace) -> int:
    if not in_demo():
        raise Trouble(
            t("只有示范县才能这样取令牌。", "Tokens are handed out like this in the demo only."), code=2
        )
    with database():
        bare = module("minqing.wiring.demo.accounts").token(args.role)
    print(json.dumps({"role": args.role, "token": bare}) if args.json else bare)
    return 0
