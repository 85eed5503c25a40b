"""The days off that the national holiday rule fixes every year (in force since 2025-01-01), and their names.

元旦 1/1 · 春节 除夕–初三 · 清明 · 劳动节 5/1–2 · 端午 · 中秋 · 国庆 10/1–3. The moon's dates come from a table:
two independent calendars and the published holidays of 2004–2026 agree with it (see tests/methods/test_clock.py).
"""

from datetime import date, timedelta
from functools import cache

NAMES = {
    "new-year": ("元旦", "New Year's Day"),
    "spring": ("春节", "Spring Festival"),
    "qingming": ("清明节", "Tomb-Sweeping Day"),
    "labour": ("劳动节", "Labour Day"),
    "dragon-boat": ("端午节", "Dragon Boat Festival"),
    "mid-autumn": ("中秋节", "Mid-Autumn Festival"),
    "national": ("国庆节", "National Day"),
}
MOON_FIRST_YEAR = 2004
# One line a year from 2004: 正月初一, 清明, 端午, 中秋 as month and day.
_MOON = """\
0122 0404 0622 0928
0209 0405 0611 0918
0129 0405 0531 1006
0218 0405 0619 0925
0207 0404 0608 0914
0126 0404 0528 1003
0214 0405 0616 0922
0203 0405 0606 0912
0123 0404 0623 0930
0210 0404 0612 0919
0131 0405 0602 0908
0219 0405 0620 0927
0208 0404 0609 0915
0128 0404 0530 1004
0216 0405 0618 0924
0205 0405 0607 0913
0125 0404 0625 1001
0212 0404 0614 0921
0201 0405 0603 0910
0122 0405 0622 0929
0210 0404 0610 0917
0129 0404 0531 1006
0217 0405 0619 0925
0206 0405 0609 0915
0126 0404 0528 1003
0213 0404 0616 0922
0203 0405 0605 0912
0123 0405 0624 1001
0211 0404 0612 0919
0131 0404 0601 0908
0219 0405 0620 0927
0208 0405 0610 0916
0128 0404 0530 1004
0215 0404 0618 0924
0204 0405 0607 0913
0124 0405 0527 1002
0212 0404 0614 0920
0201 0404 0603 0910
0122 0404 0622 0928
0210 0405 0611 0917
0130 0404 0531 1005
0217 0404 0619 0925
0206 0404 0608 0915
0126 0405 0529 1004
0214 0404 0615 0922
0202 0404 0604 0911
0123 0404 0623 0930
0211 0405 0613 0919
0201 0404 0601 0907
0219 0404 0620 0926
0208 0404 0610 0916
0128 0405 0530 1005
0215 0404 0617 0924
0204 0404 0606 0913
0124 0404 0625 1002
0212 0405 0614 0921
0202 0404 0603 0909
""".splitlines()
MOON_LAST_YEAR = MOON_FIRST_YEAR + len(_MOON) - 1


@cache
def festival_days(year: int) -> dict[date, str]:
    """Each fixed day off of the year with its festival; outside 2004–2060 without the moon's ones."""
    days = {date(year, 1, 1): "new-year", date(year, 5, 1): "labour", date(year, 5, 2): "labour"}
    days |= {date(year, 10, day): "national" for day in (1, 2, 3)}
    if MOON_FIRST_YEAR <= year <= MOON_LAST_YEAR:
        spring, qingming, dragon, autumn = (
            date(year, int(part[:2]), int(part[2:])) for part in _MOON[year - MOON_FIRST_YEAR].split()
        )
        days |= {spring + timedelta(days=n): "spring" for n in (-1, 0, 1, 2)}
        days |= {qingming: "qingming", dragon: "dragon-boat"}
        days.setdefault(autumn, "mid-autumn")
    return days


def festival_on(day: date) -> str | None:
    return festival_days(day.year).get(day)
