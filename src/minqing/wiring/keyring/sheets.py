"""The three sheets: text that is printed, kept by three bodies, and typed in again from paper.

Eight lines of eight hex digits, each with two digits that catch a slip of the hand in that line; a heading names the set
and the share. What the share is a share of: the private half of the county's escrow key, which stands nowhere else.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

from minqing.methods import seal, shamir
from minqing.wiring.keyring.folder import fingerprint
from minqing.wiring.saying import Trouble, t

KEEPERS: Final = {
    1: ("地（市）纪检监察机关", "the prefecture's discipline office"),
    2: ("县人民检察院", "the county procuratorate"),
    3: ("公证处", "the notary"),
}
LINE: Final = re.compile(r"^\s*([1-8])\s*[:.]?\s+((?:[0-9a-f]\s*){8})\s*[-=#]\s*([0-9a-f]{2})\s*$")
HEADING: Final = re.compile(r"set\s+([0-9a-f]{16})\s+share\s+([123])\s*/\s*3")


@dataclass(frozen=True)
class Sheet:
    set: str
    share: int
    value: bytes


def new_sheets() -> tuple[bytes, dict[int, str]]:
    """(the public half, the text of each sheet). The private half is forgotten here: two sheets are the only way to it."""
    private, public = seal.new_pair()
    mark = fingerprint(public)
    return public, {x: written(Sheet(mark, x, value)) for x, value in shamir.split(private).items()}


def _check(sheet_set: str, share: int, number: int, digits: str) -> str:
    return hashlib.sha256(f"sheet/v1|{sheet_set}|{share}|{number}|{digits}".encode()).hexdigest()[:2]


def written(sheet: Sheet) -> str:
    keeper, keeper_en = KEEPERS[sheet.share]
    digits = sheet.value.hex()
    rows = [digits[n : n + 8] for n in range(0, 64, 8)]
    body = "\n".join(
        f"    {n}:  {row[:4]} {row[4:]}  - {_check(sheet.set, sheet.share, n, row)}"
        for n, row in enumerate(rows, 1)
    )
    return f"""民情 · 密钥托管单  Minqing · key escrow sheet
set {sheet.set}  share {sheet.share} / 3

保管单位 Kept by：{keeper}（{keeper_en}）

{body}

1. 本单一式三份，各不相同，由三个单位各保管一份。任何两份合起来，才能打开本县的托管文件（keys.escrow）；
   单有一份，什么也算不出来。
2. 请封存。只有县里密钥全部丢失、办妥书面手续时才启用：minqing keys recover keys.escrow 一.txt 二.txt
3. 每行末两位是核对码，录入错一个字会指出是哪一行。

1. There are three sheets, all different, kept by three bodies. Any two together open the county's escrow file
   (keys.escrow); one alone gives nothing.
2. Keep it under seal. It is used only when the county has lost its keys, on written order:
   minqing keys recover keys.escrow one.txt two.txt
3. The last two digits of a line check it: a slip of the hand is named by its line.

收存人 Received by：____________________    日期 Date：____________________
"""


def read(text: str, name: str) -> Sheet:
    """A sheet as it was printed or typed again: full-width digits, capitals and other spaces are understood."""
    lines = unicodedata.normalize("NFKC", text).lower().replace("—", "-").splitlines()
    heading = next((found for line in lines if (found := HEADING.search(line))), None)
    if heading is None:
        raise Trouble(
            t(f"{name}：找不到“set … share …/3”这一行。", f"{name}: there is no line “set … share …/3”."),
            code=2,
        )
    mark, share = heading[1], int(heading[2])
    rows = {
        int(found[1]): (re.sub(r"\s", "", found[2]), found[3])
        for line in lines
        if (found := LINE.match(line))
    }
    for number in range(1, 9):
        if number not in rows:
            raise Trouble(
                t(
                    f"{name}：第 {number} 行没有或读不出。",
                    f"{name}: line {number} is missing or unreadable.",
                ),
                code=2,
            )
        digits, check = rows[number]
        if _check(mark, share, number, digits) != check:
            raise Trouble(
                t(f"{name}：第 {number} 行录错了。", f"{name}: line {number} was mistyped."), code=2
            )
    return Sheet(mark, share, bytes.fromhex("".join(rows[number][0] for number in range(1, 9))))


def joined(sheets: list[Sheet], *, of: str) -> bytes:
    """The private half, from two or three sheets of the set that the escrow file names."""
    if any(sheet.set != of for sheet in sheets):
        raise Trouble(
            t(
                f"托管单与托管文件不是同一套（文件是 {of}）。",
                f"A sheet belongs to another set than the escrow file ({of}).",
            )
        )
    shares = {sheet.share: sheet.value for sheet in sheets}
    if len(shares) < 2:
        raise Trouble(
            t(
                "要两份不同的托管单；单有一份打不开。",
                "Two different sheets are needed; one alone opens nothing.",
            ),
            code=2,
        )
    try:
        private = shamir.join(shares)
    except shamir.SharesDiffer:
        private = b""
    if not private or fingerprint(seal.public_of(private)) != of:
        raise Trouble(t("这几份合不起来。", "These sheets do not fit together."))
    return private
