"""Policy articles in our own plain words, each with the days between which it was in force."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from minqing.ground.law.rules.laws import cite, laws, rows_of


@dataclass(frozen=True, slots=True)
class Article:
    law: str
    number: str
    title_zh: str
    title_en: str
    plain_zh: str
    plain_en: str
    valid_from: date | None
    valid_to: date | None
    local: bool = False

    def title(self, lang: str = "zh-hans") -> str:
        return self.title_en if lang.startswith("en") else self.title_zh

    def plain(self, lang: str = "zh-hans") -> str:
        return self.plain_en if lang.startswith("en") else self.plain_zh

    def cited(self, lang: str = "zh-hans") -> str:
        return cite(self.law, self.number, lang)

    def in_force(self, on: date) -> bool:
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@cache
def shipped_articles() -> tuple[Article, ...]:
    return tuple(
        Article(
            row["law"], row["article"], row["title_zh"], row["title_en"], row["plain_zh"], row["plain_en"],
            laws()[row["law"]].valid_from, laws()[row["law"]].valid_to,
        )
        for row in rows_of("articles")
    )  # fmt: skip


def pick(
    articles: Iterable[Article], *, on: date | None = None, law: str = "", words: str = ""
) -> list[Article]:
    """The articles in force that day, of that law, with every one of the words in title, text or citation."""
    wanted = words.lower().split()
    found = []
    for article in articles:
        text = "".join((
            article.title_zh, article.plain_zh, article.cited(), article.title_en, article.plain_en, article.cited("en"),
        )).lower()  # fmt: skip
        if (
            (on is None or article.in_force(on))
            and law in ("", article.law)
            and all(word in text for word in wanted)
        ):
            found.append(article)
    return found
