"""What the matcher looks at: who waits, who could be asked. Plain values, no Django.

A line is a list sorted by (order_key, id), one for each queue and what its items ask for; the leader keeps
lines and seats in memory and changes them one by one: a wake-up costs what changed and not what there is.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from routing.hours import Hours
from workforce.needs import Need

Place = tuple[datetime, int]
Key = tuple[int, int, str, str]
Bars = frozenset[tuple[str, str]]

NO_LIMIT = 1_000
WHOLE = 100  # units of an agent
BOOST_SECONDS = 30
LONGEST_IDLE, LEAST_OCCUPIED, PROFICIENCY = "longest_idle", "least_occupied", "proficiency"


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
    channel: str = ""
    need: Need | None = None
    last_agent_id: int | None = None
    prefer_until: datetime | None = None
    refused: Mapping[int, datetime] = field(default_factory=dict)
    interaction_ref: UUID | None = None

    @property
    def place(self) -> Place:
        return (self.order_key, self.id)

    @property
    def line(self) -> Key:
        return (self.queue_id, self.units, self.channel, self.need.text if self.need else "")


@dataclass(frozen=True, slots=True)
class Route:
    """How an agent comes to serve a queue: by which pool, at which rank, after how long a wait.

    `gates`: the overflows it belongs to, one of which must be open; empty for who always serves the queue.
    `rests_until`: the agent rests from what comes this way before then.
    """

    pool_id: int | None
    rank: int = 1
    delay_seconds: int = 0
    gates: frozenset[int] = frozenset()
    rests_until: datetime | None = None

    def is_open(self, gates: frozenset[int]) -> bool:
        return not self.gates or not gates.isdisjoint(self.gates)

    def rests(self, now: datetime) -> bool:
        return self.rests_until is not None and now < self.rests_until


Score = Callable[["Waiting", "Sequence[Seat]"], "Sequence[float] | str"]
"""Scores of the seats for the item, higher is better; or in a word why there are none."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How a queue chooses among those who may: a strategy, or a score with the strategy to fall back on.

    `holdout`: percent of the items which the strategy decides although there is a score, to compare by.
    """

    strategy: str = LONGEST_IDLE
    score: Score | None = None
    holdout: int = 0


@dataclass(frozen=True, slots=True)
class House:
    """What holds for all: manner and hours of queues, which overflows are open, who is not interrupted.

    `hours`: of the queues that are not answered day and night.
    `bars`: (doing, asked) of channels: who is on the first is not asked for the second. `prices`: what a
    late contact of a queue costs by contract; the queues of `costly` pools go by that, not by who is due.
    """

    manners: Mapping[int, Manner] = field(default_factory=dict)
    gates: frozenset[int] = frozenset()
    bars: Bars = frozenset()
    costly: frozenset[int | None] = frozenset()
    prices: Mapping[int, float] = field(default_factory=dict)
    hours: Mapping[int, Hours] = field(default_factory=dict)

    def is_shut(self, item: Waiting, now: datetime) -> bool:
        """Tell whether the item waits until its queue opens: only an overflow may be asked for it."""
        hours = self.hours.get(item.queue_id)
        since = hours.shut_since(now) if hours else None
        return since is not None and item.enqueued_at >= since


def order_key(due_at: datetime, priority: int) -> datetime:
    """Return the place in the line: when the target is due, less BOOST_SECONDS for each point of priority."""
    return due_at - timedelta(seconds=BOOST_SECONDS * priority)


def brand_mark(brand_id: int) -> str:
    """Return the name of a brand among an agent's counts and limits, beside the channels'."""
    return f"b{brand_id}"


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent who is ready: how full, idle since when, and which queues they are asked for.

    `queues` holds those of brands they have a seat and a valid certification in, and are in a pool of.
    `held`: how many items they have, ringing ones too, and `limits`: how many they may have at once,
    both by channel and by brand (`brand_mark`); a limit of 0 is never. `weights`: percent of the queue's
    units that one takes of them, by the same marks. `occupancy`: the worked part of their last hour.
    """

    agent_id: int
    used: int
    cap: int
    idle_since: datetime
    queues: Mapping[int, Route]
    skills: Mapping[str, int] = field(default_factory=dict)
    held: Mapping[str, int] = field(default_factory=dict)
    limits: Mapping[str, int] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)
    occupancy: float = 0.0

    @property
    def free(self) -> int:
        return self.cap - self.used

    @property
    def turn(self) -> tuple[int, datetime, int]:
        """The order agents are asked in: those without work, longest idle first; then the least loaded."""
        return (self.used, self.idle_since, self.agent_id)

    def takes(self, units: int, channel: str, brand_id: int) -> int:
        """Return how many units of theirs one of this channel and brand takes; the write reckons the same."""
        weights = self.weights
        if not weights:
            return units
        weight = weights.get(brand_mark(brand_id)) or weights.get(channel) or 100
        return max(1, min(WHOLE, -(-units * weight // 100)))

    def has_room(self, units: int, channel: str, brand_id: int) -> bool:
        return self.cap - self.used >= self.takes(units, channel, brand_id)

    def bar(self, channel: str, brand_id: int, bars: Bars) -> str:
        """Return why one more of this channel and brand is too much for them, units aside; "" if not."""
        if self.limits:
            for mark, word in ((channel, "channel"), (brand_mark(brand_id), "brand")):
                if self.held.get(mark, 0) >= self.limits.get(mark, NO_LIMIT):
                    return word
        if bars and any((doing, channel) in bars for doing in self.held):
            return "interrupted"
        return ""

    def with_item(self, item: Waiting) -> "Seat":
        """The seat once the item is before the agent."""
        held = dict(self.held)
        for mark in (item.channel, brand_mark(item.brand_id)):
            held[mark] = held.get(mark, 0) + 1
        return replace(self, used=self.used + self.takes(item.units, item.channel, item.brand_id), held=held)


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
