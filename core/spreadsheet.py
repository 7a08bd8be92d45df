"""Rows for a spreadsheet: CSV that no program takes for a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from typing import Any

BOM = "\ufeff"  # by which spreadsheets know UTF-8
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(rows: Iterable[Sequence[Any]]) -> str:
    """Return the rows as text; a cell that begins like a formula gets an apostrophe in front."""
    out = StringIO()
    csv.writer(out).writerows([[_cell(value) for value in row] for row in rows])
    return out.getvalue()


def csv_pages(head: Sequence[str], pages: Iterable[Iterable[Sequence[Any]]]) -> Iterator[str]:
    """Return a file page by page: head first, then the rows of each page, of which none is kept."""
    yield BOM + csv_text([head])
    yield from map(csv_text, pages)


def said_by(cell: str) -> str:
    """Read a cell: trimmed, without the apostrophe that our files have before what looks like a formula."""
    text = cell.strip()
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _cell(value: Any) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
