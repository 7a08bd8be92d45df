"""Plays scripts in the order of their instants. Each part is a generator that yields the seconds to its next
step, so that many conversations interleave as they did on the day. Pure.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Part = Iterator[float]


@dataclass
class Player:
    """A clock and a heap. `now` is the instant of the step being played."""

    now: datetime
    _waiting: list[tuple[datetime, int, Part]] = field(default_factory=list)
    _count: int = 0

    def at(self, instant: datetime, part: Part) -> None:
        """Start the part at that instant."""
        self._count += 1
        heapq.heappush(self._waiting, (instant, self._count, part))

    def play(self, until: datetime) -> None:
        """Run every step before `until`; later ones stay waiting."""
        for _instant in self.steps(until):
            pass

    def steps(self, until: datetime) -> Iterator[datetime]:
        """Like `play`, one step at a time; yields the instant of each."""
        while self._waiting and self._waiting[0][0] < until:
            self.now, _, part = heapq.heappop(self._waiting)
            seconds = next(part, None)
            if seconds is not None:
                self.at(self.now + timedelta(seconds=seconds), part)
            yield self.now
        self.now = until
