"""What is shown of an agent to who may sign them out: numbers and instants, no customer and no brand."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from accounts.models import User
from core.errors import NotFound
from routing.choices import ItemState, OffReason
from routing.lines import Seat
from routing.loading import load_rests, load_seats
from routing.models import AgentCapacity, Offer, SignOut, WorkItem
from tenants.scope import labour_scope
from workforce.queries import clock_of, state_of
from workforce.values import AgentClock, StateView

SHOWN = 10
HARD, FULL = "hard", "full"


@dataclass(frozen=True)
class Rest:
    """An agent is offered nothing before `until`: after hard contacts, or as the last hour was full."""

    until: datetime
    why: str


@dataclass(frozen=True)
class PastSignOut:
    at: datetime
    reason: str
    note: str
    by: str
    returned: int
    is_done: bool


@dataclass(frozen=True)
class OnTheFloor:
    """An agent now: their state, how much of theirs is open, and when they were signed out before."""

    clock: AgentClock
    state: StateView
    talking: int
    wrapping: int
    ringing: int
    past: list[PastSignOut]

    @property
    def is_off(self) -> bool:
        """Whether there is nothing of theirs to take."""
        return self.state.availability == "offline" and not (self.talking or self.wrapping or self.ringing)


def on_the_floor(agent_id: int) -> OnTheFloor:
    """Look at the agent. Raises NotFound."""
    who, state = clock_of(agent_id), state_of(agent_id)
    if who is None or state is None:
        raise NotFound
    with labour_scope():
        mine = list(WorkItem.every.in_work().filter(agent_id=agent_id).values_list("state", flat=True))
        ringing = Offer.objects.pending().filter(agent_id=agent_id).count()
    wrapping = mine.count(ItemState.WRAP_UP)
    return OnTheFloor(who, state, len(mine) - wrapping, wrapping, ringing, past_sign_outs(agent_id))


def past_sign_outs(agent_id: int, **when: datetime) -> list[PastSignOut]:
    """Return the newest times that somebody else signed the agent out; `at__gte`, `at__lt`: then."""
    with labour_scope():
        rows = list(SignOut.objects.filter(agent_id=agent_id, **when).order_by("-at", "-pk")[:SHOWN])
        if not rows:
            return []
        ids = {int(row.by.removeprefix("user:")) for row in rows if row.by.startswith("user:")}
        names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [_past(row, names) for row in rows]


def _past(row: SignOut, names: dict[int, str]) -> PastSignOut:
    by = names.get(int(row.by.removeprefix("user:")), row.by) if row.by.startswith("user:") else row.by
    reason = str(OffReason(row.reason).label)
    return PastSignOut(row.at, reason, row.note, by, row.returned, row.done_at is not None)


def rest_of(agent_id: int, *, now: datetime) -> Rest | None:
    """Return the rest of an agent who would be asked but for it; None while something can be offered."""
    return _rests(now, among=[agent_id]).get(agent_id)


def rests_now(now: datetime) -> dict[int, Rest]:
    """Return the rests of all who would be asked but for it."""
    return _rests(now)


def _rests(now: datetime, *, among: Collection[int] | None = None) -> dict[int, Rest]:
    if not load_rests().is_on:
        return {}
    ends = {pk: end for pk, seat in load_seats(now, among=among).items() if (end := _end(seat, now))}
    if not ends:
        return {}
    with labour_scope():
        resting = AgentCapacity.objects.filter(pk__in=ends, rests_until__gt=now)
        hard = set(resting.values_list("pk", flat=True))
    return {pk: Rest(end, HARD if pk in hard else FULL) for pk, end in ends.items()}


def _end(seat: Seat, now: datetime) -> datetime | None:
    """When the first thing can be offered again; None while something can be."""
    ends = [route.rests_until for route in seat.queues.values() if route.rests_until and route.rests(now)]
    return min(ends) if ends and len(ends) == len(seat.queues) else None
