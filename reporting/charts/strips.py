"""Strips over a time axis: stacked bars, a line against its target, and both together."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import ceil

from django.utils.html import format_html
from django.utils.safestring import SafeString

from core import shares
from reporting.charts.drawing import (
    LETTER,
    NOTHING,
    hatch,
    hatched,
    joined,
    num,
    picture,
    points,
    rect,
    rule,
    text,
)
from reporting.charts.palettes import SCREEN, Palette
from reporting.charts.values import Bar, Mark, Point, Stack, State, StripWords

WIDTH, LEFT, RIGHT = 760.0, 44.0, 8.0
FIRST, SECOND = (30.0, 136.0), (174.0, 270.0)  # y of a strip's top and of its floor
FOOT = 18.0  # below the lowest floor: the labels' line
CAPTION, CAPTION_ROOM = 10.0, 320.0  # above a strip
NEAR = 12.0  # labels of an axis that are nearer hide one of each other
MOST_PILLS = 3
PILL, TAG = 17.0, 7.0
NARROWEST = 3.0


@dataclass(frozen=True)
class Strip:
    """Where so many intervals are drawn: `low` at the floor, `high` at the top, `unit` after its numbers."""

    count: int
    top: float
    floor: float
    low: float
    high: float
    unit: str = ""

    @property
    def slot(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(self.count, 1)

    def x(self, at: float) -> float:
        """Return where an instant is; `at` is counted in intervals."""
        return LEFT + self.slot * min(max(at, 0), max(self.count, 1))

    def middle(self, index: int) -> float:
        return self.x(index + 0.5)

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return self.floor - (self.floor - self.top) * (inside - self.low) / (self.high - self.low)


def two_strip(
    bars: Sequence[Bar],
    *,
    target: float | None,
    words: StripWords,
    chart_id: str,
    marks: Sequence[Mark] = (),
    palette: Palette = SCREEN,
) -> SafeString:
    """Return a rate line over stacked volume bars that share one time axis: two strips, never two axes.

    `target` is the agreed share in percent, null when none is agreed: then no line is drawn.
    """
    found, stacks = [bar.point for bar in bars], [bar.stack for bar in bars]
    above = _percent_strip(found, target, *FIRST)
    below = _count_strip(stacks, *SECOND)
    body = joined(
        [
            hatch(chart_id), _marks(below, marks, FIRST[0], _caption(words)),
            _line_strip(above, found, target, words), _bar_strip(below, stacks, words, chart_id),
            _labels(below, [bar.label for bar in bars]), _slots(below, stacks, FIRST[0], chart_id),
        ]
    )  # fmt: skip
    return picture(chart_id, words, (WIDTH, SECOND[1] + FOOT + 8), body, palette=palette)


def line(
    found: Sequence[Point],
    *,
    target: float | None,
    words: StripWords,
    chart_id: str,
    rises: bool = True,
    marks: Sequence[Mark] = (),
    palette: Palette = SCREEN,
) -> SafeString:
    """Return numbers over time against their target; `rises`: a higher one is better.

    Shares in percent have their own scale; anything else begins at zero.
    """
    strip = _percent_strip(found, target, *FIRST) if rises else _number_strip(found, target, *FIRST)
    shown = [Stack(one.label, (), one.tip, one.state, one.rows) for one in found]
    body = joined(
        [
            hatch(chart_id), _marks(strip, marks, FIRST[0], _caption(words)),
            _line_strip(strip, found, target, words, rises=rises),
            _labels(strip, [one.label for one in found]),
            _slots(strip, shown, FIRST[0], chart_id),
        ]
    )  # fmt: skip
    return picture(chart_id, words, (WIDTH, FIRST[1] + FOOT + 8), body, palette=palette)


def bars(
    stacks: Sequence[Stack],
    *,
    words: StripWords,
    chart_id: str,
    marks: Sequence[Mark] = (),
    palette: Palette = SCREEN,
) -> SafeString:
    """Return stacked counts over time, from zero."""
    strip = _count_strip(stacks, *FIRST)
    body = joined(
        [
            hatch(chart_id), _marks(strip, marks, FIRST[0], words.volume),
            _bar_strip(strip, stacks, words, chart_id),
            _labels(strip, [one.label for one in stacks]), _slots(strip, stacks, FIRST[0], chart_id),
        ]
    )  # fmt: skip
    return picture(chart_id, words, (WIDTH, FIRST[1] + FOOT + 8), body, palette=palette)


# ---- scales ----


def _percent_strip(found: Sequence[Point], target: float | None, top: float, floor: float) -> Strip:
    """From the highest of 60, 40, 20, 0 that leaves room below: a line need not begin at zero."""
    lowest = min([one.value for one in found if one.value is not None] + ([target] if target else [100.0]))
    low = next((step for step in (60.0, 40.0, 20.0) if lowest >= step + 4), 0.0)
    return Strip(len(found), top, floor, low, 100.0, shares.mark())


def _number_strip(found: Sequence[Point], target: float | None, top: float, floor: float) -> Strip:
    highest = max([one.value for one in found if one.value is not None] + [target or 0])
    return Strip(len(found), top, floor, 0.0, float(nice(ceil(highest))))


def _count_strip(stacks: Sequence[Stack], top: float, floor: float) -> Strip:
    return Strip(len(stacks), top, floor, 0.0, float(nice(max((one.total for one in stacks), default=0))))


def nice(highest: int) -> int:
    """Return a round scale end: the smallest of 4, 10, 20, 40, 100 ... that is not below `highest`."""
    step = 4
    while step < highest:
        step = {4: 10, 1: 2, 2: 4}[int(str(step)[0])] * 10 ** (len(str(step)) - 1)
    return step


def _axis(strip: Strip, target: float | None = None) -> SafeString:
    """Draw three lines with their numbers; at the target its own stands instead of one that is near."""
    values = sorted({strip.low, (strip.low + strip.high) / 2, strip.high})
    drawn = [rule("gl", LEFT, WIDTH - RIGHT, strip.y(value)) for value in values]
    near = [value for value in values if target is None or abs(strip.y(value) - strip.y(target)) >= NEAR]
    whole = [value for value in near if value == int(value)]
    return joined([*drawn, *(_axis_number(strip, value, "ax") for value in whole)])


def _axis_number(strip: Strip, value: float, css: str) -> SafeString:
    return text(css, LEFT - 8, strip.y(value) + 4, f"{value:g}{strip.unit}", anchor="end", room=LEFT - 8)


# ---- the line ----


def _line_strip(
    strip: Strip, found: Sequence[Point], target: float | None, words: StripWords, *, rises: bool = True
) -> SafeString:
    runs = _runs(strip, found)
    parts = [text("cap", LEFT, strip.top - CAPTION, _caption(words), room=CAPTION_ROOM), _axis(strip, target)]
    if target is not None:
        parts += [_area(run, strip.y(target), rises) for run in runs]
        parts.append(_target(strip, target))
    parts += [format_html('<polyline class="sl" points="{}"/>', points(run)) for run in runs if len(run) > 1]
    parts += _dots(strip, found, partial(_missed, target, rises), {run[0] for run in runs if len(run) == 1})
    return joined([*parts, *_pills(strip, found, partial(_missed, target, rises), rises)])


def _target(strip: Strip, target: float) -> SafeString:
    return rule("tg", LEFT, WIDTH - RIGHT, strip.y(target)) + _axis_number(strip, target, "ax tl")


def _caption(words: StripWords) -> str:
    """Name the strip and its target, where nothing can lie over it."""
    return " · ".join(filter(None, [words.rate, words.target]))


def _missed(target: float | None, rises: bool, value: float) -> bool:
    return target is not None and (value < target if rises else value > target)


def _runs(strip: Strip, found: Sequence[Point]) -> list[list[tuple[float, float]]]:
    """Return the unbroken runs, so that a gap stays a gap."""
    runs: list[list[tuple[float, float]]] = [[]]
    for n, one in enumerate(found):
        if one.value is None:
            runs.append([])
        else:
            runs[-1].append((strip.middle(n), strip.y(one.value)))
    return [run for run in runs if run]


def _area(run: Sequence[tuple[float, float]], y: float, rises: bool) -> SafeString:
    """Fill between the line and the target, each side of it in its own colour."""
    sides: list[list[tuple[float, float]]] = [[run[0]]]
    for before, after in pairwise(run):
        if (before[1] - y) * (after[1] - y) < 0:
            share = (y - before[1]) / (after[1] - before[1])
            cross = (before[0] + share * (after[0] - before[0]), y)
            sides[-1].append(cross)
            sides.append([cross])
        sides[-1].append(after)
        if after[1] == y:
            sides.append([after])
    return joined([_side(side, y, rises) for side in sides])


def _side(side: Sequence[tuple[float, float]], y: float, rises: bool) -> SafeString:
    furthest = max(side, key=lambda corner: abs(corner[1] - y))[1]
    if furthest == y:
        return NOTHING
    css = "fillok" if (furthest < y) == rises else "gap"
    corners = [(side[0][0], y), *side, (side[-1][0], y)]
    return format_html('<polygon class="{}" points="{}"/>', css, points(corners))


def _dots(
    strip: Strip,
    found: Sequence[Point],
    missed: Callable[[float], bool],
    lonely: set[tuple[float, float]],
) -> list[SafeString]:
    """Return a dot for each miss, and for who has no neighbour to draw a line to."""
    rows = [
        ((strip.middle(n), strip.y(one.value)), missed(one.value))
        for n, one in enumerate(found)
        if one.value is not None
    ]
    return [
        format_html('<circle class="pt{}" cx="{}" cy="{}" r="4"/>', " miss" * is_miss, num(at[0]), num(at[1]))
        for at, is_miss in rows
        if is_miss or at in lonely
    ]


def _pills(
    strip: Strip, found: Sequence[Point], missed: Callable[[float], bool], rises: bool
) -> list[SafeString]:
    """Say of the worst misses how much and why, as far as they do not cover each other."""
    worst = sorted(
        (n for n, one in enumerate(found) if one.value is not None and missed(one.value)),
        key=lambda n: (not found[n].cause, (found[n].value or 0) * (1 if rises else -1)),
    )
    placed: list[tuple[float, float]] = []
    drawn = []
    for n in worst:
        words = _pill_words(strip, found[n])
        wide = len(words) * LETTER + 14
        x = strip.middle(n) + 9
        x = x if x + wide <= WIDTH - RIGHT else strip.middle(n) - 9 - wide
        if (
            x < LEFT
            or len(placed) == MOST_PILLS
            or any(x < end and begin < x + wide for begin, end in placed)
        ):
            continue
        placed.append((x, x + wide))
        y = min(max(strip.y(found[n].value or 0) - PILL / 2, strip.top), strip.floor - PILL)
        drawn += [
            rect("pill", x, y, wide, PILL, round_by=PILL / 2),
            text("an", x + wide / 2, y + 12, words, anchor="middle"),
        ]
    return drawn


def _pill_words(strip: Strip, one: Point) -> str:
    number = f"{one.value:.0f}{strip.unit}"
    cause = one.cause if len(one.cause) <= 32 else f"{one.cause[:31].rstrip()}…"
    return f"{number}, {cause}" if cause else number


# ---- the bars ----


def _bar_strip(strip: Strip, stacks: Sequence[Stack], words: StripWords, chart_id: str) -> SafeString:
    drawn = [_stack(strip, n, one, chart_id) for n, one in enumerate(stacks)]
    caption = text("cap", LEFT, strip.top - CAPTION, words.volume, room=CAPTION_ROOM)
    return joined([caption, _axis(strip), *drawn])


def _stack(strip: Strip, n: int, one: Stack, chart_id: str) -> SafeString:
    """Draw the parts from below; late ones are striped too, which paper and few colours show."""
    width = min(strip.slot * 0.66, 46)
    x, floor = strip.middle(n) - width / 2, strip.floor
    if not one.total:
        return rect("b0", x, floor - 1, width, 1) if one.state == State.OVER else NOTHING
    parts, below = [], 0
    for number, amount in enumerate(one.parts, start=1):
        if not amount:
            continue
        y, height = strip.y(below + amount), strip.y(below) - strip.y(below + amount)
        parts.append(rect(f"b{number}", x, y, width, height, round_by=min(2, height / 2)))
        if number == 2:
            parts.append(hatched("late", chart_id, x, y, width, height))
        below += amount
    return joined(parts)


# ---- time ----


def _labels(strip: Strip, labels: Sequence[str]) -> SafeString:
    """Name every interval, or each so-manieth where there is no room for all."""
    longest = max((len(label) for label in labels), default=0)
    every = max(ceil((longest + 1) * LETTER / strip.slot), 1)
    return joined(
        [_label(strip.middle(n), label, strip.floor) for n, label in enumerate(labels) if n % every == 0]
    )


def _label(x: float, label: str, floor: float) -> SafeString:
    half = min(len(label) * LETTER, WIDTH) / 2
    inside = min(max(x, half), WIDTH - half)
    return text("ax", inside, floor + FOOT, label, anchor="middle", room=WIDTH)


def _marks(strip: Strip, marks: Sequence[Mark], top: float, caption: str) -> SafeString:
    """Draw a band for each, with its number above beside the caption, as far as there is room."""
    drawn, free = [], LEFT + min(len(caption) * LETTER, CAPTION_ROOM) + 2 * TAG
    for number, mark in enumerate(marks, start=1):
        x, end = strip.x(mark.start), strip.x(mark.end)
        x = min(x, WIDTH - RIGHT - NARROWEST)
        drawn.append(rect(f"mk {mark.kind}", x, top, max(end - x, NARROWEST), strip.floor - top))
        at = max(x + TAG, free)
        if at + TAG > WIDTH:
            continue
        free = at + 2 * TAG + 2
        drawn.append(_tag(at, top - CAPTION - 4, number, mark.kind))
    return joined(drawn)


def _tag(x: float, y: float, number: int, kind: str) -> SafeString:
    dot = format_html('<circle class="tag {}" cx="{}" cy="{}" r="{}"/>', kind, num(x), num(y), num(TAG))
    return dot + text("tn", x, y + 3.5, str(number), anchor="middle")


def _slots(strip: Strip, stacks: Sequence[Stack], top: float, chart_id: str) -> SafeString:
    """Lay over each interval what pointer and keyboard find; one that goes on is striped."""
    return joined([_slot(strip, n, one, top, chart_id) for n, one in enumerate(stacks)])


def _slot(strip: Strip, n: int, one: Stack, top: float, chart_id: str) -> SafeString:
    x, height = strip.x(n), strip.floor - top
    rows = format_html(' data-rows="{}"', one.rows) if one.rows else NOTHING
    striped = hatched("now", chart_id, x, top, strip.slot, height) if one.state == State.OPEN else NOTHING
    return format_html(
        '<g class="at{}" data-x="{}"{}><title>{}</title>{}{}</g>',
        " ahead" * (one.state == State.AHEAD), num(strip.middle(n)), rows, one.tip, striped,
        rect("hit", x, top, strip.slot, height),
    )  # fmt: skip
