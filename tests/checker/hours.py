"""Opening hours as the exported log has them.

What counts for an instant, the strongest first: a closure, a date of the calendar's own, a public holiday,
the week. On a day on which clocks change a period lasts from the first instant by which its hour has come to
the last one by which its end has not. Instants and durations are microseconds, spans half-open.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.checker.lines import MICRO, SINCE, micros

KIND = "queue.hours"
MIDNIGHT = 1440
NEVER = 10**20
Spans = list[tuple[int, int]]
Minutes = list[list[int]]
"""`[opens, closes)` in minutes since midnight."""


@dataclass(frozen=True)
class Hours:
    """A queue's hours; `week` None: day and night. In `days`, None is the usual week."""

    zone: ZoneInfo
    week: Mapping[str, Minutes] | None = None
    holidays: frozenset[str] = frozenset()
    days: Mapping[str, Minutes | None] = field(default_factory=dict)
    closures: Spans = field(default_factory=list)
    _open: dict[date, Spans] = field(default_factory=dict, compare=False, repr=False)

    def between(self, start: int, end: int) -> int:
        """Return how much of `[start, end)` is open."""
        return sum(until - since for since, until in self.spans(start, end))

    def used_up(self, start: int, end: int, allowed: int) -> int | None:
        """Return when so much had been open since `start`; None: not before `end`."""
        if allowed <= 0:
            return start if start < end else None
        for since, until in self.spans(start, end):
            if until - since >= allowed:
                return since + allowed if since + allowed < end else None
            allowed -= until - since
        return None

    def spans(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """Go through what is open of `[start, end)`, in order."""
        if self.week is None:
            yield from _less([(start, end)], self.closures)
            return
        for day in self._dates(start, end):
            if day not in self._open:
                self._open[day] = list(_less(self._planned(day), self.closures))
            for since, until in self._open[day]:
                if max(since, start) < min(until, end):
                    yield max(since, start), min(until, end)

    def _dates(self, start: int, end: int) -> Iterator[date]:
        first, last = ((SINCE + at * MICRO).astimezone(self.zone).date() for at in (start, end))
        for n in range((last - first).days + 1):
            yield first + timedelta(days=n)

    def _planned(self, day: date) -> Spans:
        begins, ends = self._first(day, 0), self._first(day, MIDNIGHT)
        found = [
            (max(self._first(day, opens), begins), min(self._last(day, closes), ends))
            for opens, closes in self._periods(day)
        ]
        return _together(found)

    def _periods(self, day: date) -> Minutes:
        own = self.days.get(str(day), ...)
        if own is not ... and own is not None:
            return own
        if own is ... and str(day) in self.holidays:
            return []
        return (self.week or {}).get(str(day.weekday()), [])

    def _first(self, day: date, minute: int) -> int:
        """Return the first instant by which clocks have shown this time, or gone past it."""
        return min(self._shown(day, minute))

    def _last(self, day: date, minute: int) -> int:
        """Return the last instant up to which clocks show less than this time."""
        return self._first(day, minute) if minute == MIDNIGHT else max(self._shown(day, minute))

    def _shown(self, day: date, minute: int) -> tuple[int, int]:
        """Return when clocks show it, first and last; a time that is left out: when it is."""
        wall = datetime.combine(day, time(), self.zone) + timedelta(minutes=minute)
        first, last = (micros(wall.replace(fold=fold).astimezone(UTC)) for fold in (0, 1))
        if first <= last:
            return first, last
        change = self._change(last, first)
        return change, change

    def _change(self, before: int, after: int) -> int:
        """Return the instant in between, to the second, at which clocks are changed."""
        while after - before > 10**6:
            middle = (before + after) // 2 // 10**6 * 10**6
            before, after = (
                (middle, after) if self._offset(middle) == self._offset(before) else (before, middle)
            )
        return after

    def _offset(self, at: int) -> timedelta | None:
        return (SINCE + at * MICRO).astimezone(self.zone).utcoffset()


ALWAYS = Hours(ZoneInfo("UTC"))


def hours_of(lines: Iterable[str]) -> dict[int, Hours]:
    """Return the hours of each queue by its id, as the last export among the lines has them."""
    latest: dict[int, tuple[str, Hours]] = {}
    for said in _said(lines):
        queue, at = said["data"]["queue_id"], said["recorded_at"]
        if queue not in latest or latest[queue][0] < at:
            latest[queue] = at, _hours(said["data"])
    return {queue: hours for queue, (_at, hours) in latest.items()}


def exported_at(lines: Iterable[str]) -> int | None:
    """Return when the lines were exported, as those of hours say; None where there are none."""
    return max((micros(datetime.fromisoformat(said["recorded_at"])) for said in _said(lines)), default=None)


def _said(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    for text in lines:
        if KIND in text and (said := json.loads(text))["kind"] == KIND:
            yield said


def _hours(said: Mapping[str, Any]) -> Hours:
    closures = [(_at(since), _at(until)) for since, until in said["closures"]]
    return Hours(
        ZoneInfo(said["zone"]), said["week"], frozenset(said["holidays"]), said["days"], _together(closures)
    )


def _at(said: str | None) -> int:
    """Return the instant; None is for good."""
    return micros(datetime.fromisoformat(said)) if said else NEVER


def _together(spans: Iterable[tuple[int, int]]) -> Spans:
    """Return them in order, what overlaps as one."""
    found: Spans = []
    for since, until in sorted(spans):
        if found and since <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], until)
        elif since < until:
            found.append((since, until))
    return found


def _less(spans: Spans, holes: Spans) -> Iterator[tuple[int, int]]:
    """Go through what the holes leave of the spans; both in order and apart."""
    for start, end in spans:
        for since, until in holes:
            if start < since < end:
                yield start, since
            if since < end and start < until:
                start = until
        if start < end:
            yield start, end
