"""Charts as SVG from the server, without scripts or inline style: shapes stretch by percent, type keeps its size.

Every chart is drawn beside a table with the same numbers; see templates parts/chart_weeks.html and parts/plotted.html.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, floor, log10

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from minqing.doors.parts import words

ENOUGH = 30  # fewer answers than this make no rate
HEIGHT = 220
TOP, BOTTOM = 18, 26  # room for the highest label and for the dates
Maybe = float | None


@dataclass(frozen=True)
class Series:
    """One line of a weekly chart; None is a week without data and leaves a gap."""

    label: str
    values: Sequence[Maybe]


def _pct(share: float) -> str:
    return f"{max(0.0, min(1.0, share)) * 100:.2f}%"


def nice_top(highest: float) -> float:
    """The next of 2, 4, 6, 8, 10 × 10ⁿ at or above the highest value: its half is a round number too."""
    unit = 10 ** floor(log10(max(highest, 2)))
    return float(next(step * unit for step in (2, 4, 6, 8, 10, 20) if step * unit >= highest))


def weeks(
    labels: Sequence[date], series: Sequence[Series], *, title: str, area: bool = True, height: int = HEIGHT
) -> SafeString:
    """Lines by week, the first one with a wash under it. At most three series: each has its own colour and dash."""
    if len(labels) < 2:
        return SafeString("")
    top = nice_top(max([value for line in series for value in line.values if value is not None], default=0))
    plot = height - TOP - BOTTOM
    lines = format_html_join("", "{}", ((_grid(share, top, plot),) for share in (0, 0.5, 1)))
    curves = format_html_join(
        "", "{}", ((_curve(line.values, top, n, area and n == 0),) for n, line in enumerate(series[:3]))
    )
    return format_html(
        '<svg class="chart" width="100%" height="{}" role="img" aria-label="{}">{}'
        '<svg x="0" y="{}" width="100%" height="{}" viewBox="0 0 1000 1000" preserveAspectRatio="none" overflow="visible">{}</svg>{}</svg>',
        height,
        title,
        lines,
        TOP,
        plot,
        curves,
        _dates(labels, height),
    )


def _grid(share: float, top: float, plot: int) -> SafeString:
    y = TOP + plot * (1 - share)
    return format_html(
        '<line class="{}" x1="0" x2="100%" y1="{}" y2="{}"/><text x="0" y="{}">{}</text>',
        "grid" if share else "base",
        f"{y:.1f}",
        f"{y:.1f}",
        f"{y - 4:.1f}",
        f"{top * share:,.10g}" if share else "",
    )


def _curve(values: Sequence[Maybe], top: float, n: int, area: bool) -> SafeString:
    pieces: list[list[tuple[float, float]]] = [[]]
    for at, value in enumerate(values):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((1000 * at / max(len(values) - 1, 1), 1000 * (1 - value / top)))
    drawn = [piece for piece in pieces if piece]
    path = "".join(
        "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in (piece if len(piece) > 1 else piece * 2))
        for piece in drawn
    )
    wash = "".join(
        f"M{p[0][0]:.1f} 1000L" + "L".join(f"{x:.1f} {y:.1f}" for x, y in p) + f"L{p[-1][0]:.1f} 1000Z"
        for p in drawn
    )
    curve = format_html('<path class="curve s{}" d="{}" vector-effect="non-scaling-stroke"/>', n, path)
    return format_html('<path class="area" d="{}"/>{}', wash, curve) if area else curve


def _dates(labels: Sequence[date], height: int) -> SafeString:
    """Four dates at most, the outer ones turned inwards so that none is cut on a phone."""
    last = len(labels) - 1
    shown = sorted({0, ceil(last / 3), ceil(2 * last / 3), last})
    anchors = ["start" if at == 0 else "end" if at == last else "middle" for at in shown]
    return format_html_join(
        "",
        '<text x="{}" y="{}" text-anchor="{}">{}</text>',
        (
            (_pct(at / last), height - 8, anchor, words.month_day(labels[at]))
            for at, anchor in zip(shown, anchors, strict=True)
        ),
    )


def key(series: Sequence[Series]) -> SafeString:
    """The legend: a piece of each line with its name."""
    return format_html_join(
        "",
        '<span><svg class="chart" width="28" height="8" aria-hidden="true"><line class="curve s{}" x1="0" x2="28" y1="4" y2="4"/></svg>{}</span>',
        ((n, line.label) for n, line in enumerate(series[:3])),
    )


def interval_bar(value: float, low: float, high: float) -> SafeString:
    """A share from 0 to 1 as a dot on its interval."""
    return format_html(
        '<svg class="chart" width="100%" height="14" aria-hidden="true"><rect class="track" x="0" y="4" width="100%" height="6" rx="3"/>'
        '<line class="range" x1="{}" x2="{}" y1="7" y2="7"/><circle class="dot" cx="{}" cy="7" r="5"/></svg>',
        _pct(low),
        _pct(high),
        _pct(value),
    )


def dot(
    value: Maybe, low: Maybe, high: Maybe, *, top: float = 1.0, own: bool = False, past: Maybe = None
) -> SafeString:
    """One row of a dot plot: interval, value, and one's own past as a ring. Without a value only the track."""
    if value is None or low is None or high is None:
        return SafeString(
            '<svg class="chart" width="100%" height="18" aria-hidden="true"><line class="grid" x1="0" x2="100%" y1="9" y2="9"/></svg>'
        )
    ring = (
        format_html('<circle class="past" cx="{}" cy="9" r="4.5"/>', _pct(past / top))
        if past is not None
        else ""
    )
    return format_html(
        '<svg class="chart" width="100%" height="18" aria-hidden="true"><line class="grid" x1="0" x2="100%" y1="9" y2="9"/>'
        '<line class="range" x1="{}" x2="{}" y1="9" y2="9"/>{}<circle class="dot{}" cx="{}" cy="9" r="{}"/></svg>',
        _pct(low / top),
        _pct(high / top),
        ring,
        " own" if own else "",
        _pct(value / top),
        6 if own else 5,
    )


def span(p50: Maybe, p90: Maybe, *, top: float, limit: Maybe = None) -> SafeString:
    """One row of days-to-answer: half were answered by the dark end, nine in ten by the light end; a dashed legal limit."""
    bars = ""
    if p50 is not None and p90 is not None:
        bars = format_html(
            '<rect class="bar-long" x="0" y="3" width="{}" height="12" rx="2"/><rect class="bar" x="0" y="3" width="{}" height="12" rx="2"/>',
            _pct(p90 / top),
            _pct(p50 / top),
        )
    edge = (
        format_html('<line class="limit" x1="{0}" x2="{0}" y1="0" y2="18"/>', _pct(limit / top))
        if limit is not None and limit <= top
        else ""
    )
    return format_html(
        '<svg class="chart" width="100%" height="18" aria-hidden="true">{}{}</svg>', bars, edge
    )
