"""When the report of a period is due. Pure.

A plan says an hour of the day in the client's zone; a period is due at that hour of the day after its last.
An hour that occurs twice (clocks put back) is the first of the two. One that does not occur (clocks put
forward) is as much later as they were put forward: a whole hour that is skipped is the first instant after.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from reporting.choices import Span
from reporting.periods import Period, of_calendar

DAY = timedelta(days=1)


def due_at(period: Period, hour: int, zone: ZoneInfo) -> datetime:
    """Return the instant at which the period's report is due."""
    there = datetime.combine(period.last + DAY, time(hour), tzinfo=zone)  # fold=0: the first of two
    return there.astimezone(UTC)


def due_since(kind: Span, hour: int, zone: ZoneInfo, *, since: datetime, now: datetime) -> list[Period]:
    """Return the periods that became due in `(since, now]`, the oldest first."""
    found = takewhile(lambda one: due_at(one, hour, zone) > since, _back(kind, now.astimezone(zone)))
    return [one for one in found if due_at(one, hour, zone) <= now][::-1]


def next_due(kind: Span, hour: int, zone: ZoneInfo, *, now: datetime) -> datetime:
    """Return when the next period is due after `now`."""
    ahead = takewhile(lambda one: due_at(one, hour, zone) > now, _back(kind, now.astimezone(zone)))
    return min(due_at(one, hour, zone) for one in ahead)


def _back(kind: Span, there: datetime) -> Iterator[Period]:
    """The period that is running and those before it, without end."""
    period = of_calendar(kind, there.date())
    while True:
        yield period
        period = period.before
