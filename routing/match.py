"""Who is asked for what: state in, pairs and their reasons out. Pure.

1. Of the lines that some free agent serves, the one whose head is due first goes first; before it, one whose
   brand is short of its share (`shares`).
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
from datetime import datetime, timedelta
from operator import itemgetter

from routing.lines import (
    LEAST_OCCUPIED,
    NO_LIMIT,
    PROFICIENCY,
    House,
    Key,
    Lines,
    Manner,
    Place,
    Route,
    Seat,
    Waiting,
    brand_mark,
)
from routing.shares import Shares
from workforce.needs import Need

BATCH = 1000
REST_SECONDS = 5
NAMED = 3
SCORED = 20  # of the first by strategy, how many a score looks at

LAST_AGENT, ASKED_AGAIN, BEST_SCORE = "last_agent", "asked_again", "best_score"
ARM_SCORED, ARM_HELD_OUT = "scored", "holdout"
HOUSE = House()
STANDARD = Manner()
Way = tuple[Seat, Route]
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


@dataclass(slots=True)
class _Choice:
    """The agent to ask, by which route and why, and who would have been next."""

    way: Way
    why: str
    others: tuple[Seat, ...] = ()
    arm: str = ""
    scores: tuple[float, ...] = ()


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
    """A line with somebody to serve it. `at` is the index of its head, `met` what the batch knows."""

    __slots__ = ("at", "group", "key", "met", "places", "_able")

    def __init__(self, key: Key, group: _Group, places: list[Place], met: Met) -> None:
        self.key, self.group, self.places, self.at, self.met = key, group, places, 0, met
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
        if need is None:
            return self.group.ways
        if stage not in self._able:
            found = self._meet(need, stage)
            if self.group.manner.strategy == PROFICIENCY:
                found.sort(key=lambda way: (way[1].rank, -need.proficiency(way[0].skills)))
            self._able[stage] = found
        return self._able[stage]

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

    def give_up(self, taken: Collection[int], need: Need | None) -> None:
        """Pass over all that is left, if nobody is who could do it, however long it had waited."""
        most = self.able(need, len(need.stages) if need else 0)
        if all(way[0].agent_id in taken for way in most):
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
        self.lines = {line.key: line for line in _served(lines, seats, house, now)}
        self.groups: dict[int, dict[int, _Group]] = {}
        self.of_brand: dict[int, list[_Line]] = {}
        for line in self.lines.values():
            self.groups.setdefault(line.key[0], {})[id(line.group)] = line.group
            self.of_brand.setdefault(line.group.brand_id, []).append(line)
        self.heads = [(line.head, line.key) for line in self.lines.values()]
        heapq.heapify(self.heads)

    def run(self, limit: int) -> list[Pair]:
        pairs: list[Pair] = []
        while len(pairs) < limit and (choice := self._next()):
            line, fair = choice
            item = self.items[line.head[1]]
            pair = self._pair(line, item, fair)
            line.at += 1
            line.group.left -= 1
            if pair:
                pairs.append(pair)
                self._take(pair)
            elif not line.is_over:
                line.give_up(self.taken, item.need)
            self._put_back(line)
        return pairs

    def _next(self) -> tuple[_Line, bool] | None:
        """The line that goes next, and whether it does so to get its share."""
        if line := self._short():
            return line, True
        while self.heads:
            head, key = heapq.heappop(self.heads)
            line = self.lines.get(key)
            if line and not line.is_over and line.head == head:
                return line, False
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

    def _pair(self, line: _Line, item: Waiting, fair: bool) -> Pair | None:
        stage = stage_of(item, self.now)
        ways, manner = line.able(item.need, stage), line.group.manner
        choice = _choose(item, ways, manner, self.taken, self.seats, self.now, self.house)
        if choice is None:
            return None
        seat, route = choice.way
        self.serving = serving = self._serving(seat)
        return Pair(
            item,
            seat,
            route.pool_id,
            choice.why,
            candidates=line.group.open,
            others=choice.others,
            waiting=frozenset([item.brand_id, *(g.brand_id for g in serving if g.left > 0 and g.open > 0)]),
            fair=fair,
            gates=route.gates,
            stage=stage,
            arm=choice.arm,
            scores=choice.scores,
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
        else:
            heapq.heappush(self.heads, (line.head, line.key))


def stage_of(item: Waiting, now: datetime) -> int:
    """Return how far the item's need has relaxed."""
    return item.need.stage((now - item.enqueued_at).total_seconds()) if item.need else 0


def is_held_out(item: Waiting, manner: Manner) -> bool:
    """Tell whether the item is decided without the score: by its id, so that it is so at each attempt."""
    return item.id * 2_654_435_761 % 2**32 % 100 < manner.holdout  # Knuth's multiplicative hash


def _served(lines: Lines, seats: Mapping[int, Seat], house: House, now: datetime) -> Iterable[_Line]:
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
            yield _Line(key, groups[size], places, met)


def _ways(item: Waiting, ways: list[Way], manner: Manner, house: House) -> list[Way]:
    """Those who have room for an item such as this (as `Seat.bar` says), in the order they are asked in."""
    units, channel, mark = item.units, item.channel, brand_mark(item.brand_id)
    barring = {doing for doing, asked in house.bars if asked == channel}
    found = []
    for way in ways:
        seat = way[0]
        if seat.cap - seat.used < units or (barring and not barring.isdisjoint(seat.held)):
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


def _choose(
    item: Waiting,
    ways: list[Way],
    manner: Manner,
    taken: Collection[int],
    ready: Mapping[int, Seat],
    now: datetime,
    house: House,
) -> _Choice | None:
    if house.hours and house.is_shut(item, now):
        ways = [way for way in ways if way[1].gates]
    scored = manner.score is not None and not is_held_out(item, manner)
    fit = _first_fits(item, ways, taken, now, count=SCORED if scored else NAMED + 1)
    if item.last_agent_id is not None and (last := kept_for(item, ready, now, house)):
        own = next((way for way in ways if way[0].agent_id == last), None)
        if own is None or not _fits(item, *own, taken, now):
            return None
        return _Choice(own, LAST_AGENT, tuple(s for s, _r in fit[:NAMED] if s is not own[0]))
    if fit:
        return _best(item, fit, manner) if scored else _first(fit, manner)
    again = next(
        (way for way in ways if _is_rested(item, way[0], now) and _fits(item, *way, taken, now)), None
    )
    return _Choice(again, ASKED_AGAIN) if again else None


def _first(fit: list[Way], manner: Manner, arm: str = "") -> _Choice:
    """The first by the strategy."""
    held_out = ARM_HELD_OUT if manner.score else ""
    others = tuple([way[0] for way in fit[1 : NAMED + 1]])
    return _Choice(fit[0], manner.strategy, others, arm or held_out)


def _best(item: Waiting, fit: list[Way], manner: Manner) -> _Choice:
    """The best by the score among those of the lowest rank; by the strategy, should it not answer."""
    peers = [way for way in fit if way[1].rank == fit[0][1].rank]
    answer = manner.score(item, [seat for seat, _route in peers]) if manner.score else ""
    if isinstance(answer, str):
        return _first(fit, manner, arm=answer)
    order = sorted(zip(answer, peers, strict=True), key=itemgetter(0), reverse=True)[: NAMED + 1]
    others = tuple(way[0] for _score, way in order[1:])
    return _Choice(order[0][1], BEST_SCORE, others, ARM_SCORED, tuple(score for score, _way in order))


def _first_fits(
    item: Waiting, ways: list[Way], taken: Collection[int], now: datetime, *, count: int
) -> list[Way]:
    """The first `count` who may take it and did not refuse it."""
    found: list[Way] = []
    refused = item.refused
    for way in ways:
        agent_id = way[0].agent_id
        if agent_id in taken or (refused and agent_id in refused):
            continue
        if way[1].delay_seconds and not _fits(item, *way, taken, now):
            continue
        found.append(way)
        if len(found) >= count:
            break
    return found


def _fits(item: Waiting, seat: Seat, route: Route, taken: Collection[int], now: datetime) -> bool:
    if seat.agent_id in taken:
        return False
    return not route.delay_seconds or now >= item.enqueued_at + timedelta(seconds=route.delay_seconds)


def kept_for(item: Waiting, ready: Mapping[int, Seat], now: datetime, house: House = HOUSE) -> int | None:
    """The last agent, while the item is kept for them: they are there, could take it but for what they
    are on, and did not refuse."""
    agent_id = item.last_agent_id
    if agent_id is None or item.prefer_until is None or now >= item.prefer_until or agent_id in item.refused:
        return None
    seat = ready.get(agent_id)
    return agent_id if seat and _could(item, seat, now, house) else None


def _could(item: Waiting, seat: Seat, now: datetime, house: House) -> bool:
    """Whether they would be asked if they had nothing else to do."""
    route = seat.queues.get(item.queue_id)
    if route is None or not route.is_open(house.gates) or route.rests(now) or seat.cap < item.units:
        return False
    if 0 in (seat.limits.get(item.channel), seat.limits.get(brand_mark(item.brand_id))):
        return False
    return item.need is None or item.need.is_met(seat.skills, stage_of(item, now))


def _is_rested(item: Waiting, seat: Seat, now: datetime) -> bool:
    refused_at = item.refused.get(seat.agent_id)
    return refused_at is not None and now >= refused_at + timedelta(seconds=REST_SECONDS)
