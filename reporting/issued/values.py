"""What an issued report is made of: plain values that JSON can hold, each number exact and as it reads. Pure.

A number stands as it was shown (`t`) and exactly (`n`, "43/5"; None over nothing), in its column's unit:
per cent, seconds, a count. What only reads is a text.
"""

import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from hashlib import sha256
from typing import Any, NotRequired, TypedDict

from reporting.figures import Figure
from reporting.metrics import Metric

Document = dict[str, Any]
"""`document.build` says what is in it."""
TEXT, MIXED = "text", "mixed"
"""What a column is that has no numbers, or numbers of several units; else it is the unit of a metric."""


class Number(TypedDict):
    """`u` is its unit where its column has numbers of several."""

    t: str
    n: str | None
    u: NotRequired[str]


Cell = str | Number


class Column(TypedDict):
    """`key` is the metric's `id@version`, where it is one."""

    name: str
    unit: str
    key: NotRequired[str]


class Section(TypedDict):
    """A table. `note` stands above it. `files`: it is in spreadsheets alone, being long. `keys`: what each
    row is about, where its name may change without it.
    """

    id: str
    keys: NotRequired[list[str]]
    title: str
    note: str
    files: bool
    head: list[Column]
    rows: list[list[Cell]]


def section(
    id: str,
    title: str,
    head: Sequence[Column],
    rows: Sequence[Sequence[Cell]],
    *,
    note: str = "",
    files: bool = False,
    keys: Sequence[str] = (),
) -> Section:
    kept: Section = {
        "id": id, "title": title, "note": note, "files": files, "head": list(head),
        "rows": [list(row) for row in rows],
    }  # fmt: skip
    return {**kept, "keys": list(keys)} if keys else kept


def words(*names: str) -> list[Column]:
    """Return columns of text."""
    return [{"name": name, "unit": TEXT} for name in names]


def mixed(*names: str) -> list[Column]:
    """Return columns whose numbers name their own unit."""
    return [{"name": name, "unit": MIXED} for name in names]


def column_of(metric: Metric) -> Column:
    return {"name": str(metric.name), "unit": metric.unit, "key": metric.key}


def number(text: str, exact: "Fraction | int | None") -> Number:
    return {"t": text, "n": None if exact is None else str(Fraction(exact))}


def number_of(figure: Figure) -> Number:
    return number(f"{figure.text}{figure.unit}", figure.number)


def mixed_of(figure: Figure) -> Number:
    """Return its number with its unit, for a column of several."""
    return {**number_of(figure), "u": figure.metric.unit}


def exact(cell: Cell) -> Fraction | None:
    """Return the number of a cell, None for text and for nothing."""
    return None if isinstance(cell, str) or cell["n"] is None else Fraction(cell["n"])


def text_of(cell: Cell) -> str:
    return cell if isinstance(cell, str) else cell["t"]


def canonical(document: Mapping[str, Any]) -> str:
    """Write it in the one way that has its digest: sorted keys, no spaces, UTF-8, no floats."""
    return json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    return sha256(text.encode()).hexdigest()
