"""How an imported place reads in Latin letters, and the first letters by which it is found: 上湾村 → Shangwan Village, swc.

A reader of characters does the spelling; a file may say it better in columns of its own (name_en, initials). Only the
import needs it: pages read what was stored.
"""

from functools import lru_cache

from pypinyin import lazy_pinyin

KINDS = (
    ("社区居民委员会", "Community"), ("社区居委会", "Community"), ("居民委员会", "Community"), ("居委会", "Community"),
    ("村村民委员会", "Village"), ("村民委员会", "Village"), ("村村委会", "Village"), ("村委会", "Village"),
    ("街道办事处", "Subdistrict"), ("街道", "Subdistrict"), ("民族乡", "Ethnic Township"), ("经济开发区", "Development Zone"),
    ("开发区", "Development Zone"), ("管理区", "Management Area"), ("自治县", "Autonomous County"), ("社区", "Community"),
    ("小区", "Estate"), ("院落", "Courtyard"), ("大院", "Courtyard"), ("林场", "Forest Farm"), ("农场", "Farm"), ("小组", "Group"),
    ("镇", "Town"), ("乡", "Township"), ("村", "Village"), ("县", "County"), ("市", "City"), ("区", "District"), ("组", "Group"),
)  # fmt: skip
"""What a name ends with, longest first, and how that reads."""
NUMERALS = "零一二三四五六七八九"


@lru_cache(65_536)
def syllables(name: str) -> tuple[str, ...]:
    """One syllable a character; ü is written as passports write it. What is no character stays as it is."""
    spelled = lazy_pinyin(name.lower(), errors="default")
    return tuple(one.replace("v", "yu") if one[:2] in {"lv", "nv"} else one for one in spelled)


def initials(name: str) -> str:
    return "".join(one[0] for one in syllables(name) if one[:1].isalnum())


def english(name: str) -> str:
    """Pinyin written together, then what kind of place it is. A stem of one character keeps its kind: 沙县 → Shaxian County."""
    ending, kind = next((one for one in KINDS if name.endswith(one[0])), ("", ""))
    stem = name.removesuffix(ending) if ending else name
    number = _number(stem.removeprefix("第").removesuffix("村民").removesuffix("居民"))
    if kind == "Group" and number:
        return f"Group {number}"
    if len(stem) < 2:
        stem = name
    return f"{_together(syllables(stem))} {kind}".strip()


def _together(parts: tuple[str, ...]) -> str:
    """With the apostrophe where a later syllable begins with a vowel: he-ao → He'ao."""
    first, *rest = parts or ("",)
    return (first + "".join("'" + one if one[:1] in {"a", "e", "o"} else one for one in rest)).capitalize()


def _number(text: str) -> int:
    """一 to 九十九, or digits; 0 for anything else."""
    if text.isascii() and text.isdigit():
        return int(text)
    if not text or set(text) - set(NUMERALS + "十"):
        return 0
    tens, ten, ones = text.rpartition("十")
    if len(tens) > 1 or len(ones) > 1:
        return 0
    return (10 * (NUMERALS.index(tens) if tens else 1) if ten else 0) + (NUMERALS.index(ones) if ones else 0)
