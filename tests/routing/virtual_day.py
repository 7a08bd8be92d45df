"""A day of three clients and sixty agents through the real verbs, on a clock of its own.

Ten open hours: shifts with breaks, a sick call in mid-conversation, a certification that lapses, an outage in
which neither router nor servers are there, an emergency closure of a client, tests among the customers. The
leader is the real one, on a session of its own; only the clock is not, and the customers and agents, who are
events in a heap.
"""

import heapq
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from accounts.actor import Actor
from core.errors import RoomError
from interactions import actions as interactions
from interactions.models import Inbox
from interactions.placing import Placement
from routing import actions as routing
from routing.invariants import check
from routing.link import Link
from routing.models import WorkItem
from routing.router import Leader
from routing.values import Made
from tenants.cards import BrandCard
from tenants.scope import tenant_scope
from tests.factories import NOW, TESTS
from tests.routing.conftest import all_heard
from workforce import actions as workforce
from workforce.models import AgentState, Certification

HOUR, OPEN_HOURS, TICK, SWEEP = 3600.0, 10, 10.0, 60.0
NODE = "day"
CURVE = (0.7, 1.0, 1.3, 1.3, 0.9, 0.9, 1.1, 1.2, 0.9, 0.6)
NEEDS = ("", "", "swedish >= 3 [20s: 2, 60s: 0]")
OUTAGE = (5 * HOUR, 5 * HOUR + 180)
CLOSURE = (7 * HOUR, 7.75 * HOUR)
LAPSE = 3.5 * HOUR
SICK = 4.2 * HOUR
PRESENT = ("one_place", "one_live_offer", "capacity", "no_reserve", "nobody_idle")


@dataclass
class Counts:
    """How often what happened."""

    came: int = 0
    answered: int = 0
    left: int = 0
    ignored: int = 0
    tests: int = 0
    refused: list[str] = field(default_factory=list)
    checks: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass
class Clock:
    """The day's own instant; what the code asks `core.clock.now` for."""

    seconds: float = 0.0

    def now(self) -> datetime:
        return NOW + timedelta(seconds=self.seconds)


class VirtualDay:
    """The day being lived: give it brands with a web chat each and their agents, then `live`."""

    def __init__(self, cards: list[BrandCard], agents: list[Actor], clock: Clock, *, contacts: int) -> None:
        self.cards, self.agents, self.clock = cards, {actor.user_id: actor for actor in agents}, clock
        self.contacts, self.counts, self.rng = contacts, Counts(), random.Random(11)
        self.inboxes = {card.id: _inbox(card) for card in cards}
        self.sick: set[int] = set()
        self.gone: set[int] = set()
        self.leader: Leader | None = None
        self._link: Link | None = None
        self._events: list[tuple[float, int, Callable[[], None]]] = []
        self._tie = count()

    @property
    def now(self) -> datetime:
        return self.clock.now()

    def live(self) -> Counts:
        """Live the day, and as long after it as somebody waits or is worked on."""
        self._plan()
        self.take_office()
        while self._events and self.clock.seconds < (OPEN_HOURS + 6) * HOUR:
            self.clock.seconds, _tie, event = heapq.heappop(self._events)
            try:
                event()
            except RoomError as error:
                self.counts.refused.append(f"{self.clock.seconds:.0f} {event.__qualname__} {error!r}")
            self.turn()
        self.leave_office()
        return self.counts

    def at(self, seconds: float, event: Callable[[], None]) -> None:
        heapq.heappush(self._events, (seconds, next(self._tie), event))

    def soon(self, least: float, most: float, event: Callable[[], None]) -> None:
        self.at(self.clock.seconds + self.rng.uniform(least, most), event)

    # ---- the house ----

    def take_office(self) -> None:
        self._link = Link(pool_id=None)
        if not self._link.lead():
            raise RuntimeError("somebody else leads")
        self.leader = Leader(self._link)

    def leave_office(self) -> None:
        if self._link:
            self._link.session.close()
        self.leader = self._link = None

    def turn(self) -> None:
        """Let the leader see to everything it has heard of, whatever another writer was holding too."""
        for _ in range(50):
            if self.leader is None:
                return
            for made in all_heard(self.leader).turn():
                self.rings(made)
            if not self.leader.board.in_doubt and not self.leader.notices:
                return
        raise RuntimeError("the leader does not come to rest")

    def tick(self) -> None:
        if not self.is_out:
            workforce.beat(NODE, now=self.now)
        if self.clock.seconds < OPEN_HOURS * HOUR or WorkItem.objects.live().exists():
            self.at(self.clock.seconds + TICK, self.tick)

    def sweep(self) -> None:
        if not self.is_out:
            workforce.expire_nodes(self.now)
            routing.sweep(self.now, grant=TESTS)
        if self.clock.seconds < OPEN_HOURS * HOUR or WorkItem.objects.live().exists():
            self.at(self.clock.seconds + SWEEP, self.sweep)

    @property
    def is_out(self) -> bool:
        return OUTAGE[0] <= self.clock.seconds < OUTAGE[1]

    def look(self) -> None:
        """Ask in the middle of it all whether everything is in its place."""
        self.turn()
        self.counts.checks += 1
        found = check(grant=TESTS, now=self.now, hours=1, names=PRESENT)
        at = f"{self.clock.seconds / HOUR:.2f} h"
        self.counts.broken += [f"{at} {one.name}: {one.examples}" for one in found if one.count]

    def come_back(self) -> None:
        """The outage is over: servers and router start, pages connect again."""
        workforce.beat(NODE, now=self.now)
        for agent_id in self.agents:
            if agent_id not in self.sick | self.gone:
                workforce.connect(agent_id, node=NODE, channel_name=f"{NODE}.{agent_id}", now=self.now)
        for item in WorkItem.objects.live():
            routing.note_presence(item.brand_id, item.interaction_ref, node=NODE, now=self.now)
        self.take_office()

    def close_client(self) -> None:
        card, until = self.cards[1], NOW + timedelta(seconds=CLOSURE[1])
        with tenant_scope(card, TESTS):
            interactions.close_now(until=until, reason="Fire alarm", actor="user:1", now=self.now)

    def lapse(self) -> None:
        """The certifications of five agents for the first client end now."""
        rows = Certification.objects.filter(brand_id=self.cards[0].id, valid_until__isnull=True)
        for row in rows.order_by("pk")[:5]:
            workforce.revoke_certification(row.pk, agent_id=row.agent_id, actor="user:1", now=self.now)

    # ---- agents ----

    def begin(self, agent_id: int) -> None:
        workforce.connect(agent_id, node=NODE, channel_name=f"{NODE}.{agent_id}", now=self.now)
        self.be(agent_id, "available")

    def be(self, agent_id: int, to: str, reason: str | None = None) -> None:
        if agent_id not in self.sick:
            workforce.set_availability(agent_id, to=to, reason_code=reason, actor=None, now=self.now)

    def go_home(self, agent_id: int) -> None:
        self.be(agent_id, "offline")
        self.gone.add(agent_id)

    def fall_ill(self) -> None:
        """Two agents who are on a conversation close their laptops and are not seen again today."""
        busy = WorkItem.objects.in_work().exclude(agent_id=None).order_by("pk")
        for agent_id in sorted(set(busy.values_list("agent_id", flat=True)))[:2]:
            self.sick.add(agent_id)
            workforce.disconnect(agent_id, channel_name=f"{NODE}.{agent_id}", now=self.now)

    def rings(self, made: Made) -> None:
        if made.agent_id in self.sick:
            return
        if self.rng.random() < 0.04:
            self.counts.ignored += 1
            self.soon(40, 90, lambda: self.answer_again(made.agent_id))
        else:
            self.soon(2, 12, lambda: self.accept(made))

    def answer_again(self, agent_id: int) -> None:
        """The one tap of who had missed offers."""
        if AgentState.objects.filter(pk=agent_id, availability="not_responding").exists():
            self.be(agent_id, "available")

    def accept(self, made: Made) -> None:
        if made.agent_id in self.sick:
            return
        if self.is_out:
            self.at(OUTAGE[1] + 1, lambda: self.accept(made))
            return
        routing.accept_offer(made.ref, actor=self.agents[made.agent_id], now=self.now)
        self.counts.answered += 1
        handle = min(self.rng.lognormvariate(7.2, 0.6), 2.5 * HOUR)
        self.soon(handle, handle + 1, lambda: self.end_talk(made))

    def end_talk(self, made: Made) -> None:
        if made.agent_id in self.sick:
            return
        if self.is_out:
            self.at(OUTAGE[1] + 1, lambda: self.end_talk(made))
            return
        with tenant_scope(self.card(made.brand_id), TESTS):
            interactions.begin_wrap_up(made.interaction_ref, agent_id=made.agent_id, now=self.now)
        if self.rng.random() < 0.9:  # the others are closed by the sweep
            self.soon(10, 50, lambda: self.wrap_up(made))

    def wrap_up(self, made: Made) -> None:
        with tenant_scope(self.card(made.brand_id), TESTS):
            interactions.wrap_up(
                made.interaction_ref, agent_id=made.agent_id, reason_code="delivery", outcome_code="solved",
                now=self.now,
            )  # fmt: skip

    # ---- customers ----

    def write_in(self, card: BrandCard) -> None:
        if card is self.cards[1] and CLOSURE[0] <= self.clock.seconds < CLOSURE[1]:
            return
        inbox, is_test = self.inboxes[card.id], self.rng.random() < 0.03
        placement = Placement(inbox.queue_id, self.rng.choice(NEEDS), self.rng.choice((0, 0, 0, 2)))
        with tenant_scope(card, TESTS):
            first = interactions.open_conversation(
                uuid4().hex, inbox=inbox, client_id=uuid4(), body="Hello", language="en", page="/shop/",
                expires_at=self.now + timedelta(days=30), is_test=is_test, placement=placement, now=self.now,
            )  # fmt: skip
        self.counts.came += 1
        self.counts.tests += is_test
        ref = first.interaction_ref
        routing.note_presence(card.id, ref, node=NODE, now=self.now)
        self.soon(300, 3000, lambda: self.give_up(card, ref))
        if self.rng.random() < 0.1:
            self.soon(5, 60, lambda: self.blink(card, ref))

    def give_up(self, card: BrandCard, ref: UUID) -> None:
        if WorkItem.objects.waiting().of(card.id, ref).exists():
            with tenant_scope(card, TESTS):
                interactions.end_by_visitor(ref, now=self.now)
            self.counts.left += 1

    def blink(self, card: BrandCard, ref: UUID) -> None:
        """The customer's page goes, and is back after a while."""
        routing.note_presence(card.id, ref, node=None, now=self.now)
        back = lambda: routing.note_presence(card.id, ref, node=NODE, now=self.now)  # noqa: E731
        self.soon(20, 150, back)

    def card(self, brand_id: int) -> BrandCard:
        return next(card for card in self.cards if card.id == brand_id)

    # ---- the plan ----

    def _plan(self) -> None:
        for agent_id in self.agents:
            self._shift(agent_id)
        for at in self._arrivals():
            self.at(at, self._comes(self.rng.choices(self.cards, (4, 3, 2))[0]))
        for at, event in (
            (0.0, self.tick), (1.0, self.sweep), (LAPSE, self.lapse), (SICK, self.fall_ill),
            (OUTAGE[0], self.leave_office), (OUTAGE[1], self.come_back), (CLOSURE[0], self.close_client),
        ):  # fmt: skip
            self.at(at, event)
        for half in range(1, OPEN_HOURS * 2 + 1):
            if not OUTAGE[0] <= half * HOUR / 2 < OUTAGE[1]:
                self.at(half * HOUR / 2 - 30, self.look)

    def _comes(self, card: BrandCard) -> Callable[[], None]:
        return lambda: self.write_in(card)

    def _shift(self, agent_id: int) -> None:
        begins = self.rng.choice((0.0, 0.0, 0.5, 1.0, 2.0)) * HOUR + self.rng.uniform(0, 120)
        self.at(begins, lambda: self.begin(agent_id))
        for hours, minutes, code in ((2, 15, "break"), (4, 40, "meal"), (6.5, 15, "break")):
            start = begins + hours * HOUR + self.rng.uniform(-1200, 1200)
            self.at(start, self._goes(agent_id, "away", code))
            self.at(start + minutes * 60, self._goes(agent_id, "available", None))
        if self.rng.random() < 0.8:  # the others stay until the last customer is answered
            self.at(begins + 8.5 * HOUR, lambda: self.go_home(agent_id))

    def _goes(self, agent_id: int, to: str, code: str | None) -> Callable[[], None]:
        return lambda: None if agent_id in self.gone else self.be(agent_id, to, code)

    def _arrivals(self) -> Iterator[float]:
        for hour, share in enumerate(CURVE):
            for _ in range(round(self.contacts * share / sum(CURVE))):
                yield (hour + self.rng.random()) * HOUR


def _inbox(card: BrandCard) -> Inbox:
    with tenant_scope(card, TESTS):
        inbox: Inbox = Inbox.objects.select_related("queue").order_by("pk")[0]
        return inbox


@contextmanager
def virtual_clock(monkeypatch: Any) -> Iterator[Clock]:
    """Let everything that asks for the time get the day's, and the leader re-read at once what it doubts."""
    clock = Clock()
    monkeypatch.setattr("core.clock.now", clock.now)
    monkeypatch.setattr("routing.router.RETRY_SECONDS", 0.0)
    yield clock
