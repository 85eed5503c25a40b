"""What lies in the folder of keys, told without telling it; taken out and put back as a whole."""

import base64
import binascii
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from minqing.kernel.keys import CIPHER, COUNTY, COUNTY_BEFORE
from minqing.wiring.home import Home, create_once, sync_folder
from minqing.wiring.saying import Trouble, t

NEXT = "county.key.next"
ESCROW_PUBLIC = "escrow.pub"
LARGEST = 64 * 1024


@dataclass(frozen=True)
class KeyLine:
    """One key: how it can be told from another, never what it is."""

    name: str
    fingerprint: str
    size: int
    since: str
    place: str  # file | credential
    open_to_others: bool


def fingerprint(secret: bytes) -> str:
    """Sixteen hex digits that say which key it is to who has it, and nothing to who has not."""
    return hashlib.sha256(b"minqing/fingerprint/v1\n" + secret).hexdigest()[:16]


def names(here: Home) -> list[str]:
    if not here.keys.is_dir():
        return []
    return sorted(path.name for path in here.keys.iterdir() if path.is_file() and path.name[0] != ".")


def lines(here: Home) -> list[KeyLine]:
    handed = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent")
    found = []
    for name in names(here):
        credential = handed / name
        path = credential if credential.is_file() else here.keys / name
        seen = path.stat()
        found.append(
            KeyLine(
                name, fingerprint(path.read_bytes()), seen.st_size,
                datetime.fromtimestamp(seen.st_mtime, UTC).isoformat(timespec="seconds"),
                "credential" if path == credential else "file", bool(stat.S_IMODE(seen.st_mode) & 0o077),
            )
        )  # fmt: skip
    return found


def taken(here: Home) -> dict[str, bytes]:
    """Every file of the folder: the whole of what a county must not lose."""
    found = {name: (here.keys / name).read_bytes() for name in names(here)}
    if not found:
        raise Trouble(t(f"{here.keys} 里没有密钥。", f"There are no keys in {here.keys}."), code=2)
    return found


def packed(files: Mapping[str, bytes]) -> bytes:
    return json.dumps({name: base64.b64encode(data).decode() for name, data in files.items()}).encode()


def unpacked(plain: bytes) -> dict[str, bytes]:
    try:
        found: Any = json.loads(plain)
        return {_plain_name(name): base64.b64decode(data, validate=True) for name, data in found.items()}
    except (ValueError, AttributeError, TypeError, binascii.Error):
        raise Trouble(t("打开了，但里面不是一套密钥。", "It opens, but it is no set of keys.")) from None


def _plain_name(name: str) -> str:
    if not name or name != Path(name).name or name.startswith("."):
        raise ValueError(name)
    return name


def put_back(files: Mapping[str, bytes], into: Path) -> list[str]:
    """Write the keys that are missing; refuses before the first when another key stands in the place of one."""
    into.mkdir(mode=0o700, parents=True, exist_ok=True)
    into.chmod(0o700)
    standing = {name for name in files if (into / name).exists()}
    other = sorted(name for name in standing if (into / name).read_bytes() != files[name])
    if other:
        raise Trouble(
            t(
                f"{into} 里已有另外的密钥：{'、'.join(other)}。一个字节也没有写。请换一个空文件夹（--into）。",
                f"{into} already holds other keys: {', '.join(other)}. Nothing was written. Name an empty folder (--into).",
            ),
            code=2,
        )
    written = [name for name, data in files.items() if create_once(into / name, data)]
    sync_folder(into)
    return sorted(written)


def write_new(path: Path, content: bytes) -> None:
    """A file of our own making: 0600, whole or not at all, never over another."""
    if not path.absolute().parent.is_dir():
        raise Trouble(t(f"目录不存在：{path.parent}", f"No such folder: {path.parent}"), code=2)
    if not create_once(path.absolute(), content):
        raise Trouble(t(f"{path} 已存在，请换一个名字。", f"{path} exists: choose another name."), code=2)


def read_file(path: Path) -> bytes:
    try:
        if path.stat().st_size > LARGEST:
            raise Trouble(
                t(f"{path} 太大，不是这里写的文件。", f"{path} is too large to be one of ours."), code=2
            )
        return path.read_bytes()
    except OSError as error:
        raise Trouble(
            t(f"读不到 {path}：{error.strerror}", f"{path} cannot be read: {error.strerror}"), code=2
        ) from None


def state(here: Home) -> dict[str, Any]:
    found = names(here)
    chosen = os.environ.get("MINQING_CIPHER") or (
        (here.keys / CIPHER).read_text("utf-8").strip() if CIPHER in found else "aes"
    )
    return {
        "folder": str(here.keys),
        "cipher": chosen,
        "rotating": COUNTY_BEFORE in found or NEXT in found,
        "escrow": fingerprint((here.keys / ESCROW_PUBLIC).read_bytes()) if ESCROW_PUBLIC in found else None,
    }


def place_of_county(here: Home) -> Path:
    """Where the county key is read from: systemd's credential wins over the folder."""
    credential = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / COUNTY
    return credential if credential.is_file() else here.keys / COUNTY
