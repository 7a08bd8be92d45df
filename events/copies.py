"""Offers reach a brand's log by a copy: the brand's role never reads the labour plane's log itself."""

import json
from typing import Any

from django.db import connection

from events.models import Cursor, Event
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.values import BrandCard

READER = "labour.offers"
COLUMNS = (
    "id", "era", "txid", "ref", "v", "n", "kind", "occurred_at", "interaction_ref", "actor_kind", "actor_id",
    "is_test", "data",
)  # fmt: skip
NEXT = f"""
SELECT {", ".join(COLUMNS)} FROM tenants_labourevent
WHERE brand_id = %s AND kind LIKE 'offer.%%' AND (era, txid, id) > (%s, %s, %s)
  AND txid < txid_snapshot_xmin(txid_current_snapshot())
ORDER BY era, txid, id LIMIT %s
"""  # noqa: S608 - fixed column names


def copy_offers(brand: BrandCard, grant: Grant, *, limit: int = 500) -> int:
    """Copy the next `offer.*` events of the brand into its log; returns how many. Twice is once, by `ref`."""
    with tenant_scope(brand, grant):
        place = Cursor.objects.filter(reader=READER).values_list("era", "txid", "last_id").first() or (
            0,
            0,
            0,
        )
    rows = _next(brand.id, place, limit)
    if rows:
        with tenant_scope(brand, grant):
            Event.objects.bulk_create([_event(row) for row in rows], ignore_conflicts=True)
            last = {"era": rows[-1]["era"], "txid": rows[-1]["txid"], "last_id": rows[-1]["id"]}
            Cursor.objects.update_or_create(reader=READER, defaults=last)
    return len(rows)


def _next(brand_id: int, place: tuple[int, int, int], limit: int) -> list[dict[str, Any]]:
    with labour_scope(), connection.cursor() as statement:
        statement.execute(NEXT, [brand_id, *place, limit])
        return [dict(zip(COLUMNS, row, strict=True)) for row in statement.fetchall()]


def _event(row: dict[str, Any]) -> Event:
    data = row["data"] if isinstance(row["data"], dict) else json.loads(row["data"])
    own = ("ref", "v", "n", "kind", "occurred_at", "interaction_ref", "actor_kind", "actor_id", "is_test")
    return Event(data=data, **{name: row[name] for name in own})
