"""Who is connected: sockets on nodes, nodes on leases, and a grace that a reload of the page fits into.

1. A node beats each 10 s: one UPDATE moves its lease to 45 s from now.
2. `connect` adds a socket; a socket that goes properly calls `disconnect`.
3. When the last socket of an agent is gone, or its node's lease ran out, `lost_at` is the instant it was last
   known: the agent stays connected for a grace of 45 s from there. What rings waits for them so long; nothing
   new is offered to who is not back within 10 s, the time a reload takes.
4. `expire_nodes`, each 5 s, finds agents whose sockets died with their node, ends the grace of those who did
   not come back (the ledger is written from `lost_at`, not from the sweep), and takes an agent who stays away
   for half an hour off the available ones, so that tomorrow's first page does not ring.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, Max, OuterRef

from tenants.scope import labour_scope
from workforce.actions.base import announce, lock_state, record
from workforce.choices import Availability
from workforce.intervals import carry_on, write_state
from workforce.models import AgentState, Connection, Node
from workforce.signals import agents_changed

BEAT_SECONDS = 10
LEASE_SECONDS = 45
GRACE_SECONDS = 45
RELOAD_SECONDS = 10
FORGET_SECONDS = 1800


def beat(node: str, *, now: datetime) -> bool:
    """Move the node's lease on. False: the node was given up meanwhile, connect its sockets again."""
    with labour_scope():
        lease = now + timedelta(seconds=LEASE_SECONDS)
        alive = Node.objects.filter(name=node, lease_until__gt=now).update(lease_until=lease, beat_at=now)
        if not alive:
            _take_lease(node, now=now)
        return bool(alive)


def connect(agent_id: int, *, node: str, channel_name: str, now: datetime) -> None:
    """Add a socket of the agent's. Coming back within the grace is no event, but work may be offered again.

    Raises NotFound for no agent.
    """
    with labour_scope(), transaction.atomic():
        state = lock_state(agent_id)
        _take_lease(node, now=now)
        Connection.objects.update_or_create(
            channel_name=channel_name,
            defaults={"agent_id": agent_id, "node_id": node},
            create_defaults={"agent_id": agent_id, "node_id": node, "opened_at": now},
        )
        if state.connected and not _is_overdue(state, now):
            _find(state, now=now)
            return
        if state.connected:
            _lose(state, now=now)
        state.connected, state.lost_at = True, None
        state.save(update_fields=["connected", "lost_at"])
        carry_on(state, at=now)
        record("connected", agent_id, occurred_at=now)
        announce(agent_id, now=now)


def disconnect(agent_id: int, *, channel_name: str, now: datetime) -> None:
    """Take a socket away; with the last one the grace begins."""
    with labour_scope(), transaction.atomic():
        lock_state(agent_id)
        Connection.objects.filter(agent_id=agent_id, channel_name=channel_name).delete()
        _begin_grace(agent_id, at=now, now=now)


def expire_nodes(now: datetime) -> list[int]:
    """Give up what has run out (see the module's words); returns the agents that are lost."""
    with labour_scope():
        for agent_id, seen_at in _blind(now):
            _miss(agent_id, seen_at=seen_at or now, now=now)
        Connection.objects.filter(node__lease_until__lte=now).delete()
        Node.objects.filter(lease_until__lte=now, connections__isnull=True).delete()
        lost = [agent_id for agent_id in _overdue(now) if _give_up(agent_id, now=now)]
        for agent_id in _forgotten(now):
            _take_off(agent_id, now=now)
    return lost


def _take_lease(node: str, *, now: datetime) -> None:
    """Make sure of the node's lease; it never moves back, so planted history may hold one far ahead."""
    lease = now + timedelta(seconds=LEASE_SECONDS)
    fresh = Node(name=node, lease_until=lease, beat_at=now)
    Node.objects.bulk_create([fresh], ignore_conflicts=True)
    Node.objects.filter(name=node, lease_until__lt=lease).update(lease_until=lease, beat_at=now)


def _find(state: AgentState, *, now: datetime) -> None:
    """Forget that the agent was lost; whoever offers work may have passed them over meanwhile."""
    if state.lost_at is not None:
        AgentState.objects.filter(pk=state.pk).update(lost_at=None)
        agents_changed.send(sender=AgentState, agent_ids=[state.pk], now=now)


def _begin_grace(agent_id: int, *, at: datetime, now: datetime) -> None:
    """Note since when the agent has no live socket, unless they have one. The caller holds their lock."""
    alive = Connection.objects.filter(agent_id=agent_id, node__lease_until__gt=now)
    if not alive.exists():
        AgentState.objects.filter(pk=agent_id, connected=True, lost_at__isnull=True).update(lost_at=at)


def _blind(now: datetime) -> list[tuple[int, datetime | None]]:
    """Agents who count as connected without a live socket, and when their nodes were last heard of."""
    alive = Connection.objects.filter(agent=OuterRef("pk"), node__lease_until__gt=now)
    states = AgentState.objects.filter(~Exists(alive), connected=True, lost_at__isnull=True)
    seen = states.annotate(seen_at=Max("agent__connections__node__beat_at"))
    return list(seen.values_list("agent_id", "seen_at"))


@transaction.atomic
def _miss(agent_id: int, *, seen_at: datetime, now: datetime) -> None:
    lock_state(agent_id)
    _begin_grace(agent_id, at=seen_at, now=now)


def _overdue(now: datetime) -> list[int]:
    gone = AgentState.objects.filter(connected=True, lost_at__lte=now - timedelta(seconds=GRACE_SECONDS))
    return list(gone.values_list("agent_id", flat=True))


@transaction.atomic
def _give_up(agent_id: int, *, now: datetime) -> bool:
    state = lock_state(agent_id)
    if not state.connected or not _is_overdue(state, now):
        return False
    _lose(state, now=now)
    announce(agent_id, now=now)
    return True


def _is_overdue(state: AgentState, now: datetime) -> bool:
    return bool(state.lost_at and state.lost_at <= now - timedelta(seconds=GRACE_SECONDS))


def _lose(state: AgentState, *, now: datetime) -> None:
    """Write that the agent is gone since `lost_at`."""
    state.connected = False
    state.save(update_fields=["connected"])
    carry_on(state, at=state.lost_at or now)
    record("lost", state.agent_id, occurred_at=state.lost_at or now)


def _forgotten(now: datetime) -> list[int]:
    waiting = (Availability.AVAILABLE, Availability.NOT_RESPONDING)
    gone = AgentState.objects.filter(connected=False, availability__in=waiting)
    return list(
        gone.filter(lost_at__lte=now - timedelta(seconds=FORGET_SECONDS)).values_list("agent_id", flat=True)
    )


@transaction.atomic
def _take_off(agent_id: int, *, now: datetime) -> None:
    state = lock_state(agent_id)
    if state.connected:
        return
    state.availability, state.since, state.strikes, state.next_availability = Availability.OFFLINE, now, 0, ""
    state.next_reason = None
    state.save()
    write_state(state, at=now)
    record("unavailable", agent_id, occurred_at=now, availability=state.availability, reason=None)
    announce(agent_id, now=now)
