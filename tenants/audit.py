"""The audit trail: one row for each thing somebody will ask about. Append-only, sealed by `tenants.trail`.

Each verb written here stands in `tenants.trail.verbs` with its words; a test looks for one that does not.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection, models
from psycopg.types.json import Jsonb

from tenants.binding import LABOUR, Bound

WRITE = (
    "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason, at)"
    " SELECT actor, brand_id, verb, object, diff, reason, coalesce(at, statement_timestamp())"
    " FROM unnest("
    "%s::text[], %s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::text[], %s::timestamptz[]"
    ") AS told (actor, brand_id, verb, object, diff, reason, at)"
)

MASK = "\u2022" * 6
SECRET = re.compile(r"secret|password|token|credential|private|(^|_)key$", re.IGNORECASE)
LONGEST = 500
BATCH = 1000


class Row(NamedTuple):
    """One row to be written; `at` None: when it is."""

    actor: str
    brand_id: int | None
    verb: str
    object: str
    diff: Jsonb
    reason: str
    at: datetime | None


_gathered: ContextVar[list[Row] | None] = ContextVar("gathered", default=None)


def audit(
    verb: str,
    *,
    actor: str,
    brand_id: int | None = None,
    object: str = "",
    diff: dict[str, Any] | None = None,
    reason: str = "",
    now: datetime | None = None,
    apart: bool = False,
) -> None:
    """Write down that `actor` did `verb` (noun.past-verb) to `object`; `diff` holds codes and numbers.

    Part of the caller's transaction, unless `apart`: a refusal stays although what it refused is undone.
    """
    told = Jsonb(diff or {})
    row = Row(_kept(actor, 120), brand_id, verb, _kept(object, 200), told, _kept(reason, 200), now)
    gathered = _gathered.get()
    if apart:
        _save_apart(row)
    elif gathered is not None:
        gathered.append(row)
    else:
        _save([row])


def _kept(text: str, most: int) -> str:
    """Cut it to what a row has room for, without the one sign that no row takes: addresses may hold it."""
    return text.replace("\0", "")[:most]


@contextmanager
def gathered() -> Iterator[None]:
    """Write down together, at the end of the block, what `audit` is told within it; in its order.

    For a verb of many rows or of many verbs, inside its transaction: whatever undoes the block undoes all of
    it. Nothing within it may be undone by itself and the block go on.
    """
    if _gathered.get() is not None:
        yield
        return
    rows: list[Row] = []
    token = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(token)
    if rows:
        _save(rows)


def _save(rows: Sequence[Row]) -> None:
    with Bound(LABOUR), connection.cursor() as cursor:
        for start in range(0, len(rows), BATCH):
            cursor.execute(WRITE, _columns(rows[start : start + BATCH]))


def _save_apart(row: Row) -> None:
    """Insert over a connection of its own, so that no rollback takes the row along."""
    if not connection.in_atomic_block:
        _save([row])
        return
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(WRITE, _columns([row]))
    finally:
        other.close()


def _columns(rows: Iterable[Row]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]


def values_of(row: models.Model, fields: Collection[str]) -> dict[str, Any]:
    """Return what the columns of these names hold now, for `changes` to compare; a relation by its key."""
    return {name: getattr(row, row._meta.get_field(name).attname) for name in fields}  # type: ignore[union-attr]


def changes(
    before: Mapping[str, Any], after: Mapping[str, Any], *, secret: Collection[str] = ()
) -> dict[str, list[Any]]:
    """Return {field: [before, after]} of what differs, fit for `diff`; null where a side has no such field.

    A dict is taken apart (`config.greeting`), a long text is cut, an empty result means no change. Fields of
    `secret`, and those named like a secret, show that they changed and not to what.
    """
    old, new = dict(_flat(before)), dict(_flat(after))
    return {
        name: [_shown(name, old.get(name), secret), _shown(name, new.get(name), secret)]
        for name in sorted(old.keys() | new.keys())
        if old.get(name) != new.get(name)
    }


def _flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", _plain(value)


def _plain(value: Any) -> Any:
    """Return the value as JSON holds it: what JSON does not know, as text; secrets inside a list masked."""
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {str(k): MASK if SECRET.search(str(k)) and one else _plain(one) for k, one in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((_plain(one) for one in value), key=str)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _shown(name: str, value: Any, secret: Collection[str]) -> Any:
    if value in (None, ""):
        return value
    parts = name.split(".")
    if parts[0] in secret or name in secret or any(SECRET.search(part) for part in parts):
        return MASK
    return f"{value[:LONGEST]}…" if isinstance(value, str) and len(value) > LONGEST else value
