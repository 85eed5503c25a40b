"""How many due dates one core computes in a second. Target: at least 100,000.

python bench/clock.py [--json]; counted are the bare sum of each kind of term, a rule of the table by its key and day
(what intake pays), a mix of both at the year's end (holidays, provisional), and with the explanation written out.
"""

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta

from _lines import line, told
from minqing.ground.law import rules
from minqing.methods.clock import CHINA, due_of, explain, term_of

TARGET = 100_000
ROUNDS = 5
DAYS = [date(2023, 1, 1) + timedelta(days=n) for n in range(1600)]
HOURS = [datetime(2026, 1, 1, tzinfo=CHINA) + timedelta(hours=n) for n in range(1600)]
CALENDAR, BOOK = rules.shipped_calendar(), rules.shipped_book()


def bare(term: str) -> Callable[[], int]:
    asked, starts = term_of(term), HOURS if term.endswith("H") else DAYS

    def work() -> int:
        for start in starts:
            due_of(asked, start, CALENDAR)
        return len(starts)

    return work


def by_rule() -> int:
    for start in DAYS:
        for key in ("xf.triage", "xf.object", "xf.handle", "hl.help"):
            rules.due_by(BOOK.find(key, start), start, CALENDAR)
    return 4 * len(DAYS)


def explained() -> int:
    for start in DAYS:
        explain(due_of("15D", start, CALENDAR))
    return len(DAYS)


CASES: dict[str, Callable[[], int]] = {
    "15D": bare("15D"),
    "60D": bare("60D"),
    "5WD": bare("5WD"),
    "3M": bare("3M"),
    "24H": bare("24H"),
    "by rule": by_rule,
    "explained": explained,
}


def rate(work: Callable[[], int]) -> float:
    """Due dates a second: the median of some rounds of at least a fifth of a second each."""
    work()
    rates = []
    for _ in range(ROUNDS):
        done, start = 0, time.perf_counter()
        while time.perf_counter() - start < 0.2:
            done += work()
        rates.append(done / (time.perf_counter() - start))
    return statistics.median(rates)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    start = time.perf_counter()
    assert CALENDAR.index
    figures = {"calendar ready in ms": (time.perf_counter() - start) * 1000}
    figures |= {name: rate(work) for name, work in CASES.items()}
    slowest = min(rate for name, rate in figures.items() if name not in ("calendar ready in ms", "explained"))
    told(
        [line("clock, slowest kind of term", TARGET, slowest, "due dates/s")],
        args.json,
        {k: round(v) for k, v in figures.items()},
    )


if __name__ == "__main__":
    main()
