"""Words: enumerations whose value is stored and whose label (Chinese) is shown."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A stored value with a Chinese label; the label is the gettext msgid."""

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def choices(cls) -> list[tuple[str, str]]:
        return [(word.value, word.label) for word in cls]

    @classmethod
    def values(cls) -> list[str]:
        return [word.value for word in cls]
