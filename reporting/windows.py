"""The windows that targets are measured over, cut in the brand's own days. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reporting.choices import Window
from reporting.days import day_of

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The days `[first, until)` of a window in which a clause is in force, `[start, end)` as instants."""

    first: date
    until: date
    start: datetime
    end: datetime
    is_over: bool

    @property
    def last(self) -> date:
        return self.until - DAY


def spans(
    window: Window, first: date, last: date, *, since: date, until: date | None, zone: ZoneInfo, today: date
) -> list[Span]:
    """Return the windows that the days `first` to `last` touch, as far as they are in `[since, until)`.

    A window that begins after today is none; one that goes on is not over.
    """
    found = []
    for begins, ends in _windows(window, first, min(last, today)):
        opens, closes = max(begins, since), ends if until is None else min(ends, until)
        if opens < closes and opens <= today:
            found.append(_span(opens, closes, zone, today))
    return found


def window_of(window: Window, day: date) -> tuple[date, date]:
    """Return the days `[first, next first)` of the window that the day is in."""
    if window == Window.DAY:
        return day, day + DAY
    if window == Window.WEEK:
        monday = day - day.weekday() * DAY
        return monday, monday + 7 * DAY
    first = day.replace(day=1)
    return first, (first + 31 * DAY).replace(day=1)


def _windows(window: Window, first: date, last: date) -> Iterator[tuple[date, date]]:
    day = first
    while day <= last:
        begins, day = window_of(window, day)
        yield begins, day


def _span(first: date, until: date, zone: ZoneInfo, today: date) -> Span:
    return Span(first, until, day_of(first, zone).start, day_of(until - DAY, zone).end, until <= today)
