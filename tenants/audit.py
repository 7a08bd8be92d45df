"""The audit trail: one row for each thing somebody will ask about. Append-only."""

from datetime import datetime
from typing import Any

from django.db import connection
from psycopg.types.json import Jsonb

from tenants.binding import LABOUR, Bound
from tenants.models import AuditRow

APART = (
    "INSERT INTO tenants_auditrow (actor, brand_id, verb, object, diff, reason)"
    " VALUES (%s, %s, %s, %s, %s, %s)"
)


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
    row = AuditRow(
        actor=actor[:120],
        brand_id=brand_id,
        verb=verb,
        object=object[:200],
        diff=diff or {},
        reason=reason[:200],
    )
    if now is not None:
        row.at = now
    with Bound(LABOUR):
        if apart and connection.in_atomic_block:
            _save_apart(row)
        else:
            row.save(force_insert=True)


def _save_apart(row: AuditRow) -> None:
    """Insert over a connection of its own, so that no rollback takes the row along."""
    other = connection.copy()
    values: list[Any] = [row.actor, row.brand_id, row.verb, row.object, Jsonb(row.diff), row.reason]
    try:
        with other.cursor() as cursor:
            cursor.execute(APART, values)
    finally:
        other.close()
