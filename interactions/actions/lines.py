"""Into the line again, from an agent's hands or from another queue."""

from datetime import datetime

from events.choices import ActorKind, Kind
from interactions import idle
from interactions.actions.base import begin_segment, brand_id, note_event, step
from interactions.actions.messages import say
from interactions.actions.participants import leave_places
from interactions.choices import Move, OwnerKind
from interactions.live import announce_message, announce_state
from interactions.models import Interaction


def back_to_line(row: Interaction, *, reason: str, now: datetime) -> None:
    """Let the locked row wait for whoever comes; routing keeps its old place."""
    row.waits = row.waits or row.is_asleep
    step(row, Move.REQUEUE)
    wait_again(row, "requeued", reason=reason, now=now)


def wait_again(row: Interaction, code: str, *, reason: str, name: str = "", now: datetime) -> None:
    """Take the row, in the line already, out of its agent's hands, save it and tell everybody.

    `code` is what the conversation says, `name` who or what it waits for.
    """
    last_agent = row.agent_id
    leave_places(row, now=now)
    leave_agent(row)
    message = say(row, code, now=now, **({"name": name} if name else {}))
    data = queue_data(row) | {"again": True, "reason": reason}
    note_event(row, Kind.INTERACTION_QUEUED, now=now, actor_kind=ActorKind.SYSTEM, data=data)
    begin_segment(row, OwnerKind.QUEUE, agent_id=None, reason=reason, now=now)
    row.save()
    announce_message(brand_id=brand_id(), ref=row.ref, agent_id=None, seq=message.seq)
    announce_state(brand_id=brand_id(), ref=row.ref, agent_id=last_agent, state=row.state)


def leave_agent(row: Interaction) -> None:
    row.agent_id, row.agent_shown = None, ""
    row.held_at = row.snoozed_until = None
    idle.stop(row)


def queue_data(row: Interaction) -> dict[str, object]:
    """Return what the event of queueing says."""
    return {
        "queue_id": row.queue_id,
        "channel": row.channel,
        "target_seconds": row.queue.target_seconds,
        "target_share": row.queue.target_share,
        "waits": row.waits,
    }
