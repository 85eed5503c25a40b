"""minqing witness: what a people's congress office or a notary runs on its own machine. Needs no database and no county.

make     key, once; prints the key and the line for the county's policy
add      trust a log
serve    answer the county (C2SP tlog-witness)
compare  hold heads that others were shown against ours: exit 0 same · 1 fork · 2 cannot be told
status   what was seen last
"""

import argparse
import contextlib
import json
import os
import signal
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

from minqing.methods import tree
from minqing.methods.tree.notes import ED25519
from minqing.wiring.saying import Trouble, say, t
from minqing.wiring.witness.judging import Witness
from minqing.wiring.witness.keeping import Book, make, signer
from minqing.wiring.witness.serving import Server

UNREADABLE = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar="make|add|serve|compare|status")
    texts = {
        "make": ("造密钥（只造一次），打印公钥", "make the key, once, and print its public half"),
        "add": ("信任一本存证册", "trust a log"),
        "serve": ("开始见证：等县里送册首来", "begin to witness: wait for the county's heads"),
        "compare": (
            "把别人看到的册首同这里见过的对一对",
            "hold heads that others were shown against those seen here",
        ),
        "status": ("见过什么", "what was seen"),
    }
    found = {}
    for name, words in texts.items():
        found[name] = acts.add_parser(name, help=t(*words), description=t(*words))
        found[name].add_argument(
            "--home",
            type=Path,
            default=Path(os.environ.get("MINQING_WITNESS_HOME", "witness")),
            help=t(
                "见证机关自己的目录（默认 MINQING_WITNESS_HOME，再默认 ./witness）",
                "the witness's own folder (default MINQING_WITNESS_HOME, else ./witness)",
            ),
        )
        if name != "compare":
            found[name].add_argument("--json", action="store_true", help=t("打印 JSON", "print JSON"))
    found["make"].add_argument(
        "name", help=t("名称，如 npc.tangchuan.example/w1", "name, such as npc.tangchuan.example/w1")
    )
    found["make"].add_argument(
        "--ml-dsa",
        action="store_true",
        help=t("用 ML-DSA-44（06）而不是 Ed25519（04）", "ML-DSA-44 (06), not Ed25519 (04)"),
    )
    found["make"].add_argument(
        "--url", default="", help=t("县里送册首来的地址", "where the county hands in its heads")
    )
    found["add"].add_argument("vkey", help=t("存证册的公钥", "the public key of the log"))
    found["serve"].add_argument("--host", default="127.0.0.1", help=t("监听地址", "address to listen on"))
    found["serve"].add_argument("--port", type=int, default=8750, help=t("端口", "port"))
    found["compare"].add_argument("files", nargs="+", type=Path, help=t("册首文件", "files of signed heads"))


def run(args: argparse.Namespace) -> int:
    try:
        return ACTS[args.act](args)
    except (OSError, sqlite3.Error) as error:
        raise Trouble(t(f"不行：{error}", f"It cannot be done: {error}"), code=UNREADABLE) from None


def _make(args: argparse.Namespace) -> int:
    made = make(args.home, args.name, ml_dsa=args.ml_dsa)
    short = made.name.rsplit("/", 1)[-1]
    line = f"witness {short} {made.key} {args.url}".rstrip()
    if args.json:
        print(json.dumps({"name": made.name, "vkey": str(made.key), "policy": line}, ensure_ascii=False))
        return 0
    say("公钥：", "Public key:")
    print(made.key)
    say("请县里把这一行写进它的 log.policy：", "The line for the county's log.policy:")
    print(line)
    return 0


def _add(args: argparse.Namespace) -> int:
    signer(args.home)
    try:
        key = tree.read_key(args.vkey)
    except tree.BadNote:
        key = None
    if key is None or key.kind != ED25519:
        raise Trouble(t("这不是存证册的公钥。", "That is no public key of a log."), code=UNREADABLE)
    added = Book(args.home).trust(key)
    if args.json:
        print(json.dumps({"origin": key.name, "added": added}, ensure_ascii=False))
    elif added:
        say(f"信任 {key.name}", f"{key.name} is trusted")
    else:
        say(f"早已信任 {key.name}", f"{key.name} was trusted already")
    return 0


def _serve(args: argparse.Namespace) -> int:
    if not 0 <= args.port <= 65535:
        raise Trouble(
            t(f"没有这样的端口：{args.port}", f"there is no such port: {args.port}"), code=UNREADABLE
        )
    server = Server(args.host, args.port, Witness(args.home))
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: threading.Thread(target=server.shutdown).start())
    host = f"[{server.server_name}]" if ":" in server.server_name else server.server_name
    address = f"http://{host}:{server.server_port}"
    with contextlib.closing(server.socket):
        if args.json:
            print(json.dumps({"address": address, "vkey": str(server.witness.signer.key)}), flush=True)
        say(f"见证：{address}/add-checkpoint", f"Witnessing at {address}/add-checkpoint")
        server.serve_forever()
    return 0


def _compare(args: argparse.Namespace) -> int:
    witness, worst = Witness(args.home), 0
    for path in args.files:
        try:
            found, evidence = witness.compare(path.read_text("utf-8"))
        except (tree.BadNote, UnicodeDecodeError) as fault:
            raise Trouble(f"{path}: {fault}", code=UNREADABLE) from None
        match found:
            case "same":
                print(t(f"✓ {path} 与这里见过的相同", f"✓ {path} is what was seen here"))
            case "fork":
                print(t(f"✗ {path} 册被分了叉，证据：{evidence}", f"✗ {path} the log was forked: {evidence}"))
                worst = 1
            case _:
                print(t(f"– {path} 这里没见过那一页", f"– {path} no head of that size was seen here"))
                worst = worst or UNREADABLE
    return worst


def _status(args: argparse.Namespace) -> int:
    told = Witness(args.home).status()
    if args.json:
        print(json.dumps(told, ensure_ascii=False))
        return 0
    print(told["vkey"])
    for one in told["logs"]:
        at = (
            datetime.fromtimestamp(one["at"], UTC).astimezone().isoformat(" ", "minutes")
            if one["at"]
            else "–"
        )
        size = one["size"] if one["size"] is not None else t("还没见过", "not seen yet")
        print(f"{one['origin']}  {size}  {at}")
    for name in told["evidence"]:
        print(f"✗ {args.home / name}", file=sys.stdout)
    return 1 if told["evidence"] else 0


ACTS = {"make": _make, "add": _add, "serve": _serve, "compare": _compare, "status": _status}
