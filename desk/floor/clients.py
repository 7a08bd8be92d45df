"""How each client is doing now: its queues taken together, for the list of clients and its own first page."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from accounts.actor import Actor
from desk.floor.reading import QueueRow, queue_rows
from routing.floor import agents_now
from workforce.choices import Availability

LATE, UNDER, GOOD, QUIET = "bad", "warn", "good", ""
"""Somebody waits over target; today is under its share; neither; nobody came today. In this order."""


@dataclass(frozen=True)
class ClientNow:
    """`seconds`: how long the one who has waited longest waits. `available`: agents with a seat there."""

    waiting: int
    seconds: int | None
    offered: int
    in_target: int
    settled: int
    available: int
    health: str

    @property
    def service_level(self) -> float | None:
        """Percent answered within target, of the answered and the abandoned of all queues; None of nobody."""
        return 100 * self.in_target / self.settled if self.settled else None


def clients_now(actor: Actor, *, now: datetime) -> Mapping[int, ClientNow]:
    """Return the clients whose floor the actor sees and that have a queue, by id."""
    by_client: dict[int, list[QueueRow]] = defaultdict(list)
    for row in queue_rows(actor, now=now):
        by_client[row.card.id].append(row)
    if not by_client:
        return {}
    ready = Counter(
        brand for one in agents_now(now) if one.state == Availability.AVAILABLE for brand in one.brands
    )
    return {brand: client_now(rows, available=ready[brand]) for brand, rows in by_client.items()}


def client_now(rows: Iterable[QueueRow], *, available: int) -> ClientNow:
    """Take the queues of one client together. Pure."""
    rows = list(rows)
    return ClientNow(
        waiting=sum(row.now.waiting for row in rows),
        seconds=max((row.seconds for row in rows if row.seconds is not None), default=None),
        offered=sum(int(row.now.offered) for row in rows),
        in_target=sum(int(row.now.in_target) for row in rows),
        settled=sum(int(row.settled) for row in rows),
        available=available,
        health=health_of(rows),
    )


def health_of(rows: Iterable[QueueRow]) -> str:
    """Say how the queues of one client are doing together: LATE, UNDER, GOOD or QUIET. Pure."""
    rows = list(rows)
    if any(row.is_long for row in rows):
        return LATE
    if any(row.is_under for row in rows):
        return UNDER
    return GOOD if any(row.settled or row.now.waiting for row in rows) else QUIET
