"""The client's minutes of agents as lines of its exported log, behind the events."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from events.export import line_beside
from reporting.labour.models import LabourMinutes
from tenants.cards import BrandCard
from tenants.scope import Grant, tenant_scope

KIND = "agent.minutes"
PAGE = timedelta(hours=6)
"""Whole quarters of an hour: one that is written anew meanwhile is in a page as it was or as it is."""
SAID = (
    "agent_id", "queue_id", "pool_kind", "kind", "reason", "billable", "paid", "share_us", "session_us",
    "busy_us",
)  # fmt: skip
NAMING = 7
"""How many of what a line says name it; the rest are microseconds."""


def minutes_lines(brand: BrandCard, grant: Grant, start: datetime, end: datetime) -> Iterator[list[str]]:
    """Give the minutes of the quarters that begin in `[start, end)`, in pages; none holds its scope open.

    `agent.minutes`: `occurred_at` is when the quarter begins, `data` a row of LabourMinutes as it stands now,
    `ref` names the quarter and what the time was.
    """
    at, until = (instant.astimezone(UTC) for instant in (start, end))  # hours by instants, not by the wall
    while at < until:
        with tenant_scope(brand, grant):
            rows = list(_rows(at, min(at + PAGE, until)))
        yield [_line(*row) for row in rows]
        at += PAGE


def _rows(start: datetime, end: datetime) -> Any:
    within = LabourMinutes.objects.filter(interval_start__gte=start, interval_start__lt=end)
    return within.order_by("interval_start", *SAID[:NAMING]).values_list("interval_start", *SAID)


def _line(quarter: datetime, *values: Any) -> str:
    at = quarter.astimezone(UTC)
    ref = ":".join([KIND, at.isoformat(), *map(str, values[:NAMING])])
    return line_beside(ref, KIND, dict(zip(SAID, values, strict=True)), at=at)
