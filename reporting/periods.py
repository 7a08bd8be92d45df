"""Periods of a report: the last days, or a day, week or month of the calendar. Pure; dates of one zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from reporting.choices import Span

LAST = (1, 7)
"""How many of the last days are on offer."""
DAY = timedelta(days=1)
YEARS = (2000, 2100)


@dataclass(frozen=True)
class Period:
    """`days` days from `first` on: of the calendar with a `span`, else the last ones, which end today."""

    first: date
    days: int
    span: Span | None = None

    @property
    def last(self) -> date:
        return self.first + DAY * (self.days - 1)

    @property
    def dates(self) -> list[date]:
        return [self.first + DAY * n for n in range(self.days)]

    @property
    def query(self) -> str:
        """It as an address carries it."""
        return f"span={self.span}&on={self.first:%Y-%m-%d}" if self.span else f"days={self.days}"

    @property
    def before(self) -> "Period":
        """The one that it is compared with: of the calendar the one before, else as many days before."""
        if self.span:
            return of_calendar(self.span, self.first - DAY)
        return Period(self.first - DAY * self.days, self.days)

    @property
    def after(self) -> "Period":
        """The next one of the calendar."""
        return of_calendar(self.span or Span.DAY, self.last + DAY)


def last_days(days: int, today: date) -> Period:
    """Return today and the `days - 1` days before it."""
    return Period(today - DAY * (days - 1), days)


def of_calendar(span: Span, on: date) -> Period:
    """Return the day, week or month that the date is in."""
    if span == Span.DAY:
        return Period(on, 1, span)
    if span == Span.WEEK:
        return Period(on - DAY * on.weekday(), 7, span)
    first = on.replace(day=1)
    following = (first + DAY * 31).replace(day=1)
    return Period(first, (following - first).days, span)


def read_period(given: Mapping[str, str], today: date) -> Period:
    """Read ?span=week&on=2026-11-18 or ?days=7; anything else is the longest of the last days."""
    span, on = given.get("span", ""), _date(given.get("on", ""))
    if span in Span.values and on:
        return of_calendar(Span(span), on)
    wanted = {str(days): days for days in LAST}
    return last_days(wanted.get(given.get("days", ""), max(LAST)), today)


def _date(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if YEARS[0] <= found.year < YEARS[1] else None
