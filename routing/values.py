"""What leaves this room: small frozen values, ids and numbers only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AcceptedView:
    """Where the agent goes after accepting."""

    brand_id: int
    interaction_ref: UUID


@dataclass(frozen=True, slots=True)
class Made:
    """An offer that the guarded statement wrote."""

    ref: UUID
    item_id: int
    agent_id: int
    brand_id: int
    queue_id: int
    interaction_ref: UUID
    units: int
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Ringing:
    """An offer that rings, as its agent's screens need it. `enqueued_at`: since when the customer waits.

    `why`: the reason it is for them, one of choices.Why. `asked_by`: the agent who asks them for advice; null
    for a customer's own.
    """

    ref: UUID
    brand_id: int
    interaction_ref: UUID
    made_at: datetime
    expires_at: datetime
    enqueued_at: datetime
    why: str = ""
    asked_by: int | None = None
