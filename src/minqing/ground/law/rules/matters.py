"""Which class of matter the words may mean. Pure. Whole words only: two characters in common say nothing. Nothing is better than wrong."""

import re
from collections.abc import Iterable
from functools import cache

from minqing.ground.law.rules.catalogue import Entry
from minqing.ground.law.rules.laws import rows_of

PARTS = re.compile(r"[与及和、，（）()/\s]+")


@cache
def _own() -> dict[str, tuple[str, ...]]:
    return {row["code"]: tuple(row["words"].split()) for row in rows_of("matter_words")}


def words_of(entry: Entry) -> list[str]:
    """What people say of the matter and the whole parts of its name, longest first."""
    named = {part for part in PARTS.split(entry.name_zh) if len(part) > 1}
    return sorted({*_own().get(entry.code, ()), *named}, key=lambda word: (-len(word), word))


def said_of(entry: Entry, text: str) -> tuple[str, ...]:
    """The entry's words that stand in the text. A word inside a longer one found is not counted again."""
    found: list[str] = []
    for word in words_of(entry):
        if word.lower() in text:
            text = text.replace(word.lower(), " ")
            found.append(word)
    return tuple(found)


def likely(entries: Iterable[Entry], text: str, *, most: int) -> list[Entry]:
    """The entries whose words were said: the longest word first, then who has most of them."""
    text, ranked = text.lower(), []
    for entry in entries:
        if found := said_of(entry, text):
            ranked.append((-len(found[0]), -sum(map(len, found)), entry.code, entry))
    return [entry for *_rank, entry in sorted(ranked, key=lambda one: one[:3])[:most]]
