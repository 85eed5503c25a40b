"""Sealing: what only the holder of a key may read.

Every sealed value begins with one algorithm byte, so that a county may move to other ciphers without a flag
day. `aad` binds a value to its place (county, person, field): moved elsewhere it no longer opens.
Three things stand on it: fields and files (`seal`), keys of persons and subjects under the county key
(`wrap`), and letters to a public key whose private half is not on this machine (`seal_to`: accusations).
"""

from functools import lru_cache
from os import urandom
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

AES_256_GCM: Final = 1
SM4_GCM: Final = 2
X25519_AES_256_GCM: Final = 17

KEY_BYTES: Final = 32
_NONCE: Final = 12
_TAG: Final = 16


class SealError(ValueError):
    """It cannot be sealed or opened."""


class BadKey(SealError):
    """Not a key of the right length or form."""


class UnknownAlgorithm(SealError):
    """The first byte names no cipher known here."""


class WrongSeal(SealError):
    """Cut short, changed, moved to another place, or sealed under another key. Which one cannot be told."""


def new_key() -> bytes:
    return urandom(KEY_BYTES)


@lru_cache(maxsize=512)
def _aes(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise BadKey
    return AESGCM(key)


def _sm4(key: bytes, nonce: bytes, aad: bytes, plain: bytes) -> bytes:
    box = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce)).encryptor()
    box.authenticate_additional_data(aad)
    return box.update(plain) + box.finalize() + box.tag


def _sm4_open(key: bytes, nonce: bytes, aad: bytes, box: bytes) -> bytes:
    opener = Cipher(algorithms.SM4(key[:16]), modes.GCM(nonce, box[-_TAG:])).decryptor()
    opener.authenticate_additional_data(aad)
    return opener.update(box[:-_TAG]) + opener.finalize()


def seal_with(key: bytes, nonce: bytes, aad: bytes, plain: bytes, *, algorithm: int = AES_256_GCM) -> bytes:
    """With a nonce given by the caller: for vectors and tests. Use `seal`."""
    if algorithm == AES_256_GCM:
        return b"\x01" + nonce + _aes(key).encrypt(nonce, plain, aad)
    if algorithm == SM4_GCM:
        if len(key) != KEY_BYTES:
            raise BadKey
        return b"\x02" + nonce + _sm4(key, nonce, aad, plain)
    raise UnknownAlgorithm


def seal(key: bytes, aad: bytes, plain: bytes, *, algorithm: int = AES_256_GCM) -> bytes:
    return seal_with(key, urandom(_NONCE), aad, plain, algorithm=algorithm)


def open_(key: bytes, aad: bytes, sealed: bytes) -> bytes:
    if len(sealed) < 1 + _NONCE + _TAG:
        raise WrongSeal
    algorithm, nonce, box = sealed[0], sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
    if algorithm not in (AES_256_GCM, SM4_GCM):
        raise UnknownAlgorithm
    if len(key) != KEY_BYTES:
        raise BadKey
    try:
        return (
            _aes(key).decrypt(nonce, box, aad)
            if algorithm == AES_256_GCM
            else _sm4_open(key, nonce, aad, box)
        )
    except InvalidTag:
        raise WrongSeal from None


def wrap(county_key: bytes, key: bytes, *, owner: bytes = b"", algorithm: int = AES_256_GCM) -> bytes:
    """A data key under the county's key, bound to its owner if one is named. Rotation only re-wraps."""
    if len(key) != KEY_BYTES:
        raise BadKey
    return seal(county_key, b"key/v1|" + owner, key, algorithm=algorithm)


def unwrap(county_key: bytes, wrapped: bytes, *, owner: bytes = b"") -> bytes:
    return open_(county_key, b"key/v1|" + owner, wrapped)


# Letters to a public key


def new_pair() -> tuple[bytes, bytes]:
    """(private, public), 32 bytes each. The private half belongs on another machine."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    return _private(private).public_key().public_bytes_raw()


def _private(raw: bytes) -> X25519PrivateKey:
    try:
        return X25519PrivateKey.from_private_bytes(raw)
    except ValueError:
        raise BadKey from None


def _box_key(shared: bytes, sender: bytes, receiver: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of one letter: bound to both public keys; each sender key is used once."""
    salt, info = sender + receiver, b"minqing/seal_to/v1"
    made = HKDF(SHA256(), KEY_BYTES + _NONCE, salt=salt, info=info).derive(shared)
    return made[:KEY_BYTES], made[KEY_BYTES:]


def seal_to(public: bytes, aad: bytes, plain: bytes) -> bytes:
    sender = X25519PrivateKey.generate()
    mine = sender.public_key().public_bytes_raw()
    try:
        shared = sender.exchange(X25519PublicKey.from_public_bytes(public))
    except ValueError:
        raise BadKey from None
    key, nonce = _box_key(shared, mine, public)
    return bytes([X25519_AES_256_GCM]) + mine + AESGCM(key).encrypt(nonce, plain, aad)


def open_with(private: bytes, aad: bytes, sealed: bytes) -> bytes:
    if not sealed or sealed[0] != X25519_AES_256_GCM:
        raise UnknownAlgorithm
    if len(sealed) < 1 + 32 + _TAG:
        raise WrongSeal
    mine = _private(private)
    theirs = sealed[1:33]
    try:
        shared = mine.exchange(X25519PublicKey.from_public_bytes(theirs))
        key, nonce = _box_key(shared, theirs, mine.public_key().public_bytes_raw())
        return AESGCM(key).decrypt(nonce, sealed[33:], aad)
    except (InvalidTag, ValueError):
        raise WrongSeal from None


def derived(key: bytes, info: bytes) -> bytes:
    """Another key from this one (HKDF-SHA256, RFC 5869), the same each time; neither tells of the other."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(key)
