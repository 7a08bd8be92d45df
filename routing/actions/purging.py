"""Letting go of what is over: work items that ended long ago, with their offers and decisions.

Whatever a report or a bill needs later stands in the brand's event log, in the labour log and in the time
ledger by then; nothing of those is touched. Repeating it does no harm, and a kill costs the batch at hand.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from routing.choices import ItemState
from tenants.audit import audit
from tenants.scope import labour_scope

BATCH = 1_000
MOST_BATCHES = 100

PURGE = f"""
WITH old AS (
  SELECT id FROM routing_workitem WHERE state = '{ItemState.ENDED}' AND ended_at < %(before)s::timestamptz
  ORDER BY ended_at LIMIT %(batch)s FOR UPDATE SKIP LOCKED
),
decisions AS (DELETE FROM routing_decision d USING old WHERE d.work_item_id = old.id),
offers AS (DELETE FROM routing_offer o USING old WHERE o.work_item_id = old.id)
DELETE FROM routing_workitem i USING old WHERE i.id = old.id
"""  # noqa: S608


def purge(now: datetime, *, keep_days: int | None = None, batches: int = MOST_BATCHES) -> int:
    """Remove items that ended more than `keep_days` ago (the setting's), each batch in its own transaction.

    Returns how many; what is left after `batches` goes the next time.
    """
    before = now - timedelta(days=settings.ROUTING_KEEP_DAYS if keep_days is None else keep_days)
    gone = 0
    for _ in range(batches):
        removed = _remove(before)
        gone += removed
        if removed < BATCH:
            break
    if gone:
        diff = {"items": [None, gone], "before": [None, before.isoformat()]}
        audit("routing.purged", actor="system", diff=diff, now=now)
    return gone


def _remove(before: datetime) -> int:
    with labour_scope(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(PURGE, {"before": before, "batch": BATCH})
        return int(cursor.rowcount)
