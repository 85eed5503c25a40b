"""Texts as sets of character pairs. Pure.

A pair is one signed 32-bit number, (first << 16) | second; single characters of a title stand below 65,536 and can
therefore never be taken for a pair. Every pair of the query must be there, then the text itself is looked at: what
is found is exact, and nothing is missed.
"""

import unicodedata
from itertools import pairwise
from typing import Final

LONGEST_TEXT: Final = 50_000
LONGEST_QUERY: Final = 100
MOST_TERMS: Final = 8
PAGE: Final = 20
FIRST_LOOK: Final = 40


def normal(text: str) -> str:
    """One spelling for what looks alike: half width, lower case, single spaces, no NUL and no lone surrogates."""
    plain = unicodedata.normalize("NFKC", text.encode("utf-16", "replace").decode("utf-16")).lower()
    return " ".join(plain.replace("\x00", " ").split())


def _signed(number: int) -> int:
    return number - (1 << 32) if number >= 1 << 31 else number


def _pairs(word: str) -> set[int]:
    codes = [ord(sign) & 0xFFFF for sign in word]
    return {_signed(first << 16 | second) for first, second in pairwise(codes)}


def grams_of(text: str, title: str = "") -> list[int]:
    """All pairs of a text and its title, and the single characters of the title."""
    found: set[int] = set()
    for part in (normal(title), normal(text)[:LONGEST_TEXT]):
        for word in part.split(" "):
            found |= _pairs(word)
    found |= {ord(sign) & 0xFFFF for sign in normal(title) if sign != " "}
    return sorted(found)


def terms_of(query: str) -> list[str]:
    return normal(query[:LONGEST_QUERY]).split(" ")[:MOST_TERMS]


def grams_asked(terms: list[str]) -> list[int]:
    asked: set[int] = set()
    for term in terms:
        asked |= _pairs(term) if len(term) > 1 else {ord(sign) & 0xFFFF for sign in term}
    return sorted(asked)


def like(term: str) -> str:
    """A LIKE pattern that finds the term as it is written."""
    escaped = term.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
