"""A heat map as server-rendered SVG, in the manner of `charts`: classes, numbers in cells, a description.

A cell with an address is a link. What is missing is an empty cell, never a zero. Pure; SVG user units.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

WIDTH, LEFT, TOP, GAP, HEIGHT = 760, 44, 20, 3, 28


@dataclass(frozen=True)
class Cell:
    """`text` stands in it; `step` is how strong it is, 0 to 9, null for an empty one; `address` may be ""."""

    text: str
    step: int | None
    tip: str
    address: str


@dataclass(frozen=True)
class HeatWords:
    """Translated words of the map; `description` states the finding for who cannot see it."""

    title: str
    description: str


def heat(
    rows: Sequence[Sequence[Cell]],
    *,
    columns: Sequence[str],
    names: Sequence[str],
    words: HeatWords,
    chart_id: str,
) -> SafeString:
    """Return the map; a group of links where cells have an address, else one picture."""
    linked = any(cell.address for row in rows for cell in row)
    return format_html(
        '<svg class="chart heatmap" viewBox="0 0 {} {}" role="{}" aria-labelledby="{}-t" '
        'aria-describedby="{}-d"{}>'
        '<title id="{}-t">{}</title><desc id="{}-d">{}</desc>{}{}{}</svg>',
        WIDTH, TOP + (HEIGHT + GAP) * len(rows), "group" if linked else "img", chart_id, chart_id,
        SafeString(" data-heat" if linked else ""), chart_id, words.title, chart_id, words.description,
        _columns(columns), _names(names), _cells(rows, _width(len(columns))),
    )  # fmt: skip


def _width(count: int) -> float:
    return (WIDTH - LEFT) / count


def _columns(columns: Sequence[str]) -> SafeString:
    wide = _width(len(columns))
    places = [(round(LEFT + wide * (n + 0.5), 1), name) for n, name in enumerate(columns)]
    return format_html_join("", '<text class="ax" x="{}" y="12" text-anchor="middle">{}</text>', places)


def _names(names: Sequence[str]) -> SafeString:
    places = [(_y(n) + HEIGHT / 2 + 4, name) for n, name in enumerate(names)]
    return format_html_join("", '<text class="ax" x="0" y="{}">{}</text>', places)


def _y(row: int) -> int:
    return TOP + (HEIGHT + GAP) * row


def _cells(rows: Sequence[Sequence[Cell]], wide: float) -> SafeString:
    drawn = [(_cell(cell, n, m, wide),) for n, row in enumerate(rows) for m, cell in enumerate(row)]
    return format_html_join("", "{}", drawn)


def _cell(cell: Cell, row: int, column: int, wide: float) -> SafeString:
    x, y = round(LEFT + wide * column, 1), _y(row)
    name = "none" if cell.step is None else f"h{cell.step}"
    body = format_html(
        '<rect class="cell {}" x="{}" y="{}" width="{}" height="{}" rx="4"/>',
        name, x, y, round(wide - GAP, 1), HEIGHT,
    )  # fmt: skip
    if cell.step is None:
        return body
    body += format_html(
        '<text class="in" x="{}" y="{}" text-anchor="middle">{}</text>',
        round(x + (wide - GAP) / 2, 1), y + HEIGHT / 2 + 4, cell.text,
    )  # fmt: skip
    if not cell.address:
        return format_html("<g><title>{}</title>{}</g>", cell.tip, body)
    return format_html(
        '<a href="{}" aria-label="{}" data-at="{},{}"><title>{}</title>{}</a>',
        cell.address, cell.tip, row, column, cell.tip, body,
    )  # fmt: skip
