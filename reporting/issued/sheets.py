"""The tables of a document as one CSV: a line that names the table, its head, its rows, an empty line.

Percent with one decimal, whole seconds, empty over nothing, as every other file of this product. Pure.
"""

from collections.abc import Iterator, Sequence

from core.spreadsheet import BOM, csv_text
from reporting.issued.values import TEXT, Cell, Document, Section, exact, mixed, section, text_of
from reporting.issued.values import words as texts

MAKER = "csv 1"


def made(document: Document, digest: str) -> tuple[bytes, str]:
    return (BOM + csv_text(_lines(document, digest))).encode(), MAKER


def tables(document: Document, digest: str) -> list[Section]:
    """Return every table of the document as a spreadsheet shows it: the head as tables of their own first."""
    return [_about(document, digest), _figures(document), *document["sections"]]


def plain(cell: Cell, unit: str) -> str:
    """Return a cell as a program reads it."""
    number = exact(cell)
    if isinstance(cell, str) or unit == TEXT:
        return text_of(cell)
    if number is None:
        return ""
    return f"{float(number):.1f}" if cell.get("u", unit) == "percent" else str(round(number))


def _lines(document: Document, digest: str) -> Iterator[Sequence[str]]:
    for table in tables(document, digest):
        yield [table["title"], table["note"]]
        yield [f"{one['name']} ({one['key']})" if "key" in one else one["name"] for one in table["head"]]
        for row in table["rows"]:
            yield [plain(cell, one["unit"]) for cell, one in zip(row, table["head"], strict=True)]
        yield []


def _about(document: Document, digest: str) -> Section:
    """What the report is, and what it was made with."""
    said, period, issued = document["words"], document["period"], document["issued"]
    rows = [
        [document["title"], document["subtitle"]],
        [said["issued"], issued["shown"]],
        [said["by"], issued["by"]],
        [said["version"], str(issued["version"])],
        [said["note"], issued["note"]],
        [said["hash"], digest],
        [said["catalogue"], document["catalogue"]],
        [said["zones"], period["zone_tables"]],
        ["", document["verdict"]],
        *(["", note] for note in document["notes"]),
    ]
    return section("about", said["about"], texts("", ""), [row for row in rows if row[1]])


def _figures(document: Document) -> Section:
    said = document["words"]
    head = [*texts(said["figure"]), *mixed(said["total"]), *texts(said["of"], said["key"])]
    rows = [
        [
            one["name"],
            {"t": one["t"] + one["mark"], "n": one["n"], "u": one["unit"]},
            one["detail"],
            one["key"],
        ]
        for one in document["tiles"]
    ]
    return section("figures", said["figures"], head, rows)
