"""What the matcher looks at: who waits, who could be asked. Plain values, no Django.

A line is a list sorted by (order_key, id), one for each queue and number of units; the leader keeps lines and
seats in memory and changes them one by one, so that a wake-up costs what changed and not what there is.
"""

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Place = tuple[datetime, int]
Key = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A work item in the line. `refused`: when which agents declined it or let it ring out.

    `prefer_until`: up to then the item is kept for `last_agent_id`, if that agent is there.
    """

    id: int
    version: int
    brand_id: int
    queue_id: int
    order_key: datetime
    enqueued_at: datetime
    units: int
    skills: Mapping[str, int] = field(default_factory=dict)
    last_agent_id: int | None = None
    prefer_until: datetime | None = None
    refused: Mapping[int, datetime] = field(default_factory=dict)
    interaction_ref: UUID | None = None

    @property
    def place(self) -> Place:
        return (self.order_key, self.id)

    @property
    def line(self) -> Key:
        return (self.queue_id, self.units)


@dataclass(frozen=True, slots=True)
class Route:
    """How an agent comes to serve a queue: by which pool, at which rank, after how long a wait."""

    pool_id: int | None
    rank: int = 1
    delay_seconds: int = 0


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent who is ready: how full, idle since when, and which queues they are asked for.

    `queues` holds those of brands they have a seat and a valid certification in, and are in a pool of.
    """

    agent_id: int
    used: int
    cap: int
    idle_since: datetime
    queues: Mapping[int, Route]
    skills: Mapping[str, int] = field(default_factory=dict)

    @property
    def free(self) -> int:
        return self.cap - self.used

    @property
    def turn(self) -> tuple[int, datetime, int]:
        """The order agents are asked in: those without work, longest idle first; then the least loaded."""
        return (self.used, self.idle_since, self.agent_id)


class Lines:
    """The waiting items, each line in order."""

    def __init__(self, items: Iterable[Waiting] = ()) -> None:
        self.items: dict[int, Waiting] = {item.id: item for item in items}
        self.places: dict[Key, list[Place]] = {}
        for item in self.items.values():
            self.places.setdefault(item.line, []).append(item.place)
        for places in self.places.values():
            places.sort()

    def __len__(self) -> int:
        return len(self.items)

    def put(self, item: Waiting) -> None:
        """Add the item, or take its newer version for the one there is."""
        if item.id in self.items:
            self.drop(item.id)
        self.items[item.id] = item
        insort(self.places.setdefault(item.line, []), item.place)

    def drop(self, item_id: int) -> Waiting | None:
        """Take the item out, if it is there."""
        item = self.items.pop(item_id, None)
        if item is None:
            return None
        places = self.places[item.line]
        del places[bisect_left(places, item.place)]
        if not places:
            del self.places[item.line]
        return item
