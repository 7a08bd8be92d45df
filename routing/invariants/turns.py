"""Was anybody served before somebody who stood before them? Pure, from what the tables kept.

Two items are comparable when they stand in the same line (queue, size, channel, what is asked for) and the
earlier one came no later: then whoever was given the second could have been given the first. An item that is
kept for its last agent is passed over by right, and so is one that was declined or got another priority on
the way; none of these is looked at.
"""

import heapq
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

SLACK = timedelta(seconds=2)
NEVER = datetime.max.replace(tzinfo=UTC)
OPENS, SERVES = 1, 0
Place = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Turn:
    """An item of a `line` and of the same `sort` (priority, target) as others.

    `open_at`: from when it could be offered without a break until `shut_at` (its first offer, its end, or
    until its customer was gone); `served_at`: when somebody was first chosen for it; None if nobody was, or
    not by order. `compares`: whether it had a right to its turn.
    """

    id: int
    line: Hashable
    sort: Hashable
    order_key: datetime
    enqueued_at: datetime
    open_at: datetime
    shut_at: datetime | None
    served_at: datetime | None
    compares: bool = True

    @property
    def place(self) -> Place:
        return (self.order_key, self.id)


Heap = list[tuple[Place, Turn]]


def overtaken(turns: Iterable[Turn]) -> Iterator[tuple[int, int]]:
    """Yield (who was served, before whom), one pair for each who was served out of turn.

    Whoever had waited less than SLACK does not count: rows that are held are passed over for a moment.
    """
    lines: dict[Hashable, list[Turn]] = defaultdict(list)
    for turn in turns:
        lines[turn.line].append(turn)
    for line in lines.values():
        yield from _overtaken(line)


def _overtaken(line: list[Turn]) -> Iterator[tuple[int, int]]:
    """Go through time: who may be served stands in the heap of its sort, by place."""
    moments = [(turn.open_at + SLACK, OPENS, turn.id, turn) for turn in line if turn.compares]
    moments += [(turn.served_at, SERVES, turn.id, turn) for turn in line if turn.served_at]
    heaps: dict[Hashable, Heap] = defaultdict(list)
    for at, kind, _id, turn in sorted(moments, key=lambda moment: moment[:3]):
        if kind == OPENS:
            heapq.heappush(heaps[turn.sort], (turn.place, turn))
        elif before := _before(turn, heaps.values(), at):
            yield turn.id, before.id


def _before(turn: Turn, heaps: Iterable[Heap], at: datetime) -> Turn | None:
    for heap in heaps:
        while heap and (heap[0][1].shut_at or NEVER) <= at:
            heapq.heappop(heap)
        if heap and heap[0][0] < turn.place and heap[0][1].enqueued_at <= turn.enqueued_at:
            return heap[0][1]
    return None
