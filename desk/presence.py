"""The agent's own availability, as the top bar shows it."""

from datetime import datetime
from typing import Any

from accounts.actor import Actor
from core.errors import NotFound
from desk.values import milliseconds
from routing.states import rest_of
from workforce.queries import reasons, state_of


def presence_context(actor: Actor, *, now: datetime) -> dict[str, Any]:
    """{"state": StateView, "reasons": ReasonViews, "rest": Rest or None, "zone": the actor's,
    "in_state": seconds, "looked_at": milliseconds}.

    Raises NotFound for no agent.
    """
    state = state_of(actor.user_id)
    if state is None:
        raise NotFound
    in_state = max(0.0, (now - state.since).total_seconds())
    return {
        "state": state, "reasons": reasons(), "rest": rest_of(actor.user_id, now=now), "zone": actor.timezone,
        "in_state": in_state, "looked_at": milliseconds(now),
    }  # fmt: skip
