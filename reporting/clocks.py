"""Which time counts: all of it, or only while the contact's queue was open. Pure; whole microseconds."""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import accumulate

from core.hours import Calendar, Interval, opening_intervals
from reporting.contacts import Contact, microseconds

Clock = Callable[[Contact, datetime, datetime], int]
"""How many microseconds of `[start, end)` count for the contact; 0 when end is not after start."""

TICK = timedelta(microseconds=1)


def elapsed(contact: Contact, start: datetime, end: datetime) -> int:
    """Count every microsecond."""
    return max(microseconds(end - start), 0)


class Opened:
    """The opening hours of one queue over a stretch, added up once."""

    def __init__(self, intervals: Sequence[Interval]) -> None:
        self.starts = [start for start, _end in intervals]
        self.spans = [(end - start) // TICK for start, end in intervals]
        self.before = [0, *accumulate(self.spans)]

    def until(self, instant: datetime) -> int:
        """Return how long it had been open by the instant."""
        n = bisect_right(self.starts, instant)
        if not n:
            return 0
        return self.before[n - 1] + min((instant - self.starts[n - 1]) // TICK, self.spans[n - 1])


def business(hours: Mapping[int, Calendar], start: datetime, end: datetime) -> Clock:
    """Return the clock of these queues' hours, good for instants within `[start, end)`.

    A queue without hours is always open.
    """
    opened = {queue: Opened(opening_intervals(one, start, end)) for queue, one in hours.items()}

    def count(contact: Contact, since: datetime, until: datetime) -> int:
        mine = opened.get(contact.queue_id)
        if mine is None:
            return elapsed(contact, since, until)
        return max(mine.until(until) - mine.until(since), 0)

    return count
