"""Agents' time reaches a brand by a copy: its role never reads the house's ledger, and has its own rows.

A quarter of an hour that was written again has a new serial; its rows are replaced and the place moved in one
transaction. So it may be killed anywhere, and twice is once.
"""

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet

from events.readers import advance, place_of
from reporting.labour.models import LabourMinutes
from routing.models import AgentTime, TimedQuarter
from tenants.locks import alone
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.values import BrandCard

READER = "labour.1"
LOCK = 7_302
PAGE, MOST_ROWS = 400, 5_000
"""Quarters of a step, more than the house writes at once, and rows: those of one serial stay together."""
OWN = (
    "interval_start", "queue_id", "agent_id", "pool_kind", "kind", "reason", "billable", "paid", "share_us",
    "session_us", "busy_us",
)  # fmt: skip


def copy_next(brand: BrandCard, grant: Grant) -> int:
    """Copy the brand's share of the next quarters that changed; returns how many, 0 when up to date."""
    with tenant_scope(brand, grant):
        *_start, serial = place_of(READER)
    quarters, until = _changed(brand.id, serial)
    if quarters:
        rows = _rows(brand.id, quarters)
        with tenant_scope(brand, grant), transaction.atomic():
            alone(LOCK)
            if place_of(READER)[2] > serial:
                return len(quarters)
            LabourMinutes.objects.filter(interval_start__in=quarters).delete()
            LabourMinutes.objects.bulk_create(LabourMinutes(**row) for row in rows)
            advance(READER, (0, 0, until))
    return len(quarters)


def _changed(brand_id: int, serial: int) -> tuple[list[datetime], int]:
    """Return the next quarters that were written since, whole serials, and the last of these."""
    with labour_scope():
        later = TimedQuarter.objects.filter(serial__gt=serial).order_by("serial")
        found = list(later.values_list("serial", "interval_start")[:PAGE])
        counted = _of(brand_id, [at for _serial, at in found]).values_list("interval_start")
        rows = dict(counted.annotate(Count("pk")))
    steps = [(one, [at for _one, at in of]) for one, of in groupby(found, key=itemgetter(0))]
    if len(found) == PAGE:
        steps.pop()  # not the whole of it, perhaps
    quarters: list[datetime] = []
    for one, step in steps:
        if quarters and sum(rows.get(at, 0) for at in (*quarters, *step)) > MOST_ROWS:
            break
        quarters, serial = [*quarters, *step], one
    return quarters, serial


def _rows(brand_id: int, quarters: Collection[datetime]) -> list[dict[str, Any]]:
    with labour_scope():
        return list(_of(brand_id, quarters).values(*OWN))


def _of(brand_id: int, quarters: Collection[datetime]) -> QuerySet[AgentTime]:
    """Return the brand's rows of these quarters; in a labour_scope."""
    return AgentTime.objects.filter(brand_id=brand_id, interval_start__in=quarters, is_test=False)
