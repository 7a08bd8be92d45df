"""What was, is and will be agreed for a client's clocks, for a screen. Values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from interactions.clocks.models import ClockPolicy
from interactions.models import Queue


@dataclass(frozen=True, slots=True)
class Agreement:
    """`terms` None: the queue goes by the client's again. `state`: now, ahead or over."""

    ref: UUID
    terms: Mapping[str, Any] | None
    effective_at: datetime
    made_shown: str
    made_at: datetime
    state: str


@dataclass(frozen=True, slots=True)
class Scope:
    """The client as a whole (no ref), or one of its queues, with its agreements, the latest first."""

    ref: UUID | None
    name: str
    agreements: tuple[Agreement, ...]

    @property
    def in_force(self) -> Mapping[str, Any] | None:
        return next((one.terms for one in self.agreements if one.state == "now"), None)


def scopes(*, now: datetime) -> list[Scope]:
    """Return the client and its queues by name; two statements."""
    rows = ClockPolicy.objects.order_by("-effective_at", "-pk")
    by_queue: dict[int | None, list[ClockPolicy]] = {None: []}
    for row in rows:
        by_queue.setdefault(row.queue_id, []).append(row)
    queues = sorted(Queue.objects.all(), key=lambda queue: queue.name.casefold())
    client = Scope(None, "", _agreements(by_queue[None], now))
    return [client, *(Scope(one.ref, one.name, _agreements(by_queue.get(one.pk, []), now)) for one in queues)]


def _agreements(rows: list[ClockPolicy], now: datetime) -> tuple[Agreement, ...]:
    found, is_over = [], False
    for row in rows:
        begun = row.effective_at <= now
        state = "over" if is_over else "now" if begun else "ahead"
        is_over = is_over or begun
        found.append(Agreement(row.ref, row.terms, row.effective_at, row.made_shown, row.made_at, state))
    return tuple(found)
