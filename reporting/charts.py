"""Charts as server-rendered SVG: classes for both themes, no style attributes, title and description inside.

Pure functions, values in, markup out. A missing value is a gap, never a zero. Geometry is in SVG user units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

WIDTH, LEFT, RIGHT = 760, 44, 8
LETTER = 6.5  # of a label, at most
TOP_STRIP = (26, 110)  # y of 100 % and of the floor
BOTTOM_STRIP = (150, 240)  # y of the highest bar and of zero


@dataclass(frozen=True)
class Bar:
    """One day or interval: stacked counts and a rate in percent, null where nothing was settled."""

    label: str
    in_target: int
    late: int
    abandoned: int
    waiting: int
    rate: float | None
    tip: str

    @property
    def total(self) -> int:
        return self.in_target + self.late + self.abandoned + self.waiting


@dataclass(frozen=True)
class StripWords:
    """Translated words of the chart; `description` states the finding for who cannot see it."""

    title: str
    description: str
    rate: str
    volume: str


def two_strip(bars: Sequence[Bar], *, target: float | None, words: StripWords, chart_id: str) -> SafeString:
    """Return a rate line over stacked volume bars that share one time axis: two strips, never two axes.

    `target` is the agreed share in percent, null when none is agreed: then no line is drawn.
    """
    return format_html(
        '<svg class="chart" viewBox="0 0 {} 268" role="img" aria-labelledby="{}-t {}-d">'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}{}</svg>',
        WIDTH, chart_id, chart_id, chart_id, words.title, chart_id, words.description,
        _rate_strip(bars, target, words), _volume_strip(bars, words), _labels(bars),
    )  # fmt: skip


def _slot(count: int) -> float:
    return (WIDTH - LEFT - RIGHT) / max(count, 1)


def _x(index: int, count: int) -> float:
    return round(LEFT + _slot(count) * (index + 0.5), 1)


def _rate_y(rate: float) -> float:
    top, floor = TOP_STRIP
    return round(floor - (floor - top) * rate / 100, 1)


def _rate_strip(bars: Sequence[Bar], target: float | None, words: StripWords) -> SafeString:
    points = [(_x(i, len(bars)), bar.rate) for i, bar in enumerate(bars)]
    return format_html(
        '<text class="cap" x="0" y="12">{}</text>{}{}{}{}',
        words.rate, _grid((0, 50, 100), _rate_y, "%"), _target(target), _lines(points), _dots(points, target),
    )  # fmt: skip


def _target(target: float | None) -> SafeString:
    if target is None:
        return SafeString("")
    y = _rate_y(target)
    return format_html('<line class="tg" x1="{}" x2="{}" y1="{}" y2="{}"/>', LEFT, WIDTH - RIGHT, y, y)


def _grid(values: Sequence[int], place: Callable[[int], float], unit: str) -> SafeString:
    rows = [(LEFT, WIDTH - RIGHT, place(v), place(v), place(v) + 4, v, unit) for v in values]
    return format_html_join(
        "",
        '<line class="gl" x1="{}" x2="{}" y1="{}" y2="{}"/>'
        '<text class="ax" x="36" y="{}" text-anchor="end">{}{}</text>',
        rows,
    )


def _lines(points: Sequence[tuple[float, float | None]]) -> SafeString:
    """Draw one polyline per unbroken run, so that a gap stays a gap."""
    runs: list[list[str]] = [[]]
    for x, rate in points:
        if rate is None:
            runs.append([])
        else:
            runs[-1].append(f"{x},{_rate_y(rate)}")
    drawn = [(" ".join(run),) for run in runs if len(run) > 1]
    return format_html_join("", '<polyline class="sl" points="{}"/>', drawn)


def _dots(points: Sequence[tuple[float, float | None]], target: float | None) -> SafeString:
    rows = [(_dot_class(rate, target), x, _rate_y(rate)) for x, rate in points if rate is not None]
    return format_html_join("", '<circle class="{}" cx="{}" cy="{}" r="4"/>', rows)


def _dot_class(rate: float, target: float | None) -> str:
    return "pt" if target is None or rate >= target else "pt miss"


def _volume_strip(bars: Sequence[Bar], words: StripWords) -> SafeString:
    top = _nice(max((bar.total for bar in bars), default=0))
    high, zero = BOTTOM_STRIP
    scale = (zero - high) / top
    grid = _grid(sorted({0, top // 2, top}), lambda v: round(zero - v * scale, 1), "")
    stacks = [_stack(bar, _x(i, len(bars)), scale, len(bars)) for i, bar in enumerate(bars)]
    return format_html(
        '<text class="cap" x="0" y="138">{}</text>{}{}',
        words.volume, grid, mark_safe("".join(stacks)),  # noqa: S308 - made by format_html below
    )  # fmt: skip


def _stack(bar: Bar, x: float, scale: float, count: int) -> SafeString:
    width = round(min(_slot(count) * 0.62, 46), 1)
    y = float(BOTTOM_STRIP[1])
    rects = []
    parts = (("b1", bar.in_target), ("b2", bar.late), ("b3", bar.abandoned), ("b4", bar.waiting))
    for name, amount in parts:
        height = round(amount * scale, 1)
        y = round(y - height, 1)
        if amount:
            rects.append((name, round(x - width / 2, 1), y, width, height))
    body = format_html_join("", '<rect class="{}" x="{}" y="{}" width="{}" height="{}" rx="2"/>', rects)
    return format_html("<g><title>{}</title>{}</g>", bar.tip, body)


def _labels(bars: Sequence[Bar]) -> SafeString:
    """Name every bar, or each so-manieth where there is no room for all."""
    longest = max((len(bar.label) for bar in bars), default=0)
    every = max(ceil(longest * LETTER / _slot(len(bars))), 1)
    rows = [(_x(i, len(bars)), bar.label) for i, bar in enumerate(bars) if i % every == 0]
    return format_html_join("", '<text class="ax" x="{}" y="258" text-anchor="middle">{}</text>', rows)


def _nice(highest: int) -> int:
    """Return a round scale end: the smallest of 4, 10, 20, 40, 100 ... that is not below `highest`."""
    step = 4
    while step < highest:
        step = {4: 10, 1: 2, 2: 4}[int(str(step)[0])] * 10 ** (len(str(step)) - 1)
    return step
