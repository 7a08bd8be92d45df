"""The agent's own availability, as the top bar shows it."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from core.errors import NotFound
from workforce.queries import reasons, state_of


def presence_context(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """{"state": StateView, "reasons": ReasonViews, "in_state": seconds}. Raises NotFound for no agent."""
    state = state_of(actor.user_id)
    if state is None:
        raise NotFound
    return {"state": state, "reasons": reasons(), "in_state": max(0.0, (now - state.since).total_seconds())}
