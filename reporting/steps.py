"""The intervals of a table: days of a zone cut by elapsed time, so a day has 92, 96 or 100 quarters. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from core.dates import dated
from reporting.choices import Step
from reporting.days import Day

WHOLE, HOUR = timedelta(hours=24), timedelta(hours=1)


@dataclass(frozen=True)
class Slot:
    """`[start, end)`, aware UTC, and its label in the zone."""

    start: datetime
    end: datetime
    label: str

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end


def slots_of(cut: Sequence[Day], step: Step, zone: ZoneInfo) -> list[Slot]:
    """Return the intervals of these days, in their order."""
    return [slot for day in cut for slot in _slots(day, step, zone)]


def bars_of(cut: Sequence[Day], zone: ZoneInfo) -> list[Slot]:
    """Return what a chart of these days has: the days, or of a single one its elapsed hours, 23 to 25."""
    if len(cut) > 1:
        return [Slot(day.start, day.end, dated(day.date, "D j")) for day in cut]
    [day] = cut
    starts = [day.start + HOUR * n for n in range((day.end - day.start) // HOUR)]
    return [Slot(start, start + HOUR, f"{start.astimezone(zone):%H}") for start in starts]


def _slots(day: Day, step: Step, zone: ZoneInfo) -> list[Slot]:
    date = dated(day.date, "D j M")
    if step == Step.DAY:
        return [Slot(day.start, day.end, date)]
    length = timedelta(minutes=int(step))
    starts = [day.start + length * n for n in range(-(-(day.end - day.start) // length))]
    time = "%H:%M" if day.end - day.start == WHOLE else "%H:%M %Z"
    return [
        Slot(start, min(start + length, day.end), f"{date}, {start.astimezone(zone):{time}}")
        for start in starts
    ]
