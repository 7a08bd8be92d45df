"""When a customer can be called: windows within a queue's open hours. Pure; instants, so that no change of
the clocks makes one longer or shorter.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from core.hours import Interval

Window = tuple[datetime, datetime]

LENGTH = timedelta(hours=2)
SHORTEST = timedelta(minutes=15)
MOST = 24
QUARTER = 900  # seconds


def windows(openings: Sequence[Interval] | None, *, now: datetime) -> list[Window]:
    """Return the windows [start, end) to choose from, of LENGTH from each opening on; None: day and night.

    The first one of a queue that is open begins now. What is too short to call in is none.
    """
    found: list[Window] = []
    for start, end in _open(openings, now):
        while end - start >= SHORTEST and len(found) < MOST:
            until = min(start + LENGTH, end)
            if end - until < SHORTEST:
                until = end
            found.append((start, until))
            start = until
    return found


def fits(window: Window, openings: Sequence[Interval] | None, *, now: datetime) -> bool:
    """Tell whether the queue is open for the whole of the window; what of it is over counts no more."""
    start, end = max(window[0], now), window[1]
    return openings is None or any(opens <= start and end <= closes for opens, closes in openings)


def _open(openings: Sequence[Interval] | None, now: datetime) -> list[Window]:
    begins = _quarter(now)
    spans = [(begins, begins + MOST * LENGTH)] if openings is None else openings
    return [(max(start, begins), end) for start, end in spans if end > begins]


def _quarter(now: datetime) -> datetime:
    """Return the last quarter of an hour: whoever is asked from then on is asked now."""
    return now - timedelta(seconds=now.timestamp() % QUARTER)
