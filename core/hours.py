"""When somebody is there: opening hours as arithmetic over instants. Pure: no Django, no database, no clock.

A calendar is a week of periods in a zone, the public holidays of a country, own dates, and closures. What
counts for an instant, the strongest first: a closure, an own date, a public holiday, the week. Local times
are minutes since midnight, 0 to 1440; periods and intervals are half-open; instants are aware UTC.

When clocks are put forward, a period that would begin within the missing hour begins with the change; when
they are put back, a period opens the first time its hour comes and closes the last time, so it stays one
stretch. A day begins with its first instant: it has 23, 24 or 25 hours; one that a zone leaves out has none.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

from core.lazy import LazyModule

holidays = LazyModule("holidays")
DAY = 1440  # minutes
SECOND = timedelta(seconds=1)
HORIZON = timedelta(days=400)  # nobody is closed for longer and opens again
STRIDE = timedelta(days=14)
YEARS = range(2000, 2100)
"""Of times that somebody types: each has an instant in every zone."""

Span = tuple[int, int]
"""`[opens, closes)` in minutes since midnight, 0 <= opens < closes <= 1440."""
Interval = tuple[datetime, datetime]
"""`[start, end)`, aware UTC."""


class NeverOpen(ValueError):
    """The calendar has not that many open seconds within the years to come."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """`week` maps 0 (Monday) to 6 to the day's periods; `days` maps an own date to its periods: () is closed,
    None is the usual week although it is a public holiday. A closure is `[from, until)`, None: for good.
    """

    zone: str
    week: Mapping[int, tuple[Span, ...]] = field(default_factory=dict)
    country: str = ""
    subdivision: str = ""
    days: Mapping[date, tuple[Span, ...] | None] = field(default_factory=dict)
    closures: tuple[tuple[datetime, datetime | None], ...] = ()


ALWAYS: Mapping[int, tuple[Span, ...]] = {weekday: ((0, DAY),) for weekday in range(7)}
"""The week of whoever is there day and night."""


def split_overnight(weekday: int, opens: int, closes: int) -> list[tuple[int, Span]]:
    """Return a period as periods of single days: one that ends where it began, or earlier, ends a day later.

    `closes` 0 or 1440 is midnight: (4, 1200, 120) -> [(4, (1200, 1440)), (5, (0, 120))].
    """
    if opens < closes:
        return [(weekday, (opens, closes))]
    night = [(weekday, (opens, DAY))]
    return [*night, ((weekday + 1) % 7, (0, closes))] if closes else night


def overlapping(spans: Iterable[Span]) -> list[tuple[Span, Span]]:
    """Return the pairs of neighbours that share a minute."""
    return [(one, other) for one, other in pairwise(sorted(spans)) if other[0] < one[1]]


def day_periods(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """Return the periods that are planned for the date, whatever closures there are."""
    own = calendar.days.get(day, ...)
    if own is not None and own is not ...:
        return own
    if own is ... and holiday_name(calendar, day):
        return ()
    return calendar.week.get(day.weekday(), ())


def day_bounds(calendar: Calendar, day: date) -> Interval:
    """Return the first instant of the local date and of the one after it."""
    zone = ZoneInfo(calendar.zone)
    return _instant(zone, day, 0), _instant(zone, day, DAY)


def wall_time(text: str) -> datetime:
    """Read a naive local time, of YEARS, as browsers send it. Raises ValueError."""
    wall = datetime.fromisoformat(text)
    if wall.tzinfo is not None or wall.year not in YEARS:
        raise ValueError("no time of clocks on the wall")
    return wall


def local_instant(zone: str, wall: datetime) -> datetime:
    """Return when clocks of the zone show the naive local time first, to the minute."""
    return _instant(ZoneInfo(zone), wall.date(), wall.hour * 60 + wall.minute)


def opening_intervals(calendar: Calendar, start: datetime, end: datetime) -> list[Interval]:
    """Return when it is open within `[start, end)`: in order, apart from each other."""
    planned = _merged(_planned(calendar, start, end))
    return [part for interval in planned for part in _without(interval, calendar.closures)]


def is_open(calendar: Calendar, at: datetime) -> bool:
    """Tell whether it is open at the instant."""
    return bool(opening_intervals(calendar, at, at + timedelta(microseconds=1)))


def next_opening(calendar: Calendar, at: datetime) -> datetime | None:
    """Return `at` when it is open then, else when it opens next; None when not within 400 days."""
    return next((start for start, _end in _from(calendar, at)), None)


def next_closing(calendar: Calendar, at: datetime) -> datetime | None:
    """Return `at` when it is closed then, else when it closes; None when not within 400 days."""
    closing = at
    for start, end in _from(calendar, at):
        if start > closing:
            break
        closing = end
    return closing if closing < at + HORIZON else None


def business_seconds(calendar: Calendar, start: datetime, end: datetime) -> float:
    """Return for how many seconds it is open within `[start, end)`; 0 when end is not after start."""
    spans = (until - since for since, until in opening_intervals(calendar, start, end))
    return sum(spans, timedelta()).total_seconds()


def add_business_seconds(calendar: Calendar, start: datetime, seconds: float) -> datetime:
    """Return the first instant, `start` or later, by which it has been open for so many seconds.

    Raises NeverOpen when 400 days go by without an opening, and ValueError for a negative number.
    """
    left = timedelta(seconds=seconds)
    if left < timedelta():
        raise ValueError("seconds are counted forward")
    here = start.astimezone(UTC)
    while left:
        reached = False
        for since, until in _from(calendar, here):
            reached = True
            if until - since >= left:
                return since + left
            left -= until - since
            here = until
        if not reached:
            raise NeverOpen(f"{left} more of opening hours are not in sight")
    return here


# ---- public holidays ----


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Return the names of the zones this machine can compute in: finding them walks files, so once."""
    return frozenset(available_timezones())


def zones_to_choose() -> list[str]:
    """Return the zones that people choose from, by name: those of places, and UTC."""
    return sorted(name for name in zones() if "/" in name or name == "UTC")


@lru_cache(maxsize=1)
def countries() -> dict[str, str]:
    """Return code -> English name of the countries whose public holidays are known, by name."""
    known = holidays.list_supported_countries(include_aliases=False)
    names = {classes[1]: _spaced(classes[0]) for classes in holidays.registry.COUNTRIES.values()}
    return dict(sorted(((code, names.get(code, code)) for code in known), key=lambda pair: pair[1]))


@lru_cache(maxsize=256)
def subdivisions(country: str) -> dict[str, str]:
    """Return code -> name of the country's parts with holidays of their own; {} for an unknown country."""
    if country not in countries():
        return {}
    kind = type(holidays.country_holidays(country))
    names = {code: alias for alias, code in getattr(kind, "subdivisions_aliases", {}).items()}
    return dict(sorted(((code, names.get(code, code)) for code in kind.subdivisions), key=lambda p: p[1]))


def public_holidays(
    country: str, subdivision: str, start: date, end: date, *, language: str = ""
) -> dict[date, str]:
    """Return the public holidays of `[start, end)` in order, in the language if it is spoken there."""
    found: dict[date, str] = {}
    for year in range(start.year, end.year + 1) if country else ():
        found |= _holidays_of(country, subdivision, year, language)
    return {day: name for day, name in sorted(found.items()) if start <= day < end}


def holiday_name(calendar: Calendar, day: date) -> str:
    """Return what public holiday the date is in the calendar's country, or ""."""
    if not calendar.country:
        return ""
    return _holidays_of(calendar.country, calendar.subdivision, day.year, "").get(day, "")


@lru_cache(maxsize=1024)
def _holidays_of(country: str, subdivision: str, year: int, language: str) -> Mapping[date, str]:
    supported = type(holidays.country_holidays(country)).supported_languages
    spoken = next((code for code in supported if language and code.startswith(language)), None)
    return dict(
        holidays.country_holidays(country, subdiv=subdivision or None, years=year, language=spoken).items()
    )


def _spaced(name: str) -> str:
    """Return a class name as words: UnitedStates -> United States."""
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in name).split()
    return " ".join(words)


# ---- from local time to instants ----


def _instant(zone: ZoneInfo, day: date, minute: int, *, last: bool = False) -> datetime:
    """Return the instant of the local time: the first of two (or the last); for a missing one the change."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    first = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    second = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if first > second:
        return _change(zone, second, first)
    return second if last else first


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """Return the instant in `(before, after]` from which on the zone has another offset, to the second."""
    old = before.astimezone(zone).utcoffset()
    low, high = 0, int((after - before) / SECOND)
    while high - low > 1:
        middle = (low + high) // 2
        same = (before + middle * SECOND).astimezone(zone).utcoffset() == old
        low, high = (middle, high) if same else (low, middle)
    return before + high * SECOND


def _planned(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Interval]:
    """Go through the planned periods that touch `[start, end)`, cut to it, by their beginnings."""
    if start >= end:
        return
    zone = ZoneInfo(calendar.zone)
    first, last = (at.astimezone(zone).date() for at in (start, end))
    since, until = start.astimezone(UTC), end.astimezone(UTC)
    for n in range((last - first).days + 1):
        for opens, closes in _day(calendar, zone, first + timedelta(days=n)):
            if max(opens, since) < min(closes, until):
                yield max(opens, since), min(closes, until)


def _day(calendar: Calendar, zone: ZoneInfo, day: date) -> Iterator[Interval]:
    periods = day_periods(calendar, day)
    if not periods:
        return
    begins, ends = _instant(zone, day, 0), _instant(zone, day, DAY)
    for opens, closes in sorted(periods):
        since = _instant(zone, day, opens)
        until = ends if closes == DAY else _instant(zone, day, closes, last=True)
        yield max(since, begins), min(until, ends)


def _merged(intervals: Iterable[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _without(interval: Interval, closures: Sequence[tuple[datetime, datetime | None]]) -> Iterator[Interval]:
    """Go through what is left of the interval when the closures are taken out."""
    here, end = interval
    for since, until in sorted(closures, key=lambda closure: closure[0]):
        if until is not None and until <= here or since >= end:
            continue
        if since > here:
            yield here, since.astimezone(UTC)
        if until is None or until >= end:
            return
        here = until.astimezone(UTC)
    yield here, end


def _from(calendar: Calendar, at: datetime) -> Iterator[Interval]:
    """Go through the open intervals from the instant on, for 400 days; one may be given in two parts."""
    here, end = at.astimezone(UTC), at.astimezone(UTC) + HORIZON
    while here < end:
        until = min(here + STRIDE, end)
        yield from opening_intervals(calendar, here, until)
        here = until
