"""Which times issued reports hold, so that what they say of them stays. Asked inside a tenant_scope."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from reporting.days import day_of
from reporting.issued.models import IssuedReport

DAY = timedelta(days=1)
Times = Sequence[tuple[datetime, datetime]]


def covered_since(start: datetime) -> Times:
    """Return the times `[start, end)` of reports that hold some instant from then on; one statement."""
    since = (start - DAY).date()
    rows = IssuedReport.objects.filter(last__gte=since, version=1)
    found = [(row.first, row.last, ZoneInfo(row.zone)) for row in rows.only("first", "last", "zone")]
    return [(day_of(first, zone).start, day_of(last, zone).end) for first, last, zone in found]


def holds(times: Times, start: datetime, end: datetime | None) -> bool:
    """Tell whether one of them holds some instant of `[start, end)`; None: it goes on."""
    return any(since < (end or until) and start < until for since, until in times)
