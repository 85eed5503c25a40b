"""The versioned table of terms: which rule was in force on which day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from minqing.ground.law.rules.laws import Mark, cite, day_or_none, rows_of
from minqing.kernel.errors import Refusal
from minqing.methods.clock import Term, term_of, term_words

LOCAL_ROWS = "local"
DEFAULT_SCHEMES: Mapping[str, str] = {"hl": "gd"}
SCHEMES: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "hl": {
        "gd": ("按类型：2、10、15个工作日", "By kind: 2, 10, 15 working days"),
        "jn": ("一律5个工作日", "5 working days for all"),
        "bj": ("按缓急：2小时、24小时、7日、15日", "By urgency: 2 hours, 24 hours, 7 days, 15 days"),
        "common": ("当日咨询当日答，其余72小时", "Questions the same day, the rest within 72 hours"),
    },
    "jz": {"cq": ("30日，评议和公示不算", "30 days, appraisal and public notice not counted")},
}


class UnknownRule(Refusal):
    code, status, text = "law.unknown-rule", 422, "没有“{key}”这条期限规则。"


class RuleEnded(Refusal):
    code, status, text = "law.rule-ended", 422, "“{key}”这条期限规则在{on}已经失效，没有接替的规定。"


@dataclass(frozen=True, slots=True)
class Rule:
    """One dated row. `earliest`: the day asked for lies before every version we know, so the first one stands in."""

    key: str
    scheme: str
    name_zh: str
    name_en: str
    trigger_zh: str
    trigger_en: str
    term: Term
    extend: int
    pausable: bool
    law: str
    article: str
    valid_from: date
    valid_to: date | None
    mark: Mark
    earliest: bool = False

    def name(self, lang: str = "zh-hans") -> str:
        return self.name_en if lang.startswith("en") else self.name_zh

    def trigger(self, lang: str = "zh-hans") -> str:
        return self.trigger_en if lang.startswith("en") else self.trigger_zh

    def term_text(self, lang: str = "zh-hans") -> str:
        """15日 / 15 days; a term counted back says so by its trigger."""
        return term_words(abs(self.term.n), self.term.unit.value, lang)

    def extend_text(self, lang: str = "zh-hans") -> str:
        """How much longer it may run at most, in the unit of the term; empty where it may not."""
        return term_words(self.extend, self.term.unit.value, lang) if self.extend else ""

    def basis(self, lang: str = "zh-hans") -> str:
        """The citation; a term of our own says that no law names it, one from memory that it is still to be checked."""
        cited, english = cite(self.law, self.article, lang) if self.law else "", lang.startswith("en")
        if self.mark is Mark.MEMORY:
            return (
                f"{cited or 'Local practice'} (to be checked)"
                if english
                else f"{cited or '地方做法'}（待核对）"
            )
        if self.mark is not Mark.DESIGN:
            return cited or ("Local rule" if english else "地方规定")
        if english:
            return f"Term set by this system, with regard to {cited}" if cited else "Term set by this system"
        return f"本系统设定的期限，参照{cited}" if cited else "本系统设定的期限"

    def in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on <= self.valid_to)


class RuleBook:
    """Every version of every key, the county's own rows first, then its chosen scheme, then the plain ones."""

    def __init__(self, rows: Iterable[Rule], schemes: Mapping[str, Mapping[date, str]] | None = None) -> None:
        self.rows = tuple(rows)
        self.schemes = schemes or {}
        self._versions: dict[tuple[str, str], list[Rule]] = {}
        for row in sorted(self.rows, key=lambda row: row.valid_from):
            self._versions.setdefault((row.key, row.scheme), []).append(row)
        self._found: dict[tuple[str, date], Rule] = {}

    def find(self, key: str, on: date) -> Rule:
        """The version of `key` in force on that day; `key@scheme` asks for one scheme by name."""
        found = self._found.get((key, on))
        if found is None:
            found = self._found[key, on] = self._find(key, on)
        return found

    def _find(self, key: str, on: date) -> Rule:
        plain, _, asked = key.partition("@")
        schemes = (asked,) if asked else (LOCAL_ROWS, self.scheme(plain, on), "")
        known: list[Rule] = []
        for scheme in dict.fromkeys(schemes):
            versions = self._versions.get((plain, scheme), [])
            standing = [row for row in versions if row.in_force(on)]
            if standing:
                return self._since(standing[-1], on)
            known += versions
        if not known:
            raise UnknownRule(key=key)
        later = [row for row in known if row.valid_from > on]
        if not later:
            raise RuleEnded(key=key, on=on.isoformat())
        return replace(min(later, key=lambda row: row.valid_from), earliest=True)

    def _since(self, rule: Rule, on: date) -> Rule:
        """A row of a chosen scheme is in force here since the choice, so that asking for that day finds it again."""
        since = self._choice(rule.key, on)[0]
        if (
            not rule.scheme
            or since is None
            or rule.scheme != self.scheme(rule.key, on)
            or since <= rule.valid_from
        ):
            return rule
        return replace(rule, valid_from=since)

    def _choice(self, key: str, on: date) -> tuple[date | None, str]:
        family = key.partition(".")[0]
        chosen = [
            (since, name) for since, name in sorted(self.schemes.get(family, {}).items()) if since <= on
        ]
        return chosen[-1] if chosen else (None, DEFAULT_SCHEMES.get(family, ""))

    def scheme(self, key: str, on: date) -> str:
        """Which scheme the county has chosen for the family of the key on that day."""
        return self._choice(key, on)[1]

    @property
    def keys(self) -> list[str]:
        return sorted({row.key for row in self.rows})


@cache
def shipped_rules() -> tuple[Rule, ...]:
    return tuple(
        Rule(
            row["key"], row["scheme"], row["name_zh"], row["name_en"], row["trigger_zh"], row["trigger_en"],
            term_of(row["term"]), int(row["extend"]), row["pausable"] == "1", row["law"], row["article"],
            date.fromisoformat(row["valid_from"]), day_or_none(row["valid_to"]), Mark(row["mark"]),
        )
        for row in rows_of("rules")
    )  # fmt: skip


@cache
def shipped_book() -> RuleBook:
    return RuleBook(shipped_rules())
