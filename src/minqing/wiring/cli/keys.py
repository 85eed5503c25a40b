"""minqing keys: what a county must never lose and nobody else may have.

make     what is missing in the folder of keys, and with which cipher new values are sealed
list     which keys there are and since when, by fingerprints
backup   the whole folder into one file under a passphrase
rotate   a new county key; every wrapped key is wrapped anew, nothing is encrypted anew; cut off, run it again
escrow   one file for the worst day, and three printed sheets of which any two open it
recover  the folder of keys from a backup and its passphrase, or from the escrow file and two sheets

No key and no passphrase is ever given on the command line. Exit 0 done · 1 it did not open · 2 not what was expected.
"""

import argparse
import json
from pathlib import Path
from typing import Any

from minqing.kernel.keys import CIPHER, CIPHERS, COUNTY
from minqing.wiring import home
from minqing.wiring.booting import boot, database, module
from minqing.wiring.cli.bar import Bar
from minqing.wiring.keyring import boxes, folder, sheets
from minqing.wiring.saying import Trouble, t

ACTS = "make|list|backup|rotate|escrow|recover"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    acts = parser.add_subparsers(dest="act", required=True, metavar=ACTS)
    make = acts.add_parser("make", help=t("补齐缺少的密钥", "make the keys that are missing"))
    make.add_argument(
        "--cipher",
        choices=sorted(CIPHERS),
        help=t("新内容用哪种密码（sm4 国密；旧的照样能开）", "seals new values (old ones still open)"),
    )
    acts.add_parser("list", help=t("清点密钥：名称、指纹、日期", "the keys: names, fingerprints, dates"))
    backup = acts.add_parser(
        "backup",
        help=t("整个密钥文件夹，加口令写成一个文件", "the whole folder in one file under a passphrase"),
    )
    backup.add_argument("file", type=Path)
    acts.add_parser(
        "rotate", help=t("换县密钥（可中断，再运行接着做）", "a new county key; may be cut off and run again")
    )
    escrow = acts.add_parser(
        "escrow",
        help=t("托管：一个文件，三份纸（任两份可开）", "escrow: one file, three sheets, any two open it"),
    )
    escrow.add_argument(
        "--into", type=Path, required=True, help=t("写到哪个文件夹", "the folder to write to")
    )
    escrow.add_argument(
        "--again",
        action="store_true",
        help=t(
            "另立一套托管单（旧的三份作废）",
            "a new set of sheets; the old three open nothing written from now on",
        ),
    )
    recover = acts.add_parser("recover", help=t("找回密钥文件夹", "bring the folder of keys back"))
    recover.add_argument("file", type=Path, help=t("备份文件，或 keys.escrow", "a backup, or keys.escrow"))
    recover.add_argument("sheets", type=Path, nargs="*", help=t("两份托管单的文本", "the text of two sheets"))
    recover.add_argument(
        "--into",
        type=Path,
        help=t("写到哪里（默认本县的密钥文件夹）", "where to (default: this home's keys)"),
    )
    for one in (backup, recover):
        one.add_argument(
            "--passphrase-file",
            type=Path,
            help=t(
                "口令在这个文件里（或 systemd 凭据 keys-passphrase）",
                "holds the passphrase (or systemd's credential keys-passphrase)",
            ),
        )
    for one in acts.choices.values():
        one.add_argument("--json", action="store_true")


def run(args: argparse.Namespace) -> int:
    acts = {
        "make": _make,
        "list": _list,
        "backup": _backup,
        "rotate": _rotate,
        "escrow": _escrow,
        "recover": _recover,
    }
    told, said = acts[args.act](home.current(), args)
    print(json.dumps(told, ensure_ascii=False) if args.json else said)
    return 0


def _make(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    before = set(folder.names(here))
    here.prepare()
    if args.cipher:
        home.replace(here.keys / CIPHER, args.cipher.encode())
    made = sorted(set(folder.names(here)) - before - {CIPHER})
    told = {"made": made, **folder.state(here)}
    return told, t(
        f"{'新建 ' + '、'.join(made) if made else '没有缺的'}；新内容用 {told['cipher']} 加密。",
        f"{'made ' + ', '.join(made) if made else 'nothing was missing'}; new values are sealed with {told['cipher']}.",
    )


def _list(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    found, state = folder.lines(here), folder.state(here)
    said = [
        f"{one.name:<20} {one.fingerprint}  {one.since}  {one.place}" + ("  !" if one.open_to_others else "")
        for one in found
    ]
    said.append(t(f"新内容用 {state['cipher']} 加密", f"new values are sealed with {state['cipher']}"))
    if state["rotating"]:
        said.append(
            t("换密钥还没有做完：minqing keys rotate", "a rotation is not finished: minqing keys rotate")
        )
    said.append(
        t(f"托管单：{state['escrow']}", f"escrow sheets: set {state['escrow']}")
        if state["escrow"]
        else t("还没有托管：minqing keys escrow", "no escrow yet: minqing keys escrow")
    )
    return {"keys": [vars(one) for one in found], **state}, "\n".join(said)


def _backup(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    files = folder.taken(here)
    box = boxes.under_passphrase(files, boxes.passphrase(args.passphrase_file, twice=True))
    folder.write_new(args.file, box)
    told = {"file": str(args.file), "bytes": len(box), "keys": sorted(files)}
    return told, t(
        f"已备份 {len(files)} 个到 {args.file}。口令另处保管；不要与数据库备份放在一起。",
        f"{len(files)} keys in {args.file}. Keep the passphrase elsewhere, and neither beside the database's backup.",
    )


def _rotate(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    if folder.place_of_county(here) != here.keys / COUNTY:
        raise Trouble(
            t(
                "县密钥是 systemd 凭据交来的，不在密钥文件夹里，这里换不了：请先去掉 LoadCredential=county.key。",
                "The county key is handed over by systemd, not kept in the folder: take LoadCredential=county.key away first.",
            ),
            code=2,
        )
    bar = Bar()
    try:
        with database():
            boot(as_owner=True)
            at = module("minqing.ground.law.queries").now()
            told = module("minqing.wiring.keyring.rotating").rotate(here, bar, at=at)
    finally:
        bar.close()
    more = t(
        f"托管文件已重写：{told['escrow']}，请换掉存放的那一份；三份托管单不变。",
        f"The escrow file is written anew: {told['escrow']}; exchange the kept copy. The three sheets stay.",
    )
    return told, t(
        f"已换县密钥（{told['fingerprint']}），重新包装 {told['rewrapped']} 处，旧密钥已销毁。旧备份要用旧的密钥备份来开。",
        f"A new county key ({told['fingerprint']}); {told['rewrapped']} values wrapped anew; the old key is gone. "
        "Older backups open with the older backup of the keys.",
    ) + ("\n" + more if told["escrow"] else "")


def _escrow(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    known = here.keys / folder.ESCROW_PUBLIC
    files, targets = folder.taken(here), {x: args.into / f"sheet-{x}.txt" for x in sheets.KEEPERS}
    file = args.into / "keys.escrow"
    if not args.into.is_dir():
        raise Trouble(t(f"没有这个文件夹：{args.into}", f"No such folder: {args.into}"), code=2)
    if known.exists() and not args.again:
        folder.write_new(file, boxes.for_escrow(files, known.read_bytes()))
        told: dict[str, Any] = {
            "file": str(file),
            "set": folder.fingerprint(known.read_bytes()),
            "sheets": [],
        }
        return told, t(
            f"托管文件已写到 {file}，用已发出的三份托管单（{told['set']}）中任两份打开。",
            f"{file} is written; any two of the sheets that are out (set {told['set']}) open it.",
        )
    standing = [path for path in (file, *targets.values()) if path.exists()]
    if standing:
        raise Trouble(
            t(f"{standing[0]} 已存在，请换一个文件夹。", f"{standing[0]} exists: choose another folder."),
            code=2,
        )
    public, texts = sheets.new_sheets()
    for x, text in texts.items():
        folder.write_new(targets[x], text.encode())
    home.replace(known, public)
    folder.write_new(file, boxes.for_escrow(folder.taken(here), public))
    told = {
        "file": str(file),
        "set": folder.fingerprint(public),
        "sheets": [str(path) for path in targets.values()],
    }
    return told, t(
        f"托管文件 {file}；三份托管单 {args.into}/sheet-1…3.txt：打印后分送三个单位封存，然后删掉这三个文件。",
        f"{file}, and three sheets {args.into}/sheet-1…3.txt: print them, bring one to each body, then delete the three files.",
    )


def _recover(here: home.Home, args: argparse.Namespace) -> tuple[dict[str, Any], str]:
    box = folder.read_file(args.file)
    if box.startswith(boxes.FOR_ESCROW):
        read = [
            sheets.read(folder.read_file(path).decode("utf-8", "replace"), str(path)) for path in args.sheets
        ]
        files = boxes.open_escrow(box, sheets.joined(read, of=boxes.set_of(box)))
    elif box.startswith(boxes.UNDER_PASSPHRASE):
        files = boxes.open_passphrase(box, boxes.passphrase(args.passphrase_file, twice=False))
    else:
        raise boxes.unreadable()
    into = args.into or here.keys
    written = folder.put_back(files, into)
    told = {"into": str(into), "written": written, "stood": sorted(set(files) - set(written))}
    return told, t(
        f"已写回 {len(written)} 个密钥到 {into}，{len(told['stood'])} 个本来就在。",
        f"{len(written)} keys written to {into}; {len(told['stood'])} stood there already.",
    )
