"""One line of the table: what was measured, what was wanted, how far it went, and how busy the machine was."""

import json
import os
import statistics
from collections.abc import Sequence
from typing import Any

HEAD = ("what", "target", "figure", "ratio", "", "load")


def line(what: str, target: float, figure: float, unit: str, *, at_most: bool = False) -> dict[str, Any]:
    """`ratio` is above 1 when the figure is better than the target, whichever way better lies."""
    ratio = (target / figure if at_most else figure / target) if figure and target else 0.0
    return {
        "what": what, "target": target, "figure": round(figure, 3), "unit": unit, "bound": "≤" if at_most else "≥",
        "ratio": round(ratio, 2), "met": figure <= target if at_most else figure >= target, "load": round(os.getloadavg()[0], 1),
    }  # fmt: skip


def told(lines: Sequence[dict[str, Any]], as_json: bool, more: Any = None) -> None:
    """What a measurement prints: its table, or one line of JSON for `make bench`."""
    if as_json:
        print(json.dumps({"lines": list(lines), "more": more}, ensure_ascii=False))
        return
    if more is not None:
        for name, value in more.items():
            print(f"  {name:44} {value}")
    print(table(lines))


def table(lines: Sequence[dict[str, Any]]) -> str:
    rows = [HEAD]
    for one in lines:
        met = "met" if one["met"] else "MISSED"
        rows.append((
            one["what"], f"{one['bound']} {one['target']:,g} {one['unit']}", f"{one['figure']:,g}", f"{one['ratio']:g}", met, f"{one['load']:g}",
        ))  # fmt: skip
    widths = [max(len(row[n]) for row in rows) for n in range(len(HEAD))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    )


def middle(values: Sequence[float]) -> float:
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
