"""A document as a spreadsheet: a sheet a table, numbers as numbers. Row after row: memory stays flat."""

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import xlsxwriter

from reporting.issued.sheets import tables
from reporting.issued.values import TEXT, Cell, Document, Section, exact, text_of

FORMATS = {"percent": "0.0%", "seconds": "[m]:ss", "count": "#,##0"}
SCALES = {"percent": 100, "seconds": 86_400, "count": 1}
WIDEST, NARROWEST = 60, 11
LONGEST_NAME = 31
FORBIDDEN = str.maketrans("[]:*?/\\'", "        ")


def made(document: Document, digest: str) -> tuple[bytes, str]:
    """Return the workbook; its bytes say nothing of when it was made, only of when the report was issued."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False}) as book:
        issued = datetime.fromisoformat(document["issued"]["at"]).replace(tzinfo=None)
        book.set_properties({"title": document["title"], "created": issued})
        looks = {unit: book.add_format({"num_format": form}) for unit, form in FORMATS.items()}
        looks |= {TEXT: book.add_format({"text_wrap": True, "valign": "top"})}
        looks |= {"head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True})}
        names: set[str] = set()
        for table in tables(document, digest):
            _sheet(book, _name(table["title"], names), table, looks)
    return out.getvalue(), f"XlsxWriter {xlsxwriter.__version__}"


def _sheet(book: Any, name: str, table: Section, looks: Mapping[str, Any]) -> None:
    sheet = book.add_worksheet(name)
    for column, width in enumerate(_widths(table)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(1, 1)
    for column, one in enumerate(table["head"]):
        title = f"{one['name']} ({one['key']})" if "key" in one else one["name"]
        sheet.write_string(0, column, title, looks["head"])
    for line, row in enumerate(table["rows"], start=1):
        for column, (cell, one) in enumerate(zip(row, table["head"], strict=True)):
            _write(sheet, line, column, cell, one["unit"], looks)


def _write(sheet: Any, line: int, column: int, cell: Cell, unit: str, looks: Mapping[str, Any]) -> None:
    number = exact(cell)
    if isinstance(cell, str) or unit == TEXT:
        sheet.write_string(line, column, text_of(cell), looks[TEXT])
    elif number is not None:
        unit = cell.get("u", unit)
        sheet.write_number(line, column, float(number / SCALES[unit]), looks[unit])


def _widths(table: Section) -> list[int]:
    cells = zip(*([*map(text_of, row)] for row in table["rows"]), strict=True) if table["rows"] else []
    longest = [max(map(len, column)) for column in cells] or [0] * len(table["head"])
    return [min(max(width + 2, NARROWEST), WIDEST) for width in longest]


def _name(title: str, taken: set[str]) -> str:
    """Return a name that a sheet may have, and none of the others has."""
    bare = " ".join(title.translate(FORBIDDEN).split())[:LONGEST_NAME] or "-"
    name, n = bare, 1
    while name.casefold() in taken:
        n += 1
        name = f"{bare[: LONGEST_NAME - len(str(n)) - 1]} {n}"
    taken.add(name.casefold())
    return name
