"""The strip of one queue over a period."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from reporting.counting import Counting
from reporting.happenings import happenings
from reporting.report import agreed_of
from reporting.steps import bars_of
from reporting.stored import Target, of_period
from reporting.timeline import RowsAt, Timeline, timeline


def queue_strip(
    of: Counting, *, queue_id: int, queue_ref: UUID, now: datetime, rows_at: RowsAt | None = None
) -> tuple[Timeline, tuple[Target, ...]]:
    """Return the queue's bars with what happened that may be its own, and the targets; in a tenant_scope."""
    zone = ZoneInfo(of.zone)
    intervals = bars_of(of.cut, zone)
    starts = [interval.start for interval in intervals]
    found = of_period(of, starts, queue_id=queue_id, spreads=False, targets=True)
    happened = [one for one in happenings(of.cut, zone) if one.may_be_of(queue_id, queue_ref)]
    strip = timeline(
        intervals, found.parts, target=agreed_of(found.targets), happened=happened, now=now, rows_at=rows_at
    )
    return strip, found.targets
