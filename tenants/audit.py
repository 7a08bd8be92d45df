"""The audit trail: one row for each thing somebody will ask about. Append-only, sealed by `tenants.trail`.

Each verb written here stands in `tenants.trail.verbs` with its words; a test looks for one that does not.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from typing import Any

from django.db import connection, models
from psycopg.types.json import Jsonb

from tenants.binding import LABOUR, Bound
from tenants.models import AuditRow

APART = (
    "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)

MANY = (
    "INSERT INTO tenants_auditrow (actor, verb, reason, at, brand_id, object, diff)"
    " SELECT %s, %s, %s, %s, * FROM unnest(%s::bigint[], %s::text[], %s::jsonb[])"
)

MASK = "\u2022" * 6
SECRET = re.compile(r"secret|password|token|credential|private|(^|_)key$", re.IGNORECASE)
LONGEST = 500
BATCH = 1000
_gathered: ContextVar[list[AuditRow] | None] = ContextVar("gathered", default=None)


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
    row = _row(verb, actor=actor, brand_id=brand_id, object=object, diff=diff, reason=reason, now=now)
    gathered = _gathered.get()
    if gathered is not None and not apart:
        gathered.append(row)
        return
    with Bound(LABOUR):
        if apart and connection.in_atomic_block:
            _save_apart(row)
        else:
            row.save(force_insert=True)


def audit_many(
    verb: str,
    rows: Iterable[tuple[str, int | None, dict[str, Any]]],
    *,
    actor: str,
    reason: str = "",
    now: datetime,
) -> None:
    """Write down that `actor` did `verb` to each of the rows (object, brand's id, diff)."""
    objects, brands, diffs = [], [], []
    for object, brand_id, diff in rows:
        objects.append(object[:200])
        brands.append(brand_id)
        diffs.append(Jsonb(diff))
    with Bound(LABOUR), connection.cursor() as cursor:
        for start in range(0, len(objects), BATCH):
            part = slice(start, start + BATCH)
            values: list[Any] = [
                actor[:120],
                verb,
                reason[:200],
                now,
                brands[part],
                objects[part],
                diffs[part],
            ]
            cursor.execute(MANY, values)


def audit_all(
    notes: Sequence[tuple[str, str, dict[str, Any]]],
    *,
    actor: str,
    brand_id: int | None,
    now: datetime | None,
) -> None:
    """Write down many things at once, (verb, object, diff) each; part of the caller's transaction."""
    rows = [
        _row(verb, actor=actor, brand_id=brand_id, object=object, diff=diff, reason="", now=now)
        for verb, object, diff in notes
    ]
    gathered = _gathered.get()
    if gathered is not None:
        gathered.extend(rows)
    elif rows:
        with Bound(LABOUR):
            AuditRow.objects.bulk_create(rows)


@contextmanager
def gathered() -> Iterator[None]:
    """Write down together, at the end of the block, what is written down within it; in their order.

    For a verb of many verbs, inside its transaction: whatever undoes the block undoes all of it. Nothing
    within it may be undone by itself and the block go on.
    """
    if _gathered.get() is not None:
        yield
        return
    rows: list[AuditRow] = []
    token = _gathered.set(rows)
    try:
        yield
    finally:
        _gathered.reset(token)
    if rows:
        with Bound(LABOUR):
            AuditRow.objects.bulk_create(rows)


def _row(
    verb: str, *, actor: str, brand_id: int | None, object: str, diff: dict[str, Any] | None, reason: str,
    now: datetime | None,
) -> AuditRow:  # fmt: skip
    row = AuditRow(
        actor=actor[:120], brand_id=brand_id, verb=verb, object=object[:200], diff=diff or {},
        reason=reason[:200],
    )  # fmt: skip
    if now is not None:
        row.at = now
    return row


def _save_apart(row: AuditRow) -> None:
    """Insert over a connection of its own, so that no rollback takes the row along."""
    other = connection.copy()
    values: list[Any] = [row.actor, row.brand_id, row.verb, row.object, Jsonb(row.diff), row.reason]
    try:
        with other.cursor() as cursor:
            cursor.execute(APART, values)
    finally:
        other.close()


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
