"""minqing account: the three administrators of a real county, each with a first password shown once."""

import argparse

from minqing.wiring.booting import database, module
from minqing.wiring.saying import Trouble, t

ROLES = ("sysadmin", "secadmin", "auditor")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("username", help=t("登录名", "the sign-in name"))
    parser.add_argument("--name", required=True, help=t("姓名", "the person's name"))
    parser.add_argument(
        "--role",
        required=True,
        choices=ROLES,
        help=t("三员之一，三个人不能兼", "one of the three; three persons"),
    )


def run(args: argparse.Namespace) -> int:
    with database():
        first = module("minqing.wiring.first")
        password = first.open_administrator(username=args.username, name=args.name, role=args.role)
    if password is None:
        raise Trouble(
            t("这个岗位已有人，或登录名已用过。以后的账号由系统管理员在网页上开。",
              "The post is held or the name is taken. Further accounts are opened on the desk by the system administrator."),
            code=2,
        )  # fmt: skip
    print(
        t(
            f"已开通 {args.username}，首次密码（只显示这一次）：{password}",
            f"Opened {args.username}; first password (shown once): {password}",
        )
    )
    return 0
