"""What changed from one version of a report to the next: number by number, in their table's order. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from django.utils.translation import gettext as _

from reporting.issued.values import TEXT, Cell, Document, Section, exact, text_of
from reporting.numbers import shown, written

LABELS = 2
"""At most so many texts at its beginning say what a row is."""


@dataclass(frozen=True, slots=True)
class Change:
    """A number or a text that is another one now; `by` is the difference, "" where it is none of numbers."""

    table: str
    row: str
    column: str
    before: str
    after: str
    by: str


@dataclass(frozen=True, slots=True)
class Changes:
    """`alike` counts the numbers that stayed as they were; `untold`: tables that say not whose a row is."""

    lines: tuple[Change, ...]
    alike: int
    untold: tuple[str, ...] = ()


Place = tuple[str, str, str]
"""What a cell is: its table, what its row is about, what its column is; none of them as it is called."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell with its names: of the table, the row and the column."""

    names: tuple[str, str, str]
    cell: Cell
    unit: str

    @property
    def said(self) -> tuple[Fraction | None, str]:
        """It exactly, and as it reads: what reads alike may still be another number."""
        return exact(self.cell), text_of(self.cell)


def changes(old: Document, new: Document) -> Changes:
    """Compare two documents of one period. What only one of them has stands against nothing."""
    untold = {one["id"]: one["title"] for of in (old, new) for one in of["sections"] if _is_untold(one)}
    before, after = (
        {place: cell for place, cell in _cells(of) if place[0] not in untold} for of in (old, new)
    )
    pairs = [(before.get(place), after.get(place)) for place in {**after, **before}]
    moved = [(was, now) for was, now in pairs if not (was and now and was.said == now.said)]
    alike = [
        now for was, now in pairs if was and now and was.said == now.said and exact(now.cell) is not None
    ]
    lines = tuple(_change(was, now) for was, now in moved)
    return Changes(lines, len(alike), tuple(untold.values()))


def _is_untold(table: Section) -> bool:
    """Tell whether nothing says whose its rows are, as in a report of before agents had numbers."""
    return bool(table["rows"]) and table.get("keys") == []


def _cells(document: Document) -> Iterator[tuple[Place, _Cell]]:
    for tile in document["tiles"]:
        cell: Cell = {"t": tile["t"] + tile["mark"], "n": tile["n"], "u": tile["unit"]}
        names = (document["words"]["figures"], tile["name"], tile["key"])
        yield ("figures", tile["key"], ""), _Cell(names, cell, tile["unit"])
    for table in document["sections"]:
        yield from _cells_of(table)


def _cells_of(table: Section) -> Iterator[tuple[Place, _Cell]]:
    labels, seen = _labels(table), Counter[str]()
    for n, row in enumerate(table["rows"]):
        name = " · ".join(filter(None, (text_of(cell) for cell in row[:labels])))
        key = table["keys"][n] if table.get("keys") else name
        seen[key] += 1
        for cell, column in list(zip(row, table["head"], strict=True))[labels:]:
            place = (table["id"], f"{key} {seen[key]}", column.get("key", column["name"]))
            yield place, _Cell((table["title"], name, column["name"]), cell, column["unit"])


def _labels(table: Section) -> int:
    """Return how many cells name a row: the texts before its first number, one where all are texts."""
    units = [column["unit"] for column in table["head"]]
    first = next((n for n, unit in enumerate(units) if unit != TEXT), 1)
    return max(min(first, LABELS), 1)


def _change(was: _Cell | None, now: _Cell | None) -> Change:
    named = now or was
    names = named.names if named else ("", "", "")
    before, after = (text_of(side.cell) if side else "" for side in (was, now))
    return Change(*names, before, after, _by(was, now))


def _by(was: _Cell | None, now: _Cell | None) -> str:
    before, after = (exact(side.cell) if side else None for side in (was, now))
    if before is None or after is None or now is None or before == after:
        return ""
    unit = now.unit if isinstance(now.cell, str) else now.cell.get("u", now.unit)
    sign = "+" if after > before else "−"
    return sign + _amount(unit, abs(after - before))


def _amount(unit: str, by: Fraction) -> str:
    """Write by how much: between two shares lie points."""
    if unit == "percent":
        return _("%(by)s points") % {"by": shown(unit, by)[0]}
    return written(unit, by)
