"""A queue's hours as the leader knows them: whole seconds since 1970, half-open. Pure.

Who was in the line when the queue closed is answered still; who got in since waits until it opens, and is
asked for only by an overflow. An emergency may say otherwise of its line, and of those who help.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

EVER = datetime.min.replace(tzinfo=UTC)
Span = Sequence[int]
Closure = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Hours:
    """`openings`: [from, until] each, None is day and night; `closed_since`: when it closed before them.

    `closures`: [from, until or None, those in line are answered, overflows may help] each, 1 is yes.
    """

    openings: Sequence[Span] | None = None
    closed_since: int | None = None
    closures: Sequence[Closure] = ()

    def is_closed(self, now: datetime) -> bool:
        if self.openings is None:
            return False
        second = now.timestamp()
        return not any(start <= second < end for start, end in self.openings)

    def turns_at(self, now: datetime) -> datetime | None:
        """Return when it closes, or opens, next; None: not within the days that are known."""
        second = now.timestamp()
        edges = sorted(edge for span in self.openings or () for edge in span if edge > second)
        return datetime.fromtimestamp(edges[0], UTC) if edges else None

    def shut_since(self, now: datetime) -> datetime | None:
        """Return since when nobody new is asked for; None while it is open, EVER when for nobody at all."""
        if not self.is_closed(now):
            return None
        if any(not closure[2] for closure in self._in_force(now)):
            return EVER
        second = now.timestamp()
        past = [end for _start, end in self.openings or () if end <= second]
        last = max(past, default=self.closed_since)
        return EVER if last is None else datetime.fromtimestamp(last, UTC)

    def may_be_helped(self, now: datetime) -> bool:
        """Tell whether overflows may be asked."""
        return all(closure[3] for closure in self._in_force(now))

    def _in_force(self, now: datetime) -> list[Closure]:
        second = now.timestamp()
        return [
            closure
            for closure in self.closures
            if (closure[0] or 0) <= second and (closure[1] is None or second < closure[1])
        ]
