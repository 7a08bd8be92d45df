"""When the brand's queues were open, as lines beside its exported log."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.hours import Calendar, Span, public_holidays
from events.export import line_beside
from interactions.hours import hours_of_queues
from interactions.models import Queue
from tenants.cards import BrandCard
from tenants.scope import Grant, tenant_scope

KIND = "queue.hours"


def hours_lines(
    brand: BrandCard, grant: Grant, start: datetime, end: datetime, *, now: datetime
) -> list[str]:
    """Return a line for each queue: its hours as they stand now, for what lies in `[start, end)`.

    Its data: `queue_id`; `zone`; `week`, `{"0": [[opens, closes], ...]}` from Monday, in minutes since
    midnight, or null: day and night; `holidays`, the public ones of these days; `days`, `{date: periods}` of
    the calendar's own, null is the usual week; `closures`, `[[from, until], ...]`, until null is for good.
    """
    with tenant_scope(brand, grant):
        hours = hours_of_queues(since=start)
        queues = Queue.objects.order_by("pk").values_list("pk", "ref", "calendar_id")
        return [
            line_beside(str(ref), KIND, _said(pk, hours[pk], start, end, has_week=bool(calendar)), at=now)
            for pk, ref, calendar in queues
        ]


def _said(
    queue_id: int, hours: Calendar, start: datetime, end: datetime, *, has_week: bool
) -> dict[str, Any]:
    zone = ZoneInfo(hours.zone)
    first, last = (at.astimezone(zone).date() for at in (start, end))
    closed = public_holidays(hours.country, hours.subdivision, first, last + timedelta(days=1))
    return {
        "queue_id": queue_id,
        "zone": hours.zone,
        "week": _week(hours.week) if has_week else None,
        "holidays": [f"{day}" for day in closed],
        "days": {f"{day}": _own(periods) for day, periods in hours.days.items()},
        "closures": [[_instant(since), _instant(until)] for since, until in hours.closures],
    }


def _week(week: Mapping[int, Iterable[Span]]) -> dict[str, list[Span]]:
    return {str(weekday): list(spans) for weekday, spans in sorted(week.items())}


def _own(periods: Iterable[Span] | None) -> list[Span] | None:
    return None if periods is None else list(periods)


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
