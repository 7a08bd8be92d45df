"""What the order by contract is worth: beside the best assignment of the same states, beside plain order, and
the lab itself beside Erlang's formula. Pure: no stack.

An item's worth is what its wait costs (`routing.penalty`), whoever takes it. So the best assignment of a
state is the heaviest set of items that can all be given to somebody: taking items by falling worth, each
wherever the ones before can make room (augmenting paths), is exact, as such sets are the independent sets of
a transversal matroid (Edmonds and Fulkerson 1965). It gives what linear_sum_assignment would.
"""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bench.harness import Row, bootstrap, row
from routing.choosing import stage_of
from routing.lab.day import instant
from routing.lab.making import make_day
from routing.lab.measures import measure
from routing.lab.play import Play, play
from routing.lab.report import cross_check
from routing.lab.strategies import STRATEGIES
from routing.lines import Lines, Seat, Waiting
from routing.match import match
from routing.penalty import urgency
from routing.shares import Shares

SEEDS = range(1, 6)
SHAPES = ("flood", "short", "closure")
EVERY = 7
MOST_OVER, LEAST_BELOW = 1.03, 0.85


def rows() -> list[Row]:
    """Take the figures that need no stack."""
    return [*cost_rows(), erlang_row()]


@dataclass
class Sums:
    """Costs left waiting after a batch, of states seen: as matched, as the best assignment leaves them."""

    ours: float = 0.0
    best: float = 0.0
    states: int = 0
    wrong: int = 0
    _met: int = 0

    def look(self, game: Play) -> None:
        """Compare a state of the order by contract, every few of those in which there is a choice."""
        self._met += 1
        if self._met % EVERY == 0 and len(game.lines) > 1:
            worth = worths(game)
            pairs = match(game.lines, game.seats, Shares(), now=instant(game.now), house=game.house)
            total = sum(worth.values())
            self.ours += total - sum(worth[pair.item.id] for pair in pairs)
            self.best += total - best_worth(game, worth)
            self.states += 1

    def check_order(self, game: Play) -> None:
        """Count pairs of a state that were served in the wrong order by the default."""
        self._met += 1
        if self._met % EVERY == 0 and len(game.lines) > 1:
            pairs = match(game.lines, game.seats, Shares(), now=instant(game.now), house=game.house)
            self.states += 1
            self.wrong += wrong_pairs(game, [(pair.item, pair.seat) for pair in pairs])


def cost_rows() -> list[Row]:
    """Play days by contract and first come first served; look into the states of the first on the way."""
    days = [make_day(seed, shape) for shape in SHAPES for seed in SEEDS]
    looks = [Sums() for _ in days]
    ours = [
        measure(play(day, STRATEGIES["penalty"], seen=look.look)).cost
        for day, look in zip(days, looks, strict=True)
    ]
    plain = [measure(play(day, STRATEGIES["fifo"])).cost for day in days]
    order = Sums()
    for shape in SHAPES:
        play(make_day(1, shape), STRATEGIES["default"], seen=order.check_order)
    return [_optimum_row(looks, order), _fifo_row(ours, plain)]


def _optimum_row(looks: Sequence[Sums], order: Sums) -> Row:
    _median, low, high = bootstrap([one.ours / one.best for one in looks if one.best])
    ratio = sum(one.ours for one in looks) / sum(one.best for one in looks)
    words = (
        f"{sum(one.states for one in looks)} states of {len(looks)} days, by day {low:.3f} to {high:.3f}; by "
        f"the default order {order.wrong} pairs in the wrong order in {order.states} states"
    )
    return row(
        "routing", "cost_vs_optimum", ratio, "ratio", ratio=ratio, target=f"<= {MOST_OVER:g}, 0 wrong",
        holds=ratio <= MOST_OVER and not order.wrong, detail=words,
    )  # fmt: skip


def _fifo_row(ours: Sequence[float], plain: Sequence[float]) -> Row:
    ratio = sum(ours) / sum(plain)
    _median, low, high = bootstrap([one / other for one, other in zip(ours, plain, strict=True) if other])
    return row(
        "routing", "cost_vs_fifo", ratio, "ratio", ratio=ratio, target=f"<= {LEAST_BELOW:g}",
        holds=ratio <= LEAST_BELOW,
        detail=f"{statistics.fmean(ours):.0f} a day beside {statistics.fmean(plain):.0f}, {len(ours)} days "
        f"({', '.join(SHAPES)}); 95 % interval by day {low:.2f} to {high:.2f}",
    )  # fmt: skip


def erlang_row() -> Row:
    """Play a plain line and compare it with Erlang's C formula."""
    level, wait = cross_check()
    words = "; ".join(f"{one.name} {_told(one.played)}, formula {one.formula:.4g}" for one in (level, wait))
    return row(
        "routing", "erlang_c", level.played[0], "level", floor=level.formula,
        ratio=level.played[0] / level.formula, target="formula inside the batch-means interval",
        holds=level.agrees and wait.agrees, detail=words,
    )  # fmt: skip


def _told(interval: tuple[float, float, float]) -> str:
    return "{:.4g} ({:.4g} to {:.4g})".format(*interval)


def worths(game: Play) -> dict[int, float]:
    """What the wait of each item costs, by the prices the matcher has."""
    now = instant(game.now)
    return {
        item.id: game.house.prices.get(item.queue_id, 0.0) * urgency((item.order_key - now).total_seconds())
        for item in game.lines.items.values()
    }


def best_worth(game: Play, worth: dict[int, float]) -> float:
    """Return the worth of the heaviest set of items that can be given to one agent each."""
    taken: dict[int, int] = {}
    total = 0.0
    ways: dict[int, list[int]] = {}
    for item_id in sorted(worth, key=lambda one: -worth[one]):
        if len(taken) == len(game.seats):
            break
        if _give(game, item_id, taken, set(), ways):
            total += worth[item_id]
    return total


def wrong_pairs(game: Play, given: Sequence[tuple[Waiting, Seat]]) -> int:
    """Count items left waiting whose place is before that of one whose agent could have taken them."""
    served = {item.id for item, _seat in given}
    left = [item for item in game.lines.items.values() if item.id not in served]
    return sum(
        any(other.place < item.place and could(game, other, seat) for other in left) for item, seat in given
    )


def could(game: Play, item: Waiting, seat: Seat) -> bool:
    route = seat.queues.get(item.queue_id)
    if route is None or seat.free < item.units:
        return False
    if instant(game.now) < item.enqueued_at + timedelta(seconds=route.delay_seconds):
        return False
    return item.need is None or item.need.is_met(seat.skills, stage_of(item, instant(game.now)))


def _give(
    game: Play, item_id: int, taken: dict[int, int], tried: set[int], ways: dict[int, list[int]]
) -> bool:
    """Give the item to somebody, moving items that have somebody already to others (Kuhn 1955)."""
    lines: Lines = game.lines
    if item_id not in ways:
        item = lines.items[item_id]
        ways[item_id] = [agent for agent, seat in game.seats.items() if could(game, item, seat)]
    for agent in ways[item_id]:
        if agent in tried:
            continue
        tried.add(agent)
        if agent not in taken or _give(game, taken[agent], taken, tried, ways):
            taken[agent] = item_id
            return True
    return False
