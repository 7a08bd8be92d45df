"""Whose turn it is among the lines that go by contract: the head whose wait costs most goes first. Pure."""

import heapq
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.lines import Key, Place, Waiting
from routing.penalty import urgency


@dataclass(frozen=True, slots=True)
class Turn:
    """Why a line goes next: its brand was short of its share, or what one more turn of waiting would cost.

    `jumped`: another line that goes by contract was due before it.
    """

    fair: bool = False
    cost: float | None = None
    jumped: bool = False


PLAIN, FAIR = Turn(), Turn(fair=True)


class Dear:
    """The heads of these lines twice: by what waiting costs, and by place. Entries go stale, not away."""

    __slots__ = ("by_cost", "by_place", "now", "prices")

    def __init__(self, prices: Mapping[int, float], now: datetime) -> None:
        self.prices, self.now = prices, now
        self.by_cost: list[tuple[float, Place, Key]] = []
        self.by_place: list[tuple[Place, Key]] = []

    def put(self, item: Waiting, key: Key) -> None:
        """Note the head of a line; of equal cost who is due first goes first."""
        slack = (item.order_key - self.now).total_seconds()
        cost = self.prices.get(item.queue_id, 0.0) * urgency(slack)
        heapq.heappush(self.by_cost, (-round(cost, 9), item.place, key))
        heapq.heappush(self.by_place, (item.place, key))
