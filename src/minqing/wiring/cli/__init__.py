"""The command `minqing`: one module per subcommand, each with `add_arguments(parser)` and `run(args) -> int | None`."""

import argparse
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence

from minqing.kernel.errors import Refusal
from minqing.wiring.saying import Trouble, said_no, t

# name: (Chinese, English); the module is minqing.wiring.cli.<name with _ for ->
COMMANDS: dict[str, tuple[str, str]] = {
    "run": (
        "启动：数据库、网页、后台；首次启动载入示范县",
        "start database, web and worker; the first start loads the demo county",
    ),
    "demo": ("示范县：载入、账号、拨快时间", "the demo county: load, accounts, push the clock forward"),
    "token": ("为某个角色打印接口令牌（仅示范）", "print an API token for a role (demo only)"),
    "account": ("开通三员的第一批账号（真实的县）", "open the first three administrators of a real county"),
    "import": (
        "导入：来信、地名、单位、干部、户、结对",
        "import messages, places, offices, cadres, households, pairs",
    ),
    "clock": ("算期限，并说明为什么是这一天", "compute a due date and explain it"),
    "backup": ("备份数据库、文件和密钥到一个文件", "put database, files and keys into one file"),
    "restore": ("把备份恢复到一个空目录", "restore a backup into an empty home"),
    "check": (
        "体检：数据库、后台、磁盘、密钥、可选程序",
        "health: database, worker, disk, keys, optional programs",
    ),
    "keys": (
        "密钥：建立、清点、备份、更换、三方托管、找回",
        "the keys: make, list, back up, rotate, leave with three bodies, recover",
    ),
    "log": ("存证册：核对、整册导出、送去见证", "the log: verify it, export it whole, have it witnessed"),
    "witness": (
        "见证机关：在自己的机器上见证一个县的存证册",
        "a witness: on its own machine, sign what it saw of a county's log",
    ),
    "migrate": ("升级数据库结构并重设权限", "bring the database to this version and set its grants"),
    "worker": ("后台进程：编号、反应、定时任务", "the worker process: log order, reactions, timetable"),
    "db": ("内置 PostgreSQL：启动、停止、状态、psql", "the embedded PostgreSQL: up, down, status, psql"),
    "words": ("译文：收集、检查、编译", "translations: extract, check, compile"),
}


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    _choose_language(arguments)
    name = next((word for word in arguments if not word.startswith("-")), "")
    try:
        parser = _parser(name)
        args = parser.parse_args(arguments)
        if not args.command:
            parser.print_help()
            return 0
        return int(args.run(args) or 0)
    except Trouble as trouble:
        _no(arguments, f"{name or 'minqing'}.failed", str(trouble))
        return trouble.code
    except Refusal as refusal:
        _no(arguments, refusal.code, said_no(refusal))
        return 1
    except KeyboardInterrupt:
        print(t("已中断。再运行一次会接着做。", "Interrupted. Run it again to go on."), file=sys.stderr)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    except Exception as error:
        if not _database_gone(error):
            raise
        _no(arguments, "database.gone", t(f"数据库连不上：{error}", f"The database does not answer: {error}"))
        return 1


def _no(arguments: Sequence[str], code: str, detail: str) -> None:
    """A failure in words on stderr; with --json also on stdout, in the shape every answer of ours has."""
    print(detail, file=sys.stderr)
    if "--json" in arguments:
        print(json.dumps({"code": code, "detail": detail}, ensure_ascii=False))


def _database_gone(error: Exception) -> bool:
    """Known by name, so that a command which needs no database need not import one."""
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)


def _choose_language(arguments: list[str]) -> None:
    """--lang zh|en counts before anything is said, so it is taken out here."""
    for place, word in enumerate(arguments):
        if word == "--lang" and place + 1 < len(arguments):
            os.environ["MINQING_LANG"] = arguments[place + 1]
            del arguments[place : place + 2]
            return
        if word.startswith("--lang="):
            os.environ["MINQING_LANG"] = word.removeprefix("--lang=")
            del arguments[place]
            return


def _parser(name: str) -> argparse.ArgumentParser:
    """Only the module of the command asked for is imported: `minqing clock` needs no database library."""
    parser = argparse.ArgumentParser(
        prog="minqing",
        description=t(
            "民情：一个县听、访、办、评的工作系统。",
            "Minqing: a county that listens, visits, answers and asks to be judged.",
        ),
        epilog=t(
            "语言：--lang zh|en。目录：MINQING_HOME（默认 ./var）。",
            "Language: --lang zh|en. Home: MINQING_HOME (default ./var).",
        ),
    )
    parser.set_defaults(command="")
    commands = parser.add_subparsers(metavar=t("命令", "command"))
    for command, texts in COMMANDS.items():
        help_text = t(*texts)
        sub = commands.add_parser(command, help=help_text, description=help_text)
        sub.set_defaults(command=command)
        if command == name:
            found = importlib.import_module(
                f"minqing.wiring.cli.{command.replace('-', '_')}" + ("_" * (command == "import"))
            )
            found.add_arguments(sub)
            sub.set_defaults(run=found.run)
    return parser
