"""The log as lines of JSON, for whoever counts it with a program of their own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from events.choices import ActorKind
from events.values import EventView, Place
from tenants.cards import BrandCard
from tenants.scope import Grant, tenant_scope

PAGE = 2000
NAMES = tuple(name for name in EventView.__dataclass_fields__ if name not in {"id", "era", "txid"})
"""What a line says; where a row stands in this database means nothing outside."""
LINES = f"""
SELECT era, txid, id, {", ".join(NAMES)} FROM events_event
WHERE occurred_at >= %s AND occurred_at < %s AND (era, txid, id) > (%s, %s, %s)
ORDER BY era, txid, id LIMIT %s
"""  # noqa: S608 - fixed names


def lines_of(brand: BrandCard, grant: Grant, start: datetime, end: datetime) -> Iterator[list[str]]:
    """Give what occurred in `[start, end)` in the brand, in pages of lines; none holds its scope open.

    A line is a JSON object: `ref, v, n, kind, occurred_at, recorded_at` (RFC 3339, UTC), `interaction_ref`
    or null, `actor_kind`, `actor_id` or null, `is_test`, `data`. Lines stand as they were written; the order
    within an interaction is `n`.
    """
    place: Place | None = (0, 0, 0)
    while place is not None:
        with tenant_scope(brand, grant):
            rows = _page(start, end, after=place)
        yield [_line(row[3:]) for row in rows]
        place = rows[-1][:3] if len(rows) == PAGE else None


def line_beside(ref: str, kind: str, data: Mapping[str, Any], *, at: datetime) -> str:
    """Return a line of what stood at the instant and is no event: of no interaction, so whoever reads events
    alone goes past it.
    """
    line = {
        "ref": ref, "v": 1, "n": 0, "kind": kind, "occurred_at": _plain(at), "recorded_at": _plain(at),
        "interaction_ref": None, "actor_kind": ActorKind.SYSTEM.value, "actor_id": None, "is_test": False,
        "data": data,
    }  # fmt: skip
    return json.dumps(line, ensure_ascii=False)


def _page(start: datetime, end: datetime, *, after: Place) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(LINES, [start, end, *after, PAGE])
        rows: list[Any] = cursor.fetchall()
    return rows


def _line(values: Sequence[Any]) -> str:
    """`data` comes as the text that PostgreSQL has of it."""
    line = dict(zip(NAMES, map(_plain, values), strict=True))
    return json.dumps({**line, "data": json.loads(line["data"])}, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return value if value is None or isinstance(value, str | int) else str(value)
