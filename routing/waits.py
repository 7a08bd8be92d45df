"""How long somebody in the line will wait, from how long others did. Pure; seconds.

The range is the 50th to the 80th percentile of recent waits at the queue, each brought to the place asked
about: who waited 120 s from the 4th place waited 30 s a place. From each place that the recent ones began at,
it is their plain percentiles. Of too few answers nothing is said.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

FEW = 5
MOST = 200  # answers that are looked at, the newest
WINDOW_SECONDS = 3600
LOW, HIGH = 0.5, 0.8
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Wait:
    """Somebody's wait, and the place it began at (1 = next)."""

    seconds: float
    place: int


def waits_of(spans: Sequence[Span]) -> list[Wait]:
    """Return the waits of (entered, answered) spans of one queue, each with the place it began at.

    A place counts who had entered before and was not answered yet. Who left without an answer is not among
    them: the wait for a place then counts as longer than it was, never as shorter.
    """
    entered = sorted(start for start, _end in spans)
    answered = sorted(end for _start, end in spans)
    return [
        Wait(
            (end - start).total_seconds(),
            max(1, bisect_left(entered, start) - bisect_right(answered, start) + 1),
        )
        for start, end in spans
    ]


def expected(waits: Sequence[Wait], place: int) -> tuple[int, int] | None:
    """Return (P50, P80) of the wait from that place on, in whole seconds; None: nothing can be said."""
    if len(waits) < FEW or place < 1:
        return None
    scaled = sorted(wait.seconds * place / wait.place for wait in waits)
    return round(quantile(scaled, LOW)), round(quantile(scaled, HIGH))


def quantile(ordered: Sequence[float], share: float) -> float:
    """Return the quantile of sorted values, between two neighbours in proportion (type 7)."""
    at = (len(ordered) - 1) * share
    low = int(at)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (at - low)
