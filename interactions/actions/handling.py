"""An agent takes the conversation."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from events.choices import ActorKind, Kind
from interactions import idle
from interactions.access import get_interaction, lock_interaction
from interactions.actions.base import begin_segment, brand_id, in_hand, note_event, step
from interactions.actions.estimates import last_estimate, note_last_estimate
from interactions.actions.messages import say
from interactions.choices import Move, OwnerKind
from interactions.live import announce_message, announce_state
from interactions.values import InteractionView


def assign(ref: UUID, *, agent_id: int, agent_shown: str, now: datetime) -> InteractionView:
    """Give the waiting interaction to the agent, shown as `agent_shown`. Raises WrongState, NotFound."""
    told = last_estimate(ref)
    with transaction.atomic():
        row = lock_interaction(ref)
        step(row, Move.ASSIGN)
        row.agent_id, row.agent_shown = agent_id, agent_shown[:120]
        row.answered_at = row.answered_at or now
        idle.stop(row)
        message = say(row, "joined", name=agent_shown, now=now)
        data = {"agent_id": agent_id, "queue_id": row.queue_id, "beside": in_hand(agent_id) + 1}
        note_event(
            row, Kind.INTERACTION_ASSIGNED, now=now, actor_kind=ActorKind.AGENT, actor_id=agent_id, data=data
        )
        note_last_estimate(row, told)
        begin_segment(row, OwnerKind.AGENT, agent_id=agent_id, reason="accepted", now=now)
        row.save()
        announce_message(brand_id=brand_id(), ref=ref, agent_id=agent_id, seq=message.seq)
        announce_state(brand_id=brand_id(), ref=ref, agent_id=agent_id, state=row.state)
        return get_interaction(ref)
