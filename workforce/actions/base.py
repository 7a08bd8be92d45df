"""What the verbs share: the lock, the event, the announcement."""

from datetime import datetime
from typing import Any

from core.errors import NotFound
from tenants.labour import record_labour
from workforce import live
from workforce.models import AgentState
from workforce.signals import agents_changed


def lock_state(agent_id: int) -> AgentState:
    """Fetch the agent's state and hold its row until the transaction ends; raises NotFound for no agent."""
    state = AgentState.objects.select_for_update(of=("self",)).filter(pk=agent_id).first()
    if state is None:
        raise NotFound
    return state


def announce(agent_id: int, *, now: datetime) -> None:
    """Tell the agent's tabs on commit, and the rooms above at once."""
    live.announce_presence(agent_id)
    agents_changed.send(sender=AgentState, agent_ids=[agent_id], now=now)


def record(
    kind: str,
    agent_id: int,
    *,
    occurred_at: datetime,
    actor_kind: str = "system",
    actor_id: int | None = None,
    **data: Any,
) -> None:
    """Write one `agent.*` event; `data` holds codes and numbers. It belongs to no brand."""
    record_labour(
        f"agent.{kind}",
        brand_id=None,
        actor_kind=actor_kind,
        actor_id=actor_id,
        is_test=False,
        data={"agent_id": agent_id, **data},
        occurred_at=occurred_at,
    )
