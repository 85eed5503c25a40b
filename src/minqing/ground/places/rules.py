"""Codes of places (GB/T 2260, GB/T 10114) and their paths. Pure."""

import re
from functools import lru_cache

from minqing.kernel.errors import Refusal
from minqing.kernel.words import Word

CODE = re.compile(r"^(\d{6}|\d{9}|\d{12})(-\d{2})?$")


class Level(Word):
    COUNTY = "county", "县"
    TOWNSHIP = "township", "乡镇"
    VILLAGE = "village", "村（社区）"
    GROUP = "group", "组（院落）"


class BadPlaceCode(Refusal):
    code, status, text = "place.bad-code", 422, "地点编码“{typed}”不对，应为6、9或12位数字。"


class UnknownPlace(Refusal):
    code, status, text = "place.unknown", 422, "没有编码为“{typed}”的地点。可以只写地名，我们来对应。"


class PlaceEnded(Refusal):
    code, status, text = "place.ended", 422, "“{name}”已在{until}撤并，现在是“{successor}”。"


def full(code: str) -> str:
    """The 12-digit form of a 6- or 9-digit code; a local suffix stays."""
    if not CODE.match(code):
        raise BadPlaceCode(typed=code)
    digits, dash, suffix = code.partition("-")
    return digits.ljust(12, "0") + dash + suffix


def level_of(code: str) -> Level:
    digits, dash, _ = full(code).partition("-")
    if dash:
        return Level.GROUP
    if digits.endswith("000000"):
        return Level.COUNTY
    return Level.TOWNSHIP if digits.endswith("000") else Level.VILLAGE


@lru_cache(4096)
def path_of(code: str) -> str:
    """Where the code stands in the tree: `/990101/101/201/01/`; a subtree is every path that starts with its root's."""
    digits, _, suffix = full(code).partition("-")
    parts = [digits[:6], digits[6:9], digits[9:12], suffix]
    while parts and parts[-1].strip("0") == "":
        parts.pop()
    return "/" + "/".join(parts) + "/"


def parent_of(code: str) -> str | None:
    digits, _dash, _ = full(code).partition("-")
    match level_of(code):
        case Level.GROUP:
            return digits
        case Level.VILLAGE:
            return digits[:9] + "000"
        case Level.TOWNSHIP:
            return digits[:6] + "000000"
        case _:
            return None
