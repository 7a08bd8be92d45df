"""Who is asked for what: state in, pairs and their reasons out. Pure.

1. Of the lines that some free agent serves, the one whose head is due first goes first; before it, one whose
   brand is short of its share (`shares`).
2. Within a line it is first come, first served at equal key. An item that nobody may take now (kept for its
   last agent, refused by all who are free) is passed over and keeps its place; nobody waits behind it.
3. Of the agents who may take it: the item's last agent for a while; else the lowest rank of pool, those
   without work by how long, then the least loaded.
4. Who declined it or let it ring out is passed over while somebody else is free, and for REST_SECONDS anyway.
5. An agent gets one item a batch.
"""

import heapq
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from routing.lines import Key, Lines, Place, Route, Seat, Waiting
from routing.shares import Shares

BATCH = 200
REST_SECONDS = 5
RELAX_SECONDS = 30
NAMED = 3

LAST_AGENT, LONGEST_IDLE, ASKED_AGAIN = "last_agent", "longest_idle", "asked_again"


@dataclass(frozen=True, slots=True)
class Pair:
    """An item for an agent, and why. `others`: who would have been next; `waiting`: brands this agent could
    have been asked for, the item's own among them."""

    item: Waiting
    seat: Seat
    pool_id: int | None
    why: str
    candidates: int = 1
    others: tuple[Seat, ...] = ()
    waiting: frozenset[int] = frozenset()
    fair: bool = False


@dataclass(slots=True)
class _Line:
    """A line with somebody to serve it. `at` is the index of its head, `open` how many are not taken yet."""

    key: Key
    brand_id: int
    places: list[Place]
    seats: list[tuple[Seat, Route]]
    pools: frozenset[int | None]
    at: int = 0
    open: int = field(init=False)

    def __post_init__(self) -> None:
        self.open = len(self.seats)

    @property
    def head(self) -> Place:
        return self.places[self.at]

    @property
    def is_over(self) -> bool:
        return self.open <= 0 or self.at >= len(self.places)


def match(
    lines: Lines, seats: Mapping[int, Seat], shares: Shares, *, now: datetime, limit: int = BATCH
) -> list[Pair]:
    """Pair up to `limit` items with as many agents. `shares` is told of each; the caller forgets the old.

    Nothing else is changed: the caller writes the pairs, and changes lines and seats by what came of it.
    """
    return _Batch(lines, seats, shares, now).run(limit) if lines.items else []


class _Batch:
    def __init__(self, lines: Lines, seats: Mapping[int, Seat], shares: Shares, now: datetime) -> None:
        self.items, self.seats, self.shares, self.now = lines.items, seats, shares, now
        self.taken: set[int] = set()
        self.lines = {line.key: line for line in _served(lines, seats)}
        self.serving = _serving(self.lines.values())
        self.of_brand: dict[int, list[_Line]] = {}
        for line in self.lines.values():
            self.of_brand.setdefault(line.brand_id, []).append(line)
        self.heads = [(line.head, line.key) for line in self.lines.values()]
        heapq.heapify(self.heads)

    def run(self, limit: int) -> list[Pair]:
        pairs: list[Pair] = []
        while len(pairs) < limit and (choice := self._next()):
            line, fair = choice
            pair = self._pair(line, fair)
            line.at += 1
            if pair:
                pairs.append(pair)
                self._take(pair)
            self._put_back(line)
        return pairs

    def _next(self) -> tuple[_Line, bool] | None:
        """The line that goes next, and whether it does so to get its share."""
        if line := self._short():
            return line, True
        while self.heads:
            head, key = heapq.heappop(self.heads)
            line = self.lines.get(key)
            if line and line.head == head:
                return line, False
        return None

    def _short(self) -> _Line | None:
        """The line of the brand that is owed most in a pool which serves it; its head, if it has several."""
        found = [
            (-missing, line.head, line.key)
            for (pool_id, brand_id), missing in self.shares.owed.items()
            for line in self.of_brand.get(brand_id, ())
            if pool_id in line.pools and line.key in self.lines
        ]
        return self.lines[min(found)[2]] if found else None

    def _pair(self, line: _Line, fair: bool) -> Pair | None:
        item = self.items[line.head[1]]
        chosen = _choose(item, line.seats, self.taken, self.seats, self.now)
        if chosen is None:
            return None
        seat, route, why, others = chosen
        brands = frozenset(other.brand_id for other in self.serving[seat.agent_id] if not other.is_over)
        return Pair(item, seat, route.pool_id, why, line.open, others, brands | {item.brand_id}, fair)

    def _take(self, pair: Pair) -> None:
        agent_id = pair.seat.agent_id
        self.taken.add(agent_id)
        self.shares.note(self.now, pool_id=pair.pool_id, served=pair.item.brand_id, waiting=pair.waiting)
        for line in self.serving[agent_id]:
            line.open -= 1
            if line.is_over:
                self.lines.pop(line.key, None)

    def _put_back(self, line: _Line) -> None:
        if line.is_over:
            self.lines.pop(line.key, None)
        else:
            heapq.heappush(self.heads, (line.head, line.key))


def _served(lines: Lines, seats: Mapping[int, Seat]) -> Iterable[_Line]:
    """The lines that somebody with enough free units serves, each with those agents in their turn."""
    queues: dict[int, list[tuple[Seat, Route]]] = {}
    free = sorted((seat for seat in seats.values() if seat.free > 0), key=lambda seat: seat.turn)
    for seat in free:
        for queue_id, route in seat.queues.items():
            queues.setdefault(queue_id, []).append((seat, route))
    for key, places in lines.places.items():
        found = [(seat, route) for seat, route in queues.get(key[0], ()) if seat.free >= key[1]]
        if found:
            found.sort(key=lambda pair: pair[1].rank)
            pools = frozenset(route.pool_id for _seat, route in found)
            yield _Line(key, lines.items[places[0][1]].brand_id, places, found, pools)


def _serving(lines: Iterable[_Line]) -> dict[int, list[_Line]]:
    serving: dict[int, list[_Line]] = {}
    for line in lines:
        for seat, _route in line.seats:
            serving.setdefault(seat.agent_id, []).append(line)
    return serving


def _choose(
    item: Waiting,
    seats: list[tuple[Seat, Route]],
    taken: Collection[int],
    ready: Mapping[int, Seat],
    now: datetime,
) -> tuple[Seat, Route, str, tuple[Seat, ...]] | None:
    """The agent to ask, by which route and why, and who would have been next."""
    fit = [(s, r) for s, r in _first_fits(item, seats, taken, now)]
    if kept_for := _kept_for(item, ready, now):
        own = next(((s, r) for s, r in seats if s.agent_id == kept_for), None)
        if own is None or not _fits(item, *own, taken, now):
            return None
        return *own, LAST_AGENT, tuple(s for s, _r in fit if s is not own[0])
    if fit:
        return *fit[0], LONGEST_IDLE, tuple(s for s, _r in fit[1:])
    again = next(
        ((s, r) for s, r in seats if _is_rested(item, s, now) and _fits(item, s, r, taken, now)), None
    )
    return (*again, ASKED_AGAIN, ()) if again else None


def _first_fits(
    item: Waiting, seats: list[tuple[Seat, Route]], taken: Collection[int], now: datetime
) -> list[tuple[Seat, Route]]:
    """The first few who may take it and did not refuse it."""
    found: list[tuple[Seat, Route]] = []
    for seat, route in seats:
        if seat.agent_id not in item.refused and _fits(item, seat, route, taken, now):
            found.append((seat, route))
            if len(found) > NAMED:
                break
    return found


def _fits(item: Waiting, seat: Seat, route: Route, taken: Collection[int], now: datetime) -> bool:
    if seat.agent_id in taken:
        return False
    if route.delay_seconds and now < item.enqueued_at + timedelta(seconds=route.delay_seconds):
        return False
    return not item.skills or _is_able(item, seat, now)


def _is_able(item: Waiting, seat: Seat, now: datetime) -> bool:
    """Skills are asked one level lower for each RELAX_SECONDS of waiting."""
    relaxed = int((now - item.enqueued_at).total_seconds() // RELAX_SECONDS)
    return all(seat.skills.get(code, 0) >= level - relaxed for code, level in item.skills.items())


def _kept_for(item: Waiting, ready: Mapping[int, Seat], now: datetime) -> int | None:
    """The last agent, while the item is kept for them: they are there, serve the queue and did not refuse."""
    agent_id = item.last_agent_id
    if agent_id is None or item.prefer_until is None or now >= item.prefer_until:
        return None
    seat = ready.get(agent_id)
    return agent_id if seat and item.queue_id in seat.queues and agent_id not in item.refused else None


def _is_rested(item: Waiting, seat: Seat, now: datetime) -> bool:
    refused_at = item.refused.get(seat.agent_id)
    return refused_at is not None and now >= refused_at + timedelta(seconds=REST_SECONDS)
