"""Days cut in the brand's own time zone, half-open, right on days of 23 and 25 hours. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Day:
    """A calendar day of a zone as aware UTC instants `[start, end)`."""

    date: date
    start: datetime
    end: datetime

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def day_of(day: date, zone: ZoneInfo) -> Day:
    """Return midnight to midnight; where midnight does not exist the day starts after the gap."""
    return Day(day, _midnight(day, zone), _midnight(day + timedelta(days=1), zone))


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), tzinfo=zone).astimezone(UTC)
