"""What came of a day: service level, contract cost, fairness, idle time; over all and by queue."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from routing.lab.play import Played
from routing.penalty import cost_of


@dataclass(frozen=True, slots=True)
class Measured:
    """A day's numbers. `level`: percent within target over all; `cost`: what the contracts owe at its end.

    `worst`: the lowest level of a client. `spread`: the standard deviation of people's busy part, in percent
    points. `idle`: the percent of people's time without work. `wait`: mean seconds of who was answered;
    `left`: percent who gave up. `levels` and `costs` are by queue.
    """

    level: float
    cost: float
    worst: float
    spread: float
    idle: float
    wait: float
    left: float
    levels: Mapping[int, float]
    costs: Mapping[int, float]


NUMBERS = ("level", "cost", "worst", "spread", "idle", "wait", "left")
LESS_IS_BETTER = frozenset({"cost", "spread", "idle", "wait", "left"})


def measure(played: Played) -> Measured:
    """Count a day that was played."""
    counts = {queue.id: _counts(played, queue.id, queue.target_seconds) for queue in played.day.queues}
    levels = {queue: _percent(hit, decided) for queue, (decided, hit) in counts.items()}
    costs = {queue.id: cost_of(queue.terms, *counts[queue.id]) for queue in played.day.queues}
    parts = [100 * played.busy[agent] / there for agent, there in played.there.items() if there]
    decided, hit = (sum(column) for column in zip(*counts.values(), strict=True))
    return Measured(
        level=_percent(hit, decided),
        cost=sum(costs.values()),
        worst=min(_by_brand(played, counts)),
        spread=statistics.pstdev(parts) if parts else 0.0,
        idle=100 - _percent(sum(played.busy.values()), sum(played.there.values())),
        wait=statistics.fmean(played.waited.values()) if played.waited else 0.0,
        left=_percent(len(played.left), len(played.day.contacts)),
        levels=levels,
        costs=costs,
    )


def _counts(played: Played, queue_id: int, target: float) -> tuple[int, int]:
    """Return how many of the queue were decided (answered, or gone after their target) and in time."""
    own = [contact.id for contact in played.day.contacts if contact.queue_id == queue_id]
    answered = [played.waited[one] for one in own if one in played.waited]
    gave_up = [one for one in own if played.left.get(one, 0.0) >= target]
    return len(answered) + len(gave_up), sum(waited <= target for waited in answered)


def _by_brand(played: Played, counts: Mapping[int, tuple[int, int]]) -> list[float]:
    totals: dict[int, tuple[int, int]] = {}
    for queue in played.day.queues:
        decided, hit = totals.get(queue.brand_id, (0, 0))
        more = counts[queue.id]
        totals[queue.brand_id] = (decided + more[0], hit + more[1])
    return [_percent(hit, decided) for decided, hit in totals.values()]


def _percent(part: float, whole: float) -> float:
    return 100 * part / whole if whole else 100.0
