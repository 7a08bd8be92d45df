"""Lines of the exported log, as `manage.py export_log` writes them; and days of a zone as instants."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

SINCE = datetime(1970, 1, 1, tzinfo=UTC)
MICRO = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """One event; `at` is microseconds since 1970, `n` its number within its interaction or 0."""

    ref: str
    n: int
    kind: str
    at: int
    by: str
    is_test: bool
    data: dict[str, Any]


def micros(instant: datetime) -> int:
    return (instant - SINCE) // MICRO


def bounds(zone: str, first: date, last: date) -> tuple[int, int]:
    """Return the instants `[start, end)` of the zone's days from `first` to `last`, both of them within."""
    there = ZoneInfo(zone)
    ends = (datetime.combine(day, time(), there) for day in (first, last + timedelta(days=1)))
    start, end = (micros(instant.astimezone(UTC)) for instant in ends)
    return start, end


def stories(lines: Iterable[str]) -> dict[str, list[Line]]:
    """Return the log of each interaction, whatever the order of the lines and however often each is there.

    First what the interaction numbered, each number once and in order; then what came of offers, which
    are not numbered, in the order of their instants.
    """
    found: dict[str, dict[str, Line]] = {}
    for text in lines:
        if text.strip() and (said := json.loads(text))["interaction_ref"]:
            found.setdefault(said["interaction_ref"], {})[said["ref"]] = _line(said)
    return {story: _ordered(found[story].values()) for story in sorted(found)}


def _line(said: dict[str, Any]) -> Line:
    at, data = micros(datetime.fromisoformat(said["occurred_at"])), said["data"]
    held = json.loads(data) if isinstance(data, str) else data  # an object, or the text of one
    return Line(said["ref"], said["n"], said["kind"], at, said["actor_kind"], said["is_test"], held)


def _ordered(lines: Iterable[Line]) -> list[Line]:
    by_number: dict[int, Line] = {}
    loose: list[Line] = []
    for line in sorted(lines, key=lambda line: (line.n, line.at, line.ref)):
        if line.n:
            by_number.setdefault(line.n, line)
        else:
            loose.append(line)
    return [*by_number.values(), *loose]
