"""The laws we cite, how a citation is written in both languages, and how sure we are of a row."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from minqing.kernel.words import Word

DATA = Path(__file__).parent.parent / "data"


class Mark(Word):
    """Where a row comes from, said beside it wherever it is shown."""

    LAW = "law", "法律法规明文规定"
    LOCAL = "local", "地方规定，本县可改"
    MEMORY = "memory", "凭记忆录入，待核对"
    DESIGN = "design", "本系统设定，不是法律规定"


@dataclass(frozen=True, slots=True)
class Law:
    """`checked`: what we cite of it was compared with the text of the law; `read` says which articles."""

    code: str
    name_zh: str
    name_en: str
    valid_from: date | None
    valid_to: date | None
    checked: bool
    read: str = ""

    def name(self, lang: str = "zh-hans") -> str:
        return self.name_en if lang.startswith("en") else f"《{self.name_zh}》"

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


def rows_of(name: str) -> Iterator[dict[str, str]]:
    """The rows of a shipped file."""
    with (DATA / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def day_or_none(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def laws() -> dict[str, Law]:
    return {
        row["code"]: Law(
            row["code"], row["name_zh"], row["name_en"],
            day_or_none(row["valid_from"]), day_or_none(row["valid_to"]), row["checked"] == "1", row["read"],
        )
        for row in rows_of("laws")
    }  # fmt: skip


def cite(law: str, article: str, lang: str = "zh-hans") -> str:
    """《信访工作条例》第二十二条 / Regulations on Petition Work, art. 22. `law` may be a code or a county's own title."""
    known = laws().get(law)
    english = lang.startswith("en")
    name = known.name(lang) if known else law
    if not article:
        return name
    if english:
        return f"{name}, art. {article.replace(',', ', ').replace('-', '–')}"
    parts = [_article_zh(part) for part in article.split(",")]
    return name + "、".join(parts)


def cite_all(basis: str, lang: str = "zh-hans") -> str:
    """Several citations as a catalogue row holds them: `jz:11,12 mf`."""
    pieces = (part.partition(":") for part in basis.split())
    return ("; " if lang.startswith("en") else "、").join(
        cite(law, article, lang) for law, _, article in pieces
    )


def _article_zh(text: str) -> str:
    return "至".join(f"第{numeral(int(n))}条" if n.isdigit() else n for n in text.split("-"))


def numeral(n: int) -> str:
    """二十二 for 22, as articles are numbered; up to 1999, beyond that plain digits."""
    digits, units = "零一二三四五六七八九", ("", "十", "百", "千")
    if not 0 < n < 2000:
        return str(n)
    text, pending = "", False
    for at in range(len(str(n)) - 1, -1, -1):
        digit = n // 10**at % 10
        if digit:
            text += ("零" if pending else "") + digits[digit] + units[at]
            pending = False
        else:
            pending = bool(text)
    return text.removeprefix("一") if 10 <= n < 20 else text
