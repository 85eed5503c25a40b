"""Two ways in which the set of keys leaves the machine: under a passphrase, and for the three who keep the sheets.

passphrase  "minqing-keys/passphrase/v1\\n" + one line of JSON (Argon2id: salt, t, m, p) + "\\n" + AES-256-GCM
escrow      "minqing-keys/escrow/v1\\n"     + one line of JSON (set)                    + "\\n" + X25519, HKDF, AES-256-GCM
What stands before the sealed part is bound to it.
"""

import getpass
import json
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from minqing.methods import seal
from minqing.wiring.keyring import folder
from minqing.wiring.keyring.folder import fingerprint, packed, unpacked
from minqing.wiring.saying import Trouble, t

UNDER_PASSPHRASE: Final = b"minqing-keys/passphrase/v1\n"
FOR_ESCROW: Final = b"minqing-keys/escrow/v1\n"
COST: Final = {"t": 4, "m": 131_072, "p": 4}
MOST: Final = {"t": 16, "m": 2_097_152, "p": 16}
SHORTEST: Final = 12
CREDENTIAL: Final = "keys-passphrase"


def passphrase(named: Path | None, *, twice: bool) -> bytes:
    """From the file named, else systemd's credential `keys-passphrase`, else asked for at the terminal."""
    handed = Path(os.environ.get("CREDENTIALS_DIRECTORY") or "/nonexistent") / CREDENTIAL
    if named or handed.is_file():
        said = folder.read_file(named or handed).decode("utf-8", "surrogateescape").strip("\r\n")
    elif sys.stdin.isatty():
        said = getpass.getpass(t("口令：", "Passphrase: "))
        if twice and said != getpass.getpass(t("再输一遍：", "Once more: ")):
            raise Trouble(t("两遍不一样。", "The two differ."), code=2)
    else:
        raise Trouble(
            t(
                "没有口令：用 --passphrase-file 指一个文件。口令不能写在命令行上。",
                "No passphrase: name a file with --passphrase-file. It is never given on the command line.",
            ),
            code=2,
        )
    if twice and len(said) < SHORTEST:
        raise Trouble(
            t(
                f"口令太短，至少 {SHORTEST} 个字。",
                f"The passphrase is too short: {SHORTEST} characters or more.",
            ),
            code=2,
        )
    return said.encode(errors="surrogateescape")


def under_passphrase(files: Mapping[str, bytes], said: bytes, cost: Mapping[str, int] = COST) -> bytes:
    head = _head(UNDER_PASSPHRASE, {"kdf": "argon2id", "salt": os.urandom(16).hex(), **cost})
    return head + seal.seal(_slow(said, json.loads(head.splitlines()[1])), head, packed(files))


def open_passphrase(box: bytes, said: bytes) -> dict[str, bytes]:
    told, head, sealed = _split(box, UNDER_PASSPHRASE)
    try:
        if any(not 0 < int(told[name]) <= most for name, most in MOST.items()):
            raise ValueError
        return unpacked(seal.open_(_slow(said, told), head, sealed))
    except (KeyError, TypeError, seal.UnknownAlgorithm):
        raise unreadable() from None
    except seal.SealError:
        raise Trouble(
            t(
                "打不开：口令不对，或者文件被改过、没抄全。",
                "It does not open: another passphrase, or the file is cut or changed.",
            )
        ) from None
    except ValueError:
        raise unreadable() from None


def for_escrow(files: Mapping[str, bytes], public: bytes) -> bytes:
    head = _head(FOR_ESCROW, {"set": fingerprint(public)})
    return head + seal.seal_to(public, head, packed(files))


def open_escrow(box: bytes, private: bytes) -> dict[str, bytes]:
    _, head, sealed = _split(box, FOR_ESCROW)
    try:
        return unpacked(seal.open_with(private, head, sealed))
    except seal.UnknownAlgorithm:
        raise unreadable() from None
    except seal.SealError:
        raise Trouble(
            t("打不开：托管文件被改过或没抄全。", "It does not open: the escrow file is cut or changed.")
        ) from None


def set_of(box: bytes) -> str:
    return str(_split(box, FOR_ESCROW)[0].get("set", ""))


def unreadable() -> Trouble:
    return Trouble(
        t(
            "这不是 minqing keys 写的文件，或者没抄全。",
            "This is no file of minqing keys, or it was cut short.",
        ),
        code=2,
    )


def _slow(said: bytes, told: Mapping[str, Any]) -> bytes:
    return Argon2id(
        salt=bytes.fromhex(told["salt"]), length=32, iterations=int(told["t"]), lanes=int(told["p"]), memory_cost=int(told["m"])
    ).derive(said)  # fmt: skip


def _head(magic: bytes, told: Mapping[str, Any]) -> bytes:
    made = datetime.now(UTC).isoformat(timespec="seconds")
    return magic + json.dumps({**told, "made": made}, sort_keys=True).encode() + b"\n"


def _split(box: bytes, magic: bytes) -> tuple[dict[str, Any], bytes, bytes]:
    end = box.find(b"\n", len(magic))
    if not box.startswith(magic) or end < 0:
        raise unreadable()
    try:
        return dict(json.loads(box[len(magic) : end])), box[: end + 1], box[end + 1 :]
    except ValueError:
        raise unreadable() from None
