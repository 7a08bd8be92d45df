"""Offers reach a brand's log by a copy: the brand's role never reads the labour plane's log itself."""

import json
from typing import Any

from django.db import connection, transaction

from events.models import Event
from events.readers import advance, place_of
from events.values import Place
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.settled import settled
from tenants.values import BrandCard

READER = "labour.offers"
OWN = (
    "ref", "v", "n", "kind", "occurred_at", "interaction_ref", "actor_kind", "actor_id", "is_test", "data",
)  # fmt: skip
COLUMNS = ("era", "txid", "id", *OWN)
NEXT = f"""
SELECT {", ".join(COLUMNS)} FROM tenants_labourevent
WHERE brand_id = %s AND kind LIKE 'offer.%%' AND (era, txid, id) > (%s, %s, %s)
  AND {settled("tenants_labourevent")}
ORDER BY era, txid, id LIMIT %s
"""  # noqa: S608 - fixed names


def copy_offers(brand: BrandCard, grant: Grant, *, limit: int = 500) -> int:
    """Copy the next `offer.*` events of the brand into its log; returns how many were read.

    Twice is once, by `ref`. An offer that no interaction numbered gets n 0.
    """
    with tenant_scope(brand, grant):
        place = place_of(READER)
    rows = _next(brand.id, place, limit)
    if rows:
        with tenant_scope(brand, grant), transaction.atomic():
            Event.objects.bulk_create([_event(row) for row in rows], ignore_conflicts=True)
            advance(READER, (rows[-1]["era"], rows[-1]["txid"], rows[-1]["id"]))
    return len(rows)


def _next(brand_id: int, place: Place, limit: int) -> list[dict[str, Any]]:
    with labour_scope(), connection.cursor() as statement:
        statement.execute(NEXT, [brand_id, *place, limit])
        return [dict(zip(COLUMNS, row, strict=True)) for row in statement.fetchall()]


def _event(row: dict[str, Any]) -> Event:
    data = row["data"] if isinstance(row["data"], dict) else json.loads(row["data"])
    return Event(**{name: row[name] for name in OWN} | {"n": row["n"] or 0, "data": data})
