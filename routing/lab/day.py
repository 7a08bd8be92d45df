"""What a day is made of: lines, people, contacts. Plain values; seconds count from the day's beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from routing.penalty import Terms

ORIGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Queue:
    """A client's queue and what its contract says."""

    id: int
    brand_id: int
    target_seconds: float = 60
    units: int = 34
    channel: str = "webchat"
    terms: Terms = Terms()


@dataclass(frozen=True, slots=True)
class Person:
    """An agent: there in these spans, asked for these queues at their ranks."""

    id: int
    spans: tuple[Span, ...]
    queues: Mapping[int, int]
    skills: Mapping[str, int] = field(default_factory=dict)
    cap: int = 100


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who writes: handled for so long once answered, gone after waiting for `patience`."""

    id: int
    queue_id: int
    at: float
    handle: float
    patience: float | None = None
    need: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its length in seconds, and everything that belongs to it."""

    name: str
    seconds: float
    queues: tuple[Queue, ...]
    people: tuple[Person, ...]
    contacts: tuple[Contact, ...]


def instant(seconds: float) -> datetime:
    """Return the day's clock as the matcher knows it."""
    return ORIGIN + timedelta(seconds=seconds)
