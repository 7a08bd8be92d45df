"""A heat map: numbers in cells, stronger where they are higher. A cell with an address is a link."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reporting.charts.drawing import NOTHING, joined, num, picture, rect, text
from reporting.charts.palettes import SCREEN, Palette
from reporting.charts.values import Words

WIDTH, LEFT, TOP, GAP, HEIGHT = 760.0, 44.0, 20.0, 3.0, 28.0


@dataclass(frozen=True)
class Cell:
    """`text` stands in it; `step` is how strong it is, 0 to 9, null for an empty one; `address` may be ""."""

    text: str
    step: int | None
    tip: str
    address: str


def heat(
    rows: Sequence[Sequence[Cell]],
    *,
    columns: Sequence[str],
    names: Sequence[str],
    words: Words,
    chart_id: str,
    palette: Palette = SCREEN,
) -> SafeString:
    """Return the map; a group of links where cells have an address, else one picture."""
    linked = not palette.is_alone and any(cell.address for row in rows for cell in row)
    wide = (WIDTH - LEFT) / max(len(columns), 1)
    drawn = [
        _cell(cell, n, m, wide, linked=linked) for n, row in enumerate(rows) for m, cell in enumerate(row)
    ]
    return picture(
        chart_id, words, (WIDTH, TOP + (HEIGHT + GAP) * len(rows)),
        joined([*_columns(columns, wide), *_names(names), *drawn]),
        palette=palette, css="chart heatmap", role="group" if linked else "img",
        more=SafeString(" data-heat") if linked else NOTHING,
    )  # fmt: skip


def _columns(columns: Sequence[str], wide: float) -> list[SafeString]:
    return [
        text("ax", LEFT + wide * n + (wide - GAP) / 2, 12, name, anchor="middle", room=wide)
        for n, name in enumerate(columns)
    ]


def _names(names: Sequence[str]) -> list[SafeString]:
    return [text("ax", 0, _y(n) + HEIGHT / 2 + 4, name, room=LEFT) for n, name in enumerate(names)]


def _y(row: int) -> float:
    return TOP + (HEIGHT + GAP) * row


def _cell(cell: Cell, row: int, column: int, wide: float, *, linked: bool) -> SafeString:
    x, y = LEFT + wide * column, _y(row)
    name = "none" if cell.step is None else f"h{cell.step}"
    body = rect(f"cell {name}", x, y, wide - GAP, HEIGHT, round_by=4)
    if cell.step is None:
        return body
    middle = x + (wide - GAP) / 2
    body = joined([body, text("in", middle, y + HEIGHT / 2 + 4, cell.text, anchor="middle", room=wide)])
    if not (linked and cell.address):
        return format_html("<g><title>{}</title>{}</g>", cell.tip, body)
    return format_html(
        '<a href="{}" aria-label="{}" data-at="{},{}"><title>{}</title>{}</a>',
        cell.address, cell.tip, num(row), num(column), cell.tip, body,
    )  # fmt: skip
