"""What changed from one version of a report to the next: number by number, in their table's order. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from reporting.figures import shown
from reporting.issued.values import TEXT, Cell, Column, Document, Section, exact, text_of

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
    """`alike` counts the numbers that stayed as they were."""

    lines: tuple[Change, ...]
    alike: int


Place = tuple[str, str, str]
Cells = dict[Place, tuple[Cell, str]]
"""By table, row and column: the cell and its unit."""


def changes(old: Document, new: Document) -> Changes:
    """Compare two documents of one period. What only one of them has stands against nothing."""
    before, after = _cells(old), _cells(new)
    lines = tuple(
        _change(place, before.get(place), after.get(place))
        for place in {**after, **before}
        if _moved(before.get(place), after.get(place))
    )
    alike = sum(
        1
        for place, (cell, unit) in after.items()
        if exact(cell) is not None and not _moved(before.get(place), (cell, unit))
    )
    return Changes(lines, alike)


def _cells(document: Document) -> Cells:
    found: Cells = {}
    for tile in document["tiles"]:
        cell: Cell = {"t": tile["t"] + tile["mark"], "n": tile["n"], "u": tile["unit"]}
        found[document["words"]["figures"], tile["name"], tile["key"]] = (cell, tile["unit"])
    for table in document["sections"]:
        for place, cell, column in _places(table):
            found[place] = (cell, column["unit"])
    return found


def _places(table: Section) -> Iterator[tuple[Place, Cell, Column]]:
    labels, seen = _labels(table), Counter[str]()
    for row in table["rows"]:
        name = " · ".join(filter(None, (text_of(cell) for cell in row[:labels])))
        seen[name] += 1
        name += f" ({seen[name]})" if seen[name] > 1 else ""
        for cell, column in list(zip(row, table["head"], strict=True))[labels:]:
            yield (table["title"], name, column["name"]), cell, column


def _labels(table: Section) -> int:
    """Return how many cells name a row: the texts before its first number, one where all are texts."""
    units = [column["unit"] for column in table["head"]]
    first = next((n for n, unit in enumerate(units) if unit != TEXT), 1)
    return max(min(first, LABELS), 1)


def _moved(old: tuple[Cell, str] | None, new: tuple[Cell, str] | None) -> bool:
    """Compare exactly: what reads alike may still be another number."""
    if old is None or new is None:
        return True
    return (exact(old[0]), text_of(old[0])) != (exact(new[0]), text_of(new[0]))


def _change(place: Place, old: tuple[Cell, str] | None, new: tuple[Cell, str] | None) -> Change:
    before, after = (text_of(side[0]) if side else "" for side in (old, new))
    return Change(*place, before, after, _by(old, new))


def _by(old: tuple[Cell, str] | None, new: tuple[Cell, str] | None) -> str:
    if old is None or new is None:
        return ""
    was, now = exact(old[0]), exact(new[0])
    if was is None or now is None or was == now:
        return ""
    by = now - was
    cell = new[0]
    unit = new[1] if isinstance(cell, str) else cell.get("u", new[1])
    sign = "+" if by > 0 else "−"
    return sign + "".join(shown(unit, abs(by)))
