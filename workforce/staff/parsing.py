"""A file of people as lines of cells. Pure: bytes in, values out; docs/staff.md has the format.

CSV as spreadsheets write it: UTF-8, with or without its mark, or UTF-16 with it; separated by commas,
semicolons or tabs. The first line names the columns, in any order. Lists in a cell: `;` or `|` between.
"""

import codecs
import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext_lazy as _

from core.spreadsheet import said_by
from workforce.errors import FileRefused
from workforce.staff.limits import COLUMNS as LIMITS

COLUMNS = (
    "mail", "name", "employee number", "team", "site", "languages", "skills", "brands", "hired on",
    *LIMITS,
)  # fmt: skip
OTHER_NAMES = {
    "email": "mail",
    "e-mail": "mail",
    "employee_no": "employee number",
    "employee no": "employee number",
}
IGNORED = ("state", "left on")
"""Columns of our own lists that a file may bring back; they change nothing."""
MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
LONGEST_CELL = 2000
LISTS = re.compile(r"[;|]")
CLEAR = "-"


@dataclass(frozen=True, slots=True)
class Line:
    """One line: its number in the file (the columns' names are line 1) and what its cells say, trimmed.

    An empty cell is left out: it changes nothing.
    """

    number: int
    cells: Mapping[str, str]


def read_lines(data: bytes) -> list[Line]:
    """Return the file's lines, empty ones left out. Raises FileRefused."""
    if len(data) > MOST_BYTES:
        raise FileRefused(_("The file is larger than 5 MB. Split it."))
    return lines_of(decoded(data))


def lines_of(text: str) -> list[Line]:
    """Return the lines of a decoded file. Raises FileRefused."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(StringIO(text, newline=""), delimiter=_separator(first))
    lines: list[Line] = []
    columns: list[str] | None = None
    try:
        for row in reader:
            cells = [said_by(value) for value in row]
            if not any(cells):
                continue
            if columns is None:
                columns = _columns(cells)
                continue
            lines.append(_line(reader.line_num, columns, cells))
            if len(lines) > MOST_LINES:
                raise FileRefused(_("The file has more than 20,000 lines. Split it."))
    except csv.Error as error:
        raise FileRefused(_("The file cannot be read as CSV: a quotation mark is not closed.")) from error
    if columns is None:
        raise FileRefused(_("The file is empty."))
    if not lines:
        raise FileRefused(_("The file has the columns' names and nobody below them."))
    return lines


def decoded(data: bytes) -> str:
    """Return the text. Raises FileRefused for another encoding."""
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as error:
        words = _("The file is not in UTF-8. In your spreadsheet, save it as “CSV UTF-8”.")
        raise FileRefused(words) from error
    if "\x00" in text:
        raise FileRefused(_("The file holds signs that are no text. Save it as CSV."))
    return text


def items_of(cell: str) -> list[str]:
    """Return the parts of a list in a cell, trimmed, each once; `-` is the empty list."""
    if cell == CLEAR:
        return []
    return list(dict.fromkeys(part for one in LISTS.split(cell) if (part := one.strip())))


def _separator(first: str) -> str:
    return max((",", ";", "\t"), key=first.count)


def _columns(cells: list[str]) -> list[str]:
    names = [" ".join(cell.lower().replace("_", " ").split()) for cell in cells]
    names = [OTHER_NAMES.get(name, name) for name in names]
    known = {"", *COLUMNS, *IGNORED}
    unknown = [cell for cell, name in zip(cells, names, strict=True) if name not in known]
    if unknown:
        words = _("Unknown column: %(name)s. The columns are: %(columns)s.")
        raise FileRefused(words % {"name": unknown[0][:80], "columns": ", ".join(COLUMNS)})
    twice = [name for name in names if name and names.count(name) > 1]
    if twice:
        raise FileRefused(_("The column %(name)s is there twice.") % {"name": twice[0]})
    if "mail" not in names:
        raise FileRefused(_("The first line must name the columns, “mail” among them."))
    return names


def _line(number: int, columns: list[str], cells: list[str]) -> Line:
    said = {name: cell for name, cell in zip(columns, cells, strict=False) if name in COLUMNS and cell}
    surplus = any(cells[len(columns) :]) or any(
        cell for name, cell in zip(columns, cells, strict=False) if not name
    )
    return Line(number, said | ({SURPLUS: "x"} if surplus else {}))


SURPLUS = "surplus"
