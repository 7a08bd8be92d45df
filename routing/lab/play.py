"""Playing a day: its events in order, and after each of them the matcher, as the leader would ask it.

An offer is accepted after RING seconds. A person who goes ends what they are on, as people do. Time is the
day's own, so a day takes seconds.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from itertools import count

from routing.lab.day import Contact, Day, Person, Queue, instant
from routing.lab.strategies import Strategy
from routing.lines import House, Lines, Route, Seat, Waiting, brand_mark
from routing.match import Pair, match
from routing.penalty import Sofar, price_of_a_miss
from routing.shares import Shares
from workforce.needs import need_of

RING = 2.0
PRICES_EVERY = 15.0
TICK = 5.0  # needs relax and refusals rest while nothing else happens
POOL = 1


@dataclass(slots=True)
class Played:
    """What came of a day: how long each answered contact waited, who left, and how people's time went."""

    day: Day
    waited: dict[int, float] = field(default_factory=dict)
    left: dict[int, float] = field(default_factory=dict)
    busy: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    there: dict[int, float] = field(default_factory=lambda: defaultdict(float))
    whys: dict[str, int] = field(default_factory=lambda: defaultdict(int))


Seen = Callable[["Play"], None]


def play(day: Day, strategy: Strategy, *, seen: Seen | None = None) -> Played:
    """Play the day; `seen` is shown the state before each match."""
    return Play(day, strategy, seen).run()


class Play:
    """A day being played. `lines`, `seats`, `shares` and `house` are what the matcher is given."""

    def __init__(self, day: Day, strategy: Strategy, seen: Seen | None = None) -> None:
        self.day, self.strategy, self.seen = day, strategy, seen
        self.queues: Mapping[int, Queue] = {queue.id: queue for queue in day.queues}
        self.people: Mapping[int, Person] = {person.id: person for person in day.people}
        self.contacts: Mapping[int, Contact] = {contact.id: contact for contact in day.contacts}
        self.lines, self.seats, self.shares = Lines(), dict[int, Seat](), Shares()
        self.now, self.played = 0.0, Played(day)
        self.counted: dict[int, list[int]] = {queue.id: [0, 0] for queue in day.queues}
        self.house = self._house()
        self._resting: dict[int, Seat] = {}
        self._came: dict[int, float] = {}
        self._since: dict[int, float] = {}
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._tie = count()

    def run(self) -> Played:
        for contact in self.day.contacts:
            self._at(contact.at, self._arrival(contact))
        for person in self.day.people:
            for start, end in person.spans:
                self._at(start, self._coming(person))
                self._at(end, self._going(person))
        self._at(0.0, self._look)
        while self._events:
            self.now, _tie, event = heapq.heappop(self._events)
            event()
            self._assign()
        self._settle()
        return self.played

    def _at(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (seconds, next(self._tie), event))

    def _assign(self) -> None:
        if not self.lines.items or not self.seats:
            return
        self.shares.forget(instant(self.now))
        if self.seen:
            self.seen(self)
        shares = self.shares if self.strategy.shares else Shares()
        while pairs := match(self.lines, self.seats, shares, now=instant(self.now), house=self.house):
            for pair in pairs:
                self._take(pair)

    def _take(self, pair: Pair) -> None:
        item, contact = self.lines.drop(pair.item.id), self.contacts[pair.item.id]
        agent_id = pair.seat.agent_id
        seat = self.seats[agent_id]
        if item is None:
            return
        if not seat.used:
            self._since[agent_id] = self.now
        self.seats[agent_id] = seat.with_item(item)
        waited = self.now + RING - contact.at
        self.played.waited[contact.id] = waited
        self.played.whys[pair.why] += 1
        self._count(contact, in_time=waited <= self.queues[contact.queue_id].target_seconds)
        self._at(self.now + RING + contact.handle, self._ending(agent_id, item))

    def _arrival(self, contact: Contact) -> Callable[[], None]:
        def arrive() -> None:
            queue = self.queues[contact.queue_id]
            self.lines.put(
                Waiting(
                    id=contact.id, version=1, brand_id=queue.brand_id, queue_id=queue.id,
                    order_key=self.strategy.key(instant(contact.at), queue.target_seconds),
                    enqueued_at=instant(contact.at), units=queue.units, channel=queue.channel,
                    need=need_of(contact.need),
                )
            )  # fmt: skip
            if contact.patience is not None:
                self._at(contact.at + contact.patience, self._leaving(contact))

        return arrive

    def _leaving(self, contact: Contact) -> Callable[[], None]:
        def leave() -> None:
            if self.lines.drop(contact.id):
                waited = self.now - contact.at
                self.played.left[contact.id] = waited
                if waited >= self.queues[contact.queue_id].target_seconds:
                    self._count(contact, in_time=False)

        return leave

    def _ending(self, agent_id: int, item: Waiting) -> Callable[[], None]:
        def end() -> None:
            rests = agent_id in self._resting
            where = self._resting if rests else self.seats
            seat = _without(where[agent_id], item)
            if not seat.used:
                self.played.busy[agent_id] += self.now - self._since.pop(agent_id)
                seat = replace(seat, idle_since=instant(self.now))
                if rests:
                    self._away(agent_id)
            where[agent_id] = self._worked(seat)

        return end

    def _coming(self, person: Person) -> Callable[[], None]:
        def come() -> None:
            self._came.setdefault(person.id, self.now)
            seat = self._resting.pop(person.id, None) or self._seat(person)
            self.seats[person.id] = replace(seat, idle_since=instant(self.now))

        return come

    def _going(self, person: Person) -> Callable[[], None]:
        def go() -> None:
            self._resting[person.id] = seat = self.seats.pop(person.id)
            if not seat.used:
                self._away(person.id)

        return go

    def _away(self, agent_id: int) -> None:
        if agent_id in self._came:
            self.played.there[agent_id] += self.now - self._came.pop(agent_id)

    def _look(self) -> None:
        """What time alone changes: prices, occupancies, and what relaxes."""
        if self.strategy.by_contract and self.now % PRICES_EVERY < TICK:
            self.house = self._house()
        if self.now < self.day.seconds or self.lines.items:
            self._at(self.now + TICK, self._look)
        if self.now > self.day.seconds + 4 * 3600:
            self.lines = Lines()

    def _house(self) -> House:
        manners = {queue.id: self.strategy.manner for queue in self.day.queues}
        if not self.strategy.by_contract:
            return House(manners=manners)
        return House(manners=manners, costly=frozenset({POOL}), prices=self.prices())

    def prices(self) -> dict[int, float]:
        """Return what a late contact of each queue costs as things stand."""
        passed = min(self.now / self.day.seconds, 1.0)
        return {
            queue.id: price_of_a_miss(queue.terms, Sofar(decided, hit, passed))
            for queue in self.day.queues
            for decided, hit in [self.counted[queue.id]]
        }

    def _count(self, contact: Contact, *, in_time: bool) -> None:
        counts = self.counted[contact.queue_id]
        counts[0] += 1
        counts[1] += in_time

    def _seat(self, person: Person) -> Seat:
        routes = {queue: Route(POOL, rank) for queue, rank in person.queues.items()}
        return Seat(person.id, 0, person.cap, instant(self.now), routes, skills=person.skills)

    def _worked(self, seat: Seat) -> Seat:
        """Their part of the day so far that was work: it stands in for the last hour's."""
        there = self.now - self._came.get(seat.agent_id, self.now) + self.played.there[seat.agent_id]
        return replace(seat, occupancy=self.played.busy[seat.agent_id] / there if there else 0.0)

    def _settle(self) -> None:
        for agent_id in list(self._came):
            self._away(agent_id)
        for contact in self.day.contacts:
            if contact.id not in self.played.waited and contact.id not in self.played.left:
                self.played.left[contact.id] = self.now - contact.at


def _without(seat: Seat, item: Waiting) -> Seat:
    held = dict(seat.held)
    for mark in (item.channel, brand_mark(item.brand_id)):
        held[mark] -= 1
        if not held[mark]:
            del held[mark]
    return replace(seat, used=seat.used - item.units, held=held)
