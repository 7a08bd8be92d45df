"""Where work can be handed to in a brand: its queues and its agents, and how busy each is now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from routing.lines import Seat
from routing.loading import load_house, load_loads, load_seats
from routing.models import AgentCapacity, QueuePlan
from routing.overflow import Load
from routing.writes import run_here
from tenants.scope import labour_scope
from workforce.models import AgentState
from workforce.queries import certified


@dataclass(frozen=True, slots=True)
class QueueTarget:
    """A queue: how many wait, how long a newcomer would (None: nothing to go by), how many could take it."""

    queue_id: int
    label: str
    waiting: int
    expected_seconds: float | None
    free: int
    is_closed: bool


@dataclass(frozen=True, slots=True)
class AgentTarget:
    """A colleague who is certified and seated; `is_free`: would be offered it now. Availability is a code."""

    agent_id: int
    name: str
    availability: str
    is_free: bool
    used: int
    cap: int


def targets(
    brand_id: int, *, channel: str, units: int, but: int, now: datetime
) -> tuple[list[QueueTarget], list[AgentTarget]]:
    """Return the brand's queues of the channel by name, and its agents besides `but`, who is free first."""
    with labour_scope():
        plans = list(QueuePlan.objects.filter(brand_id=brand_id, channel=channel).order_by("label", "pk"))
        seats = load_seats(now)
        seats.pop(but, None)
        loads = load_loads(run_here, [plan.queue_id for plan in plans], now)
        bars = load_house()[0].bars
        able = {pk for pk, seat in seats.items() if _takes(seat, brand_id, channel, units, bars)}
        queues = [_queue(plan, loads[plan.queue_id], (seats[pk] for pk in able)) for plan in plans]
        return queues, _agents(brand_id, able, but=but, now=now)


def _takes(seat: Seat, brand_id: int, channel: str, units: int, bars: frozenset[tuple[str, str]]) -> bool:
    return seat.has_room(units, channel, brand_id) and not seat.bar(channel, brand_id, bars)


def _queue(plan: QueuePlan, load: Load, able: Iterable[Seat]) -> QueueTarget:
    free = sum(plan.queue_id in seat.queues for seat in able)
    wait = load.expected_wait if load.waiting else 0.0 if free else None
    return QueueTarget(plan.queue_id, plan.label, load.waiting, wait, free, load.is_closed)


def _agents(brand_id: int, able: set[int], *, but: int, now: datetime) -> list[AgentTarget]:
    ids = certified(now).filter(brand_id=brand_id).exclude(agent_id=but).values("agent_id")
    states = AgentState.objects.filter(agent_id__in=ids).select_related("agent__user")
    loads = AgentCapacity.objects.in_bulk(list(states.values_list("pk", flat=True)))
    rows = [
        AgentTarget(
            state.pk,
            state.agent.user.name,
            state.availability if state.connected else "offline",
            state.pk in able,
            loads[state.pk].used if state.pk in loads else 0,
            loads[state.pk].cap if state.pk in loads else 100,
        )
        for state in states
    ]
    return sorted(rows, key=lambda row: (not row.is_free, row.name.casefold(), row.agent_id))
