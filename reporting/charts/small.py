"""Graphics beside a figure that says the number, hidden from who hears it: a spark line and a meter."""

from collections.abc import Sequence

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reporting.charts.drawing import NOTHING, joined, num, points, rect, sheet
from reporting.charts.palettes import SCREEN, Palette

SPARK, SPARK_TOP, SPARK_FLOOR, DASH = (100.0, 26.0), 3.0, 23.0, 1.0
METER = (88.0, 12.0)
ALONE = SafeString(' xmlns="http://www.w3.org/2000/svg"')


def spark(values: Sequence[float | None], *, kind: str = "", palette: Palette = SCREEN) -> SafeString:
    """Return a line without scale, "" for less than two values; a null one is a gap, a lonely one a dash."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return NOTHING
    runs = _runs(values, min(known), max(known))
    areas = [[(run[0][0], SPARK[1]), *run, (run[-1][0], SPARK[1])] for run in runs if len(run) > 1]
    return format_html(
        '<svg class="{}" viewBox="0 0 100 26" preserveAspectRatio="none" aria-hidden="true"{}>{}{}{}</svg>',
        f"spark {kind}".strip(), ALONE if palette.is_alone else NOTHING, sheet(palette),
        joined([format_html('<polygon class="area" points="{}"/>', points(one)) for one in areas]),
        joined([format_html('<polyline class="line" points="{}"/>', points(_seen(one))) for one in runs]),
    )  # fmt: skip


def _runs(values: Sequence[float | None], low: float, high: float) -> list[list[tuple[float, float]]]:
    scale = (SPARK_FLOOR - SPARK_TOP) / ((high - low) or 1)
    step = SPARK[0] / (len(values) - 1)
    runs: list[list[tuple[float, float]]] = [[]]
    for n, value in enumerate(values):
        if value is None:
            runs.append([])
        else:
            runs[-1].append((n * step, SPARK_FLOOR - (value - low) * scale))
    return [run for run in runs if run]


def _seen(run: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Make a dash of a single corner."""
    if len(run) > 1:
        return list(run)
    [(x, y)] = run
    return [(max(x - DASH, 0), y), (min(x + DASH, SPARK[0]), y)]


def meter(
    value: float | None,
    *,
    target: float | None = None,
    top: float = 100,
    kind: str = "good",
    palette: Palette = SCREEN,
) -> SafeString:
    """Return a bar from zero to `top` with a tick at the target; empty where there is no value."""
    width, height = METER
    filled = NOTHING if value is None else rect("fill", 0, 3, _share(value, top) * width, 6, round_by=3)
    tick = NOTHING if target is None else _tick(_share(target, top) * width)
    css = format_html(' class="{}"', kind) if kind else NOTHING
    return format_html(
        '<svg{} viewBox="0 0 {} {}" aria-hidden="true"{}>{}{}{}{}</svg>',
        css, num(width), num(height), ALONE if palette.is_alone else NOTHING, sheet(palette),
        rect("track", 0, 3, width, 6, round_by=3), filled, tick,
    )  # fmt: skip


def _share(value: float, top: float) -> float:
    return min(max(value, 0), top) / top if top else 0


def _tick(x: float) -> SafeString:
    return rect("goal", min(max(x - 1, 0), METER[0] - 2), 0, 2, METER[1], round_by=1)
