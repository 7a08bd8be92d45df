"""Who is asked for what: state in, pairs and their reasons out. Pure.

1. Of the lines that some free agent serves, the one whose head is due first goes first; before it, one whose
   brand is short of its share (`shares`). Lines of pools that go by contract stand in for each other: in the
   turn of the first that is due goes the one whose wait costs most (`penalty`).
2. Within a line it is first come, first served at equal key. An item that nobody may take now (kept for its
   last agent, refused by all who are free) is passed over and keeps its place; nobody waits behind it.
3. Of the agents who may take it: the item's last agent for a while; else the lowest rank of pool, and there
   by the queue's manner: a score, or its strategy. Longest idle: those without work by how long, then the
   least loaded. Least occupied: who worked least of the last hour. Proficiency: who can do most of what is
   asked.
4. Who declined it or let it ring out is passed over while somebody else is free, and for REST_SECONDS anyway.
5. An agent gets one item a batch, and none beyond their units, their limits of a channel or a brand, or into
   work that is not to be interrupted; and nothing while they rest (`rest`).
6. What an item asks for relaxes with its wait (`workforce.needs`); a seat in the brand and a certification
   never do: who has none is not among the seats.
7. Who got in line after their queue closed waits until it opens (`routing.hours`); an overflow may help.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from routing.choosing import HOUSE, Way, choose, stage_of
from routing.dear import FAIR, PLAIN, Dear, Turn
from routing.lines import (
    LEAST_OCCUPIED,
    NO_LIMIT,
    PROFICIENCY,
    House,
    Key,
    Lines,
    Manner,
    Place,
    Seat,
    Waiting,
    brand_mark,
)
from routing.shares import Shares
from workforce.needs import Need

BATCH = 1000
COSTLY = "penalty"
STANDARD = Manner()
Size = tuple[int, int, str]
Met = dict[tuple[Need, int], dict[int, bool]]


@dataclass(slots=True)
class Pair:
    """An item for an agent, and why. `others`: who would have been next; `waiting`: brands this agent could
    have been asked for, the item's own among them. `arm`: whether a score decided, was held out, or the word
    for why it could not; `scores` are those of the agent and of the others."""

    item: Waiting
    seat: Seat
    pool_id: int | None
    why: str
    candidates: int = 1
    others: tuple[Seat, ...] = ()
    waiting: frozenset[int] = frozenset()
    fair: bool = False
    gates: frozenset[int] = frozenset()
    stage: int = 0
    arm: str = ""
    scores: tuple[float, ...] = ()
    cost: float | None = None
    by: str = ""


class _Group:
    """The agents who have room for what a queue has of one size and channel, in the order they are asked in.

    `open`: how many of them are not taken yet; `left`: how many items of theirs wait, the lines' together.
    """

    __slots__ = ("brand_id", "left", "manner", "members", "open", "pools", "ways")

    def __init__(self, brand_id: int, ways: list[Way], manner: Manner) -> None:
        self.brand_id, self.ways, self.manner = brand_id, ways, manner
        self.pools = {way[1].pool_id for way in ways}
        self.members = {way[0].agent_id for way in ways}
        self.open, self.left = len(ways), 0


class _Line:
    """A line with somebody to serve it. `at` is the index of its head, `met` what the batch knows, `taken`
    who has been given something."""

    __slots__ = ("at", "group", "key", "met", "places", "taken", "_able")

    def __init__(
        self, key: Key, group: _Group, places: list[Place], met: Met, taken: Collection[int]
    ) -> None:
        self.key, self.group, self.places, self.at, self.met = key, group, places, 0, met
        self.taken = taken
        self._able: dict[int, list[Way]] = {}
        group.left += len(places)

    @property
    def head(self) -> Place:
        return self.places[self.at]

    @property
    def is_over(self) -> bool:
        return self.group.open <= 0 or self.at >= len(self.places)

    def able(self, need: Need | None, stage: int) -> list[Way]:
        """Those who can do what the line asks for at the stage: asked once for all of its items."""
        group = self.group
        if need is None:
            group.ways = found = self._left(group.ways)
            return found
        known = self._able.get(stage)
        if known is None:
            known = self._meet(need, stage)
            if group.manner.strategy == PROFICIENCY:
                known.sort(key=lambda way: (way[1].rank, -need.proficiency(way[0].skills)))
        self._able[stage] = found = self._left(known)
        return found

    def _left(self, ways: list[Way]) -> list[Way]:
        """The same without those who are taken, once they are most of it: nobody is looked at for ever."""
        if len(ways) <= 2 * self.group.open + 4:
            return ways
        return [way for way in ways if way[0].agent_id not in self.taken]

    def _meet(self, need: Need, stage: int) -> list[Way]:
        known, found = self.met.setdefault((need, stage), {}), []
        for way in self.group.ways:
            agent_id = way[0].agent_id
            able = known.get(agent_id)
            if able is None:
                able = known[agent_id] = need.is_met(way[0].skills, stage)
            if able:
                found.append(way)
        return found

    def give_up(self, need: Need | None) -> None:
        """Pass over all that is left, if nobody is who could do it, however long it had waited."""
        most = self.able(need, len(need.stages) if need else 0)
        if all(way[0].agent_id in self.taken for way in most):
            self.group.left -= len(self.places) - self.at
            self.at = len(self.places)


def match(
    lines: Lines,
    seats: Mapping[int, Seat],
    shares: Shares,
    *,
    now: datetime,
    limit: int = BATCH,
    house: House = HOUSE,
) -> list[Pair]:
    """Pair up to `limit` items with as many agents. `shares` is told of each; the caller forgets the old.

    Nothing else is changed: the caller writes the pairs, and changes lines and seats by what came of it.
    """
    return _Batch(lines, seats, shares, now, house).run(limit) if lines.items else []


class _Batch:
    def __init__(
        self, lines: Lines, seats: Mapping[int, Seat], shares: Shares, now: datetime, house: House
    ) -> None:
        self.items, self.seats, self.shares = lines.items, seats, shares
        self.now, self.house = now, house
        self.taken: set[int] = set()
        self.serving: list[_Group] = []  # those of the agent who was chosen last
        self.lines = {line.key: line for line in _served(lines, seats, house, now, self.taken)}
        self.groups: dict[int, dict[int, _Group]] = {}
        self.of_brand: dict[int, list[_Line]] = {}
        for line in self.lines.values():
            self.groups.setdefault(line.key[0], {})[id(line.group)] = line.group
            self.of_brand.setdefault(line.group.brand_id, []).append(line)
        self.turn = PLAIN
        self.dear = Dear(house.prices, now) if house.costly else None
        self.heads: list[tuple[Place, Key]] = []
        for line in self.lines.values():
            self._put_back(line)

    def run(self, limit: int) -> list[Pair]:
        pairs: list[Pair] = []
        while len(pairs) < limit and (line := self._next()):
            item = self.items[line.head[1]]
            pair = self._pair(line, item)
            line.at += 1
            line.group.left -= 1
            if pair:
                pairs.append(pair)
                self._take(pair)
            elif not line.is_over:
                line.give_up(item.need)
            self._put_back(line)
        return pairs

    def _next(self) -> _Line | None:
        """The line that goes next; `turn` says why."""
        self.turn = PLAIN
        if self.shares.owed and (line := self._short()):
            self.turn = FAIR
            return line
        if self.dear and (line := self._dearest(self.dear)):
            return line
        line = self._first(self.heads)
        if line:
            heapq.heappop(self.heads)
        return line

    def _dearest(self, dear: Dear) -> _Line | None:
        """The line whose wait costs most, when it is the turn of those that go by contract."""
        first, plain = self._first(dear.by_place), self._first(self.heads)
        if first is None or (plain and plain.head < first.head):
            return None
        while True:
            cost, head, key = heapq.heappop(dear.by_cost)
            line = self.lines.get(key)
            if line and not line.is_over and line.head == head:
                self.turn = Turn(cost=-cost, jumped=line is not first)
                return line

    def _first(self, heads: list[tuple[Place, Key]]) -> _Line | None:
        """The line on top of the heap; entries that are not true any more are thrown away."""
        while heads:
            head, key = heads[0]
            line = self.lines.get(key)
            if line and not line.is_over and line.head == head:
                return line
            heapq.heappop(heads)
        return None

    def _short(self) -> _Line | None:
        """The line of the brand that is owed most in a pool which serves it; its head, if it has several."""
        found = [
            (-missing, line.head, line.key)
            for (pool_id, brand_id), missing in self.shares.owed.items()
            for line in self.of_brand.get(brand_id, ())
            if pool_id in line.group.pools and line.key in self.lines and not line.is_over
        ]
        return self.lines[min(found)[2]] if found else None

    def _pair(self, line: _Line, item: Waiting) -> Pair | None:
        stage = stage_of(item, self.now)
        ways, manner = line.able(item.need, stage), line.group.manner
        choice = choose(item, ways, manner, self.taken, self.seats, self.now, self.house)
        if choice is None:
            return None
        seat, route = choice.way
        self.serving = serving = self._serving(seat)
        turn = self.turn
        return Pair(
            item,
            seat,
            route.pool_id,
            COSTLY if turn.jumped else choice.why,
            candidates=line.group.open,
            others=choice.others,
            waiting=frozenset([item.brand_id, *(g.brand_id for g in serving if g.left > 0 and g.open > 0)]),
            fair=turn.fair,
            gates=route.gates,
            stage=stage,
            arm=choice.arm,
            scores=choice.scores,
            cost=turn.cost,
            by=choice.why if turn.jumped else "",
        )

    def _serving(self, seat: Seat) -> list[_Group]:
        """The groups that the agent is one of."""
        return [
            group
            for queue_id in seat.queues
            for group in self.groups.get(queue_id, {}).values()
            if seat.agent_id in group.members
        ]

    def _take(self, pair: Pair) -> None:
        self.taken.add(pair.seat.agent_id)
        self.shares.note(self.now, pool_id=pair.pool_id, served=pair.item.brand_id, waiting=pair.waiting)
        for group in self.serving:
            group.open -= 1

    def _put_back(self, line: _Line) -> None:
        if line.is_over:
            self.lines.pop(line.key, None)
        elif self.dear and not line.group.pools.isdisjoint(self.house.costly):
            self.dear.put(self.items[line.head[1]], line.key)
        else:
            heapq.heappush(self.heads, (line.head, line.key))


def _served(
    lines: Lines, seats: Mapping[int, Seat], house: House, now: datetime, taken: Collection[int]
) -> Iterable[_Line]:
    """The lines that somebody with enough free units serves, each with those agents in their turn."""
    queues: dict[int, list[Way]] = {}
    for seat in sorted((seat for seat in seats.values() if seat.used < seat.cap), key=_idle):
        for queue_id, route in seat.queues.items():
            if route.rests_until and route.rests(now):
                continue
            if not route.gates or route.is_open(house.gates):
                queues.setdefault(queue_id, []).append((seat, route))
    groups: dict[Size, _Group] = {}
    met: Met = {}
    for key, places in lines.places.items():
        queue_id, size = key[0], key[:3]
        if queue_id not in queues:
            continue
        if size not in groups:
            first = lines.items[places[0][1]]
            manner = house.manners.get(queue_id, STANDARD)
            ways = _ways(first, queues[queue_id], manner, house)
            groups[size] = _Group(first.brand_id, ways, manner)
        if groups[size].ways:
            yield _Line(key, groups[size], places, met, taken)


def _ways(item: Waiting, ways: list[Way], manner: Manner, house: House) -> list[Way]:
    """Those who have room for an item such as this (as `Seat.bar` says), in the order they are asked in."""
    units, channel, mark = item.units, item.channel, brand_mark(item.brand_id)
    barring = {doing for doing, asked in house.bars if asked == channel}
    found = []
    for way in ways:
        seat = way[0]
        takes = seat.takes(units, channel, item.brand_id) if seat.weights else units
        if seat.cap - seat.used < takes or (barring and not barring.isdisjoint(seat.held)):
            continue
        if limits := seat.limits:
            held = seat.held
            if held.get(channel, 0) >= limits.get(channel, NO_LIMIT):
                continue
            if held.get(mark, 0) >= limits.get(mark, NO_LIMIT):
                continue
        found.append(way)
    if manner.strategy == LEAST_OCCUPIED:
        found.sort(key=lambda way: (way[1].rank, way[0].occupancy))
    else:
        found.sort(key=_rank)
    return found


def _idle(seat: Seat) -> tuple[int, datetime, int]:
    return (seat.used, seat.idle_since, seat.agent_id)


def _rank(way: Way) -> int:
    return way[1].rank
