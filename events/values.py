"""What leaves a brand's scope: an event as a frozen value."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

Place = tuple[int, int, int]
"""Where a row stands in the order of reading: (era, txid, id)."""


@dataclass(frozen=True, slots=True)
class EventView:
    """One event. `n` is its number within its interaction, 0 when no interaction numbered it."""

    id: int
    era: int
    txid: int
    ref: UUID
    v: int
    n: int
    kind: str
    occurred_at: datetime
    recorded_at: datetime
    interaction_ref: UUID | None
    actor_kind: str
    actor_id: int | None
    is_test: bool
    data: dict[str, Any]

    @property
    def place(self) -> Place:
        return (self.era, self.txid, self.id)
