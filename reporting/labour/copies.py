"""Agents' time reaches a brand by a copy: its role never reads the house's ledger, and has its own rows.

A quarter of an hour that was written again has a new serial; its rows are replaced and the place moved in one
transaction. So it may be killed anywhere, and twice is once.
"""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from events.readers import advance, place_of
from reporting.labour.models import LabourMinutes
from routing.models import AgentTime, TimedQuarter
from tenants.locks import alone
from tenants.scope import Grant, labour_scope, tenant_scope
from tenants.values import BrandCard

READER = "labour.1"
LOCK = 7_302
PAGE = 400
"""Quarters of a step, about: those of one serial stay together."""
OWN = (
    "interval_start", "queue_id", "agent_id", "pool_kind", "kind", "reason", "billable", "paid", "share_us",
    "session_us", "busy_us",
)  # fmt: skip


def copy_next(brand: BrandCard, grant: Grant) -> int:
    """Copy the brand's share of the next quarters that changed; returns how many, 0 when up to date."""
    with tenant_scope(brand, grant):
        *_start, serial = place_of(READER)
    quarters, until = _changed(serial)
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


def _changed(serial: int) -> tuple[list[datetime], int]:
    """Return the quarters that were written since, whole serials, and the last of these."""
    with labour_scope():
        later = TimedQuarter.objects.filter(serial__gt=serial).order_by("serial")
        until = TimedQuarter.objects.filter(pk__in=later.values("pk")[:PAGE]).aggregate(at=Max("serial"))[
            "at"
        ]
        if until is None:
            return [], serial
        return list(later.filter(serial__lte=until).values_list("interval_start", flat=True)), until


def _rows(brand_id: int, quarters: list[datetime]) -> list[dict[str, Any]]:
    with labour_scope():
        rows = AgentTime.objects.filter(brand_id=brand_id, interval_start__in=quarters, is_test=False)
        return list(rows.values(*OWN))
