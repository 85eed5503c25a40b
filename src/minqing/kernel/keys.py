"""The county's secrets: raw bytes in files of one folder, or in the folder systemd hands a service; never in the database.

Everything under the county's own key goes through the four functions below, so that the key can change while the
county works: for the time of a rotation the key before it stands beside it (`county.key.old`) and still opens.
"""

import os
from collections.abc import Callable
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from minqing.methods import seal

COUNTY: Final = "county.key"
COUNTY_BEFORE: Final = "county.key.old"
CIPHER: Final = "cipher"
CIPHERS: Final = {"aes": seal.AES_256_GCM, "sm4": seal.SM4_GCM}


class UnknownCipher(ValueError):
    """MINQING_CIPHER, or the file `cipher` beside the keys, names none of ours."""


def folder() -> Path:
    return Path(os.environ["MINQING_KEYS"])


def place_of(name: str) -> Path:
    """A credential of systemd (`LoadCredential=`) wins over the file in the folder of keys."""
    handed = os.environ.get("CREDENTIALS_DIRECTORY")
    if handed and (Path(handed) / name).is_file():
        return Path(handed) / name
    return folder() / name


def secret(name: str) -> bytes:
    """The bytes of one key; raises FileNotFoundError when there is none of that name."""
    if name != COUNTY:
        return _once(name)
    if os.environ.get("CREDENTIALS_DIRECTORY"):
        return _newest(str(place_of(name)))
    return _newest(_beside(os.environ["MINQING_KEYS"], name))


@cache
def _beside(keys: str, name: str) -> str:
    """Put together once: the county's key is asked for with every row that is sealed."""
    return os.path.join(keys, name)


@cache
def _once(name: str) -> bytes:
    return place_of(name).read_bytes()


def _newest(path: str) -> bytes:
    """Read anew when another file was put in its place, so that no process goes on with a key that was replaced."""
    seen = os.stat(path)
    return _read(path, seen.st_ino, seen.st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: str, _inode: int, _changed: int) -> bytes:
    return Path(path).read_bytes()


def cipher() -> int:
    """The algorithm byte new values get: `MINQING_CIPHER`, else the file `cipher` beside the keys, else AES-256-GCM."""
    return _cipher(os.environ.get("MINQING_CIPHER", ""))


@cache
def _cipher(said: str) -> int:
    path = folder() / CIPHER
    name = (said or (path.read_text("utf-8") if path.is_file() else "aes")).strip().lower()
    if name not in CIPHERS:
        raise UnknownCipher(name)
    return CIPHERS[name]


def wrap(key: bytes, *, owner: bytes = b"") -> bytes:
    """A data key under the county's key, bound to its owner if one is named."""
    return seal.wrap(secret(COUNTY), key, owner=owner, algorithm=cipher())


def unwrap(wrapped: bytes, *, owner: bytes = b"") -> bytes:
    return _either(lambda key: seal.unwrap(key, wrapped, owner=owner))


def shut(aad: bytes, plain: bytes) -> bytes:
    """A small value under the county's key itself."""
    return seal.seal(secret(COUNTY), aad, plain, algorithm=cipher())


def unshut(aad: bytes, sealed: bytes) -> bytes:
    return _either(lambda key: seal.open_(key, aad, sealed))


def _either(opened: Callable[[bytes], bytes]) -> bytes:
    try:
        return opened(secret(COUNTY))
    except seal.WrongSeal:
        before = folder() / COUNTY_BEFORE
        if not before.is_file():
            raise
        return opened(_newest(str(before)))
