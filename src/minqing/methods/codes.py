"""Numbers that people read, type and trust: 查询码, verify numbers, citizen and organisation numbers, masks.

The query code is 15 random digits and a Luhn digit (49.8 bits). Storage goes in two steps, so that intake
stays fast and a stolen database stays useless: intake keeps `lookup_key` (one HMAC under a pepper outside the
database), the worker replaces it by the tag of `slow_keys` (Argon2id over that HMAC; one salt for the county,
so that it can be looked up). The 4-digit word has 13 bits of its own: after the slow step it is keyed by the
half of the Argon2id result that is never stored, so nobody can try words without first paying for the code.
"""

import hmac
import re
import secrets
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from argon2.low_level import Type, hash_secret_raw

CODE_LENGTH: Final = 16
WORD_LENGTH: Final = 4
ARGON2_KIB: Final = 64 * 1024
ARGON2_ROUNDS: Final = 3
VERIFY_LENGTH: Final = 12
_VERIFY_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VERIFY_VALUE: Final = {sign: value for value, sign in enumerate(_VERIFY_ALPHABET)}
_VERIFY_DOUBLED: Final = {sign: 2 * value // 32 + 2 * value % 32 for sign, value in _VERIFY_VALUE.items()}
_READ_AS: Final = str.maketrans("ILO", "110")
_BETWEEN: Final = "-‐‑‒–—―−－﹣·・•.。_/"


class BadNumber(ValueError):
    """What was typed cannot be such a number: wrong length, sign or check digit. `why` is one stable word."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def _squeezed(text: str) -> str:
    """Half-width, without the spaces and dashes that people put between groups."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(
        c for c in plain if not c.isspace() and c not in _BETWEEN and unicodedata.category(c) != "Cf"
    )


# 查询码


def luhn_digit(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def new_code(below: Callable[[int], int] = secrets.randbelow) -> str:
    digits = f"{below(10 ** (CODE_LENGTH - 1)):0{CODE_LENGTH - 1}d}"
    return digits + luhn_digit(digits)


def read_code(text: str) -> str:
    """The 16 digits of what a person typed, in full or half width, grouped or not."""
    code = _squeezed(text[:200])
    if not (code.isascii() and code.isdigit()):
        raise BadNumber("digits")
    if len(code) != CODE_LENGTH:
        raise BadNumber("length")
    if luhn_digit(code[:-1]) != code[-1]:
        raise BadNumber("check")
    return code


def is_code(text: str) -> bool:
    try:
        read_code(text)
    except BadNumber:
        return False
    return True


def grouped(code: str, *, size: int = 4, by: str = " ") -> str:
    return by.join(code[at : at + size] for at in range(0, len(code), size))


def read_word(text: str) -> str:
    word = _squeezed(text[:50])
    if len(word) != WORD_LENGTH or not (word.isascii() and word.isdigit()):
        raise BadNumber("word")
    return word


def _mac(key: bytes, purpose: bytes, *parts: bytes) -> bytes:
    return hmac.digest(key, b"\n".join((purpose, *parts)), "sha256")


def lookup_key(pepper: bytes, code: str) -> bytes:
    """The fast key: kept from intake until the worker has made the slow one."""
    return _mac(pepper, b"code/v1", code.encode())


def word_key(pepper: bytes, code: str, word: str) -> bytes:
    """The fast key of the chosen word, bound to its code."""
    return _mac(pepper, b"word/v1", code.encode(), word.encode())


class SlowKeys(NamedTuple):
    tag: bytes  # stored, and looked up
    inner: bytes  # never stored: opens the word


def slow_keys(pepper: bytes, fast: bytes) -> SlowKeys:
    """Exactly one Argon2id (64 MiB, 3 rounds, 1 lane). Same input, same tag: the salt is the county's."""
    stretched = hash_secret_raw(
        fast,
        _mac(pepper, b"salt/v1")[:16],
        time_cost=ARGON2_ROUNDS,
        memory_cost=ARGON2_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return SlowKeys(_mac(stretched, b"code-tag/v1"), _mac(stretched, b"word-inner/v1"))


def slow_word(inner: bytes, fast_word: bytes) -> bytes:
    return _mac(inner, b"word-tag/v1", fast_word)


def same(a: bytes, b: bytes) -> bool:
    return hmac.compare_digest(a, b)


def e164(typed: str) -> str:
    """One way of writing a telephone number, however it was typed: +86… for one of ours. Without its area code it stays local."""
    text = unicodedata.normalize("NFKC", typed)
    digits = "".join(sign for sign in text if sign.isascii() and sign.isdigit())
    if text.lstrip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    if len(digits) == 13 and digits.startswith("861"):
        return f"+{digits}"
    if len(digits) == 11 and digits.startswith("1"):
        return f"+86{digits}"
    if len(digits) >= 10 and digits.startswith("0"):
        return f"+86{digits[1:]}"
    return f"local:{digits}" if digits else ""


def blind_mac(key: bytes, labelled: str) -> bytes:
    """First step of a blind index, which finds the same person without reading anyone: `id/v1|…`."""
    return hmac.digest(key, labelled.encode(), "sha256")


def blind_index(mac: bytes, salt: bytes) -> bytes:
    """Second step, by the worker: slow, so that a stolen key and database still cannot be swept."""
    return hash_secret_raw(
        mac, salt, time_cost=2, memory_cost=19 * 1024, parallelism=1, hash_len=16, type=Type.ID
    )


# Verify numbers: on every paper, public, says nothing about the case


def _verify_digit(signs: str) -> str:
    single = sum(_VERIFY_VALUE[sign] for sign in signs[-2::-2])
    return _VERIFY_ALPHABET[-(single + sum(_VERIFY_DOUBLED[sign] for sign in signs[-1::-2])) % 32]


def verify_number(source: UUID) -> str:
    """Twelve signs from 55 random bits of a UUIDv4, the last one a check."""
    if source.version != 4:
        raise BadNumber("version")
    bits = source.int & ((1 << 55) - 1)
    signs = "".join(_VERIFY_ALPHABET[(bits >> shift) & 31] for shift in range(50, -1, -5))
    return signs + _verify_digit(signs)


def read_verify_number(text: str) -> str:
    number = _squeezed(text[:100]).upper().translate(_READ_AS)
    if len(number) != VERIFY_LENGTH:
        raise BadNumber("length")
    if any(sign not in _VERIFY_ALPHABET for sign in number):
        raise BadNumber("signs")
    if _verify_digit(number[:-1]) != number[-1]:
        raise BadNumber("check")
    return number


def printed_verify_number(number: str) -> str:
    return grouped(number, by="-")


# GB 11643 and GB 32100

_CITIZEN_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CITIZEN_CHECK: Final = "10X98765432"
_CREDIT_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CREDIT_WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
_ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class Citizen(NamedTuple):
    number: str
    region: str
    born: date
    male: bool


def read_citizen_number(text: str) -> Citizen:
    number = _squeezed(text[:100]).upper()
    body, check = number[:-1], number[-1:]
    if len(number) != 18:
        raise BadNumber("length")
    if not (body.isascii() and body.isdigit()) or check not in "0123456789X":
        raise BadNumber("signs")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadNumber("date") from None
    if _CITIZEN_CHECK[sum(int(d) * w for d, w in zip(body, _CITIZEN_WEIGHTS, strict=True)) % 11] != check:
        raise BadNumber("check")
    return Citizen(number, number[:6], born, male=int(number[16]) % 2 == 1)


def read_credit_code(text: str) -> str:
    """统一社会信用代码: its own check sign, and that of the organisation part inside it."""
    code = _squeezed(text[:100]).upper()
    if len(code) != 18:
        raise BadNumber("length")
    if any(sign not in _CREDIT_ALPHABET for sign in code):
        raise BadNumber("signs")
    total = sum(_CREDIT_ALPHABET.index(s) * w for s, w in zip(code[:17], _CREDIT_WEIGHTS, strict=True))
    if _CREDIT_ALPHABET[-total % 31] != code[17]:
        raise BadNumber("check")
    # In the organisation part letters stand for 10..35, I and O and the others counted.
    inner = -sum(int(s, 36) * w for s, w in zip(code[8:16], _ORGANISATION_WEIGHTS, strict=True)) % 11
    if "0123456789X"[inner] != code[16]:
        raise BadNumber("organisation")
    return code


_LONG_RUN: Final = re.compile(r"[0-9]{17}[0-9xX]+")


def holds_citizen_number(text: str) -> bool:
    """Does a valid citizen number stand anywhere in this text? Papers and messages never carry one."""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return any(
        _is_citizen_number(run[at : at + 18])
        for run in _LONG_RUN.findall(plain)
        for at in range(len(run) - 17)
    )


def _is_citizen_number(text: str) -> bool:
    try:
        read_citizen_number(text)
    except BadNumber:
        return False
    return True


# Masks: what everyone but the handler sees


def mask_name(name: str) -> str:
    """张* whatever the length: the number of characters tells too much in a village."""
    name = name.strip()
    return name[0] + "*" if name else ""


def mask_phone(phone: str) -> str:
    plain = phone.isascii() and phone.isdigit()
    digits = phone if plain else "".join(c for c in unicodedata.normalize("NFKC", phone) if c.isdigit())
    return "*" * (len(digits) - 2) + digits[-2:] if len(digits) > 2 else "*" * len(digits)
